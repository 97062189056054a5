"""Requests to the sandbox: each case's exact answer, and what our client reads in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.delivery.answer import read_answer
from tests.conformance import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from target_linkedin_conversions.sandbox import Sandbox

CASES = table.cases("answers")


def prepare(linkedin: Sandbox, case: table.Case) -> None:
    """Bring the sandbox to where the case begins."""
    given = case.get("given", {})
    linkedin.set_clock(table.epoch_ms(given.get("now", case["now"])))
    linkedin.configure(**given.get("settings", {}))
    for rule in given.get("rules", ()):
        linkedin.add_rule(rule)
    for token, kind in given.get("tokens", {}).items():
        linkedin.set_token(token, **kind)
    if "fault" in case:
        linkedin.faults(**case["fault"])


def kind_of(case: table.Case) -> str:
    """Where the request's body is said; the default's batch comes last."""
    return next((kind for kind in ("text", "json", "event", "events") if kind in case and case["method"] != "GET"), "")


def body_of(case: table.Case) -> bytes | None:
    kind = kind_of(case)
    good = case.get("good", {})
    if kind == "text":
        return str(case["text"]).encode()
    if kind == "json":
        return json.dumps(case["json"]).encode()
    if kind == "event":
        return json.dumps(without_gone(table.merged(good, case["event"]))).encode()
    events = [without_gone(table.merged(good, changes)) for changes in case.get("events", ())]
    return json.dumps({"elements": events * case.get("repeated", 1)}).encode() if kind else None


def without_gone(event: Any) -> Any:
    """A change to `GONE` takes the default's field out."""
    if isinstance(event, dict):
        return {name: without_gone(item) for name, item in event.items() if item != "GONE"}
    return event


def sent(http: requests.Session, linkedin: Sandbox, case: table.Case) -> requests.Response:
    """The case's request; `chunked` hides its length."""
    usual = {
        "Authorization": f"Bearer {case['token']}",
        "LinkedIn-Version": case["version"],
        "X-Restli-Protocol-Version": "2.0.0",
        "X-RestLi-Method": "BATCH_CREATE" if kind_of(case) == "events" else None,
        "Content-Type": "application/json",
    }
    headers = {name: text for name, text in {**usual, **case.get("headers", {})}.items() if text is not None}
    body: Any = body_of(case)
    return http.request(
        case["method"],
        linkedin.url + case["path"],
        headers=headers,
        data=pieces(body) if case.get("chunked") else body,
        timeout=10,
        allow_redirects=False,
    )


def pieces(body: bytes) -> Iterator[bytes]:
    yield body


def content_of(answer: requests.Response) -> Any:
    if not answer.content:
        return ""
    kind = answer.headers.get("Content-Type", "")
    return answer.json() if kind.startswith("application/json") else answer.text


@pytest.mark.parametrize("case", CASES, ids=table.name_of)
def test_a_request_has_exactly_the_answer_and_meaning_that_the_table_says(
    case: table.Case, linkedin: Sandbox, http: requests.Session
) -> None:
    prepare(linkedin, case)
    answer = [sent(http, linkedin, case) for _ in range(case.get("times", 1))][-1]
    content = content_of(answer)
    assert (answer.status_code, content) == (case["status"], content)
    assert content == case["answer"] or table.fits(case["answer"], content)
    for name, text in case.get("sets", {}).items():
        assert table.fits(text, answer.headers.get(name)), (name, answer.headers.get(name))
    assert not [name for name in case.get("lacks", ()) if name in answer.headers]
    assert len(linkedin.received) == case.get("takes", 0)
    if "means" in case:
        count = len(case["events"]) * case.get("repeated", 1)
        events = [b'{"user":{"userIds":[]}}'] * count
        meaning = read_answer(answer.status_code, answer.headers, answer.content, events)
        assert {type(meaning).__name__: json.loads(msgspec.json.encode(meaning))} == written_out(case["means"])


def written_out(means: Any) -> Any:
    """`Taken` is short for `Taken: {}`; a key of JSON is text."""
    return {means: {}} if isinstance(means, str) else json.loads(json.dumps(means))
