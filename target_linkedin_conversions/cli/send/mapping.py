"""How a file is sent: what its mapping holds, what its columns look like, what flags say, and what is asked."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.cli.send.flags import check_column, one_or_list
from target_linkedin_conversions.cli.send.questions import Questions
from target_linkedin_conversions.guessing.entry import guess_entry
from target_linkedin_conversions.guessing.money import writing_of
from target_linkedin_conversions.guessing.samples import Sampling
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.settings.entry_fields import FIELDS, read_fields
from target_linkedin_conversions.settings.lists import column_names, json_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.cli.send.asking import Asking
    from target_linkedin_conversions.cli.send.flags import Flags
    from target_linkedin_conversions.guessing.guess import Guess
    from target_linkedin_conversions.tables.table import Table

__all__ = ["complete", "sample_of"]

SOURCE = "file"
"""What the own ids of all files' conversions are made with: neither a file's name nor the place of a row is in them."""
_SAMPLED = 1_000
_WHO = ("email", "li_fat_id", "full_name", "first_name", "last_name")
_MOST_KEYS = 1_000_000
"""Rows of which it is looked whether their keys are the same; a larger file is trusted from there on."""
_UTC = "UTC"
_ALSO_UTC = frozenset({_UTC, "ETC/UTC", "GMT", "Z", "ZULU", "+00:00", "+0000"})
_MOST_TEXT = 32 << 20
_TICKED = re.compile(r"\s*\|\|.*\|\|\s*", re.DOTALL).fullmatch
_THOUSANDS = re.compile(r"\D{0,4}\d{1,3}(?:\.\d{3})+(?:,\d+)?\D{0,4}").fullmatch


def sample_of(table: Table, most: int) -> list[dict[str, Any]]:
    """The first rows of a table that can be mapped, so many and 32 MiB of text at most."""
    found: list[dict[str, Any]] = []
    room = _MOST_TEXT
    for part in table.parts():
        for at, record in enumerate(part.records()):
            if len(found) == most or room <= 0:
                return found
            if at not in part.odd:
                found.append(record)
                room -= sum(len(value) for value in record.values() if isinstance(value, str))
    return found


def complete(
    table: Table,
    sample: Sequence[Mapping[str, Any]],
    kept: Mapping[str, Any],
    flags: Flags,
    asking: Asking,
    *,
    place: str,
    configured: Mapping[str, Any] | None,
    answered: frozenset[str],
) -> dict[str, Any]:
    """The entry of a file, as it would stand in `streams` and is kept in its mapping, at `place`.

    Flags win over what was kept, that over what is `configured`, or else what the columns look like; what is still open
    is asked, but for what the settings have `answered` for all entries (`conversion_rule`, `consent`). Raises `ConfigError`.
    """
    guess = guess_entry(_sampled(table, sample).columns)
    looked = {} if "source" in kept else _guessed(guess)  # what `send` has written itself is whole
    below = looked if configured is None else configured
    entry = {**below, **dict(table.said), **kept}
    entry["fields"] = {
        name: column
        for part in (below, kept)
        for name, column in json_object(part.get("fields") or {}, "fields").items()
    }
    if configured is not None:  # keys that are missing there have their default, as in a load
        answered = answered | {"timezone", "date_order", "happened_at", "email"}
    flags.put_into(entry, table, sample)
    if configured is None:
        _check_columns(table, entry, place)
        _check_key(table, entry, looked.get("key"), asking)
        _tell_of_two_zones(entry, guess, flags, asking)
    questions = Questions(table, sample, entry, guess, asking, place)
    if configured is None:
        questions.currency()
        entry |= _amounts(entry, table, sample)
    questions.ask(answered | entry.keys())
    if configured is None:
        entry |= _ticked(entry, sample)
        questions.stages()
        questions.refusals()
    return entry


def _check_key(table: Table, entry: dict[str, Any], guessed: object, asking: Asking) -> None:
    """Take a guessed key back where it does not tell the rows of the whole file apart; of any other tell how many would be lost."""
    key = column_names(entry["key"], "key") if "key" in entry else ()
    if not key or not (lost := _taken_for_others(table, key, entry)):
        return
    if entry["key"] == guessed:
        del entry["key"]
        return
    shown = " and ".join(repr(printable(name)) for name in key)
    added = " ".join(f'--map "key={printable(name)}"' for name in key)
    asking.remarks.append(
        f"{how_many(lost, 'person has', 'people have')} the {shown} and the time of another one, and count as one conversion with that; "
        f'where they are conversions of their own, name what tells them apart: {added} --map "key=COLUMN"'
    )


def _taken_for_others(table: Table, key: Sequence[str], entry: Mapping[str, Any]) -> int:
    """How many people of a table have the key and the time of another one; a row that stands there twice is none."""
    mapped = read_fields(entry["fields"], "fields")[0]
    times = mapped.get("happened_at", ())
    people = [name for field in _WHO for name in mapped.get(field, ()) if name in table.columns]
    if not people or not set(table.columns).issuperset((*key, *times)):
        return 0
    rows, at_all = _different(table, (*key, *times))
    return _different(table, (*key, *times, *people))[0] - rows if rows < at_all else 0


def _different(table: Table, columns: Sequence[str]) -> tuple[int, int]:
    """How many different rows a table has by some of its columns, and how many at all."""
    of_row = itemgetter(*map(table.columns.index, columns))
    known: set[int] = set()
    rows = 0
    for part in table.parts():
        cells = [part.cells(at) for at in range(len(part)) if at not in part.odd]
        rows += len(cells)
        try:
            known.update([*map(hash, map(of_row, cells))])
        except TypeError:  # lists and objects of JSON
            known.update(map(hash, map(str, map(of_row, cells))))
        if rows > _MOST_KEYS:
            break
    return len(known), rows


def _tell_of_two_zones(entry: Mapping[str, Any], guess: Guess, flags: Flags, asking: Asking) -> None:
    """Tell where the column of times says that they are UTC's, and the flag for times that name no zone says another."""
    times = guess.fields.get("happened_at")
    if times is None or entry["fields"].get("happened_at") != one_or_list(times.columns):
        return
    if guess.writing.timezone == _UTC and flags.timezone and flags.timezone.upper() not in _ALSO_UTC:
        asking.remarks.append(
            f"the times in {printable(times.columns[0])!r} are in UTC by what the file says, and are read in {printable(flags.timezone)} "
            "as --timezone says; where the file is right, leave the flag out, and the line timezone in its answers"
        )


def _sampled(table: Table, sample: Sequence[Mapping[str, Any]]) -> Sampling:
    sampling = Sampling(table.schema)
    for record in sample[:_SAMPLED]:
        sampling.see(record)
    return sampling


def _guessed(guess: Guess) -> dict[str, Any]:
    """What the columns look like, as keys of an entry."""
    fields: dict[str, Any] = {field: one_or_list(found.columns) for field, found in guess.fields.items()}
    entry: dict[str, Any] = {"fields": fields, "source": SOURCE}
    entry["fields"] |= {field: False for field in guess.unused if field in FIELDS}
    if guess.constants:
        entry["constants"] = dict(guess.constants)
    if guess.key:
        entry["key"] = one_or_list(guess.key)
    entry["deleted"] = one_or_list(tuple(mark.column for mark in guess.deleted)) if guess.deleted else False
    if guess.writing.timezone:
        entry["timezone"] = guess.writing.timezone
    if guess.writing.minor_units:
        entry["minor_units"] = True
    return entry


def _check_columns(table: Table, entry: Mapping[str, Any], place: str) -> None:
    """Raise `ConfigError` where a column that was mapped before stands in the file no more."""
    if entry.get("undeclared_columns", "refuse") != "refuse":
        return
    for field, columns in read_fields(entry["fields"], f"{place}.fields")[0].items():
        for column in columns:
            check_column(table, column, f"{place}, {field}")
    for column in column_names(entry["key"], f"{place}, key") if "key" in entry else ():
        check_column(table, column, f"{place}, key")


def _ticked(entry: Mapping[str, Any], sample: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The consent of a column of boxes, each answer of which stands between bars (`||Yes||`), as ActiveCampaign writes them."""
    consent = entry.get("consent")
    if not isinstance(consent, dict) or not consent.get("granted"):
        return {}
    texts = {
        text for record in sample if isinstance(text := record.get(str(consent.get("column"))), str) and text.strip()
    }
    if not texts or not all(map(_TICKED, texts)):
        return {}
    return {"consent": {"column": consent["column"], "contains": consent["granted"]}}


def _amounts(entry: Mapping[str, Any], table: Table, sample: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How the amounts of a file are written, where neither an answer nor a plain number says it."""
    column = entry["fields"].get("value")
    if not isinstance(column, str) or "decimal_comma" in entry or "thousands" in entry:
        return {}
    texts = [value for record in sample if isinstance(value := record.get(column), str)]
    writing = writing_of(texts)
    marked = [text for text in texts if "." in text]
    if table.delimiter == ";" and marked and all(map(_THOUSANDS, marked)):
        return {"decimal_comma": True}  # 1.234 in a file that a German or French Excel has written
    if writing.decimal_comma:
        return {"decimal_comma": True}
    return {"thousands": writing.thousands} if writing.thousands else {}
