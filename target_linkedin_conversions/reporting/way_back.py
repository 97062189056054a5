"""How rejected records come back: said alike by the report, its page, the log and `rejects list`."""

from __future__ import annotations

from enum import StrEnum

from target_linkedin_conversions.how_many import how_many

__all__ = ["FedBy", "way_back"]


class FedBy(StrEnum):
    """What brought a run its records, and so can bring them again: a tap, the files of `send`, or a program's own rows."""

    TAP = "tap"
    FILE = "file"
    ROWS = "rows"

    @property
    def again(self) -> str:
        """What brings a record again that is mended at its source."""
        return _AGAIN[self]


_AGAIN = {
    FedBy.TAP: "run once with --full-refresh (without Meltano: the tap without its --state)",
    FedBy.FILE: "send the file again, or what is mended in its .not-sent.csv",
    FedBy.ROWS: "hand the mended rows over again",
}
_ONCE = "what was sent is not sent again"


def way_back(records: int, kept: int, *, fed_by: FedBy, state_stays: bool = False) -> str:
    """A sentence for records that never became events, of which the outbox holds `kept`; empty where there are none."""
    if not records:
        return ""
    is_tap = fed_by is FedBy.TAP
    them = "it" if records == 1 else "them"
    never = how_many(records, "never became an event", "never became events")
    if state_stays and is_tap:
        return f"{never}; STATE stays, so the tap brings {them} again: mend {them}, and run again"
    if not kept:
        past = f", for the tap's bookmark is past {them}" if is_tap else ""
        return f"{never} that could be sent again: mend {them}, and {fed_by.again}{past} ({_ONCE})"
    are = how_many(kept, "is", "are") if kept < records else "it is" if records == 1 else "all are"
    source = (
        f"comes otherwise: {fed_by.again}, for the tap's bookmark is past it"
        if is_tap
        else f"comes otherwise: {fed_by.again}"
    )
    return (
        f"{never}; {are} kept in the outbox for 30 days: mend the settings, then "
        f"`linkedin-conversions rejects replay` maps {them} anew. What is mended in the source {source} ({_ONCE})"
    )
