"""`keep_rejected_rows`: rejected records stay in the outbox, and `rejects replay` maps them anew."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.admin.read_again import lines_once
from target_linkedin_conversions.reporting.report import Report
from tests.singer.pipe import entry, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Past

COLUMNS = ("id", "email", "happened_at", "value", "currency", "stage", "note", "account")
WON = {"when": "won", "rule": 101}


def by_stage(*cases: Any, **more: Any) -> list[dict[str, Any]]:
    return [entry("leads", {"column": "stage", "rules": [WON, *cases]}, **more)]


def rows(past: Past, *stages: Any, **changes: Any) -> list[Any]:
    now = past.linkedin.now()
    records = [
        record(now, number, stage=stage, note=f"secret {number}", **changes) for number, stage in enumerate(stages)
    ]
    return [schema("leads", *COLUMNS), *records, state(at=1)]


@pytest.fixture
def keeping(past: Past) -> Past:
    past.pipe.config |= {"keep_rejected_rows": True, "streams": by_stage()}
    return past


def outbox(past: Past) -> Path:
    (path,) = (past.state_dir / "outbox").glob("*.jsonl")
    return path


def test_rejected_rows_are_kept_and_replayed_by_the_settings_of_today(keeping: Past) -> None:
    done = keeping.pipe.run_here(rows(keeping, "won", "SQL", "SQL", "lost"))
    assert (done.counts, len(done.states)) == ({"delivered": 1, "rejected": 3}, 1)
    assert done.report["rows_kept"] == 3
    assert "rejects replay" in done.report["comes_back"]
    sql = by_stage({"when": "SQL", "rule": 102})
    assert keeping.replay(streams=sql) == (0, {"delivered": 2})
    (left,) = outbox(keeping).read_text().splitlines()
    assert json.loads(left)["row"]["stage"] == "lost"
    assert "1 unknown_rule_value" in " ".join(keeping.report()["warnings"])
    assert keeping.replay(streams=sql) == (0, {})
    rules = [event["conversion"][-3:] for event in keeping.linkedin.received]
    assert rules == ["101", "102", "102"]


def test_what_a_replay_takes_up_is_told_once(keeping: Past) -> None:
    done = keeping.pipe.run_here(rows(keeping, "won", "SQL", "SQL", "lost"))
    keeping.linkedin.faults("element_failures", statuses={0: 400}, times=1)
    mended = by_stage({"when": "SQL", "rule": 102})
    assert keeping.replay(streams=mended) == (0, {"delivered": 1, "rejected": 1})
    reports = [msgspec.convert(one, Report) for one in (done.report, keeping.report())]
    assert [(line.outcome, line.code, line.events) for line in reports[1].replayed] == [
        ("rejected", "unknown_rule_value", 2)
    ]
    assert keeping.replay(streams=mended) == (0, {"delivered": 1})
    reports.append(msgspec.convert(keeping.report(), Report))
    once = lines_once(reports)
    ended = [(line.outcome, line.code, line.events) for line in once.lines if line.events]
    assert sorted(ended) == [("delivered", "", 1)] * 3 + [("rejected", "unknown_rule_value", 1)]
    assert once.told_anew == {"": 2, "102": 1}


def test_the_tap_s_own_way_and_a_replay_are_the_same_event(keeping: Past) -> None:
    lines = rows(keeping, "SQL", value="12.50", currency="EUR")
    keeping.pipe.run_here(lines)
    mended = by_stage({"when": "SQL", "rule": 102})
    assert keeping.replay(streams=mended) == (0, {"delivered": 1})
    assert keeping.linkedin.received[0]["conversionValue"] == {"currencyCode": "EUR", "amount": "12.50"}
    again = keeping.pipe.run_here(lines, streams=mended)
    assert again.counts == {"already_delivered": 1}
    assert again.codes("already_delivered") == {"": 1}


def test_only_the_mapped_columns_are_kept_for_this_user_alone(keeping: Past) -> None:
    streams = by_stage(fields={"company": "account.name"}, key=["id"])
    lines = rows(keeping, "SQL", account={"name": "Acme", "phone": "secret"})
    keeping.pipe.run_here(lines, streams=streams)
    path = outbox(keeping)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "secret" not in path.read_text()
    kept = json.loads(path.read_text())["row"]
    assert set(kept) == {"id", "email", "happened_at", "value", "currency", "stage", "account.name", "_sdc_deleted_at"}
    assert keeping.replay(streams=by_stage({"when": "SQL", "rule": 102}, fields={"company": "account.name"}))[1] == {
        "delivered": 1
    }


@pytest.mark.parametrize("settings", [{"keep_rejected_rows": False}, {"dry_run": True}])
def test_nothing_is_kept_unless_asked_for_nor_by_a_dry_run(keeping: Past, settings: dict[str, Any]) -> None:
    done = keeping.pipe.run_here(rows(keeping, "SQL"), **settings)
    assert done.counts == {"rejected": 1}
    assert not list((keeping.state_dir / "outbox").glob("*"))
    assert ("--full-refresh" in done.report["comes_back"]) != bool(settings.get("dry_run"))


def test_the_list_says_what_is_kept_and_what_is_not(keeping: Past) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL", "SQL"))
    found = keeping.companion.data("rejects", "list")
    assert (found["rows_kept"], [line["back"] for line in found["rejects"]]) == (2, ["replay_row", "replay_row"])
    _, out, _ = keeping.companion("rejects", "list")
    assert (
        f"next: mend the settings, then `linkedin-conversions rejects replay {keeping.companion.options}`; or mend it in the source"
        in out
    )
    assert "all are kept in the outbox for 30 days" in out
    assert "next: mend the settings" in keeping.companion("rejects", "list", "--all")[1]
    keeping.pipe.run_here(rows(keeping, "X"), keep_rejected_rows=False)
    _, out, _ = keeping.companion("rejects", "list")
    assert "the tap's bookmark is past it" in out


def test_a_key_is_said_to_come_back_as_the_list_says_it(keeping: Past) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL"))
    keeping.pipe.run_here(rows(keeping, "SQL"), keep_rejected_rows=False)
    (listed,) = keeping.companion.data("rejects", "list")["rejects"]
    shown = keeping.companion.data("rejects", "show", "--key", "0")["rejects"]
    assert [one["back"] for one in shown] == ["replay_row", listed["back"]] == ["replay_row", "tap"]


def test_what_a_replay_of_linkedin_s_rejects_takes_up_is_of_no_other_reason(keeping: Past) -> None:
    keeping.linkedin.faults("element_failures", statuses={0: 400}, times=1)
    done = keeping.pipe.run_here([*rows(keeping, "won", "won"), *rows(keeping, None, "won", happened_at="soon")[1:]])
    assert done.counts == {"delivered": 1, "rejected": 3}
    assert keeping.replay() == (0, {"delivered": 1})
    once = lines_once([msgspec.convert(one, Report) for one in (done.report, keeping.report())])
    lost = {line.code: line.events for line in once.lines if line.outcome == "rejected"}
    assert lost == {
        "linkedin": 0,
        **{code: count for code, count in done.codes("rejected").items() if code != "linkedin"},
    }


def test_a_row_of_a_key_is_shown_and_purged(keeping: Past) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL"))
    (row,) = keeping.companion.data("rejects", "show", "--key", "0")["rows"]
    assert keeping.companion.data("rejects", "show", "--key", "id=0")["rows"] == [row]
    assert (row["columns"], row["codes"]) == (["id"], ["unknown_rule_value"])
    found = keeping.companion.data("rejects", "purge", "--all", "--yes")
    assert found["events"] == {"told": 1, "rows": 1}
    assert not list((keeping.state_dir / "outbox").glob("*"))


def test_a_dry_run_of_a_replay_says_what_it_would_send_and_what_stays(keeping: Past) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL", "lost"))
    found = keeping.companion.data("rejects", "replay", "--dry-run", streams=by_stage({"when": "SQL", "rule": 102}))
    assert {(line["rule"], line["skipped"], line["events"]) for line in found["lines"]} == {
        ("102", "", 1),
        ("", "unknown_rule_value", 1),
    }
    _, out, _ = keeping.companion("rejects", "replay", "--dry-run", streams=by_stage({"when": "SQL", "rule": 102}))
    assert "1 rejected of stream leads would not be sent (unknown_rule_value)" in out
    assert keeping.linkedin.received == []


def test_a_row_with_several_events_stays_until_all_have_ended(keeping: Past) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL"))
    both = by_stage({"when": "SQL", "rule": [102, 103]})
    keeping.linkedin.add_rule(103, enabled=False)
    assert keeping.replay(streams=both, preflight=False) == (2, {"delivered": 1, "unsent": 1})
    assert outbox(keeping).exists()
    keeping.linkedin.add_rule(103)
    assert keeping.replay(streams=both) == (0, {"already_delivered": 1, "delivered": 1})
    assert not list((keeping.state_dir / "outbox").glob("*"))
    assert keeping.linkedin.summary()["taken_twice"] == []


@pytest.mark.parametrize("settings", [{}, {"send_once": False, "on_in_doubt": "resend"}])
def test_the_same_row_of_several_runs_is_sent_once(keeping: Past, settings: dict[str, Any]) -> None:
    lines = rows(keeping, "SQL")
    for _ in range(2):
        keeping.pipe.run_here(lines, **settings)
    assert keeping.replay(streams=by_stage({"when": "SQL", "rule": 102}), **settings) == (0, {"delivered": 1})
    assert not list((keeping.state_dir / "outbox").glob("*"))


def test_consent_suppression_and_the_start_of_today_hold_for_rows(keeping: Past, tmp_path: Path) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL"))
    mended = {"when": "SQL", "rule": 102}
    (tmp_path / "suppress.txt").write_text("row.0@example.com\n")
    assert keeping.replay(streams=by_stage(mended), suppress=str(tmp_path / "suppress.txt")) == (0, {})
    assert keeping.replay(streams=by_stage(mended), exclude_email_domains=["example.com"]) == (0, {})
    assert keeping.replay(streams=by_stage(mended, consent={"column": "note"})) == (0, {})
    assert keeping.linkedin.received == []
    assert outbox(keeping).exists()


def test_columns_that_were_not_kept_leave_the_row_and_say_so(keeping: Past) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL"))
    code, counts = keeping.replay(streams=by_stage({"when": "SQL", "rule": 102}, fields={"company": "note"}))
    assert (code, counts) == (0, {})
    (told,) = [text for text in keeping.report()["warnings"] if "hold only the columns" in text]
    assert "--full-refresh" in told
    assert keeping.replay(streams=[entry("deals")]) == (0, {})
    assert outbox(keeping).exists()


def test_rows_for_another_linkedin_stay(keeping: Past) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL"))
    path = outbox(keeping)
    line = json.loads(path.read_text())
    path.write_text(json.dumps({**line, "origin": "https://api.linkedin.com"}, separators=(",", ":")) + "\n")
    assert keeping.replay(streams=by_stage({"when": "SQL", "rule": 102})) == (0, {})
    assert path.exists()


def test_whole_numbers_that_only_their_name_would_make_an_amount_stay_none(keeping: Past) -> None:
    now = keeping.linkedin.now()
    names = ("id", "email", "happened_at", "currency", "stage", "amount")
    columns = schema("leads", *names)
    columns["schema"]["properties"]["amount"] = {"type": "integer"}
    streams = by_stage(only={"column": "amount", "is": [1999]})
    keeping.pipe.run_here([columns, record(now, 1, stage="SQL", amount=1999, currency="EUR")], streams=streams)
    assert keeping.replay(streams=by_stage({"when": "SQL", "rule": 102}))[1] == {"delivered": 1}
    assert "conversionValue" not in keeping.linkedin.received[0]


FORGED: dict[str, Any] = {
    "no stream": {"stream": ""},
    "a key that is no column": {"key": ["nothing"]},
    "a row that is none": {"row": {"id": 1}, "entries": "many"},
    "no codes": {"codes": 7},
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_row_is_never_sent_and_stays_and_the_others_are(keeping: Past, forged: str) -> None:
    keeping.pipe.run_here(rows(keeping, "SQL", "SQL"))
    path = outbox(keeping)
    first, second = map(json.loads, path.read_text().splitlines())
    broken = json.dumps({**first, **FORGED[forged]}, separators=(",", ":"))
    deep = '{"row":{"id":' + "[" * 100_000
    path.write_text(f"{broken}\n{deep}\n{json.dumps(second, separators=(',', ':'))}\n")
    assert keeping.replay(streams=by_stage({"when": "SQL", "rule": 102})) == (0, {"delivered": 1})
    assert path.read_text().splitlines() == [broken, deep]
    assert any("as a rejected row, nor can 1 more" in text for text in keeping.report()["warnings"])


def test_what_was_rejected_before_it_was_mapped_is_not_kept_and_the_list_says_how_it_comes_back(keeping: Past) -> None:
    now = keeping.linkedin.now()
    lines: list[Any] = [schema("leads", *COLUMNS), json.dumps(record(now, 2, stage="won", value=float("nan")))]
    lines += [record(now, 3, stage="SQL", value=10**400)]
    done = keeping.pipe.run_here(lines)
    assert (done.counts, done.report["rows_kept"]) == ({"rejected": 2}, 1)
    _, out, _ = keeping.companion("rejects", "list")
    assert "next: mend it, then run once with --full-refresh" in out
    assert "2 never became events; 1 is kept" in out


def test_what_stays_because_too_much_was_rejected_says_that_the_tap_brings_it_again(keeping: Past) -> None:
    done = keeping.pipe.run_here(rows(keeping, *["SQL"] * 25))
    assert (done.code, done.states) == (6, [])
    assert "STATE stays" in done.report["comes_back"]
