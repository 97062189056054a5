"""The warnings of a job of several runs: those that count do so over all parts together, for none of them saw the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.run.end_warnings import (
    changed_warnings,
    consent_warning,
    held_back_warnings,
    other_key_warnings,
    repeated_warnings,
    unreachable_warnings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.reporting.report import Report

__all__ = ["warnings_of_job"]


def warnings_of_job(receipt: Report, parts: Iterable[Report]) -> list[str]:
    """The warnings of the receipt, those of its parts among them, with each that counts told once, of the whole job."""
    of_parts = {warning for part in parts for warning in (*_worst(part), *_counting(part))}
    others = [warning for warning in receipt.warnings if warning not in of_parts]
    return [*_worst(receipt), *others, *_counting(receipt)]


def _worst(report: Report) -> list[str]:
    return other_key_warnings(report.lines)


def _counting(report: Report) -> list[str]:
    """The warnings that a run gives at its end of how its events ended, in their order."""
    return [
        *(consent_warning(one, one.column, report.fed_by) for one in report.consent_to_nobody),
        *held_back_warnings(report.lines, report.fed_by),
        *changed_warnings(report.lines),
        *repeated_warnings(report.repeated),
        *unreachable_warnings(report.unreachable, report.streams, report.fed_by),
    ]
