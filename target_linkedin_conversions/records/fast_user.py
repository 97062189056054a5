"""Who did it, of a plain record: the `user` of its events as JSON text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.columns import Row
from target_linkedin_conversions.records.person import NEEDS_FULL_NAME
from target_linkedin_conversions.records.plain import (
    Fragments,
    Recogniser,
    beside_names,
    email,
    identifier,
    is_plain_id,
    name,
    sent_as,
)
from target_linkedin_conversions.records.plan import SLOTS, Constant, one_each
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Read
    from target_linkedin_conversions.records.plan import IdentifierColumn, PersonColumns, StreamPlan

__all__ = ["UserReader", "user_reader"]

UserReader = Callable[[Row], tuple[str, str, tuple[Reason, ...]] | None]
"""What is in `userIds`, what follows it in `user`, and what is left out of both; None where it is not plain."""

_CLICK_ID = '{"idType":"LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID","idValue":'
_COMPLETE: tuple[Reason, ...] = ()
_LONELY = (NEEDS_FULL_NAME,)


def user_reader(plan: StreamPlan) -> UserReader:  # noqa: C901 - one frame a record, for speed
    """The reader of a stream's users."""
    person = plan.person
    others = [(column.read, identifier(column, plan)) for column in _beside_slots(plan)]
    named = person.first_name is not None and person.last_name is not None
    beside = (person.company, person.title, person.country)
    email_of, click_id_of = email(plan), sent_as(_CLICK_ID, normalise.click_id, "}")
    firsts, lasts = Fragments(name("first_name", person)), Fragments(name("last_name", person))
    companies, titles, countries = map(beside_names, ("company", "title", "country"), beside)
    first_of, last_of, company_of, title_of, country_of = (
        fragments.get for fragments in (firsts, lasts, companies, titles, countries)
    )
    lonely = any(read.value for read in (person.company, person.title) if isinstance(read, Constant))
    contacts = _contacts(person)

    def read_user(row: Row) -> tuple[str, str, tuple[Reason, ...]] | None:  # noqa: C901, PLR0911, PLR0912 - the same
        part: str | None
        address, click_id = row.email, row.li_fat_id
        ids = "" if address is None else email_of(address)
        if ids is None:
            return None
        if click_id is not None:
            if type(click_id) is str and is_plain_id(click_id):
                ids = f'{ids},{_CLICK_ID}"{click_id}"}}' if ids else f'{_CLICK_ID}"{click_id}"}}'
            else:
                part = click_id_of(click_id)
                if part is None:
                    return None
                ids = f"{ids},{part}" if ids and part else ids or part
        for read, recognise in others:
            part = recognise(read(row))
            if part is None:
                return None
            if part not in ids:
                ids = f"{ids},{part}" if ids else part
        try:
            first, last = (first_of(row.first_name), last_of(row.last_name)) if named else ("", "")
            if first is None or last is None:
                first, last = firsts[row.first_name], lasts[row.last_name]
                if first is None or last is None:
                    return None
            company, title, country = row.company, row.title, row.country
            if first and last:
                works_at, works_as, lives_in = company_of(company), title_of(title), country_of(country)
                if works_at is None or works_as is None or lives_in is None:
                    works_at, works_as, lives_in = companies[company], titles[title], countries[country]
                    if works_at is None or works_as is None or lives_in is None:
                        return None
                info = f',"userInfo":{{{first}{last}{works_at}{works_as}{lives_in}}}'
                left_out = _COMPLETE
            else:
                info = ""
                left_out = _LONELY if lonely or company or title else _COMPLETE
        except TypeError:  # a list or an object
            return None
        for read, recognise in contacts:
            part = recognise(read(row))
            if part is None:
                return None
            info += part
        return (ids, info, left_out) if ids or info else None

    return read_user


def _beside_slots(plan: StreamPlan) -> list[IdentifierColumn]:
    """The columns of all identifiers that are no attribute of the row, in the order they are sent."""
    slots = SLOTS if one_each(plan.identifiers) else ()
    return [column for column in plan.identifiers if column.field not in slots]


def _contacts(person: PersonColumns) -> list[tuple[Read, Recogniser]]:
    """The members that stand for themselves, in the order they are sent."""
    found: list[tuple[Read, Recogniser]] = []
    if person.external_id is not None:
        external_id = sent_as(',"externalIds":[', lambda value: normalise.plain_text(value, "external_id"), "]")
        found.append((person.external_id, external_id))
    if person.lead is not None:
        found.append((person.lead, sent_as(',"lead":', normalise.lead)))
    return found
