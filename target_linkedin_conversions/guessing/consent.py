"""Who consented: columns that say so, what in them means yes, and columns that only say who refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing.guess import ConsentGuess
from target_linkedin_conversions.guessing.labels import Label, names
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.truth import FALSE, TRUE

if TYPE_CHECKING:
    from target_linkedin_conversions.guessing.candidates import Columns, Labels
    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["guess_consent", "is_yes"]

_CONSENTS = names(
    "consent consents einwilligung zustimmung consentement consentimiento consenso toestemming optin einverstaendnis"
)
_ALLOWS = names("""
    adsstorage adstorage aduserdata adspersonalization adpersonalization acceptsmarketing acceptsemailmarketing marketingallowed
    allowsmarketing customeracceptsmarketing marketingconsent dsgvo gdpr werbungerlaubt
""")
_FOR_ADS = frozenset(names("ads ad adstorage marketing werbung werbe linkedin tracking advertising"))
_REFUSALS = names("""
    optout optedout hasoptedout hasoptedoutofemail unsubscribed unsubscribe donotcontact donotcall donotemail donottrack
    widerspruch abgemeldet optedoutofemail
""")
_YES = TRUE | frozenset(
    names("""
    granted ja j oui si sí sim tak accepted agreed given erteilt zugestimmt opted_in opt-in optin subscribed allowed
    confirmed explicit wahr vrai
""")
)
_NO = FALSE | frozenset(
    names(
        "nein non nej nie denied declined refused rejected withdrawn revoked opted_out opt-out optout unsubscribed pending"
    )
)
_MOST_ANSWERS = 8
"""Different answers that a question of yes and no has in any language; what has more is no such question."""


def is_yes(text: str) -> bool:
    """Whether an answer means yes, in one of the languages that CRMs are filled in."""
    return "_".join(text.casefold().split()) in _YES


def guess_consent(columns: Columns, labels: Labels) -> tuple[ConsentGuess, ...]:
    """Columns that say who consented, those for advertisements first, those that say who refused last."""
    found = []
    for order, (path, sample) in enumerate(columns.items()):
        label = labels[path]
        is_refusal = _says(label, _REFUSALS)
        if path.endswith("[]") or not (is_refusal or _says(label, _CONSENTS) or _says(label, _ALLOWS)):
            continue
        if _has_few_answers(sample):
            is_for_ads = not _FOR_ADS.isdisjoint(label.all_words) or _says(label, _ALLOWS)
            guess = _refused(path) if is_refusal else _agreed(path, sample, is_for_ads=is_for_ads)
            found.append((is_refusal, not is_for_ads, label.depth, order, guess))
    return tuple(guess for *_, guess in sorted(found, key=lambda one: one[:4]))


def _says(label: Label, wanted: tuple[str, ...]) -> bool:
    """Whether one of the names is written in a label, as up to four of its words."""
    runs = ("".join(label.words[at : at + length]) for at in range(len(label.words)) for length in (1, 2, 3, 4))
    return not set(wanted).isdisjoint(runs)


def _has_few_answers(sample: ColumnSample) -> bool:
    if not sample.values:
        return "boolean" in sample.types
    return 0 < len(sample.texts) <= _MOST_ANSWERS and not any(map(looks_personal, sample.texts))


def _refused(path: str) -> ConsentGuess:
    reason = "says who refused e-mails or contact, which is not who agreed to advertisements"
    return ConsentGuess(path, (False,), (), reason, is_refusal=True)


def _agreed(path: str, sample: ColumnSample, *, is_for_ads: bool) -> ConsentGuess:
    yes = [text for text in sample.texts if is_yes(text)]
    own = tuple(text for text in yes if text.casefold() not in TRUE)
    spelled_true = (True,) if not own or len(own) < len(yes) else ()
    others = tuple(text for text in sample.texts if "_".join(text.casefold().split()) in _NO)
    reason = (
        "consent to advertisements by its name" if is_for_ads else "consent by its name; make sure that it covers ads"
    )
    return ConsentGuess(path, (*spelled_true, *own), others, reason)
