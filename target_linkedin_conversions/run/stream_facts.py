"""What a report needs of a stream beside its counts: the columns of its fields, its key, its time zone."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.looks import name_shown, names_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["StreamFacts", "facts_of"]


class StreamFacts(msgspec.Struct, frozen=True):
    """Of all entries of a stream together; a text is empty where nothing is known, and names columns as they may be shown.

    `columns` are those of each field; `has_lasting_key` says that records have one unless it is empty; `lacks_key` says that no record
    has one, though it is needed; `second_rules` are those that records only go to beside another one.
    """

    columns: dict[str, str] = {}
    rule_column: str = ""
    consent_column: str = ""
    key_columns: str = ""
    has_lasting_key: bool = False
    lacks_key: bool = False
    several_identifiers: bool = False
    second_rules: frozenset[str] = frozenset()
    zone: tzinfo = UTC


def facts_of(plans: Sequence[StreamPlan]) -> StreamFacts:
    """The facts of a stream, by the plans that its entries make of it."""
    first, identities = plans[0], [plan.identity for plan in plans]
    columns = {one.field: names_shown(one.columns) for plan in reversed(plans) for one in plan.fields if one.columns}
    return StreamFacts(
        columns=columns,
        rule_column=name_shown(next((plan.rule_column_name for plan in plans if plan.rule_column_name), "")),
        consent_column=name_shown(
            next((plan.admission.consent_column for plan in plans if plan.admission.consent_column), "")
        ),
        key_columns=names_shown(name for name, _ in first.identity.key) if first.identity.has_key else "",
        has_lasting_key=all(one.has_lasting_key for one in identities),
        lacks_key=any(one.needs_key and not one.has_lasting_key for one in identities),
        second_rules=frozenset().union(*(plan.second_rules for plan in plans)),
        several_identifiers=any(plan.has_several_identifiers for plan in plans),
        zone=first.times.zone,
    )
