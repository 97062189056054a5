from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {"first_name": "first", "last_name": "last"}
ALL = {**NAMES, "company": "company", "title": "title", "country": "country"}
MARY = "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"
OBRIEN = "b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba"
OLD = {"linkedin_version": "202608"}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def info(stream: Callable[..., Any]) -> Callable[..., Any]:
    """The `userInfo` of a record, None where there is none."""

    def read(values: dict[str, Any], **options: Any) -> Any:
        return stream(fields=ALL, **options).user(**values).get("userInfo")

    return read


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Mary", "O'Brien"),
        (" MARY ", "O\u2019BRIEN"),
        ("Ma ry", "o brien"),
        ("Mary.", "O-Brien"),
        ("m-a-r-y", "O'Brien\u200b"),
        ("Mary\t", "O\u00a0Brien"),
        (MARY, OBRIEN.upper()),
        (f" {MARY} ", rf"\x{OBRIEN}"),
        (base64.b64encode(bytes.fromhex(MARY)).decode(), OBRIEN),
        ("Mary", OBRIEN),
    ],
)
def test_names_are_hashed_as_documented_from_202609_on(info: Callable[..., Any], first: str, last: str) -> None:
    assert info({"first": first, "last": last}) == {"hashedFirstName": MARY, "hashedLastName": OBRIEN}


@pytest.mark.parametrize(
    ("written", "hashed"),
    [("José", "josé"), ("Jose\u0301", "josé"), ("ÇELİK", "çeli\u0307k"), ("李", "李"), ("Anne-Marie", "annemarie")],
)
def test_letters_of_any_script_stay_in_the_hash(info: Callable[..., Any], written: str, hashed: str) -> None:
    assert info({"first": written, "last": "x"})["hashedFirstName"] == sha256(hashed)


def test_a_name_with_an_at_sign_is_hashed_like_any_other(info: Callable[..., Any]) -> None:
    assert info({"first": "J@ne", "last": "Doe"}) == {
        "hashedFirstName": sha256("jne"),
        "hashedLastName": sha256("doe"),
    }


def test_names_are_plain_before_202609(info: Callable[..., Any]) -> None:
    found = info({"first": " Mary ", "last": "O'Brien"}, settings=OLD)
    assert found == {"firstName": "Mary", "lastName": "O'Brien"}


def test_an_entry_can_ask_for_plain_names(info: Callable[..., Any]) -> None:
    found = info({"first": "Mary", "last": "O'Brien"}, names="plain")
    assert found == {"firstName": "Mary", "lastName": "O'Brien"}
    mixed = info({"first": "Mary", "last": OBRIEN}, names="plain")
    assert mixed == {"firstName": "Mary", "hashedLastName": OBRIEN}


def test_a_hashed_name_is_left_out_where_the_version_does_not_know_it(stream: Callable[..., Any]) -> None:
    old = stream(fields=ALL, settings=OLD, on_bad_field="reject")
    assert "userInfo" not in old.user(first=MARY, last="O'Brien")
    assert old.left_out(first=MARY, last="O'Brien") == [("first_name", "hashed_name_unsupported")]


@pytest.mark.parametrize("nothing", ["null", "unknown", "n/a", "", "undefined"])
def test_the_hash_of_a_placeholder_is_no_name(stream: Callable[..., Any], nothing: str) -> None:
    person = stream(fields=ALL)
    assert "userInfo" not in person.user(first=sha256(nothing), last="Doe")
    assert person.left_out(first=sha256(nothing), last="Doe") == [("first_name", "hash_of_nothing")]


@pytest.mark.parametrize(
    "bad", ["n/a", "-", "Unknown", "{{first_name}}", "null", "...", "123", 7, "(not set)", "  -- "]
)
@pytest.mark.parametrize("names", ["hashed", "plain"])
def test_a_placeholder_is_no_name(stream: Callable[..., Any], bad: Any, names: str) -> None:
    person = stream(fields=ALL, names=names)
    assert "userInfo" not in person.user(first=bad, last="Doe")
    assert person.left_out(first=bad, last="Doe") == [("first_name", "not_a_name")]


@pytest.mark.parametrize("bad", [[], ["Mary"], {"a": "Mary"}, True])
def test_what_is_no_text_is_no_name(stream: Callable[..., Any], bad: Any) -> None:
    assert stream(fields=ALL).left_out(first=bad, last="Doe") == [("first_name", "not_a_text")]


@pytest.mark.parametrize("empty", [None, "", "  ", "\t"])
@pytest.mark.parametrize("names", ["hashed", "plain"])
def test_without_both_names_nothing_about_the_person_leaves(stream: Callable[..., Any], empty: Any, names: str) -> None:
    person = stream(fields=ALL, names=names)
    for values in ({"first": empty, "last": "Doe"}, {"first": "Jane", "last": empty}, {"last": "Doe"}):
        beside = {**values, "company": "Acme GmbH", "title": "CTO", "country": "DE"}
        assert "userInfo" not in person.user(**beside)
        assert person.left_out(**beside) == [("company", "needs_full_name")]
        assert person.left_out(**values) == []


def test_without_columns_for_both_names_company_and_title_never_leave(stream: Callable[..., Any]) -> None:
    lonely = stream(fields={"last_name": "last", "company": "company"}, on_bad_field="reject")
    assert "userInfo" not in lonely.user(last="Doe", company="Acme GmbH")


@pytest.mark.parametrize(
    ("company", "sent"),
    [
        ('"Acme GmbH"', "Acme GmbH"),
        (' "Acme GmbH" ', "Acme GmbH"),
        ('"Caf\\u00e9 AG"', "Caf\u00e9 AG"),
        ('"Acme" GmbH', '"Acme" GmbH'),
        ('"Acme"/"Acme"', '"Acme"/"Acme"'),
        ('"Acme', '"Acme'),
    ],
)
def test_the_quotes_of_json_are_no_part_of_a_company(info: Callable[..., Any], company: str, sent: str) -> None:
    found = info({"first": "Mary", "last": "O'Brien", "company": company, "title": '"CTO"', "country": '"DE"'})
    assert (found["companyName"], found["title"], found["countryCode"]) == (sent, "CTO", "DE")


@pytest.mark.parametrize("nothing", ['""', '" "', '"n/a"', '"jane@example.com"', '"{{company}}"'])
def test_what_in_quotes_is_no_company_is_left_out(info: Callable[..., Any], nothing: str) -> None:
    assert "companyName" not in info({"first": "Mary", "last": "O'Brien", "company": nothing})


def test_company_title_and_country_leave_beside_a_full_name(info: Callable[..., Any]) -> None:
    found = info({"first": "Mary", "last": "O'Brien", "company": " Acme GmbH ", "title": "CTO", "country": "de"})
    assert found == {
        "hashedFirstName": MARY,
        "hashedLastName": OBRIEN,
        "companyName": "Acme GmbH",
        "title": "CTO",
        "countryCode": "DE",
    }


def test_a_full_name_alone_identifies_the_person(stream: Callable[..., Any]) -> None:
    person = stream(fields={**ALL, "email": False})
    assert person.user(first="Mary", last="O'Brien")["userIds"] == []
    assert person.rejected(first="Mary", company="Acme GmbH") == ["no_identifier", "needs_full_name"]


@pytest.mark.parametrize(("given", "sent"), [("DE", "DE"), (" de ", "DE"), ("gb", "GB")])
def test_a_country_is_its_alpha_2_code_in_capitals(info: Callable[..., Any], given: str, sent: str) -> None:
    assert info({"first": "Jane", "last": "Doe", "country": given})["countryCode"] == sent


@pytest.mark.parametrize("bad", ["DEX", "Germania Inferior", "XX", "D", 276, True, ["DE"], {"code": "DE"}])
def test_what_is_no_country_is_left_out(stream: Callable[..., Any], bad: Any) -> None:
    person = stream(fields=ALL)
    assert "countryCode" not in person.user(first="Jane", last="Doe", country=bad)["userInfo"]
    assert person.left_out(first="Jane", last="Doe", country=bad) == [("country", "unknown_country")]


@pytest.mark.parametrize("value", [{"$symbol": "Jane"}, {"$symbol": " Jane-Marie "}, 1e308])
def test_a_name_that_is_no_text_never_leaves_unhashed_either(stream: Callable[..., Any], value: Any) -> None:
    person = stream(fields={"first_name": "first", "last_name": "last"})
    for first, last in ((value, "Doe"), ("Jane", value)):
        info = person.user(first=first, last=last).get("userInfo", {})
        assert set(info) <= {"hashedFirstName", "hashedLastName"}
    assert person.user(first={"$symbol": "Jane"}, last="Doe") == person.user(first="Jane", last="Doe")


@pytest.mark.parametrize("field", ["company", "title"])
@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("n/a", "not_an_id"),
        ("[]", "not_an_id"),
        ("{}", "not_an_id"),
        (["CTO"], "not_a_text"),
        ("a@example.com", "looks_like_email"),
    ],
)
def test_a_bad_company_or_title_is_left_out(stream: Callable[..., Any], field: str, bad: Any, code: str) -> None:
    assert stream(fields=ALL).left_out(first="Jane", last="Doe", **{field: bad}) == [(field, code)]


def test_constants_stand_beside_the_name(stream: Callable[..., Any]) -> None:
    person = stream(fields=NAMES, constants={"country": "de", "company": "Acme GmbH", "title": "CTO"}, names="plain")
    assert person.user(first="Jane", last="Doe")["userInfo"] == {
        "firstName": "Jane",
        "lastName": "Doe",
        "companyName": "Acme GmbH",
        "title": "CTO",
        "countryCode": "DE",
    }


def test_nothing_about_a_person_leaves_unless_it_is_mapped(stream: Callable[..., Any], jane_hash: str) -> None:
    columns = ["first_name", "last_name", "company", "title", "country", "ip_address", "external_id", "lead", "phone"]
    values = dict.fromkeys(columns, "8.8.8.8")
    found = stream(columns)
    assert found.user(**values) == {"userIds": [{"idType": "SHA256_EMAIL", "idValue": jane_hash}]}
    assert {warning.partition("(")[2] for warning in found.plan.warnings} >= {
        "fields.first_name)",
        "fields.last_name)",
        "fields.company)",
        "fields.title)",
        "fields.country)",
        "fields.ip_address)",
    }


@pytest.mark.parametrize(
    ("written", "code"),
    [("Republic of Korea", "KR"), ("Korea, Republic of", "KR"), ("Bosnia", "BA"), ("BOSNIEN", "BA"), ("Bosnie", "BA")],
)
def test_a_country_is_known_by_the_names_that_people_use(written: str, code: str) -> None:
    assert normalise.country(written) == code


@pytest.mark.parametrize(
    "left",
    [
        "FNAME",
        "First Name",
        "first_name",
        "{$firstname}",
        "[% first_name %]",
        "<<First Name>>",
        "|FNAME|",
        "#firstname#",
        "!*FIRST_NAME*!",
        "@{first_name}",
        "undefined undefined",
        "N/A N/A",
        "k.A.",
        "keine Angabe",
        "not given",
        "redacted",
        "Deleted",
        "<unset>",
        "&nbsp;",
        "<b>Mary</b>",
        "https://example.com",
        "=A1",
        "Ma\ufffdry",
    ],
)
@pytest.mark.parametrize("names", ["hashed", "plain"])
def test_what_a_template_or_a_form_left_is_no_name(stream: Callable[..., Any], left: str, names: str) -> None:
    person = stream(fields=ALL, names=names)
    assert "userInfo" not in person.user(first=left, last="Doe")
    assert person.left_out(first=left, last="Doe") == [("first_name", "not_a_name")]


@pytest.mark.parametrize("name", ["Guest", "Na", "True", "Blank", "Md", "Ma", "Surya", "Nameer"])
def test_a_name_that_reads_like_a_word_is_one(info: Callable[..., Any], name: str) -> None:
    assert info({"first": name, "last": "Doe"})["hashedFirstName"] == sha256(name.lower())


def test_a_name_is_read_without_its_html(info: Callable[..., Any]) -> None:
    assert info({"first": "Jos&eacute;", "last": "Doe"})["hashedFirstName"] == sha256("jos\u00e9")


@pytest.mark.parametrize(
    "full",
    ["Mr. Smith", "Dr. O'Brien", "Frau Schmidt", "Mary O'Brien, PhD", "Mary O'Brien, Jr.", "Mary O'Brien, M.B.A."],
)
def test_a_title_or_a_degree_is_neither_name(stream: Callable[..., Any], full: str) -> None:
    person = stream(fields={"full_name": "name"})
    assert "userInfo" not in person.user(name=full)
    assert ("full_name", "not_two_names") in person.left_out(name=full)


@pytest.mark.parametrize(
    "written", ["jane.doe@example\u3002com", "jane.doe@example\uff0ecom", "x jane\uff20example\uff61com", "ab\u202ecd"]
)
@pytest.mark.parametrize("field", ["company", "title"])
def test_no_other_full_stop_hides_an_address_in_what_leaves_plain(
    stream: Callable[..., Any], field: str, written: str
) -> None:
    assert (
        field.replace("company", "companyName")
        not in stream(fields=ALL).user(first="Jane", last="Doe", **{field: written})["userInfo"]
    )


@pytest.mark.parametrize("odd", ["\u202e17", "1\u200b7", "17\ufeff", "1\u20667"])
def test_an_id_holds_no_character_that_nobody_sees(odd: str) -> None:
    assert not isinstance(normalise.own_id(odd), str)


def test_a_uuid_in_braces_is_an_id_and_nothing_else_in_them(stream: Callable[..., Any]) -> None:
    written = "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}"
    people = stream(fields={"external_id": "customer"})
    assert people.user(customer=written)["externalIds"] == [written]
    for other in ("{17}", "{jane-17}", written + "}", "{" + written):
        assert people.left_out(customer=other) == [("external_id", "not_an_id")], other


@pytest.mark.parametrize(
    "written", ["URN:LI:LEADGENFORMRESPONSE:5c0f-3", "urn%3Ali%3AleadGenFormResponse%3A5c0f-3", " 5c0f-3 "]
)
def test_a_lead_is_read_in_any_writing_of_its_urn(written: str) -> None:
    assert normalise.lead(written) == "urn:li:leadGenFormResponse:5c0f-3"


@pytest.mark.parametrize(
    "written", ["65f0a1b2", '"65f0a1b2"', ' "65f0a1b2" ', {"$oid": "65f0a1b2"}, '{"$oid": "65f0a1b2"}']
)
def test_an_id_of_the_person_is_read_in_the_json_of_one_value(stream: Callable[..., Any], written: Any) -> None:
    sent = stream(fields={"external_id": "customer"}).payload(customer=written)
    assert sent["user"]["externalIds"] == ["65f0a1b2"]


@pytest.mark.parametrize("key", ["65f0a1b2", '"65f0a1b2"', '{"$oid": "65f0a1b2"}'])
@pytest.mark.parametrize("written", ["65f0a1b2", '"65f0a1b2"', '{"$oid": "65f0a1b2"}'])
def test_a_key_that_is_that_id_is_never_shown_however_either_is_written(
    stream: Callable[..., Any], key: str, written: str
) -> None:
    orders = stream(["k"], fields={"external_id": "customer"}, key="k")
    assert orders.refusal(customer=written, k=key, happened_at="soon").private == {"k"}
