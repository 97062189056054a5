"""A second event of an identity, in a run, in a later one, in a dry one, in a marking: each says the same of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.run.on_each_ledger.twins import AS_LATER, COLUMNS, MAPPED, OTHER, ends, marked, one, others, twins
from tests.singer.pipe import Pipe, as_bytes, ends_of, entry, record, schema, state

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.cli.conftest import Companion


@pytest.mark.usefixtures("asked_in_order")
@pytest.mark.parametrize("size", [5000, 3, 2, 1], ids=["together", "three", "two", "each_alone"])
def test_a_twin_with_another_time_or_value_is_changed_as_a_later_run_would_say(
    pipe: Pipe, now: int, linkedin: Sandbox, size: int
) -> None:
    linkedin.faults("delay", delay=0.2)
    settings = {"streams": MAPPED, "batch_size_rows": size}
    rehearsed = pipe.run_here(twins(now), dry_run=True, **settings)
    assert ends(rehearsed) == {"would_send": 2, **AS_LATER}
    done = pipe.run_here(twins(now), **settings)
    assert ends(done) == {"delivered": 2, **AS_LATER}
    again = {"already_delivered": 3, "already_delivered:changed": 2}
    assert ends(pipe.run_here(twins(now), **settings)) == again
    assert ends(pipe.run_here(twins(now), dry_run=True, **settings)) == again


@pytest.mark.parametrize("size", [5000, 2, 1])
def test_a_twin_of_an_event_in_doubt_is_in_doubt_for_the_same_reason(
    pipe: Pipe, now: int, linkedin: Sandbox, size: int
) -> None:
    linkedin.faults("drop_after", times=1)
    held = {"on_in_doubt": "hold", "max_concurrent_requests": 1, "retry_for_seconds": 1, "batch_size_rows": size}
    rows = [one(now, 1, "a"), one(now, 2, "b"), one(now, 1, "a"), one(now, 1, "a")]
    done = pipe.run_here([schema("leads", *COLUMNS), *rows], streams=MAPPED, **held)
    delivered = {1: 1}.get(size, 0)
    told = {"in_doubt:no_answer": 4 - delivered, "delivered": delivered}
    assert ends(done) == {name: events for name, events in told.items() if events}
    assert len(linkedin.received) == 2
    later = ends(pipe.run_here([schema("leads", *COLUMNS), *rows], streams=MAPPED, **held))
    told = {"in_doubt:earlier_run": 4 - delivered, "already_delivered": delivered}
    assert later == {name: events for name, events in told.items() if events}


def test_a_preview_says_of_twins_what_a_run_says(pipe: Pipe, now: int, companion: Companion) -> None:
    lines = [*twins(now), one(now, 7, "a", happened_at=now - 5000)]
    done = pipe.run_here(lines, streams=MAPPED, dry_run=True)
    file = companion.folder / "twins.singer"
    file.write_bytes(as_bytes(lines))
    code, output = companion("preview", str(file), "--json", streams=MAPPED)[:2]
    assert code == 0
    (stream,) = json.loads(output)["streams"]
    shown = {f"{end['outcome']}:{end['code']}".rstrip(":"): end["events"] for end in stream["outcomes"]}
    assert shown == ends(done) == {"would_send": 2, "already_delivered:same_id_other_key": 1, **AS_LATER}


@pytest.mark.usefixtures("asked_in_order")
@pytest.mark.parametrize("size", [5000, 2, 1])
def test_an_event_id_under_two_keys_is_counted_and_warned_about_first(pipe: Pipe, now: int, size: int) -> None:
    settings = {"streams": MAPPED, "batch_size_rows": size}
    assert ends(pipe.run_here(others(now), dry_run=True, **settings)) == {"would_send": 2, OTHER: 3}
    done = pipe.run_here([*others(now), state(at=1)], **settings)
    assert (done.code, ends(done), done.states) == (0, {"delivered": 2, OTHER: 3}, ['{"at": 1}'])
    first, *rest = done.report["warnings"]
    assert "event_id" in first
    assert "a column that differs for each conversion" in first
    assert not [warning for warning in rest if "event_id" in warning]
    assert "webinar-7" not in done.stderr
    later = [schema("leads", *COLUMNS), one(now, 77, "webinar-7"), one(now, 0, "webinar-7"), one(now, 1, "webinar-7")]
    again = pipe.run_here(later, **settings)
    assert ends(again) == {"already_delivered": 1, OTHER: 2}
    assert "event_id" in again.report["warnings"][0]


@pytest.mark.parametrize(
    ("key", "first", "second", "code"),
    [
        (("id",), {"id": 7}, {"id": "7"}, ""),
        (("id",), {"id": 7}, {"id": 7.0}, ""),
        (("id",), {"id": 7}, {"id": None}, ""),
        (("id",), {"id": ""}, {"id": 7}, ""),
        (("id",), {"id": 7}, {"id": None, "email": "b@example.com"}, "other"),
        (("id",), {"id": None}, {"id": 7, "email": "b@example.com"}, "other"),
        (("id",), {"id": None}, {"id": None}, ""),
        (("id",), {"id": None}, {"id": None, "email": "b@example.com"}, "other"),
        (("id",), {"id": "  "}, {"id": "null", "email": "b@example.com"}, "other"),
        (("id",), {"id": 7}, {"id": 7, "email": "b@example.com"}, ""),
        (("id", "currency"), {"id": None, "currency": ""}, {"id": 7, "email": "b@example.com"}, "other"),
        (("id", "email"), {"id": 7, "email": "a@example.com"}, {"id": 7, "email": "b@example.com"}, "other"),
        (("id",), {"id": "A"}, {"id": "a"}, "other"),
        ((), {"id": 7, "value": 1}, {"id": 8, "value": 2}, "changed"),
        ((), {"id": 7}, {"id": 8}, ""),
    ],
)
def test_a_record_is_another_by_its_key_and_where_one_has_none_by_its_person(
    pipe: Pipe, now: int, key: tuple[str, ...], first: Any, second: Any, code: str
) -> None:
    same = {"happened_at": now - 5000, "currency": "EUR"}
    rows = [one(now, 1, "e", **{**same, **row}) for row in (first, second)]
    found = schema("leads", *COLUMNS, key=key)
    told = {"other": OTHER, "changed": "already_delivered:changed", "": "already_delivered"}[code]
    assert ends(pipe.run_here([found, *rows], streams=MAPPED)) == {"delivered": 1, told: 1}
    assert told in ends(pipe.run_here([found, rows[1]], streams=MAPPED))


@pytest.mark.usefixtures("asked_in_order")
@pytest.mark.parametrize("size", [5000, 1])
def test_an_event_id_of_several_people_is_told_where_the_stream_has_no_key(pipe: Pipe, now: int, size: int) -> None:
    settings = {"streams": MAPPED, "batch_size_rows": size}
    found = schema("leads", *COLUMNS, key=())
    lines = [found, *others(now)[1:], one(now, 0, "webinar-7", value=7, currency="EUR")]
    ended = {OTHER: 3, "already_delivered:changed": 1}
    assert ends(pipe.run_here(lines, dry_run=True, **settings)) == {"would_send": 2, **ended}
    done = pipe.run_here(lines, **settings)
    assert ends(done) == {"delivered": 2, **ended}
    assert "map fields.event_id to a column that differs for each conversion" in done.report["warnings"][0]
    more = [found, one(now, 0, "webinar-7", email="row.0@example.com; second@example.com")]
    assert OTHER not in ends(pipe.run_here(more, **settings))


@pytest.mark.usefixtures("asked_in_order")
@pytest.mark.parametrize("size", [5000, 1])
@pytest.mark.parametrize("nothing", [None, "", " ", "null"])
def test_people_whose_key_is_missing_are_told_from_each_other_and_from_one_with_a_key(
    pipe: Pipe, now: int, companion: Companion, size: int, nothing: str | None
) -> None:
    settings = {"streams": MAPPED, "batch_size_rows": size}
    people = [one(now, n, "w7", id=1 if n == 0 else nothing, happened_at=now - 5000) for n in range(4)]
    lines = [schema("leads", *COLUMNS), *people, people[3]]
    first = [schema("leads", *COLUMNS), people[3], people[3], people[0], people[1]]
    file = companion.folder / "people.singer"
    file.write_bytes(as_bytes(lines))
    assert companion("preview", str(file), "--json", streams=MAPPED)[0] == 0
    (shown,) = json.loads(companion("preview", str(file), "--json", streams=MAPPED)[1])["streams"]
    assert {end["code"]: end["events"] for end in shown["outcomes"]} == {"": 1, "same_id_other_key": 4}
    for arguments in (["--dry-run"], []):
        found, _ = marked(
            companion,
            pipe,
            first,
            *arguments,
            streams=MAPPED,
            state_dir=str(companion.folder / "marked"),
            ledger_url=None,
        )
        assert ends_of(found)[OTHER] == 2
    assert ends(pipe.run_here(lines, dry_run=True, **settings)) == {"would_send": 1, OTHER: 4}
    done = pipe.run_here(lines, **settings)
    assert ends(done) == {"delivered": 1, OTHER: 4}
    assert "map fields.event_id to a column that differs for each conversion" in done.report["warnings"][0]
    assert ends(pipe.run_here(lines, **settings)) == {"already_delivered": 1, OTHER: 4}


def test_own_event_ids_hold_the_key_so_none_is_another(pipe: Pipe, now: int) -> None:
    streams = [entry(once_per="key")]
    lines = [schema(), record(now, 1), record(now, 1, happened_at=now - 1), record(now, 2)]
    assert ends(pipe.run_here(lines, streams=streams)) == {"delivered": 2, "already_delivered:changed": 1}


def test_the_key_s_check_sum_survives_an_export_and_an_import(pipe: Pipe, now: int, companion: Companion) -> None:
    pipe.run_here(others(now), streams=MAPPED)
    out = companion.folder / "ledger.jsonl"
    held = {"ledger_url": pipe.config["ledger_url"]} if "ledger_url" in pipe.config else {}
    assert companion("ledger", "export", str(out), state_dir=str(pipe.state_dir), **held)[0] == 0
    other = str(companion.folder / "moved")
    assert companion("ledger", "import", str(out), state_dir=other)[0] == 0
    lines = [schema("leads", *COLUMNS), one(now, 77, "webinar-7"), one(now, 0, "webinar-7")]
    pipe.run_here(lines, streams=MAPPED, state_dir=other, ledger_url=None)
    report = json.loads((companion.folder / "moved" / "runs" / "last.json").read_bytes())
    assert ends_of(report) == {"already_delivered": 1, OTHER: 1}
