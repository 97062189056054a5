"""A record's value that goes to several rules, by one entry or by several: revenue is counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.finding import finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Made
    from target_linkedin_conversions.readiness.finding import Finding

__all__ = ["Values"]

_VALUE = b',"conversionValue":{'
"""How a value stands in an event's JSON; in a text its quotes would be escaped."""


class Values:
    """Sees what all entries of a stream make of a record, once each."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self._records = 0

    def see(self, made_by_entry: Sequence[Sequence[Made]]) -> None:
        """Count the records with a value in events of several rules."""
        for made_of_record in zip(*made_by_entry, strict=True):
            events = [event for made in made_of_record if type(made) is list for event in made]
            if len(events) > 1 and len({event.rule for event in events if _VALUE in event.payload}) > 1:
                self._records += 1

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records:
            yield finding("value_in_several_rules", self._records, field="value")
