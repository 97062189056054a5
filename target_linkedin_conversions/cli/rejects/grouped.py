"""The lines of the rejects for people: by reason with a count, or one after another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from target_linkedin_conversions.cli.past_runs import TYPED, back_by
from target_linkedin_conversions.delivery.indices import without_indices
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.rules import UNKNOWN_VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.cli.past_runs import KeptRows
    from target_linkedin_conversions.reporting.rejects import RejectLine
    from target_linkedin_conversions.reporting.report import Unmatched
    from target_linkedin_conversions.reporting.way_back import FedBy

__all__ = ["groups_of", "row_of"]

_KEYS = 5
_VALUES = 10
_REPLAY = TYPED[Outcome.REJECTED]
_Group = tuple[str, str | None, str, str, str, str]
"""Stream, rule, field, code, message, and how it comes back."""


def groups_of(
    lines: Sequence[RejectLine], kept: KeptRows, fed_by: FedBy, unmatched: Sequence[Unmatched] = ()
) -> list[str]:
    """A paragraph for each reason, the most frequent first; a record with several reasons counts in each.

    `unmatched` are the values that chose no rule: they stand under the reason that they were rejected for.
    """
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
                back_by(line, kept, fed_by),
            )
            counts[group] += 1
            shown = keys.setdefault(group, [])
            if len(shown) < _KEYS:
                shown.append(_key(line))
    told = [
        _paragraph(group, number, [_keys(keys[group], number), *_values(group, unmatched)], fed_by)
        for group, number in counts.most_common()
    ]
    if several := sum(len(line.reasons) > 1 for line in lines):
        told.append(
            f"{how_many(several, 'row has', 'rows have')} several reasons, and {'stands' if several == 1 else 'stand'} under each"
        )
    return told


def row_of(line: RejectLine, kept: KeptRows, fed_by: FedBy) -> str:
    """One line of the rejects: its key, then each reason."""
    reasons = "".join(
        f"\n    {f'{reason.field} '.lstrip()}{reason.code}: {without_indices(reason.message)}".rstrip(": ")
        for reason in line.reasons
    )
    return f"{line.stream}{_rule(line.rule)}: {_key(line)}{reasons}\n    next: {_next(back_by(line, kept, fed_by), fed_by)}"


def _next(back: str, fed_by: FedBy) -> str:
    """What to do to send rejected records again, by the way in which they come back."""
    if back == "replay":
        return f"`{_REPLAY}`"
    if back == "replay_row":
        return f"mend the settings, then `{_REPLAY}`; or mend it in the source, then {fed_by.again}"
    return f"mend it, then {fed_by.again}"


def _keys(keys: list[str], number: int) -> str:
    return f"keys: {', '.join(keys)}{', …' if number > len(keys) else ''}"


def _values(group: _Group, unmatched: Sequence[Unmatched]) -> list[str]:
    """What the rule's column holds in records of a stream that no case fits, the most frequent first."""
    stream, _, _, code, _, _ = group
    here = sorted((one for one in unmatched if one.stream == stream), key=lambda one: -one.records)
    if code != UNKNOWN_VALUE.code or not here:
        return []
    told = [f"{one.value!r} ({one.records:,})" for one in here[:_VALUES]]
    return [f"values: {', '.join(told)}{', …' if len(here) > _VALUES else ''}"]


def _paragraph(group: _Group, number: int, told: list[str], fed_by: FedBy) -> str:
    stream, rule, field, code, message, back = group
    where = f" ({field})" if field else ""  # LinkedIn blames an event, and no field of it
    lines = (f"{number:,} {code}{where} in {stream}{_rule(rule)}", message, *told, f"next: {_next(back, fed_by)}")
    return "\n    ".join(lines)


def _rule(rule: str | None) -> str:
    return f", rule {rule}" if rule else ""


def _key(line: RejectLine) -> str:
    return " ".join(f"{column}={value}" for column, value in line.key.items()) or "(no key)"
