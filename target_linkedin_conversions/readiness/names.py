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

    from target_linkedin_conversions.readiness.finding import Batch, Finding
    from target_linkedin_conversions.records.columns import Place, Value

__all__ = ["LoneFirstNames", "Names"]

_HONORIFIC = re.compile(
    r"(?:.*,\s*)?(?:(?:dr|prof|professor|mr|mrs|ms|miss|mx|herrn?|frau|hr|sir|dipl|ing|mag|mme|mlle|monsieur|madame|sig|sr|sra|srta"
    r"|señora?|dott|dhr|mevr|pd|rev)(?:\.\s*(?:-?ing\.?\s*)?|\s+)|(?:m|fr)\.\s*)(?=\S)",
    re.IGNORECASE,
)
"""A title before a first name, also where the last name and a comma stand first."""
_ALONE = re.compile(r"(?:dr|prof|mr|mrs|ms|herr|frau|hr)\.?", re.IGNORECASE)
_BEFORE_A_FIRST_NAME = frozenset({"first_name", "full_name"})
_NAMES = frozenset({"first_name", "last_name", "full_name"})


def _decoded_wrongly() -> Callable[[str], bool]:
    """Whether a text was decoded wrongly; without the extra only what could not be decoded at all is seen."""
    try:
        fixed = import_module("ftfy").fix_encoding
    except ImportError:
        return lambda text: "\ufffd" in text
    return lambda text: "\ufffd" in text or fixed(text) != text


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
        place, known, codes = self._place, self._known, self._codes
        texts = [text for row in batch.rows if type(text := row[place]) is str]
        for found in filter(None, [known[text] for text in texts]):
            for code in found:
                codes[code] += 1

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
        first_place, last_place = self._first, self._last
        for row in batch.rows:
            first = row[first_place]
            if (
                type(first) is str
                and len(first.split()) > 1
                and _is_nothing(None if last_place is None else row[last_place])
            ):
                self._records += "@" not in first

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records:
            yield finding("two_words_no_last_name", self._records, field="first_name", column=self._column)
