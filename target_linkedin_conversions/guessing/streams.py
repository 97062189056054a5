"""The streams of a source, guessed one by one, and the `streams` setting that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.guessing.block import entry_lines, left_out_lines
from target_linkedin_conversions.guessing.entry import guess_entry
from target_linkedin_conversions.guessing.guess import Guess
from target_linkedin_conversions.guessing.samples import Sampling
from target_linkedin_conversions.singer_messages import before_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["GuessedStream", "Guessing", "streams_setting"]


class GuessedStream(msgspec.Struct, frozen=True):
    """The guess for one stream; `is_sent` says whether an entry is written for it."""

    stream: str
    records: int
    key: tuple[str, ...]
    is_sent: bool
    guess: Guess


class _Seen:
    def __init__(self, schema: Mapping[str, Any], key: Sequence[str]) -> None:
        self.key, self.sampling, self.records = tuple(key), Sampling(schema), 0


class Guessing:
    """Takes schemas and records as they come, as `Previewing` does, and guesses in the end."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self._streams: dict[str, _Seen] = {}
        self.records = 0
        self.complete = True

    def schema(self, stream: str, schema: Mapping[str, Any], key: Sequence[str]) -> None:
        """A stream's schema; one that comes again adds to what was seen before."""
        known = self._streams.get(stream)
        if known is None:
            self._streams[stream] = _Seen(schema, key)
        else:
            known.key = tuple(key)
            known.sampling.declare(schema)

    def record(self, stream: str, record: Mapping[str, Any]) -> None:
        """Look at one record; raises `InputError` where its schema did not come."""
        known = self._streams.get(stream)
        if known is None:
            raise InputError(before_schema(stream))
        self.records += 1
        known.records += 1
        known.sampling.see(record)

    def result(self) -> list[GuessedStream]:
        """What is guessed of each stream, in the order they came."""
        found = []
        for name, seen in self._streams.items():
            guess = guess_entry(seen.sampling.columns, stream=name, key=seen.key)
            found.append(GuessedStream(name, seen.records, seen.key, bool(seen.records) and guess.is_usable, guess))
        return found


def streams_setting(guesses: Sequence[GuessedStream], rules: Sequence[str], consent: str) -> str:
    """The setting `streams` in YAML; what is guessed of no use stands in comments behind it.

    `rules` are those that the settings name, `consent` why they say that none is needed.
    """
    sent = [one for one in guesses if one.is_sent]
    lines = ["streams:" if sent else "streams: []"]
    for one in sent:
        lines += entry_lines(one.stream, one.guess, records=one.records, key=one.key, rules=rules, consent=consent)
    for one in guesses:
        if not one.is_sent:
            lines += left_out_lines(one.stream, one.guess, records=one.records)
    return "\n".join(lines) + "\n"
