"""The published JSON Schema takes what we send and refuses what LinkedIn refuses, on every version."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import jsonschema
import msgspec
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.records.codes import COUNTRIES, CURRENCIES
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.records.schema import conversion_schema
from target_linkedin_conversions.records.versions import KNOWN, VERSIONS
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.records.plan import StreamPlan

NOW = 1_795_430_400_000  # 2026-11-23T10:40:00Z
EVENTS = "/rest/conversionEvents"
DIGEST = "86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"
COLUMNS = (
    *("email", "second_email", "click", "acxiom", "google", "moat", "ip_hashed", "ip"),
    *("first", "last", "company", "title", "country", "crm_id", "lead", "at", "value", "currency", "order"),
)
FIELDS = {
    "email": ["email", "second_email"],
    "li_fat_id": "click",
    "acxiom_id": "acxiom",
    "google_aid": "google",
    "oracle_moat_id": "moat",
    "ip_address": "ip_hashed",
    "ip_address_plain": "ip",
    "first_name": "first",
    "last_name": "last",
    "company": "company",
    "title": "title",
    "country": "country",
    "external_id": "crm_id",
    "lead": "lead",
    "happened_at": "at",
    "value": "value",
    "currency": "currency",
    "event_id": "order",
}

versions = st.sampled_from([version.name for version in VERSIONS])
digests = st.binary(max_size=4).map(lambda data: sha256(b"-" + data).hexdigest())
texts = st.text(max_size=80) | st.sampled_from(["a@b.com", "n/a", "0", " x\n", "\u200b", "urn:li:x", "9" * 64])
ips = st.ip_addresses().map(str) | st.sampled_from(["203.0.113.9", "10.0.0.1", "::ffff:8.8.8.8"])
numbers = st.integers(-5, 10**13) | st.decimals(-1, 10**6, allow_nan=False, places=2).map(float)
amounts = numbers | st.sampled_from(["1e3", ".5", "12.", "129.50", "1.234,56", "-0", "+7"]) | texts
times = st.integers(NOW - 91 * 86_400_000, NOW + 600_000) | st.sampled_from(["2026-11-20", NOW // 1000, str(NOW - 1)])
anything = st.none() | texts | numbers
rows = st.fixed_dictionaries(
    {},
    optional={
        "email": anything | st.emails() | digests,
        "second_email": anything | st.emails(),
        **dict.fromkeys(("click", "acxiom", "google", "moat", "company", "title", "crm_id", "lead", "order"), anything),
        "ip_hashed": anything | ips | digests,
        "ip": anything | ips,
        "first": anything | digests | st.just("Mary"),
        "last": anything | digests | st.just("O'Brien"),
        "country": anything | st.sampled_from(sorted(COUNTRIES)).map(str.lower),
        "value": amounts,
        "currency": anything | st.sampled_from(sorted(CURRENCIES)),
    },
)


@cache
def validator(version: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(conversion_schema(KNOWN[version]))


@cache
def plan_of(version: str, names: str) -> StreamPlan:
    entry = {"stream": "deals", "conversion_rule": [101, {"rule": 102, "value": False}], "fields": FIELDS}
    entry["consent"] = {"not_required": "a test"}
    entry |= {"names": names} if names else {}
    config = {"access_token": "t", "linkedin_version": version, "streams": [entry]}
    found = Settings.load(config)
    return compile_plans("deals", {"properties": {name: {} for name in COLUMNS}}, [], [found.streams[0]], found)[0]


@pytest.fixture(scope="module")
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, requests_per_minute=10**6) as running:
        yield running


@pytest.fixture(scope="module")
def send(linkedin: Sandbox) -> Iterator[Callable[[list[Any], str], int]]:
    session = requests.Session()
    session.trust_env = False

    def send(events: list[Any], version: str) -> int:
        headers = {
            "Authorization": "Bearer sandbox-token",
            "LinkedIn-Version": version,
            "X-RestLi-Method": "BATCH_CREATE",
        }
        return session.post(linkedin.url + EVENTS, json={"elements": events}, headers=headers, timeout=30).status_code

    yield send
    session.close()


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_it_is_a_json_schema_that_is_closed_at_every_level(version: Any) -> None:
    schema = conversion_schema(version)
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = [schema, *schema["$defs"].values()]
    assert [part["additionalProperties"] for part in objects] == [False] * 5
    assert "null" not in json.dumps(schema)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    version=versions,
    names=st.sampled_from(["", "plain"]),
    found=st.lists(st.tuples(rows, times), min_size=1, max_size=5),
)
def test_every_event_we_make_is_valid_and_is_taken(
    send: Callable[[list[Any], str], int], version: str, names: str, found: list[tuple[dict[str, Any], Any]]
) -> None:
    plan = plan_of(version, names)
    decode = msgspec.json.Decoder(plan.row_type.struct, float_hook=Decimal).decode
    events_of, row_of = compile_events(plan), plan.row_type.row_of
    made: list[Any] = []
    for row, at in found:
        events = events_of(row_of(decode(msgspec.json.encode({**row, "at": at}))), NOW)
        made += [json.loads(event.payload) for event in events] if isinstance(events, list) else []
    for payload in made:
        validator(version).validate(payload)
    assert not made or send(made, version) == 200


def whole(version: str) -> dict[str, Any]:
    """An event with every field that the version knows."""
    names = {"firstName": "Jane", "lastName": "Doe"}
    if KNOWN[version].hashed_names:
        names = {"hashedFirstName": DIGEST, "lastName": "Doe"}
    return {
        "conversion": "urn:lla:llaPartnerConversion:101",
        "conversionHappenedAt": NOW - 1000,
        "conversionValue": {"currencyCode": "EUR", "amount": "129.50"},
        "eventId": "order-1",
        "user": {
            "userIds": [
                {"idType": "SHA256_EMAIL", "idValue": DIGEST},
                {"idType": "PLAINTEXT_IP_ADDRESS", "idValue": "203.0.113.9"},
            ],
            "userInfo": {**names, "companyName": "Acme", "title": "CTO", "countryCode": "DE"},
            "externalIds": ["crm-1"],
            "lead": "urn:li:leadGenFormResponse:1",
        },
    }


GONE = object()
DROPPED = (
    *("conversion", "conversionHappenedAt", "user", "conversionValue/amount", "conversionValue/currencyCode"),
    *("user/userIds", "user/userIds/0/idType", "user/userIds/0/idValue", "user/userInfo/lastName"),
)
ADDED = ("x", "conversionValue/x", "user/x", "user/userIds/0/x", "user/userInfo/x")
CHANGED = [
    ("conversion", "urn:li:llaPartnerConversion:101"),
    ("conversion", "101"),
    ("conversion", "urn:lla:llaPartnerConversion:"),
    ("conversion", 101),
    ("conversionHappenedAt", str(NOW - 1000)),
    ("conversionHappenedAt", (NOW - 1000) // 1000),
    ("conversionHappenedAt", True),
    ("conversionValue", "129.50"),
    ("conversionValue/amount", 129.5),
    ("conversionValue/currencyCode", None),
    ("eventId", 7),
    ("eventId", None),
    ("user", []),
    ("user/userIds", {}),
    ("user/userIds", None),
    ("user/userIds/0", DIGEST),
    ("user/userIds/0/idType", "SHA256_PHONE"),
    ("user/userIds/0/idType", "AXCIOM_ID"),
    ("user/userIds/0/idValue", ""),
    ("user/userIds/0/idValue", 7),
    ("user/userInfo", None),
    ("user/userInfo/companyName", ""),
    ("user/userInfo/title", 7),
    ("user/externalIds", "crm-1"),
    ("user/externalIds", [7]),
    ("user/externalIds", [""]),
    ("user/lead", "urn:lla:leadGenFormResponse:1"),
    ("user/lead", "urn:li:leadGenFormResponse:"),
]
LINTED = [
    ("conversionValue/amount", "1.234,56"),
    ("conversionValue/currencyCode", "EURO"),
    ("conversionValue/currencyCode", "ZZZ"),
    ("eventId", "x" * 65),
    ("user/userIds/0/idValue", DIGEST.upper()),
    ("user/userIds/0/idValue", DIGEST[:-1]),
    ("user/userIds/1/idValue", "999.1.1.1"),
    ("user/userIds/1/idValue", "2001:db8::1"),
    ("user/userIds/1", {"idType": "SHA256_EMAIL", "idValue": DIGEST}),
    ("user/userInfo/countryCode", "Germany"),
    ("user/externalIds", ["a", "b"]),
]


def changed(version: str, path: str, value: object) -> dict[str, Any]:
    event = copy.deepcopy(whole(version))
    *parents, name = [int(part) if part.isdecimal() else part for part in path.split("/")]
    place: Any = event
    for parent in parents:
        place = place[parent]
    if value is GONE:
        del place[name]
    else:
        place[name] = value
    return event


@pytest.mark.parametrize("version", KNOWN)
def test_both_take_an_event_with_every_field(send: Callable[[list[Any], str], int], version: str) -> None:
    validator(version).validate(whole(version))
    assert send([whole(version)], version) == 200


@pytest.mark.parametrize("version", ["202601", "202608", "202609"])
@pytest.mark.parametrize(
    ("path", "value"), [*((path, GONE) for path in DROPPED), *((path, "x") for path in ADDED), *CHANGED]
)
def test_both_refuse_what_is_broken(
    send: Callable[[list[Any], str], int], version: str, path: str, value: object
) -> None:
    event = changed(version, path, value)
    assert not validator(version).is_valid(event)
    assert send([event], version) in {400, 422}


@pytest.mark.parametrize(("path", "value"), LINTED)
def test_what_linkedin_takes_and_never_matches_is_no_valid_event(
    linkedin: Sandbox, send: Callable[[list[Any], str], int], path: str, value: object
) -> None:
    event = changed("202609", path, value)
    assert not validator("202609").is_valid(event)
    assert send([event], "202609") == 200
    linkedin.configure(lint="reject")
    assert send([event], "202609") == 400
    linkedin.configure(lint="report")


@pytest.mark.parametrize("version", KNOWN)
def test_nobody_is_no_one(send: Callable[[list[Any], str], int], version: str) -> None:
    event = whole(version) | {"user": {"userIds": []}}
    assert not validator(version).is_valid(event)
    assert send([event], version) == 400


@pytest.mark.parametrize("amount", ["9" * 308, "0." + "1" * 900, "1" + "0" * 30])
def test_both_take_an_amount_of_many_digits(send: Callable[[list[Any], str], int], amount: str) -> None:
    plan = plan_of("202609", "")
    record = {"email": DIGEST, "at": NOW - 1, "value": amount, "currency": "EUR"}
    row = plan.row_type.row_of(msgspec.json.decode(msgspec.json.encode(record), type=plan.row_type.struct))
    events = compile_events(plan)(row, NOW)
    assert isinstance(events, list)
    event = events[0]
    payload = json.loads(event.payload)
    assert payload["conversionValue"]["amount"] == amount
    validator("202609").validate(payload)
    assert send([payload], "202609") == 200


@pytest.mark.parametrize("part", ["userInfo", "externalIds", "lead"])
@pytest.mark.parametrize("version", KNOWN)
def test_any_one_identifier_is_enough(send: Callable[[list[Any], str], int], version: str, part: str) -> None:
    event = whole(version)
    event["user"] = {"userIds": [], part: event["user"][part]}
    validator(version).validate(event)
    assert send([event], version) == 200


@pytest.mark.parametrize(("version", "fits"), [("202608", False), ("202609", True)])
def test_hashed_names_come_with_their_version(
    send: Callable[[list[Any], str], int], version: str, *, fits: bool
) -> None:
    event = changed(version, "user/userInfo", {"hashedFirstName": DIGEST, "hashedLastName": DIGEST})
    assert validator(version).is_valid(event) is fits
    assert (send([event], version) == 200) is fits


@pytest.mark.parametrize(("version", "fits"), [("202608", True), ("202609", False)])
def test_moat_ids_go_with_their_version(send: Callable[[list[Any], str], int], version: str, *, fits: bool) -> None:
    event = changed(version, "user/userIds/0", {"idType": "ORACLE_MOAT_ID", "idValue": "m1"})
    assert validator(version).is_valid(event) is fits
    assert (send([event], version) == 200) is fits
