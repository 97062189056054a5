"""What can be set on a sandbox, at its start and while it runs."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

__all__ = ["LintMode", "SandboxSettings", "changed"]

LintMode = Literal["off", "report", "reject"]
Rate = Annotated[float, msgspec.Meta(ge=0, le=1)]


class SandboxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sandbox's behaviour; the defaults are LinkedIn's own (documented or measured)."""

    requests_per_minute: int = 600
    requests_per_day: int = 500_000
    max_batch: int = 5_000
    lint: LintMode = "report"
    # LinkedIn answers 200 to a batch without `elements` and takes nothing: data lost in silence.
    loud: bool = False
    # Off, events are counted and thrown away: for measuring with millions of them.
    keep_events: bool = True
    allow_oracle_moat_id: bool = False
    # LinkedIn's list of rules may give -1 instead of a number.
    total_unknown: bool = False
    future_tolerance_ms: int = 0
    client_id: str | None = None
    client_secret: str | None = None
    # The addresses that the app has registered, to the letter; None takes any.
    redirect_uris: tuple[str, ...] | None = None
    # What the app's products allow it to ask for.
    app_scopes: tuple[str, ...] = ("r_ads", "r_ads_reporting", "rw_conversions")
    # Not every app is given one (documented and measured, each otherwise).
    gives_refresh_token: bool = True
    rotate_refresh_token: bool = False
    access_token_seconds: int = 5_184_000
    # The member's role in every account; a VIEWER changes nothing.
    role: str = "CAMPAIGN_MANAGER"
    # What the report counts: of the members that an event could be matched to, so many are, and so many of those had
    # clicked an ad before it, of the others seen one, at most so many days before. LinkedIn tells none of these rates.
    match_rate: Rate = 1.0
    # The hashes of the e-mail addresses that members have; by any other address nobody is matched. None: all may be theirs.
    members: frozenset[str] | None = None
    click_rate: Rate = 1.0
    view_rate: Rate = 0.0
    ad_days_before: int = 0
    attribution_seed: int = 0
    # Up to so long after an event was taken the report lacks it (documented: 24 hours and 48 more).
    reporting_lag_hours: float = 72.0


def changed(settings: SandboxSettings, change: bytes) -> SandboxSettings:
    """Apply a JSON object of settings.

    Raises:
        msgspec.ValidationError: a name or a type is wrong.

    """
    wanted = msgspec.json.decode(change, type=dict[str, object])
    return msgspec.convert({**msgspec.structs.asdict(settings), **wanted}, SandboxSettings)
