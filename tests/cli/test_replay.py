"""`linkedin-conversions rejects replay`, against LinkedIn on localhost."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.history import past_runs
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.outbox_file import OutboxFile
from tests.singer.pipe import COMPANION, entry, environment, record, schema

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Past

DAY = 86_400_000


def times_sent(past: Past) -> dict[str, int]:
    """How often LinkedIn took each event."""
    found: dict[str, int] = {}
    for event in past.linkedin.received:
        found[event["eventId"]] = found.get(event["eventId"], 0) + 1
    return found


def mails(path: Path, *numbers: int) -> str:
    path.write_text("".join(f"row.{number}@example.com\n" for number in numbers))
    return str(path)


def test_what_linkedin_rejected_is_delivered_once_after_the_mend(past: Past) -> None:
    past.rejected(1, 2, 3)
    assert past.linkedin.received == []
    assert past.replay() == (0, {"delivered": 3})
    assert list(times_sent(past).values()) == [1, 1, 1]
    assert past.kept() == []


@pytest.mark.parametrize("send_once", [True, False])
def test_a_second_replay_sends_nothing(past: Past, send_once: bool) -> None:  # noqa: FBT001
    settings = {"send_once": send_once, "on_in_doubt": "resend"}
    past.rejected(1, 2, **settings)
    assert past.replay(**settings) == (0, {"delivered": 2})
    requests = len(past.linkedin.requests)
    assert past.replay(**settings) == (0, {})
    assert len(past.linkedin.requests) == requests
    assert list(times_sent(past).values()) == [1, 1]


def test_what_was_delivered_leaves_the_outbox_though_the_report_cannot_be_written(past: Past) -> None:
    past.rejected(1, 2)
    last = past.state_dir / "runs" / "last.json"
    last.unlink()
    last.mkdir()
    code, out, err = past.companion("rejects", "replay", "--json")
    assert (code, json.loads(out)["outcome"]) == (2, "config")
    assert err.splitlines()[-1].startswith("outcome=config exit=2")
    assert past.kept() == []


def test_it_is_a_run_of_its_own_with_a_report_and_a_page(past: Past) -> None:
    run = past.rejected(1, 2)
    past.replay()
    report = past.report()
    assert report["run"] != run
    assert (report["records"], report["events"], report["counts"]) == (2, 2, {"delivered": 2})
    assert {f"{report['run']}.{kind}" for kind in ("json", "html")} <= {
        path.name for path in (past.state_dir / "runs").iterdir()
    }


def test_a_replay_of_nothing_hides_no_load_before_it(past: Past) -> None:
    run = past.rejected(1)
    past.replay()
    last = past.report()
    page = (past.state_dir / "runs/last.html").read_bytes()
    assert past.replay(run) == (0, {})
    assert past.report()["replayed_nothing"] is True
    assert json.loads(past.companion("runs", "last", "--json")[1]) == last
    assert (past.state_dir / "runs/last.html").read_bytes() == page
    assert [one.run for one in past_runs(Folder(str(past.state_dir)))] == [last["run"], run]


def test_json_is_the_report_alone(past: Past) -> None:
    past.rejected(1)
    code, out, err = past.companion("rejects", "replay", "--json")
    assert (code, json.loads(out)) == (0, past.report())
    assert err.splitlines()[-1].startswith("outcome=done exit=0 run=")


def test_what_is_rejected_again_is_in_the_rejects_and_the_outbox_of_the_new_run_alone(past: Past) -> None:
    past.rejected(1, 2)
    past.linkedin.faults("element_failures", statuses={0: 400}, times=1)
    assert past.replay() == (0, {"delivered": 1, "rejected": 1})
    report = past.report()
    assert [path.stem for path in (past.state_dir / "outbox").glob("*.jsonl")] == [report["run"]]
    (line,) = (past.state_dir / "rejects" / f"{report['run']}.jsonl").read_text().splitlines()
    assert json.loads(line)["key"] == {"id": past.kept("rejected")[0]}
    assert past.replay() == (0, {"delivered": 1})
    assert list(times_sent(past).values()) == [1, 1]


def test_a_key_that_identifies_a_person_is_a_digest_in_the_rejects_of_a_replay_too(past: Past) -> None:
    line = record(past.linkedin.now(), 1, deal="77-Ä", extern="77-Ä")
    streams = [entry(fields={"external_id": "extern"}, key=["extern"])]
    past.linkedin.faults("element_failures", times=2)
    past.pipe.run_here([schema("leads", "id", "email", "happened_at", "deal", "extern"), line], streams=streams)
    past.replay(streams=streams)
    for path in (past.state_dir / "rejects").iterdir():
        assert json.loads(path.read_text())["key"]["extern"].startswith("digest:")


def test_events_in_doubt_are_sent_again_only_when_asked(past: Past) -> None:
    past.in_doubt(1, 2)
    past.rejected(3)
    assert past.replay() == (0, {"delivered": 1})
    assert past.kept() == ["1", "2"]
    code, _, err = past.companion("rejects", "replay", "--in-doubt")
    assert code == 0
    assert "LinkedIn may then hold them twice" in err
    assert past.report()["counts"] == {"delivered": 2}
    assert [line["code"] for line in past.report()["lines"]] == ["resent"]
    assert sorted(times_sent(past).values()) == [1, 2, 2]
    assert past.replay("--in-doubt") == (0, {})


def test_the_decision_on_events_in_doubt_is_none_on_rejected_ones(past: Past) -> None:
    past.rejected(1)
    past.linkedin.faults("drop_after", times=1)
    assert past.replay("--in-doubt") == (0, {"in_doubt": 1})
    assert past.kept() == ["1"]
    assert list(times_sent(past).values()) == [1]


def test_what_was_delivered_meanwhile_is_not_sent(past: Past) -> None:
    run = past.rejected(1)
    line = json.loads((past.state_dir / "outbox" / f"{run}.jsonl").read_text())
    again = record(past.linkedin.now(), 1, happened_at=line["event"]["conversionHappenedAt"])
    past.pipe.run_here([schema(), again])
    assert past.replay() == (0, {"already_delivered": 1})
    assert past.kept() == []
    assert list(times_sent(past).values()) == [1]


def test_only_the_named_run_stream_or_rule_is_replayed(past: Past) -> None:
    streams = [entry("leads", 101), entry("deals", 102)]
    first = past.rejected(1, streams=streams)
    past.rejected(2, stream="deals", streams=streams)
    past.rejected(3, streams=streams)
    assert past.replay(first, streams=streams) == (0, {"delivered": 1})
    assert past.replay("--rule", "103", streams=streams) == (0, {})
    assert past.replay("--rule", "urn:lla:llaPartnerConversion:102", streams=streams) == (0, {"delivered": 1})
    assert past.replay("--stream", "deals", streams=streams) == (0, {})
    assert past.kept() == ["3"]
    assert past.replay("--stream", "leads", streams=streams) == (0, {"delivered": 1})


def test_a_replay_of_nothing_says_what_the_outbox_holds_and_was_not_asked_for(past: Past) -> None:
    past.rejected(1, 2)
    past.in_doubt(3)
    past.companion("rejects", "replay", "--rule", "101")
    past.rejected(4, 5)
    for more in ((), ("--dry-run",)):
        _, out, _ = past.companion("rejects", "replay", "--rule", "999", *more)
        held = "2 rejected events and 1 event in doubt (replayed only with --in-doubt)"
        assert out.strip() == f"nothing was replayed; the outbox holds {held}"
    past.companion("rejects", "purge", "--all", "--yes")
    assert past.companion("rejects", "replay")[1] == "nothing to replay in the outbox\n"


@pytest.mark.parametrize("settings", [{}, {"send_once": False, "on_in_doubt": "resend"}])
def test_an_event_that_several_runs_kept_is_sent_once_as_the_newest_has_it(past: Past, settings: Any) -> None:
    now = past.linkedin.now()
    outbox = past.state_dir / "outbox"
    for value in (1, 2):
        past.linkedin.faults("element_failures", times=1)
        lines = [schema(), record(now, 1, value=value, currency="EUR")]
        done = past.pipe.run_here(lines, **settings)
        day = f"{done.report['run'][:6]}{value:02}{done.report['run'][8:]}"
        (outbox / f"{done.report['run']}.jsonl").rename(outbox / f"{day}.jsonl")
    assert past.replay(**settings)[0] == 0
    (event,) = past.linkedin.received
    assert event["conversionValue"]["amount"] == "2"
    assert past.kept() == []


def test_who_is_on_the_suppress_list_now_is_not_sent_and_the_line_stays(past: Past, tmp_path: Path) -> None:
    past.rejected(1, 2)
    suppress = mails(tmp_path / "suppress.txt", 1)
    assert past.replay(suppress=suppress) == (0, {"delivered": 1, "skipped": 1})
    assert [line["code"] for line in past.report()["lines"] if line["outcome"] == "skipped"] == ["suppressed"]
    assert len(past.linkedin.received) == 1
    assert past.kept() == ["1"]


def test_what_lies_before_the_start_is_not_sent(past: Past) -> None:
    past.rejected(1)
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(past.linkedin.now() / 1000 + 60))
    assert past.replay(not_before=later) == (0, {"skipped": 1})
    streams = [entry(not_before=later)]
    assert past.replay(streams=streams) == (0, {"skipped": 1})
    assert past.linkedin.received == []
    assert past.kept() == ["1"]


@pytest.mark.parametrize("outcome", ["skipped", "rejected"])
def test_what_grew_too_old_ends_as_the_settings_say(past: Past, outcome: str) -> None:
    run = past.rejected(1)
    path = past.state_dir / "outbox" / f"{run}.jsonl"
    line = json.loads(path.read_text())
    line["event"]["conversionHappenedAt"] -= 91 * DAY
    path.write_text(json.dumps(line) + "\n")
    word = {"skipped": "skip", "rejected": "reject"}[outcome]
    assert past.replay(on_too_old=word) == (0, {outcome: 1})
    assert [line["code"] for line in past.report()["lines"]] == ["too_old"]
    assert past.linkedin.received == []
    assert past.kept() == (["1"] if outcome == "rejected" else [])


@pytest.mark.parametrize("settings", [{}, {"send_once": False, "on_in_doubt": "resend"}])
def test_while_linkedin_cannot_be_reached_every_line_stays(past: Past, settings: Any) -> None:
    past.rejected(1, 2, **settings)
    before = {path.name: path.read_bytes() for path in (past.state_dir / "outbox").iterdir()}
    past.linkedin.faults("answer_503")
    code, counts = past.replay(retry_for_seconds=0, **settings)
    assert (code, counts) == (5, {"unsent": 2})
    assert {path.name: path.read_bytes() for path in (past.state_dir / "outbox").iterdir()} == before
    past.linkedin.clear_faults()
    assert past.replay(**settings) == (0, {"delivered": 2})


def test_a_rule_that_linkedin_refuses_stops_alone_and_its_lines_stay(past: Past) -> None:
    streams = [entry("leads", 101), entry("deals", 102)]
    past.rejected(1, streams=streams)
    past.rejected(2, stream="deals", streams=streams)
    past.linkedin.add_rule(101, enabled=False)
    assert past.replay(streams=streams, preflight=False) == (2, {"delivered": 1, "unsent": 1})
    assert past.kept() == ["1"]


def test_a_dead_token_exits_3_and_keeps_all_lines(past: Past) -> None:
    past.rejected(1)
    assert past.replay(access_token="dead") == (3, {"unsent": 1})
    assert past.kept() == ["1"]


def test_the_quota_of_the_day_holds_for_replays(past: Past) -> None:
    past.rejected(1)
    assert past.replay(requests_per_day=1) == (4, {"unsent": 1})
    assert past.kept() == ["1"]


def test_too_many_rejected_again_exit_6(past: Past) -> None:
    numbers = range(25)
    past.rejected(*numbers)
    past.linkedin.faults("element_failures", statuses=dict.fromkeys(numbers, 400), times=1)
    assert past.replay() == (6, {"rejected": 25})
    assert len(past.kept()) == 25


def test_dry_run_only_counts(past: Past, tmp_path: Path) -> None:
    past.rejected(1, 2)
    past.in_doubt(3)
    before = {path: path.read_bytes() for path in past.state_dir.rglob("*.json*")}
    requests = len(past.linkedin.requests)
    suppress = mails(tmp_path / "suppress.txt", 1)
    found = past.companion.data("rejects", "replay", "--dry-run", suppress=suppress, access_token=None)
    assert {(line["outcome"], line["skipped"], line["events"]) for line in found["lines"]} == {
        ("rejected", "", 1),
        ("rejected", "suppressed", 1),
    }
    code, out, _ = past.companion("rejects", "replay", "--in-doubt", dry_run=True)
    assert code == 0
    assert "1 in_doubt of stream leads, rule 101 would be sent" in out
    assert len(past.linkedin.requests) == requests
    assert {path: path.read_bytes() for path in past.state_dir.rglob("*.json*")} == before


def test_what_a_dry_run_kept_is_never_replayed(past: Past) -> None:
    past.deliver(1, dry_run=True)
    assert past.kept("would_send") == ["1"]
    assert past.replay("--in-doubt") == (0, {})
    assert past.kept("would_send") == ["1"]


def test_what_was_bound_for_elsewhere_stays(past: Past) -> None:
    run = past.rejected(1)
    path = past.state_dir / "outbox" / f"{run}.jsonl"
    path.write_text(json.dumps({**json.loads(path.read_text()), "origin": "https://api.linkedin.com"}) + "\n")
    assert past.replay() == (0, {})
    assert "1 event of the outbox is for another api_url" in past.report()["warnings"][0]
    assert past.kept() == ["1"]


def test_a_line_of_an_earlier_release_is_replayed_and_one_that_was_cut_stays(past: Past) -> None:
    run = past.rejected(1)
    path = past.state_dir / "outbox" / f"{run}.jsonl"
    line = json.loads(path.read_text())
    old = {name: line[name] for name in line if name not in {"key", "private"}}
    path.write_text(json.dumps(old) + "\n" + '{"outcome":"rejec')
    assert past.replay() == (0, {"delivered": 1})
    assert f"line 2 of {path} cannot be read" in past.report()["warnings"]
    assert path.read_text() == '{"outcome":"rejec'


def test_the_rewritten_outbox_is_private(past: Past) -> None:
    run = past.rejected(1, 2)
    past.in_doubt(3)
    folder = past.state_dir / "outbox"
    assert past.replay(run, "--rule", "101")[0] == 0
    with (folder / f"{run}.jsonl").open("wb"):
        pass
    past.rejected(4, 5)
    past.replay(suppress=mails(past.state_dir / "list.txt", 4))
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.jsonl") if path.stat().st_size} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list(folder.glob(".*"))


def test_the_outbox_of_a_run_that_still_writes_is_left_alone(past: Past) -> None:
    run = past.rejected(1)
    writing = Journal(Folder(str(past.state_dir)), f"outbox/{run}.jsonl")
    writing.write(b"")
    writing.flush()
    assert past.replay() == (0, {})
    assert "in use by another run or replay" in past.report()["warnings"][0]
    writing.close()
    assert past.replay() == (0, {"delivered": 1})


def test_two_replays_at_once_share_no_file(past: Past) -> None:
    run = past.rejected(1)
    other = OutboxFile(Folder(str(past.state_dir)), run)
    assert other.hold()
    assert past.replay() == (0, {})
    other.release()
    assert past.replay() == (0, {"delivered": 1})


def test_killed_before_the_outbox_is_rewritten_nothing_is_sent_twice_or_lost(past: Past) -> None:
    past.rejected(1, 2, 3)
    dying = (
        "import os\n"
        "from target_linkedin_conversions.reporting.outbox_file import OutboxFile\n"
        "OutboxFile.drop = lambda *_: os._exit(9)\n"
        "from target_linkedin_conversions.cli.main import main\n"
        "main()\n"
    )
    assert ended(process(past, [sys.executable, "-c", dying]))[0] == 9
    assert past.kept() == ["1", "2", "3"]
    assert len(past.linkedin.received) == 3
    assert past.replay() == (0, {"already_delivered": 3})
    assert list(times_sent(past).values()) == [1, 1, 1]
    assert past.kept() == []


def test_killed_while_linkedin_answers_nothing_is_lost(past: Past) -> None:
    past.rejected(1, 2)
    past.linkedin.faults("drop_before", delay=3.0, times=1)
    killed = process(past)
    wait_for_a_fault(past)
    killed.kill()
    assert ended(killed)[0] == -signal.SIGKILL
    assert sorted(past.kept()) == ["1", "2"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_as_it_ends_the_target(past: Past, number: signal.Signals) -> None:
    past.rejected(1, 2)
    past.linkedin.faults("answer_503", times=1000)
    asked = process(past, retry_for_seconds=60)
    wait_for_a_fault(past)
    asked.send_signal(number)
    code, last = ended(asked)
    assert code == 128 + number
    assert last.startswith(f"outcome=terminated exit={128 + number} run=")
    assert past.kept() == ["1", "2"]


def process(past: Past, program: list[str] | None = None, **settings: Any) -> subprocess.Popen[bytes]:
    """A replay in a process of its own."""
    return subprocess.Popen(
        [*(program or COMPANION), "rejects", "replay", "--config", str(past.pipe.file(**settings))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=past.pipe.folder,
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Its exit code, and its last line."""
    _, err = process.communicate(timeout=30)
    return process.returncode, (err.decode().splitlines() or [""])[-1]


def wait_for_a_fault(past: Past) -> None:
    """Until the last fault that was ordered has hit a request."""
    until = time.monotonic() + 60
    while not past.linkedin.ordered_faults[-1]["fired"]:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_disk_that_cannot_hold_the_new_outbox_costs_no_line_of_the_old(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.rejected(1)
    past.linkedin.faults("element_failures", times=1)
    append = Folder.append

    def full(folder: Folder, name: str) -> Any:
        if name.startswith("outbox/"):
            raise OSError(28, os.strerror(28))
        return append(folder, name)

    monkeypatch.setattr(Folder, "append", full)
    code, _ = past.replay()
    assert code == 2
    monkeypatch.undo()
    assert past.kept() == ["1"]


@pytest.mark.parametrize("arguments", [("20260101T000000Z-0a1b2c3d",), ("nonsense",), ("--rule", "abc")])
def test_what_cannot_be_asked_for_exits_2_with_its_last_line(past: Past, arguments: tuple[str, ...]) -> None:
    code, _, err = past.companion("rejects", "replay", *arguments)
    assert code == 2
    assert err.splitlines()[-1] == "outcome=config exit=2"


def test_no_identifier_is_said_or_told(past: Past) -> None:
    past.rejected(1, 2)
    past.linkedin.faults("element_failures", times=1)
    _, out, err = past.companion("rejects", "replay")
    digests = {found["idValue"] for event in past.linkedin.received for found in event["user"]["userIds"]}
    told = [out, err]
    told += [path.read_text() for under in ("runs", "rejects") for path in (past.state_dir / under).iterdir()]
    for text in told:
        assert "example.com" not in text
        assert not any(digest in text for digest in digests)


def test_a_replay_of_nothing_left_a_report_and_no_page_and_that_is_said(past: Past) -> None:
    past.replay()
    run = past.report()["run"]
    code, _, err = past.companion("runs", "open", run)
    assert (code, f"`linkedin-conversions runs show {run} {past.companion.options}` shows its report" in err) == (
        2,
        True,
    ), err
    assert past.companion("runs", "show", run)[0] == 0
