"""One record's events: every field in one function of a row, compiled once a stream."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from target_linkedin_conversions.durations import HOUR_MS
from target_linkedin_conversions.records.consent import compile_consent, is_deleted, without_consent
from target_linkedin_conversions.records.event import Event, Key, MissingKey, Refusal
from target_linkedin_conversions.records.event_id import compile_event_id, own_event_id
from target_linkedin_conversions.records.identifiers import PERSONAL_FIELDS
from target_linkedin_conversions.records.money import compile_money
from target_linkedin_conversions.records.reasons import EXCLUDED, REFUND, SUPPRESSED, Reason
from target_linkedin_conversions.records.refusal import compile_hidden, key_of, private_columns, refusal_of
from target_linkedin_conversions.records.rows import Row
from target_linkedin_conversions.records.text import NO_KEY, comparable, key_text
from target_linkedin_conversions.records.user import compile_identifiers, compile_person
from target_linkedin_conversions.records.window import OLDEST_MS, outside_window
from target_linkedin_conversions.urns import RULE_URN

if TYPE_CHECKING:
    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.records.rows import Place
    from target_linkedin_conversions.records.rules import Uses

__all__ = ["EventsOf", "compile_events", "not_sent"]

EventsOf = Callable[[Row, int], list[Event] | Refusal | MissingKey]
"""The events of a row, or why it has none, by the present in epoch milliseconds. Total: no row makes it raise."""

_NEVER_COSTS = frozenset({"needs_full_name", "unsupported_by_version", "hashed_name_unsupported", "too_many"})
"""Reasons that lie in the version or the mapping, not in a value: they never cost the event."""

_NO_IDENTIFIER = Reason("user", "no_identifier")
_UNREADABLE = Refusal(reasons=(Reason("record", "unreadable"),))
_DELETED = Refusal(skipped="deleted")
_FILTERED = Refusal(skipped="filtered")
_REFUND = Refusal(skipped=REFUND.code)
_NOT_CONFIGURED = Refusal(skipped="stream_not_configured")
_STAGE_SKIPPED = Refusal(skipped="stage_skipped")
_HELD_BACK = {reason: Refusal(skipped=reason.code) for reason in (SUPPRESSED, EXCLUDED)}
_NOBODY: frozenset[str] = frozenset()
_NOTHING_LEFT_OUT: tuple[Reason, ...] = ()
_UNSET = msgspec.UNSET

_encode = msgspec.json.Encoder().encode


def compile_events(plan: StreamPlan) -> EventsOf:  # noqa: C901, PLR0915 - what a record passes, top to bottom
    """The function that maps the rows of a stream."""
    admission, identifying, limits = plan.admission, plan.identity, plan.limits
    required, deleted, key_columns = plan.required, admission.deleted, identifying.key
    key_name, only_key = key_columns[0] if len(key_columns) == 1 else (None, plan.happened_at)
    is_granted = compile_consent(admission)
    rules_of, happened_at, not_before = plan.rules, plan.happened_at, limits.not_before
    read_time = plan.times.reader
    identifiers, person = compile_identifiers(plan), compile_person(plan.person)
    money_of = compile_money(plan.value, plan.currency, plan.amounts)
    id_place, id_rules, send_event_id = identifying.event_id, identifying.event_id_rules, identifying.send_event_id
    mapped_id = None if id_place is None else compile_event_id(id_place, id_rules)
    key_names = tuple(name for name, _ in key_columns) if mapped_id is not None and identifying.has_key else ()
    source, time_in_identity = identifying.source, identifying.has_time
    hidden = compile_hidden(plan)
    fixed_rules, guarded = plan.fixed_rules, limits.guarded
    only, wanted = admission.only, admission.wanted
    costly = _costly if limits.reject_bad_field else _none_costly

    def readable_events_of(row: Row, now: int) -> list[Event] | Refusal | MissingKey:  # noqa: C901, PLR0911, PLR0912, PLR0915 - the same
        for name, place in required:
            if row[place] is _UNSET:
                return MissingKey(name)
        for place in deleted:
            gone = row[place]
            if gone is not None and is_deleted(gone, read_time):
                return _DELETED
        if only is not None and comparable(row[only]) not in wanted:
            return _FILTERED
        if is_granted is not None and not is_granted(row):
            return without_consent(row, admission)
        no_rule = no_time = None
        uses = fixed_rules
        if uses is None:
            chosen = rules_of(row)
            if not chosen:
                return _STAGE_SKIPPED
            uses, no_rule = ((), chosen) if isinstance(chosen, Reason) else (chosen, None)

        value = row[happened_at]
        time = read_time(value)
        if isinstance(time, int) and not_before <= time and now - OLDEST_MS <= time <= now:
            read = sent = time
        else:
            judged = outside_window(time, value, plan, now)
            if isinstance(judged, Refusal):
                return _skipped(judged, uses)
            sent, no_time = (0, judged) if isinstance(judged, Reason) else (judged, None)
            read = time if isinstance(time, int) else 0

        left_out: list[Reason] = []
        ids = identifiers(row, left_out)
        if guarded and left_out and (held_back := _held_back(left_out)):
            return _skipped(held_back, uses)
        info = person(row, left_out)
        money = money_of(row, left_out)
        if left_out and REFUND in left_out:
            others = tuple([reason for reason in left_out if reason is not REFUND])
            skipped = _skipped(_REFUND, uses)
            return msgspec.structs.replace(skipped, noted=others) if others else skipped
        event_id = None if mapped_id is None else mapped_id(row, uses)
        if no_rule or no_time or not (ids or info) or isinstance(event_id, Reason):
            nobody = None if ids or info else _NO_IDENTIFIER
            because = [part for part in (no_rule, no_time, nobody, event_id) if isinstance(part, Reason)]
            return refusal_of(row, plan, because + (left_out if nobody else costly(left_out)), left_out)
        if left_out and (because := costly(left_out)):
            return refusal_of(row, plan, because, left_out)

        key: Key
        if key_name is None:
            key = tuple([(name, key_text(row[place])) for name, place in key_columns])
        else:
            key = ((key_name, key_text(row[only_key])),)
        first = key[0][1]
        if not first or first.strip() in NO_KEY:  # a column of a fixed width fills up what it holds
            key = key_of(row, plan)
            compared = _compared(key, key_names)
        elif key_name is None:
            compared = _compared(key, key_names)
        else:
            compared = first if key_names else ""
        # Of several identifiers the first tells people apart, for one that comes later makes nobody another.
        who = (ids[: ids.find('"}')] if ids else info) if event_id else ""
        content = crc32(money.encode(), read)
        inside = _encode(event_id).decode() if event_id else ""
        reasons = tuple(left_out) if left_out else _NOTHING_LEFT_OUT
        is_known = not left_out or PERSONAL_FIELDS.isdisjoint([reason.field for reason in left_out])
        if not is_known:
            private = private_columns(row, plan, key)
        else:
            private = _NOBODY if key_name is not None and first and first.isdecimal() else hidden(row, key)
        events = []
        for use in uses:
            rule = use.rule
            if event_id and (id_rules is None or rule in id_rules):
                identity, hour, quoted = event_id, None, inside
                told_key, told_person, is_own = compared, who, False
            else:
                own_time = read if time_in_identity else None
                identity = own_event_id(rule, source, key, own_time)
                hour, quoted = None if own_time is None else own_time // HOUR_MS, f'"{identity}"'
                told_key, told_person, is_own = "", "", True
            end = f',"eventId":{quoted}}}' if send_event_id else "}"
            payload = (
                f'{{"conversion":"{RULE_URN}{rule}","conversionHappenedAt":{sent},'
                f'"user":{{"userIds":[{ids}]{info}}}{money if use.value else ""}{end}'
            )
            event = Event(
                rule,
                identity,
                sent,
                payload.encode(),
                content,
                hour,
                key,
                reasons,
                told_key,
                told_person,
                private,
                is_own,
            )
            events.append(event)
        return events

    def events_of(row: Row, now: int) -> list[Event] | Refusal | MissingKey:
        # A function of its own: an error that passes a handler of a long one needs memory, and turns for ever where there is none.
        try:
            return readable_events_of(row, now)
        except ValueError:  # half a character, or a number of thousands of digits: neither has a text
            return _UNREADABLE

    return events_of


def not_sent(required: Sequence[tuple[str, Place]]) -> EventsOf:
    """The function that maps the rows of a stream that no entry fits, from the places of its key properties."""

    def events_of(row: Row, _now: int) -> Refusal | MissingKey:
        for name, place in required:
            if row[place] is _UNSET:
                return MissingKey(name)
        return _NOT_CONFIGURED

    return events_of


def _skipped(refusal: Refusal, uses: Uses) -> Refusal:
    """The refusal of a record that is skipped after its rule was chosen, with the rule where it is one alone."""
    return _skipped_of(refusal.skipped, uses[0].rule) if len(uses) == 1 else refusal


@lru_cache(maxsize=1024)  # most rows of a load may be skipped, for a few reasons and rules: each is made once
def _skipped_of(code: str, rule: str) -> Refusal:
    return Refusal(skipped=code, rule=rule)


def _compared(key: Key, names: tuple[str, ...]) -> str:
    """The text that tells a key from others of the columns that are one; empty where it is of other columns."""
    if not names or tuple([name for name, _ in key]) != names:
        return ""
    return _encode([text for _, text in key]).decode() if len(names) > 1 else key[0][1] or ""


def _held_back(left_out: list[Reason]) -> Refusal | None:
    """The refusal of a record whose person must not be sent; the suppress list comes first."""
    return next((refusal for reason, refusal in _HELD_BACK.items() if reason in left_out), None)


def _none_costly(_left_out: list[Reason]) -> list[Reason]:
    return []


def _costly(left_out: list[Reason]) -> list[Reason]:
    """What costs the event where a bad field does."""
    return [reason for reason in left_out if reason.code not in _NEVER_COSTS]
