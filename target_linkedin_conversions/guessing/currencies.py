"""In what an amount is: columns of currencies, and a currency that a column's name or a sign beside each amount says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.candidates import MOSTLY, Columns, Labels
from target_linkedin_conversions.guessing.labels import Label, names, rank
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME
from target_linkedin_conversions.records.money import SIGNS

if TYPE_CHECKING:
    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["currencies_of", "has_currency_beside", "is_code", "place_of", "said_currency"]

_NAMES = (
    *map(folded_name, FOUND_BY_NAME["currency"]),
    *names(
        "currencyisocode currencyiso valuecurrency dealcurrencycode isocurrency waehrung waehrungscode whg devise moneda valuta"
    ),
    *in_other_languages("currency"),
)
_WORD = frozenset({"currency", "waehrung"})
_WORDS_OF_OTHER_THINGS = frozenset(names("ALL TOP TRY CUP GEL MOP COP BAM PEN MAD SOS BOB LAK RON ANG SHP"))
"""Codes that stand in names without meaning money."""

_SIGNS_IN_NAMES = frozenset({"\u20ac", "\u00a3", "\u20b9"})
"""Signs of one currency each that stand in a column's name: `Montant (\u20ac)`; a dollar is of many countries."""


def is_code(word: str) -> bool:
    """Whether a word of a column's name is a currency's code."""
    return word.upper() in CURRENCIES - _WORDS_OF_OTHER_THINGS


def place_of(path: str) -> str:
    """What a column lies in: the list of named values for one of these, nothing for a column of its own."""
    before, mark, _ = path.rpartition("[key=")
    return before if mark else path.rpartition(".")[0]


def has_currency_beside(path: str, columns: Columns, labels: Labels) -> bool:
    """Whether a column of currencies lies in the same place."""
    place = place_of(path)
    return any(
        place_of(other) == place and _rank(labels[other]) is not None
        for other, sample in columns.items()
        if sample.values
    )


def currencies_of(path: str, columns: Columns, labels: Labels) -> tuple[str, ...]:
    """Columns of currency codes for an amount, those that lie nearest to it first."""
    place, found = place_of(path), []
    for order, (other, sample) in enumerate(columns.items()):
        at = _rank(labels[other])
        if at is not None and not other.endswith("[]") and looks.share(sample.values, looks.is_currency) >= MOSTLY:
            found.append((place_of(other) != place, at + 2 * labels[other].depth, order, other))
    return tuple(other for *_, other in sorted(found))


def _rank(label: Label) -> int | None:
    """How well a label means a currency; behind all names, one that holds the word at all."""
    at = rank(label, _NAMES)
    return 4 * len(_NAMES) if at is None and not _WORD.isdisjoint(label.words) else at


def said_currency(path: str, label: Label, sample: ColumnSample) -> str:
    """The currency that a column's name says, or the sign or code that stands in all its texts; empty if none does."""
    for word in reversed(label.words):
        if is_code(word):
            return word.upper()
    texts = [value for value in sample.values if isinstance(value, str)]
    written = {code: (code, *SIGNS.get(code, ())) for code in CURRENCIES}
    said = [
        code for code, signs in written.items() if texts and all(any(sign in text for sign in signs) for text in texts)
    ] or [code for code, signs in SIGNS.items() if any(sign in path for sign in signs if sign in _SIGNS_IN_NAMES)]
    return said[0] if len(said) == 1 else ""
