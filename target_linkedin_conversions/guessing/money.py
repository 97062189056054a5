"""What it was worth: the amount, its currency, and how amounts are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.candidates import MOSTLY, Columns, Labels
from target_linkedin_conversions.guessing.currencies import (
    currencies_of,
    has_currency_beside,
    is_code,
    place_of,
    said_currency,
)
from target_linkedin_conversions.guessing.guess import FieldGuess, Writing
from target_linkedin_conversions.guessing.labels import names, rank
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.records.money import Amounts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["MoneyGuess", "guess_money", "writing_of"]

_NAMES = (
    *names("""
    conversionvalue dealvalue actualvalue actualrevenue amount dealamount dealsize amountpaid purchaserevenue totalrevenue revenue totalprice ordertotal grandtotal
    totalamount amounttotal total totalpaid ordervalue orderamount purchasevalue betrag umsatz wert auftragswert dealwert kaufpreis
    bestellwert rechnungsbetrag gesamtbetrag gesamtsumme auftragssumme rechnungssumme kaufsumme auftragsvolumen warenwert nettobetrag bruttobetrag nettopreis bruttopreis nettosumme bruttosumme bedrag orderbedrag importo price preis planvalue contractvalue importe montant valor budget
"""),
    *in_other_languages("value"),
    "value",
)
"""Plain names of what a conversion was worth, the surest first; `value` alone stands last, for many things are called so."""
_NOT_THIS = frozenset(
    names("""
    refund refunded tax taxes fee fees shipping discount discounts annual captured due cost balance outstanding capturable
    rounding tip lifetime target quota steuer rabatt employees phone phones telefon fax mobile zip postal number probability score
""")
)
"""Words of numbers that are no conversion's worth."""
_CENTS = frozenset(names("cent cents minor pence"))
_QUALIFIES = frozenset(names("in net gross netto brutto ht ttc konvertiert converted"))
_STAND_ALONE = frozenset(names("gross net netto brutto"))
"""Those of them that name an amount without another word: `Netto EUR`; it counts behind all names."""
_COUNT_CENTS = frozenset({"livemode", "value_period"})
"""Columns by which Stripe and Close are known, which count cents."""
_DECIMALS = re.compile(r"[.,][0-9]{2}\D*\Z").search
_AROUND = re.compile(r"^[^\d(+-]+|[^\d)]+$")
_WRITINGS = (
    Amounts(),
    Amounts(thousands=","),
    Amounts(decimal_comma=True),
    Amounts(thousands="'"),
    Amounts(thousands="\u2019"),
    Amounts(thousands=" "),
)


class MoneyGuess(msgspec.Struct, frozen=True):
    """Value and currency; a constant currency where a name or sign says it; why the value is left out, where it is."""

    value: FieldGuess | None = None
    currency: FieldGuess | None = None
    constant: str = ""
    writing: Writing = Writing()
    left_out: str = ""


def guess_money(columns: Columns, labels: Labels) -> MoneyGuess:
    """The amount and what says its currency: LinkedIn takes no value without one."""
    amounts = _amounts(columns, labels)
    if not amounts:
        return MoneyGuess()
    best, *also = amounts
    sample, currencies = columns[best], currencies_of(best, columns, labels)
    constant = "" if currencies else said_currency(best, labels[best], sample)
    in_cents = not _CENTS.isdisjoint(labels[best].words) or _is_of_cents(best, columns)
    is_open = _is_whole(sample) and not in_cents
    reason = "an amount by its name; it counts the smallest unit" if in_cents else "an amount by its name"
    return MoneyGuess(
        FieldGuess(_typed(best), reason, tuple(also[:3])),
        FieldGuess(currencies[:1], "holds currency codes", currencies[1:3]) if currencies else None,
        constant,
        msgspec.structs.replace(writing_of(sample.values), minor_units=in_cents, minor_units_open=is_open),
        _why_left_out(has_currency=bool(currencies or constant), is_open=is_open),
    )


def _why_left_out(*, has_currency: bool, is_open: bool) -> str:
    if not has_currency:
        return "no column says its currency; name it under constants"
    return "whole numbers, which may be cents; if they are, add minor_units: true" if is_open else ""


def _amounts(columns: Columns, labels: Labels) -> list[str]:
    """Columns of amounts, the surest first: in whole units, beside a currency, and not in the one a buyer was shown."""
    found = []
    for order, (path, sample) in enumerate(columns.items()):
        label = labels[path]
        own = tuple(word for word in label.words if not is_code(word) and word not in _QUALIFIES | _CENTS)
        at = rank(msgspec.structs.replace(label, words=own), _NAMES)
        if not own and not _STAND_ALONE.isdisjoint(label.words):
            at = 4 * len(_NAMES)
        if at is None or path.endswith("[]") or not _NOT_THIS.isdisjoint(label.all_words):
            continue
        if looks.share(sample.values, looks.is_amount) >= MOSTLY:
            doubts = (
                not _CENTS.isdisjoint(label.words),
                not has_currency_beside(path, columns, labels),
                "presentment" in label.all_words,
            )
            found.append((*doubts, at + 4 * label.depth, order, path))
    return [path for *_, path in sorted(found)]


def _typed(path: str) -> tuple[str, ...]:
    """The path; of a value that Google's export keeps by its type, those of both kinds of numbers."""
    name, mark, _ = path.rpartition(".double_value")
    return (path, f"{name}.int_value") if mark else (path,)


def _is_of_cents(path: str, columns: Columns) -> bool:
    """Whether the source is one that counts cents, by the columns beside the amount."""
    place = place_of(path)
    beside = {other.rpartition(".")[2] for other in columns if place_of(other) == place}
    if not _COUNT_CENTS.isdisjoint(beside) and _is_whole(columns[path]):
        return True
    formatted = columns.get(f"{path}_formatted")
    pairs = list(zip(columns[path].values, formatted.values, strict=False)) if formatted is not None else []
    return bool(pairs) and all(_is_hundredfold(str(amount), str(shown)) for amount, shown in pairs)


def _is_hundredfold(amount: str, shown: str) -> bool:
    """Whether an amount counts the cents of one as people are shown it: `129500` of `€1,295`, `129550` of `€1,295.50`."""
    digits = "".join(filter(str.isdecimal, shown))
    return amount == (digits if _DECIMALS(shown) else f"{digits}00")


def _is_whole(sample: ColumnSample) -> bool:
    """Whether the column holds whole numbers, by its schema too; text is what people type."""
    return ("integer" in sample.types or not sample.types) and all(map(looks.is_whole, sample.values))


def writing_of(values: Iterable[object]) -> Writing:
    """The way of writing amounts that reads most of the texts; the plainest of several."""
    texts = [_AROUND.sub("", value.strip()) for value in values if isinstance(value, str)]
    if not texts:
        return Writing()
    read = [sum(isinstance(writing.read(text), str) for text in texts) for writing in _WRITINGS]
    best = _WRITINGS[read.index(max(read))]
    return Writing(decimal_comma=best.decimal_comma, thousands=best.thousands)
