"""Who consented: columns that say so, what in them means yes, and columns that only say who refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.answers import is_answer, is_no, is_tick, is_yes
from target_linkedin_conversions.guessing.candidates import MOSTLY
from target_linkedin_conversions.guessing.guess import ConsentGuess
from target_linkedin_conversions.guessing.labels import Label, names, says, words_of
from target_linkedin_conversions.guessing.negations import is_negated, says_who_refused
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.truth import TRUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.guessing.candidates import Columns, Labels
    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["guess_consent"]

_CONSENTS = (
    *names(
        "consent consents einwilligung zustimmung consentement consentimiento consenso toestemming optin optins einverstaendnis legalbasis"
    ),
    *in_other_languages("consent"),
)
_ALLOWS = names("""
    adsstorage adstorage aduserdata adspersonalization adpersonalization acceptsmarketing acceptsemailmarketing marketingallowed
    allowsmarketing customeracceptsmarketing marketingconsent dsgvo gdpr werbungerlaubt werbeeinwilligung werbezustimmung
""")
_AGREES = names("""
    agree agreed agrees granted given allowed allow permitted permission ok accepted accept status state value answer enabled
    checked ischecked
    maywe canwe couldwe duerfenwir darf pouvonsnous podemos possiamo mogenwij
    accepte accord autorise acepta acepto aceptado autoriza accetta accetto accettato aceita aceito stimme
""")
"""What says yes or no and not to what, so that the names around it have to."""
_AGREEMENTS = frozenset(
    names("""
    iagree iaccept iconsent yesiagree agreed agree ichstimmezu stimmezu ichbineinverstanden einverstanden ichwilligeein jaccepte
    jesuisdaccord daccord acepto estoydeacuerdo deacuerdo accetto sonodaccordo aceito concordo ikgaakkoord ikstemin akkoord
    wyrazamzgode zgadzamsie zgadzam souhlasim hozzajarulok jagsamtycker jegsamtykker
    """)
)
"""Names of a box to tick that say that somebody agreed, and not to what."""
_AGREEMENT_WITHIN = re.compile("同意|동의").search
"""The same in scripts that put no space between words."""
_STATES = (("status",), ("state",))
"""Last words of what tells how far somebody came, as `Marketing status` does: less than a consent."""
_PLACES = names("""
    permission permissions preference preferences privacy gdpr dsgvo agreement agreements subscription subscriptions legal
    marketingpermissions purposes
""")
"""What objects and lists of consents are called beside those that say so."""
_FOR_ADS = frozenset(
    names("""
    ads ad adstorage advertisers marketing mkt mktg werbung werbe linkedin tracking advertising advertisement advertisements advertise
    promotion promotions promotional personalised personalized targeting targeted retargeting publicite publicidad pubblicita
    reklame
""")
)
_IN_PLACES = _FOR_ADS.union(_AGREES, ("is", "has", "email", "personal"))
"""The words of a name in such a place; `can_receive_marketing` says who can be reached, not who agreed."""
_FOR_OTHERS = frozenset(
    names(
        "analytics functional functionality necessary essential terms tos service statistics performance social sale sell"
    )
)
"""Words of consents for other purposes than advertising."""
_TARGETING_GROUP = re.compile(r"(c0004)(?::[01])?", re.IGNORECASE).fullmatch
"""How OneTrust calls the group of cookies for advertisements."""
_BETWEEN = re.compile(r"[,;|]")
_OF_A_FORM = frozenset(
    names("id ids uuid guid version revision url link source count number name text label type method")
)
"""Last words of what is known of a consent beside its answer; a `version` or an `id` may well be 1, which means yes."""
_REFUSED = "says who refused e-mails or contact, which is not who agreed to advertisements"
_NOT_AGREED = "reads by its name like who did not agree, or does no more, which is not who agreed"
_MOST_WORDS, _MOST_LISTED = 3, 3
_MOST_ANSWERS = 8
"""Different answers that a question of yes and no has in any language; what has more is no such question."""


def guess_consent(columns: Columns, labels: Labels) -> tuple[ConsentGuess, ...]:
    """Columns that say who consented, those for advertisements first, those that say who refused last."""
    found: list[tuple[bool, bool, bool, bool, int, int, ConsentGuess]] = []
    for order, (path, sample) in enumerate(columns.items()):
        label = labels[path]
        is_for_ads = not _FOR_ADS.isdisjoint(label.all_words) or says(label.all_words, _ALLOWS)
        is_refusal = says_who_refused(label.words)
        if is_refusal and _has_few_answers(sample) and not path.endswith("[]"):
            found.append((True, False, False, False, label.depth, order, _refused(path, _REFUSED)))
        elif is_negated(label.all_words, sample.column or path):
            if _is_consent(label, sample, is_for_ads=is_for_ads) and _has_few_answers(sample):
                found.append((True, False, False, False, label.depth, order, _refused(path, _NOT_AGREED)))
        elif _is_consent(label, sample, is_for_ads=is_for_ads) and (
            guess := _guess(path, sample, is_for_ads=is_for_ads)
        ):
            is_clear = guess.contains != () or looks.share(sample.values, is_answer) >= MOSTLY
            is_of_a_state = label.words[-1:] in _STATES and not says(label.all_words, _CONSENTS)
            found.append((False, not is_for_ads, not is_clear, is_of_a_state, label.depth, order, guess))
    return tuple(guess for *_, guess in sorted(found, key=lambda one: one[:6]))


def _is_consent(label: Label, sample: ColumnSample, *, is_for_ads: bool) -> bool:
    """Whether a column says who consented: by its own name, or by its answers and the names around it."""
    if not is_for_ads and not _FOR_OTHERS.isdisjoint(label.all_words):
        return False
    if looks.share(sample.values, looks.is_time) >= MOSTLY or _OF_A_FORM.intersection(label.words[-1:]):
        return False  # when or by which form consent was given, not whether
    if says(label.words, _CONSENTS) or says(label.words, _ALLOWS):
        return True
    if _is_agreement(label) and looks.share(sample.values, is_answer) >= MOSTLY:
        return True
    is_inside = says(label.around, (*_CONSENTS, *_ALLOWS, *_PLACES)) and _IN_PLACES.issuperset(label.words)
    says_to_what = is_for_ads and (is_inside or says(label.words, _AGREES))
    says_that = is_inside and says(label.around, _CONSENTS) and says(label.words, _AGREES)
    is_list = says(label.words, _PLACES) and bool(_listed_for_ads(sample.texts))
    return is_list or ((says_to_what or says_that) and looks.share(sample.values, is_answer) >= MOSTLY)


def _is_agreement(label: Label) -> bool:
    """Whether a column's whole name says that somebody agreed."""
    return not label.depth and ("".join(label.words) in _AGREEMENTS or any(map(_AGREEMENT_WITHIN, label.words)))


def _guess(path: str, sample: ColumnSample, *, is_for_ads: bool) -> ConsentGuess | None:
    """The consent of a column: one answer of few, or a list of what was agreed to; None where it is neither."""
    if listed := _listed_for_ads(sample.texts):
        reason = "a list by its name that holds advertisements"
        return ConsentGuess(path.removesuffix("[]"), (), (), reason, contains=listed)
    if path.endswith("[]") or not _has_few_answers(sample):
        return None
    return _agreed(path, sample, is_for_ads=is_for_ads)


def _listed_for_ads(texts: Iterable[str]) -> tuple[str, ...]:
    """What stands for advertisements in lists of what was agreed to, such as `ads` or `C0004`."""
    parts = [part.strip() for text in texts for part in _BETWEEN.split(text)]
    groups = (group[1] for part in parts if (group := _TARGETING_GROUP(part)))
    return tuple(dict.fromkeys((*groups, *filter(_is_for_ads, map(_without_answer, parts)))))[:_MOST_LISTED]


def _without_answer(part: str) -> str:
    """What a part of a list says yes to: `marketing:1` is asked for as `marketing`; empty where it says no."""
    name, _, answer = part.rpartition(":")
    if not name or not is_answer(answer.strip()):
        return part
    if is_no(answer.strip()):
        return ""
    return name.strip() if answer.strip().casefold() in TRUE else part


def _is_for_ads(part: str) -> bool:
    """Whether a part of a list says yes to advertisements in a few words."""
    words = words_of(part)
    return 0 < len(words) <= _MOST_WORDS and not _FOR_ADS.isdisjoint(words) and not is_negated(words, part)


def _has_few_answers(sample: ColumnSample) -> bool:
    if not sample.values:
        return "boolean" in sample.types
    return 0 < len(sample.texts) <= _MOST_ANSWERS and not any(map(looks_personal, sample.texts))


def _refused(path: str, reason: str) -> ConsentGuess:
    return ConsentGuess(path, (False,), (), reason, is_refusal=True)


def _agreed(path: str, sample: ColumnSample, *, is_for_ads: bool) -> ConsentGuess:
    yes = [text for text in sample.texts if is_yes(text) or is_tick(text)]
    own = tuple({text.casefold(): text for text in reversed(yes) if text.casefold() not in TRUE}.values())[::-1]
    spelled_true = (True,) if not own or any(text.casefold() in TRUE for text in yes) else ()
    others = tuple(filter(is_no, sample.texts))
    reason = (
        "consent to advertisements by its name" if is_for_ads else "consent by its name; make sure that it covers ads"
    )
    return ConsentGuess(path, (*spelled_true, *own), others, reason)
