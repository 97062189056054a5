"""The lines of the rejects for people: by reason with a count, or one after another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from target_linkedin_conversions.cli.past_runs import back_by
from target_linkedin_conversions.delivery.indices import without_indices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.cli.past_runs import KeptRows
    from target_linkedin_conversions.reporting.rejects import RejectLine

__all__ = ["groups_of", "row_of"]

_KEYS = 5
_NEXT = {
    "replay": "rejects replay",
    "replay_row": "mend the settings, then rejects replay (in the source: then run once with --full-refresh)",
    "tap": "mend it, then run once with --full-refresh",
}
"""What brings back what was rejected, by how it comes back."""

_Group = tuple[str, str | None, str, str, str, str]
"""Stream, rule, field, code, message, and how it comes back."""


def groups_of(lines: Iterable[RejectLine], kept: KeptRows) -> list[str]:
    """A paragraph for each reason, the most frequent first; a record with several reasons counts in each."""
    counts: Counter[_Group] = Counter()
    keys: dict[_Group, list[str]] = {}
    for line in lines:
        for reason in line.reasons:
            group = (
                line.stream,
                line.rule,
                reason.field,
                reason.code,
                without_indices(reason.message),
                back_by(line, kept),
            )
            counts[group] += 1
            shown = keys.setdefault(group, [])
            if len(shown) < _KEYS:
                shown.append(_key(line))
    return [_paragraph(group, number, keys[group]) for group, number in counts.most_common()]


def row_of(line: RejectLine, kept: KeptRows) -> str:
    """One line of the rejects: its key, then each reason."""
    reasons = "".join(
        f"\n    {reason.field} {reason.code}: {without_indices(reason.message)}".rstrip(": ") for reason in line.reasons
    )
    return f"{line.stream}{_rule(line.rule)}: {_key(line)}{reasons}\n    next: {_NEXT[back_by(line, kept)]}"


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
