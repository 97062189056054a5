"""`linkedin-conversions rejects`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.cli.rejects.show import NO_LEDGER
from target_linkedin_conversions.delivery.batch import RefusedByLinkedIn
from target_linkedin_conversions.records.event import Refusal, Shape
from target_linkedin_conversions.records.reasons import MESSAGES, Reason
from target_linkedin_conversions.records.rules import UNKNOWN_VALUE
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.rejects import Rejects
from target_linkedin_conversions.reporting.report import Report, Unmatched
from tests.singer.pipe import record, schema

if TYPE_CHECKING:
    from tests.cli.conftest import Companion, Past

FIRST, LAST = "20261122T104000Z-0a1b2c3d", "20261123T104000Z-0a1b2c3d"


def ended(root: str, run: str, *keys: str) -> None:
    """What a run leaves that rejected the records with these keys, each in a part of its own."""
    folder = Folder(root)
    report = Report(run=run, version="1", started="", ended="", seconds=1, outcome="done", exit_code=0)
    for name in (run, "last"):
        folder.write(f"runs/{name}.json", msgspec.json.encode(report))
    journal = Journal(folder, f"rejects/{run}.jsonl")
    rejects = Rejects(journal, run, lambda _: "d1")
    for key in keys:
        reasons = (Reason("happened_at", "bad_time"), Reason("user", "no_identifier"))
        rejects.write_refusal("deals", Refusal(reasons=reasons, rule="101", key=(("id", key),), shape=Shape()))
        rejects.flush()
    journal.close()


@pytest.fixture
def two_runs(companion: Companion) -> None:
    ended(str(companion.state_dir), FIRST, "7")
    ended(str(companion.state_dir), LAST, "8", "[red]9")


@pytest.mark.usefixtures("two_runs")
def test_the_last_run_is_listed_with_reasons_and_mends(companion: Companion) -> None:
    code, out, _ = companion("rejects", "list")
    assert code == 0
    assert "id=8" in out
    assert "id=[red]9" in out
    assert "id=7" not in out
    assert "bad_time" in out
    assert MESSAGES["no_identifier"][:20] in out


@pytest.mark.parametrize("number", [1, 5, 6, 40])
def test_a_reason_is_told_once_with_its_count_and_five_keys(companion: Companion, number: int) -> None:
    ended(str(companion.state_dir), LAST, *(f"k{one}" for one in range(number)))
    _, out, _ = companion("rejects", "list")
    assert f"{number} bad_time (happened_at) in deals, rule 101" in out
    assert out.count(MESSAGES["bad_time"]) == 1
    (keys, _) = (line for line in out.splitlines() if line.strip().startswith("keys: "))
    assert keys.count("id=k") == min(number, 5)
    assert ("…" in keys) == (number > 5)
    assert "--full-refresh" in out
    several = (
        "1 row has several reasons, and stands" if number == 1 else f"{number} rows have several reasons, and stand"
    )
    assert f"\n{several} under each\n" in out


def test_the_values_that_no_case_fits_stand_under_their_reason(companion: Companion) -> None:
    folder = Folder(str(companion.state_dir))
    values = [Unmatched("deals", f"stage {number}", number) for number in range(1, 13)]
    report = Report(
        run=LAST, version="1", started="", ended="", seconds=1, outcome="done", exit_code=0,
        unmatched=[*values, Unmatched("leads", "elsewhere", 99)],
    )  # fmt: skip
    for name in (LAST, "last"):
        folder.write(f"runs/{name}.json", msgspec.json.encode(report))
    journal = Journal(folder, f"rejects/{LAST}.jsonl")
    rejects = Rejects(journal, LAST, lambda _: "d1")
    for reason in (UNKNOWN_VALUE, Reason("happened_at", "bad_time")):
        rejects.write_refusal("deals", Refusal(reasons=(reason,), rule=None, key=(("id", "1"),), shape=Shape()))
    rejects.flush()
    journal.close()
    _, out, _ = companion("rejects", "list")
    (told,) = (line for line in out.splitlines() if line.strip().startswith("values: "))
    assert told.startswith("    values: 'stage 12' (12), 'stage 11' (11)")
    assert told.endswith("'stage 3' (3), …")
    assert "elsewhere" not in out
    assert msgspec.json.decode(companion("rejects", "list", "--json")[1])["unmatched"][0] == {
        "stream": "deals", "value": "stage 1", "records": 1,
    }  # fmt: skip


def test_all_tells_each_line_in_a_few_that_80_columns_hold(companion: Companion) -> None:
    ended(str(companion.state_dir), LAST, *(f"k{one}" for one in range(7)))
    _, out, _ = companion("rejects", "list", "--all")
    assert [f"deals, rule 101: id=k{one}" in out.splitlines() for one in range(7)] == [True] * 7
    assert out.count("next: mend it") == 7
    assert not any(mark in out for mark in "│┃━")


@pytest.mark.parametrize(
    "words",
    [
        "Conversion time should be within 90 days, indices [0, 3, 17] (0-indexed)",
        "Conversion time should be within 90 days, indices [5]",
        "Conversion time should be within 90 days at index: [7]",
    ],
)
def test_lists_of_linkedin_s_indices_are_cut(companion: Companion, words: str) -> None:
    ended(str(companion.state_dir), LAST)
    folder = Folder(str(companion.state_dir))
    journal = Journal(folder, f"rejects/{LAST}.jsonl")
    rejects = Rejects(journal, LAST, lambda _: "d1")
    rejects.write_refusal(
        "deals", Refusal(reasons=(RefusedByLinkedIn("", "linkedin", words),), rule="101", key=(("id", "1"),))
    )
    rejects.flush()
    journal.close()
    for arguments in ((), ("--all",)):
        _, out, _ = companion("rejects", "list", *arguments)
        assert "Conversion time should be within 90 days" in out
        assert "[" not in out.partition("Conversion")[2].splitlines()[0]


@pytest.mark.usefixtures("two_runs")
def test_json_holds_the_lines_as_they_are(companion: Companion) -> None:
    found: list[dict[str, Any]] = companion.data("rejects", "list")["rejects"]
    assert [line["key"] for line in found] == [{"id": "8"}, {"id": "[red]9"}]
    assert [reason["code"] for reason in found[0]["reasons"]] == ["bad_time", "no_identifier"]


@pytest.mark.usefixtures("two_runs")
def test_a_run_is_listed_by_its_name(companion: Companion) -> None:
    assert [line["key"] for line in companion.data("rejects", "list", FIRST)["rejects"]] == [{"id": "7"}]


def test_on_a_url_the_parts_are_read_together(companion: Companion) -> None:
    root = f"memory://{companion.folder.name}-rejects"
    ended(root, LAST, "1", "2")
    where = {"state_dir": root, "private_dir": str(companion.folder), "ledger_url": "sqlite:///unused.sqlite"}
    assert [line["key"]["id"] for line in companion.data("rejects", "list", **where)["rejects"]] == ["1", "2"]


def test_a_run_without_rejects_says_so(companion: Companion) -> None:
    ended(str(companion.state_dir), LAST)
    code, out, _ = companion("rejects", "list")
    assert (code, out) == (0, f"run {LAST} rejected nothing, or its rejects are older than 30 days\n")
    assert companion.data("rejects", "list") == {
        "run": LAST,
        "rejects": [],
        "rows_kept": 0,
        "outbox": [],
        "outbox_of_other_runs": [],
    }


@pytest.mark.usefixtures("two_runs")
@pytest.mark.parametrize("run", ["20260101T000000Z-0a1b2c3d", "nonsense", "../../etc", f"{LAST}.jsonl"])
def test_a_run_that_never_was_exits_2(companion: Companion, run: str) -> None:
    code, _, err = companion("rejects", "list", run)
    assert code == 2
    assert "linkedin-conversions runs list" in err


def test_before_the_first_run_it_exits_2(companion: Companion) -> None:
    code, _, err = companion("rejects", "list")
    assert code == 2
    assert "no report" in err


def test_a_report_that_is_broken_exits_2(companion: Companion) -> None:
    Folder(str(companion.state_dir)).write("runs/last.json", b"{")
    code, _, err = companion("rejects", "list")
    assert code == 2
    assert "cannot be read" in err


@pytest.mark.usefixtures("two_runs")
def test_a_line_that_was_cut_does_not_hide_the_others(companion: Companion) -> None:
    with (companion.state_dir / "rejects" / f"{LAST}.jsonl").open("ab") as file:
        file.write(b'{"run":"2026')
    code, out, err = companion("rejects", "list")
    assert code == 0
    assert "id=8" in out
    assert "line 3 of" in err


def test_events_in_doubt_are_named_by_stream_and_rule_with_their_mend(past: Past) -> None:
    run = past.in_doubt(1, 2)
    found = past.companion.data("rejects", "list")
    mend = "rejects replay --in-doubt"
    counted = {"outcome": "in_doubt", "stream": "leads", "rule": "101", "events": 2, "mend": mend}
    assert (found["run"], found["rejects"], found["outbox"]) == (run, [], [counted])
    _, out, _ = past.companion("rejects", "list")
    assert "2 events of stream leads, rule 101 are held in doubt" in out
    assert mend in out
    past.deliver(9)
    assert "other runs left 2 in_doubt events" in past.companion("rejects", "list")[1]


def test_an_event_that_several_runs_hold_in_doubt_is_told_once(past: Past) -> None:
    now = past.linkedin.now()
    for numbers in ((1, 2), (1, 2, 3)):
        past.linkedin.faults("drop_after", times=1)
        past.pipe.run_here([schema(), *(record(now, number) for number in numbers)])
    assert past.kept("in_doubt") == ["1", "2", "1", "2", "3"]
    found = past.companion.data("rejects", "list")
    assert [line["events"] for line in found["outbox"]] == [3]
    assert found["outbox_of_other_runs"] == []
    assert "other runs left" not in past.companion("rejects", "list")[1]
    past.deliver(9)
    assert "other runs left 3 in_doubt events" in past.companion("rejects", "list")[1]
    _, out, _ = past.companion("rejects", "replay", "--in-doubt", "--dry-run")
    assert "3 in_doubt of stream leads, rule 101 would be sent" in out
    assert past.replay("--in-doubt")[0] == 0
    assert past.companion.data("rejects", "list")["outbox_of_other_runs"] == []


def test_what_comes_back_through_the_tap_is_told_apart_from_what_can_be_replayed(past: Past) -> None:
    past.linkedin.faults("element_failures", times=1)
    now = past.linkedin.now()
    past.pipe.run_here([schema(), record(now, 1), record(now, 2, email="nobody")])
    found = past.companion.data("rejects", "list")
    assert sorted((line["key"]["id"], line["back"]) for line in found["rejects"]) == [("1", "replay"), ("2", "tap")]
    assert [line["events"] for line in found["outbox"]] == [1]
    _, out, _ = past.companion("rejects", "list")
    assert "1 never became an event" in out
    assert f"the outbox holds 1 event for `linkedin-conversions rejects replay {past.companion.options}`" in out
    assert "1 linkedin in leads, rule 101\n" in out, "LinkedIn blames no field"
    assert "\n    linkedin: " in past.companion("rejects", "list", "--all")[1]


def test_a_key_is_found_over_all_runs_or_in_the_one_named(past: Past) -> None:
    first, second = past.rejected(7), past.rejected(7, 8)
    found = past.companion.data("rejects", "show", "--key", "7")
    assert [line["run"] for line in found["rejects"]] == sorted([first, second])
    assert [(kept["run"], kept["columns"]) for kept in found["outbox"]] == [
        (run, ["id"]) for run in sorted([first, second])
    ]
    assert {kept["mend"] for kept in found["outbox"]} == {"rejects replay"}
    assert [line["run"] for line in past.companion.data("rejects", "show", second, "--key", "7")["rejects"]] == [second]
    assert past.companion.data("rejects", "show", "--key", "id=7") == found, "as `rejects list` tells it"
    assert past.companion.data("rejects", "show", "--key", "id=")["rejects"] == []
    assert past.companion.data("rejects", "show", "--key", "email=7")["rejects"] == []
    assert past.companion.data("rejects", "show", "--key", "70") == {
        "rejects": [],
        "outbox": [],
        "rows": [],
        "notes": [],
    }


def test_all_that_is_known_of_a_key_is_told(past: Past) -> None:
    past.in_doubt(7)
    now = past.linkedin.now()
    past.pipe.run_here([schema(), record(now, 7, email="nobody", value=5, currency="EUR")])
    code, out, _ = past.companion("rejects", "show", "--key", "7")
    assert code == 0
    for word in ("no_identifier", MESSAGES["no_identifier"], "5 EUR", "through the tap", "as in_doubt", "SHA256_EMAIL"):
        assert word in out
    assert "rejects replay --in-doubt" in out


def test_a_key_that_is_told_as_a_digest_is_found_by_its_value_which_is_never_said(past: Past) -> None:
    mail, now = "jane@example.com", past.linkedin.now()
    lines = [schema(key=["email"]), record(now, 7, email=mail, happened_at=None)]
    past.linkedin.faults("element_failures", times=1)
    past.pipe.run_here([*lines, record(now, 8, email=mail)])
    found = past.companion.data("rejects", "show", "--key", mail)
    assert [line["key"]["email"][:7] for line in found["rejects"]] == ["digest:", "digest:"]
    assert len(found["outbox"]) == 1
    assert past.companion.data("rejects", "show", "--key", f"email={mail}") == found
    code, out, err = past.companion("rejects", "show", "--key", mail)
    assert code == 0
    assert mail not in out + err


def test_without_a_ledger_or_after_a_dry_run_a_digest_is_not_found_and_the_reason_is_told(past: Past) -> None:
    mail, now = "jane@example.com", past.linkedin.now()
    lines = [schema(key=["email"]), record(now, 7, email=mail, happened_at=None)]
    run = past.pipe.run_here(lines, dry_run=True).report["run"]
    assert past.companion.data("rejects", "show", "--key", mail)["notes"] == [NO_LEDGER]
    assert not (past.state_dir / "ledger.sqlite").exists()
    past.deliver(1)
    (note,) = past.companion.data("rejects", "show", "--key", mail)["notes"]
    assert note.startswith(f"run {run} was a dry run")
    assert "nothing with that key" in past.companion("rejects", "show", "--key", mail)[1]


def left(past: Past) -> list[str]:
    return sorted(str(path.relative_to(past.state_dir)) for path in past.state_dir.glob("[ro][eu][jt]*/*"))


def test_a_purge_says_what_could_still_be_replayed_and_deletes_only_the_run_s_files(past: Past) -> None:
    first, second = past.rejected(1, 2), past.in_doubt(3)
    code, out, _ = past.companion("rejects", "purge", first, "--yes")
    assert code == 0
    assert "2 files with 2 lines of rejects" in out
    assert "2 rejected events that could still be replayed" in out
    assert left(past) == [f"outbox/{second}.jsonl"]
    assert past.companion.data("rejects", "purge", "--all", "--yes") == {"files": 1, "events": {"in_doubt": 1}}
    assert left(past) == []
    assert (past.state_dir / "runs" / f"{first}.json").exists()
    assert past.companion("rejects", "purge", "--all")[:2] == (0, "there is nothing to delete\n")


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("", 2)])
@pytest.mark.usefixtures("before_a_terminal")
def test_nothing_is_deleted_before_a_person_agrees(
    past: Past, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    past.rejected(1)
    before = left(past)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    found, _, err = past.companion("rejects", "purge", "--all")
    assert found == code
    assert "1 rejected event that could still be replayed" in err
    assert left(past) == ([] if code == 0 else before)


def test_without_a_terminal_a_purge_names_the_flag_and_reads_no_answer(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.rejected(1)
    before = left(past)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, _, err = past.companion("rejects", "purge", "--all")
    assert (code, "--yes" in err, "1 rejected event that could still be replayed" in err) == (2, True, True)
    assert left(past) == before


def test_a_purge_by_age_leaves_what_is_younger(past: Past) -> None:
    run = past.rejected(1)
    old = f"2020{run[4:]}"
    for under in ("rejects", "outbox"):
        path = past.state_dir / under / f"{run}.jsonl"
        path.with_name(f"{old}.jsonl").write_bytes(path.read_bytes())
        path.with_name(f".{old}.jsonl.draft").write_bytes(b"cut")
    assert past.companion.data("rejects", "purge", "--older-than", "7", "--yes")["files"] == 2
    assert left(past) == [f"outbox/{run}.jsonl", f"rejects/{run}.jsonl"]
    assert not list((past.state_dir / "outbox").glob(".*"))


def test_what_a_run_still_writes_is_not_deleted(past: Past) -> None:
    run = past.rejected(1)
    with Folder(str(past.state_dir)).append(f"outbox/{run}.jsonl"):
        code, _, err = past.companion("rejects", "purge", "--all", "--yes")
        assert code == 0
        assert "is in use" in err
    assert left(past) == [f"outbox/{run}.jsonl"]


@pytest.mark.parametrize("arguments", [(), ("--all", "--older-than", "3"), (FIRST, "--all"), (FIRST,)])
def test_a_purge_is_told_exactly_what_to_delete(companion: Companion, arguments: tuple[str, ...]) -> None:
    code, _, err = companion("rejects", "purge", *arguments, "--yes")
    assert code == 2
    assert err.startswith("Error: ")


def test_on_a_url_a_purge_deletes_all_parts(companion: Companion) -> None:
    root = f"memory://{companion.folder.name}-purge"
    ended(root, LAST, "1", "2")
    where = {"state_dir": root, "private_dir": str(companion.folder), "ledger_url": "sqlite:///unused.sqlite"}
    assert companion.data("rejects", "purge", LAST, "--yes", **where) == {"files": 1, "events": {"told": 2}}
    assert companion.data("rejects", "list", LAST, **where)["rejects"] == []


def test_the_report_of_what_linkedin_refused_says_where_the_reasons_stand(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    past.rejected(1)
    _, out, _ = past.companion("runs", "last")
    assert (
        f"LinkedIn refused them, each for a reason that `linkedin-conversions rejects list {past.companion.options}` shows"
        in out
    )


def test_the_report_of_a_run_without_events_has_no_empty_table(past: Past) -> None:
    past.deliver()
    _, out, _ = past.companion("runs", "last")
    assert out.splitlines()[1:] == ["no events"]
