"""One stream's guess: every field, and what its entry needs beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.guessing.addresses import guess_addresses
from target_linkedin_conversions.guessing.clicks import guess_click_ids
from target_linkedin_conversions.guessing.consent import guess_consent
from target_linkedin_conversions.guessing.elements import converting_element, mark_of, without_its_siblings
from target_linkedin_conversions.guessing.guess import SAY_WHO, FieldGuess, Guess, RuleColumn, Writing
from target_linkedin_conversions.guessing.hosts import without_hosts
from target_linkedin_conversions.guessing.labels import labels_of, names, words_of
from target_linkedin_conversions.guessing.looks import has_no_zone
from target_linkedin_conversions.guessing.marks import guess_deleted, guess_key, guess_only
from target_linkedin_conversions.guessing.money import MoneyGuess, guess_money
from target_linkedin_conversions.guessing.person import guess_ids, guess_person
from target_linkedin_conversions.guessing.stages import guess_rules, only_won
from target_linkedin_conversions.guessing.unused import why_unused
from target_linkedin_conversions.guessing.when import formats_of, guess_time, is_of_a_win, is_written
from target_linkedin_conversions.guessing.zone_letters import zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.guessing.candidates import Columns, Labels

__all__ = ["guess_entry"]

Fields = dict[str, FieldGuess]

_PEOPLE = frozenset(
    names("""
    contact contacts person persons people lead leads user users customer customers member members subscriber subscribers
    signup signups attendees registrants applicants invitees invitee profiles registrations registration kontakt kontakte personen kunden interessenten teilnehmer
""")
)
_DEALS = frozenset(names("deal deals opportunity opportunities invoice invoices company companies"))
_NAMES_UTC = re.compile(r"(?<![a-z])utc(?![a-z0-9+-])", re.IGNORECASE).search
"""A column's name that says the zone of its times: `Submit Date (UTC)`, `created_at_utc`."""


def guess_entry(columns: Columns, *, stream: str = "", key: Sequence[str] = ()) -> Guess:
    """What a person would most likely map of a stream with these columns, each guess with its reason.

    `columns` are `Sampling.columns`: by name or path, what was seen there. `key` are the stream's key properties.
    Reasons, and everything that is not a column's name, hold no value of a person; stages and answers to a consent are
    listed, for an entry names them.
    """
    labels = labels_of({path: sample.column for path, sample in columns.items()})
    element = converting_element(columns, labels)
    seen = without_hosts(without_its_siblings(columns, element), labels)
    is_of_people = _is_of_people(stream)
    money = guess_money(seen, labels)
    fields, perhaps = _fields(seen, labels, money, is_of_people=is_of_people)
    own_key = (
        (f"{element}.id",) if f"{element}.id" in columns else guess_key(seen, labels, key, _people(fields, columns))
    )
    return Guess(
        fields=fields,
        perhaps=perhaps,
        unused=why_unused(columns, {**fields, **perhaps}),
        constants={"currency": money.constant} if money.constant and "value" in fields else {},
        writing=_writing(money.writing, fields, columns),
        consent=guess_consent(seen, labels),
        rules=() if element else _rules(seen, labels, fields),
        deleted=guess_deleted(seen, labels),
        only=mark_of(element) if element else guess_only(seen, labels),
        key=own_key,
        once_per_key=bool(element) or (is_of_people and bool(key or own_key)),
    )


def _people(fields: Fields, columns: Columns) -> int:
    """In how many records that were seen a column says who it is."""
    mapped = {path for field in SAY_WHO.intersection(fields) for path in fields[field].columns}
    return max((columns[path].filled for path in mapped if path in columns), default=0)


def _rules(columns: Columns, labels: Labels, fields: Fields) -> tuple[RuleColumn, ...]:
    """Columns that may choose the rule; of a time at which deals are won only stages that are."""
    rules = guess_rules(columns, labels)
    times = fields["happened_at"].columns if "happened_at" in fields else ()
    return tuple(map(only_won, rules)) if any(is_of_a_win(labels[path]) for path in times) else rules


def _is_of_people(stream: str) -> bool:
    """Whether a stream's name says that its rows are people, not what people bought."""
    words = words_of(stream)
    return not _PEOPLE.isdisjoint(words) and _DEALS.isdisjoint(words)


def _fields(columns: Columns, labels: Labels, money: MoneyGuess, *, is_of_people: bool) -> tuple[Fields, Fields]:
    """The fields that are mapped, and those that may be meant: an id of the person is needed where nothing else says who."""
    fields: Fields = {
        **dict(guess_addresses(columns, labels)),
        **dict(guess_click_ids(columns, labels)),
        **dict(guess_person(columns, labels, is_of_people=is_of_people)),
        **dict(guess_time(columns, labels)),
    }
    ids = dict(guess_ids(columns, labels))
    perhaps: Fields = {}
    if "external_id" in ids and not SAY_WHO.isdisjoint({*fields, *ids}):
        perhaps["external_id"] = ids.pop("external_id")
    fields |= ids
    if money.value is not None and money.left_out:
        perhaps["value"] = msgspec.structs.replace(money.value, reason=money.left_out, confirm=True)
    elif money.value is not None:
        fields["value"] = money.value
    if money.currency is not None:
        fields["currency"] = money.currency
    return fields, perhaps


def _writing(writing: Writing, fields: Mapping[str, FieldGuess], columns: Columns) -> Writing:
    """How amounts and times are written; nothing of an amount that is not mapped."""
    times = fields["happened_at"].columns if "happened_at" in fields else ()
    values = [value for path in times for value in columns[path].values]
    formats, is_open = formats_of(values)
    kept = writing if "value" in fields else Writing(minor_units_open=writing.minor_units_open)
    zone = zone_of(values) or ("UTC" if times and all(map(_NAMES_UTC, times)) else "")
    without_zone = not zone and any(map(has_no_zone, values))
    order = "" if formats or not any(map(is_written, values)) else "dmy"
    return msgspec.structs.replace(
        kept, time_format=formats, date_order=order, order_is_open=is_open, without_zone=without_zone, timezone=zone
    )
