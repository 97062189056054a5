"""The state of a sandbox in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox.linkedin import LinkedIn

__all__ = ["summary_of"]


def summary_of(linkedin: LinkedIn) -> dict[str, Any]:
    """Counts by rule id, status, warning and lint finding; which event ids were taken twice."""
    journal = linkedin.journal
    twice = [
        {"rule": _id(urn), "event_id": event_id, "times": times}
        for urn, ids in journal.taken_twice().items()
        for event_id, times in ids.items()
    ]
    return {
        "requests": journal.request_count,
        "events_taken": journal.taken,
        "by_rule": {_id(urn): count for urn, count in sorted(journal.by_rule.items())},
        "taken_twice": twice,
        "answers_by_status": {str(status): n for status, n in sorted(journal.by_status.items())},
        "warnings": dict(sorted(journal.warnings.items())),
        "lint": [{"code": code, "path": path, "count": count} for (code, path), count in sorted(journal.lint.items())],
        "dropped_as_browser_duplicates": linkedin.browser_duplicates(),
    }


def _id(urn: str) -> str:
    return urn.rpartition(":")[2]
