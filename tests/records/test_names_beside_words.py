"""Names with titles, degrees and marks beside them, and hashes in a name's place: a whole name, or none."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records.normalise import hashed_name, hex_digest, two_names

if TYPE_CHECKING:
    from collections.abc import Callable

CONSENT = {"not_required": "a test"}
DIGEST = hashlib.sha256(b"jane").hexdigest()
TITLES = [
    "Dr.",
    "Prof.",
    "Mr",
    "MRS.",
    "Herr",
    "Frau",
    "Dipl.-Ing.",
    "Dra.",
    "Doña",
    "Sr.",
    "Mme",
    "Fru",
    "Ing.",
    "Dott.ssa",
]
DEGREES = ["Jr.", "PhD", "Ph.D.", "MD", "M.D.", "MBA", "III", "Esq.", "Inc.", "GmbH", "LLC", "Ltd."]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("form", ["{} Doe", "{} Jane Doe", "Doe, {}", "Doe, {} Jane", "Doe, Jane {}", "Jane Doe, {}"])
def test_a_title_is_no_name_wherever_it_stands(title: str, form: str) -> None:
    assert two_names(form.format(title)) is None


@pytest.mark.parametrize("degree", DEGREES)
@pytest.mark.parametrize("form", ["Doe {}", "Jane Doe {}", "Jane Doe, {}", "Doe, Jane {}", "Doe, {}", "Doe, {}, Jane"])
def test_a_degree_and_a_companys_form_are_none_either(degree: str, form: str) -> None:
    assert two_names(form.format(degree)) is None


@pytest.mark.parametrize("written", ["Dr.Jane Doe", "Mr.Doe Jane", "Prof.Jane Doe", "Doe, Dr.Jane"])
def test_a_title_that_is_glued_to_a_name_is_seen(written: str) -> None:
    assert two_names(written) is None


@pytest.mark.parametrize(
    "written", ["Doe; Jane", "Doe/ Jane", "Jane /John", "Jane |Doe", "Jane; John", "", " ", ",", "a\\ b"]
)
def test_what_holds_several_names_is_no_full_name(written: str) -> None:
    assert two_names(written) is None


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("JANE DOE", ("JANE", "DOE")),
        ("Doe,Jane", ("Jane", "Doe")),
        ("van der Berg, Jan", ("Jan", "van der Berg")),
        ("de la Cruz, María José", ("María José", "de la Cruz")),
        ("Jane Doe-Smith", ("Jane", "Doe-Smith")),
        ("J. Doe", ("J.", "Doe")),
        ("Don Draper", ("Don", "Draper")),
        ("Mary O'Brien", ("Mary", "O'Brien")),
        ("Jean-Luc Picard", ("Jean-Luc", "Picard")),
        ("St. John, Jane", ("Jane", "St. John")),
        ("Drew Mister", ("Drew", "Mister")),
        ("Md Rahman", ("Md", "Rahman")),
        ("Rahim, Md Karim", ("Md Karim", "Rahim")),
        ("JR Smith", ("JR", "Smith")),
        ("Jane Ing", ("Jane", "Ing")),
    ],
)
def test_two_words_and_what_a_comma_parts_are_both_names(written: str, names: tuple[str, str]) -> None:
    assert two_names(written) == names


@pytest.mark.parametrize(
    "written",
    [
        DIGEST,
        DIGEST.upper(),
        f"0x{DIGEST}",
        rf"\x{DIGEST}",
        f"'{DIGEST}'",
        f'"{DIGEST}"',
        f"x'{DIGEST}'",
        base64.b64encode(bytes.fromhex(DIGEST)).decode(),
        f'"{base64.b64encode(bytes.fromhex(DIGEST)).decode()}"',
    ],
)
def test_a_hash_is_passed_on_as_it_is_read_for_every_field(stream: Callable[..., Any], written: str) -> None:
    assert hex_digest(written) == DIGEST
    person = stream(fields={"first_name": "first", "last_name": "last", "ip_address": "ip"}, consent=CONSENT).user(
        first=written, last="Doe", ip=written
    )
    assert person["userInfo"]["hashedFirstName"] == DIGEST
    assert {"idType": "SHA256_IP_ADDRESS", "idValue": DIGEST} in person["userIds"]


@pytest.mark.parametrize(
    "written",
    [
        f"sha256:{DIGEST}",
        f"SHA-256:{DIGEST}",
        f"{{{DIGEST}}}",
        f"'{DIGEST}\"",
        DIGEST[:63],
        DIGEST + "0",
        hashlib.md5(b"jane").hexdigest(),  # noqa: S324 - what a source may hold
        hashlib.sha1(b"jane").hexdigest(),  # noqa: S324 - the same
        hashlib.sha512(b"jane").hexdigest()[:99],
        base64.urlsafe_b64encode(bytes.fromhex(DIGEST)).decode().rstrip("="),
    ],
)
def test_a_hash_that_cannot_be_passed_on_is_no_name_and_is_never_hashed_again(
    stream: Callable[..., Any], written: str
) -> None:
    for names in ("hashed", "plain"):
        person = stream(fields={"first_name": "first", "last_name": "last"}, consent=CONSENT, names=names)
        assert person.left_out(first=written, last="Doe") == [("first_name", "not_a_name")]


@given(st.text(max_size=80))
def test_no_text_makes_the_readers_of_names_raise(text: str) -> None:
    found = two_names(text)
    assert found is None or all(found)
    assert hex_digest(text) is None or len(text) > 43
    assert hashed_name(text) is None or len(text) < 100
