"""The settings as JSON Schema: what `--about` shows, generated from the table."""

from __future__ import annotations

from typing import Any

from target_linkedin_conversions.settings.definitions import SETTINGS, Setting

__all__ = ["config_jsonschema"]

_TYPES = {
    "string": ["string", "integer", "array", "null"],
    "integer": ["integer", "number", "string", "null"],
    "number": ["number", "string", "null"],
    "boolean": ["boolean", "string", "null"],
    "array": ["array", "string", "null"],
    "object": ["object", "string", "null"],
    "options": ["string", "null"],
    "date_iso8601": ["string", "null"],
}


def config_jsonschema() -> dict[str, Any]:
    """A fresh JSON Schema of all settings."""
    return {
        "type": "object",
        "properties": {setting.name: _property(setting) for setting in SETTINGS},
    }


def _property(setting: Setting) -> dict[str, Any]:
    made: dict[str, Any] = {"type": _TYPES[setting.kind], "description": setting.description}
    if setting.default is not None:
        made["default"] = setting.default
    if setting.secret:
        made["secret"] = True
        made["writeOnly"] = True
    if setting.options:
        made["enum"] = list(setting.options)
    return made
