"""`read_answer` is total, and reads every row of LinkedIn's published errors as it is meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from target_linkedin_conversions.delivery import answer as answers
from target_linkedin_conversions.delivery.answer import (
    Busy,
    ElementsRefused,
    InDoubt,
    Misdirected,
    PartlyTaken,
    RequestRefused,
    RuleRefused,
    Taken,
    Throttled,
    TokenRefused,
    VersionRefused,
    read_answer,
)
from target_linkedin_conversions.delivery.redaction import redacted

NOBODY = b'{"user":{"userIds":[]}}'
OF_LINKEDIN = {"X-LI-UUID": "AAYQ3b7T0fVg8mHn+Xz/4w=="}
REQUIRED = "field is required but not found and has no default value"


def read(status: int, body: Any = b"", count: int = 5, headers: dict[str, str] | None = None) -> answers.Answer:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return read_answer(status, OF_LINKEDIN | (headers or {}), content, [NOBODY] * count)


def refused(status: int, message: str, count: int = 5) -> answers.Answer:
    return read(status, {"message": message, "status": status}, count)


# Totality

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
words = st.sampled_from(
    [
        "Index: 0, ",
        "Index: 99999999999, ",
        "ERROR :: /a :: b\n",
        "indices [0] (0-indexed)",
        "indices [1 2] (0-indexed)",
        "indices [, ,] (0-indexed)",
        "{batchIndex=3, x=1}",
        "{batchIndex=" + "9" * 5000 + "}",
        "Index: " + "9" * 5000 + ", ",
        "method should be",
        " DAY ",
        '"',
        "'",
        "\u2028",
        " cannot be coerced",
        "indices [٣] (0-indexed)",
        "Index: ٣, ",
    ]
)
messages = st.lists(words | st.text(max_size=15), max_size=6).map("".join)
errors = st.fixed_dictionaries(
    {},
    optional={
        "message": messages | json_values,
        "status": json_values,
        "code": st.sampled_from(["VERSION_MISSING", "EXPIRED_ACCESS_TOKEN"]) | json_values,
        "serviceErrorCode": st.sampled_from([65600, 65601, 65602, "65602", None, 10**30]) | json_values,
    },
)
successes = st.fixed_dictionaries(
    {
        "elements": st.lists(
            st.fixed_dictionaries({"status": st.integers() | json_values}, optional={"error": json_values}), max_size=6
        )
    }
)
bodies = (
    st.binary(max_size=60)
    | st.builds(msgspec.json.encode, json_values | errors | successes | messages.map(lambda m: {"message": m}))
    | st.builds(lambda body, cut: msgspec.json.encode(body)[:cut], errors | successes, st.integers(0, 80))
    | st.sampled_from(
        [b"<html>502</html>", b"[" * 100_000, b'{"a":' * 50_000, b'{"elements":' + b"[" * 100_000, b"\xff\xfe"]
    )
)
headers = st.dictionaries(
    st.sampled_from(["Retry-After", "Content-Type"]),
    st.text(max_size=20)
    | st.sampled_from(
        ["0", "7", "-1", "1.5", "9" * 400, "²", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 +2359"]
    ),
    max_size=2,
)


@given(status=st.integers(100, 599), body=bodies, headers=headers, count=st.integers(1, 6))
def test_every_answer_means_exactly_one_thing(status: int, body: bytes, headers: dict[str, str], count: int) -> None:
    found = read_answer(status, headers, body, [NOBODY] * count)
    assert type(found) in get_args(answers.Answer)
    match found:
        case ElementsRefused(named):
            assert named
            assert set(named) <= set(range(count))
            assert all(text for texts in named.values() for text in texts)
        case PartlyTaken(named, passing):
            assert len(named) + len(passing) == len({*named, *passing}) > 0
            assert {*named, *passing} <= set(range(count))
        case Throttled(seconds, _):
            assert seconds is None or seconds >= 0
        case _:
            pass


@given(status=st.integers(100, 599), body=bodies)
def test_nothing_but_a_status_for_each_event_says_that_events_were_taken(status: int, body: bytes) -> None:
    if isinstance(read_answer(status, {}, body, [NOBODY] * 3), Taken | PartlyTaken):
        statuses = [element["status"] for element in msgspec.json.decode(body)["elements"]]
        assert status in {200, 201}
        assert len(statuses) == 3


# The catalogue


def test_a_status_for_each_event_is_taken() -> None:
    assert read(200, {"elements": [{"status": 201}] * 5}) == Taken()
    assert read(201, {"elements": [{"status": 200, "id": "x", "location": "/y"}] * 5}) == Taken()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>",
        b"[]",
        {"elements": [{"status": 201}] * 4},
        {"elements": [{"status": 201}] * 6},
        {"elements": [{"status": "201"}] * 5},
        {"elements": [{}] * 5},
        {"elements": [{"status": 302}] * 5},
    ],
)
def test_a_200_that_does_not_answer_for_each_event_is_in_doubt(body: Any) -> None:
    assert isinstance(read(200, body), InDoubt)


def test_events_may_fail_singly_in_a_200() -> None:
    failed = [{"status": 201}, {"status": 400, "error": {"message": 'field "x@y.de" is odd'}}, {"status": 422}]
    assert read(200, {"elements": failed}, 3) == PartlyTaken({1: ('field "…" is odd',), 2: ("status 422",)}, ())


def test_an_event_that_fails_for_a_passing_cause_is_not_refused() -> None:
    failed = [{"status": 201}, {"status": 503}, {"status": 400}, {"status": 429}, {"status": 408}]
    assert read(200, {"elements": failed}) == PartlyTaken({2: ("status 400",)}, (1, 3, 4))


@pytest.mark.parametrize("status", [500, 502, 504, 520, 999])
def test_an_event_that_fails_with_a_server_s_error_is_in_doubt_and_no_other(status: int) -> None:
    assert read(200, {"elements": [{"status": 201}] * 4 + [{"status": status}]}) == PartlyTaken({}, (), (4,))


def test_a_422_names_several_events_with_several_lines_each() -> None:
    message = (
        f"Index: 0, ERROR :: /conversionValue/amount :: {REQUIRED}\n"
        f"ERROR :: /user/userInfo/firstName :: {REQUIRED}\n"
        'Index: 3, ERROR :: /user/userIds/0/idType :: "PHONE" is not an enum symbol\n'
        "Index: 4, ERROR :: /conversionValue/amount :: 19.9 cannot be coerced to String\n"
    )
    assert refused(422, message) == ElementsRefused(
        {
            0: (f"/conversionValue/amount :: {REQUIRED}", f"/user/userInfo/firstName :: {REQUIRED}"),
            3: ('/user/userIds/0/idType :: "…" is not an enum symbol',),
            4: ("/conversionValue/amount :: … cannot be coerced to String",),
        }
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/fooBar :: unrecognized field found but not allowed", None),
        ("/conversion :: Invalid Urn format. Invalid prefix.", None),
        ("/user :: record type is not backed by a DataMap", None),
        ("/user/userIds :: array type is not backed by a DataList", None),
        ("/user/userIds/0/idType :: enum type is not backed by a String", None),
        (
            '/conversionHappenedAt :: "abc" cannot be coerced to Long',
            "/conversionHappenedAt :: … cannot be coerced to Long",
        ),
    ],
)
def test_each_line_of_a_422_is_told_without_its_value(line: str, told: str | None) -> None:
    assert refused(422, f"Index: 1, ERROR :: {line}\n") == ElementsRefused({1: (told or line,)})


def test_a_422_that_names_an_event_we_did_not_send_names_none() -> None:
    assert isinstance(refused(422, "Index: 5, ERROR :: /a :: b\n", count=5), RequestRefused)


def test_a_422_without_an_index_names_none() -> None:
    found = refused(422, f"ERROR :: /user :: {REQUIRED}\n", count=1)
    assert found == RequestRefused(422, f"/user :: {REQUIRED}")


def test_a_400_names_events_by_indices() -> None:
    told = "Conversion time should be within 90 days and not exceed current time"
    assert refused(400, f"{told}, indices [0] (0-indexed).") == ElementsRefused({0: (told,)})
    assert refused(400, f"{told}, indices [0, 2,4] (0-indexed).") == ElementsRefused(dict.fromkeys((0, 2, 4), (told,)))


def test_a_400_may_name_events_for_two_causes() -> None:
    found = refused(400, "Too old, indices [0, 1] (0-indexed). Too odd, indices [1] (0-indexed).")
    assert found == ElementsRefused({0: ("Too old",), 1: ("Too old", "Too odd")})


def test_a_400_in_the_documented_form_names_events_by_batch_index() -> None:
    entry = "{{field=Invalid Conversion time, batchIndex={}, type=INVALID_CONVERSION_TIME_FIELD_VALUE, message=Conversion time should be within 90 days.}}"
    found = refused(400, f"Validation failed because [{entry.format(0)}, {entry.format(3)}]")
    assert isinstance(found, ElementsRefused)
    assert set(found.refused) == {0, 3}
    assert "INVALID_CONVERSION_TIME_FIELD_VALUE" in found.refused[3][0]


@pytest.mark.parametrize(
    "message",
    [
        "The request batch size: 5001 is larger than the allowed max batch size: 5000 for method: batch_create",
        "Cannot parse request entity",
        "",
        "indices [] (0-indexed)",
        "indices [7] (0-indexed)",
        "indices [1 2",
    ],
)
def test_a_400_that_names_no_event_refuses_the_request(message: str) -> None:
    assert isinstance(refused(400, message), RequestRefused)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"message": 5}', b'{"message": null, "status": 400}', b"[1]"])
@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_without_words_is_still_a_refusal(status: int, body: bytes) -> None:
    assert read(status, body) == RequestRefused(status, "")


@pytest.mark.parametrize("odd", [{"code": None}, {"code": 7}, {"serviceErrorCode": None}, {"serviceErrorCode": "101"}])
def test_odd_fields_beside_a_message_do_not_hide_it(odd: dict[str, Any]) -> None:
    found = read(400, {"message": "x, indices [2] (0-indexed).", "status": 400, **odd})
    assert found == ElementsRefused({2: ("x",)})


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (403, "No ad accounts found"),
        (
            400,
            (
                "Invalid Conversion information provided, this event(s) is associated to a conversion that's marked as deleted. "
                "Conversion enabled should be true"
            ),
        ),
        (
            400,
            "Incorrect conversions information provided. Conversion's method should be CONVERSIONS_API, indices [0] (0-indexed)",
        ),
    ],
)
def test_some_refusals_are_about_the_rule_and_name_no_event(status: int, message: str) -> None:
    assert isinstance(refused(status, message), RuleRefused)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"serviceErrorCode": 65600, "code": "INVALID_ACCESS_TOKEN", "message": "Invalid access token"}, "invalid"),
        ({"serviceErrorCode": 65601, "code": "REVOKED_ACCESS_TOKEN", "message": "…"}, "revoked"),
        ({"serviceErrorCode": 65602, "code": "EXPIRED_ACCESS_TOKEN", "message": "…"}, "expired"),
        ({"code": "EXPIRED_ACCESS_TOKEN", "message": "…"}, "expired"),
        ({"code": "REVOKED_ACCESS_TOKEN", "serviceErrorCode": "65601"}, "revoked"),
        ({"serviceErrorCode": 65604, "code": "EMPTY_ACCESS_TOKEN", "message": "Empty oauth2 access token"}, "invalid"),
        ({"serviceErrorCode": 401, "message": "Empty oauth2_access_token"}, "invalid"),
        ({}, "invalid"),
    ],
)
def test_a_401_says_what_is_wrong_with_the_token(body: Any, kind: str) -> None:
    found = read(401, {"status": 401, **body})
    assert isinstance(found, TokenRefused)
    assert found.kind == kind


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "USER_NOT_AUTHORIZED"])
def test_any_other_403_is_about_the_scope(code: str) -> None:
    message = "Not enough permissions to access: partnerApiConversionEvents.CREATE.20260901"
    found = read(403, {"status": 403, "serviceErrorCode": 100, "code": code, "message": message})
    assert found == TokenRefused("scope", message)


def test_the_version_may_be_missing_or_not_active() -> None:
    missing = {"status": 400, "code": "VERSION_MISSING", "message": "A version must be present."}
    assert read(400, missing) == VersionRefused("A version must be present.")
    told = "Requested version 20250401 is not active"
    assert read(426, {"status": 426, "code": "NONEXISTENT_VERSION", "message": told}) == VersionRefused(told)
    assert read(426, b"") == VersionRefused("")


@pytest.mark.parametrize("limit", ["APPLICATION DAY", "MEMBER DAY"])
def test_a_429_may_be_the_days(limit: str) -> None:
    message = f"Resource level throttle {limit} limit for calls to this resource is reached."
    assert refused(429, message) == Throttled(None, day=True)


def test_a_429_without_a_word_of_the_day_is_the_minutes() -> None:
    message = "Resource level throttle limit for calls to this resource is reached."
    assert refused(429, message) == Throttled(None, day=False)
    assert read(429, b"<html>") == Throttled(None, day=False)


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    assert read(429, headers={"Retry-After": " 17 "}) == Throttled(17.0, day=False)
    for late, soonest, latest in ((120, 100, 120), (-120, 0, 0)):
        when = format_datetime(datetime.now(UTC) + timedelta(seconds=late), usegmt=True)
        found = read(429, headers={"Retry-After": when})
        assert isinstance(found, Throttled)
        assert found.seconds is not None
        assert soonest <= found.seconds <= latest


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "Mon, 99 Foo 2026", "Mon, 23 Nov 2026 10:00:00 -0000"])
def test_a_retry_after_that_cannot_be_read_is_none(text: str) -> None:
    assert read(429, headers={"Retry-After": text}) == Throttled(None, day=False)


@pytest.mark.parametrize("status", [408, 503])
def test_a_passing_cause_has_taken_nothing(status: int) -> None:
    assert read(status, b"<html>") == Busy(status)


@pytest.mark.parametrize("status", [500, 502, 504, 501, 520, 524, 599, 202, 204, 207])
def test_what_may_have_been_taken_is_in_doubt(status: int) -> None:
    assert isinstance(read(status), InDoubt)


@pytest.mark.parametrize("status", [100, 301, 302, 307, 308, 404, 405, 407, 411, 418])
def test_what_is_not_this_endpoints_answer_is_misdirected(status: int) -> None:
    assert read(status, b"<html>") == Misdirected(status)


# Redaction

plain = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=4, max_size=30).map(lambda v: f"«{v}»")
locals_ = st.from_regex(r"[a-z0-9._+-]{1,12}", fullmatch=True)
emails = st.builds(lambda a, b: f"{a}@{b}.example", locals_, st.from_regex(r"[a-z0-9]{1,10}", fullmatch=True))
addresses = st.ip_addresses(v=4).map(str)
hashes = st.from_regex(r"[0-9a-f]{32,64}", fullmatch=True)


@given(
    value=plain,
    text=st.sampled_from([" is not an enum symbol\n", " cannot be coerced to Long\n", " is invalid, indices [0]"]),
)
@example(value="«cann»", text=" cannot be coerced to Long\n")
def test_a_quoted_value_is_never_told(value: str, text: str) -> None:
    for message in (f'Index: 0, ERROR :: /user/lead :: "{value}"{text}', f'"{value}"{text}', f"'{value}'{text}"):
        assert value.strip() not in redacted(message)
        found = refused(422, message)
        if isinstance(found, ElementsRefused):
            without = str(refused(422, message.replace(value, "«»")))
            parts = [part for part in (value, value[1:-1].strip()) if len(part) > 3 and part not in without]
            assert not any(part in str(found) for part in parts)


@given(value=plain | st.floats().map(str) | json_values.map(str))
def test_a_coerced_value_is_never_told(value: str) -> None:
    told = redacted(f"ERROR :: /conversionValue/amount :: {value} cannot be coerced to String\n")
    assert told == "/conversionValue/amount :: … cannot be coerced to String"


def test_a_value_that_holds_quotes_or_lines_is_never_told() -> None:
    assert redacted('ERROR :: /user/lead :: "a"secret" is odd\n') == "/user/lead :: …"
    assert redacted('ERROR :: /user/lead :: "a\nsecret\u2028secret" is odd\n') == '/user/lead :: "…" is odd'
    assert redacted('ERROR :: /user/lead :: "a" secret "b" is odd\n') == '/user/lead :: "…" is odd'


@given(value=emails | addresses | hashes, before=st.sampled_from(["", "value ", "field=", "(", "<"]))
def test_an_identifier_is_never_told_wherever_it_stands(value: str, before: str) -> None:
    assert value not in redacted(f"The input {before}{value} should not be so.")
    assert value not in redacted(value)


KIM = {
    "userIds": [{"idType": "SHA256_EMAIL", "idValue": "abc.def"}],
    "userInfo": {"firstName": "Kim", "companyName": "Kanary & Söhne", "countryCode": "DE"},
    "externalIds": ["crm-1010"],
}
KIMS_PAYLOAD = msgspec.json.encode({"conversion": "urn:lla:llaPartnerConversion:1", "user": KIM})


@pytest.mark.parametrize("status", [200, 400, 401, 403, 422, 426])
def test_what_was_sent_is_never_told_even_unquoted(status: int) -> None:
    repeated = "abc.def Kim Kanary & Söhne of crm-1010 (Kim)"
    for message in (
        repeated,
        f"Index: 1, ERROR :: /user :: {repeated} is odd\n",
        f"{repeated}, indices [1] (0-indexed)",
    ):
        elements = [{"status": 201}, {"status": 400, "error": {"message": message}}]
        body = msgspec.json.encode({"message": message, "status": status, "elements": elements})
        found = str(read_answer(status, {}, body, [NOBODY, KIMS_PAYLOAD]))
        assert not [value for value in ("abc.def", "Kim", "Kanary", "crm-1010") if value in found]


def test_a_sent_value_hides_no_part_of_a_word() -> None:
    assert redacted("/user/userInfo cannot be read, Ann", ["Ann", "user"]) == "/…/userInfo cannot be read, …"
    assert redacted("a Kimberley is no Kim", ["Kim"]) == "a Kimberley is no …"


@given(st.lists(words | emails | plain | st.text(max_size=10), max_size=8).map("".join))
def test_masking_never_fails_and_stays_short(message: str) -> None:
    assert len(redacted(message)) <= 300
    assert "\n" not in redacted(message)
