"""The names of months and days of the week, as people of many languages write them in a date."""

from __future__ import annotations

import unicodedata
from functools import cache

__all__ = ["is_before_a_day", "month_of"]

_SHORTEST = 3
"""Letters of a month's abbreviation; a day of the week has one of two."""


def month_of(name: str) -> int | None:
    """The month, 1 to 12, of its name in whatever case, accented or not; None for any other word.

    An abbreviation is the beginning of a name, where it begins the names of no other month.
    """
    return _months().get(_letters(name))


def is_before_a_day(word: str) -> bool:
    """Whether a word says nothing but the day of the week, also abbreviated, or is what stands before a day: `den`."""
    return _letters(word) in _days_of_the_week()


def _letters(name: str) -> str:
    """The letters by which two spellings compare: `août` and `AOUT`."""
    apart = unicodedata.normalize("NFD", name.casefold())
    return "".join(c for c in apart if c.isalpha()).replace("\u0131", "i")


@cache
def _days_of_the_week() -> frozenset[str]:
    names = map(_letters, _DAYS.split())
    return frozenset(name[:size] for name in names for size in range(2, len(name) + 1))


@cache
def _months() -> dict[str, int | None]:
    """Every name and every beginning of one, read when the first is asked for; None for a beginning of two months."""
    whole: dict[str, int | None] = {}
    begun: dict[str, int | None] = {}
    for month, line in enumerate(_MONTHS.strip().splitlines(), start=1):
        for name in map(_letters, line.split()):
            whole[name] = month
            for size in range(_SHORTEST, len(name)):
                if begun.setdefault(name[:size], month) != month:
                    begun[name[:size]] = None
    return begun | whole


_MONTHS = """
january januar jänner janvier enero gennaio janeiro januari januar styczeń stycznia leden ledna январь января ocak січень січня
february februar feber février febrero febbraio fevereiro februari luty lutego únor února февраль февраля şubat лютий лютого
march märz mrz mars marzo março maart mrt mart marts marzec marca březen března март марта березень березня
april avril abril aprile avr kwiecień kwietnia duben dubna апрель апреля nisan квітень квітня
may mai mayo maggio maio mei maj maja květen května май мая mayis травень травня
june juni juin junio giugno junho juni czerwiec czerwca červen června čvn июнь июня haziran червень червня
july juli juillet julio luglio julho juli lipiec lipca červenec července čvc июль июля temmuz липень липня
august août agosto augustus augusti sierpień sierpnia srpen srpna август августа ağustos серпень серпня
september septembre septiembre setiembre settembre setembro wrzesień września září сентябрь сентября eylül вересень вересня
october oktober octobre octubre ottobre outubro październik października říjen října октябрь октября ekim жовтень жовтня
november novembre noviembre novembro listopad listopada listopadu ноябрь ноября kasim листопад листопада
december dezember décembre diciembre dicembre dezembro desember grudzień grudnia prosinec prosince декабрь декабря aralik грудень грудня
"""
"""A line a month: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian, Polish, Czech,
Russian, Ukrainian and Turkish, with the forms that stand behind a day. Croatian is left out: its listopad is October."""

_DAYS = """
monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag
poniedziałek wtorek środa czwartek piątek pt sobota niedziela ndz pondělí úterý středa čtvrtek pátek neděle
понедельник пн вторник среда четверг чт пятница суббота \u0441\u0431 воскресенье вс понеділок вівторок середа четвер субота неділя нд
pazartesi pzt sali çarşamba perşembe cuma cumartesi cmt pazar
am den el il le on
"""
"""The days of the week in the same languages, and what people write before a day."""
