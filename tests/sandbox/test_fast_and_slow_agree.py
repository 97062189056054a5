"""The fast path must never accept what the slow path would refuse."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.sandbox import reading
from target_linkedin_conversions.sandbox.call import Call, Taken
from target_linkedin_conversions.sandbox.schema import event_schema, problems
from target_linkedin_conversions.sandbox.settings import SandboxSettings

ODD = st.sampled_from([None, True, 5, 1.5, "", "x", [], {}, ["x"], {"a": 1}])
TEXT = st.sampled_from(["", "x", "Jane", "é"])


def perhaps(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(good, good, good, good, ODD)


def record(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Any]:
    fields = {name: perhaps(kind) for name, kind in {**required, **optional}.items()}
    fields["odd"] = ODD
    needed = st.fixed_dictionaries({}, optional=fields)
    whole = st.fixed_dictionaries(
        {name: perhaps(kind) for name, kind in required.items()},
        optional={name: perhaps(kind) for name, kind in optional.items()},
    )
    return st.one_of(whole, whole, whole, needed)


ID_TYPES = st.sampled_from(["SHA256_EMAIL", "GOOGLE_AID", "ORACLE_MOAT_ID", "PHONE"])
NAMES = ("firstName", "lastName", "hashedFirstName", "hashedLastName", "companyName", "title")
EVENTS = record(
    {
        "conversion": st.sampled_from(
            [
                "urn:lla:llaPartnerConversion:101",
                "urn:lla:llaPartnerConversion:",
                "urn:lla:llaPartnerConversion:1x",
                "urn:lla:llaPartnerConversion:٣",
                "urn:lla:llaPartnerConversion:1\n",
                "urn:li:x:1",
            ]
        ),
        "conversionHappenedAt": st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
        "user": record(
            {"userIds": st.lists(record({"idType": ID_TYPES, "idValue": TEXT}, {}), max_size=2)},
            {
                "userInfo": record({}, dict.fromkeys(NAMES, TEXT)),
                "externalIds": st.lists(perhaps(TEXT), max_size=2),
                "lead": st.sampled_from(["urn:li:leadGenFormResponse:1", "urn:li:leadGenFormResponse:", "urn:x"]),
            },
        ),
    },
    {"eventId": TEXT, "conversionValue": record({"currencyCode": TEXT, "amount": TEXT}, {})},
)


@pytest.mark.slow
@pytest.mark.parametrize("version", ["202608", "202609"])
@pytest.mark.parametrize("method", ["CREATE", "BATCH_CREATE"])
@given(event=EVENTS)
def test_an_event_is_read_exactly_when_it_has_no_schema_error(version: str, method: str, event: Any) -> None:
    errors = list(problems(event, event_schema(version, allow_moat=False)))
    batch = method == "BATCH_CREATE"
    body = msgspec.json.encode({"elements": [event]} if batch else event)
    headers = {"linkedin-version": version, "x-restli-method": method}
    read = reading.events_of(Call("POST", "/", headers=headers, body=body), SandboxSettings())
    if not errors:
        assert not isinstance(read, Taken)
        assert [e.conversion for e in read] == [event["conversion"]]
    else:
        assert isinstance(read, Taken)
        assert read.answer.status == 422
        prefix = "Index: 0, " if batch else ""
        message = msgspec.json.decode(read.answer.body)["message"]
        assert message == prefix + "".join(errors)
