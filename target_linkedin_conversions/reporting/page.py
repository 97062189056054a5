"""A run's report as one HTML file: no script, nothing loaded, everything escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["page"]


def page(report: Report) -> bytes:
    """The page of a report, in UTF-8."""
    environment = Environment(
        loader=PackageLoader("target_linkedin_conversions.reporting", package_path="."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    total = max(1, sum(report.counts.values()))
    return environment.get_template("page.html.jinja").render(report=report, total=total).encode()
