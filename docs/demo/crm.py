"""Twenty thousand invented stage changes, with the dirt that a CRM has and what must become of it."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

SEED = 20261
STAGES = {"MQL": 101, "SQL": 102, "sales qualified": 102, "closed_won": 103, "expanded": 104}
"""The stages that count, and the conversion rule of each in the shipped `meltano.yml`."""

_SYLLABLES = ("ba", "dri", "fe", "gor", "hul", "ka", "lim", "mo", "nis", "pra", "que", "tor", "vex", "wim", "zu")
_COMPANIES = ("Anvil", "Bramble", "Cinder", "Dovetail", "Ember", "Fathom", "Gimbal", "Hollow")
_FORMS = ("Works", "Labs", "Freight", "Optics", "Mills")
_DOMAINS = ("example.com", "example.org", "example.net")
_COUNTRIES = ("DE", "FR", "NL", "GB", "US", "SE")
_CURRENCIES = ("EUR", "USD", "GBP")


@dataclass(frozen=True, slots=True)
class Fate:
    """What must become of a row: an outcome, and the reason or the rule."""

    outcome: str
    reason: str = ""
    rule: int = 0


@dataclass(frozen=True, slots=True)
class StageChange:
    """One row of `crm_stage_changes`; `fate` is not in the table."""

    id: int
    deal_id: int
    stage: str
    changed_at: datetime
    work_email: str | None
    private_email: str | None
    first_name: str | None
    last_name: str | None
    company: str
    country: str
    landing_page: str | None
    deal_value: Decimal | None
    deal_currency: str | None
    ads_consent: str | None
    deleted_at: datetime | None
    updated_at: datetime
    fate: Fate


def stage_changes(first: int, count: int, start: datetime, *, now: datetime) -> list[StageChange]:
    """Rows `first` and following, each updated 300 ms after the one before, from `start` on."""
    chance = random.Random(SEED + first)  # noqa: S311 - made-up data, the same each time
    step = timedelta(milliseconds=300)
    rows = (_clean(chance, first + index, start + index * step, now) for index in range(count))
    return [_dirtied(chance, row, now) for row in rows]


def _clean(chance: random.Random, number: int, updated_at: datetime, now: datetime) -> StageChange:
    first, last = (_word(chance) for _ in range(2))
    domain = chance.choice(_DOMAINS)
    stage = chance.choice(tuple(STAGES))
    return StageChange(
        id=number,
        deal_id=100_000 + number // 3,
        stage=stage,
        changed_at=now - timedelta(seconds=chance.randint(3_600, 80 * 86_400)),
        work_email=f"{first}.{last}.{number}@{domain}".lower(),
        private_email=None,
        first_name=first,
        last_name=last,
        company=f"{chance.choice(_COMPANIES)} {chance.choice(_FORMS)}",
        country=chance.choice(_COUNTRIES),
        landing_page="https://www.example.com/pricing?utm_source=linkedin",
        deal_value=Decimal(chance.randint(50_000, 9_000_000)) / 100,
        deal_currency=chance.choice(_CURRENCIES),
        ads_consent="granted",
        deleted_at=None,
        updated_at=updated_at,
        fate=Fate("delivered", rule=STAGES[stage]),
    )


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=3)).capitalize()


def _dirtied(chance: random.Random, row: StageChange, now: datetime) -> StageChange:
    """Give two rows in five one fault of the kinds that CRMs have."""
    kind = chance.choices(tuple(_DIRT), weights=tuple(_DIRT.values()))[0]
    email = row.work_email or ""
    match kind:
        case "padded":
            return replace(row, work_email=f"  {email.upper()}\t")
        case "hashed":
            return replace(row, work_email=_sha256(email))
        case "hashed_upper":
            return replace(row, work_email=_sha256(email).upper())
        case "private":
            return replace(row, work_email=None, private_email=email)
        case "click":
            page = f"https://www.example.com/demo?utm_medium=paid&li_fat_id={_click(chance)}#form"
            return _nameless(row, landing_page=page)
        case "valueless":
            return replace(row, deal_currency=None)
        case _:
            return _lost(chance, kind, row, now)


def _lost(chance: random.Random, kind: str, row: StageChange, now: datetime) -> StageChange:
    """Make it a row that must not be sent."""
    match kind:
        case "nobody":
            return replace(_nameless(row), fate=Fate("rejected", "no_identifier"))
        case "unknown_stage":
            return replace(row, stage="nurturing", fate=Fate("rejected", "unknown_rule_value"))
        case "future":
            when = now + timedelta(hours=chance.randint(24, 240))
            return replace(row, changed_at=when, fate=Fate("rejected", "in_future"))
        case "old":
            when = now - timedelta(days=chance.randint(92, 200))
            return replace(row, changed_at=when, fate=Fate("skipped", "too_old"))
        case "no_consent":
            answer = chance.choice(("denied", "", None))
            return replace(row, ads_consent=answer, fate=Fate("skipped", "no_consent"))
        case "deleted":
            return replace(row, deleted_at=row.updated_at, fate=Fate("skipped", "deleted"))
        case "stage_skipped":
            return replace(row, stage="lost", fate=Fate("skipped", "stage_skipped"))
        case _:
            return row


def _nameless(row: StageChange, landing_page: str | None = None) -> StageChange:
    return replace(row, work_email=None, first_name=None, last_name=None, landing_page=landing_page)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _click(chance: random.Random) -> str:
    return "-".join(f"{chance.getrandbits(32):08x}" for _ in range(4))


_DIRT = {
    "none": 60,
    "padded": 8,
    "hashed": 5,
    "hashed_upper": 3,
    "private": 3,
    "click": 5,
    "valueless": 2,
    "nobody": 2,
    "unknown_stage": 1,
    "future": 1,
    "old": 3,
    "no_consent": 4,
    "deleted": 1,
    "stage_skipped": 2,
}
"""Kinds of dirt, in percent."""
