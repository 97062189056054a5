"""A stream's plan from a few lines, and one record's way through it."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from target_linkedin_conversions.records.compiler import compile_plans
from target_linkedin_conversions.records.event import Event, MissingKey, Refusal
from target_linkedin_conversions.records.mapping import compile_events
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_linkedin_conversions.records.plan import StreamPlan

NOW = 1_795_430_400_000  # 2026-11-23T10:40:00Z
JANE = "jane.doe@example.com"
JANE_HASH = "86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"  # LinkedIn's own example
NO_CONSENT_NEEDED = {"not_required": "a test"}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


class Stream:
    """One stream with its plan; records are dicts, laid over a good one."""

    def __init__(
        self,
        plan: StreamPlan,
        base: Mapping[str, Any],
    ) -> None:
        self.plan = plan
        self.base = dict(base)
        self._decode = msgspec.json.Decoder(plan.row_type.struct, float_hook=Decimal).decode
        self.events_of = compile_events(plan)

    def record(self, **changes: Any) -> dict[str, Any]:
        """The good record with changes; `...` leaves a column out."""
        return {name: value for name, value in {**self.base, **changes}.items() if value is not ...}

    def outcome_of_json(self, record: bytes, now: int = NOW) -> list[Event] | Refusal:
        found = self.events_of(self.plan.row_type.row_of(self._decode(record)), now)
        assert not isinstance(found, MissingKey), found
        return found

    def outcome(self, now: int = NOW, **changes: Any) -> list[Event] | Refusal:
        return self.outcome_of_json(msgspec.json.encode(self.record(**changes)), now)

    def events(self, now: int = NOW, **changes: Any) -> list[Event]:
        found = self.outcome(now, **changes)
        assert isinstance(found, list), found
        return found

    def event(self, now: int = NOW, **changes: Any) -> Event:
        (found,) = self.events(now, **changes)
        return found

    def payload(self, now: int = NOW, **changes: Any) -> Any:
        return msgspec.json.decode(self.event(now, **changes).payload)

    def user(self, **changes: Any) -> Any:
        return self.payload(**changes)["user"]

    def ids(self, **changes: Any) -> list[tuple[str, str]]:
        return [(pair["idType"], pair["idValue"]) for pair in self.user(**changes)["userIds"]]

    def refusal(self, now: int = NOW, **changes: Any) -> Refusal:
        found = self.outcome(now, **changes)
        assert isinstance(found, Refusal), found
        return found

    def skipped(self, now: int = NOW, **changes: Any) -> str:
        return self.refusal(now, **changes).skipped

    def rejected(self, now: int = NOW, **changes: Any) -> list[str]:
        """The codes of a rejected record."""
        found = self.refusal(now, **changes)
        assert not found.skipped
        return [reason.code for reason in found.reasons]

    def left_out(self, now: int = NOW, **changes: Any) -> list[tuple[str, str]]:
        """Field and code of everything left out of an event."""
        return [(reason.field, reason.code) for reason in self.event(now, **changes).left_out]


def columns_of(entry: Mapping[str, Any]) -> list[str]:
    """The root of every column that an entry names."""
    found: list[str] = []
    for mapped in entry.get("fields", {}).values():
        column = mapped["column"] if isinstance(mapped, dict) else mapped
        found += [column] if isinstance(column, str) else column or []
    for name in ("consent", "conversion_rule"):
        if isinstance(entry.get(name), dict) and "column" in entry[name]:
            found.append(entry[name]["column"])
    for name in ("deleted", "key"):
        value = entry.get(name) or []
        found += [value] if isinstance(value, str) else value
    return [re.split(r"[.\[]", column)[0] for column in found]


@pytest.fixture
def now() -> int:
    return NOW


@pytest.fixture
def jane() -> str:
    return JANE


@pytest.fixture
def jane_hash() -> str:
    return JANE_HASH


@pytest.fixture
def sha() -> Callable[[str], str]:
    """SHA-256 as hex."""
    return sha256


@pytest.fixture
def stream() -> Callable[..., Stream]:
    return stream_of


@pytest.fixture(scope="session")
def make_stream() -> Callable[..., Stream]:
    """The same for tests that draw many examples."""
    return stream_of


def stream_of(
    columns: list[str] | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    schema: Mapping[str, Any] | None = None,
    key_properties: tuple[str, ...] = ("id",),
    entry_source: str | None = None,
    closed: bool = True,
    suppressed: frozenset[str] = frozenset(),
    source: str | None = None,
    name: str = "orders",
    base: Mapping[str, Any] | None = None,
    **entry: Any,
) -> Stream:
    """A stream whose schema has `columns` beside an id, an e-mail and a time, and all that is mapped."""
    written = {"stream": name, "conversion_rule": 101, "consent": NO_CONSENT_NEEDED, "source": entry_source, **entry}
    loaded = Settings.load({"access_token": "sandbox-token", **(settings or {}), "streams": [written]})
    good = {"id": 7, "email": JANE, "happened_at": iso(NOW - 1000)} if base is None else base
    if schema is None:
        names = [*good, *(columns or ()), *columns_of(written)]
        schema = {"properties": {column: {} for column in names}, "additionalProperties": not closed}
    plan = compile_plans(
        name, schema, key_properties, [loaded.streams[0]], loaded, source=source, suppressed=suppressed
    )[0]
    return Stream(plan, good)
