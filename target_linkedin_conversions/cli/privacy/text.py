"""A disclosure in words: for a terminal, as Markdown for the record of processing, and what differs between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import LONGEST_MESSAGE
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.settings.consent import GRANTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_linkedin_conversions.reporting.disclosure import (
        Destination,
        Disclosed,
        Disclosure,
        KeptAt,
        StreamDisclosure,
    )

__all__ = ["differences", "markdown", "paragraphs"]

_FEW = 3
_TO = "to "
"""Stands before the address of the receiver of events."""


def paragraphs(found: Disclosure) -> Iterator[str]:
    """Lines for a terminal of 80 columns: a paragraph a stream, two lines a field."""
    yield f"To {_receiver(found.destination)}."
    for stream in found.streams:
        yield ""
        yield f"stream {_name(stream.stream)}, {_consent(stream)}"
        for field in stream.fields:
            yield f"  {field.field}: {field.leaves_as} as {field.sent_as}, {_origin(field)}"
            kept = [f"{place} {how_many(days, 'day')}" for place, days in _places(field.kept)]
            yield f"      kept: {'; '.join(kept)}"
        for read in stream.reads:
            yield f"  read and not sent, for {read.purpose}: {_columns(read.columns)}"
        if stream.unsent:
            yield f"  mapped, and never sent: {', '.join(stream.unsent)}"
    yield from ("", "What is kept, where:")
    for where, forms in _forms(found).items():
        yield f"  {where}: {'; '.join(forms)}"
    yield from ("", f"{found.destination.keeps}.", f"{_sentence(found.destination.deletes)}.")


def markdown(found: Disclosure) -> Iterator[str]:
    """A page for the record of processing."""
    to = found.destination
    yield from ("# Conversions sent to LinkedIn", "")
    yield f"Receiver: {_cell(_receiver(to))}."
    yield f"{to.keeps}; {to.deletes}."
    for stream in found.streams:
        yield from ("", f"## Stream {_cell(stream.stream)}", "", f"Consent: {_cell(_consent(stream))}.", "")
        yield "| what | from the columns | leaves as | sent as | kept |"
        yield "|---|---|---|---|---|"
        for field in stream.fields:
            cells = (field.field, _origin(field), field.leaves_as, field.sent_as, _kept(field.kept))
            yield f"| {' | '.join(map(_cell, cells))} |"
        yield from ("", "Read, and not sent by that:", "")
        for read in stream.reads:
            kept = f"; kept: {_kept(read.kept)}" if read.kept else ""
            yield f"- for {read.purpose}: {_cell(_columns(read.columns))}{_cell(kept)}"
        if stream.unsent:
            yield from ("", f"Mapped, and never sent: {_cell(', '.join(stream.unsent))}.")


def differences(before: Disclosure, now: Disclosure) -> list[str]:
    """What left before and does not (`-`), and what leaves now and did not (`+`), a line each; in whatever order it stands."""
    old, new = dict.fromkeys(_facts(before)), dict.fromkeys(_facts(now))
    return [f"- {_of_nobody(fact)}" for fact in old if fact not in new] + [
        f"+ {_of_nobody(fact)}" for fact in new if fact not in old
    ]


def _of_nobody(fact: str) -> str:
    """A fact without the words of a file that say who somebody is; where events are sent to may be a number's address."""
    is_receiver = fact.startswith(_TO)
    return " ".join(
        "…" if "@" in word or (not is_receiver and looks_personal(word.strip(",;:"))) else word
        for word in fact.split(" ")
    )


def _facts(found: Disclosure) -> Iterator[str]:
    """Everything that must not change unnoticed, a sentence each."""
    yield f"{_TO}{printable(found.destination.api_url)}"
    for stream in found.streams:
        name = f"stream {_name(stream.stream)}"
        yield f"{name}: {_consent(stream)}"
        for field in stream.fields:
            where = f"{name}: {field.field}"
            yield f"{where} leaves {field.leaves_as} as {field.sent_as}, {_origin(field, whole=True)}"
            yield from (f"{where} is kept {how_many(days, 'day')} in {place}" for place, days in _places(field.kept))


def _forms(found: Disclosure) -> dict[str, list[str]]:
    """In which forms anything is kept, by place."""
    forms: dict[str, dict[str, None]] = {}
    for stream in found.streams:
        for kept in (*(field.kept for field in stream.fields), *(read.kept for read in stream.reads)):
            for one in kept:
                forms.setdefault(one.where, {})[one.form] = None
    return {where: list(found_there) for where, found_there in forms.items()}


def _places(kept: Iterable[KeptAt]) -> list[tuple[str, int]]:
    return list(dict.fromkeys((one.where, one.days) for one in kept))


def _receiver(to: Destination) -> str:
    accounts = f", ad account {', '.join(to.accounts)}" if to.accounts else ""
    return f"{to.receiver} ({printable(to.api_url)}, version {to.linkedin_version}){accounts}"


def _consent(stream: StreamDisclosure) -> str:
    """Under which consent, in words."""
    consent = stream.consent
    if reason := consent.get("not_required"):
        return printable(f"no consent is asked: {reason}", LONGEST_MESSAGE)
    granted, verb = (consent["contains"], "contains") if "contains" in consent else (consent.get("granted"), "is")
    values = " or ".join(map(str, granted)) if isinstance(granted, list | tuple) else str(granted)
    if granted == list(GRANTED):
        values = "true, in any spelling"
    return printable(f"only where {consent.get('column')} {verb} {values}", LONGEST_MESSAGE)


def _origin(field: Disclosed, *, whole: bool = False) -> str:
    """Where the field's value is from."""
    columns = _columns(field.columns, None if whole or field.how == "mapped" else _FEW)
    match field.how:
        case "constant":
            return "from the settings"
        case "found":
            return f"from {columns} if there, found by name"
        case "made":
            return f"made of rule, source and key ({columns or 'all that is mapped'})"
        case _:
            return f"from {columns}"


def _columns(columns: tuple[str, ...], most: int | None = None) -> str:
    shown = columns if most is None else columns[:most]
    more = f" and {len(columns) - len(shown)} more" if len(shown) < len(columns) else ""
    return ", ".join(map(_name, shown)) + more


def _kept(kept: Iterable[KeptAt]) -> str:
    return "; ".join(f"{one.where} {how_many(one.days, 'day')} ({one.form})" for one in kept)


def _name(name: str) -> str:
    return printable(name)


def _cell(text: str) -> str:
    """A text as a cell of Markdown: no mark of its own."""
    return printable(text, LONGEST_MESSAGE).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
