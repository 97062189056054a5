"""One entry's look at the rows of a stream: every counter, and what its fields are filled with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.readiness.addresses import Addresses, WorkAddresses
from target_linkedin_conversions.readiness.clicks import Clicks
from target_linkedin_conversions.readiness.hashes import Hashes
from target_linkedin_conversions.readiness.identity import Identities, Keys
from target_linkedin_conversions.readiness.matching import Matching
from target_linkedin_conversions.readiness.names import LoneFirstNames, Names
from target_linkedin_conversions.readiness.reasons import Reasons
from target_linkedin_conversions.readiness.times import Times
from target_linkedin_conversions.readiness.trials import Trials
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.readiness.finding import Counter, Finding, Made, Record
    from target_linkedin_conversions.records.columns import Place, Row
    from target_linkedin_conversions.records.plan import MappedField, StreamPlan

__all__ = ["FilledField", "Look"]

_TEXTS = ("first_name", "last_name", "full_name", "company", "title")
_NAMES = ("first_name", "last_name", "full_name")


class FilledField(msgspec.Struct, frozen=True):
    """A field, its columns, how they came to it (`mapped`, `found`, `constant`), and how many records fill it."""

    field: str
    columns: tuple[str, ...]
    how: str
    filled: int


class Look:
    """Sees every record of a stream by one plan."""

    def __init__(self, plan: StreamPlan, now: int, is_personal: Callable[[str], bool]) -> None:
        """`now` is in epoch milliseconds; see `Reasons` for `is_personal`."""
        places = dict(plan.row_type.named)
        mapped = {one.field: one for one in plan.fields}
        self.matching = Matching(plan)
        self.identities = Identities(plan, _columns(mapped, "event_id"))
        self._records = 0
        self._empty = {
            one: ([places[c] for c in one.columns if c in places], [0]) for one in plan.fields if one.columns
        }
        """The places of each field's columns, and how many records have nothing at any of them."""
        self._empties = tuple(self._empty.values())
        self._constants = [one for one in plan.fields if not one.columns]
        emails = _placed(mapped, "email", places)
        clicks = _placed(mapped, "li_fat_id", places)
        addresses = [Addresses(column, place) for column, place in emails]
        texts = [(field, *one) for field in _TEXTS for one in _placed(mapped, field, places)]
        names = [place for field, _, place in texts if field in _NAMES]
        self._counters: list[Counter] = [
            self.matching,
            self.identities,
            Keys(plan),
            Times(plan, _columns(mapped, "happened_at"), now),
            Reasons(
                {field: ", ".join(one.columns) for field, one in mapped.items()},
                plan.rule_column_name,
                plan.consent_column_name,
                is_personal,
            ),
            *addresses,
            WorkAddresses(addresses),
            *(Hashes(column, place) for column, place in emails),
            *(Names(*text) for text in texts),
            Trials(names, [place for _, place in emails]),
            Clicks(frozenset(column for column, _ in clicks), [place for _, place in clicks]),
        ]
        if first := _placed(mapped, "first_name", places):
            self._counters.append(LoneFirstNames(first[0][0], first[0][1], plan.person.last_name))
        self._sees = [one.see for one in self._counters if not isinstance(one, Identities | WorkAddresses)]

    def see(self, row: Row, record: Record, made: Made) -> None:
        """Look at one record."""
        self._records += 1
        for places, count in self._empties:
            for place in places:
                value = row[place]
                if type(value) is not Reason and (value or not (value is None or value == "")):
                    break
            else:
                count[0] += 1
        for see in self._sees:
            see(row, record, made)

    @property
    def fields(self) -> list[FilledField]:
        """Every field that is mapped; a constant fills all records that it is sent with."""
        read = [(one, self._records - count[0]) for one, (_, count) in self._empty.items()]
        read += [(one, self._records) for one in self._constants]
        return [FilledField(one.field, one.columns, one.how, filled) for one, filled in read]

    def findings(self) -> Iterator[Finding]:
        """What all counters found."""
        for counter in self._counters:
            yield from counter.findings()


def _placed(mapped: dict[str, MappedField], field: str, places: dict[str, Place]) -> list[tuple[str, Place]]:
    """Each column of a field with the place of its own value; constants have none."""
    return [(column, places[column]) for column in mapped[field].columns if column in places] if field in mapped else []


def _columns(mapped: dict[str, MappedField], field: str) -> str:
    return ", ".join(mapped[field].columns) if field in mapped else ""
