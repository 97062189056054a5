"""Records through mapping: each case's exact payloads, its exact skip, or its exact reasons."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.event import Event, MissingKey, Refusal
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.settings import Settings
from tests.conformance import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from target_linkedin_conversions.records.reasons import Reason
    from target_linkedin_conversions.sandbox import Sandbox

CASES = table.cases("records")
SENDING = [case for case in CASES if "sends" in case]
STREAM = "leads"


def made_of(case: table.Case) -> list[Event] | Refusal:
    """What the code makes of the case's record, read from JSON as the target reads it."""
    config = {
        "access_token": "t",
        "consent": {"not_required": "a test"},
        "linkedin_version": case["version"],
        "streams": [{"stream": STREAM, **case["entry"]}],
        **case.get("settings", {}),
    }
    settings = Settings.load(config)
    record = {name: item for name, item in case["record"].items() if name not in case.get("without", ())}
    numbers = case.get("numbers", {})
    line = json.dumps(record | {name: f"number:{name}" for name in numbers})
    for name, text in numbers.items():
        line = line.replace(f'"number:{name}"', text)
    plan = compile_plans(
        STREAM,
        {"properties": {name: {} for name in (*record, *numbers)}, "additionalProperties": True},
        [name for name in ("id",) if name in record],
        [settings.streams[0]],
        settings,
        suppressed=frozenset(case.get("suppressed", ())),
    )[0]
    row = msgspec.json.Decoder(plan.row_type.struct, float_hook=Decimal).decode(line)
    found = compile_events(plan)(plan.row_type.row_of(row), table.epoch_ms(case["now"]))
    assert not isinstance(found, MissingKey)
    return found


def payloads_of(case: table.Case) -> list[dict[str, Any]]:
    """The payloads that the case expects, in LinkedIn's own names."""
    sends = case["sends"]
    return [payload_of(one, case) for one in (sends if isinstance(sends, list) else [sends])]


def payload_of(sends: table.Case, case: table.Case) -> dict[str, Any]:
    user: dict[str, Any] = {"userIds": []}
    for line in sends.get("ids", ()):
        id_type, value = line.split(" ", 1)
        user["userIds"].append({"idType": id_type, "idValue": value})
    user |= {name: sends[name] for name in ("userInfo", "externalIds", "lead") if name in sends}
    payload = {
        "conversion": f"urn:lla:llaPartnerConversion:{sends.get('rule', 101)}",
        "conversionHappenedAt": table.epoch_ms(sends["at"] if "at" in sends else case["at"]),
        "user": user,
    }
    if "value" in sends:
        amount, currency = sends["value"].split(" ")
        payload["conversionValue"] = {"currencyCode": currency, "amount": amount}
    return payload | ({"eventId": sends["eventId"]} if "eventId" in sends else {})


def told(reasons: Sequence[Reason]) -> list[str]:
    return sorted(f"{reason.field} {reason.code}" for reason in reasons)


@pytest.mark.parametrize("case", CASES, ids=table.name_of)
def test_a_record_becomes_exactly_what_the_table_says(case: table.Case) -> None:
    made = made_of(case)
    if "sends" in case:
        assert not isinstance(made, Refusal), (made.skipped, told(made.reasons))
        assert [json.loads(event.payload) for event in made] == payloads_of(case)
        assert told(made[0].left_out) == sorted(case.get("drops", ()))
    elif "skips" in case:
        assert isinstance(made, Refusal)
        assert (made.skipped, made.reasons) == (case["skips"], ())
    else:
        assert isinstance(made, Refusal)
        assert (made.skipped, told(made.reasons)) == ("", sorted(case["refuses"]))


@pytest.mark.parametrize("case", SENDING, ids=table.name_of)
def test_linkedin_takes_it_and_lint_finds_nothing(case: table.Case, strict: Sandbox, http: requests.Session) -> None:
    strict.set_clock(table.epoch_ms(case["now"]))
    answer = http.post(
        f"{strict.url}/rest/conversionEvents",
        json={"elements": payloads_of(case)},
        headers={
            "Authorization": "Bearer sandbox-token",
            "LinkedIn-Version": case["version"],
            "X-RestLi-Method": "BATCH_CREATE",
        },
        timeout=10,
    )
    assert answer.json() == {"elements": [{"status": 201}] * len(payloads_of(case))}
