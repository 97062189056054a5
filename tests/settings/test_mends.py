"""A slip in a config stops with a mend that is right when it is followed to the letter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.settings import SETTINGS, Settings
from target_linkedin_conversions.settings.entry_fields import FIELDS
from target_linkedin_conversions.settings.other_names import (
    CASE_KEYS,
    CONSENT_KEYS,
    ENTRY_NAMES,
    FIELD_NAMES,
    ONLY_KEYS,
    RULE_KEYS,
    SETTING_NAMES,
)
from target_linkedin_conversions.settings.streams import StreamEntry

TOKEN = {"access_token": "t"}
ENTRY: dict[str, Any] = {
    "stream": "deals",
    "conversion_rule": 101,
    "consent": {"column": "ads_consent"},
    "fields": {"email": "email", "happened_at": "won_at"},
}
SCHEMA = {
    "properties": {
        **{
            name: {"type": "string"}
            for name in ("id", "email", "won_at", "stage", "amount", "ads_consent", "country", "live")
        },
        "profile": {"type": "object", "properties": {"mail": {"type": "string"}, "name": {"type": "string"}}},
        "emails": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"value": {"type": "string"}, "primary": {"type": ["null", "boolean"]}},
            },
        },
    },
    "additionalProperties": False,
}


def load(config: dict[str, Any]) -> Settings:
    found = Settings.load({**TOKEN, **config})
    compile_plans("deals", SCHEMA, ["id"], [entry for entry in found.streams if entry.stream == "deals"], found)
    return found


def said_of(config: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        load(config)
    assert caught.value.exit_code == 2
    return str(caught.value)


def entry(**keys: Any) -> dict[str, Any]:
    return {"streams": [{name: value for name, value in {**ENTRY, **keys}.items() if value is not ...}]}


def fields(**keys: Any) -> dict[str, Any]:
    return entry(fields={**ENTRY["fields"], **keys})


def by_stage(case: dict[str, Any] | list[Any], **keys: Any) -> dict[str, Any]:
    return entry(conversion_rule={"column": "stage", "rules": case if isinstance(case, list) else [case], **keys})


WON = {"when": "won", "rule": 101}


@pytest.mark.parametrize(
    ("slip", "mend", "mended"),
    [
        ({"streams": {"deals": ENTRY}}, "write streams: [{stream: NAME,", entry()),
        (entry(stream=..., table="deals"), "'stream'", entry()),
        (entry(conversion_rule=..., rule_id=101), "'conversion_rule'", entry()),
        (
            entry(conversion_rule={"won": 101}),
            "write {column: COLUMN, rules: [{when: VALUE, rule: ID}]}",
            by_stage({"when": "won", "rule": 101}),
        ),
        (by_stage({"won": 101}), "{when: VALUE, rule: ID}", by_stage(WON)),
        (by_stage({"value": "won", "rule": 101}), "'when'", by_stage(WON)),
        (by_stage({"when": "won", "then": 101}), "'rule'", by_stage(WON)),
        (by_stage(WON, default="skip"), "'otherwise'", by_stage(WON, otherwise="skip")),
        (
            by_stage([WON, {"when": " Won", "rule": 102}]),
            "{when: VALUE, rule: [101, 102]}",
            by_stage({"when": "won", "rule": [101, 102]}),
        ),
        (entry(fields=..., mapping=ENTRY["fields"]), "'fields'", entry()),
        (entry(fields=["email"]), "write streams[0].fields: {email: COLUMN, happened_at: COLUMN}", entry()),
        (entry(fields={"email": "email", "timestamp": "won_at"}), "'happened_at'", entry()),
        (
            entry(fields={"email": "email", "won_at": "happened_at"}),
            "the field stands first, its column behind it: happened_at: won_at",
            entry(),
        ),
        (entry(fields={"emial": "email", "happened_at": "won_at"}), "did you mean 'email'", entry()),
        (fields(amount="amount"), "'value'", fields(value="amount", currency="stage")),
        (fields(phone="id"), "remove it: LinkedIn's Conversions API takes no phone number", entry()),
        (fields(value=100), "constants: {value: VALUE}", entry(constants={"value": 100, "currency": "EUR"})),
        (fields(country="DE"), "constants: {country: DE}", entry(constants={"country": "DE"})),
        (fields(company="Initech"), "write constants: {company: …}", entry(constants={"company": "Initech"})),
        (entry(unique_key="id"), "'key'", entry(key="id")),
        (entry(date_order="MM/DD/YYYY"), "write streams[0].date_order: mdy", entry(date_order="mdy")),
        (entry(date_order="us"), "mdy 12/31/2026", entry(date_order="mdy")),
        (
            {**entry(), "api_url": "localhost:8765"},
            "put http:// before it",
            {**entry(), "api_url": "http://localhost:8765"},
        ),
        (fields(email="$.profile.mail"), "'profile.mail'", fields(email="profile.mail")),
        (fields(email="profile->>mail"), "'profile.mail'", fields(email="profile.mail")),
        (fields(email="/profile/mail"), "'profile.mail'", fields(email="profile.mail")),
        (fields(email="profile__mail"), "'profile.mail'", fields(email="profile.mail")),
        (fields(email="profile:mail"), "'profile.mail'", fields(email="profile.mail")),
        (fields(email="{{ email }}"), "write the column's name as the stream's schema has it", entry()),
        (fields(email="${EMAIL_COLUMN}"), "write the column's name as the stream's schema has it", entry()),
        (fields(email="profile.mial"), "'profile.mail'", fields(email="profile.mail")),
        (fields(email="[email, stage]"), "as a list: [email, stage], or say", fields(email=["email", "stage"])),
        (fields(email='["email", stage]'), "as a list: [email, stage]", fields(email=["email", "stage"])),
        (fields(email="email;stage"), "as a list: [email, stage], or say", fields(email=["email", "stage"])),
        (entry(key="id, stage"), "as a list: [id, stage]", entry(key=["id", "stage"])),
        (fields(email='"email"'), "did you mean 'email'?", entry()),
        (fields(email="deals.email"), "did you mean 'email'?", entry()),
        (fields(value="amount/100"), "name the column alone, 'amount', with minor_units: true", fields(value="amount")),
        (
            fields(value="amount * 0.01"),
            "name the column alone, 'amount', with minor_units: true",
            fields(value="amount"),
        ),
        (fields(email="stage - 1"), "name the column alone, 'stage'; else calculate", fields(email="stage")),
        (fields(currency="eur"), "constants: {currency: EUR}", entry(constants={"currency": "EUR"})),
        (fields(email="emails.value"), "'emails[].value'", fields(email="emails[].value")),
        (fields(email="emails[*].value"), "'emails[].value'", fields(email="emails[].value")),
        (fields(company="emails.value"), "'emails[0].value'", fields(company="emails[0].value")),
        (fields(email="emails[0].Value"), "'emails[0].value'", fields(email="emails[0].value")),
        (fields(email="emails[0]value"), "'emails[0].value'", fields(email="emails[0].value")),
        (
            fields(email="emails[primary==true].value"),
            "'emails[primary=true].value'",
            fields(email="emails[primary=true].value"),
        ),
        (
            fields(email="emails[primary='true'].value"),
            "'emails[primary=true].value'",
            fields(email="emails[primary=true].value"),
        ),
        (
            fields(email="emails[?(@.primary==true)].value"),
            "'emails[primary=true].value'",
            fields(email="emails[primary=true].value"),
        ),
        (
            fields(email="emails[primary!=false].value"),
            "write .name, [0], [name=value] or []",
            fields(email="emails[primary=true].value"),
        ),
        (
            fields(email="emails[primry=true].value"),
            "check its steps against the column's schema",
            fields(email="emails[primary=true].value"),
        ),
        (fields(email="emails"), "such as emails[].value", fields(email="emails[].value")),
        (
            fields(email="emails[primary=true]"),
            "such as emails[primary=true].value",
            fields(email="emails[primary=true].value"),
        ),
        (fields(company="profile"), "such as profile.name", fields(company="profile.name")),
        (entry(stream=..., name="deals"), "did you mean 'stream'?", entry()),
        (entry(stream=..., streams="deals"), "did you mean 'stream'?", entry()),
        (entry(conversion_rule=[WON]), "write {column: COLUMN, rules: [{when: VALUE, rule: ID}]}", by_stage(WON)),
        (entry(conversion_rule="204 188 11"), "a number without spaces or marks", entry(conversion_rule="20418811")),
        (entry(conversion_rule="20.418.811"), "a number without spaces or marks", entry(conversion_rule="20418811")),
        (
            entry(conversion_rule="101, 102"),
            "as a list: streams[0].conversion_rule: [101,",
            entry(conversion_rule=[1, 2]),
        ),
        (
            entry(conversion_rule="urn:li:sponsoredCampaign:101"),
            "copy the number of the conversion rule",
            entry(),
        ),
        (fields(consent="company"), "it is a key of the entry: write it beside fields", entry()),
        (fields(city="company"), "takes the country alone", fields(country="country")),
        (fields(gclid="live"), "its own click id alone, li_fat_id", entry()),
        (entry(consent=["ads_consent"]), "write {column: ", entry()),
        (entry(consent={"column": "ads_consent", "denied": ["no"]}), "granted: [VALUE]", entry()),
        (entry(time_format=""), "it is empty: write it, or remove the key", entry()),
        (
            {**entry(), "flattening_enabled": True},
            "set flattening_max_depth: 1",
            {**entry(), "flattening_enabled": True, "flattening_max_depth": 1},
        ),
        (
            {**entry(), "stream_maps": {"deals": {"__filter__": "stage = 'MQL'"}}},
            "stream_maps.deals.__filter__: it assigns with =, which neither compares nor changes anything; compare with ==",
            {**entry(), "stream_maps": {"deals": {"__filter__": "stage == 'MQL'"}}},
        ),
        *(
            (
                {**entry(), "stream_maps": {"deals": {"email": broken}}},
                "stream_maps.deals.email: it cannot be read as one expression; write expressions as Python has them",
                {**entry(), "stream_maps": {"deals": {"email": "mail.lower()"}}},
            )
            for broken in ("mail.lower(", "", " mail", "mail; other", "import os", "mail if", "a\0b", "(" * 5000)
        ),
        (
            {**entry(), "api_url": "https://api.linkedin.com/rest/"},
            "end it behind the host's name",
            {**entry(), "api_url": "https://api.linkedin.com/"},
        ),
        ({**entry(), "granted": ["yes"]}, "under consent: {column: COLUMN, granted: [true]}", entry()),
        ({**entry(), "start_date": "2026-11-01"}, "'not_before'", {**entry(), "not_before": "2026-11-01"}),
        (entry(consent={"column": "ads_consent", "equals": "yes"}), "'granted'", entry()),
        (entry(consent={"field": "ads_consent"}), "'column'", entry()),
        (entry(tz="Europe/Berlin"), "'timezone'", entry(timezone="Europe/Berlin")),
        (entry(time_format="DD.MM.YYYY HH:mm"), '"%d.%m.%Y %H:%M"', entry(time_format="%d.%m.%Y %H:%M")),
        (entry(time_format="yyyy-MM-dd"), '"%Y-%m-%d"', entry(time_format="%Y-%m-%d")),
        (entry(time_format="dd.mm.yyyy hh:mm"), '"%d.%m.%Y %H:%M"', entry(time_format="%d.%m.%Y %H:%M")),
        (entry(time_format="ISO8601"), "remove it", entry()),
        (entry(cents=True), "'minor_units'", entry(minor_units=True)),
        (entry(hash=True), "remove it", entry()),
        (entry(key_properties=["id"]), "'key'", entry(key=["id"])),
        (entry(once_per="id"), "write streams[0].once_per: key,", entry(once_per="key", key="id")),
        (entry(undeclared_columns=True), "undeclared_columns: allow", entry(undeclared_columns="allow")),
        (entry(names="plaintext"), "did you mean plain?", entry(names="plain")),
        (entry(only={"live": True}), "{column: COLUMN, is: [VALUE]}", entry(only={"column": "live", "is": [True]})),
        (entry(only={"column": "live", "value": True}), "'is'", entry(only={"column": "live", "is": [True]})),
        ({**entry(), "retry_for_seconds": "15m"}, "retry_for_seconds: 900", {**entry(), "retry_for_seconds": 900}),
        ({**entry(), "max_reject_ratio": "50%"}, "max_reject_ratio: 0.5", {**entry(), "max_reject_ratio": 0.5}),
        ({**entry(), "select": ["deals.*"]}, "under its extractor in meltano.yml", entry()),
        ({**entry(), "environments": []}, "one level higher in meltano.yml", entry()),
        ({**entry(), "env": {"A": "b"}}, "one level higher in meltano.yml, beside config", entry()),
        ({**entry(), "dry_run_env": "DRY"}, "set the variable TARGET_LINKEDIN_CONVERSIONS_DRY_RUN", entry()),
        ({"streams.0.stream": "deals"}, "write it in the list: streams: [{stream: NAME,", entry()),
        ({"streams": "- stream: deals"}, 'write streams: [{"stream": "NAME", "conversion_rule": "ID"', entry()),
        ({**entry(), "version": 202609}, "'linkedin_version'", {**entry(), "linkedin_version": 202609}),
    ],
)
def test_a_slip_stops_with_a_mend_that_works_as_it_is_written(
    slip: dict[str, Any], mend: str, mended: dict[str, Any]
) -> None:
    assert mend in said_of(slip)
    load(mended)


@pytest.mark.parametrize(
    "second",
    [
        ENTRY,
        {**ENTRY, "consent": {"not_required": "all of them agreed"}},
        {**ENTRY, "timezone": "Europe/Berlin"},
        {**ENTRY, "conversion_rule": [102, "urn:lla:llaPartnerConversion:101"]},
    ],
)
def test_two_entries_that_make_the_same_conversions_stop(second: dict[str, Any]) -> None:
    assert said_of({"streams": [ENTRY, second]}).startswith("streams[1]: it makes the same conversions as streams[0]")


@pytest.mark.parametrize(
    ("more", "key", "is_told"),
    [
        ({"fields": {"email": "second_mail"}}, ["id"], True),
        ({"fields": {"email": "second_mail"}, "constants": {"country": "DE"}}, ["id"], True),
        ({"fields": {"email": "second_mail", "happened_at": "edited"}, "once_per": "row"}, ["id"], False),
        ({"fields": {"email": "second_mail"}, "source": "second contacts"}, ["id"], False),
        ({"fields": {"email": "second_mail"}, "key": "second_mail"}, ["id"], False),
        ({"fields": {"email": "second_mail"}, "only": {"column": "stage", "is": "won"}}, ["id"], False),
        ({"fields": {"email": "second_mail"}, "conversion_rule": 102}, ["id"], False),
        ({"fields": {"email": "second_mail"}}, [], False),
    ],
)
def test_an_entry_whose_events_have_the_ids_of_another_ones_is_told(
    more: dict[str, Any], key: list[str], *, is_told: bool
) -> None:
    first = {
        "stream": "deals",
        "conversion_rule": 101,
        "consent": {"not_required": "a test"},
        "fields": {"email": "mail"},
    }
    found = Settings.load({"access_token": "t", "streams": [first, {**first, **more}]})
    columns = ("id", "mail", "second_mail", "happened_at", "edited", "stage")
    plans = compile_plans("deals", {"properties": {name: {} for name in columns}}, key, list(found.streams), found)
    told = [warning for warning in plans[1].warnings if "source of its own" in warning]
    assert len(told) == is_told
    assert not any("source of its own" in warning for warning in plans[0].warnings)


@pytest.mark.parametrize(
    "second",
    [
        {**ENTRY, "conversion_rule": 102},
        {**ENTRY, "stream": "leads"},
        {**ENTRY, "fields": {"email": "email", "happened_at": "id"}},
        {**ENTRY, "only": {"column": "live", "is": [True]}},
        {**ENTRY, "fields": {**ENTRY["fields"], "email": "profile.mail"}},
        {**ENTRY, "key": "live"},
        by_stage(WON)["streams"][0],
    ],
)
def test_two_entries_of_different_conversions_both_apply(second: dict[str, Any]) -> None:
    assert len(load({"streams": [ENTRY, second]}).streams) == 2


@pytest.mark.parametrize(
    "setting", [one for one in SETTINGS if one.kind in {"integer", "number"}], ids=lambda one: one.name
)
def test_whoever_writes_a_unit_is_told_a_number_that_changes_nothing(setting: Any) -> None:
    said = said_of({setting.name: "many"})
    example = float(said.rpartition(f"for example {setting.name}: ")[2])
    assert example == setting.default or (setting.default is None and example > 0)


def test_every_mend_names_what_there_is() -> None:
    known = {
        **dict.fromkeys(StreamEntry.__struct_fields__),
        **dict.fromkeys(FIELDS),
        **dict.fromkeys(setting.name for setting in SETTINGS),
        **dict.fromkeys(
            ("conversion_rule", "column", "granted", "contains", "not_required", "when", "rule", "skip", "rules")
        ),
        **dict.fromkeys(("otherwise", "is")),
    }
    tables = (ENTRY_NAMES, FIELD_NAMES, CONSENT_KEYS, CASE_KEYS, RULE_KEYS, ONLY_KEYS, SETTING_NAMES)
    meant = [mend.split("'")[1] for table in tables for mend in table.values() if mend.startswith("did you mean '")]
    assert set(meant) <= known.keys()


def warned_of(**keys: Any) -> str:
    found = load(entry(**keys))
    plans = compile_plans("deals", SCHEMA, ["id"], list(found.streams), found)
    return " ".join(warning for plan in plans for warning in plan.warnings)


def test_a_slip_in_one_of_several_columns_is_a_warning_and_a_column_that_other_streams_have_is_none() -> None:
    with_slip = {"email": ["email", "cuontry"], "happened_at": "won_at"}
    assert "'cuontry'; did you mean 'country'?" in warned_of(fields=with_slip)
    assert "does not declare" not in warned_of(fields={**with_slip, "email": ["email", "customer_address"]})


def test_an_event_id_for_rules_alone_that_get_nothing_is_a_warning() -> None:
    named = {**ENTRY["fields"], "event_id": {"column": "id", "rules": [105]}}
    assert "the entry sends to none of them" in warned_of(fields=named)
    assert "sends to none" not in warned_of(fields=named, conversion_rule=[101, 105])
    assert "sends to none" not in warned_of(fields=named, conversion_rule={"column": "stage"})


@pytest.mark.parametrize(
    ("when", "warns"),
    [
        ("Closed*", True),
        ("%won%", True),
        ("MQL, SQL", True),
        ("won|paid", True),
        ("won", False),
        (["MQL", "SQL"], False),
        ("100 %", True),
    ],
)
def test_a_case_that_reads_like_a_pattern_or_a_list_is_a_warning_where_the_rest_is_skipped(
    when: Any, *, warns: bool
) -> None:
    def rules(otherwise: str) -> dict[str, Any]:
        return {"column": "stage", "rules": [{"when": when, "rule": 101}], "otherwise": otherwise}

    assert ("rules[0].when: a value is compared whole" in warned_of(conversion_rule=rules("skip"))) is warns
    assert "compared whole" not in warned_of(conversion_rule=rules("reject"))


def test_what_is_no_slip_is_read() -> None:
    for email in ("emails[].value", "emails[-1].value", "emails[primary=false].value"):
        assert load(fields(email=email)).streams
    assert load(fields(li_fat_id="profile")).streams  # an object may carry the click id


def test_a_value_in_two_cases_stops_where_they_have_different_rules() -> None:
    cases = [{"when": "Won", "rule": 103}, {"when": ["won ", "closed"], "rule": 103}]
    assert load(by_stage(cases)).streams
    assert "also that of" in said_of(by_stage([cases[0], {**cases[1], "rule": 104}]))
    assert "also that of" in said_of(by_stage([cases[0], {"when": "won", "skip": True}]))


@pytest.mark.parametrize("written", ["lies", "lied"])
def test_a_short_name_is_no_other_column_of_which_it_shares_some_letters(written: str) -> None:
    assert "did you mean" not in said_of(entry(deleted=written))


@pytest.mark.parametrize("written", ["emial", "mail", "stge"])
def test_a_short_name_with_one_slip_still_finds_its_column(written: str) -> None:
    assert "did you mean" in said_of(fields(email=written))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[{stream: deals}]", "expected a list, and the text is no JSON from line 1, column 3 on; "),
        ('[{"stream": "deals"}]]', "expected a list, and the text is no JSON from line 1, column 22 on; "),
        ('[{"stream": "deals",\n  canary}]', "expected a list, and the text is no JSON from line 2, column 3 on; "),
        ("[" * 100_000, "expected a list, and the text is no JSON; "),
        ('{"stream": "deals"}', "expected a list; "),
        ("deals", "expected a list; "),
    ],
)
def test_a_text_that_is_no_json_is_told_where_and_its_mend_is_json(text: str, said: str) -> None:
    sentence = said_of({"streams": text})
    assert sentence.startswith(f"streams: {said}write streams: ")
    assert "canary" not in sentence
    names = json.loads(sentence.partition("write streams: ")[2])[0]
    assert set(names) == {"stream", "conversion_rule", "fields", "consent"}
