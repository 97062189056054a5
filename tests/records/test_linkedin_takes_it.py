"""Whatever a warehouse holds: what is sent, a strict LinkedIn takes, and its lint finds nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = 1_795_430_400_000
DAY = 86_400_000
VERSIONS = [f"2026{month:02}" for month in range(1, 10)]
FIELDS = {
    "email": ["email", "other"],
    "li_fat_id": "page",
    "acxiom_id": "acxiom",
    "google_aid": "aid",
    "oracle_moat_id": "moat",
    "ip_address": "ip",
    "ip_address_plain": "ip2",
    "first_name": "first",
    "last_name": "last",
    "company": "company",
    "title": "title",
    "country": "country",
    "external_id": "crm",
    "lead": "lead",
    "happened_at": "at",
    "value": "deal",
    "currency": "code",
    "event_id": "order",
}
JUNK: list[Any] = [
    None,
    "",
    " ",
    "null",
    "n/a",
    "{{x}}",
    "\0",
    "🦄",
    True,
    7,
    -1,
    1.5,
    [],
    ["x"],
    {},
    {"a": 1},
    "x" * 300,
]
HASH = hashlib.sha256(b"jane@example.com").hexdigest()
junk = (
    st.sampled_from(JUNK)
    | st.text(max_size=20)
    | st.integers(-(2**63), 2**63 - 1)
    | st.sampled_from(["jane@example.com", hashlib.sha256(b"").hexdigest(), HASH.upper()])
)
emails = st.sampled_from(
    ["jane@example.com", " Jane@Example.com", HASH, HASH.upper(), rf"\x{HASH}", "Joe <joe@example.org>"]
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "email": emails,
    "other": emails,
    "page": st.sampled_from(["c-1", "https://www.example.com/?li_fat_id=c-2&e=jane@example.com"]),
    "acxiom": st.just("x-1"),
    "aid": st.just("38400000-8cf0-11bd-b23e-10b96e40000d"),
    "moat": st.just("m-1"),
    "ip": st.ip_addresses().map(str) | st.just(HASH),
    "ip2": st.ip_addresses(v=4).map(str),
    "first": st.sampled_from(["Mary", "José", HASH, "J@ne"]),
    "last": st.sampled_from(["O'Brien", "Doe", "李"]),
    "company": st.just("Acme GmbH"),
    "title": st.sampled_from(["CTO", "CTO @ Acme"]),
    "country": st.sampled_from(["DE", "gb"]),
    "crm": st.integers() | st.just("crm-1"),
    "lead": st.sampled_from(["5c0ffee1-3", "urn:li:leadGenFormResponse:5c0ffee1-3"]),
    "at": st.integers(NOW - 95 * DAY, NOW + 400_000) | st.sampled_from(["2026-11-23", "2026-11-22 10:00:00+01"]),
    "deal": st.decimals(0, 10**9, places=2).map(str) | st.floats(0, 1e12),
    "code": st.sampled_from(["EUR", "usd"]),
    "order": st.sampled_from(["ord-1", 7, "x" * 64]),
}
dirty = st.fixed_dictionaries(
    {"at": GOOD["at"] | junk},
    optional={column: good | junk for column, good in GOOD.items() if column != "at"},
)


@pytest.fixture(scope="module")
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(
        clock=lambda: NOW,
        lint="reject",
        loud=True,
        allow_oracle_moat_id=True,
        requests_per_minute=10**6,
        keep_events=False,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def post(linkedin: Sandbox) -> Iterator[Callable[..., requests.Response]]:
    with requests.Session() as session:
        session.trust_env = False

        def send(version: str, payloads: list[bytes]) -> requests.Response:
            return session.post(
                f"{linkedin.url}/rest/conversionEvents",
                data=b'{"elements":[' + b",".join(payloads) + b"]}",
                headers={
                    "Authorization": "Bearer sandbox-token",
                    "Content-Type": "application/json",
                    "LinkedIn-Version": version,
                    "X-Restli-Protocol-Version": "2.0.0",
                    "X-RestLi-Method": "BATCH_CREATE",
                },
                timeout=30,
            )

        yield send


@pytest.fixture(scope="module")
def streams(make_stream: Callable[..., Any]) -> list[tuple[str, Any]]:
    rules = [101, {"rule": 102, "value": False}]
    return [
        (
            version,
            make_stream(
                fields=FIELDS, names=names, settings={"linkedin_version": version}, conversion_rule=rules, closed=False
            ),
        )
        for version in VERSIONS
        for names in ("hashed", "plain")
    ]


@pytest.mark.slow
@settings(max_examples=40)
@given(records=st.lists(dirty, min_size=5, max_size=15))
def test_every_event_made_of_dirty_records_is_taken_on_every_version(
    streams: list[tuple[str, Any]], post: Callable[..., requests.Response], records: list[dict[str, Any]]
) -> None:
    for version, stream in streams:
        made = [stream.outcome_of_json(msgspec.json.encode({"id": 7, **record})) for record in records]
        payloads = [event.payload for found in made if isinstance(found, list) for event in found]
        if payloads:
            answer = post(version, payloads)
            assert answer.status_code == 200, answer.text
            assert answer.json() == {"elements": [{"status": 201}] * len(payloads)}


def test_each_identifier_alone_is_taken_on_every_version_that_sends_it(
    streams: list[tuple[str, Any]], post: Callable[..., requests.Response]
) -> None:
    alone: list[dict[str, Any]] = [
        {"email": "jane@example.com"},
        {"page": "c-1"},
        {"acxiom": "x-1"},
        {"aid": "38400000-8cf0-11bd-b23e-10b96e40000d"},
        {"ip": "203.0.113.9"},
        {"ip2": "203.0.113.9"},
        {"first": "Mary", "last": "O'Brien"},
        {"crm": "crm-1"},
        {"lead": "5c0ffee1-3"},
    ]
    for version, stream in streams:
        made = [stream.outcome_of_json(msgspec.json.encode({"id": 7, "at": NOW, **record})) for record in alone]
        payloads = [event.payload for found in made for event in found]
        assert len(payloads) == 2 * len(alone)
        assert post(version, payloads).status_code == 200
