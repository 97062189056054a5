"""What holds for every value, not only for those of the table."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.records import money, normalise
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.event import Event, MissingKey, Refusal
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.versions import VERSIONS
from target_linkedin_conversions.reporting.rejects import Rejects
from target_linkedin_conversions.settings import Settings
from tests.conformance import table

if TYPE_CHECKING:
    import requests

    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.sandbox import Sandbox

NOW = table.epoch_ms("2026-11-23T10:40:00Z")
MAPPED = {
    "email": ["email", "second_email"],
    "li_fat_id": "click",
    "acxiom_id": "acxiom",
    "google_aid": "google",
    "oracle_moat_id": "moat",
    "ip_address": "ip",
    "ip_address_plain": "plain_ip",
    "first_name": "first",
    "last_name": "last",
    "company": "company",
    "title": "title",
    "country": "country",
    "external_id": "crm",
    "lead": "lead",
    "happened_at": "at",
    "value": "value",
    "currency": "currency",
    "event_id": "order",
}
COLUMNS = [name for names in MAPPED.values() for name in ([names] if isinstance(names, str) else names)]
OF_THE_TABLE = [value for case in table.cases("records") for value in case["record"].values()]
ODD = st.characters(codec="utf-8", categories=("Cf", "Cc", "Zs", "Lu", "Mn", "Lm", "So", "Sk", "Pf"))
TEXTS = st.text(st.characters(codec="utf-8") | ODD, max_size=40)
ADDRESSES = st.builds("{}@{}.{}".format, TEXTS, TEXTS, TEXTS)
VALUES = st.sampled_from(OF_THE_TABLE) | TEXTS | ADDRESSES | st.integers(-1, 10**18) | st.floats(allow_nan=False)
ROWS = st.fixed_dictionaries(dict.fromkeys(COLUMNS, st.none() | VALUES) | {"at": st.just(NOW) | VALUES})


@cache
def plan_of(version: str, key: str = "id", names: str = "hashed") -> StreamPlan:
    entry = {"stream": "leads", "conversion_rule": 101, "fields": MAPPED, "names": names}
    read = Settings.load(
        {"access_token": "t", "consent": {"not_required": "a test"}, "linkedin_version": version, "streams": [entry]}
    )
    schema = {"properties": dict.fromkeys(("id", *COLUMNS), True)}
    return compile_plans("leads", schema, [key], [read.streams[0]], read)[0]


def made_of(record: dict[str, Any], plan: StreamPlan) -> list[Event] | Refusal:
    decode = msgspec.json.Decoder(plan.row_type.struct, float_hook=Decimal).decode
    found = compile_events(plan)(plan.row_type.row_of(decode(msgspec.json.encode(record))), NOW)
    assert not isinstance(found, MissingKey)
    return found


@pytest.mark.parametrize(
    "normal",
    [
        normalise.email,
        normalise.normal_email,
        normalise.normal_name,
        normalise.ip_address_plain,
        normalise.ip_address_hashed,
        normalise.country,
        normalise.lead,
        money.Amounts().read,
        money.currency,
        lambda value: normalise.plain_name(value, "first_name"),
        lambda value: normalise.plain_words(value, "company"),
    ],
    ids=["email", "address", "hashed name", "ip", "hashed ip", "country", "lead", "amount", "currency", "name", "text"],
)
@given(value=TEXTS | ADDRESSES | st.sampled_from([value for value in OF_THE_TABLE if isinstance(value, str)]))
def test_normalising_twice_changes_nothing(normal: Any, value: str) -> None:
    once = normal(value)
    if isinstance(once, list):  # several e-mails in one value
        once = next((one for one in once if isinstance(one, str)), None)
    if isinstance(once, str):
        assert normal(once) == once
    else:
        assert once is None or isinstance(once, Reason)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROWS, min_size=5, max_size=25),
    version=st.sampled_from([version.name for version in VERSIONS]),
    names=st.sampled_from(["hashed", "plain"]),
)
def test_whatever_we_send_linkedin_takes_and_lint_finds_nothing(
    rows: list[dict[str, Any]], version: str, names: str, strict: Sandbox, http: requests.Session
) -> None:
    made = [made_of({**row, "id": number}, plan_of(version, names=names)) for number, row in enumerate(rows)]
    payloads = [event.payload for events in made if isinstance(events, list) for event in events]
    assume(payloads)
    strict.set_clock(NOW)
    answer = http.post(
        f"{strict.url}/rest/conversionEvents",
        data=b'{"elements":[' + b",".join(payloads) + b"]}",
        headers={
            "Authorization": "Bearer sandbox-token",
            "LinkedIn-Version": version,
            "X-RestLi-Method": "BATCH_CREATE",
        },
        timeout=10,
    )
    assert (answer.status_code, answer.json()) == (200, {"elements": [{"status": 201}] * len(payloads)})


class Lines:
    """In the journal's place."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: bytes) -> None:
        self.written.append(line.decode())

    def flush(self) -> None:
        """Nothing to make durable."""


WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=9)
SPELLINGS = st.sampled_from([str, str.upper, str.title, " {}\t".format])
PEOPLE = st.fixed_dictionaries(
    {
        "email": st.builds("mail{}@{}.example".format, WORDS, WORDS),
        "ip": st.builds("8.{}.{}.{}".format, *[st.integers(100, 255)] * 3),
        **{name: WORDS.map(f"q{name}{{}}".format) for name in ("first", "last", "crm", "lead")},
    }
)


@given(
    person=PEOPLE,
    spell=SPELLINGS,
    key=st.sampled_from(["id", "email", "first", "crm", "ip"]),
    copied=st.sampled_from(["email", "ip", "first", "last", "crm", "lead"]),
    at=st.sampled_from([NOW, "yesterday", None]),
)
def test_no_raw_value_is_in_a_hashed_payload_a_refusal_or_a_rejects_line(
    person: dict[str, str], spell: Any, key: str, copied: str, at: Any
) -> None:
    spelt = {name: text if name in {"crm", "lead"} else spell(text) for name, text in person.items()}
    plan = plan_of("202609", key)
    made = made_of({**spelt, "id": spelt[copied], "at": at}, plan)
    lines = Lines()
    rejects = Rejects(lines, "run", lambda text: sha256(b"salt" + text.encode()).hexdigest()[:16])  # type: ignore[arg-type]
    if isinstance(made, Refusal):
        rejects.write_refusal("leads", made)
        told = [repr(msgspec.structs.replace(made, key=()))]
    else:
        rejects.write_rejected("leads", made[0], [Reason("", "linkedin")], plan.personal_columns)
        told = []
        for name in ("email", "ip", "first", "last"):
            assert person[name] not in made[0].payload.decode().lower()
    assert len(lines.written) == 1
    address = sha256(person["email"].encode()).hexdigest()
    for secret in (*person.values(), person["email"].partition("@")[0], address):
        assert not [line for line in (*told, *lines.written) if secret in line.lower()]
