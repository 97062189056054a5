"""Columns that the mapping would find or hint at by name and that are of no use, each with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME, LOOK_USEFUL

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

__all__ = ["why_unused"]

_ONLY_BESIDE_NAMES = ("company", "title", "country")
_NOT_SEEN = "nothing that looks like it was seen there"


def why_unused(columns: Mapping[str, object], used: Container[str]) -> dict[str, str]:
    """The fields that are to be switched off, so that nothing is sent, or hinted at, which nobody means."""
    plain = {folded_name(path) for path in columns}
    found = {}
    for field in dict.fromkeys((*FOUND_BY_NAME, *LOOK_USEFUL)):
        names = {folded_name(name) for name in (*FOUND_BY_NAME.get(field, ()), *LOOK_USEFUL.get(field, ()))}
        if field not in used and names & plain and (reason := _reason(field, used)):
            found[field] = reason
    return found


def _reason(field: str, used: Container[str]) -> str:
    """Why a field is not used; empty where no explanation is needed."""
    has_full, has_first = "full_name" in used, "first_name" in used
    if field == "full_name":
        return "" if has_first else "not a person's name"
    if field in {"first_name", "last_name"}:
        return "" if has_full else "of no use without the other name"
    if field in _ONLY_BESIDE_NAMES and not (has_full or has_first):
        return "only sent beside a person's name"
    return "an IP address leaves only if you may send it" if field == "ip_address" else _NOT_SEEN
