"""What a report says of a stream beside its counts: the columns that its fields come from, its key, its zone."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.columns import ROW_NUMBERS, plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["StreamFacts", "facts_of"]


class StreamFacts(msgspec.Struct, frozen=True):
    """Of all entries of a stream together; a text is empty where nothing is known.

    `columns` are those of each field, `key_width` how many the key has, None where there is none or an event that lacks it cannot be
    told; `lacks_key` says that no record has one, though it is needed.
    """

    columns: dict[str, str] = {}
    rule_column: str = ""
    consent_column: str = ""
    key_columns: str = ""
    key_width: int | None = None
    lacks_key: bool = False
    several_identifiers: bool = False
    zone: tzinfo = UTC


def facts_of(plans: Sequence[StreamPlan]) -> StreamFacts:
    """The facts of a stream, by the plans that its entries make of it."""
    first = plans[0]
    columns = {one.field: ", ".join(one.columns) for plan in reversed(plans) for one in plan.fields if one.columns}
    keyless = [plan for plan in plans if _needs_key(plan) and _has_none(plan)]
    return StreamFacts(
        columns=columns,
        rule_column=next((plan.rule_column_name for plan in plans if plan.rule_column_name), ""),
        consent_column=next((plan.consent_column_name for plan in plans if plan.consent_column_name), ""),
        key_columns=", ".join(name for name, _ in first.key) if first.has_key else "",
        key_width=None if any(map(_has_none, plans)) else _key_width(plans),
        lacks_key=bool(keyless),
        several_identifiers=any(len({column.place for column in plan.identifiers}) > 1 for plan in plans),
        zone=first.times.zone,
    )


def _needs_key(plan: StreamPlan) -> bool:
    """Whether nothing but the key tells one conversion from another."""
    return plan.event_id is None or plan.event_id_rules is not None


def _has_none(plan: StreamPlan) -> bool:
    """Whether there is no key, or one that is the number of a row."""
    return not plan.has_key or all(plain_name(name) in ROW_NUMBERS for name, _ in plan.key)


def _key_width(plans: Sequence[StreamPlan]) -> int | None:
    """The columns of the key; None where all that is mapped, which stands for an empty one, are as many."""
    widths = {len(plan.key) for plan in plans}
    return widths.pop() if len(widths) == 1 and widths.isdisjoint(len(plan.mapped) for plan in plans) else None
