"""Warnings about a stream's columns: bad keys, times that change with every edit, useful columns that nothing maps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.column_names import LOOK_USEFUL, are_made_by_loads, marks_deletion, number_rows
from target_linkedin_conversions.settings import rules_of
from target_linkedin_conversions.settings.contradictions import shares_event_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.records.columns import Columns
    from target_linkedin_conversions.settings import StreamEntry

__all__ = [
    "changes_with_every_edit",
    "on_cases",
    "on_columns",
    "on_currency",
    "on_entries",
    "on_event_id",
    "on_key",
    "on_names",
    "on_updates",
]

_LONGEST = 64
_STEPS = re.compile(r"[.\[\]=]")
"""Between the steps of a path."""
_MANY_IN_ONE = re.compile(r"[*%].*|.*[*%]|[^,;|]+(?:[,;|][^,;|]+)+", re.DOTALL).fullmatch
"""A pattern, or several values in one text."""
_UPDATED = re.compile(
    r"(?:property|last|date|time|at|on|system|hs|sys|row|record)*(?:updated?|modified|modstamp|changed|modification|lastmodified|updatedate"
    r"|modifieddate|edited)(?:date|time|at|on|stamp|timestamp|utc|ts)*|writedate|mtime|aedat|tsms"
    r"|(?:sdc|fivetran|airbyte|dlt|stitch|peerdb|last)*(?:extracted|batched|received|synced|loaded|ingested|replicated)(?:at|on|date|time)*"
).fullmatch
"""A plain name of a column that says when a row was last edited, or last came from its source."""


def on_key(place: str, key: Sequence[str]) -> list[str]:
    """A warning where the stream has no key, or one that is the number of a row or a line, or what a loader made."""
    mend = "name key (columns that stay the same), source, and once_per: key where one row is one conversion for ever"
    if not key:
        return [f"{place}: no key tells the rows apart, so that a corrected row is a new conversion; {mend}"]
    columns = ", ".join(repr(name) for name in key)
    if number_rows(key):
        problem = f"{place}: the key {columns} numbers rows, so that a row inserted before others changes what they are"
        return [f"{problem}; {mend}"]
    if are_made_by_loads(key):
        made = "is made when rows are loaded, at random or of all their values"
        return [
            f"{place}: the key {columns} {made}, so that a row that is corrected or loaded again is a new conversion; {mend}"
        ]
    return []


def changes_with_every_edit(name: str) -> bool:
    """Whether a column says by its name when a row was last edited, or loaded."""
    return len(name) <= _LONGEST and _UPDATED(folded_name(name)) is not None


def on_updates(place: str, times: Sequence[str], bookmarks: Sequence[str]) -> list[str]:
    """A warning where the event's time changes with every edit of its row; a tap may also go on by when it was created."""
    edited = [
        name
        for name in times
        for steps in [_STEPS.split(name)]
        if any(map(changes_with_every_edit, steps))
        or (len(name) <= _LONGEST and not {name, steps[0]}.isdisjoint(bookmarks) and "creat" not in name.lower())
    ]
    return [
        f"{place}: column {name!r} changes with every edit of a row, and with once_per: row each edit is a new conversion; "
        "map the time of the conversion, or set once_per: key"
        for name in edited[:1]
    ]


def on_names(place: str, used: Mapping[str, Sequence[str]]) -> list[str]:
    """A warning where one of a person's two names is mapped: LinkedIn takes both or none."""
    one, other = ("first_name", "last_name") if used.get("first_name") else ("last_name", "first_name")
    if not used.get(one) or used.get(other):
        return []
    return [f"{place}: {one} is mapped without {other}, and no name is sent without both; map {other}, or full_name"]


def on_entries(entry: StreamEntry, before: Sequence[StreamEntry]) -> list[str]:
    """A warning about the events of an entry that count as sent once those of one before it are."""
    place = next((other.place for other in before if shares_event_ids(other, entry)), None)
    if place is None:
        return []
    warning = (
        f"{entry.place}: of a row to which {place} applies too it sends nothing more, for rule, key and time make the id of "
        f"an event, and they are the same; for one conversion name all columns in one entry (email: [a, b]), for the "
        f"conversion of another person give this entry a source of its own"
    )
    return [warning]


def on_cases(entry: StreamEntry) -> list[str]:
    """A warning where a case reads like a pattern or a list in one text, and what it does not fit is skipped unsaid."""
    rules = entry.rules
    if isinstance(rules, tuple) or rules.otherwise != "skip":
        return []
    return [
        f"{entry.place}.conversion_rule.rules[{number}].when: a value is compared whole, and what no case fits is skipped: "
        "name each value, several as a list: when: [VALUE, VALUE]"
        for number, case in enumerate(rules.cases or ())
        if any(isinstance(value, str) and _MANY_IN_ONE(value) for value in case.when)
    ]


def on_event_id(entry: StreamEntry) -> list[str]:
    """A warning where the event id is for rules alone that the entry sends nothing to."""
    sent_to = set(rules_of((entry,)))
    if not entry.event_id_rules or not sent_to or entry.event_id_rules & sent_to:
        return []
    problem = (
        f"{entry.place}.fields.event_id.rules: the entry sends to none of them, so the column is never the event's id"
    )
    return [f"{problem}; name the entry's rules there"]


def on_currency(place: str, columns: Columns, used: Mapping[str, Sequence[str]], entry: StreamEntry) -> list[str]:
    """A warning where every amount of a column gets one currency, though another column names its own."""
    if "currency" not in entry.constants or "currency" in entry.switched_off or not used.get("value"):
        return []
    return [
        f"{place}.constants.currency: it counts for every amount, and column {column!r}, which may name another, is not read; "
        "remove the constant to read the column, or set fields.currency: false"
        for column in columns.found("currency")[:1]
    ]


def on_columns(place: str, columns: Columns, used: Mapping[str, Sequence[str]], entry: StreamEntry) -> list[str]:
    """Columns that are not used and look as if they should be: one for each field, and every deletion mark."""
    taken = {column for names in used.values() for column in names}
    found = []
    for field in LOOK_USEFUL:
        if used.get(field) or field in entry.switched_off or field in entry.constants:
            continue
        if field == "full_name" and used.get("first_name"):
            continue
        found += [
            f"{place}: column {column!r} looks useful; it is sent only if mapped (fields.{field})"
            for column in columns.found(field, LOOK_USEFUL)
            if column not in taken
        ][:1]
    if entry.deleted is None:
        found += [
            f"{place}: column {column!r} looks like the mark of a deleted record; name it in deleted, or set deleted: false"
            for column in columns.known
            if marks_deletion(column)
        ]
    return found
