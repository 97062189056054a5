"""Before the first event: is the version served, the token alive, and does each rule take events?

What is wrong for certain stops the run; what cannot be read is a warning, because a Direct-API
token may send events without being allowed to read rules.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.findings import (
    Finding,
    Life,
    lives_of,
    on_introspection,
    on_lives,
    on_rule,
    on_version,
)
from target_linkedin_conversions.admin.introspection import introspect
from target_linkedin_conversions.admin.rules import Rule, Unreadable, probe, rules_of
from target_linkedin_conversions.delivery.answer import RuleRefused, TokenRefused, VersionRefused, read_answer
from target_linkedin_conversions.errors import CredentialError, RuleError, VersionError
from target_linkedin_conversions.records.versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.errors import OperatorError
    from target_linkedin_conversions.settings import Secret, Settings

__all__ = ["UNREAD", "Finding", "Preflight", "because_of", "preflight"]

_STOPS: dict[str, type[OperatorError]] = {"version": VersionError, "credential": CredentialError, "rule": RuleError}
UNREAD = frozenset({"rules_not_read", "account_not_visible", "rules_unreadable"})
"""Codes of findings that already say what becomes of the events in doubt of rules that are not read."""
_NAME_ACCOUNT = "set account_id, and give the token the scope r_ads"
_DEAD = frozenset({"expired", "revoked", "invalid"})


class Preflight(msgspec.Struct, frozen=True):
    """What was found, every rule that could be read by its id, and how long the tokens live.

    `complete` says whether all accounts could be read: a rule that is not among `rules` is in none of them.
    """

    findings: tuple[Finding, ...]
    rules: dict[str, Rule]
    lives: tuple[Life, ...]
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
        for kind, error in _STOPS.items():
            because = [str(finding) for finding in self.findings if finding.stops == kind]
            if because:
                return error(". ".join(because))
        return None


def because_of(findings: Iterable[Finding]) -> dict[str, str]:
    """Why rules cannot take events, by rule: of findings that stop one."""
    found: dict[str, str] = {}
    for finding in findings:
        if finding.stops == "rule":
            found[finding.rule] = ". ".join(filter(None, (found.get(finding.rule), str(finding))))
    return found


def preflight(settings: Settings, client: Client, tokens: Tokens, clock: Clock) -> Preflight:
    """Look at version, token and rules, and tell everything that was found.

    Sends no event. Raises `UnreachableError` where LinkedIn does not answer.
    """
    return _Look(settings, client, tokens, clock).all()


class _Look:
    """One look at LinkedIn; findings gather as it goes."""

    def __init__(self, settings: Settings, client: Client, tokens: Tokens, clock: Clock) -> None:
        self.settings = settings
        self.client = client
        self.tokens = tokens
        self.clock = clock
        self.findings: list[Finding] = []

    def all(self) -> Preflight:
        try:
            token = self.tokens.current()
            token, read = self.read(token)
            introspection = introspect(self.settings, self.client, token)
        except CredentialError as error:
            sentence, _, mend = str(error).partition("; ")
            token_dead = Finding("token_dead", sentence, mend, "credential")
            return Preflight((*self.version(served=False), token_dead), {}, ())
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
        return Preflight(tuple(dict.fromkeys(self.findings)), rules, tuple(lives), complete=not unreadable)

    def version(self, *, served: bool) -> list[Finding]:
        today = datetime.fromtimestamp(self.clock.now() / 1000, UTC).date()
        return on_version(self.settings.linkedin_version, today, served=served)

    def read(self, token: Secret) -> tuple[Secret, list[Rule | Unreadable]]:
        """Every rule, after one refresh where the token has expired, and the token that read them."""
        answers = self.read_with(token)
        if self.tokens.can_refresh and any(_token_kind(item) == "expired" for item in answers):
            token = self.tokens.renew(token)
            answers = self.read_with(token)
        return token, answers

    def read_with(self, token: Secret) -> list[Rule | Unreadable]:
        accounts = self.settings.account_id
        if not accounts:
            return [probe(self.client, token, self.clock)]
        return list(rules_of(self.client, token, accounts, self.clock))

    def on_unreadable(self, item: Unreadable) -> list[Finding]:
        """What an answer without rules means: the version, the token, or only this account."""
        answer = read_answer(item.status, {}, item.body, ())
        if isinstance(answer, VersionRefused):
            sentence = f"linkedin_version {self.settings.linkedin_version} is not served"
            mend = f"set it to one that is, such as {VERSIONS[-1].name}"
            return [Finding("version_not_served", sentence, mend, "version")]
        if isinstance(answer, TokenRefused) and answer.kind in _DEAD:
            sentence = f"LinkedIn refuses the access token as {answer.kind}"
            return [Finding("token_dead", sentence, "create a new one and set access_token", "credential")]
        if not item.account:
            return [self.unread("rules_not_read", "the conversion rules are not checked beforehand", _NAME_ACCOUNT)]
        if isinstance(answer, RuleRefused):
            sentence = f"ad account {item.account} is not visible to this token"
            return [self.unread("account_not_visible", sentence, "check account_id and the member's role in it")]
        sentence = f"the rules of ad account {item.account} cannot be read (status {item.status})"
        mend = "events may still be taken; the token needs the scope r_ads to read rules"
        return [self.unread("rules_unreadable", sentence, mend)]

    def unread(self, code: str, sentence: str, mend: str) -> Finding:
        """A finding on rules that are not read; by_rule frees only what it knows."""
        if self.settings.send_once and self.settings.on_in_doubt == "by_rule":
            sentence += ", so events in doubt are held whatever their rule's type"
            mend += ", or set on_in_doubt: resend"
        return Finding(code, sentence, mend)


def _token_kind(item: Rule | Unreadable) -> str:
    answer = None if isinstance(item, Rule) else read_answer(item.status, {}, item.body, ())
    return answer.kind if isinstance(answer, TokenRefused) else ""
