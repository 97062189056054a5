"""`deliver()`: rows at hand, delivered as a load does it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions import ConfigError, Settings, deliver
from target_linkedin_conversions.errors import InputError, QuotaError, TargetError
from tests.run.here import Here
from tests.singer.pipe import entry, environment, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.run.here import Here

CANARY = "canary.person@example.com"
ACCOUNT = 512345678


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


def test_where_the_very_first_row_is_none_no_column_is_blamed(here: Here) -> None:
    receipt = here([7, *here.rows(1)])
    assert (receipt.exit_code, receipt.message) == (7, "row 1 is no mapping of columns to values")


@pytest.mark.parametrize("rows", ["text", b"bytes", 7, None, {"id": 1}])
def test_rows_that_are_no_rows_end_it_with_exit_7(here: Here, rows: object) -> None:
    assert here(rows).exit_code == 7


@pytest.mark.parametrize("rows", [[1], ["id,email"], [("a@example.com",)], [None, None]])
def test_what_holds_no_row_at_all_is_told_as_that_and_not_by_its_columns(here: Here, rows: list[object]) -> None:
    receipt = here(rows)
    assert (receipt.exit_code, receipt.message) == (7, "row 1 is no mapping of columns to values")


def test_a_row_without_its_key_ends_it_with_exit_7(here: Here) -> None:
    receipt = here([*here.rows(1), {"email": CANARY}])
    assert receipt.exit_code == 7
    assert receipt.message.startswith("row 2: ")
    assert "lacks its key property 'id'" in receipt.message
    assert CANARY not in repr(receipt) + json.dumps(here.report())


CHANGES = {"email": "email.lower()"}


@pytest.mark.parametrize(
    "maps",
    [
        {"leads": {"__filter__": "False"}},
        {"leads": None},
        {"l*": {**CHANGES, "__else__": None}},
        {"raw": {"__alias__": "leads", **CHANGES}},
        {"other": {"__source__": "leads", **CHANGES}},
    ],
)
def test_rows_that_a_stream_map_would_have_changed_are_not_sent_as_they_are(here: Here, maps: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^stream_maps\..*: stream maps change what a tap sends"):
        here(here.rows(1), stream_maps=maps)
    assert here.linkedin.requests == []


@pytest.mark.parametrize(
    "maps",
    [
        {},
        {"orders": {"__filter__": "False"}, "leads_2": None, "raw": {"__alias__": "deals", **CHANGES}},
        {"__else__": None},
        {"raw": {"__alias__": "leads"}},
        {"leads": {}},
    ],
)
def test_a_stream_map_that_changes_no_row_of_the_stream_is_in_nobodys_way(here: Here, maps: dict[str, Any]) -> None:
    assert here(here.rows(1), stream_maps=maps).counts == {"delivered": 1}


def test_what_json_cannot_say_ends_it_only_where_it_is_read(here: Here) -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert here(here.rows(1, note=endless)).counts == {"delivered": 1}
    receipt = here(here.rows(2, email=endless))
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

    monkeypatch.setattr("target_linkedin_conversions.run.stream_mapping.compile_events", lambda _plan: fail)
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
    assert receipt.counts == {
        "delivered": 1,
        "unsent": here.report()["records"] - 1,
    }  # what is not read any more is no event
    assert receipt.counts["unsent"] > 0
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
