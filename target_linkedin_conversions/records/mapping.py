"""The walk of one record: skipped, refused with every reason, or one event a rule."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from target_linkedin_conversions.durations import DAY_MS, HOUR_MS
from target_linkedin_conversions.records.event import (
    RULE_URN,
    Amount,
    Conversion,
    Event,
    Key,
    Refusal,
    Shape,
    User,
)
from target_linkedin_conversions.records.money import money_of
from target_linkedin_conversions.records.person import (
    TOO_MANY_EMAILS,
    Pair,
    identifiers_of,
    is_excluded,
    is_suppressed,
    user_of,
)
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rules import Uses, shown
from target_linkedin_conversions.records.text import comparable, is_email_shaped, is_placeholder, key_text
from target_linkedin_conversions.records.timestamps import milliseconds, start_of_day

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Row
    from target_linkedin_conversions.records.plan import StreamPlan

__all__ = ["NOT_DELETED", "OLDEST_MS", "TOO_OLD", "event_id_of", "events_of", "own_event_id"]

OLDEST_MS = 90 * DAY_MS - 5 * 60_000
"""How old an event may be when it leaves: LinkedIn's 90 days less five minutes of travel."""

_LONGEST_EVENT_ID = 64
NOT_DELETED = frozenset({None, "", "false", "0", "f", "no", "n"})
_NEVER_COSTS = frozenset({"needs_full_name", "unsupported_by_version", "hashed_name_unsupported", "too_many"})
"""Reasons that lie in the version or the mapping, not in a value: they never cost the event."""

NO_TIME = Reason("happened_at", "no_time")
BAD_TIME = Reason("happened_at", "bad_time")
IN_FUTURE = Reason("happened_at", "in_future")
TOO_OLD = Reason("happened_at", "too_old")
EVENT_ID_TOO_LONG = Reason("event_id", "event_id_too_long")
EVENT_ID_IS_EMAIL = Reason("event_id", "event_id_is_email")
BAD_EVENT_ID = Reason("event_id", "bad_event_id")

_encode = msgspec.json.Encoder().encode


class _When(msgspec.Struct, frozen=True, gc=False):
    """The time as the record has it, and as it is sent."""

    read: int
    sent: int


def events_of(row: Row, plan: StreamPlan, now: int) -> list[Event] | Refusal:
    """One record's conversion events, or every reason why it has none.

    `row` is of the plan's row type, `now` is epoch milliseconds.
    """
    skipped = _skipped_at_once(row, plan)
    if skipped is not None:
        return skipped
    uses = plan.rules(row)
    if not uses:
        return Refusal(skipped="stage_skipped")
    when = _when(row, plan, now)
    if isinstance(when, Refusal):
        return when
    left_out: list[Reason] = []
    pairs = identifiers_of(row, plan, left_out)
    if plan.guarded and (held_back := _held_back(row, plan, pairs, left_out)):
        return held_back
    user = user_of(row, plan.person, pairs, left_out)
    money = money_of(row, plan, left_out) if plan.value is not None else None
    event_id = event_id_of(row, plan, uses) if plan.event_id is not None else None
    costly = _costly(left_out) if left_out and plan.reject_bad_field else []
    if (
        costly
        or isinstance(uses, Reason)
        or isinstance(when, Reason)
        or isinstance(user, Reason)
        or isinstance(event_id, Reason)
    ):
        because = [part for part in (uses, when, user, event_id) if isinstance(part, Reason)]
        because += left_out if isinstance(user, Reason) else costly
        return _refused(row, plan, because, money)
    return _made(row, plan, uses, when, user, money, event_id, tuple(left_out))


def _skipped_at_once(row: Row, plan: StreamPlan) -> Refusal | None:
    """The refusal of a record that the source deleted or nobody consented to."""
    for read in plan.deleted:
        if comparable(read(row)) not in NOT_DELETED:
            return Refusal(skipped="deleted")
    if plan.consent is not None and comparable(plan.consent(row)) not in plan.granted:
        return Refusal(skipped="no_consent")
    return None


def _when(row: Row, plan: StreamPlan, now: int) -> _When | Reason | Refusal:
    """When it happened; a refusal where that alone means that the record is skipped."""
    value = plan.happened_at(row)
    read = milliseconds(value, plan.zone)
    if type(read) is not int:
        return NO_TIME if read is None else BAD_TIME
    if read < plan.not_before:
        return Refusal(skipped="before_start")
    if read < now - OLDEST_MS:
        return TOO_OLD if plan.reject_too_old else Refusal(skipped="too_old")
    if read <= now:
        return _When(read, read)
    if read <= now + plan.max_future:
        return _When(read, now)
    start = start_of_day(value, plan.zone)
    return _When(read, now) if start is not None and start <= now else IN_FUTURE


def _held_back(row: Row, plan: StreamPlan, pairs: list[Pair], left_out: list[Reason]) -> Refusal | None:
    """The refusal of a record whose person must not be sent."""
    if any(id_type == "SHA256_EMAIL" and digest in plan.suppressed for id_type, digest in pairs):
        return Refusal(skipped="suppressed")
    if TOO_MANY_EMAILS in left_out and is_suppressed(row, plan):
        return Refusal(skipped="suppressed")
    return Refusal(skipped="excluded") if is_excluded(row, plan) else None


def _costly(left_out: list[Reason]) -> list[Reason]:
    return [reason for reason in left_out if reason.code not in _NEVER_COSTS]


def event_id_of(row: Row, plan: StreamPlan, uses: Uses | Reason) -> str | Reason | None:
    """The mapped event id; None where the column is empty or for other rules, then the event gets its own."""
    for_rules = plan.event_id_rules
    if for_rules is not None and not isinstance(uses, Reason) and not any(use.rule in for_rules for use in uses):
        return None
    value = plan.event_id(row) if plan.event_id else None
    if isinstance(value, dict | list | bool):
        return BAD_EVENT_ID
    text = (key_text(value) or "").strip()
    if len(text) > _LONGEST_EVENT_ID:
        return EVENT_ID_TOO_LONG
    if is_email_shaped(text):
        return EVENT_ID_IS_EMAIL
    # One `undefined` for many events would make all but the first count as sent already.
    return None if is_placeholder(text) else text


def _made(  # noqa: PLR0913, PLR0917 - the parts of an event
    row: Row,
    plan: StreamPlan,
    uses: Uses,
    when: _When,
    user: User,
    money: Amount | None,
    event_id: str | None,
    left_out: tuple[Reason, ...],
) -> list[Event]:
    """One event a rule, encoded."""
    key = tuple([(name, key_text(read(row))) for name, read in plan.key])
    time = when.read
    content = crc32(b',"conversionValue":' + _encode(money) if money else b"", time)
    own_time = time if plan.time_in_identity else None
    events = []
    for use in uses:
        rule = use.rule
        if event_id is not None and (plan.event_id_rules is None or rule in plan.event_id_rules):
            identity, hour = event_id, None
        else:
            identity = own_event_id(rule, plan.source, key, own_time)
            hour = None if own_time is None else own_time // HOUR_MS
        payload = _encode(
            Conversion(
                RULE_URN + rule,
                when.sent,
                user,
                money if use.value else None,
                identity if plan.send_event_id else None,
            ),
        )
        events.append(Event(rule, identity, when.sent, payload, content, hour, key, left_out))
    return events


def own_event_id(rule: str, source: str, key: Key, time: int | None) -> str:
    """The event id of our own: 32 hex digits of SHA-256 over `[1, rule, source, key, time]`.

    Compact JSON in UTF-8; the rule's id as text; without `time` where a key converts once.
    It never changes within a major version: the ledger and LinkedIn know events by it.
    """
    parts = (1, rule, source, key) if time is None else (1, rule, source, key, time)
    return sha256(_encode(parts)).hexdigest()[:32]


def _refused(row: Row, plan: StreamPlan, reasons: list[Reason], money: Amount | None) -> Refusal:
    """The refusal of a record, with its key and shape; slow, and only for refused records."""
    key = tuple((name, key_text(read(row))) for name, read in plan.key)
    person = plan.person
    personal = [column.read for column in plan.identifiers]
    personal += [
        read for read in (person.first_name, person.last_name, person.external_id, person.lead) if read is not None
    ]
    used = {key_text(read(row)) for read in personal}
    private = frozenset(name for name, text in key if name in plan.personal_columns or (text and text in used))
    fields = dict.fromkeys(column.field for column in plan.identifiers if _is_filled(column.read(row)))
    uses = plan.rules(row)
    time = milliseconds(plan.happened_at(row), plan.zone)
    return Refusal(
        reasons=tuple(dict.fromkeys(reasons)),
        rule=uses[0].rule if not isinstance(uses, Reason) and len(uses) == 1 else None,
        key=key,
        private=private,
        shape=Shape(
            tuple(fields),
            time if isinstance(time, int) else None,
            f"{money.amount} {money.currency_code}" if money else None,
        ),
        unmatched=shown(plan.rule_column(row)) if isinstance(uses, Reason) and plan.rule_column else None,
    )


def _is_filled(value: object) -> bool:
    return value is not None and value != ""
