"""Paths into lists, objects and texts that hold JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.paths import NOT_REACHABLE, Path, follow, leads_nowhere, path_of

if TYPE_CHECKING:
    from collections.abc import Callable

EMAILS = [
    {"label": "work", "value": "work@example.com", "primary": False},
    {"label": "home", "value": "home@example.com", "primary": True},
]
PARAMS = [
    {"key": "ga_session_id", "value": {"int_value": 7}},
    {"key": "page_location", "value": {"string_value": "https://example.com/?li_fat_id=0f1e2d3c-4b5a"}},
]
VALUE = {
    "emails": EMAILS,
    "deep": {"list": [[1, 2], [3]]},
    "text": json.dumps({"a": [{"b": 5}]}),
    "empty": [],
    "name": "x",
}


def reached(path: str, value: Any = VALUE) -> Any:
    found = path_of(f"column{path}", ["column"])
    assert found is not None
    return follow(found)(value)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".emails[0].value", "work@example.com"),
        (".emails[-1].value", "home@example.com"),
        (".emails[primary=true].value", "home@example.com"),
        (".emails[label=HOME].value", "home@example.com"),
        (".emails[label=other].value", None),
        (".emails[].value", ["work@example.com", "home@example.com"]),
        (".emails[2].value", None),
        (".emails[-3]", None),
        (".deep.list[0][1]", 2),
        (".deep.list[-1][0]", 3),
        (".text.a[0].b", 5),
        (".text.c", None),
        (".empty[0].value", None),
        (".nothing.at.all", None),
        (".name.first", NOT_REACHABLE),
        (".emails.value", NOT_REACHABLE),
        (".emails[0][0]", NOT_REACHABLE),
        (".deep[0]", NOT_REACHABLE),
        (".deep[]", NOT_REACHABLE),
        (".deep.list[0][1].x", NOT_REACHABLE),
        (".deep.list[][]", [1, 2, 3]),
        (".deep.list[]", [1, 2, 3]),
    ],
)
def test_a_path_leads_to_what_is_there_to_nothing_or_is_not_reachable(path: str, found: Any) -> None:
    assert reached(path) == found
    assert reached(path, json.dumps(VALUE)) == found


@pytest.mark.parametrize(
    "text", ["{", "[1,", "{'a': 1}", "plain", "", " ", "[" * 100_000, '{"a":' * 5_000, "{" + "x" * (2 << 20)]
)
def test_a_text_that_is_no_json_is_not_entered(text: str) -> None:
    assert reached(".a", text) is NOT_REACHABLE
    assert reached("[0]", text) is NOT_REACHABLE


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("a.b", Path("a", (".b",))),
        ("a[0].b", Path("a", ("[0]", ".b"))),
        ("a[x=y z].b[]", Path("a", ("[x=y z]", ".b", "[]"))),
        ("a.b.c", Path("a.b", (".c",))),
        ("a b.c", Path("a b", (".c",))),
        ("a", None),
        ("a.", None),
        ("a[", None),
        ("a[x]", None),
        (".a", None),
        ("[0]", None),
        ("a..b", None),
        ("a[0", None),
    ],
)
def test_a_path_begins_with_the_longest_column_it_can(written: str, path: Path | None) -> None:
    assert path_of(written, ["a", "a.b", "a b"]) == path


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_path_meets_any_value(value: Any) -> None:
    for path in (".a.b", "[0].a", "[-1][0]", "[a=b].c", "[].a[0]"):
        reached(path, value)


CONTACT = {
    "type": ["object", "null"],
    "properties": {
        "emails": {"type": ["array", "null"], "items": {"type": "object", "properties": {"value": {"type": "string"}}}},
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "open": {"type": "object", "properties": {"a": {}}, "additionalProperties": True},
        "bag": {"type": "object"},
        "metadata": {"type": ["object", "null"], "properties": {}},
        "anything": {"type": "object", "properties": {"a": {}}, "additionalProperties": {}},
        "nothing": {"type": "object", "properties": {}, "additionalProperties": False},
        "any": {},
        "either": {"anyOf": [{"type": "object"}, {"type": "null"}]},
    },
}


@pytest.mark.parametrize(
    "path",
    [
        ".emails[0].value",
        ".emails[].value",
        ".name.first",
        ".open.b",
        ".bag.x.y",
        ".metadata.li_fat_id",
        ".metadata.a[0]",
        ".anything.b",
        ".any[0]",
        ".either.x",
    ],
)
def test_a_schema_that_lets_a_path_in_says_nothing_against_it(path: str) -> None:
    found = path_of(f"c{path}", ["c"])
    assert found is not None
    assert not leads_nowhere(CONTACT, found)


@pytest.mark.parametrize(
    "path",
    [
        ".email",
        ".age.x",
        ".age[0]",
        ".emails.value",
        ".emails[0].mail",
        ".open[0]",
        "[0]",
        ".nothing.a",
        ".metadata[0]",
    ],
)
def test_a_schema_shows_that_a_path_leads_nowhere(path: str) -> None:
    found = path_of(f"c{path}", ["c"])
    assert found is not None
    assert leads_nowhere(CONTACT, found)


def test_what_a_path_leads_to_is_sent(stream: Callable[..., Any], sha: Callable[[str], str]) -> None:
    contacts = stream(
        schema={"properties": {name: {} for name in ("id", "emails", "happened_at", "event_params", "stage")}},
        fields={
            "email": ["emails[primary=true].value", "emails[0].value"],
            "li_fat_id": "event_params[key=page_location].value.string_value",
        },
        conversion_rule={"column": "stage.name", "rules": [{"when": "won", "rule": 102}]},
        base={
            "id": 7,
            "emails": EMAILS,
            "event_params": PARAMS,
            "happened_at": "2026-11-23T10:00:00Z",
            "stage": '{"name": "Won"}',
        },
    )
    event = contacts.event()
    assert event.rule == "102"
    assert contacts.ids() == [
        ("SHA256_EMAIL", sha("home@example.com")),
        ("SHA256_EMAIL", sha("work@example.com")),
        ("LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "0f1e2d3c-4b5a"),
    ]


def test_elements_are_told_apart_by_a_name_within_a_name_too(
    stream: Callable[..., Any], sha: Callable[[str], str]
) -> None:
    answers = [
        {"field": {"ref": "private"}, "email": "home@example.com"},
        {"field": "none", "email": "nobody@example.com"},
        {"field": {"ref": "work"}, "email": "work@example.com"},
    ]
    form = stream(["answers"], fields={"email": "answers[field.ref=work].email"})
    assert form.ids(answers=answers) == [("SHA256_EMAIL", sha("work@example.com"))]
    plain = [*answers, {"field.ref": "work", "email": "plain@example.com"}]
    assert form.ids(answers=plain) == [("SHA256_EMAIL", sha("plain@example.com"))]
    assert form.rejected(answers=answers[:2]) == form.rejected(answers=["work", 5, None]) == ["no_identifier"]


ANSWERS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "field": {"type": "object", "properties": {"ref": {"type": "string"}}, "additionalProperties": False},
            "email": {"type": "string"},
        },
        "additionalProperties": False,
    },
}


def test_a_schema_shows_what_elements_cannot_be_told_apart_by() -> None:
    for step, nowhere in {"[field.ref=work]": False, "[field.id=work]": True, "[ref=work]": True}.items():
        found = path_of(f"answers{step}.email", ["answers"])
        assert found is not None
        assert leads_nowhere(ANSWERS, found) is nowhere, step


def test_every_element_is_taken_for_emails_only(stream: Callable[..., Any], sha: Callable[[str], str]) -> None:
    every = stream(["emails"], fields={"email": "emails[].value"})
    assert every.ids(emails=EMAILS) == [
        ("SHA256_EMAIL", sha("work@example.com")),
        ("SHA256_EMAIL", sha("home@example.com")),
    ]
    assert every.rejected(emails=[]) == every.rejected(emails=None) == ["no_identifier"]
    with pytest.raises(ConfigError, match=r"gives a list"):
        stream(["emails"], fields={"company": "emails[].value"})


def test_what_is_not_reachable_is_counted_wherever_it_is(stream: Callable[..., Any], jane: str) -> None:
    base = {"id": 7, "email": jane, "happened_at": "2026-11-23T10:00:00Z", "plain": "text", "deal": 5}
    schema: dict[str, Any] = {"properties": {name: {} for name in base}}
    for field in ("company", "li_fat_id", "external_id", "lead", "ip_address", "country"):
        names = {"first_name": "plain", "last_name": "plain"} if field in {"company", "country"} else {}
        told = stream(base=base, schema=schema, fields={field: "plain.x", **names}).left_out()
        assert (field, "not_reachable") in told, field
    assert stream(base=base, schema=schema, fields={"value": "plain.x", "currency": "deal"}).left_out() == [
        ("value", "not_reachable"),
        ("currency", "unknown_currency"),
    ]
    assert stream(base=base, schema=schema, fields={"happened_at": "plain.x"}).rejected() == ["not_reachable"]
    assert stream(base=base, schema=schema, fields={"event_id": "plain.x"}).rejected() == ["not_reachable"]
    assert stream(base=base, schema=schema, conversion_rule={"column": "plain.x"}).rejected() == ["not_reachable"]
    refusal = stream(base=base, schema=schema, consent={"column": "plain.x"}).refusal()
    assert (refusal.skipped, [reason.code for reason in refusal.noted]) == ("no_consent", ["not_reachable"])
    assert len(stream(base=base, schema=schema, deleted=["plain.x"]).events()) == 1


@pytest.mark.parametrize("primary", [True, "true", "TRUE", 1, 1.0, "1", "t", "yes"])
def test_every_spelling_of_true_is_true_in_a_step_too(primary: object) -> None:
    path = path_of("emails[primary=true].value", ["emails"])
    assert path is not None
    held = [{"primary": no, "value": "a"} for no in (False, 0, "no", None, "")] + [{"primary": primary, "value": "b"}]
    assert follow(path)(held) == "b"


def test_a_number_in_a_step_is_that_number() -> None:
    path = path_of("items[id=1].value", ["items"])
    assert path is not None
    assert follow(path)([{"id": True, "value": "a"}, {"id": 1.0, "value": "b"}]) == "b"
    no = path_of("items[primary=false].value", ["items"])
    assert no is not None
    assert follow(no)([{"primary": 1, "value": "a"}, {"primary": 0, "value": "b"}]) == "b"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ('{"note": "cut \\ud83d", "a": 5}', 5),
        ('{"a": "x\\udc4b"}', "x\ufffd"),
        ('{"score": NaN, "a": 5}', 5),
        ('{"scores": [-Infinity, 1], "a": "NaN"}', "NaN"),
        ('{"a": Infinity, "b": 1}', None),
        (f'{{"score": {"9" * 5000}, "a": 5}}', 5),
        (json.dumps(json.dumps({"score": float("nan"), "a": 5})), 5),
    ],
)
def test_what_is_no_json_beside_a_path_is_in_nobody_s_way(text: str, held: Any) -> None:
    """A text made by Python's `json` may hold such constants, and one that was cut half a character."""
    assert reached(".a", text) == held


@pytest.mark.parametrize("text", ["{NaN}", "[NaN", '{"a": nan}', '{"a": NaN NaN}', "{\\ud83d}"])
def test_a_constant_makes_no_json_of_another_text(text: str) -> None:
    assert reached(".a", text) is NOT_REACHABLE
