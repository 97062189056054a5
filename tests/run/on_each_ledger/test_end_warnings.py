"""What a run warns of at its end, from how its events ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.reporting.report import ConsentToNobody, EarlierRun
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.end_warnings import consent_warning, end_warnings
from tests.reporting.page_samples import bare
from tests.run.on_each_ledger.twins import COLUMNS, repeated
from tests.singer.pipe import entry, record, schema

if TYPE_CHECKING:
    from tests.singer.pipe import Line, Pipe


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


@pytest.mark.parametrize("settings", [{}, {"batch_size_rows": 4}, {"dry_run": True}])
def test_a_key_that_does_not_tell_people_apart_is_a_warning_that_names_it(
    pipe: Pipe, now: int, settings: dict[str, Any]
) -> None:
    people = [record(now, number, value=5, happened_at=now - 1000, stage="won") for number in range(30)]
    entries = [entry(key="stage", once_per="key")]
    done = pipe.run_here([schema("leads", *COLUMNS, "stage"), *people], streams=entries, **settings)
    (said,) = repeated(done.report)
    assert "stream leads: 29 events were left out" in said
    mended = pipe.run_here([schema("leads", *COLUMNS, "stage"), *people], streams=[entry(key="id")], **settings)
    assert sum(mended.counts.values()) == 30
    assert (mended.counts.get("already_delivered"), repeated(mended.report)) == (None, [])


def test_rows_of_earlier_runs_and_a_few_that_came_twice_are_no_such_warning(pipe: Pipe, now: int) -> None:
    people = [record(now, number, happened_at=now - 1000) for number in range(30)]
    done = pipe.run_here([schema(), *people, *people[:19]])
    assert (done.counts, repeated(done.report)) == ({"delivered": 30, "already_delivered": 19}, [])
    again = pipe.run_here([schema(), *people])
    assert (again.counts, repeated(again.report)) == ({"already_delivered": 30}, [])


def test_each_stream_counts_its_own_rows_that_came_twice(pipe: Pipe, now: int) -> None:
    """The first stream's rows are known of an earlier run; the second's came twice in this one."""
    leads = [record(now, number, happened_at=now - 1000) for number in range(30)]
    deals = [{**record(now, number, happened_at=now - 1000), "stream": "deals"} for number in range(100, 130)]
    entries = [entry(), entry(stream="deals")]
    pipe.run_here([schema(), *leads], streams=entries[:1])
    done = pipe.run_here([schema(), *leads, schema("deals"), *deals, *deals], streams=entries)
    assert done.counts == {"delivered": 30, "already_delivered": 60}
    (said,) = repeated(done.report)
    assert said.startswith("stream deals: 30 events were left out")


def test_a_run_that_was_killed_with_events_on_their_way_is_warned_of_once_and_one_without_is_not() -> None:
    earlier = [EarlierRun("r1", 5, 0, 0), EarlierRun("r2", 0, 0, 1), EarlierRun("r3", 0, 0, 15_000)]
    one, many = end_warnings(bare(earlier=earlier))
    assert one.startswith(
        "run r2 was ended before it could report; of what it had sent, 1 event stayed without an answer, and LinkedIn"
    )
    assert "run r3" in many
    assert "15,000 events" in many
    assert many.endswith("`linkedin-conversions rejects replay --in-doubt` sends what is held")


@pytest.mark.parametrize("otherwise", ["reject", "skip"])
def test_records_whose_stage_no_case_fits_are_warned_of_with_the_values_unless_they_are_to_be_skipped(
    pipe: Pipe, now: int, otherwise: str
) -> None:
    rule = {"column": "stage", "rules": [{"when": "won", "rule": 101}], "otherwise": otherwise}
    stages = ["won", "Closed-Won", "Closed-Won", "lost", "won"]
    lines = [schema("leads", *COLUMNS, "stage"), *[record(now, n, stage=stage) for n, stage in enumerate(stages)]]
    done = pipe.run_here(lines, streams=[{**entry(), "conversion_rule": rule}], max_reject_ratio=1)
    found = [warning for warning in done.report["warnings"] if "no case" in warning]
    assert len(found) == (otherwise == "reject")
    assert all(
        "stream leads: 3 records not sent" in one and ": 'Closed-Won' (2), 'lost' (1); add a case" in one
        for one in found
    )
