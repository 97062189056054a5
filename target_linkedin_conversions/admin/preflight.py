"""Before the first event: is the version served, the token alive, and does each rule take events?

What is wrong for certain stops the run; what cannot be read is a warning, because a Direct-API
token may send events without being allowed to read rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.rules import Rule, Unreadable, rules_of
from target_linkedin_conversions.delivery.answer import TokenRefused, VersionRefused, read_answer
from target_linkedin_conversions.errors import CredentialError, RuleError, VersionError
from target_linkedin_conversions.records.versions import KNOWN, VERSIONS

if TYPE_CHECKING:
    from datetime import date

    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.settings import Settings

__all__ = ["Finding", "Preflight", "preflight"]

METHOD = "CONVERSIONS_API"
_WARN_DAYS = 30


class Finding(msgspec.Struct, frozen=True):
    """Something a person should know: a stable code, a sentence, and the mend."""

    code: str
    sentence: str
    mend: str

    def __str__(self) -> str:
        """The finding as one line."""
        return f"{self.sentence}; {self.mend}"


class Preflight(msgspec.Struct, frozen=True):
    """What was found, and the type of each rule that could be read."""

    findings: tuple[Finding, ...]
    rule_types: dict[str, str]


def preflight(settings: Settings, client: Client, tokens: Tokens, today: date) -> Preflight:
    """Look at version, token and rules; raises `VersionError`, `CredentialError` or `RuleError`."""
    findings = list(_version_findings(settings.linkedin_version, today))
    if not settings.account_id:
        findings.append(
            Finding(
                "rules_not_read",
                "the conversion rules are not checked beforehand",
                "set account_id to have them checked",
            )
        )
        return Preflight(tuple(findings), {})
    rules: dict[str, Rule] = {}
    for found in _read(settings, client, tokens):
        if isinstance(found, Rule):
            rules[str(found.id)] = found
        else:
            findings.append(
                Finding(
                    "rules_unreadable",
                    f"the rules of ad account {found.account} cannot be read (status {found.status})",
                    "events may still be taken; the token needs r_ads to read rules",
                )
            )
    complete = not any(finding.code == "rules_unreadable" for finding in findings)
    for rule in settings.rules:
        findings += _rule_findings(rule, rules.get(rule), complete=complete)
    return Preflight(tuple(findings), {name: rule.type for name, rule in rules.items()})


def _read(settings: Settings, client: Client, tokens: Tokens) -> list[Rule | Unreadable]:
    """The rules, after one refresh where the token has expired; a dead token stops the run."""
    token = tokens.current()
    found = list(rules_of(client, token, settings.account_id))
    if tokens.can_refresh and any(_kind(item) == "expired" for item in found):
        found = list(rules_of(client, tokens.renewed(token), settings.account_id))
    for item in found:
        kind = _kind(item)
        if kind == "version":
            raise VersionError(
                f"linkedin_version {settings.linkedin_version} is not served; set it to one that is, such as {VERSIONS[-1].name}"
            )
        if kind in {"expired", "revoked", "invalid"}:
            raise CredentialError(f"LinkedIn refuses the access token as {kind}; create a new one and set access_token")
    return found


def _kind(item: Rule | Unreadable) -> str:
    if isinstance(item, Rule):
        return ""
    answer = read_answer(item.status, {}, item.body, 0)
    if isinstance(answer, VersionRefused):
        return "version"
    return answer.kind if isinstance(answer, TokenRefused) else ""


def _version_findings(name: str, today: date) -> list[Finding]:
    known = KNOWN.get(name)
    if known is None:
        sentence = f"linkedin_version {name} is not known to this release"
        return [
            Finding(
                "version_unknown", sentence, f"it is sent as it is; known are {VERSIONS[0].name} to {VERSIONS[-1].name}"
            )
        ]
    left = (known.sunset - today).days
    if left > _WARN_DAYS:
        return []
    sentence = f"linkedin_version {name} ends on {known.sunset.isoformat()}"
    return [Finding("version_ends", sentence, f"set linkedin_version to a later one, such as {VERSIONS[-1].name}")]


def _rule_findings(name: str, rule: Rule | None, *, complete: bool) -> list[Finding]:
    """Warnings on a rule; raises `RuleError` where it cannot take events."""
    if rule is None:
        if not complete:
            return []
        mend = "check conversion_rule and account_id; LinkedIn answers 'No ad accounts found' to an unknown rule"
        return [Finding("rule_not_found", f"rule {name} is in none of the ad accounts", mend)]
    if not rule.enabled:
        raise RuleError(f"rule {name} is disabled, so LinkedIn takes no events for it; enable it in Campaign Manager")
    if rule.conversion_method != METHOD:
        raise RuleError(
            f"rule {name} has the method {rule.conversion_method}, not {METHOD}; create a rule for the Conversions API"
        )
    if not rule.campaigns:
        sentence = f"rule {name} is linked to no campaign, so no ad gets credit for its events"
        return [Finding("rule_without_campaign", sentence, "link it to campaigns in Campaign Manager")]
    return []
