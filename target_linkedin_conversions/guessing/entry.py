"""One stream's guess: every field, and what its entry needs beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from target_linkedin_conversions.guessing.addresses import guess_addresses
from target_linkedin_conversions.guessing.choice import (
    guess_consent,
    guess_deleted,
    guess_key,
    guess_only,
    guess_rules,
)
from target_linkedin_conversions.guessing.clicks import guess_click_ids
from target_linkedin_conversions.guessing.guess import FieldGuess, Guess, Mark, Writing
from target_linkedin_conversions.guessing.labels import Label, label_of, words_of
from target_linkedin_conversions.guessing.money import guess_money
from target_linkedin_conversions.guessing.person import guess_ids, guess_person
from target_linkedin_conversions.guessing.samples import ColumnSample
from target_linkedin_conversions.guessing.when import formats_of, guess_time
from target_linkedin_conversions.records.columns import FOUND_BY_NAME, LOOK_USEFUL, plain_name

__all__ = ["guess_entry"]

Columns = Mapping[str, ColumnSample]

_OF_PEOPLE = frozenset(
    {
        *(
            "contact",
            "contacts",
            "person",
            "persons",
            "people",
            "lead",
            "leads",
            "user",
            "users",
            "customer",
            "customers",
        ),
        *("member", "members", "subscriber", "subscribers", "signup", "signups", "kontakte", "personen", "kunden"),
        *("interessenten", "teilnehmer", "attendees", "registrants", "kontakt", "applicants"),
    }
)
_STREAM_OF_DEALS = frozenset(
    {"deal", "deals", "opportunity", "opportunities", "invoice", "invoices", "company", "companies"}
)
_WON_STAGES = ("won", "gewonnen", "paid", "succeeded", "complete", "customer", "purchase")
_SURE = ("email", "li_fat_id", "full_name", "first_name", "lead")


def guess_entry(columns: Columns, *, stream: str = "", key: Sequence[str] = ()) -> Guess:
    """What a person would most likely map of a stream with these columns, each guess with its reason.

    `columns` are `Sampling.columns`: by name or path, what was seen there. `key` are the stream's key properties.
    Reasons, and everything that is not a column's name, hold no value of a person; stages and answers to a consent are
    listed, for an entry names them.
    """
    labels = {path: label_of(path, sample.column) for path, sample in columns.items()}
    chosen = _chosen_element(columns, labels)
    seen = _without_other_elements(columns, chosen)
    stream_words = set(words_of(stream))
    is_of_people = bool(_OF_PEOPLE & stream_words) and not _STREAM_OF_DEALS & stream_words
    fields = {
        **dict(guess_addresses(seen, labels)),
        **dict(guess_click_ids(seen, labels)),
        **dict(guess_person(seen, labels, is_of_people=is_of_people)),
        **dict(guess_time(seen, labels)),
    }
    money = guess_money(seen, labels)
    perhaps: dict[str, FieldGuess] = {}
    for field, guess in guess_ids(seen, labels):
        is_needed = field == "lead" or not any(known in fields for known in _SURE)
        (fields if is_needed else perhaps)[field] = guess
    if money.value is not None:
        reason = money.is_left_out
        (perhaps if reason else fields)["value"] = (
            msgspec.structs.replace(money.value, reason=reason) if reason else money.value
        )
        if money.currency is not None:
            fields["currency"] = money.currency
    if chosen:
        own_key = tuple(path for path in (f"{chosen}.id",) if path in columns)
        name, _, value = chosen.rpartition("[")[2].removesuffix("]").partition("=")
        only: Mark | None = Mark(f"{chosen}.{name}", "only rows with such an element", value)
    else:
        own_key, only = guess_key(seen, labels, key), guess_only(seen, labels)
    return Guess(
        fields=fields,
        perhaps=perhaps,
        unused=_unused(columns, fields, perhaps),
        constants={"currency": money.constant} if money.constant and "value" in fields else {},
        writing=_writing(money.writing, fields, columns),
        consent=guess_consent(seen, labels),
        rules=() if chosen else guess_rules(seen, labels),
        deleted=guess_deleted(seen, labels),
        only=only,
        key=own_key,
        once_per_key=bool(chosen) or (is_of_people and bool(key or own_key)),
    )


def _writing(writing: Writing, fields: Mapping[str, FieldGuess], columns: Columns) -> Writing:
    """How amounts and times are written; nothing of an amount that is not mapped."""
    times = fields.get("happened_at")
    values = [value for path in times.columns if path in columns for value in columns[path].values] if times else []
    formats, is_open = formats_of(values)
    kept = writing if "value" in fields else Writing(minor_units_open=writing.minor_units_open)
    return msgspec.structs.replace(kept, time_format=formats, order_is_open=is_open)


def _chosen_element(columns: Columns, labels: Mapping[str, Label]) -> str:
    """The element of a list by which a row converts, where it has a time of its own: `opportunities[status=won]`."""
    for path in columns:
        before, mark, rest = path.rpartition("].")
        _, _, value = before.rpartition("=")
        if mark and "." not in rest and set(words_of(value)) & set(_WON_STAGES):
            element = f"{before}]"
            inside = {other: columns[other] for other in columns if other.startswith(f"{element}.")}
            if dict(guess_time(inside, labels)):
                return element
    return ""


def _without_other_elements(columns: Columns, chosen: str) -> Columns:
    """The columns without what lies in other elements of the chosen one's list."""
    beginning = chosen.rpartition("[")[0]
    if not beginning:
        return columns
    return {
        path: sample
        for path, sample in columns.items()
        if not path.startswith(f"{beginning}[") or path.startswith(chosen)
    }


def _unused(columns: Columns, fields: Mapping[str, FieldGuess], perhaps: Mapping[str, FieldGuess]) -> dict[str, str]:
    """Fields that would be found by a column's name, or hinted at, and are of no use: switched off with the reason."""
    plain = {plain_name(path) for path in columns}
    found = {}
    for field in dict.fromkeys((*FOUND_BY_NAME, *LOOK_USEFUL)):
        names = {plain_name(name) for name in (*FOUND_BY_NAME.get(field, ()), *LOOK_USEFUL.get(field, ()))}
        if field in fields or field in perhaps or not names & plain:
            continue
        if reason := _why_unused(field, fields):
            found[field] = reason
    return found


def _why_unused(field: str, fields: Mapping[str, FieldGuess]) -> str:
    has_name = "full_name" in fields or "first_name" in fields
    if field == "full_name" and "first_name" in fields:
        return ""
    if field in {"first_name", "last_name"}:
        return "" if "full_name" in fields else "of no use without the other name"
    if field in {"company", "title", "country"} and not has_name:
        return "only sent beside a person's name"
    if (field in FOUND_BY_NAME and field != "value") or field in {"company", "title", "country"}:
        return "nothing that looks like it was seen there"
    return {"full_name": "not a person's name", "ip_address": "map it only if you may send it"}.get(field, "")
