from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.settings.consent import Consent
from target_linkedin_conversions.settings.entry_fields import CONSTANT_FIELDS, FIELDS
from target_linkedin_conversions.settings.entry_rules import RuleByColumn, RuleCase, RuleUse

if TYPE_CHECKING:
    from collections.abc import Callable

NOVEMBER = 1_793_491_200_000


def test_an_entry_alone_has_the_documented_defaults(entry: Callable[..., Any]) -> None:
    found = entry()
    assert (found.stream, found.place, found.rules) == ("orders", "streams[0]", (RuleUse("101"),))
    assert (found.fields, found.constants, found.timezone) == ({}, {}, "UTC")
    assert (found.not_before, found.on_bad_field, found.on_too_old, found.once_per) == (None,) * 4
    assert (found.key, found.source, found.deleted, found.names, found.decimal_comma) == (None, None, None, None, False)


def test_every_option_of_an_entry_is_read(entry: Callable[..., Any]) -> None:
    found = entry(
        timezone="Europe/Berlin",
        not_before="2026-11-01T00:00:00Z",
        on_bad_field="reject",
        on_too_old="reject",
        once_per="key",
        key=["id", "line"],
        source="orders",
        deleted=["gone"],
        names="plain",
        decimal_comma="yes",
    )
    assert (found.timezone, found.not_before, found.on_bad_field) == ("Europe/Berlin", NOVEMBER, "reject")
    assert (found.on_too_old, found.once_per, found.key) == ("reject", "key", ("id", "line"))
    assert (found.source, found.deleted, found.names, found.decimal_comma) == ("orders", ("gone",), "plain", True)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("given", "meant"),
    [("a", ("a",)), (["a", "b"], ("a", "b")), ('["a", "b"]', ("a", "b")), ("a.b", ("a.b",)), (" a ", (" a ",))],
)
def test_a_field_takes_one_column_or_several(
    entry: Callable[..., Any], field: str, given: Any, meant: tuple[str, ...]
) -> None:
    assert entry(fields={field: given}).fields == {field: meant}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("off", [False, "false", "False"])
def test_false_switches_a_field_off(entry: Callable[..., Any], field: str, off: Any) -> None:
    found = entry(fields={field: off})
    assert found.switched_off == {field}
    assert found.fields == {}


def test_null_leaves_a_key_as_if_it_were_not_written(entry: Callable[..., Any]) -> None:
    assert entry(fields={"email": None}, constants={"currency": None}, timezone=None, key=None) == entry()


@pytest.mark.parametrize(
    "given", [{"column": "order_id", "rules": [101, "102"]}, '{"column": "order_id", "rules": [101, 102]}']
)
def test_an_event_id_may_be_for_some_rules_only(entry: Callable[..., Any], given: Any) -> None:
    found = entry(fields={"event_id": given})
    assert found.fields == {"event_id": ("order_id",)}
    assert found.event_id_rules == {"101", "102"}


@pytest.mark.parametrize("field", CONSTANT_FIELDS)
def test_a_constant_is_a_text_or_a_number(entry: Callable[..., Any], field: str) -> None:
    assert entry(constants={field: 1}).constants == {field: 1}
    assert entry(constants=f'{{"{field}": "x"}}').constants == {field: "x"}


@pytest.mark.parametrize("field", sorted({*FIELDS} - {*CONSTANT_FIELDS}))
def test_nothing_that_says_who_or_when_can_be_constant(entry: Callable[..., Any], field: str) -> None:
    with pytest.raises(Exception, match=r"streams\[0\]\.constants: unknown constant"):
        entry(constants={field: "x"})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"column": "c"}, Consent("c")),
        ({"column": "c", "granted": "yes"}, Consent("c", ("yes",))),
        ({"column": "c", "granted": [True, "granted", 1]}, Consent("c", (True, "granted", 1))),
        ('{"column": "c", "granted": [true]}', Consent("c", (True,))),
        ({"not_required": "contract"}, Consent(not_required="contract")),
    ],
)
def test_consent_names_a_column_or_why_none_is_needed(entry: Callable[..., Any], given: Any, meant: Consent) -> None:
    assert entry(consent=given).consent == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (101, (RuleUse("101"),)),
        ("urn:lla:llaPartnerConversion:101", (RuleUse("101"),)),
        ([101, {"rule": 104, "value": False}], (RuleUse("101"), RuleUse("104", value=False))),
        ({"rule": "104", "value": "no"}, (RuleUse("104", value=False),)),
        ('{"rule": 104, "value": false}', (RuleUse("104", value=False),)),
        ({"column": "rule_id"}, RuleByColumn("rule_id", None)),
        ({"column": "rule_id", "otherwise": "skip"}, RuleByColumn("rule_id", None, "skip")),
        (
            {"column": "stage", "rules": [{"when": ["a", 1], "rule": 101}, {"when": "b", "skip": "true"}]},
            RuleByColumn("stage", (RuleCase(("a", 1), (RuleUse("101"),)), RuleCase(("b",), ()))),
        ),
        (
            '{"column": "stage", "rules": [{"when": true, "rule": [101, {"rule": 102, "value": false}]}]}',
            RuleByColumn("stage", (RuleCase((True,), (RuleUse("101"), RuleUse("102", value=False))),)),
        ),
    ],
)
def test_a_rule_is_fixed_or_chosen_by_a_column(entry: Callable[..., Any], given: Any, meant: Any) -> None:
    assert entry(conversion_rule=given).rules == meant


def test_an_entry_without_rule_takes_the_setting(load: Callable[..., Any]) -> None:
    found = load({"conversion_rule": [101, 102], "streams": [{"stream": "a"}, {"stream": "b", "conversion_rule": 103}]})
    assert [entry.rules for entry in found.streams] == [(RuleUse("101"), RuleUse("102")), (RuleUse("103"),)]


def test_deleted_can_be_switched_off(entry: Callable[..., Any]) -> None:
    assert entry(deleted=False).deleted == ()
    assert entry(deleted="gone").deleted == ("gone",)
