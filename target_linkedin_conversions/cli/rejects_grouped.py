"""The lines of the rejects for people: by reason with a count, or one after another."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from target_linkedin_conversions.cli.past_runs import back_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.reporting.rejects import ReasonLine, RejectLine

__all__ = ["groups_of", "row_of"]

_KEYS = 5
_NEXT = {"replay": "rejects replay", "tap": "mend it, then run once with --full-refresh"}
"""What brings back what was rejected, by how it comes back."""

_INDICES = re.compile(r" {0,3}(?:at )?(?:indices|index):? \[[0-9, ]*\](?: \(0-indexed\))?")
_MOST_DIGITS = re.compile(r"(?:[0-9]{1,9}, ?){5,}[0-9]{1,9}")

_Group = tuple[str, str | None, str, str, str, str]
"""Stream, rule, field, code, message, and how it comes back."""


def groups_of(lines: Iterable[RejectLine]) -> list[str]:
    """A paragraph for each reason, the most frequent first; a record with several reasons counts in each."""
    counts: Counter[_Group] = Counter()
    keys: dict[_Group, list[str]] = {}
    for line in lines:
        for reason in line.reasons:
            group = (line.stream, line.rule, reason.field, reason.code, _without_indices(reason), back_by(line))
            counts[group] += 1
            shown = keys.setdefault(group, [])
            if len(shown) < _KEYS:
                shown.append(_key(line))
    return [_paragraph(group, number, keys[group]) for group, number in counts.most_common()]


def row_of(line: RejectLine) -> str:
    """One line of the rejects: its key, then each reason."""
    reasons = "".join(
        f"\n    {reason.field} {reason.code}: {_without_indices(reason)}".rstrip(": ") for reason in line.reasons
    )
    return f"{line.stream}{_rule(line.rule)}: {_key(line)}{reasons}\n    next: {_NEXT[back_by(line)]}"


def _paragraph(group: _Group, number: int, keys: list[str]) -> str:
    stream, rule, field, code, message, back = group
    more = ", …" if number > len(keys) else ""
    return (
        f"{number:,} {code} ({field}) in {stream}{_rule(rule)}\n    {message}\n"
        f"    keys: {', '.join(keys)}{more}\n    next: {_NEXT[back]}"
    )


def _rule(rule: str | None) -> str:
    return f", rule {rule}" if rule else ""


def _key(line: RejectLine) -> str:
    return " ".join(f"{column}={value}" for column, value in line.key.items()) or "(no key)"


def _without_indices(reason: ReasonLine) -> str:
    """LinkedIn's words without the places of events in a request that is long gone."""
    return _MOST_DIGITS.sub("…", _INDICES.sub("", reason.message))
