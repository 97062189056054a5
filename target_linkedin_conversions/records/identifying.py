"""Whether a text identifies a person: the one place that decides if a key may be shown.

A key may hold a person in another form than what was sent of them: the bare id of a URN, a URL around
a click id, a full name of which the parts were hashed. So both are brought to the same forms, as
wholes and in their parts.
"""

from __future__ import annotations

import json
import re
from itertools import permutations
from typing import TYPE_CHECKING

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.normalise.digests import SHORTEST_DIGEST
from target_linkedin_conversions.records.plain_ids import (
    are_numbers,
    is_number_of_nobody,
    is_uuid,
    names_nobody,
    seen,
)
from target_linkedin_conversions.records.unescaped import folded, unescaped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["identifies"]

_BETWEEN_PARTS = re.compile(r"[\s,;/|:]+")
_BETWEEN_WORDS = re.compile(r"[_.+-]+")
_SHORTEST_WORD = 3
_LONGEST_WORD = 40
_UUID_DIGITS = 32
_WHOLE_NUMBER = re.compile(r"([0-9]{1,40}+)\.0{1,20}+").fullmatch
_AROUND = " \t\r\n\"'`()[]{}<>«»“”„‘’.,;:|/"  # noqa: RUF001 - quotes as people type them
_SHORTEST_NUMBER = 5
"""Digits of a part of a raw value that could be anything: an hour, a day, a house number."""
_LONGEST_RAW = 1000
"""Characters of a raw value that are taken apart: each part costs its forms."""
_ESCAPES = "%&\\"
_PERHAPS_ADDRESS = re.compile(r"[@{\\\x80-\U0010ffff]|%(?:40|2[356])|&#|(?i:&(?:amp|commat|num|percnt))").search
"""An at sign, what may be one behind escapes, or an object of JSON."""
_NO_PUNCTUATION = {code: None for code in range(128) if not chr(code).isalnum()}
_NOT_THE_PERSON = frozenset({"idType", "countryCode"})
"""Members of LinkedIn's `user` whose values say nothing about who it is."""


def identifies(text: str | None, user_json: bytes, raw_values: Collection[object] = ()) -> bool:
    """Whether a text, or a part of it, is in whatever form what an event's user or the record's raw values hold.

    `user_json` begins with the JSON of LinkedIn's `user`, or is empty; `raw_values` are those of the
    columns that say who it is, of any kind that JSON has.
    """
    if not text or not text.strip():
        return False
    if names_nobody(text, seen(user_json)) if not raw_values else _is_of_no_raw_value(text, user_json, raw_values):
        return False
    text = text[:_LONGEST_RAW]
    known = set(_of_user(user_json))
    for value in _texts(raw_values):
        for piece in _pieces_of_raw(value):
            known |= _forms(piece)
    known |= _joined_names(raw_values)
    if not known:
        return False
    pieces = _pieces(text)
    pieces |= {word for piece in pieces for word in _words(piece)}
    return any(not known.isdisjoint(_forms(piece)) for piece in pieces)


def _joined_names(raw_values: Collection[object]) -> set[str]:
    """Each two short words of the raw values in one, as in `janedoe`."""
    words = [value for value in raw_values if type(value) is str and len(value) <= _LONGEST_WORD and "@" not in value]
    names = list(dict.fromkeys(name for value in words if (name := normalise.normal_name(value))))
    return {folded(one + other) for one, other in permutations(names, 2)}


def _is_of_no_raw_value(text: str, user_json: bytes, raw_values: Collection[object]) -> bool:
    if user_json:
        return False
    if are_numbers([text]):
        return all(_holds_no_such(text, value) for value in _texts(raw_values))
    return _is_one_plain_word(text) and _is_in_none(text, raw_values)


def _holds_no_such(number: str, value: str) -> bool:
    """Whether a plain number is no part of a raw value: it is known in no other form, and a URL is cut into no parts but mailboxes."""
    whole = value.strip(_AROUND)
    if ("://" in whole or "=" in whole) and not _PERHAPS_ADDRESS(value):
        return True
    if "{" in value or any(sign in value for sign in _ESCAPES):
        return False
    return is_number_of_nobody(number, (value if value.isascii() else folded(value)).encode(errors="replace"))


def _words(key: str) -> set[str]:
    """The words of a key such as `jane-doe-2026` that are long enough to name somebody; a raw value is not cut so finely."""
    if is_uuid(key):
        return set()
    words = _BETWEEN_WORDS.split(key)
    return {word for word in words if len(word) >= _SHORTEST_WORD and not _is_short_number(word)}


def _is_short_number(text: str) -> bool:
    return text.isdecimal() and len(text) < _SHORTEST_NUMBER


def _is_one_plain_word(text: str) -> bool:
    """Whether every form of a text is the text itself but for case and hyphens, as of most keys."""
    return len(text) < SHORTEST_DIGEST - 1 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def _is_in_none(word: str, raw_values: Collection[object]) -> bool:
    """Whether no raw value holds such a word in any form, as can be seen without making the forms: a tenth of the cost (measured)."""
    cores = {_letters_and_digits(part) for part in (word, *_words(word))}
    whole = _letters_and_digits(word)
    for value in raw_values:
        if value is None:
            continue
        if type(value) is not str or any(sign in value for sign in _ESCAPES):
            return False
        if len(value) >= SHORTEST_DIGEST - 1 and "@" not in value and "://" not in value:
            return False  # the value may be a hash of the word
        held = _letters_and_digits(value) if value.isascii() else "".join(filter(str.isalnum, folded(value)))
        if any(core in held for core in cores) or (len(held) >= _SHORTEST_WORD and held in whole):
            return False
    return True


def _letters_and_digits(text: str) -> str:
    return text.lower().translate(_NO_PUNCTUATION)


def _of_user(user_json: bytes) -> Iterator[str]:
    """The values that an event's user holds, and the bare id of its URN."""
    if not user_json:
        return
    try:
        user, _ = json.JSONDecoder().raw_decode(user_json.decode())
    except ValueError:
        return
    for value in _texts([user]):
        form = folded(value)
        yield form
        yield _joined(value)
        if number := _WHOLE_NUMBER(value):
            yield number[1]
        if form.startswith("urn:"):
            yield form.rpartition(":")[2]


def _texts(values: Iterable[object]) -> Iterator[str]:
    """Every text or number within values of any depth."""
    for value in values:
        if isinstance(value, dict):
            yield from _texts(part for name, part in value.items() if name not in _NOT_THE_PERSON)
        elif isinstance(value, list | tuple):
            yield from _texts(value)
        elif value is not None and not isinstance(value, bool) and str(value).strip():
            yield str(value)


def _pieces(text: str) -> set[str]:
    """A text and its parts, as it is and without what escapes it."""
    wholes = set(unescaped(text))
    parts = {part for whole in wholes for part in _BETWEEN_PARTS.split(whole)}
    return {stripped for piece in wholes | parts if (stripped := piece.strip(_AROUND))} | wholes


def _pieces_of_raw(text: str) -> set[str]:
    """The same of a raw value, and the names of its mailboxes; of a URL only the whole, for its parts are words that stand in many."""
    text = text[:_LONGEST_RAW]
    wholes = {text.strip(_AROUND), text}
    for address in normalise.addresses_in(text):
        wholes |= {address, address.rpartition("@")[0]}
    if "://" in text or "=" in text:
        return wholes
    return wholes | {piece for piece in _pieces(text) if not _is_short_number(piece)}


def _forms(piece: str) -> set[str]:
    """Every form in which a piece may be known: as it is, and as each kind of identifier."""
    number = _WHOLE_NUMBER(piece)
    found = (
        piece,
        number and number[1],
        normalise.click_id(piece),
        normalise.lead(piece),
        normalise.email(piece),
        _joined(piece),
        None if is_uuid(piece) else normalise.hashed_name(piece),
        normalise.hex_digest(piece.strip()),
        normalise.ip_address_hashed(piece),
        normalise.ip_address_plain(piece),
    )
    forms = {folded(form) for form in found if isinstance(form, str)}
    return {form for form in forms | {_bare(form) for form in forms} if form}


def _joined(text: str) -> str:
    """A text without what stands between its letters: as a name is hashed, or the digits of a UUID, which is no name."""
    if (name := normalise.normal_name(text)) is not None:
        return name
    digits = _letters_and_digits(text)
    return digits if len(digits) == _UUID_DIGITS else folded(text)


def _bare(form: str) -> str:
    """The id at the end of a URN."""
    return form.rpartition(":")[2] if form.startswith("urn:") else form
