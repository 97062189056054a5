"""Which rows count at all: marks of those that are gone or for tests, and the key that tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.guess import Mark
from target_linkedin_conversions.guessing.labels import Label, names, rank, words_of
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.column_names import is_lasting_key, marks_deletion
from target_linkedin_conversions.records.truth import FALSE, TRUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.guessing.candidates import Columns, Labels
    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["guess_deleted", "guess_key", "guess_only"]

_GONE = frozenset(
    names("cancelled canceled iscancelled iscanceled cancelledat canceledat voidedat refunded geloescht storniert")
)
_ONLY = {
    "livemode": True,
    "test": False,
    "istest": False,
    "testmode": False,
    **dict.fromkeys(names("testlead istestlead testorder istestorder testpayment testtransaction"), False),
    "sandbox": False,
    "isconverted": True,
    "hasresponded": True,
}
"""Columns that tell what counts from what does not, and what they hold where it does."""
_BOOKED = frozenset(
    {"active", "accepted", "confirmed", "booked", "scheduled", "attending", "attended", "checked in", "going"}
)
_CANCELLED = frozenset(
    {"canceled", "cancelled", "declined", "not attending", "not going", "no show", "no-show", "deleted", "transferred"}
)
_STATUSES = frozenset(
    {("status",), *((of_what, "status") for of_what in ("booking", "event", "attendee", "attendance", "registration"))}
)
_MODES = frozenset(names("mode environment env paymentmode transactionmode"))
_LIVE = frozenset(names("live livemode production prod real"))
_TESTS = frozenset(names("test testmode testing sandbox demo staging"))
"""How a column of such a name tells what was real from tests, as Stripe's exports do with `Mode`."""
_ONLY_WHO = {"isconverted": "only leads that were converted", "hasresponded": "only members who responded"}
_KEYS = (
    *names("""
    id uuid guid entryid dealid dealnr dealnummer dealnumber naffaire numeroaffaire orderid bookingid opportunityid prospectid ticketid registrationid attendeeid subscriberid paymentid chargeid submissionid leid leadid contactid transactionid recordid invoiceid vorgangsnummer vorgangsnr auftragsnummer angebotsnummer angebotsnr vertragsnummer vertragsnr belegnummer belegnr
    bestellnummer rechnungsnummer auftragsnr bestellnr rechnungsnr responseid conversionid key pk surrogatekey rowkey recordkey ordernumber invoicenumber nr nummer datensatzid identifiant identificador identificatore iddepiste
    iddefiche iddefichedinformations idpiste idlead iddelead iddetrato idderegistro iddelenregistrement idenregistrement idcontact idcontacto idpedido numerodecommande
    iddenegocio iddelnegocio idnegocio iddeoportunidad idoportunidad idopportunite copperid closeid zohoid salesforceid hubspotid pipedriveid marketoid
    pardotid mondayid itemid numerodepedido numerodefacture numerodefactura ordernummer bestelnummer factuurnummer recordnummer numer numertransakcji numerzamowienia
    donotmodifylead donotmodifycontact donotmodifyopportunity donotmodifyorder nichtaendernlead nichtaendernkontakt
    customerid customernumber customerno kundennummer kundennr kundenid klantnummer klantnr numeroclient clientid clientnumber contactnumber leadnumber
"""),
    *in_other_languages("key"),
)
_MOST_TOTALS = 2
"""Lines with a sum, and what it is of, at the end of a table."""
_GA4 = ("user_pseudo_id", "event_name", "event_timestamp")
"""What tells the events of a GA4 export apart, which has no key."""


def guess_deleted(columns: Columns, labels: Labels) -> tuple[Mark, ...]:
    """Columns by which sources say that a record is gone, cancelled or paid back."""
    reason = "true or a time there says that the record is gone"
    marks = tuple(
        Mark(path, reason)
        for path, sample in columns.items()
        if not labels[path].depth and _says_gone(path, "".join(labels[path].words)) and _marks(sample)
    )
    by_the_tap = tuple(Mark(name, reason) for name in ("_sdc_deleted_at",) if name in columns)
    return (*marks, *by_the_tap) if marks else ()  # with this column alone a person is asked anyway


def _says_gone(path: str, words: str) -> bool:
    return marks_deletion(path) or marks_deletion(words) or not _GONE.isdisjoint((words, folded_name(path)))


def _marks(sample: ColumnSample) -> bool:
    """Whether the values are yes and no, or times."""
    return _is_flag(sample) or looks.share(sample.values, looks.is_time) == 1


def _is_flag(sample: ColumnSample) -> bool:
    return not sample.values or (bool(sample.texts) and {text.casefold() for text in sample.texts} <= TRUE | FALSE)


def guess_only(columns: Columns, labels: Labels) -> Mark | None:
    """The column that tells what counts from tests, or leads that were converted from others."""
    for path, sample in columns.items():
        name = "".join(labels[path].words)
        if name in _ONLY and not labels[path].depth and sample.values and _is_flag(sample):
            return Mark(path, _ONLY_WHO.get(name, "leaves tests out"), _ONLY[name])
    for path, sample in columns.items():
        if live := _that_is_live(labels[path], sample):
            return Mark(path, "leaves tests out", live[0], live[1:])
    for path, sample in columns.items():
        if stands := _that_stands(labels[path], sample):
            return Mark(path, "leaves out what was cancelled", stands[0], stands[1:])
    return None


def _that_is_live(label: Label, sample: ColumnSample) -> tuple[str, ...]:
    """How a column says that something was real, where it else says that it was a test, and nothing more."""
    live = tuple(text for text in sample.texts if _plain(text) in _LIVE)
    is_mode = not label.depth and "".join(label.words) in _MODES
    return (
        live if is_mode and len(live) < len(sample.texts) and set(map(_plain, sample.texts)) <= _LIVE | _TESTS else ()
    )


def _plain(text: str) -> str:
    return "".join(words_of(text))


def _that_stands(label: Label, sample: ColumnSample) -> tuple[str, ...]:
    """How a column says of what was booked that it stands, where it else says that it was cancelled, and nothing more."""
    stands = tuple(text for text in sample.texts if text.casefold() in _BOOKED)
    others = {text.casefold() for text in sample.texts}.difference(_BOOKED)
    is_status = not label.depth and label.words in _STATUSES
    return stands if is_status and others and others <= _CANCELLED else ()


def guess_key(columns: Columns, labels: Labels, key: Sequence[str], people: int = 0) -> tuple[str, ...]:
    """Columns that tell rows apart, where the stream has no key or none that lasts; empty where it has one.

    `people` is how many records say who it is: a line or two that do not, as the totals at a file's end, need no key.
    """
    if key and is_lasting_key(key):
        return ()
    if all(name in columns for name in _GA4):
        return _GA4
    ranked = ((_key_rank(labels[path]), path) for path in columns if not labels[path].depth)
    found = [(at, path) for at, path in ranked if at is not None and _is_unique(columns[path], people)]
    return (min(found)[1],) if found else ()


def _key_rank(label: Label) -> int | None:
    """How well a name means the key of a row; whose id it is tells more than that it is one, for customers buy more than once."""
    name = "".join(label.words)
    if name in _KEYS:
        return _KEYS.index(name)
    at = rank(label, _KEYS)
    return None if at is None else len(_KEYS) + at


def _is_unique(sample: ColumnSample, people: int) -> bool:
    """Whether every record that was seen has a value of its own, but for totals, which name nobody."""
    values = [str(value) for value in sample.values]
    totals = sample.records - sample.filled
    is_everywhere = totals == 0 or (totals <= _MOST_TOTALS and sample.filled == people)
    return bool(values) and is_everywhere and len(set(values)) == len(values)
