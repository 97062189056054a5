"""Where the time of an event goes, stage by stage, each alone in this process.

A record is mapped by one function; its parts are timed alone, and `encode`, the event's own id and its payload,
is what is then left of it.
"""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.bench import settings_for
from benchmarks.records import COLUMNS
from target_linkedin_conversions.delivery.answer import read_answer
from target_linkedin_conversions.delivery.batch import body_of
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.delivery.delivery import ledger_of
from target_linkedin_conversions.ledger import Status
from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.records.money import compile_money
from target_linkedin_conversions.records.user import compile_identifiers, compile_person
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from target_linkedin_conversions.records.event import Event

_BATCH = 5000
_ROUNDS = 5


def stages(source: Path, folder: Path, url: str) -> dict[str, float]:
    """Microseconds an event by stage; `whole mapping` is all from row to encode."""
    settings = Settings.load({**settings_for(url), "state_dir": str(folder)})
    schema: dict[str, Any] = {"properties": {column: {} for column in COLUMNS}}
    plan = compile_plans("orders", schema, ["order_id"], [settings.streams[0]], settings)[0]
    fields: list[Any] = [("record", plan.row_type.struct), ("stream", str)]
    line = msgspec.defstruct("Line", fields, tag_field="type", tag="RECORD", gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(line, float_hook=Decimal).decode
    with source.open("rb") as file:
        lines = [text for text in file if b'"RECORD"' in text]
    records: list[Any] = [decode(text).record for text in lines]
    rows = [plan.row_type.row_of(record) for record in records]
    now = time.time_ns() // 1_000_000
    events_of = compile_events(plan)
    identifiers, person = compile_identifiers(plan), compile_person(plan.person)
    money = compile_money(plan.value, plan.currency, plan.amounts)
    read_time = plan.times.reader
    whole = _seconds(lambda row: events_of(row, now), rows)
    taken = {
        "decode": _seconds(decode, lines),
        "row": _seconds(plan.row_type.row_of, records),
        "identifiers": _seconds(lambda row: identifiers(row, []), rows),
        "names and beside": _seconds(lambda row: person(row, []), rows),
        "money": _seconds(lambda row: money(row, []), rows),
        "time": _seconds(lambda row: read_time(row[plan.happened_at]), rows),
    }
    taken["encode"] = whole - sum(taken[part] for part in ("identifiers", "names and beside", "money", "time"))
    made = [events_of(row, now) for row in rows]
    events = [event for found in made if isinstance(found, list) for event in found]
    batches = [events[first : first + _BATCH] for first in range(0, len(events), _BATCH)]
    taken["ledger"] = _ledger(batches, settings)
    taken["HTTP"] = _http(batches, settings)
    taken["whole mapping"] = whole
    return {stage: seconds * 1e6 for stage, seconds in taken.items()}


def _seconds(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Seconds an item: the best of some rounds, without the loop's own."""

    def loop(each: Callable[[Any], object]) -> float:
        started = time.perf_counter()
        for item in items:
            each(item)
        return time.perf_counter() - started

    def empty() -> float:
        started = time.perf_counter()
        for _ in items:
            pass
        return time.perf_counter() - started

    return (min(loop(work) for _ in range(_ROUNDS)) - min(empty() for _ in range(_ROUNDS))) / len(items)


def _ledger(batches: Sequence[Sequence[Event]], settings: Settings) -> float:
    """Digests, the claim before a batch leaves, and the mark after its answer."""
    ledger = ledger_of(settings, "stages")
    ledger.open()
    started = time.perf_counter()
    for events in batches:
        digests = ledger.digests(settings.origin, "101", [(event.identity, event.hour) for event in events])
        claim = ledger.claims.claim("101", digests, [event.content for event in events], resend=True)
        ledger.batches.mark(claim.batch, Status.DELIVERED)
    took = time.perf_counter() - started
    ledger.close()
    return took / sum(map(len, batches))


def _http(batches: Sequence[Sequence[Event]], settings: Settings) -> float:
    """Put a body together, send it, read what the answer says of each event."""
    assert settings.access_token is not None
    client = Client(settings.api_url, settings.oauth_url, settings.linkedin_version)
    started = time.perf_counter()
    for events in batches:
        answer = client.send_events(body_of(events), settings.access_token)
        assert isinstance(answer, Received)
        read_answer(answer.status, answer.headers, answer.body, [event.payload for event in events])
    took = time.perf_counter() - started
    client.close()
    return took / sum(map(len, batches))
