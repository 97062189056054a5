"""From a request's body to events: parse, count, hold against the schema.

The fast path decodes straight into structs and accepts only what is certainly right. Whatever it
does not accept goes the slow way, which finds every error or none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from target_linkedin_conversions.sandbox import refusals
from target_linkedin_conversions.sandbox.call import BATCH, Call, Taken
from target_linkedin_conversions.sandbox.event import (
    Event,
    UserInfo,
    decode_any,
    decode_batch,
    decode_one,
)
from target_linkedin_conversions.sandbox.schema import (
    CONVERSION_PREFIX,
    LEAD_PREFIX,
    event_schema,
    problems,
)
from target_linkedin_conversions.sandbox.versions import id_types, knows_hashed_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.sandbox.settings import SandboxSettings

__all__ = ["events_of"]

LONGEST_LONG = 2**63 - 1

_is_conversion = re.compile(re.escape(CONVERSION_PREFIX) + "[0-9]+").fullmatch


def events_of(call: Call, settings: SandboxSettings) -> Sequence[Event] | Taken:
    """The events of a body, or the refusal that its form earns."""
    batch, moat = call.restli_method == BATCH, settings.allow_oracle_moat_id
    if not call.body:
        return Taken(refusals.empty_body(BATCH if batch else "CREATE"))
    fast = _decode_fast(call.body, batch=batch)
    if fast and len(fast) <= settings.max_batch and _fits(fast, call.version, allow_moat=moat):
        return fast
    raw = _decode_slow(call.body, batch=batch)
    if raw is None:
        return Taken(refusals.unparsable())
    if len(raw) > settings.max_batch:
        return Taken(refusals.too_many(len(raw), settings.max_batch), len(raw))
    message = _schema_message(raw, call.version, batch=batch, allow_moat=moat)
    if message:
        return Taken(refusals.plain(422, message), len(raw))
    return [msgspec.convert(_with_long(event), Event) for event in raw]


def _decode_fast(body: bytes, *, batch: bool) -> Sequence[Event] | None:
    try:
        if not batch:
            return [decode_one(body)]
        elements = decode_batch(body).elements
    except (msgspec.DecodeError, RecursionError):
        return None
    return None if elements is UNSET else elements


def _decode_slow(body: bytes, *, batch: bool) -> list[Any] | None:
    """Decode without types; None where it is no JSON object, or its elements no list."""
    try:
        raw = decode_any(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    # Rest.li reads an absent list as an empty one.
    elements = raw.get("elements", []) if batch else [raw]
    return elements if isinstance(elements, list) else None


def _schema_message(events: list[Any], version: str, *, batch: bool, allow_moat: bool) -> str:
    """Give the 422 message: every error of every element, the index once an element."""
    schema = event_schema(version, allow_moat=allow_moat)
    parts: list[str] = []
    for index, event in enumerate(events):
        errors = "".join(problems(event, schema))
        if errors:
            parts.append(f"Index: {index}, {errors}" if batch else errors)
    return "".join(parts)


def _with_long(event: dict[str, Any]) -> dict[str, Any]:
    """Cut the fraction of the time off, as Java's `longValue` does, at Java's limits."""
    happened = event["conversionHappenedAt"]
    bounded = max(-LONGEST_LONG, min(LONGEST_LONG, happened))
    return {**event, "conversionHappenedAt": int(bounded)}


def _fits(events: Sequence[Event], version: str, *, allow_moat: bool) -> bool:
    """Whether what the structs cannot check is right; the slow way says what is wrong."""
    if not all(_is_conversion(urn) for urn in {event.conversion for event in events}):
        return False
    symbols = id_types(version, allow_moat=allow_moat)
    hashed = knows_hashed_names(version)
    for event in events:
        user = event.user
        for entry in user.user_ids:
            if entry.id_type not in symbols:
                return False
        if user.lead is not UNSET and not _is_lead(user.lead):
            return False
        if not hashed and user.user_info is not UNSET and not _plain_names(user.user_info):
            return False
    return True


def _is_lead(urn: str) -> bool:
    return urn.startswith(LEAD_PREFIX) and len(urn) > len(LEAD_PREFIX)


def _plain_names(info: UserInfo) -> bool:
    return (
        info.first_name is not UNSET
        and info.last_name is not UNSET
        and info.hashed_first_name is UNSET
        and info.hashed_last_name is UNSET
    )
