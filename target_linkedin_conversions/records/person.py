"""The `user` of an event: match identifiers, names, and what goes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.event import Identifier, User, UserInfo
from target_linkedin_conversions.records.plan import PersonColumns, StreamPlan, unsupported
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import is_email_shaped

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Row

__all__ = [
    "MOST_EMAILS",
    "NEEDS_FULL_NAME",
    "TOO_MANY_EMAILS",
    "identifiers_of",
    "is_excluded",
    "is_suppressed",
    "name_of",
    "user_of",
]

Pair = tuple[str, str]
"""Type and value of a match identifier."""

MOST_EMAILS = 5
_SHORTEST_DIGEST = 44
"""Base64 of 32 bytes; hex is longer."""

TOO_MANY_EMAILS = Reason("email", "too_many")
NO_IDENTIFIER = Reason("user", "no_identifier")
NEEDS_FULL_NAME = Reason("company", "needs_full_name")


def identifiers_of(  # noqa: C901 - one loop, on the per-record path
    row: Row,
    plan: StreamPlan,
    left_out: list[Reason],
) -> list[tuple[str, str]]:
    """Type and value of every identifier, each once; what is none goes to `left_out`."""
    pairs: list[tuple[str, str]] = []
    emails = 0
    for column in plan.identifiers:
        value = column.read(row)
        if value is None:
            continue
        if column.normal is None:
            left_out.append(unsupported(column))
            continue
        found = column.normal(value)
        if type(found) is str:
            pair = (column.id_type, found)
            if pair in pairs:
                continue
            if column.id_type == "SHA256_EMAIL":
                emails += 1
                if emails > MOST_EMAILS:
                    left_out.append(TOO_MANY_EMAILS)
                    continue
            pairs.append(pair)
        elif found is not None:
            left_out.append(found)  # type: ignore[arg-type]  # type() narrows less than isinstance, which is slower
    return pairs


def is_suppressed(row: Row, plan: StreamPlan) -> bool:
    """Whether an e-mail of the record, sent or not, is on the suppress list."""
    return any(
        column.id_type == "SHA256_EMAIL" and normalise.email(column.read(row)) in plan.suppressed
        for column in plan.identifiers
    )


def is_excluded(row: Row, plan: StreamPlan) -> bool:
    """Whether an e-mail of the record has one of `exclude_email_domains`."""
    return any(
        column.id_type == "SHA256_EMAIL" and normalise.email_domain(column.read(row)) in plan.excluded_domains
        for column in plan.identifiers
    )


def user_of(
    row: Row,
    person: PersonColumns,
    pairs: list[Pair],
    left_out: list[Reason],
) -> User | Reason:
    """The `user` object; a reason where nothing in it identifies the person."""
    info = _user_info(row, person, left_out) if person.first_name and person.last_name else None
    if info is None:
        _note_lonely(row, person, left_out)
    external = (
        _kept(normalise.plain_text(person.external_id(row), "external_id"), left_out) if person.external_id else None
    )
    lead = _kept(normalise.lead(person.lead(row)), left_out) if person.lead else None
    user = User([Identifier(*pair) for pair in pairs], info, [external] if external else None, lead)
    return user if pairs or info or external or lead else NO_IDENTIFIER


def _user_info(row: Row, person: PersonColumns, left_out: list[Reason]) -> UserInfo | None:
    """Both names, plain or hashed, and what goes beside them; None without both."""
    first = name_of(person.first_name(row) if person.first_name else None, "first_name", person, left_out)
    last = name_of(person.last_name(row) if person.last_name else None, "last_name", person, left_out)
    if first is None or last is None:
        return None
    first_text, first_hashed = first
    last_text, last_hashed = last
    return UserInfo(
        first_name=None if first_hashed else first_text,
        last_name=None if last_hashed else last_text,
        hashed_first_name=first_text if first_hashed else None,
        hashed_last_name=last_text if last_hashed else None,
        company_name=_kept(normalise.plain_text(person.company(row), "company"), left_out) if person.company else None,
        title=_kept(normalise.plain_text(person.title(row), "title"), left_out) if person.title else None,
        country_code=_kept(normalise.country(person.country(row)), left_out) if person.country else None,
    )


def name_of(value: object, field: str, person: PersonColumns, left_out: list[Reason]) -> tuple[str, bool] | None:
    """A name part and whether it is hashed."""
    if value is None or value == "":
        return None
    if type(value) is str:
        digest = normalise.hex_digest(value.strip()) if len(value) >= _SHORTEST_DIGEST else None
        if digest is not None:
            if person.version_hashes_names and digest not in normalise.HASHES_OF_NO_NAME:
                return digest, True
            left_out.append(
                Reason(
                    field,
                    "hashed_name_unsupported" if not person.version_hashes_names else "hash_of_nothing",
                ),
            )
            return None
        if person.hash_names and not is_email_shaped(value):
            hashed = normalise.hashed_name(value)
            if hashed is not None:
                return hashed, True
            if value.strip():
                left_out.append(Reason(field, "not_a_name"))
            return None
    plain = _kept(normalise.plain_name(value, field), left_out)
    return (plain, False) if plain else None


def _note_lonely(row: Row, person: PersonColumns, left_out: list[Reason]) -> None:
    """Company, title and country without a full name are left out, and counted."""
    for read in (person.company, person.title):
        if read is not None and read(row):
            left_out.append(NEEDS_FULL_NAME)
            return


def _kept(found: normalise.Identified, left_out: list[Reason]) -> str | None:
    """The text, or None with its reason noted."""
    if isinstance(found, Reason):
        left_out.append(found)
        return None
    return found
