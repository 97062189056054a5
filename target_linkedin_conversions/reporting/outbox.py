"""The outbox: exact payloads of events that were rejected, held in doubt, or rehearsed.

One of the two files that hold personal data (hashed, as it would be sent; in plain only in the rows of rejected
records, where `keep_rejected_rows` asks for them); local, private to this user, and gone after 30 days. A replay takes
lines out of it again.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.event import Conversion, Event, Identifier, Key, User
from target_linkedin_conversions.records.identifiers import IDENTIFIERS
from target_linkedin_conversions.records.text import is_email_shaped
from target_linkedin_conversions.reporting.folder import run_of
from target_linkedin_conversions.reporting.journal import unreadable_lines
from target_linkedin_conversions.reporting.rejected_rows import is_row
from target_linkedin_conversions.urns import RULE_URN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.journal import Journal

__all__ = ["Outbox", "OutboxEvent", "OutboxLine", "digest_of", "numbered", "outbox_events", "outbox_runs"]

_HEX = re.compile(r"[0-9a-f]{64}").fullmatch
_DIGEST_BYTES = 16
_ID_TYPES = frozenset(kind.id_type for kind in IDENTIFIERS.values())


class OutboxLine(msgspec.Struct, frozen=True):
    """One event as it was, or would be, sent, and how it ended.

    `key` is the record's, `private` those of its columns that identify a person, `origin` where
    the event was bound for, `compared_key` and `compared_person` those of the event; lines of earlier releases lack all five.
    """

    outcome: Outcome
    stream: str
    rule: str
    identity: str
    hour: int | None
    content: int
    event: msgspec.Raw
    key: Key = ()
    private: tuple[str, ...] = ()
    origin: str = ""
    compared_key: str = ""
    compared_person: str = ""


class OutboxEvent(NamedTuple):
    """A line of the outbox, and the event it holds."""

    line: OutboxLine
    event: Event
    sent: Conversion


class Outbox:
    """Writes the payloads of a run."""

    def __init__(self, journal: Journal, origin: str = "") -> None:
        """Nothing is created before the first event; `origin` is where events are bound for."""
        self._journal = journal
        self._origin = origin
        self.rows = 0
        """Rejected rows that were kept."""

    def keep_rows(self, lines: Sequence[bytes]) -> None:
        """Keep rejected rows, encoded as `rejected_rows` does."""
        self.rows += len(lines)
        for line in lines:
            self._journal.write(line)

    def keep(self, stream: str, event: Event, outcome: Outcome, personal_columns: frozenset[str] = frozenset()) -> None:
        """Keep one event."""
        line = OutboxLine(
            outcome,
            stream,
            event.rule,
            event.identity,
            event.hour,
            event.content,
            msgspec.Raw(event.payload),
            event.key,
            tuple(name for name, _ in event.key if name in personal_columns or name in event.private),
            self._origin,
            event.compared_key,
            event.compared_person,
        )
        self._journal.write(msgspec.json.encode(line))

    def flush(self) -> None:
        """Make every line durable."""
        self._journal.flush()


class NotOursError(ValueError):
    """A line of the outbox is not as a run writes it."""


def outbox_runs(folder: Folder) -> list[str]:
    """The runs that have an outbox, the oldest first."""
    if not folder.is_local:
        return []
    return [run for name in folder.names("outbox") if (run := run_of(name)) is not None]


def outbox_events(folder: Folder, run: str, unreadable: Callable[[str], None]) -> Iterator[OutboxEvent]:
    """Every event in a run's outbox; `unreadable` is told of lines that were cut."""
    name = f"outbox/{run}.jsonl"
    for _, event in numbered(folder.lines(name), folder.place(name), unreadable):
        yield event


def digest_of(event: Event) -> bytes:
    """What tells an event from all others, of whichever run, in few bytes: an outbox may hold very many."""
    return blake2b(f"{event.rule}\0{event.identity}".encode(), digest_size=_DIGEST_BYTES).digest()


def numbered(
    lines: Iterable[bytes], place: str, unreadable: Callable[[str], None]
) -> Iterator[tuple[int, OutboxEvent]]:
    """Every event in lines of an outbox with its line's number, from 0; `unreadable` is told of lines that were cut or changed.

    The event is encoded anew from what could be read of it: what the file holds never leaves as it stands there.
    """
    decode = msgspec.json.Decoder(OutboxLine).decode
    cut, first = 0, 0
    for number, data in enumerate(lines):
        if is_row(data):
            continue
        try:
            line = decode(data)
            sent = _as_made(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, NotOursError):
            cut, first = cut + 1, first or number + 1
            continue
        payload = msgspec.json.encode(sent)
        time = sent.conversion_happened_at
        event = Event(
            line.rule,
            line.identity,
            time,
            payload,
            line.content,
            line.hour,
            line.key,
            compared_key=line.compared_key,
            compared_person=line.compared_person,
        )
        yield number, OutboxEvent(line, event, sent)
    if cut:
        unreadable(unreadable_lines(first, cut, place))


def _as_made(line: OutboxLine) -> Conversion:
    """The event of a line; raises `NotOursError` where it is for another rule, holds more, or says in plain who it is."""
    sent = msgspec.json.decode(line.event, type=Conversion)
    plain = [value for value in (sent.event_id, *_plain_texts(sent.user)) if value]
    as_made = (
        sent.conversion == RULE_URN + line.rule
        and msgspec.json.decode(line.event) == msgspec.to_builtins(sent)
        and all(map(_has_its_form, sent.user.user_ids))
        and all(_HEX(name) for name in _hashed_names(sent.user))
        and not any(map(is_email_shaped, plain))
    )
    if not as_made:
        raise NotOursError
    return sent


def _has_its_form(found: Identifier) -> bool:
    """Whether an identifier is of a known kind, and hashed where that kind is."""
    if found.id_type not in _ID_TYPES:
        return False
    return (
        _HEX(found.id_value) is not None if found.id_type.startswith("SHA256_") else not is_email_shaped(found.id_value)
    )


def _hashed_names(user: User) -> list[str]:
    info = user.user_info
    return [name for name in (info.hashed_first_name, info.hashed_last_name) if name is not None] if info else []


def _plain_texts(user: User) -> list[str | None]:
    info = user.user_info
    named = [info.first_name, info.last_name, info.company_name, info.title, info.country_code] if info else []
    return [*named, *(user.external_ids or ()), user.lead]
