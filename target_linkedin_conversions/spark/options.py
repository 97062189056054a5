"""Reads the options of a write: settings from options, file and environment, the stream and the key of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import BY_NAME, ENVIRONMENT_PREFIX, WITHOUT_EFFECT
from target_linkedin_conversions.settings.files import ConfigOption, read_config
from target_linkedin_conversions.settings.lists import column_names
from target_linkedin_conversions.settings.other_names import SPARK_NAMES
from target_linkedin_conversions.settings.parts import OBJECTS
from target_linkedin_conversions.settings.streams import NOT_A_SETTING
from target_linkedin_conversions.settings.values import EMPTY, text, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["CHECKPOINT", "OWN_OPTIONS", "Given", "read_options"]

CHECKPOINT = "checkpointlocation"
"""Spark's own option for the place of a streaming query's progress."""

OWN_OPTIONS = ("stream", "key", "config")
"""Options that are no settings."""
_CONFIG = ConfigOption("config", "leave the option out, as variables of the driver's environment count anyway")
_OF_SPARK = (CHECKPOINT, "queryname", "outputmode")
"""Options that Spark hands on, though they are its own."""


class Given(msgspec.Struct, frozen=True):
    """The settings of a write, the stream that its rows are of, and the columns that tell a row from all others."""

    settings: Settings
    stream: str
    key: tuple[str, ...]


def read_options(options: Mapping[str, str], columns: Sequence[str], environment: Mapping[str, str]) -> Given:
    """The options of a write, of which any is a setting by its name; raises `ConfigError`.

    Options count above variables of the environment, and these above the file that the option `config` names.
    """
    given = {name.lower(): value for name, value in options.items() if value not in EMPTY}
    for name in _OF_SPARK:
        given.pop(name, None)
    _check_names(given)
    own = {name: given.pop(name, None) for name in OWN_OPTIONS}
    file = read_config([own["config"]], _CONFIG) if own["config"] is not None else {}
    others = {name: value for name, value in environment.items() if _setting_of(name) not in given}
    settings = Settings.load({**file, **given}, others)
    return Given(settings, _stream(own["stream"], settings), _key(own["key"], columns))


def _check_names(given: Mapping[str, str]) -> None:
    if "path" in given:
        raise ConfigError("save", "there is no place to save to", "write save() without a path")
    known = (*OWN_OPTIONS, *BY_NAME)
    for name in given:
        if name not in (*known, *WITHOUT_EFFECT) and name.partition(".")[0] not in OBJECTS:
            raise unknown("options", "option", name, known, {**SPARK_NAMES, **NOT_A_SETTING})


def _setting_of(variable: str) -> str:
    """The setting that a variable of the environment holds, or a part of."""
    name = variable.removeprefix(ENVIRONMENT_PREFIX).lower() if variable.startswith(ENVIRONMENT_PREFIX) else ""
    return next((whole for whole in OBJECTS if name.startswith(f"{whole}_")), name)


def _stream(given: str | None, settings: Settings) -> str:
    """The stream that the option names, or else the only one that an entry names."""
    if given is not None:
        return text(given, "stream")
    names = {entry.stream for entry in settings.streams}
    if len(names) == 1 and not set(name := names.pop()) & set("*?["):
        return name
    raise ConfigError("stream", "it is not said which stream the rows are of", 'add .option("stream", NAME)')


def _key(given: str | None, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of the key: one, several with commas between, or JSON."""
    if given is None:
        return ()
    names = column_names(given, "key")
    if len(names) == 1 and names[0] not in columns:
        names = tuple(name.strip() for name in names[0].split(",") if name.strip())
    if not names:
        raise wrong("key", "a column's name, or several with commas between", "name one, or leave the option out")
    for name in names:
        if name not in columns:
            raise unknown("key", "column", name, tuple(columns))
    return names
