"""Two entries that make the same events: the second one adds nothing, or sends whom the first one holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.text import comparable
from target_linkedin_conversions.settings.entry_rules import RuleByColumn

if TYPE_CHECKING:
    from target_linkedin_conversions.settings.entry_rules import RuleUse
    from target_linkedin_conversions.settings.streams import StreamEntry

__all__ = ["check_contradictions", "is_pattern", "shares_event_ids"]

_MAKES_AN_EVENT = ("only", "fields", "constants", "event_id_rules", "key", "source", "once_per")
"""What an entry says of which events there are, and of what is in them; by another e-mail or key they are others."""
_IN_AN_ID = ("only", "event_id_rules", "key", "source", "once_per")
"""What an entry says of which rows make an event, and of the event's id."""
_WILDCARDS = frozenset("*?[")


def is_pattern(stream: str) -> bool:
    """Whether an entry's name of a stream stands for several streams."""
    return not _WILDCARDS.isdisjoint(stream)


def check_contradictions(entries: tuple[StreamEntry, ...]) -> None:
    """Refuse an entry that makes the same events of a stream as one before it, perhaps with another consent."""
    for index, entry in enumerate(entries):
        for other in entries[:index]:
            # Of two patterns only the first one applies, which is a warning of its own.
            if other.stream == entry.stream and not is_pattern(entry.stream) and _share_conversions(other, entry):
                problem = f"it makes the same conversions as {other.place}: of the same stream, rule and columns"
                mend = "keep one of the two, or give this one another rule, another happened_at, or another only"
                raise ConfigError(entry.place, problem, mend)


def _share_conversions(one: StreamEntry, other: StreamEntry) -> bool:
    same = all(getattr(one, part) == getattr(other, part) for part in _MAKES_AN_EVENT)
    return same and not _cases_of(one.rules).isdisjoint(_cases_of(other.rules))


def shares_event_ids(one: StreamEntry, other: StreamEntry) -> bool:
    """Whether the events that two entries make of a row with a key have the same ids, so that only one of them is sent.

    Whose e-mail it is, and what it is worth, is no part of an event's id; an entry's own `key` or `source` is.
    """
    same = all(getattr(one, part) == getattr(other, part) for part in _IN_AN_ID)
    once = one.once_per == "key" or (isinstance(one.rules, RuleByColumn) and one.once_per != "row")
    fields = ("event_id",) if once else ("event_id", "happened_at")
    same_fields = all(one.fields.get(field) == other.fields.get(field) for field in fields)
    return same and same_fields and not _cases_of(one.rules).isdisjoint(_cases_of(other.rules))


def _cases_of(rules: tuple[RuleUse, ...] | RuleByColumn) -> frozenset[tuple[str, str | None, str]]:
    """Each rule with the column and the value by which it is chosen, if it is chosen."""
    if not isinstance(rules, RuleByColumn):
        return frozenset(("", None, use.rule) for use in rules)
    if rules.cases is None:
        return frozenset({(rules.column, None, "")})
    return frozenset(
        (rules.column, comparable(value), use.rule) for case in rules.cases for value in case.when for use in case.uses
    )
