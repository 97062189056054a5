from __future__ import annotations

from typing import Any

import pytest

REQUIRED = "field is required but not found and has no default value"
UNRECOGNIZED = "unrecognized field found but not allowed"
MAIL = "SHA256_EMAIL"


def ids(**entry: Any) -> dict[str, Any]:
    return {"userIds": [{"idType": MAIL, "idValue": "a" * 64, **entry}]}


def user(**more: Any) -> dict[str, Any]:
    return {**ids(), **more}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"conversion": None}, f"/conversion :: {REQUIRED}"),
        ({"conversionHappenedAt": None}, f"/conversionHappenedAt :: {REQUIRED}"),
        ({"user": None}, f"/user :: {REQUIRED}"),
        ({"user": {}}, f"/user/userIds :: {REQUIRED}"),
        ({"user": {"userIds": [{"idType": MAIL}]}}, f"/user/userIds/0/idValue :: {REQUIRED}"),
        (
            {"conversionValue": {"currencyCode": "EUR"}},
            f"/conversionValue/amount :: {REQUIRED}",
        ),
        ({"fooBar": 1}, f"/fooBar :: {UNRECOGNIZED}"),
        ({"user": user(phone="1")}, f"/user/phone :: {UNRECOGNIZED}"),
        ({"user": ids(extra=1)}, f"/user/userIds/0/extra :: {UNRECOGNIZED}"),
        (
            {"user": user(userInfo={"firstName": "J", "lastName": "D", "city": "B"})},
            f"/user/userInfo/city :: {UNRECOGNIZED}",
        ),
        (
            {"user": ids(idType="PLAINTEXT_IP_ADDRESS_X")},
            '/user/userIds/0/idType :: "PLAINTEXT_IP_ADDRESS_X" is not an enum symbol',
        ),
        (
            {"user": ids(idType="ORACLE_MOAT_ID")},
            '/user/userIds/0/idType :: "ORACLE_MOAT_ID" is not an enum symbol',
        ),
        ({"user": ids(idType=5)}, "/user/userIds/0/idType :: enum type is not backed by a String"),
        (
            {"conversionValue": {"currencyCode": "EUR", "amount": 19.9}},
            "/conversionValue/amount :: 19.9 cannot be coerced to String",
        ),
        ({"eventId": 5}, "/eventId :: 5 cannot be coerced to String"),
        (
            {"conversionHappenedAt": "abc"},
            '/conversionHappenedAt :: "abc" cannot be coerced to Long',
        ),
        (
            {"conversionHappenedAt": True},
            "/conversionHappenedAt :: true cannot be coerced to Long",
        ),
        (
            {"conversion": "urn:li:llaPartnerConversion:101"},
            "/conversion :: Invalid Urn format. Invalid prefix.",
        ),
        ({"conversion": "101"}, "/conversion :: Invalid Urn format. Invalid prefix."),
        (
            {"conversion": "PARTNER_URN_PLACEHOLDER"},
            "/conversion :: Invalid Urn format. Invalid prefix.",
        ),
        ({"user": user(lead="urn:li:x:1")}, "/user/lead :: Invalid Urn format. Invalid prefix."),
        ({"user": []}, "/user :: record type is not backed by a DataMap"),
        ({"user": {"userIds": {}}}, "/user/userIds :: array type is not backed by a DataList"),
        ({"user": {"userIds": [7]}}, "/user/userIds/0 :: record type is not backed by a DataMap"),
        ({"user": user(externalIds=[5])}, "/user/externalIds/0 :: 5 cannot be coerced to String"),
    ],
)
def test_each_schema_error_has_linkedins_words(client: Any, changes: Any, expected: str) -> None:
    answer = client.create(client.event(**changes))
    assert answer.status_code == 422
    assert answer.json() == {"message": f"ERROR :: {expected}\n", "status": 422}


def test_null_is_not_the_same_as_absent(client: Any) -> None:
    event = {**client.event(), "eventId": None}
    assert client.create(event).json()["message"] == ("ERROR :: /eventId :: null cannot be coerced to String\n")


def test_a_batch_names_each_bad_event_once_and_lists_all_of_its_errors(client: Any) -> None:
    info = {"lastName": "Doe"}
    bad = client.event(conversionValue={"currencyCode": "EUR"}, user={"userIds": [], "userInfo": info})
    worse = client.event(user=ids(idType="PHONE"))
    answer = client.batch([bad, client.event(), client.event(), worse], LinkedIn_Version="202608")
    assert answer.status_code == 422
    message = answer.json()["message"]
    assert sorted(message.splitlines()) == sorted(
        [
            f"Index: 0, ERROR :: /user/userInfo/firstName :: {REQUIRED}",
            f"ERROR :: /conversionValue/amount :: {REQUIRED}",
            'Index: 3, ERROR :: /user/userIds/0/idType :: "PHONE" is not an enum symbol',
        ]
    )
    assert message.startswith("Index: 0, ")
    assert message.endswith("\n")


def test_numbers_are_coerced_to_a_long_as_java_does(client: Any, now: int) -> None:
    assert client.create(client.event(conversionHappenedAt=now - 0.5)).status_code == 201
    assert client.create(client.event(conversionHappenedAt=1e300)).status_code == 400


@pytest.mark.parametrize("version", ["202601", "202608"])
def test_up_to_202608_names_are_plain_and_come_in_pairs(client: Any, version: str) -> None:
    def answer(**info: str) -> Any:
        event = client.event(user={"userIds": [], "userInfo": info})
        return client.create(event, LinkedIn_Version=version)

    assert answer(firstName="Jane", lastName="Doe").status_code == 201
    assert answer(companyName="Acme").json()["message"] == (
        f"ERROR :: /user/userInfo/firstName :: {REQUIRED}\nERROR :: /user/userInfo/lastName :: {REQUIRED}\n"
    )
    hashed = answer(firstName="Jane", lastName="Doe", hashedLastName="a" * 64)
    assert hashed.json()["message"] == f"ERROR :: /user/userInfo/hashedLastName :: {UNRECOGNIZED}\n"


def test_oracles_id_is_known_to_older_versions_and_by_order(client: Any, linkedin: Any) -> None:
    event = client.event(user=ids(idType="ORACLE_MOAT_ID"))
    assert client.create(event, LinkedIn_Version="202608").status_code == 201
    assert client.create(event).status_code == 422
    linkedin.configure(allow_oracle_moat_id=True)
    assert client.create(event).status_code == 201
