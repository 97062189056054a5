"""A run's report as one HTML file: no script, nothing loaded, everything escaped."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

    from target_linkedin_conversions.reporting.report import Report

__all__ = ["page", "template"]


def page(report: Report) -> bytes:
    """The page of a report, in UTF-8."""
    total = max(1, sum(report.counts.values()))
    return template().render(report=report, total=total).encode()


@cache
def template() -> Template:
    """The page's template, read and compiled once; a run does it while it waits for its last answers."""
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415 - only where a run has got so far

    environment = Environment(
        loader=PackageLoader("target_linkedin_conversions.reporting", package_path="."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja")
