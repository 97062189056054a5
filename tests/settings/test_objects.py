"""Objects are put together from the parts they come in, and their shape is looked at before the SDK sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

LEADS = {"stream_maps": {"leads": {"email": "mail.lower()", "__filter__": "ok"}}}
ENTRIES = [
    {"stream": name, "conversion_rule": 1, "consent": {"not_required": "x"}} for name in ("public-deals", "leads")
]


def maps(settings: Settings) -> Any:
    return settings.sdk["stream_maps"]


@pytest.mark.parametrize(
    "config",
    [
        LEADS,
        {"stream_maps": json.dumps(LEADS["stream_maps"])},
        {"stream_maps.leads.email": "mail.lower()", "stream_maps.leads.__filter__": "ok"},
        {"stream_maps.leads": {"email": "mail.lower()", "__filter__": "ok"}},
        {"stream_maps": {"leads": {"__filter__": "ok"}}, "stream_maps.leads.email": "mail.lower()"},
        {"stream_maps": {"leads": '{"email": "mail.lower()", "__filter__": "ok"}'}},
        {"stream_maps": {"leads.email": "mail.lower()", "leads.__filter__": "ok"}},
    ],
)
def test_dotted_keys_of_a_config_file_are_put_together(load: Callable[..., Settings], config: dict[str, Any]) -> None:
    assert maps(load(config)) == LEADS["stream_maps"]


# As Meltano 4.4.1 writes them for the plugin's commands (measured).
BY_MELTANO = {
    "stream_maps": '{"public-leads.email": "mail.lower()", "public-leads.__filter__": "ok", "public-leads.gone": null, "__else__": null}',
    "stream_maps_public_leads_email": "mail.lower()",
    "stream_maps_public_leads___filter__": "ok",
    "stream_map_config": '{"salt": "x", "Nested.A_b": 1, "Nested.flag": true}',
    "stream_map_config_salt": "x",
    "stream_map_config_nested_a_b": "1",
    "batch_config": '{"encoding.format": "jsonl", "storage.root": "file:///b", "storage.prefix": "", "batch_size": 10}',
    "batch_config_encoding_format": "jsonl",
    "batch_config_storage_root": "file:///b",
    "faker_config": '{"locale": ["en_US"], "seed": "1"}',
    "faker_config_seed": "1",
}


def test_what_meltano_writes_to_the_environment_is_what_it_writes_to_the_file(load: Callable[..., Settings]) -> None:
    found = load({}, **BY_MELTANO)
    assert found.sdk | {"validate_records": None} == {
        "stream_maps": {
            "public-leads": {"email": "mail.lower()", "__filter__": "ok", "gone": None},
            "__else__": None,
        },
        "stream_map_config": {"salt": "x", "Nested": {"A_b": 1, "flag": True}},
        "batch_config": {
            "encoding": {"format": "jsonl"},
            "storage": {"root": "file:///b", "prefix": ""},
            "batch_size": 10,
        },
        "faker_config": {"locale": ["en_US"], "seed": "1"},
        "validate_records": None,
    }
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("variables", "meant"),
    [
        ({"STREAM_MAPS_leads_email": "mail.lower()"}, {"leads": {"email": "mail.lower()"}}),
        (
            {"STREAM_MAPS_LEADS_WORK_EMAIL": "x", "STREAM_MAPS_LEADS___FILTER__": "ok"},
            {"leads": {"work_email": "x", "__filter__": "ok"}},
        ),
        ({"STREAM_MAPS_PUBLIC_DEALS_EMAIL": "x"}, {"public-deals": {"email": "x"}}),
        ({"STREAM_MAPS_PUBLIC_DEALS": "__NULL__"}, {"public-deals": "__NULL__"}),
        ({"STREAM_MAPS___ELSE__": "__NULL__"}, {"__else__": "__NULL__"}),
        ({"STREAM_MAPS_other_Mail": "x"}, {"other": {"Mail": "x"}}),
        ({"STREAM_MAPS_LEADS___KEY_PROPERTIES__": '["id"]'}, {"leads": {"__key_properties__": ["id"]}}),
    ],
)
def test_variables_that_hold_parts_only_are_put_together_and_said(
    variables: dict[str, str], meant: dict[str, Any]
) -> None:
    named = {f"TARGET_LINKEDIN_CONVERSIONS_{name}": value for name, value in variables.items()}
    found = Settings.load({"access_token": "t", "streams": ENTRIES}, named)
    assert maps(found) == meant
    assert len(found.warnings) == len(variables)
    assert all(
        "is read as stream_maps." in warning and "STREAM_MAPS to the whole" in warning for warning in found.warnings
    )


def test_the_whole_counts_more_than_its_parts(load: Callable[..., Settings]) -> None:
    found = load({}, stream_maps='{"Leads": {"Email": "x"}}', stream_maps_leads_email="y")
    assert maps(found) == {"Leads": {"Email": "x"}}
    assert found.warnings == ()


def test_parts_of_the_other_objects_are_put_together(load: Callable[..., Settings]) -> None:
    found = load(
        {},
        batch_config_encoding_format="jsonl",
        batch_config_storage_root="file:///b",
        batch_config_batch_size="10",
        stream_map_config_salt="x",
        faker_config_seed="7",
        faker_config_locale='["de_DE"]',
    )
    assert found.sdk["batch_config"] == {
        "encoding": {"format": "jsonl"},
        "storage": {"root": "file:///b"},
        "batch_size": 10,
    }
    assert found.sdk["stream_map_config"] == {"salt": "x"}
    assert found.sdk["faker_config"] == {"seed": "7", "locale": ["de_DE"]}
    assert found.warnings == ()


@pytest.mark.parametrize("variable", ["batch_config_storage_rot", "faker_config_sed", "stream_map", "streams_0_stream"])
def test_a_variable_that_is_no_part_of_anything_warns(load: Callable[..., Settings], variable: str) -> None:
    (warning,) = load({}, **{variable: "canary"}).warnings
    assert warning.startswith(f"TARGET_LINKEDIN_CONVERSIONS_{variable.upper()} is no setting and has no effect")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"public.leads": {"a.b": "x"}}, {"public.leads": {"a.b": "x"}}),
        ({"public.leads": None}, {"public.leads": None}),
        ({"public": {"leads": {"email": "x"}}}, {"public.leads": {"email": "x"}}),
        ({"public.leads.email": "x"}, {"public.leads": {"email": "x"}}),
        ({r"public\.leads.email": "x"}, {"public.leads": {"email": "x"}}),
        ({r"leads.a\.b": "x"}, {"leads": {"a.b": "x"}}),
        ({"leads": {}}, {"leads": {}}),
        ({"*": {"email": "x"}}, {"*": {"email": "x"}}),
    ],
)
def test_a_dot_in_a_name_stays_one(
    load: Callable[..., Settings], written: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert maps(load({"stream_maps": written})) == meant


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "maps_are_a_list": ({"stream_maps": ["canary"]}, "stream_maps: "),
    "maps_are_text": ({"stream_maps": "canary"}, "stream_maps: "),
    "maps_are_a_number": ({"stream_maps": 7}, "stream_maps: "),
    "map_is_text": ({"stream_maps": {"leads": "canary"}}, "stream_maps.leads: "),
    "map_is_a_list": ({"stream_maps": {"leads": ["canary"]}}, "stream_maps.leads: "),
    "map_is_true": ({"stream_maps": {"leads": True}}, "stream_maps.leads: "),
    "map_is_a_number": ({"stream_maps": {"leads": 3}}, "stream_maps.leads: "),
    "expression_is_a_number": ({"stream_maps": {"leads": {"x": 3}}}, "stream_maps.leads.x: "),
    "expression_is_true": ({"stream_maps": {"leads": {"x": True}}}, "stream_maps.leads.x: "),
    "expression_is_a_list": ({"stream_maps": {"leads": {"x": ["canary"]}}}, "stream_maps.leads.x: "),
    "expression_is_an_object": ({"stream_maps": {"leads": {"x": "1", "a": {"b": "canary"}}}}, "stream_maps.leads.a: "),
    "dotted_expression": ({"stream_maps": {"leads.x": "1", "leads.a.b": "canary"}}, "stream_maps.leads.a: "),
    "dotted_stream_is_a_list": ({"stream_maps": {"public.leads": ["canary"]}}, "stream_maps.public"),
    "filter_is_true": ({"stream_maps": {"leads": {"__filter__": True}}}, "stream_maps.leads.__filter__: "),
    "filter_is_a_list": ({"stream_maps": {"leads": {"__filter__": ["canary"]}}}, "stream_maps.leads.__filter__: "),
    "else_is_text": ({"stream_maps": {"leads": {"__else__": "canary"}}}, "stream_maps.leads.__else__: "),
    "else_of_all_is_text": ({"stream_maps": {"__else__": "canary"}}, "stream_maps.__else__: "),
    "keys_are_text": ({"stream_maps": {"leads": {"__key_properties__": "canary"}}}, "stream_maps.leads.__key_"),
    "alias_is_a_number": ({"stream_maps": {"leads": {"__alias__": 3}}}, "stream_maps.leads.__alias__: "),
    "filter_without_stream": ({"stream_maps": {"__filter__": "canary"}}, "stream_maps.__filter__: "),
    "config_is_a_list": ({"stream_map_config": ["canary"]}, "stream_map_config: "),
    "config_is_text": ({"stream_map_config": "canary"}, "stream_map_config: "),
    "batch_is_text": ({"batch_config": "canary"}, "batch_config: "),
    "encoding_is_text": ({"batch_config": {"encoding": "canary"}}, "batch_config.encoding: "),
    "storage_is_text": ({"batch_config": {"storage": "canary"}}, "batch_config.storage: "),
    "storage_without_root": ({"batch_config": {"storage": {"prefix": "canary"}}}, "batch_config.storage: "),
    "size_is_text": ({"batch_config": {"batch_size": "canary"}}, "batch_config.batch_size: "),
    "faker_is_a_list": ({"faker_config": ["canary"]}, "faker_config: "),
    "seed_is_a_list": ({"faker_config": {"seed": ["canary"]}}, "faker_config.seed: "),
    "locale_is_a_number": ({"faker_config": {"locale": 7}}, "faker_config.locale: "),
    "locales_are_numbers": ({"faker_config": {"locale": [7]}}, "faker_config.locale: "),
}


@pytest.mark.parametrize(("config", "place"), WRONG.values(), ids=WRONG)
def test_an_object_of_the_wrong_shape_names_its_place(
    load: Callable[..., Settings], config: dict[str, Any], place: str
) -> None:
    for given, variables in ((config, {}), ({}, {name: json.dumps(value) for name, value in config.items()})):
        with pytest.raises(ConfigError) as caught:
            load(given, **variables)
        assert str(caught.value).startswith(place)
        assert "canary" not in str(caught.value)
