from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLE_IP = "203.0.113.9"
EXAMPLE_IP_HASH = "d861b7e91033ebc1c1e8e7af3929010158b3241b54ca87ef73e79c32f26400ec"
NOT_PUBLIC = [
    "10.0.0.1",
    "192.168.1.9",
    "172.16.0.1",
    "127.0.0.1",
    "169.254.1.1",
    "0.0.0.0",  # noqa: S104 - an address, not a binding
    "255.255.255.255",
    "224.0.0.1",
    "100.64.0.1",
    "2001:4860:4860::8888",
    "::1",
    "::ffff:10.0.0.1",
]
NOT_AN_IP = [
    "8.8.8",
    "8.8.8.8.8",
    "8.8.8.256",
    "8.8.8.8, 1.1.1.1",
    "8.8.8.8:80",
    "08.8.8.8",
    "n/a",
    134744072,
    True,
    [],
]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_documented_example_of_an_ip_address_has_the_documented_hash() -> None:
    assert normalise.ip_address_plain(EXAMPLE_IP) == EXAMPLE_IP
    assert normalise.ip_address_hashed(EXAMPLE_IP) == EXAMPLE_IP_HASH


@pytest.mark.parametrize("written", ["8.8.8.8", " 8.8.8.8\n", "::ffff:8.8.8.8", "::FFFF:808:808"])
def test_an_ip_address_is_sent_in_one_form(written: str) -> None:
    assert normalise.ip_address_plain(written) == "8.8.8.8"
    assert normalise.ip_address_hashed(written) == sha256("8.8.8.8")


@pytest.mark.parametrize("bad", [*NOT_PUBLIC, *NOT_AN_IP])
def test_what_is_no_public_ipv4_address_is_left_out(bad: Any) -> None:
    assert normalise.ip_address_plain(bad) == Reason("ip_address_plain", "not_a_public_ipv4")
    assert normalise.ip_address_hashed(bad) == Reason("ip_address", "not_a_public_ipv4")


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_ip_address_is_no_fault(empty: Any) -> None:
    assert normalise.ip_address_plain(empty) is normalise.ip_address_hashed(empty) is None


def test_a_hashed_ip_address_passes_in_lower_case_and_only_where_hashes_are_sent() -> None:
    assert normalise.ip_address_hashed(EXAMPLE_IP_HASH.upper()) == EXAMPLE_IP_HASH
    assert normalise.ip_address_hashed(rf"\x{EXAMPLE_IP_HASH}") == EXAMPLE_IP_HASH
    assert normalise.ip_address_hashed(sha256("")) == Reason("ip_address", "hash_of_nothing")
    assert normalise.ip_address_plain(EXAMPLE_IP_HASH) == Reason("ip_address_plain", "not_a_public_ipv4")


PLAIN = {"acxiom_id": "ACXIOM_ID", "google_aid": "GOOGLE_AID", "oracle_moat_id": "ORACLE_MOAT_ID"}


AID = "38400000-8cf0-11bd-b23e-10b96e40000d"


@pytest.mark.parametrize("given", [f" {AID} ", AID, AID.upper()])
def test_a_devices_id_is_sent_as_it_is(stream: Callable[..., Any], given: str) -> None:
    device = stream(fields={"google_aid": "device", "email": False}, consent={"not_required": "a test"})
    assert device.ids(device=given) == [("GOOGLE_AID", given.strip())]
    for bad in ("{{id}}", "undefined", "jane@example.com", [1], {"a": 1}, True, 12, AID[:-1], AID.replace("-", "")):
        assert device.rejected(device=bad)[0] == "no_identifier"


@pytest.mark.parametrize("field", ["acxiom_id", "oracle_moat_id"])
def test_a_partners_id_is_sent_as_it_is(stream: Callable[..., Any], field: str) -> None:
    old = stream(fields={field: "partner", "email": False}, settings={"linkedin_version": "202601"})
    assert old.ids(partner=" Ab-12 ") == [(PLAIN[field], "Ab-12")]
    assert old.ids(partner=12) == [(PLAIN[field], "12")]
    for bad in ("{{id}}", "undefined", "jane@example.com", [1], {"a": 1}, True):
        assert old.rejected(partner=bad)[0] == "no_identifier"
    assert old.rejected(partner="  ") == ["no_identifier"]


@pytest.mark.parametrize("zeros", ["00000000-0000-0000-0000-000000000000", "0", "000", "----", 0])
@pytest.mark.parametrize("field", ["google_aid", "oracle_moat_id"])
def test_an_ad_id_of_zeros_means_that_tracking_is_off(field: str, zeros: Any) -> None:
    assert normalise.ad_id(field)(zeros) == Reason(field, "not_an_id")


def test_every_kind_of_identifier_of_one_person_leaves_together(stream: Callable[..., Any], jane_hash: str) -> None:
    fields = {
        "email": "email",
        "li_fat_id": "click",
        "acxiom_id": "acxiom",
        "google_aid": "aid",
        "ip_address": "ip",
        "ip_address_plain": "ip",
        "external_id": "crm",
        "lead": "lead",
    }
    user = stream(fields=fields).user(click="c-1", acxiom="x-1", aid=AID, ip="8.8.8.8", crm=481, lead="5c0ffee1-3")
    assert [(pair["idType"], pair["idValue"]) for pair in user["userIds"]] == [
        ("SHA256_EMAIL", jane_hash),
        ("LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "c-1"),
        ("ACXIOM_ID", "x-1"),
        ("GOOGLE_AID", AID),
        ("SHA256_IP_ADDRESS", sha256("8.8.8.8")),
        ("PLAINTEXT_IP_ADDRESS", "8.8.8.8"),
    ]
    assert user["externalIds"] == ["481"]
    assert user["lead"] == "urn:li:leadGenFormResponse:5c0ffee1-3"


@pytest.mark.parametrize(
    ("given", "sent"),
    [("crm-000481", "crm-000481"), (" 7 ", "7"), (7, "7"), (7.0, "7"), (7.5, "7.5"), (2**70, str(2**70))],
)
def test_an_external_id_alone_is_enough_and_is_one(stream: Callable[..., Any], given: Any, sent: str) -> None:
    crm = stream(fields={"external_id": "crm", "email": False})
    assert crm.user(crm=given) == {"userIds": [], "externalIds": [sent]}


@pytest.mark.parametrize(
    "given", ["cus_uESHxiPtprRYOF", "pi_VOmkiDAYTKiizVpmGDYCAy", "ZgfKaZuWcqZJSrcbYAw", "rueZOHIpdS+YxPJn=="]
)
def test_an_id_by_chance_needs_no_digit(stream: Callable[..., Any], given: str) -> None:
    crm = stream(fields={"external_id": "crm", "email": False})
    assert crm.user(crm=given) == {"userIds": [], "externalIds": [given]}


@pytest.mark.parametrize(
    "name", ["JeanClaudeVanDamme", "JaneDoeMcDonaldOConnor", "jane_doe_of_berlin", "Doe-Smith-Jane"]
)
def test_a_name_is_no_id(stream: Callable[..., Any], name: str) -> None:
    assert "externalIds" not in stream(fields={"external_id": "crm"}).user(crm=name)


@pytest.mark.parametrize("bad", ["n/a", "{{id}}", "jane@example.com", True, False, [], {}, [1]])
def test_a_bad_external_id_is_left_out(stream: Callable[..., Any], bad: Any) -> None:
    crm = stream(fields={"external_id": "crm"})
    assert "externalIds" not in crm.user(crm=bad)
    assert [field for field, _ in crm.left_out(crm=bad)] == ["external_id"]


LEAD = "urn:li:leadGenFormResponse:"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (f"{LEAD}5c0ffee1-3", f"{LEAD}5c0ffee1-3"),
        (" 5c0ffee1-3 ", f"{LEAD}5c0ffee1-3"),
        (481, f"{LEAD}481"),
    ],
)
def test_a_lead_alone_is_enough_and_always_a_urn(stream: Callable[..., Any], given: Any, sent: str) -> None:
    leads = stream(fields={"lead": "lead", "email": False})
    assert leads.user(lead=given) == {"userIds": [], "lead": sent}


@pytest.mark.parametrize("bad", [LEAD, "urn:li:person:7", "URN:LI:person:7", "n/a", "jane@example.com", [1], True])
def test_what_is_no_lead_is_left_out(stream: Callable[..., Any], bad: Any) -> None:
    leads = stream(fields={"lead": "lead"})
    assert "lead" not in leads.user(lead=bad)
    assert [field for field, _ in leads.left_out(lead=bad)] == ["lead"]


@pytest.mark.parametrize(
    "address",
    [
        "jane@example.com",
        "Jane Doe <jane@example.com>",
        "see jane@example.com!",
        "https://www.example.com/?u=jane@example.com",
        "https://www.example.com/?u=jane%40example.com",
        "jane @ example.com",
        "jane\uff20example.com",
        "jane@exämple.de",
    ],
)
def test_an_email_shaped_value_in_a_plain_field_never_leaves(stream: Callable[..., Any], address: str) -> None:
    fields = {
        "acxiom_id": "acxiom_id",
        "google_aid": "google_aid",
        "oracle_moat_id": "oracle_moat_id",
        "first_name": "first_name",
        "last_name": "last_name",
        "company": "company",
        "title": "title",
        "country": "country",
        "external_id": "external_id",
        "lead": "lead",
        "currency": "currency",
    }
    for names in ("plain", "hashed"):
        plain = stream(fields=fields, names=names, settings={"linkedin_version": "202608"})
        mixed = {"first_name": "Jane", "last_name": "Doe", "lead": "7", "currency": "EUR"}
        for column in fields:
            event = plain.event(**{**mixed, column: address})
            assert b"example" not in event.payload
            assert b"\xc3\xa4mple" not in event.payload
    with_id = stream(fields={"event_id": "order"})
    assert with_id.rejected(order=address) == ["event_id_is_email"]
