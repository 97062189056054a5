"""No identifier and no secret leaves but in a payload: not at any log level, not in any failure."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import Line, Pipe, entry, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

TOKEN = "sandbox-canarytoken55"
SECRETS = {"client_secret": "canarysecret66", "refresh_token": "sandbox-canaryrefresh77"}
EMAIL = "Canary.Mail11@Private.example"
PERSON = {
    "email": EMAIL,
    "li_fat_id": "canaryclick22",
    "acxiom_id": "canaryacxiom33",
    "google_aid": "38400000-8cf0-11bd-b23e-10b96e40000d",
    "ip": "203.0.114.77",
    "first_name": "Canaryfirst",
    "last_name": "Canarylast",
    "company": "Canarycompany88",
    "title": "Canarytitle99",
    "ext": "canaryext1010",
    "lead": "canarylead1212",
    "unmapped": "canaryunmapped1313",
}
FIELDS = {
    "li_fat_id": "li_fat_id",
    "acxiom_id": "acxiom_id",
    "google_aid": "google_aid",
    "ip_address": "ip",
    "first_name": "first_name",
    "last_name": "last_name",
    "company": "company",
    "title": "title",
    "external_id": "ext",
    "lead": "lead",
}
COLUMNS = ("id", "happened_at", "stage", *PERSON)


def forms(text: str) -> set[bytes]:
    """A value raw, lower, trimmed, hashed, encoded."""
    found: set[bytes] = set()
    for form in (text, text.lower(), text.upper(), text.strip()):
        digest = hashlib.sha256(form.encode())
        found |= {form.encode(), digest.hexdigest().encode(), digest.hexdigest().upper().encode()}
        found |= {base64.b64encode(digest.digest()), base64.b64encode(form.encode())}
    return found


ALL = {form for text in (*PERSON.values(), TOKEN, *SECRETS.values()) for form in forms(text)} | {b"canary", b"Canary"}


def person(now: int, number: int, **changes: Any) -> dict[str, Any]:
    return record(now, number, **{**PERSON, **changes})


def rows(now: int) -> list[Line]:
    """Rows that are sent, refused by us in each way, and keyed by what identifies the person."""
    return [
        schema("leads", *COLUMNS, key=["id"]),
        person(now, 1),
        person(now, 2, email="canary at private"),
        person(now, 3, happened_at="canary o'clock"),
        person(now, 4, happened_at=None),
        person(now, 5, ip="canary.ip", lead="urn:canary", ext=EMAIL, title=EMAIL),
        person(now, 6, id=EMAIL, happened_at=None),
        person(now, 7, id="203.0.114.77", happened_at=None),
        person(now, 8, id="canaryext1010", happened_at=None),
        person(now, 9, id="Canaryfirst"),
        person(now, 10, id=EMAIL.lower(), first_name=["Canary"], li_fat_id={"x": "canary"}),
        state(at=1),
    ]


def everything_written(pipe: Pipe) -> dict[str, bytes]:
    """Every file of the state folder but the two that may hold payloads and tokens."""
    return {
        str(path.relative_to(pipe.state_dir)): path.read_bytes()
        for path in pipe.state_dir.rglob("*")
        if path.is_file() and path.parent.name != "outbox" and path.name != "credentials.json"
    }


def assert_nothing_of_a_person(done: Any, pipe: Pipe) -> None:
    found = {"stdout": done.stdout.encode(), "stderr": done.stderr.encode(), **everything_written(pipe)}
    for place, content in found.items():
        for form in ALL:
            assert form not in content, f"{form.decode()} in {place}"


@pytest.fixture(autouse=True)
def _debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGLEVEL", "DEBUG")


@pytest.fixture
def canaries(pipe: Pipe, tmp_path: Path) -> Pipe:
    pipe.config |= {"access_token": TOKEN, "streams": [entry(fields=FIELDS)], "batch_size_rows": 3}
    assert "canary" not in str(tmp_path).lower()
    return pipe


BROKEN: dict[str, Line] = {
    "no_json": '{"type": "RECORD", "canary": canary',
    "record_without_key": {"type": "RECORD", "stream": "leads", "record": {"email": EMAIL}},
    "record_is_a_list": {"type": "RECORD", "stream": "leads", "record": [EMAIL]},
    "unknown_type": {"type": "canary", "record": PERSON},
    "unknown_stream": {"type": "RECORD", "stream": "other", "record": PERSON},
}
FAULTS: dict[str, dict[str, Any]] = {
    "answer_500": {"times": 100},
    "drop_after": {"times": 100},
    "answer_401_expired": {},
    "answer_429_day": {},
    "element_failures": {"statuses": {0: 400, 1: 400, 2: 400}, "times": 10},
    "truncate": {},
}


def test_in_a_run_that_sends_and_rejects(canaries: Pipe, now: int, linkedin: Sandbox) -> None:
    done = canaries.run_here(rows(now), max_reject_ratio=1)
    assert done.code == 0, done.stderr
    assert done.counts["delivered"] >= 3
    assert done.counts["rejected"] >= 3
    assert "DEBUG" in done.stderr
    assert any(b"canary" in json.dumps(event).encode() for event in linkedin.received)
    assert_nothing_of_a_person(done, canaries)


def test_in_a_process_of_its_own_with_every_logger_at_debug(canaries: Pipe, now: int) -> None:
    done = canaries.run(rows(now))
    assert done.code == 0
    assert "urllib3" in done.stderr
    assert_nothing_of_a_person(done, canaries)


def test_in_a_dry_run(canaries: Pipe, now: int) -> None:
    done = canaries.run_here(rows(now), dry_run=True)
    assert done.code == 0
    assert_nothing_of_a_person(done, canaries)


@pytest.mark.parametrize("mapped", [{"stream_maps": {"leads": {"x": "title"}}}, {"validate_records": True}])
def test_on_the_sdk_s_own_path(canaries: Pipe, now: int, mapped: dict[str, Any]) -> None:
    typed = schema("leads", *COLUMNS, additionalProperties=False)
    typed["schema"]["properties"]["first_name"] = {"type": "string"}
    done = canaries.run_here([typed, *rows(now)[1:]], **mapped)
    assert done.code == 0
    assert_nothing_of_a_person(done, canaries)


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("mapped", [{}, {"stream_maps": {"leads": {"x": "'x'"}}}], ids=["plain", "mapped"])
def test_where_the_input_is_broken(canaries: Pipe, now: int, line: Line, mapped: dict[str, Any]) -> None:
    done = canaries.run_here([*rows(now), line], **mapped)
    assert done.code == 7
    assert_nothing_of_a_person(done, canaries)


@pytest.mark.parametrize("kind", FAULTS)
def test_where_linkedin_fails(canaries: Pipe, linkedin: Sandbox, now: int, kind: Any) -> None:
    linkedin.faults(kind, **FAULTS[kind])
    done = canaries.run_here(rows(now), retry_for_seconds=0)
    assert_nothing_of_a_person(done, canaries)


def test_where_linkedin_repeats_our_values_in_its_answer(canaries: Pipe, linkedin: Sandbox, now: int) -> None:
    echo = {"message": f'ERROR :: /user/userInfo/firstName :: "{EMAIL}" is bad; canaryclick22', "status": 422}
    linkedin.faults("answer", status=422, body={**echo, "message": f'Index: 0, ERROR :: /x :: "{EMAIL}" is bad'})
    done = canaries.run_here(rows(now))
    assert done.counts["rejected"] > 0
    assert_nothing_of_a_person(done, canaries)


def test_where_a_stream_map_fails_on_a_record(canaries: Pipe, now: int) -> None:
    done = canaries.run_here(rows(now), stream_maps={"leads": {"x": "title + 1"}})
    assert done.code == 2
    assert_nothing_of_a_person(done, canaries)


def test_where_the_program_itself_is_at_fault(canaries: Pipe, now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"a fault that tells {EMAIL}")

    monkeypatch.setattr("target_linkedin_conversions.run.stream_mapping.compile_events", lambda _plan: fail)
    done = canaries.run_here(rows(now))
    assert (done.code, done.report["outcome"]) == (1, "fault")
    assert "a fault in this program: RuntimeError" in done.stderr
    assert_nothing_of_a_person(done, canaries)


def test_where_a_column_that_chooses_the_rule_holds_a_person(canaries: Pipe, now: int) -> None:
    by_column = {"column": "stage", "rules": [{"when": "won", "rule": 101}]}
    values = [EMAIL, hashlib.sha256(EMAIL.lower().encode()).hexdigest(), "203.0.114.77", "+49 171 5550123"]
    lines = [schema("leads", *COLUMNS), *[person(now, n, stage=value) for n, value in enumerate(values)]]
    done = canaries.run_here([*lines, person(now, 9, stage="thinking")], streams=[entry(rule=by_column, fields=FIELDS)])
    assert {found["value"] for found in done.report["unmatched"]} >= {"thinking"}
    assert "5550123" not in done.stderr + json.dumps(done.report)
    assert_nothing_of_a_person(done, canaries)


def test_secrets_that_are_wrong(canaries: Pipe, now: int) -> None:
    for settings in (
        {"client_id": "7", **SECRETS, "access_token": None},
        {**SECRETS},
        {"refresh_token": "sandbox-revoked-canary", "client_id": "7", "client_secret": "canarysecret66"},
        {"access_token": "canary-token-unknown-here"},
    ):
        done = canaries.run_here(rows(now), **settings)
        assert_nothing_of_a_person(done, canaries)
