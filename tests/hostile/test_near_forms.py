"""Who is named by a text is named by it in every writing; a company, a title and an id of the same look are none of these."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.spellings import holds_address
from tests.records.conftest import stream_of

if TYPE_CHECKING:
    from collections.abc import Callable

HASH = sha256(b"jane.doe@example.com").hexdigest()


def wide(text: str) -> str:
    return "".join(chr(ord(mark) + 0xFEE0) if "!" <= mark <= "~" else mark for mark in text)


def of_script(zero: int) -> Callable[[str], str]:
    return lambda text: "".join(chr(zero + int(mark)) if mark.isdecimal() else mark for mark in text)


WRITINGS: dict[str, Callable[[str], str]] = {
    "full-width": wide,
    "arabic-digits": of_script(0x660),
    "devanagari-digits": of_script(0x966),
    "bold-digits": of_script(0x1D7CE),
    "letter-by-letter": " ".join,
    "soft-hyphens": "\u00ad".join,
    "of-no-width": "\u200b".join,
    "thin-spaces": lambda text: text.replace(" ", "\u2009"),
    "narrow-spaces": lambda text: text.replace(" ", "\u202f"),
}
PERSONAL = [HASH, "0170 1234567", "(030) 123456", "192.168.0.1", "DE89370400440532013000", "+49 170 1234567"]


@pytest.mark.parametrize("how", WRITINGS)
@pytest.mark.parametrize("text", PERSONAL)
def test_what_names_somebody_does_so_in_every_writing(text: str, how: str) -> None:
    written = WRITINGS[how](text)
    assert looks_personal(written)
    assert looks_personal(f"Acme, {written}") or how == "letter-by-letter"
    assert not isinstance(normalise.plain_words(written, "company"), str)


ADDRESSES = st.from_regex(r"[a-z]{2,9}\.[a-z]{2,9}@[a-z]{2,9}\.(?:com|de|co\.uk)", fullmatch=True)
MARKED = st.sampled_from(
    [
        " (at) ",
        "[at]",
        "(a)",
        " at ",
        " AT ",
        "_at_",
        " \u00e4t ",
        " arroba ",
        "\uff20",
        "\ufe6b",
        "%2540",
        "&#64;",
        "&commat;",
        "\\u0040",
        "=40",
    ]
)


@given(address=ADDRESSES, mark=MARKED)
def test_an_address_is_one_with_any_mark_in_the_place_of_its_at(address: str, mark: str) -> None:
    written = address.replace("@", mark)
    assert looks_personal(written)
    assert not isinstance(normalise.plain_words(written, "title"), str)


@pytest.mark.parametrize(
    "text",
    [
        "jane dot doe at example dot com",
        "jane.doe arroba example punto com",
        "jane_at_example_dot_com",
        "jane-at-example-dot-com",
        "BEGIN:VCARD N:Doe;Jane;;; TEL:5551234 END:VCARD",
        '{"name": "Jane Doe"}',
        "{'first': 'Jane'}",
        "192[.]168[.]0[.]1",
        "Acme Inc. 555-123-4567",
        "call (555) 123-4567",
        "call 0170-1234567, Jane",
        ":".join(HASH[at : at + 2] for at in range(0, 64, 2)),
        " ".join(HASH[at : at + 8] for at in range(0, 64, 8)),
    ],
)
def test_a_card_a_number_among_words_and_an_address_in_words_leave_in_no_field(text: str) -> None:
    assert looks_personal(text)
    assert not isinstance(normalise.plain_words(text, "company"), str)


@pytest.mark.parametrize("text", ["jane7\uff20example.com", "jane7\uff20example\uff0ecom", "jane7@example\u3002com"])
@pytest.mark.parametrize("field", ["external_id", "event_id", "li_fat_id", "lead"])
def test_no_id_is_an_address_of_another_script(field: str, text: str) -> None:
    assert holds_address(text)
    plain = stream_of(fields={field: "cell", "email": "email"}, consent={"not_required": "a test"})
    if field == "event_id":
        assert [one.code for one in plain.refusal(cell=text, email="a@b.com").reasons] == ["event_id_is_email"]
    else:
        assert [name for name, _ in plain.left_out(cell=text, email="a@b.com")] == [field]


@pytest.mark.parametrize("text", ["192.168.0.1:80", "10.0.0.7/24"])
def test_an_ip_address_with_a_port_is_no_id(text: str) -> None:
    assert not isinstance(normalise.own_id(text), str)
    assert not isinstance(normalise.ad_id("acxiom_id")(text), str)


@pytest.mark.parametrize(
    "name",
    [
        *("At&T", "3M", "Booking.com", "1&1", "S.p.A.", "Ph.D. Ltd", "7-Eleven", "24/7 Media", "8x8", "37signals"),
        *("C3.ai", "Kiva @ Work", "Team@Work GmbH", "Work at Home.com", "Look at Me. Ltd", "shop-at-home.com"),
        *(
            "Salesforce.com, Inc.",
            "Acme (2021)",
            "Acme [DE]",
            "Acme GmbH & Co. KG",
            "1-800-FLOWERS.COM",
            "Hotel 1234567",
        ),
        *(
            "Fund 2020-2025",
            "5.11 Tactical",
            "R+V",
            "50% Off",
            "3M™",
            "#1 Agency",
            "Sub\u00adway",
        ),
        *("株式会社 日本", "शिक्षा २०२४", "شركة ٢٠", "Ｓｏｎｙ", "A B C D E F G H", "Company 2024-01-01", "NYSE: BAC"),
        *("VP Sales/Marketing", "Level 3 (2020-2023)", "Engineer at booking.com", "CTO @ Acme", "ISO 27001 Auditor"),
        *("IEC 61508-1:2010 Engineer", "Account Executive (m/w/d)", "SAP S/4HANA", "Clerk (A)", "Head of IT (a) DACH"),
        *("MAC 00:1A:2B:3C:4D:5E Ltd", "Model 100-200-300", "Route 0800", "Office 365 Admin", "JavaScript TypeScript"),
    ],
)
def test_an_honest_name_of_the_same_look_leaves(name: str) -> None:
    assert normalise.plain_words(name, "company") == name


def test_a_name_as_a_page_writes_it_leaves_as_people_do() -> None:
    assert normalise.plain_words("Marks &amp; Spencer", "company") == "Marks & Spencer"


@pytest.mark.parametrize(
    "own",
    [
        *("cus_Nff9xKzP", "0035g00000ABCdeAAG", "GA1.2.1234567890.1234567890", "acct:123", "crm|123", "CRM#123"),
        *("auth0|5f7c8ec7c33c6c004bbafe82", "N°12", "id€1", "WS-2021/0042", "5f1d7f1e9c1a4b0001a1b2c3", "meet_at_7"),
        *("Z2lkOi8vc2hvcGlmeS9DdXN0b21lci8x", "recW1234567890abc", "Köln-7", "東京7", "0.1.2.3.4", "7:1"),
    ],
)
def test_the_id_of_a_real_system_leaves(own: str) -> None:
    assert normalise.own_id(own) == own
    assert not holds_address(own)
