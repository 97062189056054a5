"""`linkedin-conversions ledger mark`, beside runs of the target on the same rows."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from target_linkedin_conversions.delivery.delivery import ledger_of
from target_linkedin_conversions.ledger import Status, tables
from target_linkedin_conversions.settings import Settings
from tests.singer.pipe import COMPANION, as_bytes, ends_of, entry, environment, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.cli.conftest import Past
    from tests.singer.pipe import Line


@pytest.fixture(autouse=True)
def process_as_it_was() -> Iterator[None]:
    """A marking takes the signals of its process, as a run does."""
    signals = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    handlers = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers[:] = handlers
    for number, action in signals.items():
        signal.signal(number, action)


class Marking:
    """`ledger mark` on lines of a tap, beside runs of the target on the same."""

    def __init__(self, past: Past) -> None:
        self.past = past
        self.now = past.linkedin.now()

    def lines(self, *numbers: int, stream: str = "leads") -> list[Line]:
        return [schema(stream), *[record(self.now, number, stream) for number in numbers], state(at=1)]

    def __call__(self, lines: Iterable[Line], *arguments: str, **settings: Any) -> dict[str, Any]:
        code, out, _ = self.told(lines, *arguments, "--json", **settings)
        found: dict[str, Any] = json.loads(out)
        assert (code, len(out.splitlines())) == (found["exit_code"], 1)
        return found

    def told(self, lines: Iterable[Line], *arguments: str, **settings: Any) -> tuple[int, str, str]:
        path = self.past.companion.folder / "mark.singer"
        path.write_bytes(as_bytes(lines))
        return self.past.companion("ledger", "mark", "--input", str(path), *arguments, **settings)

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self.past.companion.data("ledger", "stats")
        return found

    def run(self, lines: Iterable[Line], **settings: Any) -> dict[str, int]:
        return self.past.pipe.run_here(lines, **settings).counts


@pytest.fixture(params=["sqlite", "postgresql"])
def mark(request: pytest.FixtureRequest, past: Past) -> Marking:
    if request.param == "postgresql":
        past.pipe.config["ledger_url"] = request.getfixturevalue("postgresql_url")
    return Marking(past)


@pytest.fixture
def mark_here(past: Past) -> Marking:
    return Marking(past)


def test_what_was_marked_is_not_sent_by_a_run(mark: Marking) -> None:
    found = mark(mark.lines(1, 2, 3), access_token=None)
    assert (found["marked"], found["known"], found["requests"], ends_of(found)) == (
        3,
        0,
        0,
        {"already_delivered:marked": 3},
    )
    assert mark.past.linkedin.requests == []
    assert mark.run(mark.lines(1, 2, 3, 4)) == {"already_delivered": 3, "delivered": 1}
    assert len(mark.past.linkedin.received) == 1
    assert mark.stats()["delivered"] == 4


def test_what_is_known_is_counted_apart(mark: Marking) -> None:
    mark.run(mark.lines(1, 2))
    changed = [schema(), record(mark.now, 2, value="7", currency="EUR"), record(mark.now, 3)]
    assert ends_of(mark([*mark.lines(1), *changed])) == {
        "already_delivered": 1,
        "already_delivered:changed": 1,
        "already_delivered:marked": 1,
    }


def test_an_event_that_comes_twice_is_marked_once(mark_here: Marking) -> None:
    again = [*mark_here.lines(1, 2, 1), *mark_here.lines(2, 3)]
    for size in (1, 5000):
        found = mark_here(again, batch_size_rows=size, state_dir=str(mark_here.past.state_dir / str(size)))
        assert (found["marked"], found["known"]) == (3, 2)


def test_a_marking_goes_by_the_same_streams_rules_and_consent(mark_here: Marking) -> None:
    rules = {"column": "stage", "rules": [{"when": "MQL", "rule": 101}, {"when": "won", "rule": [102, 103]}]}
    streams = [entry("deals", rules, consent={"column": "ok", "granted": [True]})]
    rows = [("MQL", True), ("won", True), ("won", False), ("lost", True)]
    lines: list[Line] = [schema("deals", "id", "email", "happened_at", "stage", "ok"), schema("others")]
    for number, (stage, ok) in enumerate(rows):
        lines.append(record(mark_here.now, number, "deals", stage=stage, ok=ok))
    old = mark_here.now - 100 * 86_400_000
    lines += [
        record(mark_here.now, 9, "others"),
        record(mark_here.now, 8, "deals", stage="MQL", ok=True, happened_at=old),
    ]
    found = mark_here(lines, streams=streams)
    assert ends_of(found) == {
        "already_delivered:marked": 3,
        "rejected:unknown_rule_value": 1,
        "skipped:no_consent": 1,
        "skipped:stream_not_configured": 1,
        "skipped:too_old": 1,
    }
    assert {line["rule"]: line["events"] for line in found["lines"] if line["code"] == "marked"} == {
        "101": 1,
        "102": 1,
        "103": 1,
    }
    assert mark_here.run(lines, streams=streams)["already_delivered"] == 3


def test_only_what_happened_before_is_marked_and_a_run_sends_the_rest(mark: Marking) -> None:
    lines = mark.lines(1, 2, 3_600_000, 3_600_001)
    before = datetime.fromtimestamp((mark.now - 1_800_000) / 1000, UTC).isoformat()
    found = mark(lines, "--before", before)
    assert (found["marked"], found["left_to_a_run"]) == (2, 2)
    assert ends_of(found) == {"already_delivered:marked": 2, "skipped:left_to_a_run": 2}
    assert mark.run(lines) == {"delivered": 2, "already_delivered": 2}


def test_a_dry_run_only_counts(mark: Marking) -> None:
    found = mark(mark.lines(1, 2), "--dry-run")
    assert (found["marked"], found["dry_run"], ends_of(found)) == (2, True, {"already_delivered:would_mark": 2})
    assert not mark.stats()["ledger_exists"]
    mark.run(mark.lines(1))
    assert ends_of(mark(mark.lines(1, 2, 2), "--dry-run")) == {
        "already_delivered": 2,
        "already_delivered:would_mark": 1,
    }
    assert mark.stats()["identities"] == 1
    assert not list((mark.past.state_dir / "outbox").glob("*")), "nothing of a person is kept"


def test_settings_that_ask_for_a_dry_run_are_heard(mark_here: Marking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mark_here(mark_here.lines(1), dry_run=True)["dry_run"]
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_DRY_RUN", "yes")
    assert mark_here(mark_here.lines(1), "--config", "ENV")["dry_run"]
    assert not mark_here.stats()["ledger_exists"]


def test_an_event_in_doubt_that_is_marked_is_delivered(mark: Marking) -> None:
    mark.past.linkedin.faults("drop_after", times=1)
    assert mark.run(mark.lines(1, 2)) == {"in_doubt": 2}
    assert mark(mark.lines(1, 2, 3))["marked"] == 3
    found = mark.stats()
    assert (found["in_doubt"], found["delivered"], found["resent"]) == (0, 3, 0)
    assert mark.run(mark.lines(1, 2, 3)) == {"already_delivered": 3}


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_what_a_live_worker_is_sending_is_left_to_it(mark: Marking, dry: list[str]) -> None:
    mark(mark.lines(1))
    mark(mark.lines(2, 3))
    settings = Settings.load(mark.past.pipe.config)
    ledger = ledger_of(settings, "alive")
    with closing(ledger):
        ledger.open()
        with ledger.database.transaction() as connection:
            worker = connection.scalar(select(func.max(tables.workers.c.id)))
            last = tables.batches.c.id == select(func.max(tables.batches.c.id)).scalar_subquery()
            leaving = {"status": Status.LEAVING, "worker": worker}
            connection.execute(update(tables.batches).where(last).values(leaving))
        found = mark(mark.lines(1, 2, 3, 3, 4), *dry)
        assert (found["marked"], found["known"], found["being_sent"]) == (1, 1, 3)
        code, out, _ = mark.told(mark.lines(2, 3), *dry)
        assert (code, "2 left to a run that is sending them now" in out) == (0, True)
        assert mark.stats()["leaving"] == 2


def test_a_marking_leaves_the_report_of_a_run_and_no_state(mark_here: Marking) -> None:
    code, out, err = mark_here.told(mark_here.lines(1, 2))
    assert (code, err) == (0, "")
    assert out.startswith("2 events marked as delivered, 0 already known\n")
    assert '"at"' not in out
    report = mark_here.past.report()
    assert (report["outcome"], report["counts"], report["requests"]) == ("done", {"already_delivered": 2}, 0)
    assert (mark_here.past.state_dir / "runs" / f"{report['run']}.json").exists()
    assert mark_here.past.companion.data("quota")["used_today"] == 0


def test_a_marking_needs_identities(mark_here: Marking) -> None:
    code, out, err = mark_here.told(mark_here.lines(1), send_once=False, on_in_doubt=None)
    assert (code, out) == (2, "")
    assert "set send_once: true" in err


def test_a_broken_input_exits_7_and_what_was_marked_stays(mark_here: Marking) -> None:
    lines = [*mark_here.lines(1, 2, 3), '{"type": "RECORD", secret.person@example.com']
    code, out, err = mark_here.told(lines, batch_size_rows=2)
    assert (code, out.splitlines()[0]) == (7, "2 events marked as delivered, 0 already known")
    assert "line 6" in err
    assert "example.com" not in out + err
    found = mark_here(lines, batch_size_rows=2)
    assert (found["outcome"], found["exit_code"], found["known"]) == ("input", 7, 2)


def test_a_fault_of_ours_exits_1_and_tells_nothing_of_a_record(
    mark_here: Marking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: Any, **__: Any) -> None:
        raise RuntimeError("row.1@example.com")

    monkeypatch.setattr("target_linkedin_conversions.delivery.marking.Marking.carry", fault)
    code, out, err = mark_here.told(mark_here.lines(1))
    assert (code, err) == (1, "Error: a fault in this program: RuntimeError\n")
    assert "example.com" not in out


@pytest.mark.parametrize("before", ["yesterday", "2026-13-01", ""])
def test_a_time_that_is_none_exits_2(mark_here: Marking, before: str) -> None:
    code, _, err = mark_here.told(mark_here.lines(1), "--before", before)
    assert (code, "2026-11-01T00:00:00Z" in err) == (2, True)


def test_a_marking_reads_stdin(mark_here: Marking) -> None:
    path = mark_here.past.pipe.file()
    done = subprocess.run(
        [*COMPANION, "ledger", "mark", "--config", str(path), "--json"],
        input=as_bytes(mark_here.lines(1, 2)),
        capture_output=True,
        check=False,
        timeout=60,
        env=environment(),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["marked"] == 2


def test_a_person_is_nowhere_but_in_the_input(mark_here: Marking) -> None:
    companion = mark_here.past.companion
    mark_here(mark_here.lines(1, 2))
    companion("ledger", "export", str(mark_here.past.state_dir / "ledger.jsonl"))
    found = b"".join(file.read_bytes() for file in mark_here.past.state_dir.rglob("*") if file.is_file())
    for text in ("row.1@example.com", sha256(b"row.1@example.com").hexdigest(), "example.com"):
        assert text.encode() not in found
    assert mark_here.stats()["identities"] == 2


NOBODY = {
    "no_consent": {"streams": [entry() | {"consent": {"column": "value"}}]},
    "no_time": {"streams": [entry(fields={"happened_at": "value"})]},
}


@pytest.mark.parametrize("settings", NOBODY.values(), ids=NOBODY)
def test_marking_nothing_of_something_is_a_warning(mark: Marking, settings: dict[str, Any]) -> None:
    code, _, told = mark.told(mark.lines(1, 2), **settings)
    assert code == 0
    assert "warning: nothing of 2 records was marked" in told


def test_marking_what_is_known_or_left_to_a_run_is_none(mark: Marking) -> None:
    assert "warning" not in mark.told(mark.lines(1))[2]
    assert "warning" not in mark.told(mark.lines(1))[2]
    assert "warning" not in mark.told(mark.lines(2), "--before", "2020-01-01")[2]
    assert "warning" not in mark.told(mark.lines(3), "--dry-run")[2]
    assert "warning" not in mark.told([])[2]


def test_stream_maps_in_the_parts_that_meltano_writes_are_marked_as_a_run_sends_them(
    mark: Marking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them the column `mail` is nobody's e-mail."""
    maps = {"leads": {"email": "mail.lower()", "mail": "__NULL__"}}
    lines = [schema("leads", "id", "mail", "happened_at")]
    for number in (1, 2, 3):
        row = record(mark.now, number)
        row["record"]["mail"] = row["record"].pop("email").upper()
        lines.append(row)
    prefix = "TARGET_LINKEDIN_CONVERSIONS_STREAM_MAPS"
    monkeypatch.setenv(prefix, '{"leads.email": "mail.lower()", "leads.mail": "__NULL__"}')
    monkeypatch.setenv(f"{prefix}_LEADS_EMAIL", "mail.lower()")
    monkeypatch.setenv(f"{prefix}_LEADS_MAIL", "__NULL__")
    assert mark(lines, "--config", "ENV")["marked"] == 3
    run = mark.past.pipe.run_here(lines, stream_maps=maps)
    assert (run.code, run.counts) == (0, {"already_delivered": 3}), run.stderr


@pytest.mark.parametrize("came", [b"id,email\n1,jane@example.com\n", b"nonsense\n", b"PK\x03\x04", b"[1]\n"])
def test_whoever_pipes_in_something_else_is_not_told_to_send_it(mark_here: Marking, came: bytes) -> None:
    path = mark_here.past.companion.folder / "mark.csv"
    path.write_bytes(came)
    code, _, err = mark_here.past.companion("ledger", "mark", "--input", str(path))
    assert (code, "conversions send" in err, "| target-linkedin" in err) == (7, False, False), err
    assert "any other command sends the events" in err
