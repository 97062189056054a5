"""Answers to whether somebody agreed, in the languages that CRMs are filled in."""

from __future__ import annotations

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.labels import names, words_of
from target_linkedin_conversions.guessing.negations import is_negated
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.records.truth import FALSE, TRUE

__all__ = ["is_answer", "is_no", "is_refusal", "is_tick", "is_yes"]

_YES = TRUE | frozenset(
    names("""
    granted ja j oui si sí sim tak accepted agreed given erteilt zugestimmt opted_in opt_in opt-in optin subscribed allowed
    confirmed explicit wahr vrai verdadero checked enabled freely_given_consent_from_contact
    double_opt-in double_opt_in single_opt-in single_opt_in opted-in
""")
).union(in_other_languages("yes"))
_NO = FALSE | frozenset(
    names("""
    nein non nej nie denied declined refused rejected withdrawn revoked opted_out opt_out opt-out optout unsubscribed pending
    not_subscribed never_subscribed falsch faux falso unchecked disabled
""")
).union(in_other_languages("no"))
_TICKS = frozenset({"x", "\u2713", "\u2714", "\u2611"})
_CROSSES = _TICKS | {"\u2717", "\u2718", "\u2612"}
"""What ticks a box in exports; the others mean no where they stand beside a tick."""


def _folded(value: object) -> str:
    return "_".join(str(value).casefold().split())


def is_yes(value: object) -> bool:
    """Whether an answer means yes."""
    return _folded(value) in _YES


def is_tick(value: object) -> bool:
    """Whether a value is the mark in a ticked box, as lists that people keep by hand have it."""
    return str(value).strip().casefold() in _TICKS


def is_no(value: object) -> bool:
    """Whether an answer means no."""
    return _folded(value) in _NO


def is_answer(value: object) -> bool:
    """Whether a value is yes or no in any writing."""
    return is_yes(value) or is_no(value)


def is_refusal(value: object) -> bool:
    """Whether a value of a column that says who refused names somebody who did: a yes, a cross, a time, or words that say no."""
    text = str(value).strip()
    if not text or is_no(text):
        return False
    return is_yes(text) or text.casefold() in _CROSSES or looks.is_time(text) or is_negated(words_of(text), text)
