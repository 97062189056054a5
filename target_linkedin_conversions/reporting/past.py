"""The reports of past runs, read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.reporting.folder import begun, run_of
from target_linkedin_conversions.reporting.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["report_of", "reports_of"]

_decode = msgspec.json.Decoder(Report).decode


def reports_of(
    folder: Folder,
    unreadable: Callable[[str], None],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Report]:
    """Every report of a run that began in a span of time, the oldest first; `unreadable` is told of those that are broken."""
    for name in folder.names("runs"):
        at = begun(name)
        if at is None or not name.endswith(".json"):
            continue
        if (since is None or at >= since) and (until is None or at < until):
            report = report_of(folder, name, unreadable)
            if report is not None:
                yield report


def report_of(folder: Folder, name: str, unreadable: Callable[[str], None]) -> Report | None:
    """One report; None where it is gone or broken, which `unreadable` is told."""
    data = folder.read(f"runs/{name}")
    if data is None:
        return None
    try:
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        unreadable(f"the report {folder.place(f'runs/{run_of(name) or name}')} cannot be read")
        return None
