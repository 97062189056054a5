"""The sandbox without a network: one request in, LinkedIn's answer out.

State lives in plain attributes; only the server's event loop touches it.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.sandbox import analytics, refusals
from target_linkedin_conversions.sandbox.accounts import Accounts
from target_linkedin_conversions.sandbox.associations import Associations
from target_linkedin_conversions.sandbox.authorization import Codes
from target_linkedin_conversions.sandbox.call import BATCH, Answer, Call, Taken
from target_linkedin_conversions.sandbox.clock import Clock, MovableClock
from target_linkedin_conversions.sandbox.conversions import Conversions
from target_linkedin_conversions.sandbox.intake import Intake
from target_linkedin_conversions.sandbox.journal import Journal
from target_linkedin_conversions.sandbox.quota import Quota
from target_linkedin_conversions.sandbox.restli import BadSyntaxError
from target_linkedin_conversions.sandbox.rules import Rule, RuleBook
from target_linkedin_conversions.sandbox.tokens import Token, TokenRegistry
from target_linkedin_conversions.sandbox.versions import Sunset, Versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.sandbox.settings import SandboxSettings

__all__ = ["LinkedIn", "answer_headers"]

EVENTS = "conversionEvents"
_SCOPES = {"adAccounts": "r_ads", "adAccountUsers": "r_ads", analytics.RESOURCE: analytics.SCOPE}
"""What a resource needs (documented); all others need `rw_conversions`."""
_VIEWER = "VIEWER"


class Admitted(msgspec.Struct, frozen=True):
    """A request that passed the gate: its token, as text and as registered."""

    text: str
    token: Token


class LinkedIn:
    """One strict LinkedIn: rules, tokens, versions, quota, and a journal of what came."""

    def __init__(
        self,
        settings: SandboxSettings,
        rules: Sequence[Rule],
        clock: Clock,
        versions: Mapping[str, Sunset],
    ) -> None:
        self._start = (settings, tuple(rules), clock, dict(versions))
        self.reset()

    def reset(self) -> None:
        """Back to the state at the start: nothing taken, nothing ordered, the clock running."""
        settings, rules, clock, versions = self._start
        self.settings = settings
        self.clock = MovableClock(clock)
        self.versions = Versions(versions)
        self.rules = RuleBook(rules)
        self.tokens = TokenRegistry(self.clock())
        self.codes = Codes()
        self.quota = Quota()
        self.journal = Journal()
        self.intake = Intake(self.rules, self.journal)

    def next_number(self) -> int:
        """Number the next request."""
        self.journal.request_count += 1
        return self.journal.request_count

    def seen_by_browser(self, event: Mapping[str, Any]) -> bool:
        """Whether the Insight Tag reported this event too, so that LinkedIn drops this one."""
        rule = self.rules.by_urn.get(event["conversion"])
        pair = (rule.account if rule else "", event.get("eventId", ""))
        return pair in self.journal.browser_event_ids

    def browser_duplicates(self) -> int:
        """How many events taken LinkedIn would drop in favour of the browser's (documented)."""
        if not self.journal.browser_event_ids:
            return 0
        return sum(self.seen_by_browser(event) for _, event in self.journal.received())

    def answer(self, call: Call, number: int) -> Taken:
        """Answer one request to `/rest`."""
        resource = call.path.removeprefix("/rest/").split("/", 1)[0]
        admitted = self._admit(call, resource)
        if not isinstance(admitted, Admitted):
            return Taken(admitted)
        self._count_warnings(call)
        if resource == EVENTS:
            return self._events(call, number, admitted)
        try:
            return Taken(self._other(call, resource, admitted))
        except BadSyntaxError as error:
            return Taken(refusals.plain(400, str(error)))

    def _other(self, call: Call, resource: str, admitted: Admitted) -> Answer:
        if call.method != "GET" and self.settings.role == _VIEWER:
            return refusals.no_role()
        if resource == "conversions":
            return Conversions(self.rules).answer(call, admitted.token, self.settings)
        if resource == "campaignConversions":
            return Associations(self.rules).answer(call, admitted.token)
        if resource == analytics.RESOURCE:
            return analytics.Analytics(self.rules, self.journal).answer(call, admitted.token, self.settings)
        if resource in _SCOPES:
            return Accounts(self.rules).answer(call, admitted.token, self.settings)
        return refusals.not_found(call.path)

    def _admit(self, call: Call, resource: str) -> Admitted | Answer:
        """Check the version first, then the token, then its scope (their order is unproven)."""
        if not call.version:
            return refusals.version_missing()
        if not self.versions.active(call.version, call.at):
            return refusals.version_not_active(call.version)
        text, token = self.tokens.access(call.headers.get("authorization", ""), call.at)
        if not isinstance(token, Token):
            return refusals.token(token)
        if not token.may(_SCOPES.get(resource, "rw_conversions")):
            if resource == analytics.RESOURCE:
                return refusals.no_scope(resource, "FINDER-analytics", call.version)
            method = call.restli_method or ("CREATE" if call.method == "POST" else call.method)
            name = f"partnerApi{resource[:1].upper()}{resource[1:]}"
            return refusals.no_scope(name, method, call.version)
        return Admitted(text, token)

    def _events(self, call: Call, number: int, admitted: Admitted) -> Taken:
        if call.path.removesuffix("/") != f"/rest/{EVENTS}":
            return Taken(refusals.not_found(call.path))
        if call.method != "POST" or call.restli_method not in {"", "CREATE", BATCH}:
            return Taken(refusals.not_supported(call.restli_method or call.method, EVENTS))
        limits = self.settings.requests_per_minute, self.settings.requests_per_day
        exhausted = self.quota.spend(admitted.text, call.at, *limits)
        if exhausted is not None:
            return Taken(refusals.throttled(day=exhausted == "day"))
        if "content-length" not in call.headers:
            return Taken(refusals.length_required())
        return self.intake.take(call, number, admitted.token, self.settings)

    def _count_warnings(self, call: Call) -> None:
        warnings = self.journal.warnings
        if not call.headers.get("x-restli-protocol-version"):
            warnings["protocol_version_missing"] += 1
        content_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if call.body and content_type != "application/json":
            warnings["content_type_not_json"] += 1


def answer_headers(call: Call, answer: Answer) -> list[tuple[str, str]]:
    """Every header LinkedIn sets (measured): no rate limits, no `Retry-After` among them."""
    headers = [
        *answer.headers,
        ("X-RestLi-Protocol-Version", call.headers.get("x-restli-protocol-version") or "1.0.0"),
        ("X-Li-Fabric", "sandbox"),
        ("X-Li-Pop", "sandbox-local"),
        ("X-LI-Proto", "http/1.1"),
        ("X-LI-UUID", base64.b64encode(secrets.token_bytes(16)).decode()),
        ("Set-Cookie", 'lidc="b=SANDBOX:s=S:r=S:a=S:p=S:g=1"; Path=/; Max-Age=86400'),
    ]
    if answer.status >= 400 and answer.origin == "service":  # noqa: PLR2004 - HTTP's errors
        headers.append(("X-RestLi-Error-Response", "true"))
    if answer.origin == "gateway":
        headers.append(("X-Restli-Gateway-Error", "true"))
    return headers
