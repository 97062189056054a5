"""How rejected records come back: said alike by the report, its page, the log and `rejects list`."""

from __future__ import annotations

__all__ = ["way_back"]


def way_back(records: int, kept: int, *, state_stays: bool = False) -> str:
    """A sentence for records that never became events, of which the outbox holds `kept`; empty where there are none."""
    if not records:
        return ""
    if state_stays:
        return f"{records:,} never became events; STATE stays, so the tap brings them again: mend them, and run again"
    if not kept:
        return (
            f"{records:,} never became events that could be sent again: mend them, and run once with --full-refresh, for "
            "the tap's bookmark is past them (what was sent is not sent again)"
        )
    which = "all are" if kept >= records else f"{kept:,} {'is' if kept == 1 else 'are'}"
    return (
        f"{records:,} never became events; {which} kept in the outbox for 30 days: mend the settings, then "
        "`linkedin-conversions rejects replay` maps them anew. What is mended in the source comes by a run with "
        "--full-refresh, for the tap's bookmark is past it (what was sent is not sent again)"
    )
