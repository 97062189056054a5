"""`deliver()`: rows at hand, delivered as a load does it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections import OrderedDict, UserDict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from target_linkedin_conversions import ConfigError, Receipt, Settings, deliver
from target_linkedin_conversions.errors import InputError, QuotaError, TargetError
from tests.singer.pipe import entry, environment, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.singer.pipe import Pipe

CANARY = "canary.person@example.com"
ACCOUNT = 512345678


class Here:
    """`deliver` into one folder, with the settings of a pipe."""

    def __init__(self, pipe: Pipe) -> None:
        self.pipe = pipe
        self.linkedin = pipe.linkedin
        self.now = pipe.linkedin.now()

    def settings(self, **more: Any) -> dict[str, Any]:
        return {name: value for name, value in {**self.pipe.config, **more}.items() if value is not None}

    def __call__(
        self, rows: Any, stream: str = "leads", *, key: Any = ("id",), schema: Any = None, **more: Any
    ) -> Receipt:
        return deliver(rows, self.settings(**more), stream=stream, key=key, schema=schema)

    def rows(self, *numbers: int, **changes: Any) -> list[dict[str, Any]]:
        return [
            {"id": n, "email": f"row.{n}@example.com", "happened_at": self.now - 60_000 - n, **changes} for n in numbers
        ]

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.pipe.state_dir / "runs" / "last.json").read_bytes())
        return found


@pytest.fixture
def here(pipe: Pipe) -> Here:
    return Here(pipe)


def test_rows_are_delivered_and_the_receipt_says_so(here: Here) -> None:
    receipt = here(here.rows(1, 2, 3))
    assert (receipt.exit_code, receipt.outcome, receipt.message, receipt.error) == (0, "done", "", None)
    assert receipt.counts == {"delivered": 3}
    assert receipt.codes == {("delivered", ""): 3}
    assert receipt.raise_for_status() is receipt
    assert len(here.linkedin.received) == 3
    report = here.report()
    assert (report["run"], report["records"], report["counts"]) == (receipt.run, 3, {"delivered": 3})
    assert Path(receipt.report_place).is_file()
    assert Path(receipt.report_place).with_suffix(".html").is_file()
    assert receipt.report.run == receipt.run


def test_a_second_time_nothing_is_sent(here: Here) -> None:
    here(here.rows(1, 2))
    again = here(here.rows(1, 2, 3))
    assert again.counts == {"already_delivered": 2, "delivered": 1}
    assert len(here.linkedin.received) == 3


def test_events_are_those_of_a_load(here: Here) -> None:
    """The same rows through the target: byte for byte, so that the ledger knows them."""
    rows = here.rows(1, 2, value=12.5, currency="EUR")
    columns = tuple(rows[0])
    lines = [schema("leads", *columns), *({"type": "RECORD", "stream": "leads", "record": row} for row in rows)]
    here.pipe.run_here([*lines, state(at=1)])
    assert here(rows).counts == {"already_delivered": 2}
    assert here(rows, state_dir=str(here.pipe.folder / "new")).counts == {"delivered": 2}
    first, again = here.linkedin.received[:2], here.linkedin.received[2:]
    assert sorted(first, key=str) == sorted(again, key=str)


def test_no_rows_are_no_request_and_no_warning_of_columns(here: Here) -> None:
    receipt = here([])
    assert (receipt.exit_code, receipt.counts, receipt.report.warnings) == (0, {}, [])
    assert here.linkedin.requests == []
    assert here.report()["run"] == receipt.run


def test_a_dry_run_sends_and_notes_nothing(here: Here) -> None:
    receipt = here(here.rows(1, 2), dry_run=True, access_token=None)
    assert (receipt.counts, receipt.report.dry_run) == ({"would_send": 2}, True)
    assert here.linkedin.requests == []
    assert not (here.pipe.state_dir / "ledger.sqlite").exists()
    assert len(list((here.pipe.state_dir / "outbox").iterdir())) == 1


def test_a_stream_that_no_entry_fits_is_a_slip_in_its_name(here: Here) -> None:
    receipt = here(here.rows(1), streams=[entry("lead")])
    assert (receipt.exit_code, receipt.codes) == (2, {("skipped", "stream_not_configured"): 1})
    assert "did you mean 'leads'" in receipt.message
    assert any("'leads' is not sent" in warning for warning in receipt.report.warnings)


def test_without_entries_the_one_rule_takes_the_stream(here: Here) -> None:
    assert here(here.rows(1), streams=None, conversion_rule=101).counts == {"delivered": 1}


@pytest.mark.parametrize(
    ("more", "setting"),
    [
        ({"batch_size_rows": 0}, "batch_size_rows"),
        ({"no_such_setting": 1}, "config"),
        ({"access_token": None}, "access_token"),
        ({"streams": None}, "streams"),
        ({"suppress": "/nowhere/list"}, "suppress"),
        ({"state_dir": "/dev/null/folder"}, "state_dir"),
    ],
)
def test_a_wrong_setting_is_raised_before_a_row_is_taken(here: Here, more: dict[str, Any], setting: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        here(here.rows(1), **more)
    assert wrong.value.setting.startswith(setting) or setting == "config"
    assert here.linkedin.requests == []


def test_an_entry_that_does_not_fit_the_schema_is_raised(here: Here) -> None:
    closed = {"properties": {"id": {}, "email": {}, "happened_at": {}}, "additionalProperties": False}
    with pytest.raises(ConfigError):
        here(here.rows(1), schema=closed, streams=[entry(fields={"email": "mail"})])


@pytest.mark.parametrize("given", [7, "leads", {"type": "object"}, {"properties": ["id"]}])
def test_a_schema_that_is_none_is_raised(here: Here, given: Any) -> None:
    with pytest.raises(ConfigError, match="schema: "):
        here(here.rows(1), schema=given)


def test_settings_that_are_none_are_raised() -> None:
    with pytest.raises(ConfigError, match="settings: "):
        deliver([], "config.json", stream="leads")  # type: ignore[arg-type]


def test_loaded_settings_serve_as_well(here: Here) -> None:
    loaded = Settings.load(here.settings())
    assert deliver(here.rows(1), loaded, stream="leads", key="id").counts == {"delivered": 1}


@pytest.mark.parametrize("row", [None, 7, "text", b"bytes", ["a"], ("id", 1), object()])
def test_a_row_that_is_no_mapping_ends_it_with_exit_7(here: Here, row: object) -> None:
    receipt = here([*here.rows(1, 2), row, *here.rows(3)])
    assert (receipt.exit_code, receipt.outcome) == (7, "input")
    assert receipt.message == "row 3 is no mapping of columns to values"
    assert receipt.counts == {"unsent": 2}
    with pytest.raises(InputError):
        receipt.raise_for_status()


@pytest.mark.parametrize("rows", ["text", b"bytes", 7, None, {"id": 1}])
def test_rows_that_are_no_rows_end_it_with_exit_7(here: Here, rows: object) -> None:
    assert here(rows).exit_code == 7


def test_a_row_without_its_key_ends_it_with_exit_7(here: Here) -> None:
    receipt = here([*here.rows(1), {"email": CANARY}])
    assert receipt.exit_code == 7
    assert receipt.message.startswith("row 2: ")
    assert "lacks its key property 'id'" in receipt.message
    assert CANARY not in repr(receipt) + json.dumps(here.report())


def test_what_json_cannot_say_ends_it_only_where_it_is_read(here: Here) -> None:
    assert here(here.rows(1, note="\ud800")).counts == {"delivered": 1}
    receipt = here(here.rows(2, email="\ud800"))
    assert (receipt.exit_code, receipt.message) == (7, "column 'email' of row 1 holds what JSON cannot say")


def test_a_source_that_fails_ends_it_tidily_and_its_text_stays_out(
    here: Here, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> Iterator[dict[str, Any]]:
        yield from here.rows(*range(1500))
        raise ValueError(f"cannot read {CANARY}")

    with caplog.at_level(logging.DEBUG, "target_linkedin_conversions"):
        receipt = here(failing(), batch_size_rows=1000)
    assert (receipt.exit_code, receipt.outcome) == (7, "input")
    assert receipt.message == "the source of the rows failed with ValueError after row 1500"
    assert sum(receipt.counts.values()) == 1500
    assert CANARY not in repr(receipt) + json.dumps(here.report()) + caplog.text
    with pytest.raises(InputError) as raised:
        receipt.raise_for_status()
    assert isinstance(raised.value.__cause__, ValueError)
    assert here(here.rows(*range(1500))).exit_code == 0
    assert len({event["eventId"] for event in here.linkedin.received}) == len(here.linkedin.received) == 1500


def test_a_source_that_fails_at_once_is_the_same(here: Here) -> None:
    def failing() -> Iterator[dict[str, Any]]:
        yield from here.rows(1)
        raise KeyError(CANARY)

    receipt = here(failing())
    assert (receipt.message, receipt.counts) == (
        "the source of the rows failed with KeyError after row 1",
        {"unsent": 1},
    )


def test_an_interrupt_ends_it_tidily_and_is_raised_again(here: Here) -> None:
    def interrupted() -> Iterator[dict[str, Any]]:
        yield from here.rows(*range(2000))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        here(interrupted(), batch_size_rows=1000)
    report = here.report()
    assert (report["outcome"], report["exit_code"]) == ("terminated", 130)
    assert sum(report["counts"].values()) == 2000
    assert here(here.rows(*range(2000))).exit_code == 0
    assert len({event["eventId"] for event in here.linkedin.received}) == len(here.linkedin.received) == 2000


def test_a_fault_of_ours_is_in_the_receipt_without_its_text(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("target_linkedin_conversions.run.mapping.compile_events", lambda _plan: fail)
    receipt = here(here.rows(1))
    assert (receipt.exit_code, receipt.outcome) == (1, "fault")
    assert "RuntimeError" in receipt.message
    assert CANARY not in repr(receipt) + json.dumps(here.report())
    with pytest.raises(TargetError):
        receipt.raise_for_status()


def test_what_stops_a_load_is_in_the_receipt_with_its_exit_code(here: Here) -> None:
    assert here(here.rows(1), access_token="sandbox-revoked").exit_code == 3
    receipt = here(here.rows(*range(10)), batch_size_rows=1, requests_per_day=1)
    assert (receipt.exit_code, receipt.outcome) == (4, "quota")
    assert receipt.counts["unsent"] >= 8
    with pytest.raises(QuotaError):
        receipt.raise_for_status()


def test_too_many_rejects_end_it_with_exit_6(here: Here) -> None:
    receipt = here(here.rows(*range(40), email="nobody"))
    assert (receipt.exit_code, receipt.counts) == (6, {"rejected": 40})
    assert len(Path(receipt.report.rejects).read_text().splitlines()) == 40


@pytest.mark.parametrize(
    ("policy", "settings", "received"),
    [
        ("by_rule", {}, 1),
        ("by_rule", {"preflight": False}, 1),
        ("by_rule", {"account_id": ACCOUNT}, 1),
        ("resend", {}, 2),
    ],
)
def test_an_event_in_doubt_is_held(here: Here, policy: str, settings: dict[str, Any], received: int) -> None:
    """Rule 103 is a PURCHASE, whether somebody knows it or not."""
    here.linkedin.faults("drop_after", times=1)
    receipt = here(here.rows(1), streams=[entry(rule=103)], on_in_doubt=policy, retry_for_seconds=5, **settings)
    assert len(here.linkedin.received) == received
    assert receipt.codes == ({("in_doubt", "no_answer"): 1} if received == 1 else {("delivered", "resent"): 1})
    unknown = received == 1 and "account_id" not in settings
    assert receipt.report.untyped_rules == (["103"] if unknown else [])
    assert sum("in doubt are held" in warning for warning in receipt.report.warnings) == unknown


def test_the_preflight_stops_it_as_it_stops_a_load(here: Here) -> None:
    receipt = here(here.rows(1), streams=[entry(rule=901)], account_id=ACCOUNT)
    assert (receipt.exit_code, receipt.outcome, receipt.counts) == (2, "rule", {"unsent": 1})


def test_who_is_suppressed_is_not_sent(here: Here) -> None:
    path = here.pipe.folder / "suppress.txt"
    path.write_text("row.1@example.com\n")
    assert here(here.rows(1, 2), suppress=str(path)).codes == {("skipped", "suppressed"): 1, ("delivered", ""): 1}


# Values


def test_values_of_python_are_those_that_a_tap_would_write(here: Here) -> None:
    moment = dt.datetime.fromtimestamp(here.now / 1000 - 3600, dt.UTC).replace(microsecond=0)
    zone = dt.timezone(dt.timedelta(hours=2))
    rows = [
        {"id": UUID(int=1), "email": "a@example.com", "happened_at": moment, "value": Decimal("12.50")},
        {"id": UUID(int=2), "email": "b@example.com", "happened_at": moment.astimezone(zone), "value": 0.1},
        {"id": UUID(int=3), "email": "c@example.com", "happened_at": moment.replace(tzinfo=None), "value": 7},
        {"id": UUID(int=4), "email": "d@example.com", "happened_at": (moment - dt.timedelta(days=2)).date()},
        {"id": UUID(int=5), "email": "e@example.com", "happened_at": moment, "value": Decimal("NaN")},
        OrderedDict(id=UUID(int=6), email="f@example.com", happened_at=moment, value=float("inf")),
        UserDict(id=UUID(int=7), email="g@example.com", happened_at=moment, value=True),
    ]
    receipt = here([{"currency": "EUR", **row} for row in rows])
    assert receipt.counts == {"delivered": 7}
    sent = sorted(here.linkedin.received, key=lambda event: event["user"]["userIds"][0]["idValue"])
    times = {event["conversionHappenedAt"] for event in sent}
    at = int(moment.timestamp() * 1000)
    assert at in times
    assert len(times) == 2
    amounts = {event["conversionValue"]["amount"] for event in sent if "conversionValue" in event}
    assert amounts == {"12.50", "0.1", "7"}


def test_bytes_are_no_text(here: Here) -> None:
    """They are what JSON makes of them: a SHA-256 of 32 bytes is one, an address is none."""
    (digest,) = {event["user"]["userIds"][0]["idValue"] for event in _sent(here, here.rows(1, email="a@example.com"))}
    (again,) = {
        event["user"]["userIds"][0]["idValue"] for event in _sent(here, here.rows(2, email=bytes.fromhex(digest)))
    }
    assert again == digest
    assert here(here.rows(3, email=b"a@example.com")).counts == {"rejected": 1}


def _sent(here: Here, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before = len(here.linkedin.received)
    here(rows)
    return list(here.linkedin.received[before:])


def test_nested_columns_are_reached(here: Here) -> None:
    row = {"id": 1, "who": {"mail": {"work": "a@example.com"}}, "happened_at": here.now - 1000}
    receipt = here([row], streams=[entry(fields={"email": "who.mail.work"})])
    assert receipt.counts == {"delivered": 1}


def test_rows_may_differ_in_their_keys(here: Here) -> None:
    rows = here.rows(1, 2, 3)
    rows[0]["extra"] = 1
    rows[1].pop("email")
    rows[1]["work_email"] = "b@example.com"
    receipt = here(rows, streams=[entry(fields={"email": ["email", "work_email", "private_email"]})])
    assert receipt.counts == {"delivered": 3}


def test_a_row_is_never_changed(here: Here) -> None:
    rows = here.rows(1, 2)
    before = pickle.dumps(rows)
    here(rows)
    assert pickle.dumps(rows) == before


# Arrow


def arrow(here: Here, *numbers: int) -> Any:
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra

    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "email": [f"row.{n}@example.com" for n in numbers],
            "happened_at": pa.array(
                [(here.now - 60_000 - n) * 1_000_000 + 1 for n in numbers], pa.timestamp("ns", "UTC")
            ),
            "value": pa.array([Decimal("12.50")] * len(numbers), pa.decimal128(10, 2)),
            "currency": ["EUR"] * len(numbers),
        }
    )


@pytest.mark.parametrize("form", ["table", "reader", "batches", "generator", "batch"])
def test_arrow_data_is_rows(here: Here, form: str) -> None:
    table = arrow(here, 1, 2, 3)
    forms: dict[str, Any] = {
        "table": table,
        "reader": table.to_reader(),
        "batches": table.to_batches(max_chunksize=2),
        "generator": iter(table.to_batches(max_chunksize=2)),
        "batch": table.to_batches()[0],
    }
    assert here(forms[form]).counts == {"delivered": 3}
    assert {event["conversionValue"]["amount"] for event in here.linkedin.received} == {"12.50"}
    assert here(here.rows(1, 2, 3)).codes == {("already_delivered", "changed"): 3}


def test_an_arrow_schema_serves_for_rows(here: Here) -> None:
    assert here(here.rows(1), schema=arrow(here).schema).counts == {"delivered": 1}
    assert here(arrow(here)).counts == {}


# Threads, processes, memory


def test_it_works_off_the_main_thread_and_installs_no_signal_handler(here: Here) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    found: list[Receipt] = []

    def looking() -> Iterator[dict[str, Any]]:
        for row in here.rows(1, 2):
            assert {number: signal.getsignal(number) for number in before} == before
            yield row

    thread = threading.Thread(target=lambda: found.append(here(looking())))
    thread.start()
    thread.join()
    assert here(looking()).counts == {"already_delivered": 2}
    assert found[0].counts == {"delivered": 2}
    assert sys.getswitchinterval() == pytest.approx(0.005)


def test_two_at_once_on_one_state_dir_send_each_event_once(here: Here) -> None:
    found: list[Receipt] = []
    threads = [
        threading.Thread(target=lambda: found.append(here(here.rows(*range(600)), batch_size_rows=50)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [receipt.exit_code for receipt in found] == [0, 0]
    assert sum(receipt.counts.get("delivered", 0) for receipt in found) == 600
    assert all(sum(receipt.counts.values()) == 600 for receipt in found)
    assert len({event["eventId"] for event in here.linkedin.received}) == len(here.linkedin.received) == 600
    assert len({receipt.run for receipt in found}) == 2


@pytest.mark.slow
def test_rows_are_never_held_in_memory(here: Here) -> None:
    """A long generator, most of whose rows are skipped, and each of which is large."""

    def many() -> Iterator[dict[str, Any]]:
        for number in range(30_000):
            yield {"id": number, "email": "x" * 10_000, "happened_at": here.now, "_sdc_deleted_at": "2026-01-01"}

    here(many())
    tracemalloc.start()
    try:
        receipt = here(many())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert receipt.counts == {"skipped": 30_000}
    assert peak < 60 << 20


@pytest.mark.slow
def test_a_slow_source_has_its_batches_sent_by_age(here: Here) -> None:
    seen: list[int] = []

    def slow() -> Iterator[dict[str, Any]]:
        first, second = here.rows(1, 2)
        yield first
        for _ in range(30):
            time.sleep(0.1)
            yield {**first, "_sdc_deleted_at": "2026-01-01"}
            seen.append(len(here.linkedin.received))
        yield second

    given: dict[str, Any] = {"properties": {name: {} for name in ("id", "email", "happened_at", "_sdc_deleted_at")}}
    assert here(slow(), schema=given, batch_max_age_seconds=0.5).counts["delivered"] == 2
    assert seen[-1] == 1


def test_a_receipt_travels_between_processes(here: Here) -> None:
    receipt = here(here.rows(1))
    assert pickle.loads(pickle.dumps(receipt)) == receipt  # noqa: S301 - our own


def test_what_it_writes_is_readable_by_this_user_alone(here: Here) -> None:
    before = os.umask(0o022)
    try:
        here([*here.rows(1, 2), *here.rows(3, email="nobody")], batch_size_rows=1)
        here(here.rows(4), dry_run=True)
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert not here.pipe.state_dir.stat().st_mode & 0o077
    files = [path for path in here.pipe.state_dir.rglob("*") if path.is_file() and path.name != ".gitignore"]
    assert {path.suffix for path in files} >= {".sqlite", ".jsonl", ".json", ".html"}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


# The face


@pytest.mark.parametrize("name", ["pyarrow", "singer_sdk", "sqlalchemy", "requests", "msgspec", "jinja2"])
def test_importing_the_package_imports_nothing_else(name: str) -> None:
    program = f"import sys, target_linkedin_conversions; sys.exit({name!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, env=environment()).returncode == 0


@pytest.mark.slow
def test_delivering_needs_nothing_of_singer_or_arrow() -> None:
    program = (
        "import sys; from target_linkedin_conversions import deliver, Receipt, Settings;"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in {'singer_sdk', 'pyarrow', 'click'}"
        " or name.startswith(('target_linkedin_conversions.singer', 'target_linkedin_conversions.cli'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.strip() == "[]"


def test_the_face_is_told_by_dir_and_knows_no_other_name() -> None:
    import target_linkedin_conversions as package  # noqa: PLC0415 - its face is what is looked at

    assert {"deliver", "Settings", "Receipt", "ConfigError"} <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = package.nothing
