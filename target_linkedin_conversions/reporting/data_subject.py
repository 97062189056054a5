"""Somebody who is to be forgotten, and whether a line of a file is about that person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from target_linkedin_conversions.records import normalise
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.normalise.mentioned import texts_within
from target_linkedin_conversions.records.text import key_text
from target_linkedin_conversions.reporting.rejects import DIGEST

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.outbox import OutboxEvent
    from target_linkedin_conversions.reporting.rejected_rows import RejectedRow

__all__ = ["DataSubject", "columns_of_key", "digests_in", "email_of"]

_EMAIL_TYPE = "SHA256_EMAIL"


def email_of(text: str) -> str | None:
    """The SHA-256 by which an address, or a hash of one, is sent; None where a text is neither, or several."""
    found = normalise.email(text)
    return found if isinstance(found, str) else None


def digests_in(value: object) -> frozenset[str]:
    """The SHA-256 of each address that a value mentions, at any depth and in any writing."""
    found = normalise.addresses_in(value)
    sent = (normalise.email(text) for text in texts_within(value))
    return frozenset((*normalise.digests_of_all_in(value, None, found), *(one for one in sent if isinstance(one, str))))


class _Record(NamedTuple):
    """A record that is the person's: the texts of its columns, by name, and which of them are its key."""

    stream: str
    columns: dict[str, str | None]
    key: tuple[str, ...]


class DataSubject:
    """E-mails by their digests, and keys by name and value: those that were given, and the records found by them.

    A record that was found is known by its key from then on: other lines of it may lack the address.
    """

    def __init__(
        self, emails: Mapping[str, str], keys: frozenset[tuple[str, str]], pseudonym: Callable[[str], str] | None
    ) -> None:
        """`emails` are texts by the digest of each; `pseudonym` makes what rejects tell of a key that says who it is, where there is a ledger."""
        self.digests = frozenset(emails)
        self.keys = keys
        self.digests_of_records: set[str] = set()
        """Of the addresses in the records that were found."""
        self._pseudonym = pseudonym
        self._as_keys = frozenset(form for text in emails.values() for form in (text, text.lower())) | self.digests
        self._records: list[_Record] = []

    def learn_event(self, kept: OutboxEvent) -> None:
        """Add the key of an event's record to the known keys, where the event is the person's."""
        if self.has_event(kept):
            key = dict(kept.line.key)
            self._learn(_Record(name_shown(kept.line.stream), key, tuple(key)), _emails_of(kept))

    def learn_row(self, kept: RejectedRow) -> None:
        """Add the key of a rejected row to the known keys, where the row is the person's."""
        if self.has_row(kept):
            self._learn(_Record(name_shown(kept.stream), _texts_of(kept), kept.key), digests_in(kept.row))

    def has_event(self, kept: OutboxEvent) -> bool:
        """Whether an event of the outbox is the person's."""
        return not self.digests.isdisjoint(_emails_of(kept)) or self.has_key(kept.line.stream, dict(kept.line.key))

    def has_row(self, kept: RejectedRow) -> bool:
        """Whether a rejected row is the person's: by an address anywhere in it, or a column of that name and value."""
        if self.digests and not self.digests.isdisjoint(digests_in(kept.row)):
            return True
        columns = _texts_of(kept)
        if not self.keys.isdisjoint(columns.items()):
            return True
        return any(
            one.stream == name_shown(kept.stream)
            and any(one.columns[name] for name in one.key)
            and all(columns.get(name) == one.columns[name] for name in one.key)
            for one in self._records
        )

    def has_key(self, stream: str, key: Mapping[str, str | None]) -> bool:
        """Whether a key is the person's, in plain or as rejects tell it: as a keyed digest."""
        if any(self._is(text, form) for text in key.values() for form in self._as_keys):
            return True
        if any(self._is(key.get(name), value) for name, value in self.keys):
            return True
        return any(key.values()) and any(
            one.stream == name_shown(stream)
            and all(name in one.columns and self._is(text, one.columns[name]) for name, text in key.items())
            for one in self._records
        )

    def is_in(self, line: bytes) -> bool:
        """Whether an unreadable line holds an address or its hash; a line too many is better removed than one too few."""
        text = line.decode(errors="replace").lower()
        return any(form.lower() in text for form in self._as_keys)

    def has_cells(self, cells: Mapping[str, str]) -> bool:
        """Whether a row of a table is the person's."""
        by_key = any(cells.get(name, "").strip() == value for name, value in self.keys)
        return by_key or bool(self.digests and not self.digests.isdisjoint(digests_in(list(cells.values()))))

    def _learn(self, record: _Record, digests: frozenset[str]) -> None:
        self._records.append(record)
        self.digests_of_records |= digests

    def _is(self, shown: str | None, text: str | None) -> bool:
        """Whether what is shown of a key stands for a text."""
        if shown is None or text is None:
            return shown is text
        if shown.startswith(DIGEST):
            return self._pseudonym is not None and shown == DIGEST + self._pseudonym(text)
        return shown == text or (text in self._as_keys and shown.strip().lower() == text)


def _emails_of(kept: OutboxEvent) -> frozenset[str]:
    return frozenset(found.id_value for found in kept.sent.user.user_ids if found.id_type == _EMAIL_TYPE)


def _texts_of(kept: RejectedRow) -> dict[str, str | None]:
    return {name: key_text(value) for name, value in kept.row.items()}


def columns_of_key(value: object) -> dict[str, str | None]:
    """The columns of a key that is an object, or the JSON of one; none where it is neither."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return {}
    if not isinstance(value, Mapping):
        return {}
    return {str(name): None if text is None else str(text) for name, text in value.items()}
