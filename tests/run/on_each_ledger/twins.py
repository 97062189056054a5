"""Rows that have an identity of another, and what is told of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.singer.pipe import Ended, Line, Pipe, as_bytes, ends_of, entry, record, schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.cli.conftest import Companion

MAPPED = [entry(fields={"event_id": "event"})]
COLUMNS = ("id", "email", "happened_at", "value", "currency", "event")
AS_LATER = {"already_delivered": 1, "already_delivered:changed": 2}
"""How the seconds of `twins` end, beside their first."""
OTHER = "already_delivered:same_id_other_key"


def ends(done: Ended) -> dict[str, int]:
    """Events by outcome and code."""
    return ends_of(done.report)


def one(now: int, number: int, event: str, **changes: Any) -> dict[str, Any]:
    """A record under a mapped event id."""
    return record(now, number, event=event, **changes)


def twins(now: int) -> list[Line]:
    """A first event, and seconds that are the same, have another value, and another time."""
    first = one(now, 1, "a", happened_at=now - 5000)
    return [
        schema("leads", *COLUMNS),
        first,
        first,
        one(now, 1, "a", happened_at=now - 5000, value="7", currency="EUR"),
        one(now, 1, "a", happened_at=now - 9000),
        one(now, 2, "b"),
    ]


def others(now: int) -> list[Line]:
    """Five attendees of two webinars, whose id was taken for an event id."""
    return [schema("leads", *COLUMNS), *[one(now, n, "webinar-7") for n in range(4)], one(now, 9, "webinar-8")]


def marked(
    companion: Companion, pipe: Pipe, lines: Iterable[Line], *arguments: str, **settings: Any
) -> tuple[dict[str, Any], str]:
    """What a marking of these lines says, and its stderr."""
    path = companion.folder / "mark.singer"
    path.write_bytes(as_bytes(lines))
    code, out, err = companion(
        "ledger", "mark", "--input", str(path), "--json", *arguments, **{**pipe.config, **settings}
    )
    assert code == 0, err
    return json.loads(out), err


def repeated(report: dict[str, Any]) -> list[str]:
    """The warnings of rows that came twice."""
    return [warning for warning in report["warnings"] if "another one of this run" in warning]
