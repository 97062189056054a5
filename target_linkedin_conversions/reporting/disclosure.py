"""The facts of a record of processing: what is sent, under which consent, what is kept where and for how long.

What LinkedIn keeps is what it says itself: event data are deleted after 180 days but for aggregates; which member an
external id belongs to is kept for a year; a plain IP address is salted and hashed on receipt; no call deletes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.records.outgoing_fields import OutgoingField, outgoing_fields, unsent_fields
from target_linkedin_conversions.reporting.folder import KEEP_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.settings import Settings, StreamEntry

__all__ = [
    "LINKEDIN_DELETES",
    "LINKEDIN_KEEPS",
    "LINKEDIN_KEEPS_DAYS",
    "Destination",
    "Disclosed",
    "Disclosure",
    "KeptAt",
    "ReadColumns",
    "StreamDisclosure",
    "disclosure",
]

LINKEDIN_KEEPS_DAYS = 180
_LINKEDIN_KEEPS_IDS_DAYS = 365
LINKEDIN_KEEPS = (
    f"LinkedIn says that it deletes event data after {LINKEDIN_KEEPS_DAYS} days, but for aggregates; matched members may "
    "also be in audiences; which member an external id belongs to is kept for a year"
)
LINKEDIN_DELETES = "the Conversions API has no call that deletes an event; whoever asks for it must ask LinkedIn"
_LINKEDIN = "LinkedIn"
_TOLD_IN_REJECTS = frozenset({"happened_at", "value", "currency"})
"""What a line of the rejects says of an event in plain, beside its key and the names of its fields."""
_AS_TOLD = "in plain, or a keyed digest where it says who it is: of every event"


class KeptAt(msgspec.Struct, frozen=True):
    """Where something is kept, for how many days, and in which form."""

    where: str
    days: int
    form: str


class Disclosed(msgspec.Struct, frozen=True):
    """One field that leaves: of which columns, in which form, as what, and where it is kept."""

    field: str
    columns: tuple[str, ...]
    how: str
    leaves_as: str
    sent_as: str
    kept: tuple[KeptAt, ...]


class ReadColumns(msgspec.Struct, frozen=True):
    """Columns that are read and do not leave by that: for what, and where they are kept."""

    columns: tuple[str, ...]
    purpose: str
    kept: tuple[KeptAt, ...] = ()


class StreamDisclosure(msgspec.Struct, frozen=True):
    """What leaves of one stream by one entry; `unsent` are mapped fields of which nothing ever leaves."""

    stream: str
    consent: dict[str, object]
    fields: tuple[Disclosed, ...]
    reads: tuple[ReadColumns, ...] = ()
    unsent: tuple[str, ...] = ()


class Destination(msgspec.Struct, frozen=True):
    """The receiver of events."""

    receiver: str
    api_url: str
    linkedin_version: str
    accounts: tuple[str, ...]
    rules: tuple[str, ...]
    keeps: str
    deletes: str


class Disclosure(msgspec.Struct, frozen=True):
    """Everything that the settings let leave."""

    destination: Destination
    streams: tuple[StreamDisclosure, ...]


def disclosure(settings: Settings, planned: Iterable[tuple[StreamEntry, StreamPlan]]) -> Disclosure:
    """What leaves by entries and the plans that were compiled of them."""
    destination = Destination(
        _LINKEDIN,
        settings.api_url,
        settings.linkedin_version,
        settings.account_id,
        settings.rules,
        LINKEDIN_KEEPS,
        LINKEDIN_DELETES,
    )
    return Disclosure(destination, tuple(_of_stream(settings, entry, plan) for entry, plan in planned))


def _of_stream(settings: Settings, entry: StreamEntry, plan: StreamPlan) -> StreamDisclosure:
    fields = tuple(
        Disclosed(one.field, one.columns, one.how, one.leaves_as, one.sent_as, tuple(_kept(settings, one)))
        for one in outgoing_fields(plan)
    )
    unsent = tuple(field.field for field in unsent_fields(plan))
    return StreamDisclosure(plan.stream, _consent(entry), fields, tuple(_read(settings, entry, plan)), unsent)


def _consent(entry: StreamEntry) -> dict[str, object]:
    """Under which consent: the column and what grants it, or why none is needed."""
    consent = entry.consent
    if consent.not_required:
        return {"not_required": consent.not_required}
    if consent.contains:
        return {"column": consent.column, "contains": list(consent.contains)}
    return {"column": consent.column, "granted": list(consent.granted)}


def _kept(settings: Settings, one: OutgoingField) -> Iterator[KeptAt]:
    """Where a field that leaves is kept: by LinkedIn, and here."""
    form = "salted and hashed on receipt" if one.field == "ip_address_plain" else "as sent"
    yield KeptAt(_LINKEDIN, LINKEDIN_KEEPS_DAYS, form)
    if one.field == "external_id":
        yield KeptAt(_LINKEDIN, _LINKEDIN_KEEPS_IDS_DAYS, "which member the id belongs to")
    outbox = KEEP_DAYS["outbox"]
    yield KeptAt("outbox", outbox, "as sent: events that LinkedIn rejected, that are in doubt, or of a dry run")
    if settings.keep_rejected_rows and one.columns:
        yield KeptAt("outbox", outbox, "in plain, as the tap sent it: rejected records")
    if one.field in _TOLD_IN_REJECTS:
        yield KeptAt("rejects", KEEP_DAYS["rejects"], "in plain: rejected events")
    if settings.results_log and one.field == "event_id":
        yield KeptAt("results", KEEP_DAYS["results"], _AS_TOLD)
    if settings.send_once and one.field == "event_id":
        yield KeptAt("ledger", settings.ledger_keep_days, "a keyed digest, with that of the rule: pseudonymous")
    if settings.send_once and one.field in _TOLD_IN_REJECTS:
        yield KeptAt("ledger", settings.ledger_keep_days, "a check sum")
    if one.field == "conversion_rule" and one.columns:
        yield KeptAt(
            "runs", KEEP_DAYS["runs"], "in plain: values that no rule fits, unless they are many and mostly differ"
        )


def _read(settings: Settings, entry: StreamEntry, plan: StreamPlan) -> Iterator[ReadColumns]:
    """Columns that are read for other purposes than sending."""
    rejects = KeptAt(
        "rejects", KEEP_DAYS["rejects"], "in plain, or a keyed digest where it says who it is: rejected records"
    )
    outbox = KeptAt("outbox", KEEP_DAYS["outbox"], "in plain: events that are kept there, and rejected records")
    row = (outbox,) if settings.keep_rejected_rows else ()
    results = (KeptAt("results", KEEP_DAYS["results"], _AS_TOLD),) if settings.results_log else ()
    yield ReadColumns(tuple(name for name, _ in plan.identity.key), "key", (rejects, outbox, *results))
    if entry.consent.column:
        values = KeptAt("runs", KEEP_DAYS["runs"], "single words that did not grant it, where it was granted to nobody")
        yield ReadColumns((entry.consent.column,), "consent", (values, *row))
    if entry.only is not None:
        yield ReadColumns((entry.only.column,), "filter", row)
    if deleted := ("_sdc_deleted_at",) if entry.deleted is None else entry.deleted:
        yield ReadColumns(deleted, "deletion", row)
