"""The words of a column's name or path, however it is written: `Contact E-mail`, `Main_Email__c`, `property_email`."""

from __future__ import annotations

import re
import unicodedata
from itertools import filterfalse
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.nearest import in_one_form
from target_linkedin_conversions.records.paths import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Label", "label_of", "labels_of", "names", "rank", "says", "words_of"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")
_FOLDED = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ø": "oe",
        "Ø": "Oe",
        "æ": "ae",
        "Æ": "Ae",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "\u2019": "",
        "'": "",
    }
)
_NUMBER_SIGN = re.compile(r"(?<=\w) ?#")
"""Behind a word it stands for one: `Order #`."""
_FEWEST_TO_SHARE = 4
"""Columns from which on it is no chance that all begin alike."""
_SPELT_OUT = {
    "dt": "date",
    "dttm": "time",
    "ts": "time",
    "tstamp": "timestamp",
    "nm": "name",
    "cd": "code",
    "flg": "flag",
    "ind": "flag",
    "amt": "amount",
    "curr": "currency",
    "ccy": "currency",
    "ctry": "country",
    "stg": "stage",
    "acct": "account",
    "cust": "customer",
    "cntct": "contact",
    "upd": "updated",
    "crtd": "created",
    "eml": "email",
    "addr": "address",
}
"""What databases shorten in the names of columns."""
_FILTER = re.compile(r"\[(?P<by>[^\[\]=]+)=(?P<value>[^\[\]]*)\]")
_KEYS = frozenset({"key", "name", "id", "field", "slug", "purpose", "type", "category"})
"""Members by whose value an element of a list is named."""
_WRAPPERS = frozenset({"value", "values", "stringvalue", "intvalue", "floatvalue", "doublevalue", "text"})
"""Members that hold what the object around them is called by."""
_TYPED = frozenset({(".date", ".start"), (".select", ".name")})
"""Members in which Notion holds a value by its type."""
_TYPES = frozenset({".number", ".checkbox", ".email"})
"""The same of a single member, behind `properties` and the name of what it holds."""
_DYNAMODB = frozenset({".S", ".N", ".BOOL"})
"""Members in which DynamoDB's exports hold a value by its type."""
_AROUND = frozenset(
    {"property", "properties", "hs", "custom", "attributes", "fields", "field", "metadata", "params", "utc", "gmt"}
)
"""Words that a source puts around a name."""
_WHOSE = frozenset(
    {
        *("contact", "person", "lead", "customer", "client", "user", "member", "buyer", "main", "primary", "current"),
        *(
            "deal",
            "order",
            "opportunity",
            "total",
            "your",
            "kontakt",
            "kunde",
            "kunden",
            "person",
            "ihr",
            "ihre",
            "billing",
        ),
        *("principal", "receipt", "default", "conversion", "mailing", "address", "1", "registration", "registrant"),
        *(
            "invitee",
            "attendee",
            "guest",
            "participant",
            "applicant",
            "subscriber",
            "signer",
            "visitor",
            "teilnehmer",
            "bewerber",
        ),
        *("trato", "negocio", "affaire", "opportunite", "persona", "personne", "piste", "contacto", "cliente", "klant"),
    }
)
"""Words that say whose a value is, before what it is."""
_ASKING = frozenset(str.split("hello hi hey and what whats which please enter wie welche quel quelle cual"))
"""What a form's question begins with: `What is your first name?`"""
_ASKED = _ASKING.union(str.split("is are s the lautet ist dein deine deinen est votre ton es tu su"))
"""Words between that and what is asked for."""
_LONG_NAME = 7
"""Letters of a name that is known as the end of a longer word, as in `Werbeeinwilligung`."""
_BEHIND = ("do", "you", "work")
"""Behind it: `Which company do you work for?`"""


def names(text: str) -> tuple[str, ...]:
    """The names of a table, which stand in a text with white space between."""
    return tuple(text.split())


class Label(msgspec.Struct, frozen=True):
    """What a path is called: the words of its last name, and those of the names around it."""

    words: tuple[str, ...]
    around: tuple[str, ...]
    depth: int

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words around it and its own."""
        return self.around + self.words


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in small letters without marks, in any script; `e-mail` is one, and what Salesforce and Dynamics hang on a name is none."""
    folded = "".join(filterfalse(unicodedata.combining, in_one_form(name.translate(_FOLDED), "NFKD")))
    found = [
        word.lower()
        for word in _WORD.findall(_NUMBER_SIGN.sub(" number", folded.partition("@OData.")[0].removesuffix("__c")))
    ]
    words = [_SPELT_OUT.get(word, word) for word in found]
    joined: list[str] = []
    for word in words:
        if word in {"mail", "mails", "mailadresse", "mailadres"} and joined[-1:] == ["e"]:
            joined[-1] = "e" + word
        else:
            joined.append(word)
    return tuple(joined)


def label_of(written: str, column: str = "") -> Label:
    """The label of a column, or of a path into `column`."""
    names = _names_of(written, column)
    if len(names) > 3 and tuple(names[-2:]) in _TYPED:  # noqa: PLR2004 - behind the name of what they hold, and what is around it
        del names[-2:]
    if (names[0] == "properties" and len(names) > 2 and names[-1] in _TYPES) or (  # noqa: PLR2004 - as above
        len(names) > 1 and names[-1] in _DYNAMODB
    ):
        names.pop()
    while len(names) > 1 and _is_wrapper(names):
        names.pop()
    names = [name for name in names if name != "[]"] or [written]
    *around, own = names
    return Label(_bare(words_of(own)), tuple(word for name in around for word in _bare(words_of(name))), len(around))


def labels_of(columns: Mapping[str, str]) -> dict[str, Label]:
    """The labels of columns and paths, by the column that each path goes into, empty where it is one itself.

    What flattening put before all columns is no part of their names: `data_attributes_email`, `data_attributes_id`.
    """
    own = [path for path, column in columns.items() if not column and not path.startswith("_")]
    before = _shared_by(own) if len(own) >= _FEWEST_TO_SHARE else ""
    return {
        path: label_of(path, column) if column else label_of(path.removeprefix(before))
        for path, column in columns.items()
    }


def _shared_by(names: Sequence[str]) -> str:
    """What all names begin with, up to its last `_`."""
    first, last = min(names), max(names)
    same = next((at for at, mark in enumerate(first) if last[at : at + 1] != mark), len(first))
    return first[: first.rfind("_", 0, same) + 1]


def _is_wrapper(names: list[str]) -> bool:
    """Whether the last of some names says nothing of its own: `value`, or the only element of `values`."""
    *before, last = names
    if last == "[]":
        return len(before) > 1 and before[-1].startswith(".") and _is_wrapper(before)
    is_member = last.startswith(".") and not last.startswith(".$")  # Klaviyo's `$value` is a name of its own
    return is_member and "".join(words_of(last)) in _WRAPPERS and before[-1] != "[]"


def _names_of(written: str, column: str) -> list[str]:
    """The names along a path, members with their dot; an element that is found by its key is called by that, any other `[]`."""
    path = path_of(written, (column,)) if column else None
    if path is None:
        return [written]
    names = [path.column]
    for step in path.steps:
        chosen = _FILTER.fullmatch(step)
        if step.startswith("."):
            names.append(step)
        else:
            names.append(chosen["value"] if chosen is not None and chosen["by"].lower() in _KEYS else "[]")
    return names


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without those that a source puts around each name, unless nothing else is there."""
    return tuple(word for word in words if word not in _AROUND) or words


def _asked_for(words: tuple[str, ...]) -> tuple[str, ...]:
    """What a form's question asks for; words that ask nothing stay as they are."""
    if not words or words[0] not in _ASKING:
        return words
    end = next((at for at in range(len(words)) if words[at : at + len(_BEHIND)] == _BEHIND), len(words))
    return tuple(word for word in words[:end] if word not in _ASKED)


def rank(label: Label, wanted: Sequence[str]) -> int | None:
    """How well a label means one of some names (small letters, no separators; the best first): 0 is best, None not at all.

    A name may stand alone, behind words that say whose it is, or behind the name of what is around it.
    """
    without = [word for word in _asked_for(label.words) if word not in _WHOSE]
    forms = ("".join(label.words), "".join(without), "".join((*label.around[-1:], *label.words)))
    return min((wanted.index(form) * 4 + worse for worse, form in enumerate(forms) if form in wanted), default=None)


def says(words: tuple[str, ...], wanted: Iterable[str]) -> bool:
    """Whether one of the names is written in some words, as up to four of them, or a long one at the end of a word."""
    runs = {"".join(words[at : at + length]) for at in range(len(words)) for length in (1, 2, 3, 4)}
    return not runs.isdisjoint(wanted) or any(
        word.endswith(name) for word in words for name in wanted if len(name) >= _LONG_NAME
    )
