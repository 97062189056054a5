"""When it happened: the columns of times, the one most like a conversion first, and how they are written."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.guess import FieldGuess
from target_linkedin_conversions.guessing.labels import Label, names, rank
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.guessing.zone_letters import without_letters
from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME
from target_linkedin_conversions.records.hints import changes_with_every_edit
from target_linkedin_conversions.records.timestamps import Times, milliseconds
from target_linkedin_conversions.records.written_dates import orders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["formats_of", "guess_time", "is_of_a_win", "is_written"]

_CONVERSION = (
    *map(folded_name, FOUND_BY_NAME["happened_at"]),
    *names("""
        converteddate conversiondate conversionat convertedon dateconverted wonat wontime wondate datewon wonon closedwonat
        dateenteredclosedwon gewonnenam paidat paidon paymentdate datepaid billedat purchasedat purchasedate processedat orderedat orderdate
        ordertime orderplacedat bezahltam bestelltam bestelldatum kaufdatum zahlungsdatum signedat signedon signeddate datesigned
        contractdate signedupat signupdate signupat successdate subscriptiondate registeredat registrationdate registrationdatetime subscribedat submittedat submittime submitdate submitat submitdatetime
        submissiondate bookedat becameacustomerdate becameanopportunitydate becameasalesqualifiedleaddate
        becameamarketingqualifiedleaddate becamealeaddate completedat completiontime activatedat startedat angemeldetam unterschriebenam
        lifecyclestagemarketingqualifiedleaddate lifecyclestagesalesqualifiedleaddate lifecyclestageleaddate mqldate sqldate mqlat
        sqlat qualifiedat qualifieddate qualificationdate becamemqldate becameleaddate timestampopt timestampsignup optintime confirmtime optindate confirmedat
        firstrespondeddate respondedat respondedon
        conversionsdatum konvertierungsdatum konvertiertam fechadeconversion fechaconversion fechadeganado fechaganado fechadecompra
        fechadepago datedeconversion dateconversion datedegain dategagnee datedachat dateachat datedecommande datedepaiement
        conversiedatum gewonnenop besteldatum betaaldatum datadiconversione dataconversione datadeconversao dataconversao
        entrydate datesubmitted submittedon dateofsubmission appliedon appliedat dateapplied applicationdate
    """),
    *in_other_languages("converted"),
)
"""Plain names of the moment in which somebody converted, the surest first."""
_STAGE = names("laststagechangedate stagechangetime stagechangedat stagechangedate stagechangedon")
_CLOSED = (
    *names("""
    auftragsdatum vertragsdatum belegdatum buchungsdatum closedate actualclosedate closedat closedon closeddate closetime closedtime dateclosed closeserial wonlocal invoicedate invoicedat rechnungsdatum abschlussdatum abschlussam geschlossenam
    abgeschlossenam enddate localwondate closingdate schlusstermin schlussdatum datedecloture datecloture datedefermeture fechadecierre fechacierre
    sluitingsdatum afsluitdatum datadichiusura datadefechamento
"""),
    *in_other_languages("closed"),
)
_PLAIN = (
    *names("""
    date time timestamp originaltimestamp datetime datehourminute datehour datum zeitpunkt zeit eventdate fecha epoch
    zeitstempel horodateur horodatage marcatemporal tijdstempel informazionicronologiche carimbodedatahora data
"""),
    *in_other_languages("time"),
)
"""`dateHourMinute` is Google Analytics' name, the second line what Google Forms calls it."""
_CREATED = (
    *names("""
    createdat created createdate cdate createddate createdon createdtime datecreated addtime addedat dateadded insertedat
    acquisitiondate eventcreateddatetime creationdate erstelltam erstellungsdatum angelegtam datedecreation fechadecreacion aanmaakdatum datadicreazione datadecriacao
"""),
    *in_other_languages("created"),
)
_RANKED = (*_CONVERSION, *_STAGE, *_CLOSED, *_PLAIN, *_CREATED)
_CREATED_FROM = _RANKED.index(_CREATED[0]) * 4
_STAGE_FROM = _RANKED.index(_STAGE[0]) * 4
_WON = ("won", "closedwon", "success")
_CONVERTED = frozenset(
    names("""
        won closedwon converted conversion paid purchased ordered signed qualified mql sql submitted submit registered subscribed booked
        gewonnen bezahlt bestellt gekauft became signup registration enrolled lifecyclestage entered
    """)
)
"""Words of such a moment, whatever stands around them."""
_NEVER = frozenset(
    names("""
        expected planned next due lost birth birthday birthdate geburtstag geburtsdatum seen contacted replied opened clicked login
        sdc fivetran airbyte extracted loaded synced etl expires expiry trial renewal failed voided uncollectible canceled
        cancelled cancelledat deleted archived refunded incoming outgoing activity first exited consent
    """)
)
"""Words of times at which nobody converts, but in a name that is known as a whole: `FirstRespondedDate`."""
_AT_THE_END = re.compile("(?<=...)(?:on|at|date|time)$")
"""What stands behind such a word where no separator is: `qualifiedon`."""
_MOSTLY = 0.5
_DAYS = {
    "dmy": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y"),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"),
    "ymd": ("%Y/%m/%d", "%Y.%m.%d"),
}
_CLOCKS = ("", " %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %I:%M %p")
_FORMATS = {order: tuple(day + clock for day in days for clock in _CLOCKS) for order, days in _DAYS.items()}
_LONGEST = 40


def guess_time(columns: Mapping[str, ColumnSample], labels: Mapping[str, Label]) -> Iterator[tuple[str, FieldGuess]]:
    """The time of the conversion; one at which a row was made is only proposed where there is no better."""
    found = sorted(_ranked(columns, labels))
    if not found:
        return
    at, _, _, best = found[0]
    also = tuple(path for *_, path in found[1:])
    if at >= _CREATED_FROM:
        reason = "when the row was made, for no column says when somebody converted"
        yield "happened_at", FieldGuess((best,), reason, also[:3], confirm=True, is_last_resort=True)
        return
    next_best = [path for rank_, *_, path in found[1:] if rank_ < _CREATED_FROM and _says_more(path, best, columns)]
    is_alone = _is_everywhere(columns[best]) or is_of_a_win(labels[best])
    paths = (best,) if is_alone else (best, *next_best[:1])
    reason = (
        "reads most like the moment of a conversion"
        if at < _STAGE_FROM
        else "the nearest to the moment of a conversion"
    )
    if len(paths) > 1:
        reason += "; where it is empty, the next one"
    yield "happened_at", FieldGuess(paths, reason, tuple(path for path in also if path not in paths)[:3], confirm=True)


def _ranked(columns: Mapping[str, ColumnSample], labels: Mapping[str, Label]) -> Iterator[tuple[int, int, int, str]]:
    """Columns of times with how much they read like a conversion's, days behind moments."""
    for order, (path, sample) in enumerate(columns.items()):
        label = labels[path]
        name = "".join(label.words)
        is_never = rank(label, _CONVERSION) is None and not _NEVER.isdisjoint(label.words)
        if not sample.values or is_never or changes_with_every_edit(name):
            continue
        if "[]" in path or "[0]" in path or "consent" in label.around:
            continue  # a time of one element of a list, or of a consent
        at = _rank(label)
        if at is None or not _holds_times(sample, label):
            continue
        depth = 8 * label.depth if at >= _CREATED_FROM else label.depth
        yield at + depth, not any(map(looks.is_moment, sample.values[:50])), order, path


def is_of_a_win(label: Label) -> bool:
    """Whether a time is that at which a deal was won or a program had success: without it nobody converted, whatever else has a date."""
    return any(word in _WON for word in label.words)


def _rank(label: Label) -> int | None:
    at = rank(label, _RANKED)
    if at is None and any(_AT_THE_END.sub("", word) in _CONVERTED for word in label.words):
        return _RANKED.index("wonat" if is_of_a_win(label) else "completedat") * 4 + 3
    return at


def _holds_times(sample: ColumnSample, label: Label) -> bool:
    """Whether the values are times: as texts, by the schema, or in a form that some country writes."""
    if sample.types == {"boolean"} or looks.share(sample.values, lambda value: isinstance(value, bool)):
        return False
    if "time" in label.words and all(isinstance(value, str) and value.startswith("19") for value in sample.values):
        return False  # a time of day, which taps write on the first day of 1970
    texts = [value for value in sample.values if isinstance(value, str)]
    return (
        looks.share(sample.values, looks.is_time) >= _MOSTLY
        or bool(formats_of(texts)[0])
        or looks.share(texts, is_written) >= _MOSTLY
    )


def is_written(value: object) -> bool:
    """Whether a text is a date as people write it, in whatever order or language, and not one that is read anyway."""
    value = without_letters(value)
    if not isinstance(value, str) or len(value) > _LONGEST or isinstance(milliseconds(value), int):
        return False
    return any(isinstance(Times(date_order=order).read(value), int) for order in orders_of(value))


def _is_everywhere(sample: ColumnSample) -> bool:
    return sample.filled == sample.records and looks.share(sample.values, looks.is_time) == 1


def _says_more(path: str, best: str, columns: Mapping[str, ColumnSample]) -> bool:
    """Whether a column is filled more often than the best one."""
    other, first = columns[path], columns[best]
    good = looks.share(other.values, looks.is_time) * other.filled
    return good > looks.share(first.values, looks.is_time) * first.filled


def formats_of(values: Iterable[object]) -> tuple[tuple[str, ...], bool]:
    """The formats of the texts that cannot be read without one, and whether day and month could be either way round."""
    texts = [
        value.strip()
        for value in map(without_letters, values)
        if isinstance(value, str) and len(value) <= _LONGEST and milliseconds(value) is not None
    ]
    left = [text for text in texts if not isinstance(milliseconds(text), int)]
    if not left:
        return (), False
    orders = [tuple(name for name in ("dmy", "mdy") if _first(text, _FORMATS[name])) for text in left]
    decided = [found[0] for found in orders if len(found) == 1]
    is_open = not decided and any(len(found) > 1 for found in orders)
    chosen = "mdy" if decided.count("mdy") > decided.count("dmy") else "dmy"
    ordered = [*_FORMATS[chosen], *(form for forms in _FORMATS.values() for form in forms)]
    return tuple(dict.fromkeys(form for text in left if (form := _first(text, ordered)))), is_open


def _first(text: str, formats: Iterable[str]) -> str | None:
    for form in formats:
        try:
            datetime.strptime(text, form)  # noqa: DTZ007 - only to see whether it can be read
        except ValueError:
            continue
        return form
    return None
