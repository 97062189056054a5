"""A second event of an identity, in a run, in a later one, in a dry one, in a marking: each says the same of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.reporting.report import ConsentToNobody
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.end_warnings import consent_warning
from tests.singer.pipe import Ended, Line, Pipe, as_bytes, entry, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox
    from tests.cli.conftest import Companion

MAPPED = [entry(fields={"event_id": "event"})]
COLUMNS = ("id", "email", "happened_at", "value", "currency", "event")


@pytest.fixture(params=["sqlite", "postgresql"])
def pipe(request: pytest.FixtureRequest, tmp_path: Path, linkedin: Sandbox) -> Pipe:
    made = Pipe(tmp_path, linkedin)
    if request.param == "postgresql":
        made.config["ledger_url"] = request.getfixturevalue("postgresql_url")
    return made


def ends(done: Ended) -> dict[str, int]:
    """Events by outcome and code."""
    found: dict[str, int] = {}
    for line in done.report["lines"]:
        name = f"{line['outcome']}:{line['code']}".rstrip(":")
        found[name] = found.get(name, 0) + line["events"]
    return found


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


AS_LATER = {"already_delivered": 1, "already_delivered:changed": 2}


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


def others(now: int) -> list[Line]:
    """Five attendees of two webinars, whose id was taken for an event id."""
    return [schema("leads", *COLUMNS), *[one(now, n, "webinar-7") for n in range(4)], one(now, 9, "webinar-8")]


OTHER = "already_delivered:same_id_other_key"


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
        assert ends(Ended(0, "", "", found))[OTHER] == 2
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
    done = pipe.run_here(lines, streams=MAPPED, state_dir=other, ledger_url=None)
    report = json.loads((companion.folder / "moved" / "runs" / "last.json").read_bytes())
    assert ends(Ended(done.code, "", "", report)) == {"already_delivered": 1, OTHER: 1}


# Dry runs


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("ledger*")}


def test_a_dry_run_only_reads_the_ledger_and_makes_none(pipe: Pipe, now: int) -> None:
    lines = [schema(), record(now, 1), record(now, 2)]
    assert ends(pipe.run_here(lines, dry_run=True)) == {"would_send": 2}
    assert files_of(pipe.state_dir) == {}
    pipe.run_here(lines)
    before = files_of(pipe.state_dir)
    done = pipe.run_here([*lines, record(now, 3), state(at=1)], dry_run=True)
    assert (ends(done), done.states) == ({"would_send": 1, "already_delivered": 2}, [])
    assert files_of(pipe.state_dir) == before


@pytest.mark.parametrize(
    ("policy", "told"),
    [("hold", "in_doubt:earlier_run"), ("resend", "would_send"), ("by_rule", "in_doubt:earlier_run")],
)
def test_what_is_in_doubt_follows_the_policy_in_a_dry_run(
    pipe: Pipe, now: int, linkedin: Sandbox, policy: str, told: str
) -> None:
    lines = [schema(), record(now, 1)]
    linkedin.faults("drop_after")
    assert ends(pipe.run_here(lines, on_in_doubt="hold")) == {"in_doubt:no_answer": 1}
    linkedin.reset()
    assert ends(pipe.run_here(lines, dry_run=True, on_in_doubt=policy)) == {told: 1}
    assert linkedin.received == []


def test_a_dry_run_that_requires_a_ledger_exits_2_without_one(pipe: Pipe, now: int) -> None:
    done = pipe.run_here([schema(), record(now, 1)], dry_run=True, require_ledger=True)
    assert done.code == 2
    assert "require_ledger" in done.stderr


def test_a_dry_run_without_identities_sends_every_twin_as_a_real_one_does(pipe: Pipe, now: int) -> None:
    lines = [schema(), record(now, 1), record(now, 1)]
    assert ends(pipe.run_here(lines, dry_run=True, send_once=False)) == {"would_send": 2}


# Markings


def marked(companion: Companion, pipe: Pipe, lines: Iterable[Line], *arguments: str, **settings: Any) -> Any:
    path = companion.folder / "mark.singer"
    path.write_bytes(as_bytes(lines))
    code, out, err = companion(
        "ledger", "mark", "--input", str(path), "--json", *arguments, **{**pipe.config, **settings}
    )
    assert code == 0, err
    return json.loads(out), err


def test_a_marking_says_of_twins_what_a_run_would_say(pipe: Pipe, now: int, companion: Companion) -> None:
    for lines, told in ((twins(now), AS_LATER), (others(now), {OTHER: 3})):
        for arguments in (["--dry-run"], []):
            found, _ = marked(companion, pipe, lines, *arguments, streams=MAPPED)
            kind = "already_delivered:would_mark" if arguments else "already_delivered:marked"
            assert ends(Ended(0, "", "", found)) == {kind: 2, **told}


@pytest.mark.parametrize("arguments", [["--dry-run"], []])
@pytest.mark.parametrize(("copies", "warns"), [(25, False), (200, True)])
def test_a_marking_warns_of_rows_that_came_twice_as_a_run_does(
    pipe: Pipe, now: int, companion: Companion, *, arguments: list[str], copies: int, warns: bool
) -> None:
    people = [record(now, number, happened_at=now - 1000) for number in range(200)]
    found, _ = marked(companion, pipe, [schema(), *people, *people[:copies]], *arguments)
    assert bool(repeated(Ended(0, "", "", found))) is warns


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


# Consent


def asks(column: str = "ok") -> list[Any]:
    return [{**entry(), "consent": {"column": column, "granted": ["granted"]}}]


@pytest.mark.parametrize("value", ["t", 1, "yes please", None])
def test_a_stream_that_granted_nobody_warns_once_and_names_the_column(pipe: Pipe, now: int, value: Any) -> None:
    lines = [schema("leads", *COLUMNS, "ok"), *[record(now, n, ok=value) for n in range(3)]]
    done = pipe.run_here(lines, streams=asks())
    found = [warning for warning in done.report["warnings"] if "consent" in warning]
    assert len(found) == 1
    assert "stream leads" in found[0]
    assert "'ok'" in found[0]
    (told,) = done.report["consent_to_nobody"]
    assert (told["stream"], told["records"]) == ("leads", 3)


def test_a_stream_that_granted_somebody_or_had_no_records_does_not_warn(pipe: Pipe, now: int) -> None:
    columns = schema("leads", *COLUMNS, "ok")
    bad = record(now, 2, ok="granted", email="nobody")
    for rows in ([], [record(now, 1, ok="granted")], [bad], [record(now, 3, ok="granted", _sdc_deleted_at="x")]):
        others: list[Line] = [record(now, 7, ok="no")] if rows and rows[0].get("record", {}).get("id") != 3 else []
        done = pipe.run_here([columns, *rows, *others], streams=asks(), max_reject_ratio=1)
        assert done.report["consent_to_nobody"] == []


def test_the_values_that_came_are_named() -> None:
    warning = consent_warning(ConsentToNobody("leads", ["t", "1"], 7, "ok"), FedBy.TAP)
    assert "'t', '1'" in warning
    assert (
        "run once with --full-refresh (without Meltano: the tap without its --state), for the tap's bookmark is past"
        in warning
    )
    assert "full-refresh" not in consent_warning(ConsentToNobody("leads", [], 7, "ok"), FedBy.FILE)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("declined", "declined"),
        ("opted-out", "opted-out"),
        (0, "0"),
        ("abgelehnt", "abgelehnt"),
        ("granted by jane", "(masked)"),
        ("jane@example.com", "(masked)"),
        ("+49 171 1234567", "(masked)"),
        ("jane1985", "(masked)"),
        ("x" * 21, "(masked)"),
        (["no", "Jane Doe"], "(masked)"),
    ],
)
def test_of_what_came_instead_of_a_consent_only_a_word_is_told(pipe: Pipe, now: int, value: Any, told: str) -> None:
    done = pipe.run_here([schema("leads", *COLUMNS, "ok"), record(now, 1, ok=value)], streams=asks())
    assert done.report["consent_to_nobody"][0]["values"] == [told]


def test_a_yes_that_yaml_may_have_made_true_of_is_to_be_written_in_quotes() -> None:
    assert "in consent.granted, in quotes" in consent_warning(
        ConsentToNobody("leads", ["no", "Yes"], 7, "ok"), FedBy.TAP
    )
    assert "quotes" not in consent_warning(ConsentToNobody("leads", ["opt-in"], 7, "ok"), FedBy.TAP)


def test_a_stream_of_which_one_key_left_everything_out_is_a_warning(pipe: Pipe, now: int) -> None:
    columns = schema("leads", *COLUMNS, "ok", "live")
    rows = [record(now, number, ok="granted", live="no") for number in range(25)]
    entries = [{**entry, "only": {"column": "live", "is": "yes, no"}} for entry in asks()]
    done = pipe.run_here([columns, *rows], streams=entries)
    assert done.report["exit_code"] == 0
    (said,) = [warning for warning in done.report["warnings"] if "was let through" in warning]
    assert "stream leads: none of 25 records was let through (25 filtered); where that is not meant, mend only" in said
    one_let_through = record(now, 30, ok="granted", live="yes, no")
    done = pipe.run_here([columns, *rows, one_let_through], streams=entries)
    assert not any("was let through" in warning for warning in done.report["warnings"])
    done = pipe.run_here([columns, *rows[:19]], streams=entries)
    assert not any("was let through" in warning for warning in done.report["warnings"])


@pytest.mark.parametrize("field", ["email", "li_fat_id", "value"])
def test_a_path_that_leads_nowhere_in_most_records_is_a_warning(pipe: Pipe, now: int, field: str) -> None:
    columns = schema("leads", *COLUMNS, "inside")
    rows = [record(now, number, ok="granted", inside="plain" if number % 2 else {"one": None}) for number in range(8)]
    entries = [{**entry, "fields": {field: ["inside.one"]}, "consent": {"not_required": "a test"}} for entry in asks()]
    done = pipe.run_here([columns, *rows], streams=entries, max_reject_ratio=1)
    (said,) = [warning for warning in done.report["warnings"] if "cannot enter" in warning]
    assert (
        f"stream leads: the path of {field} (inside.one) meets a value that it cannot enter in 4 of 8 records" in said
    )
    assert "mend it, and run once with --full-refresh" in said
    done = pipe.run_here([columns, rows[0], *rows], streams=entries, max_reject_ratio=1)
    assert not any("cannot enter" in warning for warning in done.report["warnings"])


def test_a_key_that_does_not_tell_conversions_apart_is_a_warning(pipe: Pipe, now: int) -> None:
    columns = schema("leads", *COLUMNS, "ok", "team")
    rows = [
        record(
            now, number, ok="granted", team="sales", happened_at=now - 1000 * number, email=f"row.{number}@example.com"
        )
        for number in range(30)
    ]
    entries = [{**entry, "key": "team", "once_per": "key"} for entry in asks()]
    done = pipe.run_here([columns, *rows], streams=entries)
    said = " ".join(done.report["warnings"])
    assert "29 events were not sent, for one of the same key was delivered" in said
    assert "name in key the columns that tell them apart" in said
    done = pipe.run_here([columns, *rows], streams=asks())
    assert "of the same key" not in " ".join(done.report["warnings"])


def test_a_map_of_which_no_stream_came_is_a_warning_and_one_in_another_spelling_stops(pipe: Pipe, now: int) -> None:
    lines = [schema("crm-leads", *COLUMNS, "ok"), {**record(now, 1, ok="granted"), "stream": "crm-leads"}]
    entries = [{**entry, "stream": "crm-leads"} for entry in asks()]
    maps = {"crm_leads": {"__filter__": "ok == 'x'"}}
    stopped = pipe.run_here(lines, streams=entries, stream_maps=maps)
    assert stopped.report["exit_code"] == 2
    assert "stream_maps.crm_leads: no stream has this name" in stopped.report["message"]
    for name, warns in (("leads", True), ("crm-*", False), ("crm-leads", False)):
        done = pipe.run_here(
            lines, streams=entries, stream_maps={name: {"note": "'x'", "__else__": None} if warns else {}}
        )
        assert (
            any(f"stream_maps.{name}: no stream of that name came" in said for said in done.report["warnings"]) is warns
        )


def test_a_stream_of_which_everybody_is_excluded_is_a_warning_that_names_the_setting(pipe: Pipe, now: int) -> None:
    rows = [record(now, number, email=f"p{number}@firm.de") for number in range(25)]
    done = pipe.run_here([schema(), *rows], exclude_email_domains=["firm.de"])
    (said,) = [warning for warning in done.report["warnings"] if "was let through" in warning]
    assert (
        "none of 25 records was let through (25 excluded); where that is not meant, mend exclude_email_domains" in said
    )
    mended = pipe.run_here([schema(), *rows], exclude_email_domains=["staff.firm.de"])
    assert mended.counts == {"delivered": 25}
    assert not any("was let through" in warning for warning in mended.report["warnings"])


def repeated(done: Ended) -> list[str]:
    return [warning for warning in done.report["warnings"] if "another one of this run" in warning]


@pytest.mark.parametrize("settings", [{}, {"batch_size_rows": 4}, {"dry_run": True}])
def test_a_key_that_does_not_tell_people_apart_is_a_warning_that_names_it(
    pipe: Pipe, now: int, settings: dict[str, Any]
) -> None:
    people = [record(now, number, value=5, happened_at=now - 1000, stage="won") for number in range(30)]
    entries = [entry(key="stage", once_per="key")]
    done = pipe.run_here([schema("leads", *COLUMNS, "stage"), *people], streams=entries, **settings)
    (said,) = repeated(done)
    assert "stream leads: 29 events were left out" in said
    mended = pipe.run_here([schema("leads", *COLUMNS, "stage"), *people], streams=[entry(key="id")], **settings)
    assert sum(mended.counts.values()) == 30
    assert (mended.counts.get("already_delivered"), repeated(mended)) == (None, [])


def test_rows_of_earlier_runs_and_a_few_that_came_twice_are_no_such_warning(pipe: Pipe, now: int) -> None:
    people = [record(now, number, happened_at=now - 1000) for number in range(30)]
    done = pipe.run_here([schema(), *people, *people[:19]])
    assert (done.counts, repeated(done)) == ({"delivered": 30, "already_delivered": 19}, [])
    again = pipe.run_here([schema(), *people])
    assert (again.counts, repeated(again)) == ({"already_delivered": 30}, [])


def test_each_stream_counts_its_own_rows_that_came_twice(pipe: Pipe, now: int) -> None:
    """The first stream's rows are known of an earlier run; the second's came twice in this one."""
    leads = [record(now, number, happened_at=now - 1000) for number in range(30)]
    deals = [{**record(now, number, happened_at=now - 1000), "stream": "deals"} for number in range(100, 130)]
    entries = [entry(), entry(stream="deals")]
    pipe.run_here([schema(), *leads], streams=entries[:1])
    done = pipe.run_here([schema(), *leads, schema("deals"), *deals, *deals], streams=entries)
    assert done.counts == {"delivered": 30, "already_delivered": 60}
    (said,) = repeated(done)
    assert said.startswith("stream deals: 30 events were left out")
