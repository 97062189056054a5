from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHINGS = ["", " ", "null", "NULL", "None", "n/a", "N/A", "nan", "undefined", "unknown", "-"]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "written",
    [
        "jane.doe@example.com",
        " Jane.Doe@Example.com ",
        "JANE.DOE@EXAMPLE.COM",
        "jane . doe @ example . com",
        "\tjane.doe@example.com\r\n",
        "mailto:Jane.Doe@example.com",
        "Jane Doe <jane.doe@example.com>",
        "jane.doe\uff20example.com",
        "\ufeffjane.doe@example.com\u200b",
        "jane.doe@example\u2024com",
        "jane.doe\u00a0@example.com",
    ],
)
def test_every_spelling_of_an_address_has_the_documented_hash(written: str, jane_hash: str) -> None:
    assert normalise.email(written) == jane_hash


@pytest.mark.parametrize(
    "written", ["jane.doe+news@example.com", "janedoe@example.com", "jane.doe@sub.example.com", "jane_doe@example.com"]
)
def test_no_mailbox_is_taken_for_another(written: str, jane_hash: str) -> None:
    assert normalise.email(written) == sha256(written) != jane_hash


@pytest.mark.parametrize(
    "form",
    [
        str,
        str.upper,
        str.title,
        r"\x{}".format,
        lambda digest: " " + digest + "\n",
        lambda digest: r"\x" + digest.upper(),
        '"{}"'.format,
        "\u201c{}\u201d".format,
        "\u2019{}\u2019".format,
    ],
    ids=["hex", "upper", "mixed", "bytea", "spaces", "upper bytea", "quoted", "quoted as in print", "apostrophes"],
)
def test_a_hash_in_any_form_is_sent_as_lower_case_hex(form: Callable[[str], str], jane_hash: str) -> None:
    assert normalise.email(form(jane_hash)) == jane_hash


def test_base64_of_32_bytes_is_a_hash(jane_hash: str) -> None:
    text = base64.b64encode(bytes.fromhex(jane_hash)).decode()
    assert normalise.email(text) == normalise.email(f" {text} ") == jane_hash


@pytest.mark.parametrize("nothing", NOTHINGS)
def test_the_hash_of_a_placeholder_is_never_sent(nothing: str) -> None:
    digest = sha256(nothing)
    found = Reason("email", "hash_of_nothing")
    assert normalise.email(digest) == normalise.email(digest.upper()) == normalise.email(rf"\x{digest}") == found
    assert normalise.email(base64.b64encode(bytes.fromhex(digest)).decode()) == found


@pytest.mark.parametrize("empty", [None, "", "  ", "\t\n"])
def test_an_empty_value_is_no_address_and_no_fault(empty: Any) -> None:
    assert normalise.email(empty) is None


@pytest.mark.parametrize(
    "bad",
    [
        "jane",
        "n/a",
        "jane@",
        "@example.com",
        "jane@localhost",
        "jane@@example.com",
        "jane@example..com",
        "jane@.example.com",
        '"jane"@example.com',
        "a" * 320 + "@example.com",
        "a" * 63,
        "g" * 64,
        "a" * 65,
        "a" * 32,
        "a" * 41,
        "{{ email }}",
        7,
        1.5,
        True,
        {"name": "jane@example.com"},
    ],
)
def test_what_is_no_address_and_no_hash_of_one_is_left_out(bad: Any) -> None:
    found = normalise.email(bad)
    assert isinstance(found, Reason)
    assert (found.field, found.code) == ("email", "not_an_email")


def test_each_email_column_of_the_person_is_sent(stream: Callable[..., Any], jane: str, jane_hash: str) -> None:
    many = stream(fields={"email": ["work", "private"]})
    found = many.ids(work=jane, private="joe@example.org", email="other@example.net")
    assert found == [("SHA256_EMAIL", jane_hash), ("SHA256_EMAIL", sha256("joe@example.org"))]


def test_an_empty_column_among_several_is_nothing(stream: Callable[..., Any], jane: str, jane_hash: str) -> None:
    many = stream(fields={"email": ["work", "private", "old"]})
    assert many.ids(work=None, private=jane, old="") == [("SHA256_EMAIL", jane_hash)]
    assert many.left_out(work=None, private=jane, old="") == []


def test_the_same_address_is_sent_once(stream: Callable[..., Any], jane: str, jane_hash: str) -> None:
    many = stream(fields={"email": ["a", "b", "c"]})
    assert many.ids(a=jane, b=jane.upper(), c=jane_hash.upper()) == [("SHA256_EMAIL", jane_hash)]


def test_at_most_five_addresses_leave(stream: Callable[..., Any]) -> None:
    columns = list("abcdefg")
    many = stream(fields={"email": columns}, on_bad_field="reject")
    values = {column: f"{column}@example.com" for column in columns}
    assert many.ids(**values) == [("SHA256_EMAIL", sha256(f"{column}@example.com")) for column in "abcde"]
    assert many.left_out(**values) == [("email", "too_many")] * 2


def test_a_repeated_address_does_not_count_towards_the_five(stream: Callable[..., Any]) -> None:
    columns = list("abcdefg")
    values = {column: f"{min(column, 'e')}@example.com" for column in columns}
    assert stream(fields={"email": columns}).left_out(**values) == []


def test_a_bad_address_beside_a_good_one_is_left_out_and_counted(
    stream: Callable[..., Any], jane: str, jane_hash: str
) -> None:
    many = stream(fields={"email": ["a", "b"]})
    assert many.ids(a="n/a", b=jane) == [("SHA256_EMAIL", jane_hash)]
    assert many.left_out(a="n/a", b=jane) == [("email", "not_an_email")]


def test_a_record_with_nothing_but_bad_addresses_is_rejected_with_every_reason(stream: Callable[..., Any]) -> None:
    many = stream(fields={"email": ["a", "b"]})
    assert many.rejected(a="n/a", b=sha256("null")) == ["no_identifier", "not_an_email", "hash_of_nothing"]


JOE = "joe@example.org"


@pytest.mark.parametrize(
    "written",
    [
        "jane.doe@example.com;",
        "jane.doe@example.com,",
        "; jane.doe@example.com ;",
        "\u300cjane.doe@example.com\u300d",
        "\u3010jane.doe@example.com\u3011",
        "\u300ajane.doe@example.com\u300b",
        "email=jane.doe@example.com",
        "E-Mail: Jane.Doe@example.com",
        "work_email=jane.doe@example.com;",
        "SMTP:jane.doe@example.com",
        "mailto:jane.doe@example.com?subject=Hello",
        "jane.doe@example.com?",
        "<mailto:jane.doe@example.com>",
        "Jane Doe (jane.doe@example.com)",
        "jane.doe@example.com (Jane Doe)",
        "jane.doe%40example.com",
        "jane.doe&#64;example.com",
        "jane.doe\\u0040example.com",
    ],
)
def test_an_address_is_read_in_what_people_and_systems_write_around_it(written: str, jane_hash: str) -> None:
    assert normalise.email(written) == jane_hash


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sean.o&#39;brien@example.com", "sean.o'brien@example.com"),
        ("sean.o&apos;brien@example.com", "sean.o'brien@example.com"),
        ("sean.o&amp;#x27;brien@example.com", "sean.o'brien@example.com"),
        ("sean.o%27brien@example.com", "sean.o'brien@example.com"),
        ("sean.o\\u0027brien@example.com", "sean.o'brien@example.com"),
        ("jane&amp;bob@example.com", "jane&bob@example.com"),
        ("jane%2Bads@example.com", "jane+ads@example.com"),
        ("Jane &lt;jane@example.com&gt;", "jane@example.com"),
        ("jane%example.org@example.com", "jane%example.org@example.com"),
    ],
)
def test_what_is_escaped_in_an_address_is_part_of_it(written: str, meant: str) -> None:
    assert normalise.email(written) == sha256(meant)


def test_a_semicolon_that_is_escaped_divides_as_one_that_is_not() -> None:
    assert normalise.email("&lt;jane@example.com&gt;; o&#39;brien@example.com") == [
        sha256("jane@example.com"),
        sha256("o'brien@example.com"),
    ]


@pytest.mark.parametrize("apostrophe", ["\u02bc", "\u02b9", "\u02bb", "\u2019", "\uff07"])
def test_every_apostrophe_is_the_plain_one(apostrophe: str) -> None:
    assert normalise.email(f"sean.o{apostrophe}brien@example.com") == sha256("sean.o'brien@example.com")


@pytest.mark.parametrize(
    "written",
    ["jane\u2764@example.com", "\u2713jane@example.com", "jane@ex\u20acample.com", "jane\u2192joe@example.com"],
)
def test_what_holds_a_character_that_no_address_has_is_none(written: str) -> None:
    assert normalise.email(written) == Reason("email", "not_an_email")


@pytest.mark.parametrize(
    "written", ["j\u00fcrgen@example.com", "\u7528\u6237@\u4f8b\u5b50.example", "\u0909\u0926\u093e@example.com"]
)
def test_the_letters_of_every_script_may_be_in_an_address(written: str) -> None:
    assert normalise.email(written) == sha256(written)


@pytest.mark.parametrize(
    "written",
    [
        '["jane.doe@example.com", "joe@example.org"]',
        '[{"value": "jane.doe@example.com"}, {"email": "JOE@example.org"}]',
        '{"jane.doe@example.com","joe@example.org"}',
        "{jane.doe@example.com,joe@example.org}",
        "[jane.doe@example.com; joe@example.org]",
        "jane.doe@example.com joe@example.org",
        "jane.doe@example.com\njoe@example.org\n",
        "smtp:jane.doe@example.com;SMTP:joe@example.org",
    ],
)
def test_several_addresses_in_one_text_are_each_one(written: str, jane_hash: str) -> None:
    assert normalise.email(written) == [jane_hash, sha256(JOE)]


@pytest.mark.parametrize("written", ['["jane.doe@example.com"]', '{"value": "jane.doe@example.com"}'])
def test_json_of_one_address_is_that_address(written: str, jane_hash: str) -> None:
    found = normalise.email(written)
    assert found in ([jane_hash], jane_hash)


@pytest.mark.parametrize(
    "written", ["[", "{", "[]", "{}", "[@", "{@}", '{"@": 1}', '["@"', "[1e999999999, @]", "@;", ";@,"]
)
def test_brackets_around_nothing_hold_no_address(written: str) -> None:
    found = normalise.email(written)
    assert all(one == Reason("email", "not_an_email") for one in (found if isinstance(found, list) else [found]))


def test_a_hash_in_base64_may_be_written_for_urls(jane_hash: str) -> None:
    for digest in (jane_hash, sha256(JOE), sha256("c"), sha256("d")):
        plain = base64.urlsafe_b64encode(bytes.fromhex(digest)).decode()
        assert normalise.email(plain) == normalise.email(plain.rstrip("=")) == digest


@pytest.mark.parametrize(
    "around",
    [
        "'{}'",
        '"{}"',
        "x'{}'",
        r"\\x{}",
        '["{}"]',
        "{{{}}}",
        "{},",
    ],
)
def test_a_hash_is_read_in_what_people_and_systems_write_around_it(around: str, jane_hash: str) -> None:
    assert normalise.email(around.format(jane_hash)) in (jane_hash, [jane_hash])


@pytest.mark.parametrize("between", [",", "; ", " ", "\n", '", "'])
def test_several_hashes_in_one_text_are_each_one(between: str, jane_hash: str) -> None:
    both = between.join((jane_hash, sha256("kim@example.com").upper()))
    written = f'["{both}"]' if '"' in between else both
    assert normalise.email(written) == [jane_hash, sha256("kim@example.com")]


@pytest.mark.parametrize("hidden", ["j***@example.com", "***@example.com", "jane@ex*****.com", "j*e@example.com"])
def test_an_address_that_was_hidden_is_none(hidden: str) -> None:
    assert normalise.email(hidden) == Reason("email", "not_an_email")


@pytest.mark.parametrize("nothing", ["0" * 64, "F" * 64, r"\x" + "0" * 64])
def test_bytes_of_nothing_are_the_hash_of_nothing(nothing: str) -> None:
    assert normalise.email(nothing) == Reason("email", "hash_of_nothing")


@pytest.mark.parametrize("name", ["Email", "emailAddress", "mail", "Address", "value"])
def test_a_member_of_an_object_may_be_named_as_sources_do(name: str, jane_hash: str) -> None:
    assert normalise.email([{name: "jane.doe@example.com"}]) == [jane_hash]


@pytest.mark.parametrize(
    "written",
    [
        "Jane Doe jane.doe@example.com",
        "jane.doe@example.com Jane Doe",
        "Jane Doe - jane.doe@example.com",
        "Jane D. jane.doe@example.com",
        "Doe, Jane jane.doe@example.com",
        "Jane: jane.doe@example.com",
        "Jane [jane.doe@example.com]",
        "jane.doe@example.com (Jane)",
        "jane.doe@example.com / +49 170 1234567",
        "write to Jane.Doe@Example.com please",
        "Jane\u00a0Doe jane.doe@example.com.",
        "Jane @home jane.doe@example.com",
    ],
)
def test_words_beside_an_address_are_none_of_it(written: str, jane_hash: str) -> None:
    assert normalise.email(written) == jane_hash


@pytest.mark.parametrize(
    "written",
    [
        *("jane. doe@example.com", "jane.doe@example .com", "jane.doe @example.com", "jane.doe@ example.com"),
        *("j ane.doe@example.com", "jane.do e@example.com", "jane.doe@example.co m", "jane.doe@exam ple.com"),
        *("jane .doe @example.com", "jane . doe@example.com", "j a n e.doe@example.com", "jane.doe @ example.com"),
    ],
)
def test_an_address_that_white_space_broke_is_whole_again(written: str, jane_hash: str) -> None:
    assert normalise.email(written) == jane_hash


def test_of_two_people_with_their_names_none_is_taken() -> None:
    assert normalise.email("Jane jane@example.com Bob bob@example.com") == Reason("email", "not_an_email")


@pytest.mark.parametrize("other", ["n/a", "x", "unknown person", "d41d8cd98f00b204e9800998ecf8427e", "0" * 64])
@pytest.mark.parametrize("between", [";", ", ", " ; ", "\n"])
def test_a_hash_beside_what_is_none_is_sent_as_an_address_would_be(jane_hash: str, other: str, between: str) -> None:
    for hashed in (jane_hash, f"0x{jane_hash.upper()}", base64.b64encode(bytes.fromhex(jane_hash)).decode()):
        for parts in ((hashed, other), (other, hashed)):
            found = normalise.email(between.join(parts))
            assert isinstance(found, list)
            assert [one for one in found if isinstance(one, str)] == [jane_hash]
