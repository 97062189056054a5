from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from target_linkedin_conversions.settings import SETTINGS, Setting
from target_linkedin_conversions.settings.schema import config_jsonschema


def test_the_published_schema_names_every_setting_with_its_default_and_meaning() -> None:
    found = config_jsonschema()["properties"]
    assert list(found) == [setting.name for setting in SETTINGS]
    for setting in SETTINGS:
        assert found[setting.name]["description"] == setting.description
        assert found[setting.name].get("default") == setting.default
        assert found[setting.name].get("enum", []) == list(setting.options)


def test_the_published_schema_marks_what_may_hold_a_secret() -> None:
    found = config_jsonschema()["properties"]
    marked = {name for name, entry in found.items() if entry.get("secret") and entry.get("writeOnly")}
    assert marked == {setting.name for setting in SETTINGS if setting.secret}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.name))
def test_the_published_schema_takes_text_and_the_default(setting: Setting) -> None:
    validator = Draft202012Validator(config_jsonschema())
    values = [setting.options[0] if setting.options else "1", setting.default]
    for value in values if setting.options else [*values, None]:
        validator.validate({setting.name: value})
