"""Warnings about a ledger that does not know the earlier runs: a new one, or an older copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.run.run_id import BEGIN_OF_RUN

if TYPE_CHECKING:
    from target_linkedin_conversions.ledger import Ledger

__all__ = ["new_ledger_warning", "older_copy_warning"]


def new_ledger_warning(sign: str) -> str:
    """The warning of a ledger that is new although, as a sign shows, an earlier run has delivered."""
    return (
        f"the ledger is new, though {sign}: what was delivered before is not known to it and may be sent again; bring the "
        "old one with `linkedin-conversions ledger import`, note what was delivered with `linkedin-conversions ledger mark`, or set "
        "require_ledger: true to stop instead"
    )


def older_copy_warning(ledger: Ledger, reported: str, *, required: bool) -> str:
    """The warning of an older copy of the ledger that was put back beside the report of a run; empty where it is none.

    Raises `ConfigError` in its place where the newest is required.
    """
    place, known = ledger.database.place, ledger.database.last_run
    # The receipt of a job is named by when its first run began, and is not known by its own name.
    if not known or reported[:BEGIN_OF_RUN] <= known[:BEGIN_OF_RUN]:
        return ""
    problem = f"the ledger {place} is an older copy: run {reported} left a report, and it does not know that run"
    mend = (
        "put the newer one back, or `linkedin-conversions ledger import` an export of it, "
        "or `linkedin-conversions ledger mark` what was delivered since"
    )
    if required:
        raise ConfigError("require_ledger", problem, mend)
    return f"{problem}, so what it delivered is sent again; {mend}"
