"""Two entries that make the same conversions: the second one adds nothing, or sends whom the first one holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.text import comparable
from target_linkedin_conversions.settings.streams import RuleByColumn

if TYPE_CHECKING:
    from target_linkedin_conversions.settings.streams import RuleUse, StreamEntry

__all__ = ["check_contradictions"]


_PATTERN = frozenset("*?[")
"""Of two patterns only the first one applies, which is a warning of its own."""


def check_contradictions(entries: tuple[StreamEntry, ...]) -> None:
    """Refuse an entry that says the same conversions of a stream as one before it, perhaps with another consent or mapping."""
    for index, entry in enumerate(entries):
        for other in entries[:index]:
            if other.stream == entry.stream and _PATTERN.isdisjoint(entry.stream) and _share_conversions(other, entry):
                problem = (
                    f"it makes the same conversions as {other.place}: of the same stream and rule, at the same time"
                )
                mend = "keep one of the two, or give this one another rule, another happened_at, or another only"
                raise ConfigError(entry.place, problem, mend)


def _share_conversions(one: StreamEntry, other: StreamEntry) -> bool:
    same = one.only == other.only and one.fields.get("happened_at") == other.fields.get("happened_at")
    return same and not _cases_of(one.rules).isdisjoint(_cases_of(other.rules))


def _cases_of(rules: tuple[RuleUse, ...] | RuleByColumn) -> frozenset[tuple[str, str | None, str]]:
    """Each rule with the column and the value by which it is chosen, if it is chosen."""
    if not isinstance(rules, RuleByColumn):
        return frozenset(("", None, use.rule) for use in rules)
    if rules.cases is None:
        return frozenset({(rules.column, None, "")})
    return frozenset(
        (rules.column, comparable(value), use.rule) for case in rules.cases for value in case.when for use in case.uses
    )
