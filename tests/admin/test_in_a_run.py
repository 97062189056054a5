"""The preflight as a run sees it: before the first event, told once, its warnings in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.singer.pipe import Pipe, record, schema

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
