"""One behaviour, two speeds: what the fast lane gives is what the complete walk gives, byte for byte."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.records.fast_lane import fast_lane
from target_linkedin_conversions.records.mapping import OLDEST_MS, events_of
from target_linkedin_conversions.records.plain import Fragments

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_795_430_400_000
HASH = hashlib.sha256(b"jane.doe@example.com").hexdigest()
HASH_OF_NOTHING = hashlib.sha256(b"").hexdigest()
SUPPRESSED = hashlib.sha256(b"held.back@example.com").hexdigest()

# Values: most of them are plain or nearly so, for it is at its edges that a fast lane errs.

HOSTILE: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**70,
    Decimal("NaN"),
    Decimal("-0.0"),
    Decimal("1e400"),
    1.5,
    [],
    ["a"],
    {},
    {"a": 1},
    "",
    " ",
    "\t\n",
    "\u0000",
    "\u0663",
    '"',
    "\\",
    '","x":"',
    "</script>",
    "\U0001f984",
    "\u00df",
    "n/a",
    "null",
    "None",
    "undefined",
    "UNDEFINED ",
    "(not provided)",
    "{{customer_id}}",
    "${customer.id}",
    "%customer_id%",
    "----------",
    "0000000000",
    "00000000-0000-0000-0000-000000000000",
    "jane.doe@example.com",
    "jane%40example.com",
    "x" * 63,
    "x" * 64,
    "x" * 65,
    "x" * 400,
    HASH,
    HASH.upper(),
    rf"\x{HASH}",
    HASH_OF_NOTHING,
]
WORDS = st.text(alphabet="abzABZ019.-_+ @%'\u00e9\u0130\u212a\uff20\u200b", max_size=14)
ODD_EMAILS: list[Any] = [
    "held.back@example.com",
    " Held.Back@Example.com",
    "mailto:held.back@example.com",
    "Jane <held.back@example.com>",
    "staff@ours.example",
    "staff@OURS.example",
    "staff\uff20ours.example",
    "staff@sub.ours.example",
    "a@b",
    "a@@b.c",
    "a@b..c",
    "a@.b.c",
    "a@b.c.",
    "\u212a@b.c",
    "a@b.c\n",
    f"{'a' * 64}@b.c",
    f"{'a' * 65}@b.c",
    f"{'a' * 300}@{'b' * 15}.com",
    f"{'a' * 300}@{'b' * 16}.com",
    f"a@{'b' * 64}.c",
    f"{'a' * 99}@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}",
    "a@b.c.d.e.f.g",
]
EMAILS = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9._%+'-]{1,12}@[A-Za-z0-9-]{1,8}(\.[A-Za-z0-9-]{1,5}){1,3}\Z"),
    st.builds("{}@{}".format, WORDS, WORDS),
    st.sampled_from(ODD_EMAILS),
)
ODD_IDS: list[Any] = [
    "https://example.com/?li_fat_id=abc-123-def",
    "https://example.com/?x=1#li_fat_id=abc%40d.ef",
    "/landing?LI_FAT_ID=abc",
    "li_fat_id-0123456789",
    "203.0.114.7",
    "::ffff:203.0.114.7",
    "10.0.0.1",
    "urn:li:leadGenFormResponse:abc-123",
    "urn:li:other:abc",
]
IDS = st.one_of(
    st.from_regex(r"\A[0-9A-Za-z-]{8,12}\Z"),
    st.uuids().map(str),
    st.integers(-5, 2**65),
    st.sampled_from(ODD_IDS),
)
ODD_NAMES: list[Any] = [
    "Jane",
    "jane",
    "O'Brien",
    "M\u00fcller",
    "Mu\u0308ller",
    "Li",
    "Na",
    "test",
    "-",
    "1",
    " Jane ",
    "J\u0000",
]
NAMES = st.one_of(
    st.sampled_from(ODD_NAMES),
    WORDS,
)
ODD_CODES: list[Any] = ["EUR", "eur", " eur ", "XXX", "DE", "de", "UK", "ZZ", "\u0130E"]
CODES = st.sampled_from(ODD_CODES)
ODD_AMOUNTS: list[Any] = [
    "007",
    "0",
    "0.0",
    "00.1",
    "1.234,56",
    "1,5",
    "1.",
    ".5",
    "\u0661\u0662",
    "1_000",
    "12 ",
    "1" * 31,
]
AMOUNTS = st.one_of(
    st.from_regex(r"\A[0-9]{1,4}([.,][0-9]{0,3})?\Z"),
    st.from_regex(r"\A[+-]?[0-9]{0,20}\.?[0-9]{0,12}([eE][+-]?[0-9]{1,3})?\Z"),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.integers(-3, 10**32),
    st.sampled_from(ODD_AMOUNTS),
)
NEAR_NOW = st.integers(-200 * 86_400_000, 2 * 86_400_000).map(lambda shift: NOW + shift)
EDGES = (0, -1, 1, -OLDEST_MS, -OLDEST_MS - 1, -OLDEST_MS + 1, 300_000, 300_001, -5 * 86_400_000, -5 * 86_400_000 - 1)
ODD_TIMES: list[Any] = [
    *(NOW + shift for shift in EDGES),
    "2026-11-23",
    20261123,
    "20261123",
    "2026-11-23T10:39:00Z",
    "2026-11-23T10:39:00.123456z",
    "2026-11-23 10:39:00 UTC",
    "2026-11-23T10:39:00+01:00",
    "2026-11-22T10:39",
    "23.11.2026",
    10**11,
    10**11 - 1,
    10**14,
    10**14 - 1,
    10**17,
]
TIMES = st.one_of(
    NEAR_NOW,
    NEAR_NOW.map(lambda at: at // 1000),
    NEAR_NOW.map(lambda at: at * 1000 + 7),
    NEAR_NOW.map(str),
    NEAR_NOW.map(lambda at: Decimal(at) / 1000),
    st.sampled_from(ODD_TIMES),
)
ODD_STAGES: list[Any] = [
    "MQL",
    " mql",
    "sql",
    "SQL ",
    "lost",
    "other",
    7,
    7.0,
    "7.0",
    True,
    "true",
    "101",
    "urn:lla:llaPartnerConversion:102",
]
STAGES = st.sampled_from(ODD_STAGES)
ODD_DELETED: list[Any] = [None, False, "false", "no", 0, True, "2026-11-23T10:00:00Z", "x"]
DELETED = st.sampled_from(ODD_DELETED)
ODD_CONSENT: list[Any] = [True, "true", " TRUE", "granted", "Granted", False, "no", 1]
GRANTED = st.sampled_from(ODD_CONSENT)

STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(-5, 10**20) | IDS | EMAILS,
    "other_id": IDS,
    "mail": EMAILS,
    "mail2": EMAILS,
    "mail3": EMAILS,
    "click": IDS,
    "acxiom": IDS,
    "aid": IDS,
    "ip": IDS,
    "ip2": IDS,
    "first": NAMES,
    "last": NAMES,
    "company": NAMES,
    "title": NAMES,
    "land": CODES,
    "crm": IDS,
    "lead": IDS,
    "at": TIMES,
    "at2": TIMES,
    "deal": AMOUNTS,
    "code": CODES,
    "order": IDS,
    "stage": STAGES,
    "gone": DELETED,
    "_sdc_deleted_at": DELETED,
    "consent": GRANTED,
}
SOUND: dict[str, Any] = {
    "id": 7,
    "other_id": "a-7",
    "mail": "jane.doe@example.com",
    "click": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    "first": "Jane",
    "last": "Doe",
    "at": NOW - 1000,
    "deal": "129.50",
    "code": "EUR",
    "stage": "MQL",
    "consent": True,
}
"""A record of which every stream below makes events."""

BY_CASE = {
    "column": "stage",
    "rules": [
        {"when": ["MQL", 7, True], "rule": 101},
        {"when": "sql", "rule": [102, {"rule": 103, "value": False}]},
        {"when": "lost", "skip": True},
    ],
}


NO = (False,)


def either(*choices: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(choices)


def sometimes(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=options)


FIELDS = sometimes(
    li_fat_id=either("click", ["click", "order"]),
    acxiom_id=either("acxiom"),
    google_aid=either("aid"),
    oracle_moat_id=either("aid"),
    ip_address=either("ip"),
    ip_address_plain=either("ip2"),
    first_name=either("first", "person.first"),
    last_name=either("last"),
    company=either("company"),
    title=either("title", ["title", "company"]),
    country=either("land"),
    external_id=either("crm"),
    lead=either("lead"),
    value=either("deal"),
    currency=either("code"),
    event_id=either("order", {"column": "order", "rules": [101]}, *NO),
)
ENTRIES = sometimes(
    conversion_rule=either([101, 102], BY_CASE, {**BY_CASE, "otherwise": "skip"}, {"column": "stage"}),
    consent=either({"column": "consent", "granted": [True, "granted"]}, {"column": "consent", "granted": "no"}),
    constants=sometimes(
        currency=either("EUR", "usd"), country=either("DE"), company=either("Works"), value=either("10", 5)
    ),
    names=either("plain"),
    decimal_comma=st.booleans(),
    timezone=either("Europe/Berlin"),
    once_per=either("row", "key"),
    key=either(["id"], ["other_id"], ["id", "crm"]),
    deleted=either(["gone"], ["gone", "_sdc_deleted_at"]),
    on_bad_field=either("reject"),
    on_too_old=either("reject"),
    not_before=either("2026-11-18T10:40:00Z"),
    entry_source=either("elsewhere"),
)
SETTINGS = sometimes(linkedin_version=either("202601", "202609"), exclude_email_domains=either(["ours.example"]))


@st.composite
def streams(draw: st.DrawFn, make: Callable[..., Any]) -> Any:
    fields: dict[str, Any] = draw(FIELDS)
    mails = draw(either(["mail"], ["mail", "mail2"], ["mail", "mail2", "mail3"], ["mail3", "person.mail", "mail"]))
    entry: dict[str, Any] = draw(ENTRIES)
    for field in entry.get("constants", {}):
        fields.pop(field, None)
    return make(
        fields={"email": mails, "happened_at": draw(either("at", ["at2", "at"])), **fields},
        settings=draw(SETTINGS),
        suppressed=draw(either(frozenset(), frozenset({SUPPRESSED}))),
        schema={"properties": {name: {} for name in (*STRATEGIES, "person")}},
        key_properties=draw(either(("id",), ("id", "other_id"), ())),
        base=SOUND,
        **entry,
    )


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Some columns with values of their kind, few with anything at all."""
    names = draw(st.lists(st.sampled_from([*STRATEGIES]), max_size=8, unique=True))
    found = {name: draw(STRATEGIES[name]) for name in names}
    for name in draw(st.lists(st.sampled_from([*STRATEGIES]), max_size=2, unique=True)):
        found[name] = draw(st.sampled_from(HOSTILE) | st.text(max_size=12))
    if draw(st.booleans()):
        found["person"] = {"first": draw(NAMES), "mail": draw(EMAILS)}
    return found


WIDE = {
    "li_fat_id": "click",
    "first_name": "first",
    "last_name": "last",
    "company": "company",
    "title": "title",
    "country": "land",
    "external_id": "crm",
    "lead": "lead",
    "value": "deal",
    "currency": "code",
    "event_id": "order",
}

FULL_STREAMS: list[dict[str, Any]] = [
    {},
    {"conversion_rule": BY_CASE, "fields": {"event_id": {"column": "order", "rules": [101, 103]}}},
    {"base": {"stage": "101"}, "conversion_rule": {"column": "stage"}, "consent": {"column": "consent"}},
    {"base": {"deal": "129,50"}, "names": "plain", "decimal_comma": True, "not_before": "2026-11-18T10:40:00Z"},
    {"fields": {"email": ["mail", "mail2"], "event_id": False}, "key": ["id", "other_id"], "once_per": "key"},
    {"constants": {"company": "Works", "currency": "EUR"}, "deleted": ["gone", "_sdc_deleted_at"], "key": ["other_id"]},
    {"settings": {"exclude_email_domains": ["ours.example"]}, "suppressed": frozenset({SUPPRESSED})},
    {"settings": {"linkedin_version": "202601"}, "on_bad_field": "reject", "on_too_old": "reject"},
]
EVERY_EDGE = [
    *HOSTILE,
    *ODD_EMAILS,
    *ODD_IDS,
    *ODD_NAMES,
    *ODD_CODES,
    *ODD_AMOUNTS,
    *ODD_TIMES,
    *ODD_STAGES,
    *ODD_DELETED,
    *ODD_CONSENT,
]


def full_stream(make: Callable[..., Any], entry: dict[str, Any]) -> Any:
    """A stream that maps every field."""
    fields: dict[str, Any] = {**WIDE, "email": "mail", "happened_at": "at", **entry.get("fields", {})}
    for field in entry.get("constants", {}):
        fields.pop(field)
    schema: dict[str, Any] = {"properties": {name: {} for name in STRATEGIES}}
    beside = {"company": "Works", "title": "CEO", "land": "DE", "order": "5f0c6e2a9b7d4c1e"}
    base = {**SOUND, **beside, **entry.get("base", {})}
    return make(schema=schema, **{**entry, "fields": fields, "base": base})


@pytest.mark.parametrize("entry", FULL_STREAMS, ids=repr)
def test_at_every_edge_of_every_column_both_give_the_same(
    make_stream: Callable[..., Any], entry: dict[str, Any]
) -> None:
    stream = full_stream(make_stream, entry)
    lane = fast_lane(stream.plan)
    taken = 0
    for column in STRATEGIES:
        for value in EVERY_EDGE:
            row = stream.plan.row_type.of(stream.record(**{column: value}))
            fast = lane(row, NOW)
            assert fast is None or fast == events_of(row, stream.plan, NOW), (column, value)
            taken += fast is not None
    assert taken > len(STRATEGIES) * len(EVERY_EDGE) / 3


@settings(deadline=None, max_examples=600)
@given(data=st.data())
def test_whatever_the_fast_lane_gives_the_complete_walk_gives(
    make_stream: Callable[..., Any], data: st.DataObject
) -> None:
    stream = data.draw(streams(make_stream))
    lane = fast_lane(stream.plan)
    for record in data.draw(st.lists(changes(), min_size=1, max_size=6)):
        row = stream.plan.row_type.of(stream.record(**record))
        fast = lane(row, NOW)
        assert fast is None or fast == events_of(row, stream.plan, NOW)


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_the_fast_lane_gives_no_event_of_a_record_without_its_key(
    make_stream: Callable[..., Any], data: st.DataObject
) -> None:
    stream = data.draw(streams(make_stream))
    for name, _ in stream.plan.required:
        row = stream.plan.row_type.of(stream.record(**{name: ...}))
        assert fast_lane(stream.plan)(row, NOW) is None


PLAIN: list[dict[str, Any]] = [
    {},
    {"email": "Jane.Doe+shop@Example.co.uk"},
    {"email": HASH},
    {"email": rf"\x{HASH}"},
    {"email": "Jane <jane.doe@example.com>"},
    {"email": None},
    {"click": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"},
    {"click": "https://example.com/?li_fat_id=abc-123"},
    {"click": ""},
    {"first": None, "last": None, "company": "Works"},
    {"first": "M\u00fcller", "last": "O'Brien"},
    {"company": 'Tom & "Jerry" \U0001f984', "title": "CEO", "land": " de "},
    {"crm": 4711, "lead": "urn:li:leadGenFormResponse:abc-123"},
    {"deal": "0", "code": "eur"},
    {"deal": 12, "code": "EUR"},
    {"deal": Decimal("12.50"), "code": "EUR"},
    {"deal": "007.50", "code": "EUR"},
    {"deal": None, "code": "no currency"},
    {"happened_at": "2026-11-23T10:39:00.123Z"},
    {"happened_at": "2026-11-23 11:39:00+01:00"},
    {"happened_at": "2026-11-23T10:39"},
    {"happened_at": NOW // 1000},
    {"happened_at": "2026-11-22"},
    {"order": "5f0c"},
    {"order": 17},
    {"order": "n/a"},
    {"id": "a key"},
    {"id": None},
    {"_sdc_deleted_at": False},
]
FULL = {"first": "Jane", "last": "Doe", "deal": "129.50", "code": "EUR", "order": "5f0c6e2a9b7d4c1e"}


@pytest.mark.parametrize("record", PLAIN, ids=repr)
def test_a_plain_record_takes_the_fast_lane(stream: Callable[..., Any], record: dict[str, Any]) -> None:
    wide = stream(fields=WIDE)
    assert wide.takes_fast_lane(**{**FULL, **record})
    assert wide.events(**{**FULL, **record})


@pytest.mark.parametrize(
    "entry",
    [
        {"conversion_rule": BY_CASE},
        {"conversion_rule": [101, 102]},
        {"consent": {"column": "consent"}},
        {"deleted": ["gone", "left"]},
        {"constants": {"currency": "EUR", "country": "DE", "company": "Works", "value": 5}},
        {"fields": {"email": ["mail", "email"]}},
        {"fields": {"event_id": {"column": "order", "rules": [101]}}},
        {"fields": {"event_id": False}},
        {"fields": {"first_name": "person.first", "last_name": "person.last"}},
        {"fields": {"value": "deal", "currency": "code"}, "decimal_comma": True},
        {"key": ["id", "stage"], "once_per": "key"},
        {"names": "plain", "fields": {"first_name": "first", "last_name": "last"}},
        {"settings": {"exclude_email_domains": ["ours.example"]}, "suppressed": frozenset({SUPPRESSED})},
        {"key_properties": ()},
        {"key_properties": ("id", "stage")},
    ],
    ids=repr,
)
def test_a_plain_record_of_any_stream_takes_the_fast_lane(stream: Callable[..., Any], entry: dict[str, Any]) -> None:
    record = {
        "id": 7,
        "stage": "MQL",
        "email": "jane.doe@example.com",
        "happened_at": NOW - 1,
        "consent": True,
        "person": {"first": "Jane", "last": "Doe"},
        "first": "Jane",
        "last": "Doe",
        "deal": "12,50",
        "code": "EUR",
    }
    found = stream(base=record, **entry)
    assert found.takes_fast_lane()
    assert found.events()


def test_what_is_held_back_or_not_for_now_never_takes_the_fast_lane(stream: Callable[..., Any]) -> None:
    guarded = stream(settings={"exclude_email_domains": ["ours.example"]}, suppressed=frozenset({SUPPRESSED}))
    for email in (
        "held.back@example.com",
        "Held.Back@EXAMPLE.com",
        SUPPRESSED,
        "staff@ours.example",
        "a <b@OURS.example>",
    ):
        assert not guarded.takes_fast_lane(email=email)
    for happened_at in (NOW + 1, NOW - OLDEST_MS - 1, None, "soon"):
        assert not guarded.takes_fast_lane(happened_at=happened_at)
    assert guarded.takes_fast_lane(happened_at=NOW)
    assert guarded.takes_fast_lane(happened_at=NOW - OLDEST_MS)


def test_few_texts_are_kept_and_no_long_one() -> None:
    asked: list[str] = []

    def capitals(text: str) -> str:
        asked.append(text)
        return text.upper()

    kept = Fragments(capitals, absent="nothing")
    texts = [f"text {number}" for number in range(40_000)]
    assert [kept[text] for text in texts] == [text.upper() for text in texts]
    assert len(kept) < 20_000
    assert kept["x" * 1000] == kept["x" * 1000] == "X" * 1000
    assert asked.count("x" * 1000) == 2
    assert kept["text 39999"] == "TEXT 39999"
    assert asked.count("text 39999") == 1
    assert kept[None] == "nothing"
