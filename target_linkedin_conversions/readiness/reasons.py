"""Findings from the mapping itself: fields that it leaves out, and refusals of records."""

from __future__ import annotations

from collections import Counter as Counts
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.counted import is_new
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.reasons import REFUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from target_linkedin_conversions.readiness.batch import Batch, Made
    from target_linkedin_conversions.readiness.counted import Counted
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.event import Refusal

__all__ = ["Reasons"]

_TOLD = frozenset(
    (
        *("too_old", "bad_time", "unknown_currency", "value_without_currency", "bad_amount", "unknown_country"),
        "hash_of_nothing",
    )
)
"""Codes of reasons that are findings under the same name; those of addresses and of the future are counted elsewhere."""
_OF_NO_RULE = frozenset({"unknown_rule_value", "no_rule"})
"""Why the rule's column chose none: no case fits its value, or it has none."""
_ELSEWHERE = frozenset({"email"})
_SKIPS = {"too_old": "happened_at", REFUND.code: "value"}
_MOST_VALUES = 20
"""Values of the rule's column that are told one by one."""
_FEWEST_WITHOUT_CONSENT = 20


class Reasons:
    """Counts reasons, each once a record."""

    def __init__(
        self, columns: Mapping[str, str], rule_column: str, consent_column: str, is_personal: Callable[[str], bool]
    ) -> None:
        """`columns` are those of each field; a value of the rule's column is not shown where it `is_personal`."""
        self._columns, self._rule_column, self._consent_column = columns, rule_column, consent_column
        self._is_personal = is_personal
        self._codes: Counts[tuple[str, str]] = Counts()
        self._values: Counts[str] = Counts()
        self._without_consent = 0
        self._is_granted = False

    def see(self, batch: Batch) -> None:
        """Look at what became of each record."""
        for made, counted in zip(batch.made, batch.counted, strict=False):
            if type(made) is not list or made[0].left_out or not self._is_granted:
                self._see(made, counted)

    def _see(self, made: Made, counted: Counted | None) -> None:
        if isinstance(made, list):
            self._is_granted = True
            found = made[0].left_out
        else:
            found = (*made.reasons, *made.noted)
            if made.skipped:
                self._skipped(made.skipped, counted)
            else:
                self._rejected(made, counted)
        for reason in dict.fromkeys(found):
            if reason.code in _TOLD and reason.field not in _ELSEWHERE:
                self._count(reason.code, reason.field, counted)

    def _count(self, code: str, field: str, counted: Counted | None) -> None:
        if is_new(f"{field} {self._columns.get(field)}", code, counted):
            self._codes[code, field] += 1

    def _skipped(self, code: str, counted: Counted | None) -> None:
        if code == "no_consent":
            self._without_consent += 1
        elif code in _SKIPS:
            self._count(code, _SKIPS[code], counted)
        self._is_granted |= code not in {"no_consent", "deleted", "filtered"}

    def _rejected(self, made: Refusal, counted: Counted | None) -> None:
        """Count a rejected record; consent is checked before anything but readability, so it was granted."""
        first = made.reasons[0].code
        self._is_granted |= first != "unreadable"
        if made.unmatched is not None and first in _OF_NO_RULE:
            self._unmatched(made.unmatched, counted)

    def _unmatched(self, value: str, counted: Counted | None) -> None:
        if not is_new(f"unmatched {self._rule_column}", value, counted):
            return
        shown = "(looks personal)" if self._is_personal(value) else value
        self._values[shown if shown in self._values or len(self._values) < _MOST_VALUES else "(others)"] += 1

    def findings(self) -> Iterator[Finding]:
        """One for each kind and field, and one for each value that no case fits."""
        for (code, field), records in self._codes.items():
            yield finding(code, records, field=field, column=self._columns.get(field, ""))
        for value, records in self._values.items():
            about = repr(value) if value else "it is empty"
            yield finding("unknown_rule_value", records, field="conversion_rule", column=self._rule_column, about=about)
        if self._without_consent >= _FEWEST_WITHOUT_CONSENT and not self._is_granted:
            yield finding("consent_to_nobody", self._without_consent, field="consent", column=self._consent_column)
