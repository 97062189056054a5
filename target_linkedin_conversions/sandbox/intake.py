"""`POST /rest/conversionEvents`: every check in LinkedIn's order, then all events or none.

The order (parse, size, schema, rule, method, enabled, time, identifiers) agrees with all that was
measured; the order within the business checks is inferred.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from msgspec import UNSET

from target_linkedin_conversions.sandbox import lint, refusals
from target_linkedin_conversions.sandbox.call import BATCH, Answer, Call, Taken, json_answer
from target_linkedin_conversions.sandbox.clock import DAY_MS
from target_linkedin_conversions.sandbox.journal import Journal, TakenBatch
from target_linkedin_conversions.sandbox.reading import events_of
from target_linkedin_conversions.sandbox.rules import SERVER_METHOD, RuleBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.sandbox.event import Event, User, UserInfo
    from target_linkedin_conversions.sandbox.settings import SandboxSettings
    from target_linkedin_conversions.sandbox.tokens import Token

__all__ = ["Intake"]

WINDOW = 90 * DAY_MS
CREATED = 201
ORDERED = "Sandbox: ordered failure"
ERRORS_FROM = 400

_LOUD = (
    'Sandbox: a BATCH_CREATE without "elements" is answered 200 by LinkedIn and its events are '
    "lost in silence; the setting loud refuses it here"
)


class Intake:
    """Takes conversion events, or says in LinkedIn's words why not."""

    def __init__(self, rules: RuleBook, journal: Journal) -> None:
        self._rules = rules
        self._journal = journal

    def take(self, call: Call, number: int, token: Token, settings: SandboxSettings) -> Taken:
        """Answer one CREATE or BATCH_CREATE; `number` is the request's own in the log."""
        events = events_of(call, settings)
        if isinstance(events, Taken):
            return events
        if not events:
            self._journal.warnings["batch_without_events"] += 1
            return Taken(refusals.plain(400, _LOUD) if settings.loud else _accepted([]), 0)
        refusal = (
            self._rule_refusal(events, token)
            or _content_refusal(events, call.at, settings)
            or self._lint_refusal(events, settings)
        )
        if refusal is not None:
            return Taken(refusal, elements=len(events))
        return self._keep(call, number, events, keep=settings.keep_events)

    def _rule_refusal(self, events: Sequence[Event], token: Token) -> Answer | None:
        named = {event.conversion for event in events}
        rules = {urn: self._rules.by_urn.get(urn) for urn in named}
        if any(rule is None or not token.sees(rule.account) for rule in rules.values()):
            return refusals.no_account()
        browser = {urn for urn, rule in rules.items() if rule and rule.conversion_method != SERVER_METHOD}
        if browser:
            return refusals.wrong_method([index for index, event in enumerate(events) if event.conversion in browser])
        if any(rule and not rule.enabled for rule in rules.values()):
            return refusals.rule_disabled()
        return None

    def _lint_refusal(self, events: Sequence[Event], settings: SandboxSettings) -> Answer | None:
        if settings.lint == "off":
            return None
        findings = lint.findings_of(events)
        self._journal.lint.update(finding.code_and_path for finding in findings)
        if settings.lint == "reject" and findings:
            return refusals.plain(400, lint.refusal_text(findings))
        return None

    def _keep(self, call: Call, number: int, events: Sequence[Event], *, keep: bool) -> Taken:
        batch = call.restli_method == BATCH
        failing = {i: status for i, status in call.failing.items() if 0 <= i < len(events)}
        if failing and not batch:
            return Taken(refusals.plain(failing[0], ORDERED), elements=1)
        accepted = [event for i, event in enumerate(events) if i not in failing] if failing else events
        taken = TakenBatch(
            request=number,
            at=call.at,
            version=call.version,
            body=call.body,
            batch=batch,
            left_out=frozenset(failing),
        )
        self._journal.take(taken, accepted, keep=keep)
        self._rules.called_back({event.conversion for event in accepted}, call.at)
        if not batch:
            return Taken(_created(), 1, len(accepted))
        statuses = [failing.get(index, CREATED) for index in range(len(events))]
        return Taken(_accepted(statuses), len(events), len(accepted))


def _content_refusal(events: Sequence[Event], now: int, settings: SandboxSettings) -> Answer | None:
    oldest, newest = now - WINDOW, now + settings.future_tolerance_ms
    outside = [index for index, event in enumerate(events) if not oldest <= event.conversion_happened_at <= newest]
    if outside:
        return refusals.outside_window(outside)
    nobody = [index for index, event in enumerate(events) if not _identifies(event.user)]
    return refusals.no_identifier(nobody) if nobody else None


def _identifies(user: User) -> bool:
    """Whether an event has something to match a person by, and no empty string."""
    for entry in user.user_ids:
        if not entry.id_value:
            return False
    info = user.user_info
    if info is not UNSET and not (_whole_name(info) and "" not in info.texts()):
        return False
    if user.external_ids and "" in user.external_ids:
        return False
    return bool(user.user_ids or info or user.external_ids or user.lead)


def _whole_name(info: UserInfo) -> bool:
    first = info.first_name is not UNSET or info.hashed_first_name is not UNSET
    return first and (info.last_name is not UNSET or info.hashed_last_name is not UNSET)


def _accepted(statuses: Sequence[int]) -> Answer:
    """200 with one status an element, 201 for each that was taken (captured)."""
    elements = [
        {"status": status}
        if status < ERRORS_FROM
        else {"status": status, "error": {"status": status, "message": ORDERED}}
        for status in statuses
    ]
    return json_answer(200, {"elements": elements})


def _created() -> Answer:
    """201 with an empty body; the id in the headers is LinkedIn's own and of no use (measured)."""
    inner = base64.urlsafe_b64encode(secrets.token_bytes(9)).decode()
    return Answer(201, headers=(("x-restli-id", inner), ("Location", f"/conversionEvents/{inner}")))
