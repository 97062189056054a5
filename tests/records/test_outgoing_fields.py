"""What is said that leaves is what leaves: each field of a stream's plan beside the payload of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.records.outgoing_fields import HASHED, PLAIN, outgoing_fields, unsent_fields
from target_linkedin_conversions.settings import Settings
from tests.records.conftest import JANE, NO_CONSENT_NEEDED, NOW, sha256

if TYPE_CHECKING:
    from target_linkedin_conversions.records.outgoing_fields import OutgoingField
    from target_linkedin_conversions.records.plan import StreamPlan

ROW: dict[str, tuple[Any, str]] = {
    "email": (JANE, sha256(JANE)),
    "li_fat_id": ("6f1e2d3c-4b5a-6978", ""),
    "acxiom_id": ("acxiom-77-id", ""),
    "google_aid": ("38400000-8cf0-11bd-b23e-10b96e40000d", ""),
    "oracle_moat_id": ("m-1", ""),
    "ip_address": ("203.0.114.9", sha256("203.0.114.9")),
    "ip_address_plain": ("198.51.101.7", ""),
    "first_name": ("Mary", sha256("mary")),
    "last_name": ("Doe", sha256("doe")),
    "company": ("Acme", ""),
    "title": ("CTO", ""),
    "country": ("DE", ""),
    "external_id": ("crm-00481", ""),
    "lead": ("5c0ffee1-aaaa-4bbb-8ccc-123456789012-3", ""),
    "happened_at": (NOW - 60_000, str(NOW - 60_000)),
    "value": ("12.50", ""),
    "currency": ("EUR", ""),
    "event_id": ("order-7", ""),
}
"""A value of each field, and what of it leaves where that is another text."""
FIELDS = st.frozensets(st.sampled_from(sorted(ROW)))
VERSIONS = st.sampled_from(["202601", "202608", "202609"])


def plan_of(version: str = "202609", **entry: Any) -> StreamPlan:
    made = {"stream": "a", "conversion_rule": 101, "consent": NO_CONSENT_NEEDED, **entry}
    read = Settings.load({"dry_run": True, "linkedin_version": version, "streams": [made]})
    schema: dict[str, Any] = {"properties": {name: {} for name in ("id", "mail", "stage", *ROW)}}
    (plan,) = compile_plans("a", schema, ["id"], [read.streams[0]], read)
    return plan


def payload_of(plan: StreamPlan) -> dict[str, Any]:
    row = {"id": 7, "stage": "101", **{field: value for field, (value, _) in ROW.items()}}
    found = compile_events(plan)(plan.row_type.of(row), NOW)
    assert isinstance(found, list), found
    payload: dict[str, Any] = msgspec.json.decode(found[0].payload)
    return payload


def members(value: Any, path: str = "") -> dict[str, str]:
    """Every member of a payload by the name that is told of it."""
    if isinstance(value, list):
        return {name: text for part in value for name, text in members(part, path).items()}
    if isinstance(value, dict) and "idType" in value:
        return {value["idType"]: value["idValue"]}
    if isinstance(value, dict):
        return {
            name: text
            for key, part in value.items()
            for name, text in members(part, f"{path}.{key}" if path else key).items()
        }
    return {path.removeprefix("user."): str(value)}


def told_of(fields: list[OutgoingField]) -> dict[str, OutgoingField]:
    return {member: field for field in fields for member in field.sent_as.split(", ")}


@settings(max_examples=60)
@given(mapped=FIELDS, version=VERSIONS, names=st.sampled_from(["hashed", "plain"]))
def test_every_member_of_a_payload_is_told_and_nothing_else(mapped: frozenset[str], version: str, names: str) -> None:
    mapped |= {"happened_at", "external_id"}
    off = {field: False for field in ROW if field not in mapped}
    plan = plan_of(version, fields={**off, **{field: field for field in mapped}}, names=names)
    sent, told = members(payload_of(plan)), told_of(outgoing_fields(plan))
    assert set(sent) == set(told)
    for member, field in told.items():
        raw, hashed = ROW.get(field.field, ("", ""))
        if field.how == "mapped" and field.field in ROW:
            assert sent[member].endswith(hashed if field.leaves_as == HASHED else str(raw)), member
            assert field.columns == (field.field,)
    assert {field.field for field in unsent_fields(plan)} == mapped - {field.field for field in told.values()}


def test_names_that_are_cut_out_of_one_column_leave_hashed_as_two_members() -> None:
    plan = plan_of(fields={"email": "mail", "full_name": "stage", "company": "company"})
    (name,) = (field for field in outgoing_fields(plan) if field.field == "full_name")
    assert (name.leaves_as, name.sent_as) == (HASHED, "userInfo.hashedFirstName, userInfo.hashedLastName")
    assert "company" in {field.field for field in outgoing_fields(plan)}


@pytest.mark.parametrize(
    ("entry", "ways"),
    [
        ({}, [("made", HASHED, ("id",))]),
        ({"fields": {"event_id": "event_id"}}, [("mapped", PLAIN, ("event_id",))]),
        (
            {"fields": {"event_id": {"column": "event_id", "rules": [101]}}},
            [("mapped", PLAIN, ("event_id",)), ("made", HASHED, ("id",))],
        ),
        ({"fields": {"event_id": False}}, []),
    ],
)
def test_the_event_id_is_told_as_it_is_made(
    entry: dict[str, Any], ways: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    found = [field for field in outgoing_fields(plan_of(**entry)) if field.field == "event_id"]
    assert [(field.how, field.leaves_as, field.columns) for field in found] == ways


def test_the_rule_s_column_is_told_for_what_it_chooses_leaves() -> None:
    (rule,) = (
        field
        for field in outgoing_fields(plan_of(conversion_rule={"column": "stage"}))
        if field.field == "conversion_rule"
    )
    assert (rule.columns, rule.leaves_as, rule.sent_as) == (("stage",), PLAIN, "conversion")


def test_found_and_constant_fields_are_told_apart() -> None:
    hows = {field.field: field.how for field in outgoing_fields(plan_of(constants={"currency": "EUR"}))}
    assert (hows["email"], hows["currency"], hows["value"]) == ("found", "constant", "found")
