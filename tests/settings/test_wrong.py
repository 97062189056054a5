"""No way to get a setting wrong ends in anything but one sentence without the value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "canary7f3a"
PREFIX = "TARGET_LINKEDIN_CONVERSIONS_"
OBJECT = {"name": CANARY}
HUGE = 10**400

WRONG: dict[str, list[Any]] = {
    **{
        key: [7, True, ["a"], OBJECT, "   ", f"{CANARY} {CANARY}", f"{CANARY}\n{CANARY}"]
        for key in ("access_token", "client_secret", "refresh_token")
    },
    **{key: [True, [CANARY], OBJECT, "  ", float("nan"), float("inf"), HUGE] for key in ("client_id", "quota_key")},
    "account_id": [
        CANARY,
        True,
        0,
        -1,
        1.5,
        HUGE,
        float("nan"),
        float("inf"),
        [CANARY],
        OBJECT,
        f"urn:lla:llaPartnerConversion:{CANARY}",
        "9" * 20,
        f"[{CANARY}",
        "1,2",
    ],
    "conversion_rule": [
        CANARY,
        True,
        0,
        "00",
        0.5,
        HUGE,
        [[CANARY]],
        OBJECT,
        f"urn:li:conversion:{CANARY}",
        "urn:li:sponsoredAccount:101",
        "٣",
    ],
    "consent": [
        CANARY,
        7,
        True,
        [CANARY],
        {},
        {"granted": [CANARY]},
        {"colum": "consent"},
        {"column": ""},
        {"not_required": " "},
    ],
    "linkedin_version": [CANARY, 2026, "2026-09", "202613", "199901", True, HUGE, float("nan"), ["202609"], "٢٠٢٦٠٩"],
    **{
        key: [
            CANARY,
            7,
            "https://",
            f"ftp://{CANARY}",
            f"https://user:{CANARY}@api.example.com",
            f"https://:{CANARY}@api.example.com",
            "https://@api.example.com",
            f"https://api.example.com?{CANARY}",
            f"https://api.example.com#{CANARY}",
            f"https://[{CANARY}",
            f"https://api.example.com:{CANARY}",
            f"https://api.example.com/{CANARY} x",
            f"http://{CANARY}.example.com",
        ]
        for key in ("api_url", "oauth_url")
    },
    "streams": [CANARY, 7, True, OBJECT, [CANARY], [7], f'[{{"stream": "{CANARY}"', [OBJECT], [{}]],
    "batch_size_rows": [CANARY, 0, 5001, 1.5, True, [1], OBJECT, HUGE, "9" * 5000, float("nan"), "1e3", "0x10"],
    "max_concurrent_requests": [0, 17, CANARY, False, HUGE, float("inf")],
    **{
        key: [0, -1, CANARY, 0.5, True, [], OBJECT, float("inf"), "9" * 5000]
        for key in ("requests_per_minute", "requests_per_day", "ledger_keep_days")
    },
    "max_future_seconds": [-1, CANARY, 0.5, "-1", True],
    "max_resends": [-1, 101, CANARY, 0.5, "-1", True, HUGE],
    **{
        key: [-1, CANARY, True, [1], OBJECT, HUGE, float("nan"), float("inf"), "nan", "-1"]
        for key in ("batch_max_age_seconds", "retry_for_seconds", "shutdown_seconds", "state_interval_seconds")
    },
    "max_reject_ratio": [-0.1, 1.1, CANARY, True, "2", HUGE, "nan"],
    **{
        key: [CANARY, 7, True, ["stop"], OBJECT]
        for key in ("on_quota_exhausted", "on_in_doubt", "on_too_old", "on_bad_field")
    },
    **{
        key: [CANARY, "flase", 2, -1, 0.5, [True], OBJECT, HUGE]
        for key in (
            "require_ledger",
            "send_once",
            "preflight",
            "dry_run",
            "keep_rejected_rows",
            "results_log",
            "flattening_enabled",
            "validate_records",
        )
    },
    **{key: [7, True, ["."], OBJECT, "   ", f"{CANARY}\x00"] for key in ("state_dir", "suppress", "ledger_url")},
    "ledger_key": [CANARY, CANARY + "a" * 20, 7, True, [CANARY * 4], OBJECT],
    "private_dir": [7, True, "  ", f"s3://user:{CANARY}@bucket", f"{CANARY}\0"],
    "alert_urls": [
        7,
        True,
        OBJECT,
        CANARY,
        [CANARY],
        [7],
        [f"json://127.0.0.1/{CANARY} x"],
        f"'json://127.0.0.1/{CANARY}'",
        "$SLACK_URL",
        f"${{{CANARY}}}",
        f'["json://{CANARY}"',
    ],
    "alert_on": [CANARY, 7, True, OBJECT, ["failed", CANARY], [7], f"failed;{CANARY}"],
    "not_before": [CANARY, 7, "2026", "2026-13-01", "yesterday", True, ["2026-11-01"], OBJECT],
    "exclude_email_domains": [
        7,
        True,
        OBJECT,
        CANARY,
        [CANARY],
        f"{CANARY}.example.com, example.org",
        [f"{CANARY}@example.com"],
        f"*.{CANARY}.example.com",
        f"https://{CANARY}.example.com",
        "@",
        [None],
        f'["{CANARY}.example.com"',
    ],
    **{
        key: [CANARY, 7, True, [CANARY], "{", "[]"]
        for key in ("stream_maps", "stream_map_config", "faker_config", "batch_config")
    },
    "flattening_max_depth": [-1, CANARY, True],
    "flattening_max_key_length": [0, CANARY, True],
    "flattening_separator": [True, [], "  "],
}
CASES = [(name, value) for name, values in WRONG.items() for value in values]
BESIDE = {
    "access_token": "t",
    "consent": {"not_required": "a test"},
    "client_id": "i",
    "client_secret": "s",
    "refresh_token": "r",
}


def said_of(config: dict[str, Any], environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        Settings.load({**BESIDE, **config}, environment)
    assert caught.value.exit_code == 2
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_every_setting_can_be_wrong() -> None:
    assert set(WRONG) == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_wrong_setting_is_named_with_what_was_expected_and_a_mend_and_without_its_value(
    name: str, value: Any
) -> None:
    said = said_of({name: value})
    assert said.startswith(name)
    assert said.count("; ") >= 1
    assert "\n" not in said
    assert CANARY not in said
    assert len(text := str(value) if not isinstance(value, int) else hex(value)) < 9 or text not in said


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, value in CASES if isinstance(value, str) and "\0" not in value]
)
def test_a_wrong_variable_is_named_like_a_wrong_setting(name: str, value: str) -> None:
    said = said_of({}, {PREFIX + name.upper(): value})
    assert said.startswith(name)
    assert CANARY not in said


ENTRY_FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("no stream", {"stream": None}, "streams[0]: the entry names no stream"),
    ("stream of spaces", {"stream": " "}, "streams[0].stream"),
    ("a list as stream", {"stream": [CANARY]}, "streams[0].stream"),
    ("no rule", {"conversion_rule": None}, "streams[0].conversion_rule"),
    ("empty rules", {"conversion_rule": []}, "streams[0].conversion_rule"),
    ("a rule twice", {"conversion_rule": [101, "101"]}, "streams[0].conversion_rule"),
    ("a rule that is no id", {"conversion_rule": CANARY}, "streams[0].conversion_rule"),
    ("a foreign urn", {"conversion_rule": f"urn:li:{CANARY}:1"}, "streams[0].conversion_rule"),
    ("a rule without its id", {"conversion_rule": [{"value": False}]}, "streams[0].conversion_rule"),
    ("value no boolean", {"conversion_rule": [{"rule": 1, "value": CANARY}]}, "streams[0].conversion_rule.value"),
    ("column a number", {"conversion_rule": {"column": 7}}, "streams[0].conversion_rule.column"),
    ("column a list", {"conversion_rule": {"column": [CANARY, "b"]}}, "streams[0].conversion_rule.column"),
    ("rules a text", {"conversion_rule": {"column": "s", "rules": CANARY}}, "streams[0].conversion_rule.rules"),
    ("rules empty", {"conversion_rule": {"column": "s", "rules": []}}, "streams[0].conversion_rule.rules"),
    (
        "otherwise unknown",
        {"conversion_rule": {"column": "s", "otherwise": CANARY}},
        "streams[0].conversion_rule.otherwise",
    ),
    ("a case a text", {"conversion_rule": {"column": "s", "rules": [CANARY]}}, "streams[0].conversion_rule.rules[0]"),
    (
        "a case without when",
        {"conversion_rule": {"column": "s", "rules": [{"rule": 1}]}},
        "streams[0].conversion_rule.rules[0]",
    ),
    (
        "a case without rule",
        {"conversion_rule": {"column": "s", "rules": [{"when": CANARY}]}},
        "streams[0].conversion_rule.rules[0]",
    ),
    (
        "rule and skip",
        {"conversion_rule": {"column": "s", "rules": [{"when": CANARY, "rule": 1, "skip": True}]}},
        "streams[0].conversion_rule.rules[0]",
    ),
    (
        "when an object",
        {"conversion_rule": {"column": "s", "rules": [{"when": {"x": CANARY}, "rule": 1}]}},
        "streams[0].conversion_rule.rules[0].when",
    ),
    (
        "when empty",
        {"conversion_rule": {"column": "s", "rules": [{"when": [], "rule": 1}]}},
        "streams[0].conversion_rule.rules[0].when",
    ),
    (
        "a bad rule in a case",
        {"conversion_rule": {"column": "s", "rules": [{"when": "a", "rule": CANARY}]}},
        "streams[0].conversion_rule.rules[0].rule",
    ),
    ("fields a text", {"fields": CANARY}, "streams[0].fields"),
    ("a column a number", {"fields": {"email": 7}}, "streams[0].fields.email"),
    ("a column true", {"fields": {"email": True}}, "streams[0].fields.email"),
    ("no column", {"fields": {"email": []}}, "streams[0].fields.email"),
    ("a column an object", {"fields": {"email": {"column": CANARY}}}, "streams[0].fields.email"),
    ("event_id without rules", {"fields": {"event_id": {"column": CANARY}}}, "streams[0].fields.event_id"),
    ("event_id for no rule", {"fields": {"event_id": {"column": "a", "rules": []}}}, "streams[0].fields.event_id"),
    (
        "event_id for a bad rule",
        {"fields": {"event_id": {"column": "a", "rules": [CANARY]}}},
        "streams[0].fields.event_id.rules",
    ),
    ("a constant true", {"constants": {"currency": True}}, "streams[0].constants.currency"),
    ("a constant list", {"constants": {"currency": [CANARY]}}, "streams[0].constants.currency"),
    (
        "a constant beside its column",
        {"fields": {"currency": "c"}, "constants": {"currency": CANARY}},
        "streams[0].constants.currency",
    ),
    ("consent a text", {"consent": CANARY}, "streams[0].consent"),
    ("consent without column", {"consent": {"granted": [CANARY]}}, "streams[0].consent"),
    ("consent of two columns", {"consent": {"column": [CANARY, "b"]}}, "streams[0].consent.column"),
    ("granted an object", {"consent": {"column": "c", "granted": {"x": CANARY}}}, "streams[0].consent.granted"),
    ("granted nothing", {"consent": {"column": "c", "granted": []}}, "streams[0].consent.granted"),
    ("granted null", {"consent": {"column": "c", "granted": [None]}}, "streams[0].consent.granted"),
    ("not required, no reason", {"consent": {"not_required": " "}}, "streams[0].consent.not_required"),
    ("not required without why", {"consent": {"not_required": True}}, "streams[0].consent.not_required"),
    ("not required, yet asked", {"consent": {"not_required": CANARY, "column": "c"}}, "streams[0].consent"),
    ("timezone unknown", {"timezone": CANARY}, "streams[0].timezone"),
    ("timezone a folder", {"timezone": "Europe"}, "streams[0].timezone"),
    ("timezone a path", {"timezone": f"../{CANARY}"}, "streams[0].timezone"),
    ("not_before no time", {"not_before": CANARY}, "streams[0].not_before"),
    ("on_bad_field unknown", {"on_bad_field": CANARY}, "streams[0].on_bad_field"),
    ("on_too_old unknown", {"on_too_old": CANARY}, "streams[0].on_too_old"),
    ("once_per unknown", {"once_per": CANARY}, "streams[0].once_per"),
    ("key a number", {"key": 7}, "streams[0].key"),
    ("key nothing", {"key": []}, "streams[0].key"),
    ("source a list", {"source": [CANARY]}, "streams[0].source"),
    ("deleted true", {"deleted": True}, "streams[0].deleted"),
    ("names unknown", {"names": CANARY}, "streams[0].names"),
    ("decimal_comma no boolean", {"decimal_comma": CANARY}, "streams[0].decimal_comma"),
]


@pytest.mark.parametrize("as_text", [False, True], ids=["typed", "as_json_text"])
@pytest.mark.parametrize(("keys", "place"), [pytest.param(*case[1:], id=case[0]) for case in ENTRY_FAULTS])
def test_a_fault_in_an_entry_is_named_by_its_place(keys: dict[str, Any], place: str, *, as_text: bool) -> None:
    entry = {"stream": "orders", "conversion_rule": 101, **keys}
    said = said_of({"streams": json.dumps([entry]) if as_text else [entry]})
    assert said.startswith(place)
    assert "; " in said
    assert CANARY not in said


@pytest.mark.parametrize(
    ("keys", "place", "nearest"),
    [
        ({"conversion_rules": CANARY}, "streams[0]", "conversion_rule"),
        ({"once_pre": CANARY}, "streams[0]", "once_per"),
        ({"fields": {"e_mail": CANARY}}, "streams[0].fields", "email"),
        ({"constants": {"curency": CANARY}}, "streams[0].constants", "currency"),
        ({"consent": {"columns": CANARY}}, "streams[0].consent", "column"),
        ({"conversion_rule": {"column": "s", "rule": CANARY}}, "streams[0].conversion_rule", "rules"),
        ({"conversion_rule": {"rule": 1, "values": CANARY}}, "streams[0].conversion_rule", "value"),
        (
            {"conversion_rule": {"column": "s", "rules": [{"wen": CANARY}]}},
            "streams[0].conversion_rule.rules[0]",
            "when",
        ),
    ],
)
def test_an_unknown_key_of_an_entry_names_the_nearest(keys: dict[str, Any], place: str, nearest: str) -> None:
    said = said_of({"streams": [{"stream": "orders", "conversion_rule": 101, **keys}]})
    assert said.startswith(f"{place}: unknown ")
    assert f"did you mean {nearest!r}?" in said
    assert CANARY not in said


@pytest.mark.parametrize("name", ["state_dir", "suppress", "private_dir"])
@pytest.mark.parametrize("path", ["s" * 256, "/".join(["part"] * 1000), "~/" + "é" * 128])
def test_a_path_that_no_file_system_takes_is_refused_before_it_is_used(name: str, path: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{name}: the path is longer than .*; name a shorter one$"):
        Settings.load({"dry_run": True, name: path})


def test_the_place_counts_the_entries_from_zero() -> None:
    good = {"stream": "orders", "conversion_rule": 101}
    assert said_of({"streams": [good, good, {**good, "names": CANARY}]}).startswith("streams[2].names: ")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(name=st.sampled_from([setting.name for setting in SETTINGS]), value=json_values)
def test_any_value_of_any_setting_is_read_or_refused_with_a_sentence(name: str, value: Any) -> None:
    try:
        found = Settings.load({**BESIDE, "flattening_max_depth": 1, name: value})
    except ConfigError as error:
        assert str(error).startswith(name)  # noqa: PT017 - either outcome is right
    else:
        assert found.linkedin_version


entry_keys = st.sampled_from(
    [
        "stream",
        "conversion_rule",
        "fields",
        "constants",
        "consent",
        "timezone",
        "not_before",
        "on_bad_field",
        "on_too_old",
        "once_per",
        "key",
        "source",
        "deleted",
        "names",
        "decimal_comma",
    ]
)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.too_slow])  # the first values of all are slow to draw on a busy machine
@given(keys=st.dictionaries(entry_keys, json_values, max_size=3))
def test_any_entry_is_read_or_refused_with_a_sentence(keys: dict[str, Any]) -> None:
    entry = {"stream": "orders", "conversion_rule": 101, **keys}
    try:
        found = Settings.load({**BESIDE, "streams": [entry]})
    except ConfigError as error:
        assert str(error).startswith("streams[0]")  # noqa: PT017 - either outcome is right
    else:
        assert len(found.streams) == 1


def test_a_load_that_fails_keeps_no_secret(load: Callable[..., Settings]) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"access_token": CANARY, "ledger_url": f"postgresql://me:{CANARY}@db.example.com/l", "send_once": "maybe"})
    assert CANARY not in repr(caught.value)
    assert CANARY not in str(caught.value.args)
