"""The preflight as a run sees it: before the first event, told once, its warnings in the report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.singer.pipe import Pipe, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400_000
REFRESH = {"client_id": "app", "client_secret": "secret", "refresh_token": "sandbox-refresh", "access_token": None}


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    with Sandbox() as linkedin:
        yield Pipe(tmp_path, linkedin)


def lines(pipe: Pipe, rows: int = 3) -> list[Any]:
    now = pipe.linkedin.now()
    return [schema(), *(record(now, number) for number in range(rows))]


@pytest.mark.parametrize("preflight", [True, False])
def test_a_refresh_token_that_ends_soon_is_warned_of_once(pipe: Pipe, preflight: bool) -> None:  # noqa: FBT001
    ends = pipe.linkedin.now() + 10 * DAY + 3_600_000
    pipe.linkedin.set_token("sandbox-refresh", use="refresh", expires_at=ends)
    ended = pipe.run_here(lines(pipe), batch_size_rows=1, preflight=preflight, **REFRESH)
    assert ended.code == 0
    assert [text for text in ended.report["warnings"] if text.startswith("the refresh token ends on")]
    assert ended.stderr.count("log in again before and set refresh_token") == 1


def test_the_life_of_a_token_is_told_once_not_at_each_batch(pipe: Pipe) -> None:
    ended = pipe.run_here(lines(pipe), batch_size_rows=1, **REFRESH)
    assert ended.counts == {"delivered": 3}
    assert ended.stderr.count("the access token ends on") == 1
    assert ended.stderr.count("the refresh token ends on") == 1


@pytest.mark.parametrize(
    ("settings", "exit_code"),
    [({"access_token": "sandbox-revoked"}, 3), ({"linkedin_version": "202501"}, 2), ({"account_id": 512345678}, 2)],
)
def test_what_is_wrong_for_certain_stops_before_the_first_event(
    pipe: Pipe, settings: dict[str, Any], exit_code: int
) -> None:
    pipe.linkedin.add_rule(101, enabled="account_id" not in settings)
    ended = pipe.run_here(lines(pipe), **settings)
    assert (ended.code, ended.counts) == (exit_code, {"unsent": 3})
    assert not [request for request in pipe.linkedin.requests if request.method == "POST"]


def test_a_refused_introspection_stops_nothing(pipe: Pipe) -> None:
    pipe.linkedin.faults("answer", status=400, body={"error": "invalid_request"}, path="/oauth/v2/introspectToken")
    ended = pipe.run_here(lines(pipe), client_id="app", client_secret="secret", account_id=512345678)
    assert (ended.code, ended.counts) == (0, {"delivered": 3})


def test_without_events_nothing_is_asked(pipe: Pipe) -> None:
    assert pipe.run_here([schema()]).code == 0
    assert pipe.linkedin.requests == []


def by_stage(*rules: int, **more: Any) -> dict[str, Any]:
    cases = [{"when": str(rule), "rule": rule} for rule in rules]
    consent = {"not_required": "a test"}
    return {"stream": "*", "conversion_rule": {"column": "stage", "rules": cases, **more}, "consent": consent}


def staged(pipe: Pipe, *stages: int) -> list[Any]:
    now = pipe.linkedin.now()
    rows = [record(now, number, stage=stage) for number, stage in enumerate(stages)]
    columns = schema("leads", "id", "email", "happened_at", "stage")
    return [columns, *(line for number, row in enumerate(rows) for line in (row, state(at=number)))]


@pytest.mark.parametrize(
    ("rule", "words"),
    [(555, "there are 101"), (901, "rule 901 is disabled"), (902, "INSIGHT_TAG_JAVASCRIPT_EVENT")],
)
@pytest.mark.parametrize("rows", [1, 5000])
def test_a_rule_that_takes_no_events_stops_alone_before_anything_of_it_is_sent(
    pipe: Pipe, rule: int, words: str, rows: int
) -> None:
    lines = staged(pipe, 101, 101, rule, 101)
    done = pipe.run_here(lines, streams=[by_stage(101, rule)], account_id=512345678, batch_size_rows=rows)
    assert (done.code, done.counts) == (2, {"delivered": 3, "unsent": 1})
    assert {event["conversion"][-3:] for event in pipe.linkedin.received} == {"101"}
    assert [json.loads(line)["at"] for line in done.states][-1:] == [1]
    assert words in done.report["message"]
    assert f"rule {rule} stops" in done.stderr
    mended = pipe.run_here(lines, streams=[by_stage(101, 102) if rule == 555 else by_stage(101, rule)], account_id=None)
    assert mended.counts.get("already_delivered") == 3


def test_a_rule_that_a_column_names_is_looked_at_too(pipe: Pipe) -> None:
    entry = by_stage()
    del entry["conversion_rule"]["rules"]
    done = pipe.run_here(staged(pipe, 555, 101, 901), streams=[entry], account_id=512345678)
    assert (done.code, done.counts) == (2, {"delivered": 1, "unsent": 2})
    assert "rule 555 is in none of the ad accounts" in done.report["message"]
    assert "rule 901 is disabled" in done.report["message"]
    assert not [request for request in pipe.linkedin.requests if request.method == "POST" and request.status != 200]


def test_where_no_rule_is_left_the_run_stops_at_once(pipe: Pipe) -> None:
    done = pipe.run_here(staged(pipe, 555, 556), streams=[by_stage(555, 556)], account_id=512345678)
    assert (done.code, done.states) == (2, [])
    assert "555" in done.report["message"]
    assert "556" in done.report["message"]
    assert pipe.linkedin.received == []


def test_of_accounts_that_could_not_all_be_read_no_rule_is_called_missing(pipe: Pipe) -> None:
    pipe.linkedin.set_token("sandbox-token", accounts=[512345678])
    done = pipe.run_here(staged(pipe, 101), streams=[by_stage(101, 555)], account_id=[512345678, 999])
    assert (done.code, done.counts) == (0, {"delivered": 1})
