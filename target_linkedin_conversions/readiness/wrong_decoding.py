"""Texts that were decoded wrongly somewhere on their way: `MÃ¼ller`, `M├╝ller`, `MГјller`, `Èâàíîâ`."""  # noqa: RUF002 - what is meant

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["decoded_wrongly"]

_LOST = re.compile("[\x80-\x84\x86-\x9f\ufffd]").search
"""What could not be decoded, or became a control character, which no name holds; U+0085 is a line's end."""
_LOWERED = re.compile("[ãâäåăĺÃÂÄÅĂĹ][¡-©«¬¯-³µ¶¸-º¼-¾†‡ˆ‰‹˜œŒ]").search  # noqa: RUF001 - these are meant
"""How a letter of Europe looks that was UTF-8, read in a code page of Windows, also where capitals were lowered since."""
_NEVER_WITHIN = re.compile(
    r"[^\W\d_](?:[¸¬√├┬]|Ÿ(?=[a-z]))[a-z]|[a-z][бвгджзийлпфцчшщъыьэюяёГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯ]|[A-Za-z][｡-ﾟ]"  # noqa: RUF001 - the same
).search
"""What no word of Western letters holds: a sign, Cyrillic letters that look like none of them, narrow Japanese ones."""
_ACCENTS_ONLY = re.compile(r"(?<![^\W\d_])[À-ÖØ-öø-ÿ]{4,}(?![^\W\d_])").search
"""A word of accented letters alone, which no language has: Cyrillic, Greek, Hebrew or Arabic letters, read as Western ones."""
_CODE_PAGES = (
    (re.compile("(?:[ÃĂÄÅĹ]|á[º»])[^\x00-\x7f]").search, ("cp1252", "cp1250", "cp1254")),
    (re.compile("Ć[^\x00-\x7f]").search, ("cp1257",)),
    (re.compile("[├┬─┼╨╤][^\x00-\x7f]").search, ("cp437", "cp850", "cp852", "cp866")),
    (re.compile("[√¬ƒ≈][^\x00-\x7f]").search, ("mac_roman",)),
    (re.compile("[ВГДЕ][^\x00-\x7f]+[A-Za-z]|[РСОП][^\x00-\x7f].*[РСОП][^\x00-\x7f]", re.DOTALL).search, ("cp1251",)),
    (re.compile("[A-Za-z][ΒΓΔΕ][^\x00-\x7f]|[ΒΓΔΕ][^\x00-\x7f]+[A-Za-z]").search, ("cp1253",)),
)
"""How the letters of Europe, and of Vietnamese in three bytes, begin in UTF-8, as each of these code pages reads them."""


def decoded_wrongly() -> Callable[[str], bool]:
    """Whether a text was decoded wrongly; without the extra only what is certain is seen."""
    try:
        fixed = import_module("ftfy").fix_encoding
    except ImportError:
        return _is_certain
    return lambda text: _is_certain(text) or fixed(text) != text


def _is_certain(text: str) -> bool:
    """Whether a letter is lost, or all that is no ASCII reads as UTF-8; capitals alone may do so by chance: `TĂŞNAD`."""
    if _LOST(text) or _LOWERED(text) or _NEVER_WITHIN(text) or _ACCENTS_ONLY(text):
        return True
    return not text.isupper() and any(
        begins(text) and any(_is_utf8(text, page) for page in pages) for begins, pages in _CODE_PAGES
    )


def _is_utf8(text: str, code_page: str) -> bool:
    try:
        text.encode(code_page).decode()
    except UnicodeError:
        return False
    return True
