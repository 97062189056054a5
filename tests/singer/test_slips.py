"""A slip in a name or a pipe stops before it costs anything: exit code, STATE, words."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import MODULE, as_bytes, entry, environment, record, schema, state

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.singer.pipe import Pipe


@pytest.mark.parametrize(
    ("configured", "came", "nearest"),
    [
        ("public-leeds", "public-leads", "public-leads"),
        ("leads", "public-leads", "public-leads"),
        ("Leads", "leads", "leads"),
        ("crm-*", "xyz", None),
    ],
)
def test_a_run_in_which_no_entry_fits_any_stream_exits_2_and_state_stays(
    pipe: Pipe, now: int, linkedin: Sandbox, configured: str, came: str, nearest: str | None
) -> None:
    lines = [schema(came), record(now, 1, came), state(at=1), record(now, 2, came), state(at=2)]
    done = pipe.run_here(lines, streams=[entry(configured)])
    assert (done.code, done.states, linkedin.received) == (2, [], [])
    assert repr(came) in done.report["message"]
    assert nearest is None or f"did you mean {nearest!r}" in done.report["message"]


_OF_REFUSALS = ("unsubscribed", "HasOptedOutOfEmail", "consent_withdrawn")


@pytest.mark.parametrize(
    ("column", "consent"),
    [
        *((column, {}) for column in _OF_REFUSALS),
        ("unsubscribed", {"granted": [False]}),
        ("unsubscribed", {"contains": "no"}),
        ("consent", {}),
    ],
)
def test_a_consent_in_a_column_that_says_no_by_its_name_is_warned_about(
    pipe: Pipe, now: int, column: str, consent: dict[str, Any]
) -> None:
    row: dict[str, Any] = {column: True}
    lines = [schema("leads", "id", "email", "happened_at", column), record(now, 1, "leads", **row), state(at=1)]
    done = pipe.run_here(lines, streams=[entry("leads") | {"consent": {"column": column, **consent}}])
    assert done.code == 0
    assert ("reads like a no by its name" in done.stderr) == (column in _OF_REFUSALS and not consent)


@pytest.mark.parametrize("written", ["lea.*", "^lea.*$", "l.+s"])
def test_a_regular_expression_in_place_of_a_pattern_is_told_as_the_pattern_that_fits(
    pipe: Pipe, now: int, written: str
) -> None:
    entry = {"stream": written, "conversion_rule": 101, "consent": {"not_required": "a test"}}
    done = pipe.run_here([schema(), record(now, 1), state(at=1)], streams=[entry])
    assert (done.code, done.states) == (2, [])
    meant = re.search(r"did you mean '(.*?)' where", done.stderr)
    assert meant is not None
    mended = pipe.run_here([schema(), record(now, 1), state(at=1)], streams=[entry | {"stream": meant[1]}])
    assert (mended.code, mended.counts) == (0, {"delivered": 1})


@pytest.mark.parametrize("came", ["jane.doe@example.com", "+49 171 2345678", "leads\x1b[2J\noutcome=done exit=0"])
def test_no_name_of_a_stream_that_came_is_told_where_it_is_a_persons_or_writes_the_log(
    pipe: Pipe, now: int, came: str
) -> None:
    done = pipe.run_here([schema(came), record(now, 1, came)], streams=[entry(came[:-1] + "x")])
    assert done.code == 2
    assert came not in done.report["message"]
    assert not any(mark in done.report["message"] for mark in ("\x1b", "\n"))


def test_one_stream_that_an_entry_fits_is_enough_and_state_then_passes_the_others(pipe: Pipe, now: int) -> None:
    lines = [schema("other"), record(now, 1, "other"), state(at=1), schema("leads"), state(at=2)]
    done = pipe.run_here(lines, streams=[entry("leads")])
    assert (done.code, len(done.states)) == (0, 1)
    assert done.codes("skipped") == {"stream_not_configured": 1}


def test_streams_without_records_lose_nothing(pipe: Pipe) -> None:
    done = pipe.run_here([schema("other")], streams=[entry("leads")])
    assert done.code == 0


def test_an_entry_whose_stream_never_came_is_a_warning(pipe: Pipe, now: int) -> None:
    streams = [entry("leads"), entry("public-deal"), entry("x-*")]
    done = pipe.run_here([schema("leads"), record(now, 1, "leads"), schema("public-deals")], streams=streams)
    assert done.code == 0
    (deal,) = [text for text in done.report["warnings"] if "'public-deal' came" in text]
    assert "did you mean 'public-deals'" in deal
    assert "--full-refresh" in deal, "STATE has passed the rows of public-deals"
    (pattern,) = [text for text in done.report["warnings"] if "streams[2]: no stream 'x-*' came" in text]
    assert "--full-refresh" not in pattern
    assert not any(text.startswith("streams[0]: no stream") for text in done.report["warnings"])


def test_an_entry_whose_streams_another_takes_is_a_warning_that_says_which(pipe: Pipe, now: int) -> None:
    streams = [entry("lead*"), entry("leads_*"), entry("deals"), entry("deal*")]
    lines = [schema("leads_de"), record(now, 1, "leads_de"), schema("deals"), record(now, 2, "deals")]
    done = pipe.run_here(lines, streams=streams)
    assert done.code == 0
    warnings = done.report["warnings"]
    assert [text for text in warnings if text.startswith("streams[1] never applies: streams[0]")]
    assert [text for text in warnings if text.startswith("streams[3]: what 'deal*' fits was taken by streams[2]")]
    assert not [text for text in warnings if "came in this run" in text]


def test_a_tap_that_brings_no_stream_is_a_warning_that_names_the_mend(pipe: Pipe) -> None:
    done = pipe.run_here([state()])
    assert any("meltano select" in text for text in done.report["warnings"])


TABLES = ["email,happened_at,value\nsecret@example.com,2026-11-20,1\n", "email;time\na;b\n", "\ufeffemail\ttime\n"]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_in_place_of_messages_is_told_from_broken_lines(pipe: Pipe, table: str) -> None:
    done = pipe.run_here([table])
    assert done.code == 7
    assert "tap-csv" in done.report["message"]
    assert "secret@" not in done.stderr


def test_a_later_line_that_is_no_json_is_no_table(pipe: Pipe) -> None:
    done = pipe.run_here([schema(), "a,b\n"])
    assert (done.code, "tap-csv" in done.report["message"]) == (7, False)


OTHERS = {
    "an Excel workbook": b"PK\x03\x04\x14\x00\x06\x00secret@example.com\n\x00\xff",
    "an old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64) + b"\n",
    "a Parquet file": b"PAR1\x15\x04\x15\xff\n",
    "a gzip file": b"\x1f\x8b\x08\x00secret\n",
    "XML or HTML": b"<?xml version='1.0'?><rows><email>secret@example.com</email></rows>\n",
    "XML or HTML of a login": b"  <!DOCTYPE html>\n<html><body>secret@example.com</body></html>\n",
    "a JSON array": b'[{"email": "secret@example.com"}]\n',
    "a JSON array over several lines": b'[\n  {"email": "secret@example.com"}\n]\n',
    "a row of JSON without a `type`": b'{"email": "secret@example.com"}\n{"email": "b"}\n',
    "rows of JSON": b'{"type": "lead", "email": "secret@example.com"}\n',
    "a whole JSON object": b'{\n  "type": "RECORD"\n}\n',
    "pipe a tap": b"secret\n",
}


@pytest.mark.parametrize("what", OTHERS)
def test_whatever_comes_in_place_of_messages_is_told_by_name_with_what_to_do(pipe: Pipe, what: str) -> None:
    (pipe.folder / "input").write_bytes(OTHERS[what])
    done = pipe.call("--config", str(pipe.file()), "--input", str(pipe.folder / "input"))
    assert (done.code, done.states) == (7, [])
    assert what.partition(" over ")[0].partition(" of a login")[0] in done.report["message"]
    assert "line 1 of the input" in done.report["message"]
    assert "secret" not in done.stderr


def test_an_empty_input_is_a_warning_that_says_so(pipe: Pipe) -> None:
    done = pipe.run_here([])
    assert done.code == 0
    assert any(text.startswith("nothing came") and "meltano select" in text for text in done.report["warnings"])


# A new ledger beside an old STATE

BEFORE: list[tuple[dict[str, Any], bool]] = [
    ({"bookmarks": {"leads": {"replication_key": "at", "replication_key_value": "2026-11-01"}}}, True),
    ({"leads": 5}, True),
    ({"bookmarks": {"leads": {"offset": [{"lsn": 77}]}}}, True),
    ({"bookmarks": {}}, False),
    ({"bookmarks": {"leads": {"replication_key": "at", "starting_replication_value": None}}}, False),
    ({"currently_syncing": "leads", "bookmarks": {"leads": {}}}, False),
]


@pytest.mark.parametrize(("value", "is_old"), BEFORE)
def test_a_new_ledger_beside_a_state_that_is_not_new_is_a_warning_with_its_mends(
    pipe: Pipe,
    now: int,
    value: dict[str, Any],
    is_old: bool,  # noqa: FBT001 - a table
) -> None:
    lines = [{"type": "STATE", "value": value}, schema(), record(now, 1), state(at=1)]
    done = pipe.run_here(lines)
    found = [text for text in done.report["warnings"] if text.startswith("the ledger is new")]
    assert len(found) == is_old
    assert all(mend in text for text in found for mend in ("ledger import", "ledger mark", "require_ledger"))
    again = pipe.run_here(lines)
    assert not any(text.startswith("the ledger is new") for text in again.report["warnings"])


def test_a_state_behind_records_says_nothing_of_earlier_runs(pipe: Pipe, now: int) -> None:
    done = pipe.run_here([schema(), record(now, 1), state(at=1)])
    assert not any(text.startswith("the ledger is new") for text in done.report["warnings"])


# A tap that goes on writing


def test_what_a_tap_still_writes_after_a_fatal_error_is_read_so_that_our_line_is_the_last(pipe: Pipe, now: int) -> None:
    """More than a pipe holds: without a reader the tap would end with a traceback."""
    lines = as_bytes([schema(), record(now, 1), *(record(now, number) for number in range(20_000))])
    writer = f"import sys; sys.stdout.buffer.write(open({str(pipe.folder / 'lines')!r}, 'rb').read())"
    (pipe.folder / "lines").write_bytes(lines)
    tap = subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    path = pipe.file(streams=[entry(fields={"company": "firm"})])
    done = subprocess.run(
        [*MODULE, "--config", str(path)],
        stdin=tap.stdout,
        capture_output=True,
        check=False,
        cwd=pipe.folder,
        env=environment(),
        timeout=60,
    )
    assert tap.stdout is not None
    tap.stdout.close()
    _, tap_said = tap.communicate(timeout=20)
    assert (done.returncode, tap.returncode, tap_said) == (2, 0, b"")
    assert done.stderr.decode().splitlines()[-1].startswith("outcome=config exit=2")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_the_reading_at_once_and_the_exit_code_stays(pipe: Pipe, name: str) -> None:
    process = pipe.start(streams=[entry(conversion_rule="no rule")])
    assert process.stderr is not None
    while b"no rule" not in (line := process.stderr.readline()) and b"conversion_rule" not in line:
        assert line
    time.sleep(0.5)
    assert process.poll() is None
    since = time.monotonic()
    process.send_signal(getattr(signal, name))
    assert process.wait(8) == 2
    assert time.monotonic() - since < 8
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


@pytest.mark.parametrize("name", ["LINKEDIN_ACCESS_TOKEN", "LI_ACCESS_TOKEN"])
def test_a_token_of_another_name_is_pointed_out_and_never_shown(
    pipe: Pipe, now: int, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "canary-token")
    done = pipe.run_here([schema(), record(now, 1)], access_token=None)
    assert done.code == 2
    assert f"{name} is not read: name it TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN" in done.stderr
    assert "canary-token" not in done.stdout + done.stderr
    assert pipe.run_here([schema(), record(now, 1)]).code == 0
