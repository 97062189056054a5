"""Inspects the rows of a stream by one entry, with every counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.addresses import Addresses, AddressesOfRecords
from target_linkedin_conversions.readiness.clicks import Clicks
from target_linkedin_conversions.readiness.filling import FilledField, Filling
from target_linkedin_conversions.readiness.hashes import Hashes
from target_linkedin_conversions.readiness.identity import Identities, Keys
from target_linkedin_conversions.readiness.matching import Matching
from target_linkedin_conversions.readiness.names import FIELDS_OF_NAMES, LoneFirstNames, Names
from target_linkedin_conversions.readiness.reasons import Reasons
from target_linkedin_conversions.readiness.times import Times
from target_linkedin_conversions.readiness.trials import Trials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Counter, Finding
    from target_linkedin_conversions.records.plan import MappedField, StreamPlan
    from target_linkedin_conversions.records.rows import Place

__all__ = ["StreamInspection", "is_of_what_is_made"]

_OF_WHAT_IS_MADE = frozenset(
    (
        *("too_old", "in_future", "bad_time", "close_to_window", "refund", "bad_amount", "unknown_country"),
        *("unknown_currency", "value_without_currency", "unknown_rule_value", "event_id_repeats"),
        *("only_one_identifier", "no_strong_identifier"),
    )
)
_TEXTS = ("first_name", "last_name", "full_name", "company", "title")


class StreamInspection:
    """Sees every record of a stream by one plan."""

    def __init__(self, plan: StreamPlan, now: int, is_personal: Callable[[str], bool]) -> None:
        """`now` is in epoch milliseconds; see `Reasons` for `is_personal`."""
        places = dict(plan.row_type.named)
        mapped = {one.field: one for one in plan.fields}
        self.matching = Matching(plan)
        self.identities = Identities(plan, _columns(mapped, "event_id"))
        self._fields = [
            Filling(one, [places[column] for column in one.columns if column in places]) for one in plan.fields
        ]
        emails = _placed(mapped, "email", places)
        clicks = _placed(mapped, "li_fat_id", places)
        addresses = [Addresses(column, place) for column, place in emails]
        texts = [(field, *one) for field in _TEXTS for one in _placed(mapped, field, places)]
        names = [place for field, _, place in texts if field in FIELDS_OF_NAMES]
        self._counters: list[Counter] = [
            self.matching,
            self.identities,
            Keys(plan),
            Times(plan, _columns(mapped, "happened_at"), now),
            Reasons(
                {field: ", ".join(one.columns) for field, one in mapped.items()},
                plan.rule_column_name,
                plan.admission.consent_column,
                is_personal,
            ),
            *addresses,
            AddressesOfRecords(addresses, emails),
            *(Hashes(column, place) for column, place in emails),
            *(Names(*text) for text in texts),
            *self._fields,
            Trials(names, [place for _, place in emails]),
            Clicks(frozenset(column for column, _ in clicks), [place for _, place in clicks]),
        ]
        if first := _placed(mapped, "first_name", places):
            self._counters.append(LoneFirstNames(first[0][0], first[0][1], plan.person.last_name))
        self._sees = [one.see for one in self._counters if not isinstance(one, Identities)]

    def see(self, batch: Batch) -> None:
        """Inspect the next records."""
        for see in self._sees:
            see(batch)

    @property
    def fields(self) -> list[FilledField]:
        """Every field that is mapped."""
        return [one.filled for one in self._fields]

    def findings(self) -> Iterator[Finding]:
        """The findings of all counters."""
        for counter in self._counters:
            yield from counter.findings()


def is_of_what_is_made(one: Finding) -> bool:
    """Whether a finding depends on the entry that maps the record; all others are about columns, the same for every entry."""
    return one.code in _OF_WHAT_IS_MADE or (one.code == "hash_of_nothing" and one.field in _TEXTS)


def _placed(mapped: dict[str, MappedField], field: str, places: dict[str, Place]) -> list[tuple[str, Place]]:
    """Each column of a field with the place of its own value; constants have none."""
    return [(column, places[column]) for column in mapped[field].columns if column in places] if field in mapped else []


def _columns(mapped: dict[str, MappedField], field: str) -> str:
    return ", ".join(mapped[field].columns) if field in mapped else ""
