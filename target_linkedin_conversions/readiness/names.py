"""A mapped column of names, companies or titles: each text is looked at once."""

from __future__ import annotations

import re
from collections import Counter as Counts
from importlib import import_module
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.text import is_email_shaped, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.columns import Place, Value

__all__ = ["LoneFirstNames", "Names"]

_HONORIFIC = re.compile(
    r"(?:.*,\s*)?(?:(?:d?dr|drs|prof|professor|mr|mister|mrs|ms|miss|mx|herrn?|frau|fräulein|frl|hr|sir|lady|dipl|ing|m?mag"
    r"|priv|mme|mlle|monsieur|madame|mademoiselle|sig|signorina?|signora|sr|sra|srta|se[ñn]or|se[ñn]or(?:it)?a|dott|dottoressa"
    r"|dhr|mevr|mw|pd|rev)(?:\.\s*(?:-?(?:ing|doz)\.?\s*)?|\s+)|(?:m|fr|pr)\.\s*)(?=\S)",
    re.IGNORECASE,
)
"""A title before a first name, also where the last name and a comma stand first."""
_ALONE = re.compile(r"(?:dr|prof|mr|mrs|ms|herr|frau|hr)\.?", re.IGNORECASE)
_BEFORE_A_FIRST_NAME = frozenset({"first_name", "full_name"})
_NAMES = frozenset({"first_name", "last_name", "full_name"})


_LOST = re.compile("[\x80-\x84\x86-\x9f\ufffd]").search
"""What could not be decoded, or became a control character, which no name holds; U+0085 is a line's end."""
_LEADS = re.compile("[ÃĂÄÅĹ][^\x00-\x7f]").search
"""How a letter of Europe begins that was UTF-8 and was read in a code page of Windows, Western or Central European."""
_CODE_PAGES = ("cp1252", "cp1250")


def _decoded_wrongly() -> Callable[[str], bool]:
    """Whether a text was decoded wrongly; without the extra only what is certain is seen."""
    try:
        fixed = import_module("ftfy").fix_encoding
    except ImportError:
        return _is_certain
    return lambda text: _is_certain(text) or fixed(text) != text


def _is_certain(text: str) -> bool:
    """Whether a letter is lost, or all that is no ASCII reads as UTF-8; capitals alone may do so by chance: `TĂŞNAD`."""
    if _LOST(text):
        return True
    return bool(_LEADS(text)) and not text.isupper() and any(_is_utf8(text, page) for page in _CODE_PAGES)


def _is_utf8(text: str, code_page: str) -> bool:
    try:
        text.encode(code_page).decode()
    except UnicodeError:
        return False
    return True


class Names:
    """Counts what is wrong with the texts of one field, each kind once a record."""

    def __init__(self, field: str, column: str, place: Place) -> None:
        """Nothing is seen yet."""
        self._field, self._column, self._place = field, column, place
        self._is_mojibake = _decoded_wrongly()
        self._known = Cache(self._codes_of)
        self._codes: Counts[str] = Counts()

    def see(self, batch: Batch) -> None:
        """Look at the value of each record."""
        for found in filter(None, map(self._known.__getitem__, batch.texts(self._place))):
            self._codes.update(found)

    def _codes_of(self, text: str) -> tuple[str, ...]:
        found = []
        if not text.isascii() and self._is_mojibake(text):
            found.append("mojibake")
        name = text.strip()
        if self._field in _BEFORE_A_FIRST_NAME and (_HONORIFIC.match(name) or _ALONE.fullmatch(name)):
            found.append("honorific_in_name")
        if self._field in _NAMES and is_email_shaped(name):
            found.append("name_is_email")
        return tuple(found)

    def findings(self) -> Iterator[Finding]:
        """One for each kind."""
        for code, records in self._codes.items():
            yield finding(code, records, field=self._field, column=self._column)


_is_one_word = str.isalpha
"""Whether a text is all letters, at the least cost; of two words none is."""


def _is_nothing(value: Value) -> bool:
    return not value or (isinstance(value, str) and (not value.strip() or is_placeholder(value.strip())))


class LoneFirstNames:
    """Counts first names that hold the last name too."""

    def __init__(self, column: str, first: Place, last: Place | None) -> None:
        """`last` is None where no last name is mapped."""
        self._column, self._first, self._last = column, first, last
        self._records = 0

    def see(self, batch: Batch) -> None:
        """Look at both names of each record."""
        firsts = batch.columns[self._first]
        for at in [at for at, first in enumerate(firsts) if type(first) is str and not _is_one_word(first)]:
            first, last = firsts[at], None if self._last is None else batch.columns[self._last][at]
            if len(first.split()) > 1 and _is_nothing(last):
                self._records += "@" not in first

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records:
            yield finding("two_words_no_last_name", self._records, field="first_name", column=self._column)
