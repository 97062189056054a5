"""Writes the page of the last runs; called after every change of what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.reporting.comparison import last_comparison
from target_linkedin_conversions.reporting.folder import run_of
from target_linkedin_conversions.reporting.history import past_runs
from target_linkedin_conversions.reporting.page import index_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.history import PastRun

__all__ = ["write_run_list"]


def write_run_list(folder: Folder, runs: Sequence[PastRun] | None = None) -> None:
    """Write `runs/index.html`; `runs` are the newest first, where somebody has read them already."""
    with_page = {run for name in folder.names("runs") if name.endswith(".html") and (run := run_of(name))}
    page = index_page(past_runs(folder) if runs is None else runs, with_page, last_comparison(folder))
    folder.write("runs/index.html", page)
