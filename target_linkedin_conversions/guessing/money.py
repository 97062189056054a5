"""What it was worth: the amount, its currency, and how amounts are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.guess import FieldGuess, Writing
from target_linkedin_conversions.guessing.labels import Label, rank
from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.columns import FOUND_BY_NAME, plain_name
from target_linkedin_conversions.records.money import SIGNS, Amounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["MoneyGuess", "guess_money", "writing_of"]

_VALUE = (
    *(
        "conversionvalue",
        "dealvalue",
        "amount",
        "dealamount",
        "amountpaid",
        "purchaserevenue",
        "totalrevenue",
        "revenue",
    ),
    *(
        "currenttotalpriceset",
        "currenttotalpricesetshopmoneyamount",
        "totalprice",
        "ordertotal",
        "grandtotal",
        "totalamount",
    ),
    *("amounttotal", "total", "ordervalue", "orderamount", "purchasevalue", "betrag", "umsatz", "wert", "auftragswert"),
    *(
        "dealwert",
        "kaufpreis",
        "bestellwert",
        "rechnungsbetrag",
        "price",
        "preis",
        "planvalue",
        "contractvalue",
        "importe",
    ),
    *(
        "montant",
        "valor",
        "budget",
        "value",
        "shopmoneyamount",
        "amountcents",
        "totalcents",
        "valuecents",
        "pricecents",
    ),
)
"""Plain names of what a conversion was worth, the surest first; `value` alone stands far behind, for many things are called so."""
_CURRENCY = (
    *map(plain_name, FOUND_BY_NAME["currency"]),
    *(
        "currencyisocode",
        "valuecurrency",
        "dealcurrencycode",
        "shopmoneycurrencycode",
        "waehrung",
        "isocurrency",
        "devise",
    ),
    *("moneda", "currencyiso", "waehrungscode", "presentmentcurrencycode"),
)
_NOT_THIS = frozenset(
    {
        *(
            "refund",
            "refunded",
            "tax",
            "fee",
            "fees",
            "shipping",
            "discount",
            "discounts",
            "annual",
            "captured",
            "due",
            "cost",
        ),
        *(
            "balance",
            "outstanding",
            "capturable",
            "rounding",
            "tip",
            "lifetime",
            "target",
            "quota",
            "steuer",
            "rabatt",
            "employees",
        ),
        *("phone", "phones", "telefon", "fax", "mobile", "zip", "postal", "number", "probability", "score"),
    }
)
"""Words of amounts that are no conversion's."""
_CENTS = frozenset({"cent", "cents", "minor", "pence"})
_COUNTS_CENTS = frozenset({"livemode", "value_period"})
"""Columns by which Stripe and Close are known, which count cents."""
_MOSTLY = 0.5
_AROUND_AMOUNT = re.compile(r"^[^\d(+-]+|[^\d)]+$")
_WRITINGS = (
    Amounts(),
    Amounts(thousands=","),
    Amounts(decimal_comma=True),
    Amounts(thousands="'"),
    Amounts(thousands="\u2019"),
    Amounts(thousands=" "),
)


class MoneyGuess(msgspec.Struct, frozen=True):
    """Value and currency, or why a value is not mapped; a constant currency where a name or sign says it."""

    value: FieldGuess | None = None
    currency: FieldGuess | None = None
    constant: str = ""
    writing: Writing = Writing()
    is_left_out: str = ""


def guess_money(columns: Mapping[str, ColumnSample], labels: Mapping[str, Label]) -> MoneyGuess:
    """The amount and what says its currency; both or neither, for LinkedIn takes no value without one."""
    amounts = _amounts(columns, labels)
    if not amounts:
        return MoneyGuess()
    best = amounts[0]
    sample = columns[best]
    currencies = _currencies(columns, labels, best)
    constant = "" if currencies else _named_currency(best, labels, sample)
    writing = writing_of(sample.values)
    counts_cents = bool(_CENTS & set(labels[best].words)) or _of_cents(best, columns)
    is_open = _is_whole(sample) and not counts_cents
    reasons = ["an amount by its name"]
    if counts_cents:
        reasons.append("it counts the smallest unit")
    left_out = ""
    if not currencies and not constant:
        left_out = "no column says its currency; name it under constants"
    elif is_open:
        left_out = "whole numbers, which may be cents; if so add minor_units: true"
    value = FieldGuess(_typed(best), "; ".join(reasons), tuple(amounts[1:4]), confirm=bool(left_out))
    currency = FieldGuess(tuple(currencies[:1]), "holds currency codes", tuple(currencies[1:3])) if currencies else None
    writing = msgspec.structs.replace(writing, minor_units=counts_cents, minor_units_open=is_open)
    return MoneyGuess(value, currency, constant, writing, left_out)


def _typed(path: str) -> tuple[str, ...]:
    """The path; of a value that Google's export keeps by its type, those of both kinds of numbers."""
    name, mark, _ = path.rpartition(".double_value")
    return (path, f"{name}.int_value") if mark else (path,)


def _amounts(columns: Mapping[str, ColumnSample], labels: Mapping[str, Label]) -> list[str]:
    found = []
    for order, (path, sample) in enumerate(columns.items()):
        label = labels[path]
        own = tuple(word for word in label.words if word.upper() not in CURRENCIES and word not in {"in", *_CENTS})
        at = rank(Label(own, label.around, label.depth), _VALUE)
        if at is None or path.endswith("[]") or _NOT_THIS & set(label.all_words):
            continue
        if looks.share(sample.values, looks.is_amount) >= _MOSTLY:
            found.append((*_doubts(path, label, columns, labels), at + 4 * label.depth, order, path))
    return [path for *_, path in sorted(found)]


def _doubts(
    path: str, label: Label, columns: Mapping[str, ColumnSample], labels: Mapping[str, Label]
) -> tuple[bool, bool, bool]:
    """What speaks against an amount: it counts cents, no currency stands beside it, it is the one shown to the buyer."""
    place = _place(path)
    has_currency = any(
        _place(other) == place and _rank_of_currency(labels[other]) is not None and sample.values
        for other, sample in columns.items()
    )
    return bool(_CENTS & set(label.words)), not has_currency, "presentment" in label.all_words


def _place(path: str) -> str:
    """What a column lies in: the list of named values for one of these, nothing for a column of its own."""
    before, mark, _ = path.rpartition("[key=")
    return before if mark else path.rpartition(".")[0]


def _currencies(columns: Mapping[str, ColumnSample], labels: Mapping[str, Label], amount: str) -> list[str]:
    """Columns of currency codes, those that lie in the same place as the amount first."""
    place, found = _place(amount), []
    for order, (path, sample) in enumerate(columns.items()):
        at = _rank_of_currency(labels[path])
        if at is None or path.endswith("[]") or looks.share(sample.values, looks.is_currency) < _MOSTLY:
            continue
        found.append((_place(path) != place, -_shared(path, amount), at + 2 * labels[path].depth, order, path))
    return [path for *_, path in sorted(found)]


def _rank_of_currency(label: Label) -> int | None:
    """How well a label means a currency; behind all names, one that holds the word at all."""
    at = rank(label, _CURRENCY)
    return 4 * len(_CURRENCY) if at is None and {"currency", "waehrung"} & set(label.words) else at


def _shared(one: str, other: str) -> int:
    """How many steps two paths have in common."""
    pairs = zip(re.split(r"[.\[]", one), re.split(r"[.\[]", other), strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), 0)


def _named_currency(path: str, labels: Mapping[str, Label], sample: ColumnSample) -> str:
    """The currency that a column's name says, or the sign in all its texts."""
    codes = [word.upper() for word in labels[path].words if word.upper() in CURRENCIES]
    if codes:
        return codes[-1]
    texts = [value for value in sample.values if isinstance(value, str)]
    signs = [
        code for code, written in SIGNS.items() if texts and all(any(s in text for s in written) for text in texts)
    ]
    signs += [code for code in CURRENCIES if texts and all(code in text for text in texts)]
    return signs[0] if len(set(signs)) == 1 else ""


def _of_cents(path: str, columns: Mapping[str, ColumnSample]) -> bool:
    """Whether the source is one that counts cents, by the columns beside the amount."""
    place = path.rpartition(".")[0]
    beside = {other.rpartition(".")[2] for other in columns if other.rpartition(".")[0] == place}
    return bool(_COUNTS_CENTS & beside) and _is_whole(columns[path])


def _is_whole(sample: ColumnSample) -> bool:
    """Whether the column holds whole numbers by its schema too; text is what people type."""
    return ("integer" in sample.types or not sample.types) and all(map(looks.is_whole, sample.values))


def writing_of(values: Iterable[object]) -> Writing:
    """The way of writing amounts that reads most of the texts; the plainest of several."""
    texts = [_AROUND_AMOUNT.sub("", value.strip()) for value in values if isinstance(value, str)]
    if not texts:
        return Writing()
    read = [sum(isinstance(writing.read(text), str) for text in texts) for writing in _WRITINGS]
    best = _WRITINGS[read.index(max(read))]
    return Writing(decimal_comma=best.decimal_comma, thousands=best.thousands)
