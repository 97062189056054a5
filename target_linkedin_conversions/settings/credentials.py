"""Checks the form of tokens and secrets, and says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.secret import Secret
from target_linkedin_conversions.settings.values import QUOTES, text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Flaw", "app_id", "app_secret", "flaw_around", "flaw_of_token", "ledger_key", "token"]

_LEAST_OF_KEY = 32
_LONGEST = 8_000
"""Characters; LinkedIn speaks of 1,000 at most, and a server takes no header that is much longer than this."""
_BEARER = re.compile(r"(authorization\s*:\s*)?(bearer|token)\b[\s:%]", re.IGNORECASE)
_UNFILLED = re.compile(r"\$\w+\Z|.*\$[{(]|%\w+%\Z|.*(\{\{|\}\})|<.*>\Z", re.DOTALL)
_CUT = re.compile(r"…|\.\.\.|⋯")
_MASKED = re.compile(r"[•●∙█]|\*\*")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750: what may stand in an `Authorization: Bearer` header."""
_PRINTABLE = re.compile(r"[!-~]+")
"""RFC 6749: what a client's id and secret are made of."""


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong with a text that should be a token, in words that hold nothing of it, and the mend."""

    problem: str
    mend: str


def token(value: object, place: str) -> Secret:
    """An access or refresh token, which is never shown."""
    return Secret(_read(value, place, flaw_of_token))


def app_secret(value: object, place: str) -> Secret:
    """An app's secret, which is never shown."""
    return Secret(_read(value, place, _flaw_of_printable))


def ledger_key(value: object, place: str) -> Secret:
    """The text that a ledger's key is made of, which is never shown; too short a one could be found by trying."""
    found = _read(value, place, _flaw_of_printable)
    if len(found) < _LEAST_OF_KEY or len(set(found)) < _LEAST_OF_KEY // 4:
        raise ConfigError(
            place,
            f"expected at least {_LEAST_OF_KEY} characters drawn by chance",
            "for example by `openssl rand -hex 32`",
        )
    return Secret(found)


def app_id(value: object, place: str) -> str:
    """An app's id; a whole number is taken as its text."""
    return _read(text(value, place), place, _flaw_of_printable)


def flaw_of_token(written: str) -> Flaw | None:
    """What is wrong with the form of a token; None where nothing is."""
    return _flaw(written, _TOKEN)


def _flaw_of_printable(written: str) -> Flaw | None:
    return _flaw(written, _PRINTABLE)


def _read(value: object, place: str, flaw_of: Callable[[str], Flaw | None]) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(place, "expected a text that holds the secret", "set it as text, best from the environment")
    found = value.strip()
    flaw = flaw_of(found)
    if flaw is not None:
        raise ConfigError(place, flaw.problem, flaw.mend)
    return found


def _flaw(written: str, form: re.Pattern[str]) -> Flaw | None:
    """The first flaw, in an order in which each explains those after it."""
    if len(written) > _LONGEST:
        return Flaw("it is longer than any token or secret", "copy it again, alone")
    if _BEARER.match(written):
        return Flaw(
            "it begins with the word before the token, such as `Bearer`", "set the token alone, without that word"
        )
    return flaw_around(written) or _flaw_inside(written, form)


def flaw_around(written: str) -> Flaw | None:
    """Why it is not the value itself: a placeholder stands in its place, or quotes stand around it."""
    if _UNFILLED.match(written):
        return Flaw(
            "it is a placeholder that nothing has filled in, such as $NAME",
            "set the value itself, or fill the variable in where the settings are written",
        )
    if written[:1] in QUOTES or written[-1:] in QUOTES:
        return Flaw("it stands in quotes that belong to its value", "remove the quotes around it")
    return None


def _flaw_inside(written: str, form: re.Pattern[str]) -> Flaw | None:
    again = "copy it again, whole"
    if any(character.isspace() for character in written):
        return Flaw("it has white space inside, or is of several lines", "copy it again, without spaces or line breaks")
    if _CUT.search(written):
        return Flaw("it was cut off: dots stand for a part of it", again)
    if _MASKED.search(written):
        return Flaw("it is masked: other characters stand for its own", f"{again}, from where it is shown in full")
    if any(unicodedata.category(character) in {"Cf", "Cc", "Cn", "Co"} for character in written):
        return Flaw(
            "it holds a character that is not seen, such as U+200B", "copy it again, into a plain text file first"
        )
    if not form.fullmatch(written) or not QUOTES.isdisjoint(written):
        return Flaw("it holds a character that no token or secret has", again)
    return None
