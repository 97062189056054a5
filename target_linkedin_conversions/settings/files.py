"""Text files that people write: config files, as `--config FILE` names them, and how any of them is decoded."""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import select
import time
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import open_regular, path_shown
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings.paths import expanded, is_too_long
from target_linkedin_conversions.settings.unique_keys import DuplicateKeyError, json_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "FROM_ENVIRONMENT",
    "ConfigOption",
    "content_of",
    "decoded",
    "encoding_of",
    "lines_of",
    "named_files",
    "read_config",
]

_PIPE_SECONDS = 10.0
_PIPE_BYTES = 1 << 16
_LONGEST_CONFIG = 16 << 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FILE_URL = re.compile(r"\s*file:(?://(?:localhost)?)?(?=/)", re.IGNORECASE)
_OTHER_URL = re.compile(r"\s*[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""The URL of a storage, as `s3://…` and `dbfs:/…`; one letter is a drive of Windows."""
_YAML = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\n]*|---)?\r?\n)*[A-Za-z_]{1,60}:\s")
"""How a file begins whose settings are written as in `meltano.yml`."""


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or what its byte order mark says; raises `UnicodeError`."""
    return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")


def encoding_of(data: bytes) -> str:
    """In which encoding such a file is written anew, with its byte order mark, by which spreadsheets know it."""
    if data.startswith(_UTF_16):
        return "utf-16"
    return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"


def lines_of(path: str, setting: str, mend: str) -> list[str]:
    """The lines of a text file that a setting names; raises `ConfigError`."""
    try:
        with open_regular(Path(path)) as file:
            return decoded(file.read()).splitlines()
    except OSError as error:
        raise ConfigError(setting, f"the file cannot be read ({error.strerror})", mend) from None
    except UnicodeError:
        raise ConfigError(setting, "the file cannot be read as text", mend) from None


def _mend_of(data: bytes) -> str:
    """What to do with a config file that is no JSON."""
    if _YAML.match(data) is None:
        return (
            "mend the file: JSON has no comments, no comma behind the last entry, and texts and names in double quotes"
        )
    return (
        "mend the file: it is written as in meltano.yml, where it belongs under `config:`; a config file is JSON, as "
        "`linkedin-conversions preview --init --json` prints it under `config`"
    )


def _fault_of(error: Exception, data: bytes) -> tuple[str, str]:
    """Why a config file cannot be read, and what to do: commas are blamed for what they can mend alone."""
    match error:
        case json.JSONDecodeError() if not data.startswith(_UTF_16):
            return f"is no JSON (line {error.lineno})", _mend_of(data)
        case UnicodeError() if not data.startswith(_UTF_16):
            return "is not in UTF-8", "save it in UTF-8"
        case ValueError() if not isinstance(error, (json.JSONDecodeError, UnicodeError)):
            return "holds a number of thousands of digits", "take it out: no setting is that long"
        case _:
            return "is no JSON text", _mend_of(data)


class ConfigOption(msgspec.Struct, frozen=True):
    """What people name config files by: the option as they write it, what to do instead, and what such a file looks like."""

    name: str
    for_variables: str
    form: str = '{"setting": value, …}'


FROM_ENVIRONMENT = "ENV"
"""What stands in the place of a file's name where variables are to be read."""

_OF_COMMANDS = ConfigOption("--config", f"write --config {FROM_ENVIRONMENT}")


def named_files(config: Iterable[str]) -> list[str]:
    """What `--config` names beside the environment, for which the word ENV stands."""
    return [path for path in config if path != FROM_ENVIRONMENT]


def read_config(paths: Sequence[PurePath | str], option: ConfigOption = _OF_COMMANDS) -> dict[str, Any]:
    """The settings of one file after another, a later one over an earlier one; raises `ConfigError`."""
    config: dict[str, Any] = {}
    for path in paths:
        config |= _read(_located(str(path), option), option)
    return config


def _located(given: str, option: ConfigOption) -> Path:
    """The file that an option names; what is no path is never repeated, for it may be a secret."""
    if _exists(given):
        return Path(given)
    if (url := _FILE_URL.match(given)) is not None:
        return _of_url(given[url.end() :].rstrip(), option)
    if _OTHER_URL.match(given):
        raise ConfigError(
            option.name,
            "it was given a URL, where the path of a file is expected",
            f"copy that file to this machine and name it there, or {option.for_variables}",
        )
    if given.lstrip()[:1] in {"{", "["}:
        raise ConfigError(
            option.name,
            "it was given settings, where the path of a file is expected",
            f"write them to a JSON file and name it, or set them as variables and {option.for_variables}",
        )
    if given.strip().upper() == "ENV":
        raise ConfigError(option.name, "it was given the environment, where a file is expected", option.for_variables)
    if not given.strip() or not given.isprintable() or "=" in given or is_too_long(given.encode(errors="replace")):
        raise ConfigError(
            option.name, "what it was given is no path", f"name a readable JSON file, or {option.for_variables}"
        )
    return Path(expanded(given.strip(), option.name))


def _of_url(path: str, option: ConfigOption) -> Path:
    """The file whose path a `file:` URL holds, as Spark and browsers write it: as it stands, or with its escapes undone."""
    found = path if _exists(path) else unquote(path)
    if not found.isprintable() or is_too_long(found.encode(errors="replace")):
        raise ConfigError(
            option.name, "what it was given is no path", f"name a readable JSON file, or {option.for_variables}"
        )
    return Path(found)


def _exists(given: str) -> bool:
    try:
        return bool(given) and Path(given).exists()
    except (OSError, ValueError):  # too long, or holds a zero byte
        return False


def _shown(path: Path) -> str:
    """The file in a message: its path, where that is one for certain."""
    text = path_shown(str(path), "")
    return f"the file {text}" if text else "the file that it names"


def content_of(path: Path, longest: int) -> bytes:
    """A file's content, or a pipe's, as a shell's `--config <(command)` names one; whoever writes to it is not waited for long.

    Raises `OSError`, also where it is longer.
    """
    if not path.is_fifo():
        with open_regular(path) as file:
            data = file.read(longest + 1)
        _check_size(data, longest)
        return data
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    until = time.monotonic() + _PIPE_SECONDS
    found = bytearray()
    try:
        while True:
            try:
                piece = os.read(pipe, _PIPE_BYTES)
            except BlockingIOError:
                if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
                    raise TimeoutError(errno.ETIMEDOUT, "nothing came through the pipe") from None
            else:
                if not piece:
                    return bytes(found)
                found += piece
                _check_size(found, longest)
    finally:
        os.close(pipe)


def _check_size(data: bytes | bytearray, longest: int) -> None:
    """Raise `OSError` for more than such a file holds, as a pipe without an end gives."""
    if len(data) > longest:
        raise OSError(errno.EFBIG, f"it is larger than {longest >> 20} MiB")


def _has_halves(found: object) -> bool:
    """Whether a text in it cannot be written anywhere, as it holds half of a pair of UTF-16."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except RecursionError:  # the reader of the setting reports what it should be
        pass
    return False


def _read(path: Path, option: ConfigOption) -> dict[str, Any]:
    try:
        data = content_of(path, _LONGEST_CONFIG)
    except OSError as error:
        raise ConfigError(
            option.name,
            f"{_shown(path)} cannot be read ({error.strerror})",
            f"name a readable JSON file, or {option.for_variables}",
        ) from None
    try:
        found = json_of(decoded(data))
    except DuplicateKeyError as error:
        problem = f"{_shown(path)} says {name_shown(error.name)!r} twice in one object, and only the last would count"
        raise ConfigError(option.name, problem, "keep one of the two") from None
    except (ValueError, RecursionError) as error:
        what, mend = _fault_of(error, data)
        raise ConfigError(option.name, f"{_shown(path)} {what}", mend) from None
    if _has_halves(found):
        raise ConfigError(
            option.name, f"{_shown(path)} holds half of a character", r"mend the \ud800 or the like in it"
        )
    if not isinstance(found, dict):
        raise ConfigError(option.name, f"{_shown(path)} holds no JSON object", f"write {option.form}")
    return found
