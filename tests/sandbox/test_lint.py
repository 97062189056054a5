from __future__ import annotations

import hashlib
from typing import Any

import pytest

GOOD = "a" * 64
NULL_HASH = hashlib.sha256(b"null").hexdigest()
NOTHING_HASH = hashlib.sha256(b"").hexdigest()


def one(id_type: str, value: str) -> dict[str, Any]:
    return {"user": {"userIds": [{"idType": id_type, "idValue": value}]}}


def money(currency: str, amount: str = "1.50") -> dict[str, Any]:
    return {"conversionValue": {"currencyCode": currency, "amount": amount}}


def info(**fields: str) -> dict[str, Any]:
    person = {"firstName": "Jane", "lastName": "Doe", **fields}
    return {"user": {"userIds": [], "userInfo": person}}


ID_VALUE = "/user/userIds/*/idValue"
CASES = [
    (one("SHA256_EMAIL", "A" * 64), "hash_uppercase", ID_VALUE),
    (one("SHA256_EMAIL", "a" * 63), "hash_malformed", ID_VALUE),
    (one("SHA256_IP_ADDRESS", "203.0.113.9"), "hash_malformed", ID_VALUE),
    (one("SHA256_EMAIL", NOTHING_HASH), "hash_of_nothing", ID_VALUE),
    (one("SHA256_EMAIL", NULL_HASH), "hash_of_nothing", ID_VALUE),
    (one("PLAINTEXT_IP_ADDRESS", "2001:db8::1"), "ip_v6", ID_VALUE),
    (one("PLAINTEXT_IP_ADDRESS", "999.1.1.1"), "ip_invalid", ID_VALUE),
    (one("PLAINTEXT_IP_ADDRESS", "192.168.1.9"), "ip_private", ID_VALUE),
    (one("PLAINTEXT_IP_ADDRESS", "127.0.0.1"), "ip_private", ID_VALUE),
    (one("GOOGLE_AID", "jane@example.com"), "email_in_plain_text", ID_VALUE),
    (money("eur"), "currency_malformed", "/conversionValue/currencyCode"),
    (money("QQQ"), "currency_unknown", "/conversionValue/currencyCode"),
    (money("EUR", "1,50"), "amount_malformed", "/conversionValue/amount"),
    (info(countryCode="de"), "country_malformed", "/user/userInfo/countryCode"),
    (info(hashedLastName="O'Brien"), "hash_malformed", "/user/userInfo/hashedLastName"),
    (info(title="jane@example.com"), "email_in_plain_text", "/user/userInfo/title"),
    ({"eventId": "x" * 65}, "event_id_too_long", "/eventId"),
    ({"eventId": "jane@example.com"}, "email_in_plain_text", "/eventId"),
    (
        {"user": {"userIds": [], "externalIds": ["jane@example.com"]}},
        "email_in_plain_text",
        "/user/externalIds/*",
    ),
    (
        {"user": {"userIds": [], "externalIds": ["a", "b"]}},
        "external_ids_ignored",
        "/user/externalIds",
    ),
    (
        {"user": {"userIds": [{"idType": "SHA256_EMAIL", "idValue": GOOD}] * 2}},
        "identifier_repeated",
        "/user/userIds",
    ),
]


@pytest.mark.parametrize(("changes", "code", "path"), CASES)
def test_what_would_never_match_is_taken_and_reported_without_its_value(
    client: Any, linkedin: Any, changes: Any, code: str, path: str
) -> None:
    assert client.create(client.event(**changes)).status_code == 201
    assert linkedin.summary()["lint"] == [{"code": code, "path": path, "count": 1}]


@pytest.mark.parametrize(("changes", "code", "path"), CASES)
def test_in_reject_mode_it_is_400_and_names_code_path_and_index(
    client: Any, linkedin: Any, changes: Any, code: str, path: str
) -> None:
    linkedin.configure(lint="reject")
    answer = client.batch([client.event(), client.event(**changes)])
    assert answer.status_code == 400
    message = answer.json()["message"]
    assert f"{code} at {path}" in message
    assert message.endswith("indices [1] (0-indexed)")
    assert "jane" not in message
    assert linkedin.received == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        money("EUR"),
        money("JPY", "1000"),
        money("EUR", "-5"),
        one("PLAINTEXT_IP_ADDRESS", "8.8.8.8"),
        one("PLAINTEXT_IP_ADDRESS", "203.0.113.9"),
        info(countryCode="DE", title="CTO @ Acme"),
        {"eventId": "x" * 64},
    ],
)
def test_what_can_match_is_no_finding(client: Any, linkedin: Any, changes: Any) -> None:
    assert client.create(client.event(**changes)).status_code == 201
    assert linkedin.summary()["lint"] == []


def test_lint_can_be_off(client: Any, linkedin: Any) -> None:
    linkedin.configure(lint="off")
    client.create(client.event(**one("SHA256_EMAIL", "x")))
    assert linkedin.summary()["lint"] == []
