"""Where the time of an event goes, stage by stage, each alone in this process.

The fast lane does four of the stages in one frame; three of them are timed by doing what it does
with the same parts, and `encode`, the event's own id and its payload, is what is then left of it.
"""

from __future__ import annotations

import time
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.bench import settings_for
from benchmarks.records import COLUMNS
from target_linkedin_conversions.delivery.answer import read_answer
from target_linkedin_conversions.delivery.batch import body_of
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.delivery.delivery import ledger_of
from target_linkedin_conversions.ledger import Status
from target_linkedin_conversions.records.fast_lane import fast_lane
from target_linkedin_conversions.records.mapping import OLDEST_MS, events_of
from target_linkedin_conversions.records.money import currency
from target_linkedin_conversions.records.plain import (
    PLAIN_AMOUNT,
    Fragments,
    beside_names,
    email,
    is_plain_id,
    made_of,
    name,
)
from target_linkedin_conversions.records.plan import compile_plan
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.records.plan import StreamPlan

_BATCH = 5000
_ROUNDS = 5


def stages(source: Path, folder: Path, url: str) -> dict[str, float]:
    """Microseconds an event by stage, and `complete walk`: map to encode where the fast lane is not taken."""
    settings = Settings.load({**settings_for(url), "state_dir": str(folder)})
    schema: dict[str, Any] = {"properties": {column: {} for column in COLUMNS}}
    plan = compile_plan("orders", schema, ["order_id"], settings.streams[0], settings)
    fields: list[Any] = [("record", plan.row_type.struct), ("stream", str)]
    line = msgspec.defstruct("Line", fields, tag_field="type", tag="RECORD", gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(line, float_hook=Decimal).decode
    with source.open("rb") as file:
        lines = [text for text in file if b'"RECORD"' in text]
    rows: list[Any] = [decode(text).record for text in lines]
    now = time.time_ns() // 1_000_000
    lane = fast_lane(plan)
    taken = {
        "decode": _seconds(decode, lines),
        "map": _seconds(attrgetter(*plan.row_type.struct.__struct_fields__), rows),
        "hash": _seconds(_hashes(plan), _values(plan, rows, "email", "first_name", "last_name")),
        "check": _seconds(
            _checks(plan, now),
            _values(plan, rows, "happened_at", "value", "currency", "li_fat_id", "company", "country"),
        ),
    }
    taken["encode"] = _seconds(lambda row: lane(row, now), rows) - taken["map"] - taken["hash"] - taken["check"]
    events = [event for row in rows for event in lane(row, now) or ()]
    batches = [events[first : first + _BATCH] for first in range(0, len(events), _BATCH)]
    taken["ledger"] = _ledger(batches, settings)
    taken["HTTP"] = _http(batches, settings)
    taken["complete walk"] = _seconds(lambda row: events_of(row, plan, now), rows)
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


def _values(plan: StreamPlan, rows: Sequence[Any], *columns: str) -> list[tuple[Any, ...]]:
    """The values of some columns, by the names they have in the source."""
    struct = plan.row_type.struct
    attributes = dict(zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True))
    return [attrgetter(*(attributes[column] for column in columns))(row) for row in rows]


def _hashes(plan: StreamPlan) -> Callable[[Any], object]:
    """E-mail and both names, normalised and hashed."""
    email_of = email(plan)
    firsts, lasts = Fragments(name("first_name", plan.person)), Fragments(name("last_name", plan.person))

    def hashes(values: tuple[str, str, str]) -> object:
        address, first, last = values
        return email_of(address), firsts[first], lasts[last]

    return hashes


def _checks(plan: StreamPlan, now: int) -> Callable[[Any], object]:
    """Time, amount, currency, click id, company and country."""
    codes = Fragments(made_of(currency))
    companies = beside_names("company", plan.person.company)
    countries = beside_names("country", plan.person.country)

    def checks(values: tuple[Any, ...]) -> object:
        at, number, code, click_id, company, country = values
        return (
            type(at) is int and now - OLDEST_MS <= at <= now,
            type(number) is str and PLAIN_AMOUNT(number),
            codes[code],
            is_plain_id(click_id),
            companies[company],
            countries[country],
        )

    return checks


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
