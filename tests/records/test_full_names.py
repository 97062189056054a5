"""Names as real sources write them, with what forms and templates leave in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.text import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("Jane Doe", "jane", "doe"),
        ("Doe, Jane", "jane", "doe"),
        ("  Jane\u00a0 Doe ", "jane", "doe"),
        ("van der Berg, Anna Maria", "annamaria", "vanderberg"),
    ],
)
def test_a_full_name_of_two_words_or_with_a_comma_is_both_names(
    stream: Callable[..., Any], sha: Callable[[str], str], written: str, first: str, last: str
) -> None:
    info = stream(fields={"full_name": "who", "company": "org"}).user(who=written, org="Acme")["userInfo"]
    assert info == {"hashedFirstName": sha(first), "hashedLastName": sha(last), "companyName": "Acme"}


@pytest.mark.parametrize(
    "written", ["Jane", "Jane van Doe", "Dr. Jane Doe", "Doe, Jane, Dr.", ",", "a,", "x " * 200, 7, ["Jane", "Doe"]]
)
def test_a_full_name_that_cannot_be_told_apart_is_left_out_and_counted(
    stream: Callable[..., Any], written: Any
) -> None:
    full = stream(fields={"full_name": "who"})
    assert "userInfo" not in full.user(who=written)
    assert full.left_out(who=written) == [("full_name", "not_two_names")]


@pytest.mark.parametrize("written", ['"Jane Doe"', '"Doe, Jane"'])
def test_a_full_name_in_the_quotes_of_json_is_sent_without_them(stream: Callable[..., Any], written: str) -> None:
    full = stream(fields={"full_name": "who"}, names="plain")
    assert full.user(who=written)["userInfo"] == {"firstName": "Jane", "lastName": "Doe"}


def test_a_full_name_stands_beside_no_part_of_it(stream: Callable[..., Any]) -> None:
    with pytest.raises(ConfigError, match=r"full_name: the field stands beside first_name"):
        stream(fields={"full_name": "who", "first_name": "first"})


@pytest.mark.parametrize(
    "left",
    [
        "[not provided]", "[object Object]", "#N/A", "#REF!", "#VALUE!", "(none)", "*|FNAME|*", "%%first_name%%", "%FIRSTNAME%",
        "<test lead: dummy data for first_name>", "{{ contact.firstname }}", "${name}", "{first_name}", "(not set)", "N/A", "#DIV/0!",
        "[NOT PROVIDED]", "undefined", "<null>",
    ],
)  # fmt: skip
def test_what_a_form_or_a_sheet_leaves_is_no_name(stream: Callable[..., Any], left: str) -> None:
    assert is_placeholder(left)
    person = stream(fields={"first_name": "first", "last_name": "last"})
    assert "userInfo" not in person.user(first=left, last="Doe")
    assert person.left_out(first=left, last="Doe") == [("first_name", "not_a_name")]


LEFT = [
    "#ERROR!",
    "%%=First=%%",
    "{%first%}",
    "{!Contact.FirstName}",
    "@@first@@",
    "##first##",
    "$fname$",
    "<first_name>",
]
LEFT += [
    "__FNAME__",
    "N.A.",
    "anonymous",
    "#SPILL!",
    "#{first}",
    "\u00abFirst_Name\u00bb",
    "{first name}",
    "<Name>",
    "[FIRST_NAME]",
]


@pytest.mark.parametrize("left", LEFT)
def test_what_any_template_leaves_is_no_name(stream: Callable[..., Any], left: str) -> None:
    consent = {"not_required": "a test"}
    for names in ("hashed", "plain"):
        person = stream(fields={"first_name": "first", "last_name": "last"}, names=names, consent=consent)
        assert person.left_out(first=left, last="Doe") == [("first_name", "not_a_name")]


@pytest.mark.parametrize(
    "left",
    [
        "[not provided]",
        "[object Object]",
        "[First Name]",
        "<first name>",
        "not set",
        " (not provided) ",
        "{first name}",
        "%%=First Last=%%",
        "<test lead: dummy data>",
        "[Full Name]",
        "{{first}} {{last}}",
        "not available",
        "@@full name@@",
    ],
)
def test_a_full_name_that_a_template_left_is_none_before_it_is_split(stream: Callable[..., Any], left: str) -> None:
    full = stream(fields={"full_name": "who"}, consent={"not_required": "a test"})
    assert "userInfo" not in full.user(who=left)
    assert full.left_out(who=left) == [("full_name", "not_a_name")]


@pytest.mark.parametrize("name", ["Test Test", "Guest User", "O'Brien Mary", "Doe, Jane", "Ann Onymous", "Na Li"])
def test_a_name_of_two_words_is_a_full_name(stream: Callable[..., Any], name: str) -> None:
    full = stream(fields={"full_name": "who"}, consent={"not_required": "a test"})
    assert "userInfo" in full.user(who=name)


@pytest.mark.parametrize("name", ["Null", "None"])
def test_people_are_called_what_placeholders_are_called_seldom_enough(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["#1 Movers", "*Star*", "[Brackets] Inc", "100%", "% Sure", "{Curly} Ltd", "<Less>"])
def test_a_company_with_odd_marks_is_one(name: str) -> None:
    assert normalise.plain_words(name, "company") == name
