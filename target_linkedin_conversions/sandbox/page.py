"""A small page that shows what the sandbox took, for people with a browser."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from target_linkedin_conversions.sandbox.call import Answer
from target_linkedin_conversions.sandbox.summary import summary_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.sandbox.linkedin import LinkedIn

__all__ = ["overview"]

RECENT = 50

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;"
    "color:#1b1f24;background:#fff}"
    "table{border-collapse:collapse;margin:.5rem 0 2rem}"
    "th,td{text-align:left;padding:.25rem 1rem .25rem 0;border-bottom:1px solid #d0d7de}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}"
    "th,td{border-color:#30363d}}"
)


def overview(linkedin: LinkedIn) -> Answer:
    """Counts and the newest requests as HTML; every value escaped, no script."""
    summary = summary_of(linkedin)
    requests = list(linkedin.journal.requests)[-RECENT:][::-1]
    lint = [(f["code"], f["path"], f["count"]) for f in summary["lint"]]
    parts = [
        f"<p>{summary['requests']} requests, {summary['events_taken']} events taken.</p>",
        _table("Events by rule", ("rule", "events"), summary["by_rule"].items()),
        _table("Answers", ("status", "requests"), summary["answers_by_status"].items()),
        _table("Warnings", ("warning", "requests"), summary["warnings"].items()),
        _table("Would never match", ("finding", "where", "events"), lint),
        _table(
            "Newest requests",
            ("no.", "method", "path", "status", "events", "taken", "fault"),
            ((r.number, r.method, r.path, r.status, r.elements, r.taken, r.fault) for r in requests),
        ),
    ]
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>LinkedIn sandbox</title><style>{_STYLE}</style>"
        f"<h1>LinkedIn sandbox</h1>{''.join(parts)}</html>"
    )
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
    )
    return Answer(200, text.encode(), headers)


def _table(title: str, names: tuple[str, ...], rows: Iterable[Iterable[object]]) -> str:
    lines = ["".join(f"<td>{_cell(value)}</td>" for value in row) for row in rows]
    if not lines:
        return ""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<h2>{escape(title)}</h2><table><tr>{head}</tr>{body}</table>"


def _cell(value: object) -> str:
    return "" if value is None else escape(str(value))
