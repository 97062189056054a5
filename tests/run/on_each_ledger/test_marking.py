"""A marking says what a run would, and warns where it marks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.run.on_each_ledger.twins import AS_LATER, COLUMNS, MAPPED, OTHER, marked, others, repeated, twins
from tests.singer.pipe import ends_of, entry, record, schema

if TYPE_CHECKING:
    from tests.cli.conftest import Companion
    from tests.singer.pipe import Pipe


def test_a_marking_says_of_twins_what_a_run_would_say(pipe: Pipe, now: int, companion: Companion) -> None:
    for lines, told in ((twins(now), AS_LATER), (others(now), {OTHER: 3})):
        for arguments in (["--dry-run"], []):
            found, _ = marked(companion, pipe, lines, *arguments, streams=MAPPED)
            kind = "already_delivered:would_mark" if arguments else "already_delivered:marked"
            assert ends_of(found) == {kind: 2, **told}


@pytest.mark.parametrize("arguments", [["--dry-run"], []])
@pytest.mark.parametrize(("copies", "warns"), [(25, False), (200, True)])
def test_a_marking_warns_of_rows_that_came_twice_as_a_run_does(
    pipe: Pipe, now: int, companion: Companion, *, arguments: list[str], copies: int, warns: bool
) -> None:
    people = [record(now, number, happened_at=now - 1000) for number in range(200)]
    found, _ = marked(companion, pipe, [schema(), *people, *people[:copies]], *arguments)
    assert bool(repeated(found)) is warns


@pytest.mark.parametrize(
    ("streams", "why"),
    [
        ([{**entry(), "consent": {"column": "ok", "granted": ["yes"]}}], "no_consent"),
        ([entry(not_before="2099-01-01T00:00:00Z")], "before_start"),
        ([entry(fields={"email": "note"})], "rejected"),
    ],
    ids=["no_consent", "before_start", "rejected"],
)
def test_a_marking_that_marks_nothing_of_something_warns_and_says_why(
    pipe: Pipe, now: int, companion: Companion, streams: list[Any], why: str
) -> None:
    lines = [
        schema("leads", *COLUMNS, "ok", "note"),
        record(now, 1, ok="no", note="x"),
        record(now, 2, ok="no", note="y"),
    ]
    found, err = marked(companion, pipe, lines, streams=streams)
    (warning, *_) = found["warnings"]
    assert "nothing of 2 records was marked" in warning
    assert why in warning
    assert warning in err


def test_a_marking_of_nothing_and_one_of_what_is_known_warn_of_nothing(
    pipe: Pipe, now: int, companion: Companion
) -> None:
    assert marked(companion, pipe, [schema()])[0]["warnings"] == []
    lines = [schema(), record(now, 1)]
    for _ in range(2):
        assert not [one for one in marked(companion, pipe, lines)[0]["warnings"] if "marked" in one]
