"""Settings in environment variables of our prefix, and in a `.env` file beside the program."""

from __future__ import annotations

import errno
import os
import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import ALMOST_THE_SAME, nearest
from target_linkedin_conversions.private_files import open_regular
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings.definitions import BY_NAME, ENVIRONMENT_PREFIX, WITHOUT_EFFECT
from target_linkedin_conversions.settings.files import content_of, decoded
from target_linkedin_conversions.settings.lists import json_or
from target_linkedin_conversions.settings.parts import OBJECTS, nested, path_of_variable

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

__all__ = [
    "fill_from_dotenv",
    "from_environment",
    "is_of_meltano",
    "stream_names",
    "unread_credentials",
    "unread_variables",
]

_DOTENV = ".env"
_LONGEST_DOTENV = 1 << 20
"""Bytes; ten times as much takes its reader more than half a minute (measured)."""
_BY_VARIABLE = {name.upper(): name for name in (*BY_NAME, *WITHOUT_EFFECT)}
_ALMOST_OURS = ("TARGET_LINK", "TARGET_LNKEDIN", "LINKEDIN_CONVERSION")
"""How a variable begins whose prefix may be a misspelt one of ours."""
_WHERE_TO = ("api_url", "oauth_url", "dry_run")
"""Settings that say where events go, if anywhere."""
_TOKEN_NAME = re.compile(
    r"(\w+_)?(LINKED_?IN_|LI_)(\w+_)?TOKEN|(LINKED_?IN_)(\w+_)?(SECRET_)?KEY|ACCESS_TOKEN|\w*LINKEDIN_?TOKEN",
    re.ASCII | re.IGNORECASE,
).fullmatch
"""A variable that somebody may have meant as ours, where ours is missing."""


def from_environment(
    environment: Mapping[str, str], streams: Sequence[str] = ()
) -> tuple[dict[str, object], list[str]]:
    """The settings that variables of our prefix hold, and a warning for each unknown one.

    A part of an object has a dotted key; it counts only where no variable holds the whole. `streams` are the names
    that tell a stream from its column in the name of such a variable.
    """
    found: dict[str, object] = {}
    parts: dict[str, str] = {}
    misspelt: list[str] = []
    for variable, value in environment.items():
        if not value:
            continue
        if not variable.startswith(ENVIRONMENT_PREFIX):
            if variable.startswith(_ALMOST_OURS) and (meant := _almost(variable)):
                misspelt.append(f"{variable} is not read; did you mean {meant}?")
            continue
        rest = variable.removeprefix(ENVIRONMENT_PREFIX)
        name = _BY_VARIABLE.get(rest)
        if name is not None:
            found[name] = _whole(name, value)
        elif not _is_of_others(rest):
            parts[rest] = value
    return found, [*misspelt, *_take_parts(found, parts, streams)]


def _almost(variable: str) -> str:
    """The variable of ours that this one is a misspelling of; empty where it may be another program's."""
    rest = variable.removeprefix(ENVIRONMENT_PREFIX)
    prefix = ENVIRONMENT_PREFIX if rest == variable else ""
    meant = nearest(rest, [prefix + name for name in _BY_VARIABLE], alike=ALMOST_THE_SAME)
    return "" if meant is None else f"{'' if prefix else ENVIRONMENT_PREFIX}{meant}"


def _whole(name: str, value: str) -> object:
    """A variable's value; an object whose inner names Meltano joined by dots, in its own shape."""
    given = json_or(value, dict) if name in OBJECTS and name != "stream_maps" else value
    return nested(given) if isinstance(given, dict) else value


def _take_parts(found: dict[str, object], parts: Mapping[str, str], streams: Sequence[str]) -> list[str]:
    """Add the parts of objects that no variable holds whole; a warning for each that is none."""
    warnings: list[str] = []
    wholes = [name for name in OBJECTS if name in found]
    for rest, value in parts.items():
        setting = next((name for name in OBJECTS if rest.startswith(f"{name.upper()}_")), None)
        key = None if setting is None else path_of_variable(setting, rest[len(setting) + 1 :], streams)
        if setting is None or key is None:
            meant = nearest(rest, _BY_VARIABLE)
            mend = f"; did you mean {ENVIRONMENT_PREFIX}{meant}?" if meant else ""
            warnings.append(f"{name_shown(f'{ENVIRONMENT_PREFIX}{rest}')} is no setting and has no effect{mend}")
        elif setting not in wholes:
            found[key] = value
            if setting == "stream_maps":
                warnings.append(
                    f"{ENVIRONMENT_PREFIX}{rest} is read as {key}, for a variable's name keeps neither case nor dots; "
                    f"to be certain, set {ENVIRONMENT_PREFIX}STREAM_MAPS to the whole object as JSON"
                )
    return warnings


def _is_of_others(name: str) -> bool:
    """Whether a variable of our prefix is the SDK's log level or one of Meltano's own extras."""
    return name == "LOGLEVEL" or name.startswith("_")


def stream_names(*configs: Mapping[str, object]) -> list[str]:
    """The streams that the entries of `streams` name, whatever else is wrong with them."""
    found = [json_or(config.get("streams"), list) for config in configs]
    entries = [entry for listed in found if isinstance(listed, list) for entry in listed if isinstance(entry, dict)]
    return [name for entry in entries if isinstance(name := entry.get("stream"), str) and not set(name) & set("*?[")]


def unread_credentials(*, from_files: bool) -> str:
    """What to say of a place that holds a token and is not read, behind a message; empty where there is none.

    `from_files`: the environment has not been read, as without `--config ENV`.
    """
    by_meltano = from_files and is_of_meltano()
    unread = [_token_of_another_name(from_files=from_files and not by_meltano)]
    if from_files:
        given = [name for kind in ("ACCESS", "REFRESH") if os.environ.get(name := f"{ENVIRONMENT_PREFIX}{kind}_TOKEN")]
        unread += [
            _without_definition(name) if by_meltano else f"{name} is read with --config ENV only" for name in given
        ]
        unread += (
            ["the .env file in this folder is read with --config ENV only"] if _has_dotenv() and not by_meltano else []
        )
    return "".join(f"; {told}" for told in unread if told)


def is_of_meltano() -> bool:
    """Whether Meltano has started this program: it reads variables and `.env` itself, and hands a file over."""
    return "MELTANO_LOADER_NAME" in os.environ


def _without_definition(variable: str) -> str:
    """What to say of a variable that Meltano knows no setting for."""
    name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
    setting = f"{{name: {name}, kind: string, sensitive: true}}"
    return f"{variable} is set and no setting of the loader: add {setting} to its settings in meltano.yml"


def unread_variables(read: Mapping[str, object]) -> list[str]:
    """A warning for each variable that is not read, as without `--config ENV`, and would have kept events from where they go."""
    return [
        f"{variable} is not read, and says something else than the settings that are; let the environment count (--config ENV; "
        "in Python Settings.load(…, os.environ)), or remove it"
        for name in _WHERE_TO
        if os.environ.get(variable := f"{ENVIRONMENT_PREFIX}{name.upper()}")
        and not (name == "dry_run" and read[name])
        and _reads(name, os.environ[variable]) != read[name]
    ]


def _reads(name: str, text: str) -> object:
    """What a setting's text means; None where it means nothing."""
    try:
        return BY_NAME[name].read(text, name)
    except ConfigError:
        return None


def _has_dotenv() -> bool:
    """Whether the working directory has a `.env` file with settings of ours."""
    try:
        with open_regular(Path(_DOTENV)) as file:
            return ENVIRONMENT_PREFIX in decoded(file.read())
    except (OSError, UnicodeError):
        return False


def _token_of_another_name(*, from_files: bool) -> str:
    """What to say of a variable that looks like our token and is not read; empty where there is none."""
    names = (name for name in sorted(os.environ) if name.removeprefix(ENVIRONMENT_PREFIX) not in _BY_VARIABLE)
    found = next((name for name in names if _is_of_a_token(name) and os.environ[name]), None)
    if found is None:
        return ""
    wanted = f"{ENVIRONMENT_PREFIX}{'REFRESH' if 'REFRESH' in found.upper() else 'ACCESS'}_TOKEN"
    return f"{found} is not read: name it {wanted}{', and give --config ENV' if from_files else ''}"


def _is_of_a_token(name: str) -> bool:
    ours = name.startswith(ENVIRONMENT_PREFIX) and name.endswith("TOKEN")
    return ours or bool(_TOKEN_NAME(name)) or _almost(name) == f"{ENVIRONMENT_PREFIX}ACCESS_TOKEN"


def fill_from_dotenv(environment: MutableMapping[str, str]) -> None:
    """Add what the working directory's `.env` sets and the environment does not; raises `ConfigError`.

    Every variable, as the SDK does, for a storage's or a proxy's are read from the environment too.
    """
    text = _dotenv_text()
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            start = binding.original.string
            line = binding.original.line + start[: len(start) - len(start.lstrip())].count("\n")
            raise ConfigError(
                _DOTENV, f"line {line} of the file cannot be read", "write NAME=value, and close the quotes of a value"
            )
    for name, value in dotenv_values(stream=StringIO(text)).items():
        empty = name.startswith(ENVIRONMENT_PREFIX) and not environment.get(name)
        if value is not None and "\0" not in name + value and (empty or name not in environment):
            environment[name] = value


def _dotenv_text() -> str:
    path = Path(_DOTENV)
    try:
        if not path.is_file():
            return ""
        return decoded(content_of(path, _LONGEST_DOTENV))
    except OSError as error:
        mend = "keep in it only what is to be set" if error.errno == errno.EFBIG else "make it readable"
        raise ConfigError(_DOTENV, f"the file cannot be read ({error.strerror})", mend) from None
    except UnicodeError:
        raise ConfigError(_DOTENV, "the file is no text in UTF-8", "save it as UTF-8") from None
