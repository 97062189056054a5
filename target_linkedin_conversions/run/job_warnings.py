"""The warnings of a job of several runs: those that count do so over all parts together, for none of them saw the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.run.end_warnings import end_warnings, worst_warnings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.reporting.report import Report

__all__ = ["warnings_of_job"]


def warnings_of_job(receipt: Report, parts: Iterable[Report]) -> list[str]:
    """The warnings of the receipt, those of its parts among them, with each that counts told once, of the whole job."""
    of_parts = {warning for part in parts for warning in (*worst_warnings(part), *end_warnings(part))}
    others = [warning for warning in receipt.warnings if warning not in of_parts]
    return [*worst_warnings(receipt), *others, *end_warnings(receipt)]
