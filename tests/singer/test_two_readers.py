"""One mapping, two readers: records that go straight to their sink end as those that take the SDK's way."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from itertools import chain, product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.singer.sink import ConversionSink
from tests.singer.pipe import Line, entry, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.singer.pipe import Ended, Pipe

FIELDS = {
    "li_fat_id": "click",
    "first_name": "first",
    "last_name": "last",
    "company": "company",
    "country": "land",
    "event_id": "order",
}
BY_STAGE = {"column": "stage", "rules": [{"when": "won", "rule": [101, {"rule": 102, "value": False}]}]}
COLUMNS = ("id", "email", "happened_at", "value", "currency", "stage", *FIELDS.values())
WAYS: dict[str, dict[str, Any]] = {
    "a stream map that changes nothing": {"stream_maps": {"leads": {}}},
    "flattening": {"flattening_enabled": True, "flattening_max_depth": 1},
    "the tap's own schema": {"validate_records": True},
}
VALUES: list[Any] = [
    None,
    "",
    " ",
    0,
    7,
    -1,
    12.5,
    1e30,
    True,
    "12.50",
    "007",
    "won",
    "n/a",
    "{{x}}",
    "DE",
    "EUR",
    "O'Brien",
    'a "quoted" \\ name',
    "\u00e9\U0001f984",
    "0f1e2d3c-4b5a-6978",
    "jane.doe@example.com",
    "Jane <JANE@example.com>",
    "a" * 64,
    "x" * 65,
    "2026-11-23T10:00:00Z",
    "https://example.com/?li_fat_id=abc",
]


def row(now: int, number: int, **changes: Any) -> dict[str, Any]:
    sound = {"value": "129.50", "currency": "EUR", "stage": "won", "click": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}
    person = {"first": "Jane", "last": "Doe", "company": "Works", "land": "DE", "order": f"order-{number:08}"}
    return record(now, number, **{**sound, **person, **changes})


def remains(done: Ended, state_dir: Path) -> dict[str, Any]:
    """Everything a run leaves that tells of its records; a digest, whose key each dry run draws anew, only as such."""
    report = {name: done.report[name] for name in ("records", "events", "counts", "streams", "lines", "left_out")}
    files = {}
    for folder in ("outbox", "rejects"):
        found = state_dir / folder / f"{done.report['run']}.jsonl"
        text = re.sub(r'"digest:[0-9a-f]{32}"', '"digest"', found.read_text()) if found.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        files[folder] = [{**line, "run": ""} for line in lines]
    return {"code": done.code, "unmatched": done.report["unmatched"], **report, **files}


def end_of(pipe: Pipe, lines: Iterable[Line], **more: Any) -> dict[str, Any]:
    streams = [entry("leads", BY_STAGE, fields=FIELDS)]
    options = {"dry_run": True, "max_reject_ratio": 1, "streams": streams, **more}
    return remains(pipe.run_here([schema("leads", *COLUMNS), *lines], **options), pipe.state_dir)


@pytest.mark.parametrize("way", WAYS)
def test_any_value_ends_the_same_on_either_way(pipe: Pipe, now: int, way: str) -> None:
    lines = [row(now, number, **{column: value}) for number, (column, value) in enumerate(product(COLUMNS, VALUES))]
    straight = end_of(pipe, lines)
    assert straight["code"] == 0
    assert straight["records"] == len(lines)
    assert straight["outbox"]
    assert straight["rejects"]
    assert end_of(pipe, lines, **WAYS[way]) == straight


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from(VALUES), max_size=5), max_size=40))
def test_any_records_end_the_same_on_either_way(pipe: Pipe, now: int, changes: list[dict[str, Any]]) -> None:
    lines = [row(now, number, **change) for number, change in enumerate(changes)]
    straight = end_of(pipe, lines)
    assert end_of(pipe, lines, **WAYS["a stream map that changes nothing"]) == straight


def interrupted(lines: list[dict[str, Any]], now: int) -> Iterator[Line]:
    """The same records with everything between them that may come there."""
    others: list[Line] = [b"", b" \t", b"\r", state(at=1), record(now, 1, "other"), schema("leads", *COLUMNS)]
    return chain.from_iterable((line, others[number % len(others)]) for number, line in enumerate(lines))


def test_what_comes_between_records_changes_none_of_them(pipe: Pipe, now: int) -> None:
    lines = [row(now, number) for number in range(40)]
    alone = end_of(pipe, lines)
    among = end_of(pipe, [schema("other"), *interrupted(lines, now)])
    assert len(among["outbox"]) == 80
    assert among["outbox"] == alone["outbox"]


def test_a_record_follows_the_schema_before_it(pipe: Pipe, now: int) -> None:
    rows = [row(now, number, email="first@example.com", work_email="second@example.com") for number in range(4)]
    later = schema("leads", "id", "work_email", "happened_at")
    told = end_of(pipe, [*rows[:2], later, *rows[2:]], streams=[entry("leads")])["outbox"]
    sent = [line["event"]["user"]["userIds"][0]["idValue"] for line in told]
    assert sent == [
        sha256(address).hexdigest() for address in (b"first@example.com", b"second@example.com") for _ in "12"
    ]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b'{"type": "RECORD", "stream": "leads", "record": {"id": 1}', "it is no JSON"),
        (b'{"type": "RECORD", "stream": "leads", "record": []}', "its record is no JSON object"),
        (b'{"type": "RECORD", "stream": "leads"}', "its record is no JSON object"),
        (b'{"type": "RECORD", "stream": "leads", "record": {"email": "a@b.c"}}', "lacks its key property 'id'"),
        (b'{"type": "RECORD", "stream": "unknown", "record": {"id": 1}}', "before its SCHEMA"),
        (b'{"type": "RECORDS", "stream": "leads", "record": {"id": 1}}', "its type is none of"),
        (b'{"type": "RECORD", "stream": "leads", "record": {"id": "\xff"}}', "it is no JSON"),
        (b'{"type": "RECORD", "stream": "leads", "record": {"id": ' + b"[" * 5000 + b"}}", "it is no JSON"),
    ],
)
def test_a_broken_line_among_records_is_told_by_its_number(pipe: Pipe, now: int, broken: bytes, said: str) -> None:
    for more in ({}, WAYS["a stream map that changes nothing"]):
        done = pipe.run_here([schema("leads", *COLUMNS), row(now, 1), b"", row(now, 2), broken, row(now, 3)], **more)
        assert done.code == 7
        assert "line 5 of the input" in done.stderr
        assert said in done.stderr or more
        assert done.report["records"] == 2


def test_records_go_straight_from_their_lines_to_the_sink(
    pipe: Pipe, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("a record took another way than its line")

    for way in ("take_raw", "take_mapping"):
        monkeypatch.setattr(ConversionSink, way, never)
    told = end_of(pipe, [row(now, number) for number in range(2000)])
    assert (told["code"], told["records"], len(told["outbox"])) == (0, 2000, 4000)


def test_streams_that_take_turns_go_straight_to_their_sinks_and_keep_their_lines(
    pipe: Pipe, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("a record was decoded apart from its line")

    monkeypatch.setattr(ConversionSink, "take_raw", never)
    names = ("first", "second", "third")
    taking_turns = [record(now, number, names[number % 3]) for number in range(300)]
    lines: list[Line] = [*(schema(name) for name in names), *taking_turns, b'{"type":"RECORD","stream":"first"']
    done = pipe.run_here(lines, dry_run=True, streams=[entry()])
    assert done.code == 7
    assert "line 304 of the input" in done.stderr
    assert {stream["stream"]: stream["records"] for stream in done.report["streams"]} == dict.fromkeys(names, 100)
