"""Values as real sources write them: of several columns, in one cell, with what forms and people leave in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


# The first that is something


@pytest.mark.parametrize(
    "nothing",
    [
        "https://example.com/thanks?utm_source=linkedin",
        "undefined",
        "  ",
        "",
        None,
        "(not set)",
        "{{li_fat_id}}",
        "null",
        "li_fat_id=",
    ],
)
def test_of_several_columns_the_first_that_is_a_click_id_counts(stream: Callable[..., Any], nothing: Any) -> None:
    several = stream(fields={"email": False, "li_fat_id": ["a", "b", "c"]})
    assert several.ids(a=nothing, b=f"https://x.io/?li_fat_id={ID}", c="other-id-2345") == [
        ("LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", ID)
    ]
    assert several.left_out(a=nothing, b=nothing, c=ID) == []


def test_of_several_columns_the_first_that_is_a_time_counts(stream: Callable[..., Any], now: int) -> None:
    several = stream(fields={"happened_at": ["won_at", "made_at"]})
    for nothing in (None, "", "soon", "0000-00-00 00:00:00", "n/a", 5):
        assert several.event(won_at=nothing, made_at=now - 5000).happened_at == now - 5000
    assert several.rejected(won_at="soon", made_at=None) == ["bad_time"]
    assert several.rejected(won_at=None, made_at="") == ["no_time"]


def test_of_several_columns_the_first_that_is_no_placeholder_counts(stream: Callable[..., Any]) -> None:
    several = stream(fields={"first_name": "first", "last_name": "last", "company": ["org", "brand"]})
    for nothing in ("n/a", " ", "[not provided]", None, "#N/A"):
        assert several.user(first="Jane", last="Doe", org=nothing, brand="Acme")["userInfo"]["companyName"] == "Acme"


# Click ids, alone and carried


@pytest.mark.parametrize(
    "carrier",
    [
        ID,
        f" {ID} ",
        f"https://example.com/thanks?name=Jane&li_fat_id={ID}&phone=1",
        f"https://example.com/?a=1&amp;li_fat_id={ID}&amp;b=2",
        f"https%3A%2F%2Fexample.com%2F%3Fli_fat_id%3D{ID}%26b%3D2",
        f"%3Fli_fat_id%3D{ID}",
        f"www.example.com/thanks?li_fat_id={ID}",
        f"example.com/?li_fat_id={ID}#top",
        f"?li_fat_id={ID}",
        f"utm_source=linkedin&li_fat_id={ID}",
        f"/landing?LI_FAT_ID={ID}",
        f"https://example.com/#/thanks?li_fat_id={ID}",
        f"session=abc123; li_fat_id={ID}; name=Jane Doe",
        f"Cookie: a=b; li_fat_id={ID}",
        '{"li_fat_id": "' + ID + '", "email": "jane@example.com"}',
        "{&quot;li_fat_id&quot;:&quot;" + ID + "&quot;}",
        "{'li_fat_id': '" + ID + "'}",
        f"https://l.example.com/?u=https%253A%252F%252Fexample.com%252F%253Fli_fat_id%253D{ID}",
        f'<a href="https://example.com/?li_fat_id={ID}">x</a>',
    ],
)
def test_the_id_is_found_inside_and_nothing_around_it_leaves(carrier: str) -> None:
    assert normalise.click_id(carrier) == ID


@pytest.mark.parametrize(
    "carrier",
    [
        "https://www.example.com/thanks?name=Jane&phone=0301234567",
        "www.example.com/thanks?name=Jane&phone=0301234567",
        "example.com/thanks",
        "session=abc; name=Jane Doe; email=jane@example.com",
        '{"name": "Jane"}',
        "/thanks",
        "?utm_source=linkedin",
        "https://example.com/?xli_fat_id=1&li_fat_id_2=3",
        "https://example.com/?li_fat_id=",
    ],
)
def test_what_could_carry_an_id_and_does_not_is_nothing(carrier: str) -> None:
    assert normalise.click_id(carrier) is None


@pytest.mark.parametrize(
    "stranger",
    [
        "[object Object]",
        "(other)",
        "google / cpc",
        "Jane Doe",
        "Musterstra\u00dfe 5, 10115 Berlin",
        "www.example.com",
        "+49 171 5550123",
        "DE89 3704 0044 0532 0130 00",
        "a" * 101,
        "id\u200bwith-a-hidden-mark",
        "id\nwith-a-line",
        "x" * 30_000,
        "li_fat_id",
    ],
)
def test_a_strangers_text_is_no_click_id(stranger: str) -> None:
    assert normalise.click_id(stranger) in {Reason("li_fat_id", "not_an_id"), None}


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
    ],
    ids=lambda text: text[:30],
)
def test_words_that_leave_in_plain_name_nobody_otherwise(stream: Callable[..., Any], field: str, stranger: str) -> None:
    names = {"first_name": "first", "last_name": "last"}
    person = stream(fields={**names, field: "cell"}, consent={"not_required": "a test"})
    found = person.left_out(first="Jane", last="Doe", cell=stranger)
    assert found in ([(field, "not_an_id")], [(field, "looks_like_email")])


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


# Who must never be sent


@pytest.mark.parametrize(
    "cell",
    [
        "held.back@example.com",
        "jane@example.org; HELD.BACK@example.com",
        ["jane@example.org", "held.back@example.com"],
        [{"value": "held.back@example.com"}],
        [{"mail": {"deep": "held.back@example.com"}}],
        "\u201cheld.back@example.com\u201d",
        "jane@example.org / held.back@example.com",
        "call held.back@example.com (work)",
        "Held <held.back@example.com>, Jane <jane@example.org>",
        "mailto:held.back@example.com",
        "held.back\uff20example.com",
        "held.back@example.com.",
        "held.back@example.com|jane@example.org",
    ],
    ids=repr,
)
def test_whoever_is_held_back_is_not_sent_by_another_identifier(
    stream: Callable[..., Any], sha: Callable[[str], str], cell: Any
) -> None:
    fields = {"email": "mail", "li_fat_id": "click"}
    listed = stream(fields=fields, suppressed=frozenset({sha("held.back@example.com")}))
    assert listed.skipped(mail=cell, click=ID) == "suppressed"
    staff = stream(fields=fields, settings={"exclude_email_domains": ["example.com"]})
    assert staff.skipped(mail=cell, click=ID) == "excluded"
    assert len(staff.events(mail="jane@example.org", click=ID)) == 1


# Names


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


# Keys


@pytest.mark.parametrize("empty", [None, "", "null", "NULL"])
def test_an_empty_key_is_none(stream: Callable[..., Any], empty: Any) -> None:
    people = stream(fields={"first_name": "first"})
    ids = {people.event(id=empty, email=f"{name}@example.com").identity for name in ("a", "b", "c")}
    assert len(ids) == 3
    assert people.event(id=empty, email="a@example.com").identity in ids
    assert people.event(id=0).identity != people.event(id=None).identity


def test_a_key_of_which_a_part_is_filled_is_one(stream: Callable[..., Any]) -> None:
    pair = stream(["part"], key_properties=("id", "part"))
    assert (
        pair.event(id=None, part=7, email="a@example.com").identity
        == pair.event(id=None, part=7, email="b@example.com").identity
    )
    assert pair.event(id=7, part="").key == (("id", "7"), ("part", ""))
    assert pair.event(id="null", part="b").key == (("id", "null"), ("part", "b"))


@pytest.mark.parametrize("key", ["__sdc_row", "_sdc_line_number", "row_number", "Row", "line no", "_sdc_source_lineno"])
def test_a_key_that_numbers_rows_is_warned_about(stream: Callable[..., Any], key: str) -> None:
    sheet = stream([key], key_properties=(key,))
    (told,) = [warning for warning in sheet.plan.warnings if "numbers rows" in warning]
    assert all(word in told for word in (repr(key), "key", "source", "once_per"))
    assert not any(
        "numbers rows" in warning for warning in stream([key, "id"], key_properties=(key,), key="id").plan.warnings
    )


def test_a_stream_without_a_key_is_warned_about(stream: Callable[..., Any]) -> None:
    (told,) = [warning for warning in stream(key_properties=()).plan.warnings if "no key" in warning]
    assert all(word in told for word in ("key", "source", "once_per"))
    assert not any("no key" in warning for warning in stream(key_properties=(), key="id").plan.warnings)
    assert not any(
        "no key" in warning for warning in stream(["o"], key_properties=(), fields={"event_id": "o"}).plan.warnings
    )


@pytest.mark.parametrize(
    "column",
    [
        "updated_at",
        "LastModifiedDate",
        "SystemModstamp",
        "hs_lastmodifieddate",
        "modified",
        "date_modified",
        "last_updated",
    ],
)
def test_a_time_that_changes_with_every_edit_is_warned_about(stream: Callable[..., Any], column: str) -> None:
    mapped = {"happened_at": column}
    assert any("each edit is a new conversion" in warning for warning in stream([column], fields=mapped).plan.warnings)
    once = stream([column], fields=mapped, once_per="key")
    assert not any("each edit" in warning for warning in once.plan.warnings)


@pytest.mark.parametrize("column", ["created_at", "closed_at", "happened_at", "submitted", "CloseDate"])
def test_a_time_that_stays_is_not(stream: Callable[..., Any], column: str) -> None:
    plan = stream([column], fields={"happened_at": column}).plan
    assert not any("each edit" in warning for warning in plan.warnings)


# What is found by name


def test_an_integer_amount_is_not_taken_unasked(stream: Callable[..., Any]) -> None:
    for kind, found in (
        ("integer", False),
        (["integer", "null"], False),
        ("number", True),
        ("string", True),
        (["null", "number"], True),
    ):
        schema = {"properties": {"id": {}, "email": {}, "happened_at": {}, "amount": {"type": kind}, "currency": {}}}
        charges = stream(schema=schema)
        assert ("conversionValue" in charges.payload(amount=5, currency="EUR")) is found, kind
        assert any("'amount' looks useful" in warning for warning in charges.plan.warnings) is not found


INTEGERS: list[dict[str, Any]] = [
    {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    {"oneOf": [{"type": "null"}, {"type": "integer"}]},
    {"allOf": [{"type": "integer"}, {"minimum": 0}]},
    {"$ref": "#/definitions/cents"},
    {"type": "number", "multipleOf": 1},
    {"enum": [12950, 1]},
    {"type": "string", "format": "singer.integer"},
    {"type": ["number", "integer"]},
    {"type": "number", "enum": [100, 200, None]},
    {"allOf": [{"type": "number"}, {"multipleOf": 1.0}]},
    {"anyOf": [{"type": "null"}, {"anyOf": [{"type": "number"}, {"type": "integer"}]}]},
    {"anyOf": [{"$ref": "#/$defs/amount"}, {"type": "number"}]},
    {"type": "number", "multipleOf": 100},
]
DECIMALS: list[dict[str, Any]] = [
    {"anyOf": [{"type": "number"}, {"type": "null"}]},
    {"oneOf": [{"type": "null"}, {"type": ["string"], "format": "singer.decimal"}]},
    {"allOf": [{"type": ["number", "null"]}, {"minimum": 0}]},
    {"type": "number", "multipleOf": 0.01},
    {"type": ["null", "number"], "multipleOf": 1e-38},
    {"type": "number", "enum": [12.5, 1]},
    {"type": ["null", "string"]},
    {},
    {"description": "what was paid"},
    {"anyOf": True},
]


@pytest.mark.parametrize("shown", [*INTEGERS, *DECIMALS], ids=repr)
def test_an_amount_is_taken_only_where_the_schema_says_nothing_of_integers(
    stream: Callable[..., Any], shown: dict[str, Any]
) -> None:
    taken = shown in DECIMALS
    schema = {"properties": {"id": {}, "email": {}, "happened_at": {}, "amount": shown, "currency": {}}}
    charges = stream(schema=schema, consent={"not_required": "a test"})
    assert ("conversionValue" in charges.payload(amount=5, currency="EUR")) is taken
    assert any("'amount' looks useful" in warning for warning in charges.plan.warnings) is not taken


def test_what_was_found_by_its_name_is_noted(stream: Callable[..., Any]) -> None:
    names = ["id", "email", "happened_at", "Currency Code"]
    notes = stream(schema={"properties": {"Amount": {"type": "number"}, **{name: {} for name in names}}}).plan.notes
    assert notes == (
        "email \u2190 email",
        "happened_at \u2190 happened_at",
        "value \u2190 Amount",
        "currency \u2190 Currency Code",
    ) or set(notes) == {
        "email \u2190 email",
        "happened_at \u2190 happened_at",
        "value \u2190 Amount",
        "currency \u2190 Currency Code",
    }
