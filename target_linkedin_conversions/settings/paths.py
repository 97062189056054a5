"""Paths and URLs of files as people write them: `~` is filled in, everything else must be there already."""

from __future__ import annotations

import os
import re
import sys

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.values import QUOTES

__all__ = ["database_url", "expanded", "is_too_long", "local_path", "path_or_url"]

_EXAMPLES = {
    "state_dir": ".linkedin-conversions",
    "suppress": "suppress.csv",
    "ledger_url": "postgresql://HOST/DATABASE",
}
_LONGEST_NAME, _LONGEST_PATH = 255, 4_000
"""Bytes that file systems take of one name, and of a whole path with room for the files in it."""
_FILE_WITHOUT_PATH = re.compile(r"(?:file|local)://(?!/+[^/])", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\$|\{\{|\}\}|%[A-Za-z_]+%")


def path_or_url(value: object, place: str) -> str:
    """A path or URL of files, `~` expanded."""
    found = _text(value, place)
    if _FILE_WITHOUT_PATH.match(found) is not None:
        # Its driver takes a host for a folder beside the program, and none for that folder itself.
        problem = "a file:// URL needs the whole path of a folder, from / on, and no host"
        raise ConfigError(place, problem, f"for example {place}: file:///var/lib/linkedin-conversions")
    return expanded(found, place)


def local_path(value: object, place: str) -> str:
    """A path on this machine, `~` expanded."""
    found = _text(value, place)
    if "://" in found:
        raise ConfigError(
            place,
            "expected a local path, not a URL",
            f"for example {place}: /var/lib/linkedin-conversions",
        )
    return expanded(found, place)


def database_url(value: object, place: str) -> str:
    """A database's URL; its password may hold anything, so only what is no URL from the start is refused."""
    found = _text(value, place)
    if found[0] in QUOTES:
        raise ConfigError(place, "it stands in quotes that belong to its value", "remove the quotes around it")
    if found[0] in "$%{":
        raise _unfilled(place, "write the URL itself")
    if not found.isprintable():  # of a SQLite file the path is shown, as any path is
        problem = "it holds a line break or a character that is not seen"
        raise ConfigError(place, problem, "write it without, or such a character of a password as %0A and the like")
    return found


def expanded(text: str, place: str) -> str:
    """The path with its home folder filled in; raises `ConfigError` for what only a shell would fill in or take off."""
    scheme, _, rest = text.rpartition("://")
    shown = rest.rpartition("@")[2] if scheme else text  # a URL's password is its own affair
    if text[0] in QUOTES or text[-1] in QUOTES:
        raise ConfigError(place, "the path stands in quotes that belong to it", "remove the quotes around it")
    if _PLACEHOLDER.search(shown):
        raise _unfilled(place, "write the path itself; only a ~ at its start is filled in")
    if not QUOTES.isdisjoint(shown) or not text.isprintable():
        raise ConfigError(
            place,
            "the path holds a quote, a line break or a character that is not seen",
            "write it without, or rename the folder",
        )
    if not scheme:
        _ensure_has_a_name_here(text, place)
    if scheme or not text.startswith("~"):
        return text
    found = os.path.expanduser(text)  # noqa: PTH111 - pathlib raises where no home is known
    if found.startswith("~"):
        raise ConfigError(place, "no home folder is known for the ~ of this path", "write the path in full")
    return found


def _ensure_has_a_name_here(path: str, place: str) -> None:
    """Refuse a path that this machine has no bytes for or not so many, before a call of the system does."""
    try:
        written = os.fsencode(path)
    except UnicodeEncodeError:
        raise ConfigError(
            place,
            f"file names are written in {sys.getfilesystemencoding()} here, which lacks a character of the path",
            "set PYTHONUTF8=1 or a locale such as LC_ALL=C.UTF-8, or name a path in plain letters",
        ) from None
    if is_too_long(written):
        problem = (
            f"the path is longer than a file system takes ({_LONGEST_NAME} bytes a name, {_LONGEST_PATH:,} in all)"
        )
        raise ConfigError(place, problem, "name a shorter one")


def is_too_long(path: bytes) -> bool:
    """Whether no file system takes a path, for its length or that of a name in it."""
    return len(path) > _LONGEST_PATH or max(map(len, path.split(b"/"))) > _LONGEST_NAME


def _unfilled(place: str, mend: str) -> ConfigError:
    return ConfigError(place, "it holds a placeholder that nothing has filled in, such as $HOME", mend)


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        example = _EXAMPLES.get(place, "/var/lib/linkedin-conversions")
        raise ConfigError(place, "expected a path", f"for example {place}: {example}")
    return value.strip()
