"""What leaves in plain has the form of an id or of a company; a text of real sources that names somebody does not leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("field", ["acxiom_id", "google_aid", "oracle_moat_id", "lead", "li_fat_id"])
@pytest.mark.parametrize(
    "stranger", ["Jane Doe", "[object Object]", "(other)", "Stra\u00dfe 5", "a\tb", 'say "hi"', "<b>", "a;b"]
)
def test_no_field_that_leaves_in_plain_takes_a_strangers_text(
    stream: Callable[..., Any], field: str, stranger: str
) -> None:
    plain = stream(fields={field: "cell"}, settings={"linkedin_version": "202601"})
    assert stranger not in plain.event(cell=stranger).payload.decode()
    assert plain.left_out(cell=stranger) == [(field, "not_an_id")]


SECRET = "session=SECRET; a=b"
NO_IDS = ["Jane", "+491701234567", "session=SECRET", SECRET, "8.8.8.8", "https://x.com/?name=Jane", "+49 170 1234567"]
NO_IDS += [
    "jane7&#64;x.com",
    "https://x.com/jane7",
    "2001:db8::1",
    "tel:491701234567",
    "www.x.com/7",
    "7" * 300,
    "id7\x00",
    "1984-02-03",
    "3.2.1984",
    "03/02/1984",
    "0",
    "000-00",
    "eyJhbGciOiJI.eyJzdWIi.x7",
]


@pytest.mark.parametrize("field", ["acxiom_id", "google_aid", "oracle_moat_id", "lead", "external_id"])
@pytest.mark.parametrize("stranger", NO_IDS, ids=lambda text: text[:30])
def test_an_id_that_leaves_in_plain_has_an_ids_form(stream: Callable[..., Any], field: str, stranger: str) -> None:
    plain = stream(fields={field: "cell"}, settings={"linkedin_version": "202601"}, consent={"not_required": "a test"})
    assert [name for name, _ in plain.left_out(cell=stranger)] == [field]


@pytest.mark.parametrize(
    "own",
    [
        "crm-000481",
        "003Dn00000ABCDE",
        "auth0|5f7c8ec7c33c",
        "gid://shopify/Customer/7",
        "acme/cust-77",
        "0000104711",
        "4711-0815",
        "urn:acme:7",
        "Köln-7",
        "a1b2==",
        "7_b.c~d",
        "38400000-8cf0-11bd-b23e-10b96e40000d",
        "#77",
        "2026-11-20-7",
        "2026-11",
        "0-7",
        "1.2.2026.7",
        "eyJ-7",
    ],
)
def test_the_ids_that_sources_give_leave(own: str) -> None:
    assert normalise.own_id(own) == own


@pytest.mark.parametrize("field", ["company", "title"])
@pytest.mark.parametrize(
    "stranger",
    [
        "jane&#64;x.com",
        "jane [at] x.com",
        "jane(at)x.com",
        "https://x.com/?email=jane",
        "\x00Acme",
        "Acme\nInc",
        "x" * 3000,
        "a1" * 32,
        "jane at example dot com",
        "+49 170 1234567",
        SECRET,
        "jane%2540x.com",
        "call 8.8.8.8",
        "Acme\u2028Inc",
        "4917012345678",
        "4111111111111111",
        "jane &#40;at&#41; x.com",
        "Bearer AQX7",
        "eyJhbGciOiJI.eyJzdWIi.x7",
    ],
    ids=lambda text: text[:30],
)
def test_words_that_leave_in_plain_name_nobody_otherwise(stream: Callable[..., Any], field: str, stranger: str) -> None:
    names = {"first_name": "first", "last_name": "last"}
    person = stream(fields={**names, field: "cell"}, consent={"not_required": "a test"})
    found = person.left_out(first="Jane", last="Doe", cell=stranger)
    assert found in ([(field, "not_an_id")], [(field, "looks_like_email")])


def test_a_company_that_is_written_in_html_leaves_as_it_reads(stream: Callable[..., Any]) -> None:
    person = stream(fields={"first_name": "first", "last_name": "last", "company": "cell"})
    for written, read in (("Smith &amp; Sons", "Smith & Sons"), ("O&#39;Neill Ltd", "O'Neill Ltd"), ("AT&T", "AT&T")):
        assert person.user(first="Jane", last="Doe", cell=written)["userInfo"]["companyName"] == read


def test_a_company_that_nobody_sees_is_none(stream: Callable[..., Any]) -> None:
    person = stream(fields={"first_name": "first", "last_name": "last", "company": "cell"})
    for unseen in ("\u200b", "\ufeff", " \u2060 "):
        assert "companyName" not in person.user(first="Jane", last="Doe", cell=unseen)["userInfo"]
        assert person.left_out(first="Jane", last="Doe", cell=unseen) == []


@pytest.mark.parametrize(
    "name",
    [
        "Müller & Sons GmbH",
        "3M",
        "@Home Ltd",
        "Yahoo!",
        "Acme (UK)",
        "1&1",
        "Amazon.com",
        "E=mc2 GmbH",
        "AT&T",
        "Who? = Us",
        "Meet at St. James",
        "7-Eleven",
        "1-800-Flowers",
        "株式会社",
        "Müller\xa0GmbH",
        "Acme: 20 seats",
        "VP, Sales / EMEA",
    ],
)
def test_ordinary_names_of_companies_leave(name: str) -> None:
    assert normalise.plain_words(name, "company") == name


@pytest.mark.parametrize(
    ("words", "sent"), [("Gor & Sons Ltd. ", "Gor & Sons Ltd."), ("O'Gor-Nis", "O'Gor-Nis"), ("Nat", "Nat")]
)
def test_plain_words_are_sent_trimmed(words: str, sent: str) -> None:
    assert normalise.plain_words(words, "company") == sent


@pytest.mark.parametrize(
    ("words", "code"),
    [("Not Set", "not_an_id"), ("N.A.", "not_an_id"), ("NaT", "not_an_id"), ("YUBiLmNv", "looks_like_email")],
)
def test_words_that_say_nothing_or_encode_an_address_are_not_sent(words: str, code: str) -> None:
    """Of plain letters alone they look like any other word."""
    found = normalise.plain_words(words, "company")
    assert isinstance(found, Reason)
    assert found.code == code
