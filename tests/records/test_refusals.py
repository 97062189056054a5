from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records.event import Shape, shape_of
from target_linkedin_conversions.records.reasons import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable

AT = 1_793_534_400_000


def test_a_rejected_record_names_every_reason_at_once(stream: Callable[..., Any]) -> None:
    stages = {"column": "stage", "rules": [{"when": "a", "rule": 101}]}
    deals = stream(conversion_rule=stages, fields={"event_id": "order", "email": "email", "value": "deal"})
    found = deals.rejected(stage="b", happened_at="never", email="n/a", order="x" * 65, deal="five")
    assert found == [
        "unknown_rule_value",
        "bad_time",
        "no_identifier",
        "event_id_too_long",
        "not_an_email",
        "bad_amount",
        "value_without_currency",
    ]


def test_every_reason_has_a_message_with_a_mend_and_no_value(stream: Callable[..., Any]) -> None:
    refusal = stream().refusal(happened_at="canary7f3a", email="canary7f3a")
    for reason in refusal.reasons:
        assert reason.message == MESSAGES[reason.code]
        assert "canary7f3a" not in reason.message


def test_a_refusal_tells_key_rule_and_shape_and_no_identifier(stream: Callable[..., Any]) -> None:
    fields = {"email": "email", "ip_address": "ip", "event_id": "order", "value": "deal", "currency": "code"}
    refusal = stream(fields=fields).refusal(happened_at=AT, ip="8.8.8.8", order="x" * 65, deal="12.50", code="EUR")
    assert refusal.key == (("id", "7"),)
    assert refusal.rule == "101"
    assert refusal.private == frozenset()
    assert refusal.shape == Shape(("email", "ip_address"), AT, "12.50 EUR")
    assert "jane" not in repr(refusal)
    assert "8.8.8.8" not in repr(refusal)


def test_a_refusal_of_several_rules_names_none(stream: Callable[..., Any]) -> None:
    assert stream(conversion_rule=[101, 102]).refusal(happened_at=None).rule is None


@pytest.mark.parametrize(
    ("key", "private"),
    [(("email",), {"email"}), (("id",), set()), (("copy",), {"copy"}), (("crm",), {"crm"}), (("id", "copy"), {"copy"})],
)
def test_a_key_value_that_is_also_an_identifier_is_private(
    stream: Callable[..., Any], key: tuple[str, ...], private: set[str], jane: str
) -> None:
    keyed = stream(["copy"], key_properties=key, fields={"email": "email", "external_id": "crm"})
    assert keyed.refusal(happened_at=None, copy=jane, crm=481).private == private


def test_a_bad_optional_field_costs_the_event_where_that_is_asked_for(stream: Callable[..., Any]) -> None:
    fields = {"email": "email", "ip_address": "ip", "country": "land", "first_name": "first", "last_name": "last"}
    bad = {"ip": "10.0.0.1", "land": "Germany", "first": "n/a", "last": "Doe"}
    assert stream(fields=fields, on_bad_field="reject").rejected(**bad) == ["not_a_public_ipv4", "not_a_name"]
    assert len(stream(fields=fields).left_out(**bad)) == 2


def test_the_shape_of_an_event_tells_its_fields_time_and_value(stream: Callable[..., Any]) -> None:
    fields = {
        "email": ["email", "b"],
        "first_name": "f",
        "last_name": "l",
        "external_id": "x",
        "lead": "y",
        "value": "v",
    }
    orders = stream(fields=fields, constants={"currency": "EUR"})
    event = orders.event(happened_at=AT, b="joe@example.com", f="Jane", l="Doe", x=1, y=2, v="5.0")
    assert shape_of(event.payload) == Shape(("SHA256_EMAIL", "user_info", "external_ids", "lead"), AT, "5.0 EUR")
    assert shape_of(stream().event(happened_at=AT).payload) == Shape(("SHA256_EMAIL",), AT, None)
