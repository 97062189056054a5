"""No value of a person and no secret is written anywhere but in the outbox, whatever goes wrong, at any log level."""

from __future__ import annotations

import contextlib
import json
import signal
import sqlite3
import subprocess
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from target_linkedin_conversions.sandbox.faults import FaultKind
from tests.privacy.finder import Finder, files_of
from tests.singer.pipe import MODULE, Ended, Line, Pipe, as_bytes, entry, environment, record, schema, state
from tests.size import sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.sandbox import Sandbox

SECRETS = {
    "access_token": "sandbox-kanarytoken-55",
    "client_secret": "kanarysecret-66",
    "refresh_token": "sandbox-kanaryrefresh-77",
}
PERSON = {
    "work_email": " Jördis.Kanary11@Private.example ",
    "private_email": "kanary.home12@private.example",
    "li_fat_id": "6f1e2d3c-kanary-22",
    "page": "https://shop.example/?li_fat_id=kanary-click-23&x=1",
    "acxiom": "kanaryacxiom33",
    "aid": "38400000-8cf0-11bd-b23e-10b96e40000d",
    "ip": "203.0.114.77",
    "ip_plain": "198.51.101.42",
    "first": "Jördis Kanaryfirst",
    "last": "Kanarylåst-Łuk",
    "company": "Kanary & Söhne 88",
    "title": "Head of Kanary 99",
    "ext": "kanary-crm-1010",
    "lead": "kanary-lead-1212",
    "order": "kanary-order-1414",
    "consent": "granted by kanary1515",
    "note": "kanary-unmapped-1313 +49 171 5550123",
}
STATE = "kanary-bookmark-1616"
SUPPRESSED = "kanary.suppressed17@private.example"
FIELDS = {
    "email": ["work_email", "private_email"],
    "li_fat_id": ["li_fat_id", "page"],
    "acxiom_id": "acxiom",
    "google_aid": "aid",
    "ip_address": "ip",
    "ip_address_plain": "ip_plain",
    "first_name": "first",
    "last_name": "last",
    "company": "company",
    "title": "title",
    "external_id": "ext",
    "lead": "lead",
}
FINDER = Finder({**PERSON, **SECRETS, "state": STATE, "suppressed": SUPPRESSED, "any": "kanary"})

LEVELS = sized(["DEBUG"], ["DEBUG", "INFO"])
WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "mapped": {"stream_maps": {"leads": {"x": "title"}}},
    "flattened": {"flattening_enabled": True, "flattening_max_depth": 2},
    "validated": {"validate_records": True},
}
every_way = pytest.mark.parametrize("way", sized(["plain"], list(WAYS)))
both_ways = pytest.mark.parametrize("way", sized(["plain", "mapped"], list(WAYS)))


@pytest.fixture(autouse=True, params=LEVELS)
def _level(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways in which the SDK is told to log."""
    monkeypatch.setenv("LOGLEVEL", request.param)
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_LOGLEVEL", request.param)


@pytest.fixture
def canaries(pipe: Pipe) -> Pipe:
    suppress = pipe.folder / "suppress.txt"
    suppress.write_text(SUPPRESSED + "\n")
    pipe.config |= {
        **SECRETS,
        "client_id": "7",
        "streams": [entry(fields=FIELDS)],
        "batch_size_rows": 3,
        "retry_for_seconds": 0,
        "shutdown_seconds": 1,
        "suppress": str(suppress),
    }
    return pipe


def person(now: int, number: int, **changes: Any) -> dict[str, Any]:
    row = record(now, number, **{**PERSON, **changes})
    del row["record"]["email"]
    return row


def rows(now: int) -> list[Line]:
    """Rows that are sent, and rows that fail in each way."""
    columns = schema("leads", "id", "happened_at", "value", "currency", "when", *PERSON, key=["id"])
    odd: list[dict[str, Any]] = [
        {"work_email": "kanary at private"},
        {"happened_at": "kanary o'clock"},
        {"happened_at": None},
        {"ip": "kanary.ip", "lead": "urn:kanary", "ext": PERSON["private_email"], "title": PERSON["private_email"]},
        {"id": PERSON["private_email"], "happened_at": None},
        {"id": PERSON["ip"], "happened_at": None},
        {"id": PERSON["ext"], "happened_at": None},
        {"id": PERSON["first"], "happened_at": 1},
        {"work_email": [PERSON["work_email"]], "first": {"x": "kanary"}, "li_fat_id": "kanary " * 100},
        {"work_email": SUPPRESSED},
        {"value": "kanary", "currency": "kanary"},
    ]
    made = [person(now, n, **changes) for n, changes in enumerate([{}, {}, *odd, {}])]
    return [columns, *made, state(bookmark=STATE)]


def leaks(done: Ended, pipe: Pipe) -> list[str]:
    """What is written where it must not be; of STATE lines only the tap's own may be on stdout."""
    strange = [line for line in done.states if line != json.dumps({"bookmark": STATE})]
    return [f"stdout holds {line}" for line in strange] + FINDER.leaks(
        [("stderr", done.stderr.encode()), *files_of(pipe.state_dir)]
    )


def assert_nothing_leaks(done: Ended, pipe: Pipe) -> None:
    assert leaks(done, pipe) == []


# What LinkedIn does


@both_ways
def test_where_all_is_well(canaries: Pipe, now: int, linkedin: Sandbox, way: str) -> None:
    done = canaries.run_here(rows(now), **WAYS[way], max_reject_ratio=1)
    assert done.code == 0, done.stderr
    assert done.counts["delivered"] >= 3
    assert done.counts["rejected"] >= 3
    assert any("kanary" in json.dumps(event) for event in linkedin.received)
    assert_nothing_leaks(done, canaries)


SLOW = "answer_401_revoked"
"""A token that is said to be revoked is given a minute: here a signal ends that."""


@pytest.mark.parametrize("kind", [kind for kind in get_args(FaultKind) if kind != SLOW])
@pytest.mark.parametrize("times", sized([100], [1, 100]))
@every_way
def test_under_each_fault(canaries: Pipe, now: int, linkedin: Sandbox, kind: Any, times: int, way: str) -> None:
    linkedin.faults(kind, times=times, seconds=0.2, statuses={0: 400, 1: 422, 2: 500})
    assert_nothing_leaks(canaries.run_here(rows(now), **WAYS[way]), canaries)


ECHOES: dict[str, Callable[[str], Any]] = {
    "message": lambda text: {"message": text, "status": 400},
    "indexed": lambda text: {
        "message": f'Index: 0, ERROR :: /user/userInfo/firstName :: "{text}" is bad',
        "code": text,
    },
    "unquoted": lambda text: {
        "message": f"ERROR :: /elements/0/{text} :: {text} is not allowed",
        "serviceErrorCode": 1,
    },
    "code": lambda text: {"code": text, "message": text, "errorDetails": {"inputErrors": [{"description": text}]}},
    "elements": lambda text: {"elements": [{"status": 400, "error": {"message": text, "code": text}}] * 3},
    "text": lambda text: f"<html>{text}</html>",
    "oauth": lambda text: {"error": text, "error_description": text},
    "ad_accounts": lambda text: {"message": f"No ad accounts found for {text}", "status": 403},
    "deleted": lambda text: {"message": f"conversion rule of {text} is deleted", "status": 400},
}
SENT_PLAIN = ("li_fat_id", "acxiom", "aid", "ip_plain", "company", "title", "ext", "lead")
"""What LinkedIn can repeat, because it gets it: everything else of a person arrives hashed."""
VALUES = sized(("work_email", "company", "ext", "lead"), (*SENT_PLAIN, "work_email", "private_email"))


ALL_STATUSES = (200, 201, 400, 401, 403, 404, 422, 426, 429, 500, 504)


@pytest.mark.parametrize(
    ("echo", "status"),
    sized([*product(ECHOES, [400]), *product(["message"], [200, 403, 422, 426])], [*product(ECHOES, ALL_STATUSES)]),
)
def test_where_linkedin_repeats_values_in_its_answers(
    canaries: Pipe, now: int, linkedin: Sandbox, echo: str, status: int
) -> None:
    text = " ".join(PERSON[name].strip() for name in VALUES)
    headers = dict.fromkeys(("X-LI-UUID", "Retry-After", "Location"), PERSON["private_email"])
    linkedin.faults("answer", status=status, body=ECHOES[echo](text), headers=headers, times=100, path="/")
    # It can repeat only what it got, so every row is sent whole.
    lines = [rows(now)[0], *[person(now, n) for n in range(4)], state(bookmark=STATE)]
    assert_nothing_leaks(canaries.run_here(lines, account_id=512345678), canaries)


@pytest.mark.parametrize("policy", ["hold", "resend"])
def test_where_events_are_in_doubt(canaries: Pipe, now: int, linkedin: Sandbox, policy: str) -> None:
    linkedin.faults("drop_after", times=1)
    for _ in range(2):
        done = canaries.run_here(rows(now), on_in_doubt=policy, retry_for_seconds=5)
        assert_nothing_leaks(done, canaries)


# What the tap, the person or the machine does

BROKEN: dict[str, Line] = {
    "no_json": "{" + json.dumps(PERSON),
    "half_a_line": '{"type": "RECORD", "stream": "leads", "record": ' + json.dumps(PERSON)[:-20],
    "no_key": {"type": "RECORD", "stream": "leads", "record": PERSON},
    "unknown_stream": {"type": "RECORD", "stream": "other", "record": PERSON},
    "state_without_value": {"type": "STATE", "bookmark": STATE},
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
@every_way
def test_where_the_input_is_broken(canaries: Pipe, now: int, line: Line, way: str) -> None:
    done = canaries.run_here([*rows(now), line], **WAYS[way])
    assert done.code == 7
    assert_nothing_leaks(done, canaries)


@every_way
def test_where_a_number_is_beyond_reason(canaries: Pipe, now: int, way: str) -> None:
    """It costs its row, as `NaN` does, and not the load."""
    line = json.dumps({"type": "RECORD", "stream": "leads", "record": {**PERSON, "id": "HUGE"}})
    done = canaries.run_here([*rows(now), line.replace('"HUGE"', "1" + "0" * 5000)], **WAYS[way], max_reject_ratio=1)
    assert done.code == 0
    assert_nothing_leaks(done, canaries)


ENDS: dict[str, tuple[dict[str, Any], int]] = {
    "dry_run": ({"dry_run": True}, 0),
    "a_bad_stream_map": ({"stream_maps": {"leads": {"x": "title + 1"}}}, 2),
    "a_stream_map_that_is_no_expression": ({"stream_maps": {"leads": {"x": "int(first)"}}}, 2),
    "too_many_rejects": ({"max_reject_ratio": 0}, 6),
    "no_quota": ({"requests_per_day": 1}, 4),
    "strict": ({"on_bad_field": "reject", "on_too_old": "reject"}, 0),
    "plain_names": ({"streams": [entry(fields=FIELDS, names="plain")]}, 0),
    "an_older_version": ({"linkedin_version": "202601"}, 0),
    "event_ids": ({"streams": [entry(fields={**FIELDS, "event_id": "order"})]}, 0),
    "a_key": ({"streams": [entry(fields=FIELDS, key=["work_email", "ext"])]}, 0),
    "consent": ({"streams": [entry(fields=FIELDS, consent={"column": "consent", "granted": ["yes"]})]}, 0),
    "nothing_kept": ({"send_once": False}, 0),
}


@pytest.mark.parametrize(("settings", "code"), ENDS.values(), ids=ENDS)
def test_however_it_is_set_and_ends(canaries: Pipe, now: int, settings: dict[str, Any], code: int) -> None:
    lines = rows(now)
    more = [person(now, 100 + n, happened_at=None) for n in range(30)] if code == 6 else []
    done = canaries.run_here([*lines[:-1], *more, lines[-1]], **{"max_reject_ratio": 1, **settings})
    assert done.code == code, done.stderr
    assert_nothing_leaks(done, canaries)


def test_in_a_second_run_over_changed_rows(canaries: Pipe, now: int) -> None:
    canaries.run_here(rows(now), max_reject_ratio=1)
    again = [*rows(now)[:-1], person(now, 0, value=7, currency="EUR"), state(bookmark=STATE)]
    assert_nothing_leaks(canaries.run_here(again, max_reject_ratio=1), canaries)


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[2048:] = b"\xff" * (len(data) - 2048)
    path.write_bytes(bytes(data))


def lose_a_table(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as ledger:
        ledger.executescript("DROP TABLE meta")


LEDGERS: dict[str, Callable[[Path], object]] = {
    "no_database": lambda path: path.write_bytes(b"no database " * 1000),
    "a_folder": Path.mkdir,
    "broken_in_the_middle": spoil,
    "without_its_tables": lose_a_table,
}


@pytest.mark.parametrize("name", LEDGERS)
def test_where_the_ledger_is_broken(canaries: Pipe, now: int, name: str) -> None:
    canaries.state_dir.mkdir()
    if name in {"broken_in_the_middle", "without_its_tables"}:
        canaries.run_here([rows(now)[0], person(now, 99)])
    LEDGERS[name](canaries.state_dir / "ledger.sqlite")
    done = canaries.run_here(rows(now))
    assert done.code in {0, 2}
    assert_nothing_leaks(done, canaries)


def test_where_the_ledger_breaks_under_way(canaries: Pipe, now: int) -> None:
    with canaries.start(batch_max_age_seconds=0.1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(as_bytes(rows(now)))
        process.stdin.flush()
        process.stdout.readline()
        with contextlib.closing(sqlite3.connect(canaries.state_dir / "ledger.sqlite")) as ledger:
            ledger.executescript("PRAGMA foreign_keys=OFF; DROP TABLE deliveries")
        process.stdin.write(as_bytes([person(now, 77), state(bookmark=STATE)]))
        process.stdin.close()
        done = canaries.wait(process)
    assert done.code == 2
    assert_nothing_leaks(done, canaries)


def in_shell(pipe: Pipe, script: str, lines: list[Line], **settings: Any) -> Ended:
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *MODULE, "--config", str(pipe.file(**settings))],
        input=as_bytes(lines),
        capture_output=True,
        check=False,
        timeout=100,
        cwd=pipe.folder,
        env=environment(),
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("blocks", sized([8, 200], [8, 50, 100, 150, 200, 400]))
def test_where_the_disk_is_full(canaries: Pipe, now: int, blocks: int) -> None:
    lines = rows(now)
    more = [person(now, 1000 + n, happened_at=None if n % 2 else now - n) for n in range(1500)]
    script = f'ulimit -f {blocks}; exec "$@"'
    done = in_shell(canaries, script, [*lines[:-1], *more, lines[-1]], max_reject_ratio=1, batch_size_rows=200)
    assert done.code == 2
    assert_nothing_leaks(done, canaries)


@pytest.mark.parametrize("number", sized([signal.SIGTERM], [signal.SIGTERM, signal.SIGINT, signal.SIGKILL]))
@pytest.mark.parametrize("kind", sized(["delay", SLOW], ["delay", SLOW, "answer_503", "drop_after", "answer_429"]))
def test_where_a_signal_ends_it(canaries: Pipe, now: int, linkedin: Sandbox, kind: Any, number: signal.Signals) -> None:
    linkedin.faults(kind, delay=2.0, times=50)
    with canaries.start(batch_size_rows=1, retry_for_seconds=600) as process:
        assert process.stdin is not None
        process.stdin.write(as_bytes(rows(now)))
        process.stdin.flush()
        until = time.monotonic() + 60
        while not linkedin.ordered_faults[0]["fired"] and time.monotonic() < until:
            time.sleep(0.02)
        assert linkedin.ordered_faults[0]["fired"]
        process.send_signal(number)
        done = canaries.wait(process, 60)
    linkedin.clear_faults()
    assert done.code in {143, 130, -9}
    assert_nothing_leaks(done, canaries)


def test_where_every_library_logs_what_it_can(canaries: Pipe, now: int) -> None:
    debug = {"version": 1, "disable_existing_loggers": False, "root": {"level": "DEBUG", "handlers": ["all"]}}
    config = canaries.folder / "logging.json"
    config.write_text(json.dumps({**debug, "handlers": {"all": {"class": "logging.StreamHandler", "level": "DEBUG"}}}))
    script = f'SINGER_SDK_LOG_CONFIG="{config}" exec "$@"'
    done = in_shell(canaries, script, rows(now), max_reject_ratio=1)
    assert done.code == 0, done.stderr
    assert_nothing_leaks(done, canaries)
