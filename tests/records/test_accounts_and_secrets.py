"""A bank account's number and a service's secret leave as no id; ids that begin like one are ids."""

from __future__ import annotations

import pytest

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.accounts_and_secrets import BEGINNINGS, is_account_or_secret
from target_linkedin_conversions.records.reasons import Reason

TOLD = [
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "NL91ABNA0417164300",
    "FR1420041010050500013M02606",
    "NO9386011117947",
    "BE68539007547034",
    "CH9300762011623852957",
    "de89370400440532013000",
    "sk_live_51H8canary",
    "rk_test_0123456789abcdef",
    "whsec_0123456789abcdefghij",
    "ghp_0123456789abcdefghij0123456789abcdef",
    "glpat-abcdefghij1234567890",
    "xoxb-1234-abcdefgh",
    "shpat_0123456789abcdef0123456789abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_abc",
]
IDS = [
    "DE88370400440532013000",  # another check digit
    "DE8937040044053201300",  # a digit less than Germany's
    "DE2026112800000000000017",
    "NO1234567890123",
    "be68539007547abc",
    "pi_3MtwBwLkdIwHu7ix28a3tqPa",
    "sk_test_17",
    "pk_17",
    "sku-1234567890",
    "set-17",
    "ghost-17",
    "AKIA-17",
]


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_is_no_id(text: str) -> None:
    assert is_account_or_secret(text)
    assert text[:3] in BEGINNINGS
    assert isinstance(normalise.own_id(text), Reason)


@pytest.mark.parametrize("text", ["DE89 3704 0044 0532 0130 00", "NL91-ABNA-0417-1643-00", "IBAN NL91ABNA0417164300"])
def test_an_account_is_told_in_groups_too(text: str) -> None:
    assert is_account_or_secret(text)


@pytest.mark.parametrize("text", IDS)
def test_an_id_that_begins_like_one_is_an_id(text: str) -> None:
    assert not is_account_or_secret(text)
    assert normalise.own_id(text) == text
