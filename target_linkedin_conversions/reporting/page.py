"""Reports as HTML files: no script, nothing loaded, everything escaped, 200 kB at most."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from target_linkedin_conversions.reporting import page_filters
from target_linkedin_conversions.reporting.comparison import part_shown
from target_linkedin_conversions.reporting.empty_runs import unusually_empty
from target_linkedin_conversions.reporting.history import last_success
from target_linkedin_conversions.reporting.outcome_kinds import KINDS
from target_linkedin_conversions.reporting.verdict import headline
from target_linkedin_conversions.reporting.view import Limits, view

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from jinja2 import Environment

    from target_linkedin_conversions.reporting.comparison import Comparison
    from target_linkedin_conversions.reporting.history import PastRun
    from target_linkedin_conversions.reporting.report import Report

__all__ = ["MOST_BYTES", "index_page", "prepare_pages", "run_page"]

MOST_BYTES = 200_000
_LIMITS = (
    Limits(rules=50, findings=30, causes=12, lines=60, texts=12),
    Limits(rules=20, findings=15, causes=8, lines=20, texts=5),
    Limits(rules=5, findings=5, causes=5, lines=5, texts=1),
)
"""What a page shows; the next ones only where names and texts are so long that it would be too large."""
_PERCENT = 100


def run_page(report: Report, runs: Sequence[PastRun] = ()) -> bytes:
    """The page of a run, in UTF-8; `runs` are the newest first, this one among them."""
    made = b""
    for limits in _LIMITS:
        made = _environment().get_template("page.html.jinja").render(page=view(report, runs, limits)).encode()
        if len(made) <= MOST_BYTES:
            break
    return made


def index_page(runs: Sequence[PastRun], with_page: Collection[str], made: Comparison | None = None) -> bytes:
    """The page of several runs, the newest first, each linked to its own where it has one; and what LinkedIn counted, if it was asked."""
    counted, left_out = (None, 0) if made is None else part_shown(made)
    rows = [(run, *headline(run), _parts(run), run.run in with_page) for run in runs]
    template = _environment().get_template("index.html.jinja")
    return template.render(
        runs=rows, empty=unusually_empty(runs), success=last_success(runs), counted=counted, left_out=left_out
    ).encode()


def _parts(run: PastRun) -> list[tuple[str, float, float]]:
    """How a run ended as parts of a bar: tone, start and width, of 100."""
    total = max(1, sum(run.counts.values()))
    parts, start = [], 0.0
    for kind in KINDS:
        width = _PERCENT * kind.of(run) / total
        parts.append((kind.tone, round(start, 2), round(width, 2)))
        start += width
    return parts


def prepare_pages() -> None:
    """Read and compile the templates; a run does it while it waits for its last answers."""
    for name in ("page.html.jinja", "index.html.jinja"):
        _environment().get_template(name)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415 - only where a run has got so far
    from markupsafe import Markup  # noqa: PLC0415 - the same

    environment = Environment(
        loader=PackageLoader("target_linkedin_conversions.reporting", package_path="."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = files("target_linkedin_conversions.reporting").joinpath("page.css").read_text(encoding="utf-8")
    # Ours, and named by its digest: no other style may count on these pages.
    environment.globals["css"] = Markup(css)  # noqa: S704 - a file of this package
    environment.globals["css_digest"] = f"sha256-{b64encode(sha256(css.encode()).digest()).decode()}"
    environment.filters |= page_filters.FILTERS
    return environment
