"""Words of a name, or of an answer, by which it says no, not yet or no more: what holds one is never taken for a yes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing.labels import label_of, names, says, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_negated", "refuses_by_name", "says_who_refused"]

_REFUSALS = names("""
    optout optedout hasoptedout hasoptedoutofemail unsubscribed unsubscribe donotcontact donotcall donotemail donottrack
    widerspruch abgemeldet optedoutofemail donotallowbulk donotallowemails donotbulkemail donotbulkpostalmail donotsendmm donotmarket
    donotmail nomarketing marketingsuspended blacklisted werbesperre werbeverbot mailsperre kontaktsperre keinewerbung
    donttrack dontprocess dontcontact dontmarket donotprocess donotsell dontsell donotshare desinscrit desabonne
    uitgeschreven afgemeld ausgetragen abbestellt disiscritto descadastrado dadodebaja nepascontacter nocontactar noncontattare nietcontacteren
""")
_NEGATING = frozenset(
    "".join(words_of(name))
    for name in names("""
    no not non none never nobody dont doesnt didnt wont cant cannot isnt wasnt hasnt havent without out off optout optedout
    unsubscribe unsubscribed unsubscribes unsubscribing withdraw withdrawn withdrew withdrawal revoke revoked revocation
    refuse refused refuses refusal decline declined declines deny denied denies denial reject rejected rejects rejection
    objects objected objection oppose opposed disagree disagreed disagrees disallow disallowed disallows disable disabled
    dissent block blocked blocks suppress suppressed suppression exclude excluded exclusion prohibit prohibited forbid forbidden
    uncheck unchecked cancel canceled cancelled cancellation delete deleted deletion erase erased erasure forget forgotten
    remove removed removal stop stopped limit limited restrict restricted restriction terminate terminated
    expired invalid bounced lapsed missing lacking absent pending required require requires needed requested request asked
    unknown unclear unconfirmed unverified until

    nein nicht kein keine keinen keiner keinem ohne widerrufen widerruf widersprochen widerspruch widerspricht verweigert
    verweigerung verweigere abgelehnt ablehnung ablehnen lehne abgemeldet abmeldung abbestellt ausgetragen zurückgezogen
    zurückgenommen entzogen gesperrt sperre sperrung gelöscht löschung löschen untersagt untersagung verboten verbot
    ausgeschlossen ausschluss beendet abgelaufen ausstehend offen fehlt fehlende fehlend erforderlich angefragt ungültig

    sans pas aucun aucune jamais refus refusé refusée refuser refuse retiré retirée retrait révoqué révoquée révocation oppose
    opposé opposition désinscrit désinscription désabonné désabonnement interdit exclu exclue exclusion supprimé expiré

    sin nunca ningún ninguna rechazado rechazada rechaza rechazo denegado denegada revocado revocada retirado retirada baja
    cancelado cancelada negado negada opone oposición excluido caducado

    senza negato negata rifiutato rifiutata rifiuta rifiuto revocato revocata ritirato ritirata disiscritto opposto revoca
    opposizione scaduto

    sem não nenhum recusado recusada recusa recuso revogado revogada descadastrado descadastro

    geen niet zonder ingetrokken geweigerd weigert weiger uitgeschreven afgemeld afgewezen bezwaar afmelding verlopen

    brak bez nie wycofana wycofano wycofanie cofnięta odmowa odmówiono odmawiam sprzeciw wypisany rezygnacja

    ingen ikke inte ej uten uden utan nej nei återkallat återkallad trukket tilbakekalt tilbagekaldt avslått afvist ei
    peruutettu kieltää kielto

    ne není odvolán odvolaný odvolání odmítnut odmítl nesouhlas neudělen nesúhlas nincs nem visszavont elutasítva
    yok hayır ret reddedildi iptal değil fără refuz

    нет не без отозвано отозван отозвана отказ отказался отписан отписался запрет запрещено όχι χωρίς ανάκληση
    """)
)
_LONG_NAME = 7
"""Letters of a negating word that is known as the end of a longer one, as in `Werbewiderspruch`."""
_MADE_NEGATIVE = re.compile(
    r"(?:non|no|not|un|dis|anti|kein[e]?|nicht|ohne|sans|sin|senza|sem|bez)"
    r"(?:consent|consenso|agree|accept|allow|permi|subscri|grant|track|ads?$|market|opt(?:ed)?in|einwillig|zustimm|werb)"
).match
"""A word that a syllable before it turns into its opposite: `nonconsent`, `unsubscribes`, `noads`."""
_WITHIN = re.compile(
    r"(?<![是可能与與])否|不|未|(?<!有)[無无]|拒|撤|取消|退订|退訂|なし|しない|거부|철회|미동의|비동의"
).search
"""The same in scripts that put no space between words; `是否` and `有無` ask whether."""
_without_pairs = re.compile(
    r" (?:(?:yes|y) (?:no|n)|(?:no|n) (?:yes|y)|ja (?:nein|nee|nej|nei)|oui non|si no|sim nao|tak nie|ano ne|true false|in (?:opt )?out"
    r"|\u0434\u0430 \u043d\u0435\u0442)(?= )"
).sub
"""Both answers, which a name lists for whoever fills it in: `Consent (yes/no)`."""
_MARK_BEFORE = re.compile(r"\s*(?:[!✗✘☒☐]|-(?=[^\W\d_]))").match
"""A sign that says no, or that a box is empty, before what it is about: `!marketing`, `-ads`, `☐ Marketing`."""


def says_who_refused(words: tuple[str, ...]) -> bool:
    """Whether words, as a column's label has them, name those who do not want to be written to."""
    return says(words, _REFUSALS)


def refuses_by_name(column: str) -> bool:
    """Whether a yes in this column is somebody's no, as in `Email Opt Out` or `Consent withdrawn`."""
    words = label_of(column).words
    return says_who_refused(words) or is_negated(words, column)


def is_negated(words: Iterable[str], written: str = "") -> bool:
    """Whether words as `words_of` writes them, or a sign before them where they are `written`, say no."""
    return _MARK_BEFORE(written) is not None or any(map(_says_no, _without_pairs(" ", f" {' '.join(words)} ").split()))


def _says_no(word: str) -> bool:
    if word in _NEGATING or _MADE_NEGATIVE(word) or _WITHIN(word):
        return True
    return any(word.endswith(name) for name in _LONG_NEGATING)


_LONG_NEGATING = tuple(name for name in _NEGATING if len(name) >= _LONG_NAME)
