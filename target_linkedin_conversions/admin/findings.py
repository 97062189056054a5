"""The findings on version, token and one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.introspection import CLIENT_REFUSED, Introspection
from target_linkedin_conversions.admin.permissions import EVENTS_SCOPE, MEND, ROLES_TOLD
from target_linkedin_conversions.admin.rules import METHOD, Rule
from target_linkedin_conversions.durations import DAY_MS, MINUTE_MS
from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.nearest import nearest_few
from target_linkedin_conversions.readiness.finding import Finding
from target_linkedin_conversions.records.versions import KNOWN, VERSIONS, carries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from target_linkedin_conversions.admin.accounts import Account
    from target_linkedin_conversions.delivery.auth import Tokens

__all__ = [
    "Finding",
    "Life",
    "in_no_account",
    "lives_of",
    "on_clock",
    "on_introspection",
    "on_lives",
    "on_roles",
    "on_rule",
    "on_version",
    "token_dead",
    "token_missing",
    "version_not_served",
    "warning",
]

_WARN_VERSION_DAYS = 30
_WARN_TOKEN_DAYS = 14
_MOST_NAMED = 10
_CLOCK_SLACK_MS = 10 * MINUTE_MS
"""A clock that is off by less moves no event over a border that matters; the answer itself may have taken a minute."""
_CLOCK_STOPS_MS = DAY_MS
"""A clock that is off by as much is set wrongly, and would cost a day of events."""


def _stops(code: str, sentence: str, mend: str, rule: str = "") -> Finding:
    return Finding(code=code, severity="stops", sentence=sentence, mend=mend, rule=rule)


def warning(code: str, sentence: str, mend: str, rule: str = "") -> Finding:
    """A finding that stops nothing."""
    return Finding(code=code, severity="warning", sentence=sentence, mend=mend, rule=rule)


class Life(msgspec.Struct, frozen=True):
    """When a token ends, in epoch milliseconds."""

    token: str
    ends: int
    days: int

    @property
    def sentence(self) -> str:
        """The day on which it ends, which stays the same while a run goes on."""
        return f"the {self.token} token ends on {utc_of(self.ends).date().isoformat()}"

    def __str__(self) -> str:
        """The same with the days that are left."""
        return f"{self.sentence}, in {how_many(self.days, 'day')}"


def on_version(name: str, today: date, *, served: bool) -> list[Finding]:
    """Whether the version is known, and for how long it is served."""
    known = KNOWN.get(name)
    if known is None:
        sentence = f"linkedin_version {name} is not known to this release" + (
            ", but LinkedIn serves it" if served else ""
        )
        mend = (
            f"it is sent with the fields of {carries(name).name}; known are {VERSIONS[0].name} to {VERSIONS[-1].name}"
        )
        return [warning("version_unknown", sentence, mend)]
    left = (known.sunset - today).days
    if left > _WARN_VERSION_DAYS:
        return []
    newest = VERSIONS[-1].name
    mend = f"set linkedin_version to a later one{'' if name == newest else f', such as {newest}'}"
    if left <= 0:
        return [warning("version_ended", f"linkedin_version {name} ended on {known.sunset.isoformat()}", mend)]
    return [
        warning(
            "version_ends",
            f"linkedin_version {name} ends on {known.sunset.isoformat()}, in {how_many(left, 'day')}",
            mend,
        )
    ]


def lives_of(tokens: Tokens, introspection: Introspection | None, now: int) -> list[Life]:
    """How long the tokens live, as far as LinkedIn has said so in this run."""
    expires = introspection.expires_at * 1000 if introspection and introspection.expires_at else None
    ends = {"access": tokens.expires or expires, "refresh": tokens.refresh_expires}
    return [Life(token, end, max(0, (end - now) // DAY_MS)) for token, end in ends.items() if end is not None]


def on_lives(lives: list[Life], *, can_refresh: bool) -> list[Finding]:
    """A warning two weeks before a person has to log in again."""
    findings = []
    for life in lives:
        if life.days > _WARN_TOKEN_DAYS:
            continue
        if life.token == "refresh":  # noqa: S105 - a word
            findings.append(warning("refresh_token_ends", life.sentence, "log in again before and set refresh_token"))
        elif not can_refresh:
            mend = "create a new one before and set access_token, or set client_id, client_secret and refresh_token"
            findings.append(warning("access_token_ends", life.sentence, mend))
    return findings


def on_clock(now: int, answered_at: int | None) -> list[Finding]:
    """A finding where this machine's clock differs from LinkedIn's, by which an event is too old or in the future; both in epoch ms.

    It stops a run from a day on.
    """
    if answered_at is None or abs(now - answered_at) < _CLOCK_SLACK_MS:
        return []
    minutes = abs(now - answered_at) // MINUTE_MS
    off = how_many(minutes, "minute")
    for length, unit in ((60, "hour"), (24 * 60, "day")):
        if minutes >= 2 * length:
            off = how_many(minutes // length, unit)
    ahead = "ahead of" if now > answered_at else "behind"
    wrongly = "too old, and leaves them out" if now > answered_at else "in the future, and refuses them"
    sentence = (
        f"the clock of this machine is {off} {ahead} LinkedIn's, so a load takes some events wrongly for {wrongly}"
    )
    mend = (
        "set the clock; a load that has run since it is wrong is to be run again in full (`meltano run --full-refresh`)"
    )
    told = _stops if abs(now - answered_at) >= _CLOCK_STOPS_MS else warning
    return [told("clock_off", sentence, mend)]


def on_roles(accounts: Iterable[Account], wanted: Collection[str]) -> list[Finding]:
    """The accounts of the settings in which the token's member has a role that sends nothing."""
    mend = f"have it changed in Campaign Manager to {ROLES_TOLD}"
    return [
        warning("account_role", f"ad account {one.id}: the role {one.role or 'none'} sends no events", mend)
        for one in accounts
        if one.id in wanted and not one.usable
    ]


def on_introspection(introspection: Introspection | None, *, can_refresh: bool) -> list[Finding]:
    """What LinkedIn's introspection says against the token; warnings only."""
    if introspection is None:
        return []
    if introspection.status == CLIENT_REFUSED:
        return [
            warning("client_refused", "LinkedIn refuses client_id and client_secret", "check both in LinkedIn's app")
        ]
    if not introspection.active:
        if can_refresh:
            return []
        sentence = f"LinkedIn's introspection calls the access token {_word(introspection.status)}"
        mend = "create a new one if events are refused; a token of another app than client_id looks like this too"
        return [warning("token_not_active", sentence, mend)]
    if introspection.scopes and EVENTS_SCOPE not in introspection.scopes:
        sentence = f"the access token lacks the scope {EVENTS_SCOPE}"
        return [warning("scope_missing", sentence, MEND)]
    return []


def token_missing() -> Finding:
    """No token is set, which only the settings of a dry run may leave out."""
    sentence = "no access token is set, so LinkedIn was not asked about token, version and rules"
    mend = "a dry run needs none; set access_token before anything is to be sent (`linkedin-conversions login`)"
    return warning("token_missing", sentence, mend)


def token_dead(sentence: str, mend: str) -> Finding:
    """A token with which no run gets anywhere."""
    return _stops("token_dead", sentence, mend)


def version_not_served(name: str) -> Finding:
    """A version that LinkedIn refuses."""
    mend = f"set it to one that is, such as {VERSIONS[-1].name}"
    return _stops("version_not_served", f"linkedin_version {name} is not served", mend)


def on_rule(name: str, rules: Mapping[str, Rule], *, complete: bool) -> list[Finding]:
    """Findings on a configured rule by the rules that were read; `complete` says whether every account could be read."""
    rule = rules.get(name)
    if rule is None:
        return [_not_found(name, rules)] if complete else []
    findings = []
    if not rule.enabled:
        sentence = f"rule {name} is disabled, so LinkedIn takes no events for it"
        findings.append(
            _stops("rule_disabled", sentence, f"enable it: `linkedin-conversions rules enable {name}`", name)
        )
    if not rule.is_for_servers:
        sentence = f"rule {name} has the method {rule.conversion_method}, not {METHOD}"
        mend = "create a rule for the Conversions API, as `linkedin-conversions rules create` does, and set that"
        findings.append(_stops("rule_method", sentence, mend, name))
    if not rule.is_counted:
        sentence = f"rule {name} is linked to no campaign, so its events are not counted: no ad gets credit for them"
        mend = f"link it to campaigns: `linkedin-conversions rules associate {name} --campaign ID`"
        findings.append(warning("rule_without_campaign", sentence, mend, name))
    return findings


def _not_found(name: str, rules: Mapping[str, Rule]) -> Finding:
    """The finding for a rule that does not exist."""
    sentence = in_no_account(name, {one: rule.name or "" for one, rule in rules.items()})
    return _stops("rule_not_found", sentence, "name one of the accounts' rules, or mend account_id", name)


def in_no_account(rule: str, names: Mapping[str, str]) -> str:
    """The sentence on a rule that does not exist, with the names of those that do by their ids, the likeliest first."""
    like = nearest_few(rule, names, _MOST_NAMED)
    there = [f"{one} {names[one]}".strip() for one in dict.fromkeys((*like, *names))]
    more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
    known = f"there are {', '.join(there[:_MOST_NAMED])}{more}" if there else "there is no rule in them"
    return f"rule {rule} is in none of the ad accounts; {known}"


def _word(status: str) -> str:
    """LinkedIn's word for a status; nothing else of its answer is shown."""
    return status if status in {"revoked", "expired"} else "inactive"
