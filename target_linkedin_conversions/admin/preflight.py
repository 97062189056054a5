"""Before the first event: is the version served, the token alive, and does each rule take events?

What is wrong for certain stops the run; what cannot be read is a warning, because a Direct-API
token may send events without being allowed to read rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.findings import (
    Finding,
    Life,
    lives_of,
    on_clock,
    on_introspection,
    on_lives,
    on_rule,
    on_version,
    token_dead,
    token_missing,
    version_not_served,
    warning,
)
from target_linkedin_conversions.admin.introspection import introspect
from target_linkedin_conversions.admin.permissions import MEND
from target_linkedin_conversions.admin.rules import Rule, Unreadable, read_rules
from target_linkedin_conversions.delivery.answer import (
    Misdirected,
    RuleRefused,
    Throttled,
    TokenRefused,
    VersionRefused,
    read_answer,
)
from target_linkedin_conversions.delivery.auth import NEW_TOKEN, token_refused
from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.errors import ClockError, CredentialError, RuleError, VersionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.delivery.answer import Answer
    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.errors import OperatorError
    from target_linkedin_conversions.settings import Settings

__all__ = ["UNREAD", "Finding", "Preflight", "because_of", "preflight"]

_STOPS: dict[type[OperatorError], frozenset[str]] = {
    ClockError: frozenset({"clock_off"}),
    VersionError: frozenset({"version_not_served"}),
    CredentialError: frozenset({"token_dead"}),
    RuleError: frozenset({"rule_not_found", "rule_disabled", "rule_method"}),
}
"""The error for each finding that stops a run, in this order: a wrong clock or a bad version explains all others, a bad token the rules."""
UNREAD = frozenset({"rules_not_read", "account_not_visible", "rules_unreadable"})
"""Codes of findings whose text already covers events in doubt of rules that could not be read."""
_NAME_ACCOUNT = (
    "set account_id, which for `send` is the variable TARGET_LINKEDIN_CONVERSIONS_ACCOUNT_ID, to the ad account's number as "
    "Campaign Manager shows it; the token needs the scope r_ads"
)
_UNNAMED = "the conversion rules are not checked beforehand, for no ad account is named"
_DEAD = frozenset({"expired", "revoked", "invalid"})


class Preflight(msgspec.Struct, frozen=True):
    """What was found, every rule that could be read by its id, how long the tokens live, and what LinkedIn says they may.

    `complete` says whether all accounts could be read: a rule that is not among `rules` is in none of them.
    """

    findings: tuple[Finding, ...]
    rules: dict[str, Rule]
    lives: tuple[Life, ...]
    scopes: tuple[str, ...] = ()
    complete: bool = False

    @property
    def rule_types(self) -> dict[str, str]:
        """The type of each rule that could be read."""
        return {name: rule.type for name, rule in self.rules.items()}

    @property
    def stopped_rules(self) -> dict[str, str]:
        """The rules that cannot take events, and why: their events stay, those of all others may leave."""
        return because_of(self.findings)

    @property
    def stop(self) -> OperatorError | None:
        """The worst error that was found, None where a run would meet none; one of rules stops those rules only."""
        for error, codes in _STOPS.items():
            because = [str(one) for one in self.findings if one.code in codes and one.severity == "stops"]
            if because:
                return error(". ".join(because))
        return None


def because_of(findings: Iterable[Finding]) -> dict[str, str]:
    """Why rules cannot take events, by rule: of findings that stop one."""
    found: dict[str, str] = {}
    for finding in findings:
        if finding.code in _STOPS[RuleError]:
            found[finding.rule] = ". ".join(filter(None, (found.get(finding.rule), str(finding))))
    return found


def preflight(settings: Settings, client: Client, tokens: Tokens, clock: Clock) -> Preflight:
    """Look at version, token and rules, and tell everything that was found.

    Sends no event. Raises `UnreachableError` where LinkedIn does not answer.
    """
    look = _Look(settings, client, tokens, clock)
    if settings.access_token is None and settings.refresh_token is None:
        return Preflight((*look.version(served=False), token_missing()), {}, ())
    return look.all()


class _Look:
    """One run of the checks, which collects findings."""

    def __init__(self, settings: Settings, client: Client, tokens: Tokens, clock: Clock) -> None:
        self.settings = settings
        self.client = client
        self.tokens = tokens
        self.clock = clock
        self.findings: list[Finding] = []

    def all(self) -> Preflight:
        try:
            read = read_rules(self.client, self.tokens, self.settings.account_id, self.clock)
            self.findings += on_clock(self.clock.now(), self.client.answered_at)
            introspection = introspect(self.settings, self.client, self.tokens.current())
        except CredentialError as error:
            sentence, _, mend = str(error).partition("; ")
            return Preflight((*self.version(served=False), token_dead(sentence, mend)), {}, ())
        rules = {str(item.id): item for item in read if isinstance(item, Rule)}
        unreadable = [item for item in read if isinstance(item, Unreadable)]
        self.findings += self.version(served=bool(rules))
        self.findings += [finding for item in unreadable for finding in self.on_unreadable(item)]
        can_refresh = self.tokens.can_refresh
        if not any(finding.code == "token_dead" for finding in self.findings):
            self.findings += on_introspection(introspection, can_refresh=can_refresh)
        lives = lives_of(self.tokens, introspection, self.clock.now())
        self.findings += on_lives(lives, can_refresh=can_refresh)
        for name in self.settings.rules:
            self.findings += on_rule(name, rules, complete=not unreadable)
        scopes = sorted(introspection.scopes) if introspection is not None else []
        return Preflight(
            tuple(dict.fromkeys(self.findings)), rules, tuple(lives), tuple(scopes), complete=not unreadable
        )

    def version(self, *, served: bool) -> list[Finding]:
        today = utc_of(self.clock.now()).date()
        return on_version(self.settings.linkedin_version, today, served=served)

    def on_unreadable(self, item: Unreadable) -> list[Finding]:
        """What an answer without rules means: the version, the token, or only this account."""
        answer = read_answer(item.status, {}, item.body, ())
        if isinstance(answer, VersionRefused):
            return [version_not_served(self.settings.linkedin_version)]
        if isinstance(answer, TokenRefused) and answer.kind in _DEAD:
            return [token_dead(token_refused(answer.kind), NEW_TOKEN)]
        if not item.account:
            return [self.unread("rules_not_read", _UNNAMED, _NAME_ACCOUNT)]
        if isinstance(answer, RuleRefused):
            sentence = f"ad account {item.account} is not visible to this token"
            return [self.unread("account_not_visible", sentence, "check account_id and the member's role in it")]
        because, mend = _why_unread(answer)
        sentence = f"the rules of ad account {item.account} cannot be read (status {item.status}){because}"
        return [self.unread("rules_unreadable", sentence, f"events may still be taken; {mend}")]

    def unread(self, code: str, sentence: str, mend: str) -> Finding:
        """A finding on rules that are not read; by_rule frees only what it knows."""
        if self.settings.send_once and self.settings.on_in_doubt == "by_rule":
            sentence += ", so events in doubt are held whatever their rule's type"
            mend += ", or set on_in_doubt: resend"
        return warning(code, sentence, mend)


def _why_unread(answer: Answer) -> tuple[str, str]:
    """Why rules were not listed, by what their answer means, and what a person does so that they are."""
    match answer:
        case TokenRefused():
            return ": the token lacks a scope, or its member a role", f"to read rules, {MEND}"
        case Throttled():
            return ": LinkedIn takes no more calls for now", "try again in a minute or tomorrow"
        case Misdirected():
            return ", which is no answer of LinkedIn's", "check api_url and any proxy or login page in between"
        case _:
            return "", "try again later; if it stays so, ask LinkedIn's support with the time and the account"
