from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MAPPED = {"event_id": "order"}


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("ord-7731", "ord-7731"),
        (" ord-7731 ", "ord-7731"),
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        (2**60, str(2**60)),
        ("7", "7"),
        ("x" * 64, "x" * 64),
        ("é" * 64, "é" * 64),
        ("0", "0"),
        (0, "0"),
        ("Order 1001", "Order 1001"),
        ("2026-11-20 10:30:00 +0100", "2026-11-20 10:30:00 +0100"),
        ("113-1234567-1234567", "113-1234567-1234567"),
        ("2026 000123", "2026 000123"),
        ("0100012345", "0100012345"),
        ("1.2.3", "1.2.3"),
        ("web:order:7", "web:order:7"),
        ("\ufeffORD-7\u200b", "ORD-7"),
        ("gid://shopify/Order/7", "gid://shopify/Order/7"),
        ("aGVsbG8gd29ybA==", "aGVsbG8gd29ybA=="),
        ("order=123", "order=123"),
        ("deal_id=17|stage=won", "deal_id=17|stage=won"),
        ("dt=2026-11-28/id=17", "dt=2026-11-28/id=17"),
        ("17::103", "17::103"),
        ("abc::123", "abc::123"),
        ("ab:cd:ef:01:23:45:67:89", "ab:cd:ef:01:23:45:67:89"),
        ("001/2026/17", "001/2026/17"),
        ("01/2026-1234", "01/2026-1234"),
        ("0012345/17", "0012345/17"),
        ("DE88370400440532013000", "DE88370400440532013000"),
        ("evt-a", "evt-a"),
        ("Order-ABC", "Order-ABC"),
        ("VStGXR_ZjdHiB-myT", "VStGXR_ZjdHiB-myT"),
        ("demo-request/17", "demo-request/17"),
        ("2026-11-28:17", "2026-11-28:17"),
        ("{3f2504e0-4f89-11d3-9a0c-0305e82c3301}", "{3f2504e0-4f89-11d3-9a0c-0305e82c3301}"),
        ("urn:li:deal:17", "urn:li:deal:17"),
        ("INV 2026 17", "INV 2026 17"),
        ("#1042", "#1042"),
    ],
)
def test_a_mapped_event_id_is_sent_as_text(stream: Callable[..., Any], given: Any, sent: str) -> None:
    orders = stream(fields=MAPPED)
    event = orders.event(order=given)
    assert event.identity == orders.payload(order=given)["eventId"] == sent
    assert event.hour is None


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("x" * 65, "event_id_too_long"),
        (10**64, "event_id_too_long"),
        ("jane@example.com", "event_id_is_email"),
        ("order jane@example.com", "event_id_is_email"),
        ([1], "bad_event_id"),
        ({"a": 1}, "bad_event_id"),
        (True, "bad_event_id"),
        ("jane (at) example.com", "event_id_is_email"),
        ("jane[at]example[dot]com", "event_id_is_email"),
        ("Jane Doe", "bad_event_id"),
        ("google / cpc", "bad_event_id"),
        ("+49 170 1234567", "bad_event_id"),
        ("lead +491701234567", "bad_event_id"),
        ("tel:01701234567", "bad_event_id"),
        ("www.example.com/thanks?name=Jane&phone=7", "bad_event_id"),
        ("session=SECRET", "bad_event_id"),
        ("a=1; session=SECRET", "bad_event_id"),
        ("0049 171 2345678", "bad_event_id"),
        ("0171/2345678", "bad_event_id"),
        ("(415) 555-2671", "bad_event_id"),
        ("4111 1111 1111 1111", "bad_event_id"),
        ("DE89 3704 0044 0532 0130 00", "bad_event_id"),
        ("8.8.8.8", "bad_event_id"),
        ("2001:db8::1", "bad_event_id"),
        ("session=SECRET7", "bad_event_id"),
        ("id=17|user=jane7", "bad_event_id"),
        ("order=17; sid=8f7a", "bad_event_id"),
        ("phone=4917012345", "bad_event_id"),
        ("id=17|first_name=Jane", "bad_event_id"),
        ("2a00:1450:4001:82a::200e", "bad_event_id"),
        ("fe80::1", "bad_event_id"),
        ("::ffff:8.8.8.8", "bad_event_id"),
        ("00:1A:2B:3C:4D:5E", "bad_event_id"),
        ("0171/2345-678", "bad_event_id"),
        ("0171 2026 123", "bad_event_id"),
        ("DE89370400440532013000", "bad_event_id"),
        ("de89370400440532013000", "bad_event_id"),
        ("IBAN: GB82 WEST 1234 5698 7654 32", "bad_event_id"),
        ("sk_live_51H8canary", "bad_event_id"),
        ("ghp_0123456789abcdefghij0123456789abcdef", "bad_event_id"),
        ("glpat-abcdefghij1234567890", "bad_event_id"),
        ("Bearer AQX7", "bad_event_id"),
        ("eyJhbGciOiJI.eyJzdWIi.x7", "bad_event_id"),
    ],
)
def test_what_cannot_be_an_event_id_refuses_the_event(stream: Callable[..., Any], bad: Any, code: str) -> None:
    assert stream(fields=MAPPED).rejected(order=bad) == [code]


EMPTY = [None, "", "  ", ..., "undefined", "null", "{{order_id}}", "(not set)", "n/a", False, "\u200b", "\ufeff \u2060"]
EMPTY += ["[]", "{}", '""', "False", "#N/A", "None"]
EMPTY += ["desconocido", "SCONOSCIUTO", "00000000-0000-0000-0000-000000000000"]


@pytest.mark.parametrize("empty", EMPTY)
def test_an_empty_column_falls_back_to_the_events_own_id(stream: Callable[..., Any], empty: Any) -> None:
    orders, without = stream(fields=MAPPED), stream()
    assert orders.event(order=empty).identity == without.event().identity
    assert orders.payload(order=empty)["eventId"] == without.event().identity


def test_an_event_id_can_be_for_some_rules_only(stream: Callable[..., Any]) -> None:
    both = stream(conversion_rule=[101, 102], fields={"event_id": {"column": "order", "rules": [101]}})
    mapped, own = both.events(order="ord-1")
    assert (mapped.rule, mapped.identity) == ("101", "ord-1")
    assert own.rule == "102"
    assert own.identity == stream(conversion_rule=102).event().identity


def test_an_event_id_that_no_rule_of_the_record_uses_is_not_looked_at(stream: Callable[..., Any]) -> None:
    other = stream(conversion_rule=102, fields={"event_id": {"column": "order", "rules": [101]}})
    assert other.event(order="jane@example.com").identity == other.event(order="x" * 99).identity


def test_event_id_false_sends_none_and_keeps_the_identity(stream: Callable[..., Any]) -> None:
    silent = stream(["event_id"], fields={"event_id": False})
    assert "eventId" not in silent.payload(event_id="ord-1")
    assert silent.event(event_id="ord-1").identity == stream().event().identity


def test_event_id_is_never_found_by_its_name_but_hinted_at(stream: Callable[..., Any]) -> None:
    webinar = stream(["Event-ID"])
    assert webinar.event(**{"Event-ID": "ord-1"}).identity != "ord-1"
    assert any(
        "'Event-ID' looks useful" in warning and "fields.event_id" in warning for warning in webinar.plan.warnings
    )


def test_event_id_is_not_found_where_a_column_chooses_the_rule(stream: Callable[..., Any]) -> None:
    stages = {"column": "stage", "rules": [{"when": "MQL", "rule": 101}]}
    deals = stream(["event_id"], conversion_rule=stages)
    assert deals.event(event_id="ord-1", stage="MQL").identity != "ord-1"
    mapped = stream(conversion_rule=stages, fields={"event_id": "event_id"})
    assert mapped.event(event_id="ord-1", stage="MQL").identity == "ord-1"


def test_one_record_of_several_rules_has_one_event_id(stream: Callable[..., Any]) -> None:
    found = stream(conversion_rule=[101, 102], fields=MAPPED).events(order="ord-1")
    assert [(event.rule, event.identity) for event in found] == [("101", "ord-1"), ("102", "ord-1")]
