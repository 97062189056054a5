"""The streams of a source, guessed one by one, and the `streams` setting that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.guessing.block import entry_lines, left_out_lines
from target_linkedin_conversions.guessing.entry import guess_entry
from target_linkedin_conversions.guessing.guess import Guess
from target_linkedin_conversions.guessing.samples import Sampling
from target_linkedin_conversions.records.declared_columns import DeclaredColumns
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
    """What came of a stream: its key, a sample of its records, and the columns that all of its schemas list."""

    def __init__(self, schema: Mapping[str, Any], key: Sequence[str]) -> None:
        self.sampling, self.records = Sampling(schema), 0
        self._always: dict[str, Any] | None = None
        self.declare(schema, key)

    def declare(self, schema: Mapping[str, Any], key: Sequence[str]) -> None:
        """Add a schema of the stream, the first or another."""
        self.key = tuple(key)
        self.sampling.declare(schema)
        declared, always = DeclaredColumns(schema), self._always
        if not declared.open:
            self._always = {
                name: declared.schema_of(name) for name in declared.known if always is None or name in always
            }

    def guess(self, stream: str) -> Guess:
        """The guess, with what of it a schema does not list."""
        found = guess_entry(self.sampling.columns, stream=stream, key=self.key)
        if self._always is None:
            return found
        always = DeclaredColumns({"properties": self._always})
        lacking = tuple(path for path in found.mapped if not always.has(path))
        return msgspec.structs.replace(found, not_always_declared=lacking) if lacking else found


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
            known.declare(schema, key)

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
            guess = seen.guess(name)
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
