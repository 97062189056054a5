"""The tap of results: the SDK's standard tests of a tap, and what it promises beside them."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from singer_sdk.testing import get_tap_test_class

from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.ledger import Ledger
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.keys import PublicKeys
from target_linkedin_conversions.reporting.report import EarlierRun
from target_linkedin_conversions.reporting.results import Results
from target_linkedin_conversions.results_tap.tap import TapLinkedInConversionsResults
from target_linkedin_conversions.sandbox import Sandbox
from tests.reporting.page_samples import bare
from tests.reporting.test_results import ended
from tests.singer.pipe import Pipe, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG: dict[str, Any] = {"state_dir": "."}
"""Filled in before the tests: the folder is not known when this file is read."""
ADDRESS = "row.1@example.com"
ROW_KEYS = ("run", "line", "rule", "day")
"""The columns that are a key in one of the streams."""


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipe]:
    """Two runs with rejects and results, and a reconciliation after them."""
    folder = tmp_path_factory.mktemp("past")
    with pytest.MonkeyPatch.context() as patch, Sandbox(reporting_lag_hours=0) as linkedin:
        patch.setattr("os.umask", lambda _mask: 0)
        pipe = Pipe(folder, linkedin)
        pipe.config |= {"results_log": True, "account_id": 512345678, "max_reject_ratio": 1}
        at = linkedin.now() - 60_000
        load(pipe, at, 1, 2)
        load(pipe, at, 2, 3)
        counts = folder / "counts.csv"
        counts.write_text(f"day,rule,count\n{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d},101,4\n")
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            companion(["reconcile", "--json", "--config", str(pipe.file()), "--source", str(counts)])
        CONFIG["state_dir"] = str(pipe.state_dir)
        yield pipe


def load(pipe: Pipe, at: int, *numbers: int) -> None:
    rows = [record(at, number) for number in numbers]
    done = pipe.run_here([schema(), *rows, record(at, 9, email=None), state(at=1)])
    assert done.code == 0, done.stderr


@pytest.fixture(autouse=True)
def _past_runs(past: Pipe) -> None:
    """Before each test, also those of the SDK."""


@pytest.fixture(scope="class", autouse=True)
def _past_runs_of_a_class(past: Pipe) -> None:
    """Before what the SDK's tests share."""


Standard: Any = get_tap_test_class(TapLinkedInConversionsResults, config=CONFIG)


class TestStandard(Standard):  # type: ignore[misc]  # the SDK builds the class as it runs
    """Every standard test of a tap, its streams and their columns."""


def sync(state_before: dict[str, Any] | None = None, **config: Any) -> tuple[dict[str, list[dict[str, Any]]], Any, str]:
    """The records by stream, the last state, and everything that was written."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        TapLinkedInConversionsResults(config={**CONFIG, **config}, state=state_before).sync_all()
    records: dict[str, list[dict[str, Any]]] = {}
    last: Any = None
    for line in out.getvalue().splitlines():
        message = json.loads(line)
        if message["type"] == "RECORD":
            records.setdefault(message["stream"], []).append(message["record"])
        elif message["type"] == "STATE":
            last = message["value"]
    return records, last, out.getvalue()


def test_every_column_but_texts_is_there_once() -> None:
    """The SDK's tests of columns look at the values of whichever comes first (measured), and warn where it has none."""
    records, _, _ = sync()
    for stream in TapLinkedInConversionsResults(config=CONFIG).discover_streams():
        for column, told in stream.schema["properties"].items():
            is_text = set(told["type"]) <= {"string", "null"} and "format" not in told
            assert is_text or any(row[column] is not None for row in records[stream.name]), (stream.name, column)


def test_it_tells_of_each_row_what_became_of_it() -> None:
    records, _, _ = sync()
    found = [(row["key_value"], row["rule"], row["outcome"], row["code"]) for row in records["results"]]
    assert sorted(found) == [
        ("1", "101", "delivered", ""),
        ("2", "101", "already_delivered", ""),
        ("2", "101", "delivered", ""),
        ("3", "101", "delivered", ""),
        ("9", "101", "rejected", "no_identifier"),
        ("9", "101", "rejected", "no_identifier"),
    ]
    runs = [(row["outcome"], row["delivered"], row["rejected"]) for row in records["runs"]]
    assert runs == [("done", 2, 1), ("done", 1, 1)]
    assert [row["code"] for row in records["rejects"]] == ["no_identifier"] * 2
    assert {(row["rule"], row["name"], row["delivered"], row["campaigns"]) for row in records["conversion_rules"]} == {
        ("101", "Lead (server)", 3, 1)
    }
    assert [(row["sent"], row["counted"]) for row in records["reconciliation"]] == [(3, 3)]


def test_every_row_has_a_key_of_its_own() -> None:
    records, _, _ = sync()
    streams = TapLinkedInConversionsResults(config=CONFIG).streams
    for name, rows in records.items():
        keys = [tuple(row[column] for column in streams[name].primary_keys) for row in rows]
        assert len(set(keys)) == len(keys), name


def test_no_part_of_a_key_is_empty_for_loaders_through_csv_make_null_of_empty_text() -> None:
    records, _, _ = sync()
    streams = TapLinkedInConversionsResults(config=CONFIG).streams
    for name, rows in records.items():
        assert all(row[column] not in {"", None} for row in rows for column in streams[name].primary_keys), name


def test_no_identifier_is_in_it() -> None:
    from hashlib import sha256  # noqa: PLC0415 - this test alone needs a hash

    _, _, written = sync()
    assert ADDRESS not in written
    assert sha256(ADDRESS.encode()).hexdigest() not in written


def test_a_sync_goes_on_where_the_one_before_it_stopped(past: Pipe) -> None:
    _, before, _ = sync()
    folder, run = Folder(str(past.state_dir)), "20200101T000000Z-00000000"
    report = json.loads(folder.read("runs/last.json") or b"{}")
    told = {**report, "run": run, "ended": "2020-01-01T00:00:00+00:00"}
    folder.write(f"runs/{run}.json", json.dumps(told).encode())
    try:
        first, _, _ = sync()
        second, after, _ = sync(before)
    finally:
        folder.remove(f"runs/{run}.json")
    assert run in {row["run"] for row in first["runs"]}
    # Those of the last hour come again, under the same keys.
    assert {row["run"] for row in second["runs"]} == {row["run"] for row in first["runs"]} - {run}
    assert after["bookmarks"]["runs"]["replication_key_value"] == max(row["ended"] for row in first["runs"])


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 59), st.booleans()), min_size=1, max_size=5))
def test_syncs_among_runs_that_end_miss_no_row_and_bring_none_under_another_key(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[int, bool]]
) -> None:
    """Also of a report that can be read only some minutes after the run's end that it names."""
    place = str(tmp_path_factory.mktemp("interleaved"))
    folder, base = Folder(place), datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    state_so_far: Any = None
    warehouse: dict[tuple[str, ...], dict[str, Any]] = {}

    def load_into(target: dict[tuple[str, ...], dict[str, Any]], before: Any) -> Any:
        records, after, _ = sync(before, state_dir=place)
        for stream, rows in records.items():
            target.update({(stream, *(str(row.get(name)) for name in ROW_KEYS)): row for row in rows})
        return after

    for number, (late, is_synced) in enumerate(runs):
        at = base + timedelta(minutes=10 * number - late)
        run = f"{at:%Y%m%dT%H%M%SZ}-{number:08x}"
        log = Results(folder, run, PublicKeys(str))
        ended(log, number, number + 100, outcome=Outcome.DELIVERED)
        log.close()
        line = {"stream": "deals", "rule": "101", "outcome": "delivered", "code": "", "events": 2}
        report = {"run": run, "version": "1", "started": at.isoformat(), "ended": at.isoformat(), "seconds": 1}
        told = {**report, "outcome": "done", "exit_code": 0, "counts": {"delivered": 2}, "lines": [line]}
        folder.write(f"runs/{run}.json", json.dumps(told).encode())
        if is_synced:
            state_so_far = load_into(warehouse, state_so_far)
    load_into(warehouse, state_so_far)
    whole: dict[tuple[str, ...], dict[str, Any]] = {}
    load_into(whole, None)
    assert warehouse == whole
    assert len(whole) == len(runs) * 4  # a run, its line, and two results


@pytest.mark.parametrize("alive", [True, False])
def test_a_run_is_told_of_when_it_has_ended_or_was_killed(tmp_path: Path, alive: Any) -> None:
    """Whatever a run that is under way has written so far comes whole, and once, after its end."""
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-0a1b2c3d"
    ledger = Ledger(None, tmp_path, run=run, quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    log = Results(Folder(str(tmp_path)), run, PublicKeys(str))
    ended(log, 1, outcome=Outcome.DELIVERED)
    log.flush()
    if not alive:
        ledger.lease.leave()
    records, _, _ = sync(state_dir=str(tmp_path))
    ledger.close()
    assert [row["outcome"] for row in records.get("runs", [])] == ([] if alive else ["killed"])
    assert [row["key_value"] for row in records.get("results", [])] == ([] if alive else ["1"])


def test_a_dry_run_of_which_no_ledger_knows_is_told_when_it_has_ended(tmp_path: Path) -> None:
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-0a1b2c3d"
    log = Results(Folder(str(tmp_path)), run, PublicKeys(str))
    ended(log, 1, outcome=Outcome.WOULD_SEND)
    log.flush()
    assert "runs" not in sync(state_dir=str(tmp_path))[0]
    log.close()
    assert "runs" not in sync(state_dir=str(tmp_path))[0]  # its report is being written
    log.release()
    records, _, _ = sync(state_dir=str(tmp_path))
    assert [row["outcome"] for row in records["runs"]] == ["killed"]  # it never left one


def test_a_run_behind_a_url_of_which_no_ledger_knows_is_told_a_day_later(tmp_path: Path) -> None:
    begun = datetime.now(UTC)
    today, before = (f"{begun - timedelta(hours=n):%Y%m%dT%H%M%SZ}-0a1b2c3d" for n in (1, 25))
    folder = Folder(tmp_path.as_uri())
    for run in (today, before):
        log = Results(folder, run, PublicKeys(str))
        ended(log, 1, outcome=Outcome.WOULD_SEND)
        log.flush()
    records, _, _ = sync(state_dir=tmp_path.as_uri())
    assert [row["run"] for row in records["runs"]] == [before]


def test_a_clock_that_was_ahead_hides_no_run_that_ends_when_it_is_right_again(tmp_path: Path) -> None:
    """Neither by the end that it wrote of a run, nor by the bookmark of a sync that it was ahead in."""
    now = datetime.now(UTC)
    folder = Folder(str(tmp_path))

    def ends(at: datetime) -> str:
        run = f"{at:%Y%m%dT%H%M%SZ}-0a1b2c3d"
        folder.write(f"runs/{run}.json", msgspec.json.encode(bare(run=run, ended=at.isoformat())))
        return run

    ahead = ends(now + timedelta(days=365))
    records, bookmark, _ = sync(state_dir=str(tmp_path))
    assert [row["run"] for row in records["runs"]] == [ahead]
    right = ends(now)
    for before in (bookmark, {"bookmarks": {"runs": _bookmark(now + timedelta(days=365))}}):
        records, _, _ = sync(before, state_dir=str(tmp_path))
        assert right in [row["run"] for row in records["runs"]]


def _bookmark(at: datetime) -> dict[str, str]:
    return {"replication_key": "ended", "replication_key_value": at.isoformat()}


def tell(folder: Path, *, told: int) -> None:
    """Let the ledger's run have ended long ago, and a report have told of that or not."""
    with contextlib.closing(sqlite3.connect(folder / "ledger.sqlite")) as database, database:
        database.execute("update workers set leased_until = 1, told = ?", (told,))


def test_a_killed_run_that_left_no_file_is_told_of_by_the_ledger_and_by_the_report_of_the_next(tmp_path: Path) -> None:
    at = datetime.now(UTC) - timedelta(minutes=5)
    killed, next_one = (f"{at + timedelta(minutes=n):%Y%m%dT%H%M%SZ}-0a1b2c3d" for n in range(2))
    ledger = Ledger(None, tmp_path, run=killed, quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    assert "runs" not in sync(state_dir=str(tmp_path))[0]  # it is alive
    ledger.close()
    tell(tmp_path, told=0)
    records, _, _ = sync(state_dir=str(tmp_path))
    assert [(row["run"], row["outcome"]) for row in records["runs"]] == [(killed, "killed")]
    report = bare(run=next_one, earlier=[EarlierRun(killed, 300, 0, 100)])
    Folder(str(tmp_path)).write(f"runs/{next_one}.json", msgspec.json.encode(report))
    tell(tmp_path, told=1)
    records, _, _ = sync(state_dir=str(tmp_path))
    assert {row["run"]: row["outcome"] for row in records["runs"]} == {killed: "killed", next_one: "done"}


@pytest.mark.parametrize("wrote", ["results", "batches"])
def test_a_long_run_that_left_no_report_is_told_also_where_a_shorter_one_was_synced_before(
    tmp_path: Path, wrote: str
) -> None:
    """Its lease was taken over, or given back, and its begin lies long before the bookmark."""
    now = datetime.now(UTC)
    begun, bookmark = now - timedelta(hours=5), {"bookmarks": {"runs": _bookmark(now - timedelta(minutes=30))}}
    killed = f"{begun:%Y%m%dT%H%M%SZ}-0a1b2c3d"
    ledger = Ledger(None, tmp_path, run=killed, quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    if wrote == "results":
        log = Results(Folder(str(tmp_path)), killed, PublicKeys(str))
        ended(log, 1, outcome=Outcome.DELIVERED)
        log.flush()
    else:
        ledger.claims.claim("101", [bytes(16)], [0], resend=True)
    ledger.close()
    tell(tmp_path, told=0)
    records, _, _ = sync(bookmark, state_dir=str(tmp_path))
    assert [row["run"] for row in records.get("runs", [])] == [killed]


def test_it_reads_behind_a_url_and_from_a_postgresql_ledger(past: Pipe, postgresql_url: str) -> None:
    place = "memory://state-of-the-tap"
    url = postgresql_url.replace("postgresql://", "postgresql+psycopg://")
    private = str(past.folder / "private")
    whole = {"state_dir": place, "ledger_url": url, "private_dir": private}
    pipe = Pipe(past.folder / "other", past.linkedin)
    pipe.folder.mkdir()
    pipe.config |= {**whole, "results_log": True, "max_reject_ratio": 1}
    now = pipe.linkedin.now()
    assert pipe.run_here([schema(), record(now, 77), state(at=1)]).code == 0
    records, _, _ = sync(state_dir=place, ledger_url=url)
    assert [row["key_value"] for row in records["results"]] == ["77"]
    assert [(row["rule"], row["delivered"]) for row in records["conversion_rules"]] == [("101", 1)]


def test_a_folder_in_which_nothing_ran_gives_no_row_and_no_fault(tmp_path: Path) -> None:
    records, _, _ = sync(state_dir=str(tmp_path / "nothing"))
    assert records == {}
    assert not (tmp_path / "nothing").exists()


def test_a_broken_report_is_told_and_hides_no_other(past: Pipe, caplog: pytest.LogCaptureFixture) -> None:
    broken = past.state_dir / "runs" / "20200101T000000Z-00000000.json"
    broken.write_text("{")
    try:
        records, _, _ = sync()
    finally:
        broken.unlink()
    assert len(records["runs"]) == 2
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("kind", ["cut", "empty", "a folder", "nested"])
@pytest.mark.parametrize("under", ["results", "rejects", "runs"])
def test_what_cannot_be_read_is_told_and_hides_nothing_else(
    past: Pipe, tmp_path: Path, caplog: pytest.LogCaptureFixture, under: str, kind: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(past.state_dir, folder)
    whole, _, _ = sync(state_dir=str(folder))
    first = min(path for path in (folder / under).iterdir() if path.name.startswith("2") and path.suffix != ".html")
    content = first.read_bytes()
    first.unlink()
    if kind == "a folder":
        first.mkdir()
    else:
        first.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "nested": b"[" * 100_000}[kind])
    found, _, _ = sync(state_dir=str(folder))
    stream = {"results": "results", "rejects": "rejects", "runs": "run_lines"}[under]
    assert {
        name: rows for name, rows in found.items() if name not in {stream, "runs", "rejects", "results"}
    }.items() <= whole.items()
    others = [row for row in whole[stream] if row["run"] not in first.name]
    assert [row for row in found[stream] if row["run"] not in first.name] == others
    assert len(found["results"]) == (len(whole["results"]) if under != "results" else len(others))
    assert "cannot be read" in caplog.text or (kind == "empty" and under == "rejects")


@pytest.mark.parametrize(
    ("config", "words"),
    [({"state_dir": "$HOME/x"}, "state_dir"), ({"ledger_url": "mysql://x"}, "ledger_url")],
)
def test_a_setting_that_is_wrong_is_one_sentence_and_exit_2(
    tmp_path: Path,
    config: dict[str, Any],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from target_linkedin_conversions.results_tap import tap  # noqa: PLC0415 - as the console script calls it

    path = tmp_path / "config.json"
    path.write_text(json.dumps({**CONFIG, **config}))
    monkeypatch.setattr("sys.argv", ["tap", "--config", str(path)])
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    with pytest.raises(SystemExit) as end:
        tap.main()
    assert end.value.code == 2
    assert words in caplog.text


def test_the_targets_own_config_will_do(past: Pipe) -> None:
    records, _, _ = sync(**past.config)
    assert len(records["runs"]) == 2
