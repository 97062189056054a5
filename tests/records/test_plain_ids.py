"""Of a plain id it is seen at once that it names nobody, and never where its forms say that it does."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.records import looks
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import look_personal, looks_personal
from target_linkedin_conversions.records.normalise import hashed_name
from target_linkedin_conversions.records.plain_ids import (
    Users,
    are_numbers,
    is_uuid,
    names_nobody,
    seen,
)
from target_linkedin_conversions.records.unescaped import unescaped

UUID = "0b8f3c1e-7a52-4d7e-9f60-3c2b1a0d9e8f"
IDS = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda one: one.hex[:24]),
    st.integers(0, 2**64).map(lambda number: f"cus_{number:x}Nf"),
    st.lists(st.sampled_from(["jane", "doe", "ab", "2026", "7", "spring", "R2", "a1b2"]), min_size=1, max_size=4).map(
        "-".join
    ),
    st.integers(1, 10**12).map(str),
    st.text("abJ1_-", min_size=1, max_size=9),
)


def respelt(text: str, how: int) -> str:
    """A text as somebody else may write it."""
    ways = [
        text.upper(),
        f"  {text} ",
        text.replace("-", ""),
        "-".join(text),
        text[:2] + "'" + text[2:],
        text[:2] + '"' + text[2:],
        text[:2] + "\u2013" + text[2:],
        text[:2] + "\x07" + text[2:],
        text.translate({code: code + 0xFEE0 for code in range(0x30, 0x7B)}),
        f"urn:li:leadGenFormResponse:{text}",
        hashed_name(text) or text,
        sha256(text.encode()).hexdigest(),
    ]
    if is_uuid(text):  # which is written in no other way than these
        ways = [*ways[:3], *ways[8:]]
    return ways[how % len(ways)]


@st.composite
def keys_and_users(draw: Any) -> tuple[str, bytes]:
    text = draw(IDS)
    parts = [text, *text.replace("_", "-").split("-"), draw(IDS), "x"]
    values = [
        respelt(part, how)
        for part, how in draw(st.lists(st.tuples(st.sampled_from(parts), st.integers(0, 11)), max_size=3))
    ]
    user = {"userIds": [{"idType": "SHA256_EMAIL", "idValue": sha256(text.encode()).hexdigest()[::-1]}]}
    place = draw(st.sampled_from(["externalIds", "userInfo"]))
    user |= {place: values if place == "externalIds" else {f"title{n}": value for n, value in enumerate(values)}}
    return text, msgspec.json.encode(user)


def payload_of(user: bytes, event_id: str) -> bytes:
    """An event's payload as it is made, with this user's JSON in it."""
    return b'{"conversion":"urn:7","user":' + user + b',"eventId":' + msgspec.json.encode(event_id) + b"}"


@given(keys_and_users())
@settings(max_examples=300)
def test_what_is_seen_at_once_to_name_nobody_names_nobody_by_any_form(made: tuple[str, bytes]) -> None:
    text, user = made
    by_forms = identifies(text, user, [None])  # with a raw value, the forms alone decide
    users = Users([payload_of(user, text)])
    in_payload = users.without_numbers([text]) if are_numbers([text]) else users.without([text])
    for at_once in (names_nobody(text, seen(user)), *in_payload):
        assert not (at_once and by_forms)
    assert identifies(text, user) == by_forms


@given(IDS | st.text("0123456789abcdefDE-_", min_size=1, max_size=45))
@settings(max_examples=300)
def test_what_is_seen_at_once_to_look_like_nobody_looks_so_by_every_pattern(text: str) -> None:
    if not is_uuid(text):
        assert looks_personal(text) == any(looks._looks(form) for form in unescaped(text))  # noqa: SLF001 - the rule without its first line


@given(
    st.lists(
        IDS | st.sampled_from(["a" * 32, "DE89370400440532013000", "a_at_b_dot_de", "YUBiLmRl", "4711"]), max_size=4
    )
)
@settings(max_examples=300)
def test_several_texts_look_as_each_of_them_does(texts: list[str]) -> None:
    assert look_personal(texts) == [looks_personal(text) for text in texts]


@pytest.mark.parametrize("text", ["de893704-0044-0532-0130-00abcdefabcd", UUID, UUID.upper()])
def test_a_uuid_is_no_number_of_an_account(text: str) -> None:
    assert not looks_personal(text)


@pytest.mark.parametrize("name", ["beef", "7a52", "0b8f3c1e"])
def test_a_part_of_a_uuid_that_reads_like_a_name_is_chance(name: str) -> None:
    key = UUID.replace("7a52", "beef") if name == "beef" else UUID
    user = msgspec.json.encode({"userIds": [], "userInfo": {"hashedFirstName": hashed_name(name), "title": name}})
    assert not identifies(key, user)


@pytest.mark.parametrize(
    "text", [UUID, "65f1c0ffee0123456789abcd", "cus_NffrFeUfNV2Hib", "spring-sale-7", "ORD-0000123", "4711"]
)
def test_ids_as_systems_make_them_are_seen_at_once(text: str) -> None:
    user = {"userIds": [{"idType": "SHA256_EMAIL", "idValue": sha256(b"jane@example.com").hexdigest()}]}
    user |= {"userInfo": {"hashedFirstName": hashed_name("jane"), "hashedLastName": hashed_name("doe")}}  # type: ignore[dict-item]
    assert names_nobody(text, seen(msgspec.json.encode(user)))


@pytest.mark.parametrize("behind", [b"", b',"conversionValue":{"currencyCode":"EUR","amount":"7"}', b',"eventId":"7"'])
def test_the_user_of_an_event_ends_before_value_and_event_id(behind: bytes) -> None:
    user = Users([b'{"conversion":"urn:7","user":{"userIds":[]}' + behind + b"}"])[0]
    assert (user or b"").rstrip(b"}") == b'{"userids":[]'


@pytest.mark.parametrize("sent", [UUID, UUID.upper(), UUID.replace("-", ""), f"urn:li:leadGenFormResponse:{UUID}"])
@pytest.mark.parametrize("text", [UUID, UUID.upper(), UUID.replace("-", "")])
def test_a_uuid_stands_in_a_user_in_any_case_and_without_its_hyphens(text: str, sent: str) -> None:
    user = msgspec.json.encode({"userIds": [], "externalIds": [sent]})
    payloads = [payload_of(user, one) for one in (text, text[::-1])]
    assert Users(payloads).without_digits([text, text[::-1]]) == [False, True]
    if is_uuid(text) or ":" not in sent:
        assert identifies(text, user)
