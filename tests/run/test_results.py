"""With `results_log` every record has its line, whatever became of it; without, nothing is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.reporting import results
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.result_lines import result_lines, runs_with_results
from target_linkedin_conversions.run.run import Run
from tests.delivery.world import settings_for
from tests.singer.pipe import Pipe, entry, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400_000
SCHEMA = schema("leads", "id", "email", "happened_at", "ads_consent", "stage", "gone_at")
ENTRY = entry(
    "leads",
    rule={
        "column": "stage",
        "rules": [{"when": "won", "rule": [101, 102]}, {"when": "lost", "skip": True}],
        "otherwise": "reject",
    },
    consent={"column": "ads_consent"},
    deleted="gone_at",
)


def outcomes(place: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Rule, outcome and code of each key, over all runs."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    folder = Folder(str(place))
    for run in runs_with_results(folder):
        for line in result_lines(folder, run, pytest.fail):
            (key,) = json.loads(line.key).values()
            found.setdefault(key, []).append((line.rule, line.outcome, line.code))
    return found


def row(now: int, number: int, **changes: Any) -> dict[str, Any]:
    return record(now, number, **{"ads_consent": True, "stage": "won", "gone_at": None, **changes})


def test_every_record_has_a_line_for_each_of_its_events(pipe: Pipe, now: int) -> None:
    rows = [
        row(now, 1),
        row(now, 2, ads_consent=False),
        row(now, 3, stage="lost"),
        row(now, 4, stage="nurturing"),
        row(now, 5, email=None),
        row(now, 6, happened_at=now - 100 * DAY),
        row(now, 7, gone_at=now),
        row(now, 8),
    ]
    pipe.linkedin.faults("element_failures", statuses={1: 400}, times=1)
    done = pipe.run_here([SCHEMA, *rows, state(at=1)], streams=[ENTRY], results_log=True, max_reject_ratio=1)
    found = outcomes(pipe.state_dir)
    assert {key: lines for key, lines in found.items() if key not in {"1", "8"}} == {
        "2": [("", "skipped", "no_consent")],
        "3": [("", "skipped", "stage_skipped")],
        "4": [("", "rejected", "unknown_rule_value")],
        "5": [("", "rejected", "no_identifier")],
        "6": [("", "skipped", "too_old")],
        "7": [("", "skipped", "deleted")],
    }
    sent = sorted(found["1"] + found["8"])
    assert [line[0] for line in sent] == ["101", "101", "102", "102"]
    assert sorted(line[1:] for line in sent) == [("delivered", "")] * 3 + [("rejected", "linkedin")]
    told = {(one["outcome"], one["code"]): one["events"] for one in done.report["lines"]}
    counted: dict[tuple[str, str], int] = {}
    for lines in found.values():
        for _, outcome, code in lines:
            counted[outcome, code] = counted.get((outcome, code), 0) + 1
    told_by_outcome: dict[tuple[str, str], int] = {}
    for one in done.report["lines"]:
        place = one["outcome"], one["code"]
        told_by_outcome[place] = told_by_outcome.get(place, 0) + one["events"]
    assert counted == told_by_outcome
    assert told


def test_a_second_run_says_that_they_were_sent_before(pipe: Pipe, now: int) -> None:
    for _ in range(2):
        pipe.run_here([SCHEMA, row(now, 1), state(at=1)], streams=[ENTRY], results_log=True)
    ended = sorted(line[1] for line in outcomes(pipe.state_dir)["1"])  # both runs may begin in one second
    assert ended == ["already_delivered"] * 2 + ["delivered"] * 2


def test_a_key_that_says_who_somebody_is_is_a_digest(pipe: Pipe, now: int) -> None:
    of_email = schema("leads", "email", "happened_at", "ads_consent", "stage", "gone_at", key=("email",))
    rows = [row(now, 1), row(now, 2, ads_consent=False), row(now, 3, stage="nurturing")]
    pipe.run_here([of_email, *rows, state(at=1)], streams=[ENTRY], results_log=True, max_reject_ratio=1)
    found = outcomes(pipe.state_dir)
    assert len(found) == 3
    assert all(key.startswith("digest:") for key in found)


@pytest.mark.parametrize("key", ["jane.doe", "JANE.DOE", "jane.doe-2026", "janedoe", "Doe, Jane", "jane_doe_7", "481"])
def test_a_key_is_shown_of_what_was_sent_as_of_what_was_rejected(pipe: Pipe, now: int, key: str) -> None:
    """What is sent hashed says nothing of a mailbox in a key, nor of two names in one word."""
    person = {"email": "jane.doe@example.com", "first": "Jane", "last": "Doe", "crm": "481.0"}
    fields = {"email": "email", "first_name": "first", "last_name": "last", "external_id": "crm"}
    columns = schema("leads", "id", "happened_at", *person)
    rows = [record(now, 1, id=key, **person), record(now, 1, id=key, **person, happened_at="soon")]
    entries = [entry("leads", fields=fields)]
    pipe.run_here([columns, *rows], streams=entries, results_log=True, max_reject_ratio=1)
    (found,) = outcomes(pipe.state_dir)
    assert found.startswith("digest:")


@pytest.mark.parametrize("key", ["janedoe", "jane-doe", "Jane Doe", "shop_janedoe"])
def test_a_mailbox_is_one_in_a_key_without_its_points_too(pipe: Pipe, now: int, key: str) -> None:
    columns = schema("leads", "id", "email", "happened_at")
    rows = [record(now, 1, id=key, email="Jane.Doe@example.com")]
    rows += [{**rows[0], "record": {**rows[0]["record"], "happened_at": "soon"}}]
    pipe.run_here([columns, *rows], streams=[entry("leads")], results_log=True, max_reject_ratio=1)
    (found,) = outcomes(pipe.state_dir)
    assert found.startswith("digest:")


def test_a_key_that_names_nobody_is_shown(pipe: Pipe, now: int) -> None:
    columns = schema("leads", "id", "happened_at", "email", "first", "last")
    fields = {"email": "email", "first_name": "first", "last_name": "last"}
    row_of = record(now, 1, id="003Dn00000ABCDE", email="jane.doe@example.com", first="Jane", last="Doe")
    pipe.run_here([columns, row_of], streams=[entry("leads", fields=fields)], results_log=True)
    assert list(outcomes(pipe.state_dir)) == ["003Dn00000ABCDE"]


def test_a_row_of_a_stream_that_no_entry_fits_can_be_found_too(pipe: Pipe, now: int) -> None:
    """Nothing of it is mapped, so that only a number is known to be nobody's."""
    rows = [row(now, 1), *(record(now, 7, "others", id=key) for key in (7, 0, "mueller"))]
    others = schema("others", "id", "email", "happened_at")
    pipe.run_here([SCHEMA, others, *rows, state(at=1)], streams=[ENTRY], results_log=True)
    found = outcomes(pipe.state_dir)
    assert found.pop("1")
    assert list(found.values()) == [[("", "skipped", "stream_not_configured")]] * 3
    assert list(found)[:2] == ["7", "0"]
    assert list(found)[2].startswith("digest:")


def test_a_row_of_such_a_stream_that_a_map_fails_on_can_be_found_too(pipe: Pipe, now: int) -> None:
    rows = [row(now, 1), *(record(now, number, "others") for number in (6, 7, 8))]
    others = schema("others", "id", "email", "happened_at")
    maps = {"others": {"id": "id", "ratio": "1 / (id - 7)"}}
    pipe.run_here([SCHEMA, others, *rows, state(at=1)], streams=[ENTRY], stream_maps=maps, results_log=True)
    found = outcomes(pipe.state_dir)
    assert [found[key] for key in ("6", "7", "8")] == [[("", "skipped", "stream_not_configured")]] * 3


def test_without_the_setting_nothing_is_kept(pipe: Pipe, now: int) -> None:
    pipe.run_here([SCHEMA, row(now, 1), state(at=1)], streams=[ENTRY])
    assert not (pipe.state_dir / "results").exists()


def test_a_run_that_waits_for_rows_writes_what_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever kills it then: the next run finds these events delivered, and tells nothing more of them."""
    run = Run(settings_for(tmp_path, dry_run=True, results_log=True))
    run.begin()
    run.recorder.refused("deals", Refusal(skipped="deleted", key=(("id", "7"),)))
    run.pause()
    assert outcomes(tmp_path) == {}
    monkeypatch.setattr(results, "_LONGEST_HELD_MS", 0)
    run.pause()
    assert outcomes(tmp_path) == {"7": [("", "skipped", "deleted")]}
    run.conclude(None)


def test_a_dry_run_has_its_lines_too(pipe: Pipe, now: int) -> None:
    pipe.run_here([SCHEMA, row(now, 1), state(at=1)], streams=[ENTRY], results_log=True, dry_run=True)
    assert [line[1] for line in outcomes(pipe.state_dir)["1"]] == ["would_send"] * 2
