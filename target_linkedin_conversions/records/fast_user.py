"""Who did it, of a plain record: the `user` of its events as JSON text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from target_linkedin_conversions.records import identity
from target_linkedin_conversions.records.columns import Row
from target_linkedin_conversions.records.person import NEEDS_FULL_NAME
from target_linkedin_conversions.records.plain import (
    PLAIN_ID,
    Fragments,
    Recogniser,
    beside_names,
    column_of,
    email,
    identifier,
    name,
    sent_as,
)
from target_linkedin_conversions.records.plan import Constant
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Read
    from target_linkedin_conversions.records.plan import PersonColumns, StreamPlan

__all__ = ["UserReader", "user_reader"]

UserReader = Callable[[Row], tuple[str, tuple[Reason, ...]] | None]
"""The member `user` with a comma before it, and what is left out of it; None where it is not plain."""

_CLICK_ID = ',{"idType":"LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID","idValue":'
_COMPLETE: tuple[Reason, ...] = ()
_LONELY = (NEEDS_FULL_NAME,)


def user_reader(plan: StreamPlan) -> UserReader:  # noqa: C901 - one frame a record, for speed
    """The reader of a stream's users."""
    person = plan.person
    slots, others = _identifiers(plan)
    named = person.first_name is not None and person.last_name is not None
    names = (person.first_name, person.last_name) if named else (None, None)
    beside = (person.company, person.title, person.country)
    values_of = plan.row_type.together([*slots, *names, *map(column_of, beside)])
    email_of, click_id_of = email(plan), sent_as(_CLICK_ID, identity.click_id, "}")
    firsts, lasts = Fragments(name("first_name", person)), Fragments(name("last_name", person))
    companies, titles, countries = map(beside_names, ("company", "title", "country"), beside)
    lonely = any(read.value for read in (person.company, person.title) if isinstance(read, Constant))
    contacts = _contacts(person)

    def read_user(row: Row) -> tuple[str, tuple[Reason, ...]] | None:  # noqa: C901, PLR0911, PLR0912 - the same
        address, click_id, first, last, company, title, country = values_of(row)
        ids = "" if address is None else email_of(address)
        if ids is None:
            return None
        if type(click_id) is str and PLAIN_ID(click_id):
            ids = f'{ids}{_CLICK_ID}"{click_id}"}}'
        elif click_id is not None:
            part = click_id_of(click_id)
            if part is None:
                return None
            ids += part
        for read, recognise in others:
            part = recognise(read(row))
            if part is None:
                return None
            if part not in ids:
                ids += part
        try:
            first, last = firsts[first], lasts[last]
            if first and last:
                company, title, country = companies[company], titles[title], countries[country]
                if company is None or title is None or country is None:
                    return None
                # A member begins with a comma; the first one loses it.
                info = f',"userInfo":{{{first[1:]}{last}{company}{title}{country}}}'
                left_out = _COMPLETE
            elif first is None or last is None:
                return None
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
        return (f',"user":{{"userIds":[{ids[1:]}]{info}}}', left_out) if ids or info else None

    return read_user


def _identifiers(plan: StreamPlan) -> tuple[list[Read | None], list[tuple[Read, Recogniser]]]:
    """The columns of e-mail and click id, and those of all other identifiers, in the order they are sent."""
    columns = {column.field: column for column in plan.identifiers}
    if len(columns) == len(plan.identifiers):
        slots = [columns.pop(field, None) for field in ("email", "li_fat_id")]
        reads = [column.read if column is not None else None for column in slots]
        return reads, [(column.read, identifier(column, plan)) for column in columns.values()]
    return [None, None], [(column.read, identifier(column, plan)) for column in plan.identifiers]


def _contacts(person: PersonColumns) -> list[tuple[Read, Recogniser]]:
    """The members that stand for themselves, in the order they are sent."""
    found: list[tuple[Read, Recogniser]] = []
    if person.external_id is not None:
        external_id = sent_as(',"externalIds":[', lambda value: identity.plain_text(value, "external_id"), "]")
        found.append((person.external_id, external_id))
    if person.lead is not None:
        found.append((person.lead, sent_as(',"lead":', identity.lead)))
    return found
