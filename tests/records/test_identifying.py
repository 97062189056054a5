"""One place decides whether a key says who somebody is, whatever its form."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.records import identifying
from target_linkedin_conversions.records.identifying import identifies

URN = "urn:li:leadGenFormResponse:f8a1c2"
CLICK = "abcd1234-ef56-7890-abcd-1234567890ab"


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


USER: dict[str, Any] = {
    "userIds": [
        {"idType": "SHA256_EMAIL", "idValue": hashed("jane.doe@example.com")},
        {"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": CLICK},
        {"idType": "SHA256_IP_ADDRESS", "idValue": hashed("203.0.113.9")},
    ],
    "userInfo": {"hashedFirstName": hashed("jane"), "hashedLastName": hashed("vandoe"), "countryCode": "DE"},
    "externalIds": ["Cust-77A"],
    "lead": URN,
}
PLAIN = {"userIds": [], "userInfo": {"firstName": "Zoë", "lastName": "O'Brien", "companyName": "Acme"}}


def user_json(user: dict[str, Any]) -> bytes:
    """As it stands in a payload, with what comes behind it."""
    return msgspec.json.encode(user) + b',"conversionValue":{"amount":"7"},"eventId":"e"}'


IDENTIFYING = {
    "bare_lead_id": "f8a1c2",
    "urn": URN,
    "urn_in_capitals": URN.upper(),
    "lead_in_a_compound": "crm|f8a1c2",
    "url_of_the_click": f"https://example.com/thanks?a=1&li_fat_id={CLICK}",
    "escaped_url": f"https%3A%2F%2Fexample.com%2F%3Fli_fat_id%3D{CLICK}",
    "html_escaped_url": f"https://example.com/?a=1&amp;li_fat_id={CLICK}",
    "click_in_capitals": CLICK.upper(),
    "first_and_last": " Jane  Doe ",
    "last_comma_first": "van Doe, Jane",
    "first_alone": "JANE",
    "last_in_one": "Van Doe",
    "external_id_in_another_case": "cUST-77a",
    "external_id_with_blanks": "  Cust-77A\t",
    "external_id_in_parts": "shop:Cust-77A/2026",
    "email": "Jane.Doe@Example.com",
    "email_with_a_name": "Jane <jane.doe@example.com>",
    "hash_in_capitals": hashed("jane.doe@example.com").upper(),
    "hash_of_a_name": hashed("vandoe"),
    "ip_address": "203.0.113.9",
    "quoted": '"Cust-77A"',
}


@pytest.mark.parametrize("text", IDENTIFYING.values(), ids=IDENTIFYING)
def test_a_key_in_any_form_of_what_was_sent_identifies(text: str) -> None:
    assert identifies(text, user_json(USER))


@pytest.mark.parametrize(
    "text", [None, "", "  ", "7", "order-1", "DE", "SHA256_EMAIL", "Cust-77", "doe", "2026-11-26", "e"]
)
def test_a_key_that_says_nothing_of_the_user_does_not(text: str | None) -> None:
    assert not identifies(text, user_json(USER))


@pytest.mark.parametrize("text", ["zoë", "ZOE\u0308", "O'Brien, Zoë", "obrien"])
def test_plain_names_are_known_too(text: str) -> None:
    assert identifies(text, user_json(PLAIN))


RAW = [
    ("f8a1c2", [URN]),
    (URN, ["f8a1c2"]),
    (CLICK, [f"https://example.com/?li_fat_id={CLICK}"]),
    ("jane doe", ["Jane", "Doe"]),
    ("Doe, Jane", ["Jane Doe"]),
    ("77", [77]),
    (hashed("jane@example.com"), ["jane@example.com"]),
    ("jane@example.com", [["x@example.com", {"value": "JANE@example.com"}]]),
    (" a-1 ", ["A-1"]),
]


@pytest.mark.parametrize(("text", "values"), RAW, ids=[str(n) for n, _ in enumerate(RAW)])
def test_a_key_that_the_raw_values_hold_in_any_form_identifies(text: str, values: list[object]) -> None:
    assert identifies(text, b"", values)


@pytest.mark.parametrize(
    ("text", "values"),
    [("13", ["2026-11-26 13:54:25"]), ("pricing", ["https://example.com/pricing?x=1"]), ("7", [None, True, "", []])],
)
def test_words_that_stand_in_many_values_do_not(text: str, values: list[object]) -> None:
    assert not identifies(text, b"", values)


@pytest.mark.parametrize("cut", [b"", b"{", b"[]", b"null", b"\xff"])
def test_what_is_no_user_holds_nothing(cut: bytes) -> None:
    assert not identifies("jane", cut)


WORDS = [
    "Jane",
    "doe",
    "janedoe",
    "77A",
    "cust",
    "Cust-77A",
    "CUST77A",
    "cust_77a",
    "4711",
    "C-47-11",
    "c4711",
    "f8a1c2",
    "0",
    "e",
]
WRITTEN = [
    "Jane Doe",
    "doe, jane",
    "Cust-77A",
    "cust_77A",
    "4711",
    "C-4711",
    "jane@example.com",
    "https://x.example/?li_fat_id=f8a1c2",
    "a|4711",
]


@pytest.mark.parametrize("raw", WRITTEN)
def test_the_quick_look_says_no_only_where_the_forms_say_no(raw: str) -> None:
    # In a list, a value is looked at by its forms alone.
    assert [identifies(word, b"", [raw]) for word in WORDS] == [identifies(word, b"", [[raw]]) for word in WORDS]


RAW_TEXTS = st.one_of(
    st.text("0147 .,;:/|@=?&#%-_+ae\u00e4\u0664\uff14\u2460", max_size=8),
    st.lists(
        st.sampled_from(
            [
                "4711",
                "0",
                "47",
                "11",
                "4711.0",
                "C-4711",
                "jane",
                "Müller",
                "４711",
                "@example.com",
                "://",
                "li_fat_id=",
                "urn:li:leadGenFormResponse:4711",
                "%34711",
                "%40example.com",
                '{"id": 4.711E3}',
                "&#52;711",
                "\\u0034711",
                "&",
                "=",
                " ",
                "-",
                "|",
            ]
        ),
        min_size=1,
        max_size=4,
    ).map("".join),
)
"""Raw values in which numbers and words stand in many ways."""


@given(
    st.sampled_from([*WORDS, "47", "11", "47110"]), st.lists(RAW_TEXTS | st.integers(0, 4711) | st.none(), max_size=3)
)
@settings(max_examples=500)
def test_any_quick_look_says_no_only_where_the_forms_say_no(key: str, values: list[object]) -> None:
    quick = identifying._is_of_no_raw_value(key, b"", values)  # noqa: SLF001 - the first line of the rule
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifying, "_is_of_no_raw_value", lambda *_: False)
        assert not (quick and identifies(key, b"", [*values, "none"]))


@pytest.mark.parametrize(
    "values",
    [
        ["jane.doe4711@example.com"],
        ["Jane", "M\u00fcller"],
        ["https://example.com/?utm_source=linkedin&gclid=47110&page=4711"],
    ],
)
def test_what_a_number_is_no_part_of_is_seen_at_once(values: list[object]) -> None:
    """To make every form of each takes a quarter of a millisecond, and most rows of a load may be skipped."""
    assert identifying._is_of_no_raw_value("4711", b"", values)  # noqa: SLF001 - the first line of the rule


@pytest.mark.parametrize("number", ["9" * 5000, "0" * 9000 + "64", "x" + "f" * 9000])
def test_a_reference_to_a_character_of_many_digits_is_no_fault(number: str) -> None:
    assert not identifies(f"&#{number};", b"", ["jane@example.com"])


WRITTEN_OTHERWISE = [
    ("JANE_DOE", ["Jane", "Doe"]),
    ("jane-doe-2026", ["Jane", "Doe"]),
    ("2026.doe.jane", ["Jane", "Doe"]),
    ("crm/jane_x", ["Jane Doe"]),
    ("Jose\u0301 Garci\u0301a", ["Jos\u00e9", "Garc\u00eda"]),
    ("77001.0", ["77001"]),
    ("77001", ["77001.0"]),
    ("77001.00", [77001]),
    ("acme/cust-77", [" CUST-77 "]),
    (" Jane  van Berg", ["jane van berg"]),
    ("38400000-8CF0-11BD-B23E-10B96E40000D", ["38400000-8cf0-11bd-b23e-10b96e40000d"]),
    ("jane.doe", ["jane.doe@example.com"]),
    ("JANE_DOE", ["Jane_Doe@example.com"]),
    ("jane+doe", ["Jane <jane+doe@example.com>"]),
    ("jane&#64;example.com", ["jane@example.com"]),
    (CLICK.upper(), [f"session=1; li_fat_id={CLICK}"]),
    (CLICK, ['{"li_fat_id": "' + CLICK + '"}']),
    (f"https://example.com/?li_fat_id={CLICK}", [CLICK]),
]


@pytest.mark.parametrize(("text", "values"), WRITTEN_OTHERWISE, ids=[str(n) for n, _ in enumerate(WRITTEN_OTHERWISE)])
def test_a_key_that_is_written_otherwise_identifies_too(text: str, values: list[object]) -> None:
    assert identifies(text, b"", values)


@pytest.mark.parametrize("text", ["order-2026", "C-77", "a_b", "deal-janet", "cust-77"])
def test_the_words_of_a_key_are_compared_as_wholes(text: str) -> None:
    assert not identifies(text, b"", ["Jane Doe", "jane.doe@example.com", "2026-11-26 10:00", "Cust-77A"])


@pytest.mark.parametrize("text", ["janeobrien", "JaneOBrien", "obrienjane", "order/JANEOBRIEN/7", "lead-janeobrien"])
def test_two_names_in_one_word_are_known(text: str) -> None:
    assert identifies(text, b"", ["Jane", "O\u2019Brien"])


@pytest.mark.parametrize("text", ["janeo", "obrienx", "brienjane"])
def test_a_part_of_two_names_is_none(text: str) -> None:
    assert not identifies(text, b"", ["Jane", "O'Brien"])
