"""A mapped column of names, companies or titles: each text is looked at once."""

from __future__ import annotations

import re
from collections import Counter as Counts
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.readiness.wrong_decoding import decoded_wrongly
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.text import AT_SIGNS, is_email_shaped, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.rows import Place, Value

__all__ = ["FIELDS_OF_NAMES", "LoneFirstNames", "Names"]

_TITLES = """
    d?dra? drs doctor doktor (?:mu|ju|rn|pa?e|ph|mv|pharm|th|rs)dr prof professora? univ assoc assist mr mister mrs ms miss mx
    herrn? frau fräulein frl hr fru sir lady rev dipl ing m?mag priv pd mme mlle monsieur madame mademoiselle
    sig signorina? signora sr sra srta se[ñn]or(?:it)?a? doña senhora? dott dottoressa dhr mevr mevrouw meneer mw
    lcd[ao] dña fröken frk shri smt adv abg lord dame doutora? docteure? captain colonel atty
    pani sayın г-н г-жа господин госпожа д-р проф κύριος κυρία
"""  # noqa: RUF001 - letters of Cyrillic and Greek that look like others
"""Titles that stand before a name, as patterns, in lower case; some with a point behind."""
_SHORT_TITLES = "m doc fr pr avv arch lic licda arq eng mgr bc dna dl dnul exmo exma sn hon capt κ κα".split()  # noqa: SIM905 - as above
"""Those that are a title with the point alone, for without it they are a name or an initial."""
_HONORIFIC = re.compile(
    rf"(?:.{{0,100}},\s*+)?(?:(?:{'|'.join(_TITLES.split())})(?:\.\s*(?:-?(?:ing|doz|prof)\.?\s*)?|\s+|/)|(?:{'|'.join(_SHORT_TITLES)})\.\s*)(?=\S)",
    re.IGNORECASE,
)
"""A title before a first name, also where the last name and a comma stand first."""
_ALONE = re.compile(r"(?:dr|prof|mr|mrs|ms|herr|frau|hr)\.?", re.IGNORECASE)
_BEFORE_A_FIRST_NAME = frozenset({"first_name", "full_name"})
FIELDS_OF_NAMES = frozenset({"first_name", "last_name", "full_name"})
"""Fields that hold a person's name."""


class Names:
    """Counts what is wrong with the texts of one field, each kind once a record."""

    def __init__(self, field: str, column: str, place: Place) -> None:
        """Nothing is seen yet."""
        self._field, self._column, self._place = field, column, place
        self._is_mojibake = decoded_wrongly()
        self._known = Cache(self._codes_of)
        self._codes: Counts[str] = Counts()

    def see(self, batch: Batch) -> None:
        """Look at the value of each record."""
        texts = batch.texts(self._place)
        if self._field not in _BEFORE_A_FIRST_NAME:
            texts = _unusual(texts)
        for found in filter(None, map(self._known.__getitem__, texts)):
            self._codes.update(found)

    def _codes_of(self, text: str) -> tuple[str, ...]:
        found = []
        if not text.isascii() and self._is_mojibake(text):
            found.append("mojibake")
        name = text.strip()
        if self._field in _BEFORE_A_FIRST_NAME and (_HONORIFIC.match(name) or _ALONE.fullmatch(name)):
            found.append("honorific_in_name")
        if self._field in FIELDS_OF_NAMES and is_email_shaped(name):
            found.append("name_is_email")
        return tuple(found)

    def findings(self) -> Iterator[Finding]:
        """One for each kind."""
        for code, records in self._codes.items():
            yield finding(code, records, field=self._field, column=self._column)


def _unusual(texts: Sequence[str]) -> Sequence[str]:
    """Those of a column's texts that may hold a wrong letter or an address; most columns hold few of them, or none."""
    text = "".join(texts)
    if any(sign in text for sign in AT_SIGNS):
        return texts
    return () if text.isascii() else [text for text in texts if not text.isascii()]


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
            name = first.strip()
            title = _HONORIFIC.match(name)
            if _is_nothing(last) and len(name[title.end() if title else 0 :].split()) > 1:
                self._records += "@" not in first

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records:
            yield finding("two_words_no_last_name", self._records, field="first_name", column=self._column)
