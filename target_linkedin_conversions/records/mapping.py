"""The walk of one record: skipped, refused with every reason, or one event a rule."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from zlib import crc32

import msgspec

from target_linkedin_conversions.records import identity
from target_linkedin_conversions.records.event import (
    RULE_URN,
    Amount,
    Conversion,
    Event,
    Identifier,
    Key,
    Refusal,
    Shape,
    User,
    UserInfo,
)
from target_linkedin_conversions.records.moment import DAY_MS, NOT_A_TIME, milliseconds, start_of_day
from target_linkedin_conversions.records.money import amount, currency
from target_linkedin_conversions.records.plan import PersonColumns, StreamPlan, unsupported
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rules import shown
from target_linkedin_conversions.records.text import comparable, is_email_shaped, key_text

__all__ = ["OLDEST_MS", "events_of"]

OLDEST_MS = 90 * DAY_MS - 5 * 60_000
"""How old an event may be when it leaves: LinkedIn's 90 days less five minutes of travel."""

_MOST_EMAILS = 5
_LONGEST_EVENT_ID = 64
_NOT_DELETED = frozenset({None, "", "false", "0", "f", "no", "n"})
_NEVER_COSTS = frozenset({"needs_full_name", "unsupported_by_version", "hashed_name_unsupported", "too_many"})

NO_TIME = Reason("happened_at", "no_time")
BAD_TIME = Reason("happened_at", "bad_time")
IN_FUTURE = Reason("happened_at", "in_future")
TOO_OLD = Reason("happened_at", "too_old")
NO_IDENTIFIER = Reason("user", "no_identifier")
TOO_MANY_EMAILS = Reason("email", "too_many")
NEEDS_FULL_NAME = Reason("company", "needs_full_name")
VALUE_WITHOUT_CURRENCY = Reason("currency", "value_without_currency")
EVENT_ID_TOO_LONG = Reason("event_id", "event_id_too_long")
EVENT_ID_IS_EMAIL = Reason("event_id", "event_id_is_email")
BAD_EVENT_ID = Reason("event_id", "bad_event_id")

_encode = msgspec.json.Encoder().encode


def events_of(row: Any, plan: StreamPlan, now: int) -> list[Event] | Refusal:  # noqa: ANN401, C901, PLR0912 - one walk, top to bottom
    """One record's conversion events, or every reason why it has none.

    `row` is of the plan's row type, `now` is epoch milliseconds.
    """
    for read in plan.deleted:
        if comparable(read(row)) not in _NOT_DELETED:
            return Refusal(skipped="deleted")
    if plan.consent is not None and comparable(plan.consent(row)) not in plan.granted:
        return Refusal(skipped="no_consent")
    uses = plan.rules(row)
    if not uses:
        return Refusal(skipped="stage_skipped")

    reasons: list[Reason] = []
    dropped: list[Reason] = []
    if isinstance(uses, Reason):
        reasons.append(uses)
    time = milliseconds(plan.happened_at(row), plan.zone)
    sent = time
    if type(time) is int:
        if time < plan.not_before:
            return Refusal(skipped="before_start")
        if time < now - OLDEST_MS:
            if not plan.reject_too_old:
                return Refusal(skipped="too_old")
            reasons.append(TOO_OLD)
        elif time > now:
            sent = now
            if time > now + plan.max_future and not _is_today(row, plan, now):
                reasons.append(IN_FUTURE)
    else:
        reasons.append(NO_TIME if time is None else BAD_TIME)

    pairs = _identifiers(row, plan, dropped)
    for id_type, digest in pairs:
        if id_type == "SHA256_EMAIL" and digest in plan.suppressed:
            return Refusal(skipped="suppressed")
    if plan.excluded_domains and _is_excluded(row, plan):
        return Refusal(skipped="excluded")
    user, identified = _user(row, plan.person, pairs, dropped)
    if not identified:
        reasons.append(NO_IDENTIFIER)
    money = _money(row, plan, dropped) if plan.value is not None else None
    event_id = _event_id(row, plan, reasons) if plan.event_id is not None else None

    if dropped and (plan.reject_bad_field or not identified):
        reasons += [reason for reason in dropped if reason.code not in _NEVER_COSTS or not identified]
    if reasons or isinstance(uses, Reason) or type(time) is not int or type(sent) is not int:
        return _refused(row, plan, reasons, money, time)

    key = tuple((name, key_text(read(row))) for name, read in plan.key)
    identities = _Identities(plan, key, time, event_id)
    content = crc32(f"{time}|{money.amount if money else ''}|{money.currency_code if money else ''}".encode())
    dropped_once = tuple(dropped)
    events = []
    for use in uses:
        given, own = identities.of(use.rule)
        sent_id = (given or own) if plan.send_event_id else None
        payload = _encode(Conversion(RULE_URN + use.rule, sent, user, money if use.value else None, sent_id))
        day = time // DAY_MS if plan.time_in_identity and given is None else None
        events.append(Event(use.rule, given or own, sent, payload, content, day, key, dropped_once))
    return events


def _is_today(row: Any, plan: StreamPlan, now: int) -> bool:  # noqa: ANN401 - a row is a struct made for its stream
    """Whether the time is a date alone that has begun: it is sent as now."""
    start = start_of_day(plan.happened_at(row), plan.zone)
    return start is not None and start <= now


def _identifiers(row: Any, plan: StreamPlan, dropped: list[Reason]) -> list[tuple[str, str]]:  # noqa: ANN401
    """Type and value of every identifier, each once; what is none goes to `dropped`."""
    pairs: list[tuple[str, str]] = []
    emails = 0
    for column in plan.identifiers:
        value = column.read(row)
        if value is None:
            continue
        if column.normal is None:
            dropped.append(unsupported(column))
            continue
        found = column.normal(value)
        if type(found) is str:
            pair = (column.id_type, found)
            if pair in pairs:
                continue
            if column.id_type == "SHA256_EMAIL":
                emails += 1
                if emails > _MOST_EMAILS:
                    dropped.append(TOO_MANY_EMAILS)
                    continue
            pairs.append(pair)
        elif found is not None:
            dropped.append(found)  # type: ignore[arg-type]  # type() narrows less than isinstance, which is slower
    return pairs


def _is_excluded(row: Any, plan: StreamPlan) -> bool:  # noqa: ANN401 - a row is a struct made for its stream
    return any(
        column.id_type == "SHA256_EMAIL" and identity.email_domain(column.read(row)) in plan.excluded_domains
        for column in plan.identifiers
    )


def _user(
    row: Any,  # noqa: ANN401 - a row is a struct made for its stream
    person: PersonColumns,
    pairs: list[tuple[str, str]],
    dropped: list[Reason],
) -> tuple[User, bool]:
    """The `user` object, and whether LinkedIn takes it as identified."""
    info = _user_info(row, person, dropped) if person.first_name and person.last_name else None
    if info is None:
        _note_lonely(row, person, dropped)
    external = _kept(identity.plain_text(person.external_id(row), "external_id"), dropped) if person.external_id else None
    lead = _kept(identity.lead(person.lead(row)), dropped) if person.lead else None
    user = User([Identifier(*pair) for pair in pairs], info, [external] if external else None, lead)
    return user, bool(pairs or info or external or lead)


def _user_info(row: Any, person: PersonColumns, dropped: list[Reason]) -> UserInfo | None:  # noqa: ANN401
    """Both names, plain or hashed, and what goes beside them; None without both."""
    first = _name(person.first_name(row) if person.first_name else None, "first_name", person, dropped)
    last = _name(person.last_name(row) if person.last_name else None, "last_name", person, dropped)
    if first is None or last is None:
        return None
    first_text, first_hashed = first
    last_text, last_hashed = last
    return UserInfo(
        first_name=None if first_hashed else first_text,
        last_name=None if last_hashed else last_text,
        hashed_first_name=first_text if first_hashed else None,
        hashed_last_name=last_text if last_hashed else None,
        company_name=_kept(identity.plain_text(person.company(row), "company"), dropped) if person.company else None,
        title=_kept(identity.plain_text(person.title(row), "title"), dropped) if person.title else None,
        country_code=_kept(identity.country(person.country(row)), dropped) if person.country else None,
    )


def _name(value: object, field: str, person: PersonColumns, dropped: list[Reason]) -> tuple[str, bool] | None:
    """A name part and whether it is hashed."""
    if value is None or value == "":
        return None
    if type(value) is str:
        digest = identity.hex_digest(value) if len(value) >= 44 else None  # noqa: PLR2004 - base64 of 32 bytes is the shortest
        if digest is not None:
            if person.version_hashes_names and digest not in identity.HASHES_OF_NOTHING:
                return digest, True
            dropped.append(Reason(field, "hashed_name_unsupported" if not person.version_hashes_names else "hash_of_nothing"))
            return None
        if person.hash_names and "@" not in value:
            hashed = identity.hashed_name(value)
            if hashed is not None:
                return hashed, True
            if value.strip():
                dropped.append(Reason(field, "not_a_name"))
            return None
    plain = _kept(identity.plain_name(value, field), dropped)
    return (plain, False) if plain else None


def _note_lonely(row: Any, person: PersonColumns, dropped: list[Reason]) -> None:  # noqa: ANN401
    """Company, title and country without a full name are left out, and counted."""
    for read in (person.company, person.title):
        if read is not None and read(row):
            dropped.append(NEEDS_FULL_NAME)
            return


def _kept(found: identity.Identified, dropped: list[Reason]) -> str | None:
    if isinstance(found, Reason):
        dropped.append(found)
        return None
    return found


def _money(row: Any, plan: StreamPlan, dropped: list[Reason]) -> Amount | None:  # noqa: ANN401
    """Amount and currency, both or neither."""
    number = _kept(amount(plan.value(row) if plan.value else None, decimal_comma=plan.decimal_comma), dropped)
    if number is None:
        return None
    code = currency(plan.currency(row)) if plan.currency is not None else None
    if code is None:
        dropped.append(VALUE_WITHOUT_CURRENCY)
        return None
    if isinstance(code, Reason):
        dropped.append(code)
        return None
    return Amount(code, number)


def _event_id(row: Any, plan: StreamPlan, reasons: list[Reason]) -> str | None:  # noqa: ANN401
    """The mapped event id; None where the column is empty, then the event gets its own."""
    value = plan.event_id(row) if plan.event_id else None
    if isinstance(value, dict | list | bool):
        reasons.append(BAD_EVENT_ID)
        return None
    text = key_text(value)
    text = text.strip() if text else None
    if not text:
        return None
    if len(text) > _LONGEST_EVENT_ID:
        reasons.append(EVENT_ID_TOO_LONG)
    elif is_email_shaped(text):
        reasons.append(EVENT_ID_IS_EMAIL)
    return text


class _Identities:
    """The mapped event id and the one of our own, a rule."""

    __slots__ = ("event_id", "key", "plan", "time")

    def __init__(self, plan: StreamPlan, key: Key, time: int, event_id: str | None) -> None:
        self.plan = plan
        self.key = key
        self.time = time
        self.event_id = event_id

    def of(self, rule: str) -> tuple[str | None, str]:
        """The mapped id where the rule has one, and else our own."""
        plan = self.plan
        if self.event_id is not None and (plan.event_id_rules is None or rule in plan.event_id_rules):
            return self.event_id, ""
        return None, own_event_id(rule, plan.source, self.key, self.time if plan.time_in_identity else None)


def own_event_id(rule: str, source: str, key: Key, time: int | None) -> str:
    """The event id of our own: 32 hex digits of SHA-256 over `[1, rule, source, key, time]`.

    Compact JSON in UTF-8; the rule's id as text; without `time` where a key converts once.
    It never changes within a major version: the ledger and LinkedIn know events by it.
    """
    parts: list[object] = [1, rule, source, key]
    if time is not None:
        parts.append(time)
    return sha256(_encode(parts)).hexdigest()[:32]


def _refused(
    row: Any,  # noqa: ANN401 - a row is a struct made for its stream
    plan: StreamPlan,
    reasons: list[Reason],
    money: Amount | None,
    time: object,
) -> Refusal:
    """The refusal of a record, with its key and shape; slow, and only for refused records."""
    key = tuple((name, key_text(read(row))) for name, read in plan.key)
    used = {key_text(column.read(row)) for column in plan.identifiers}
    person = plan.person
    for read in (person.first_name, person.last_name, person.external_id, person.lead):
        if read is not None:
            used.add(key_text(read(row)))
    private = frozenset(name for name, text in key if name in plan.personal_columns or (text and text in used))
    fields = [column.field for column in plan.identifiers if column.read(row) not in (None, "")]
    uses = plan.rules(row)
    unmatched = None
    if isinstance(uses, Reason) and plan.rule_column is not None:
        unmatched = shown(plan.rule_column(row))
    return Refusal(
        reasons=tuple(dict.fromkeys(reasons)),
        rule=uses[0].rule if not isinstance(uses, Reason) and len(uses) == 1 else None,
        key=key,
        private=private,
        shape=Shape(
            tuple(dict.fromkeys(fields)),
            time if time is not NOT_A_TIME and isinstance(time, int) else None,
            f"{money.amount} {money.currency_code}" if money else None,
        ),
        unmatched=unmatched,
    )
