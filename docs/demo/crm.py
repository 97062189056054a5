"""Invented stage changes, with the dirt that a CRM has and what must become of each."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

SEED = 20261
STAGES = {"MQL": 101, "SQL": 102, "sales qualified": 102, "closed_won": 103, "expanded": 104}
"""The stages that count, and the conversion rule of each in the shipped `meltano.yml`."""

_SYLLABLES = (
    "ba",
    "dri",
    "fe",
    "gor",
    "hul",
    "ka",
    "lim",
    "mo",
    "nis",
    "pra",
    "que",
    "tor",
    "vex",
    "wim",
    "zu",
)
_COMPANIES = ("Anvil", "Bramble", "Cinder", "Dovetail", "Ember", "Fathom", "Gimbal", "Hollow")
_FORMS = ("Works", "Labs", "Freight", "Optics", "Mills")
_DOMAINS = ("example.com", "example.org", "example.net")
_COUNTRIES = ("DE", "FR", "NL", "GB", "US", "SE")
_CURRENCIES = ("EUR", "USD", "GBP")
_PAGE = "https://www.example.com/pricing?utm_source=linkedin"
_NAMELESS = {"work_email": None, "first_name": None, "last_name": None}
_DIRT = {
    "none": 60,
    "padded": 8,
    "hashed": 5,
    "hashed_upper": 3,
    "private": 3,
    "click": 5,
    "valueless": 2,
    "no_identifier": 2,
    "unknown_rule_value": 1,
    "in_future": 1,
    "too_old": 3,
    "no_consent": 4,
    "deleted": 1,
    "stage_skipped": 2,
}
"""Kinds of dirt, in percent."""
_LOSING = {
    "no_identifier": "rejected",
    "unknown_rule_value": "rejected",
    "in_future": "rejected",
    "too_old": "skipped",
    "no_consent": "skipped",
    "deleted": "skipped",
    "stage_skipped": "skipped",
}
"""The kinds that keep a row from being sent, and how it must end; their names are the reasons."""


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
        landing_page=_PAGE,
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
    (kind,) = chance.choices(tuple(_DIRT), weights=tuple(_DIRT.values()))
    if kind in _LOSING:
        return _lost(chance, kind, row, now)
    return _odd(chance, kind, row)


def _odd(chance: random.Random, kind: str, row: StageChange) -> StageChange:
    """Make it a row that must be sent all the same."""
    email = row.work_email or ""
    oddities: dict[str, dict[str, Any]] = {
        "padded": {"work_email": f"  {email.upper()}\t"},
        "hashed": {"work_email": _sha256(email)},
        "hashed_upper": {"work_email": _sha256(email).upper()},
        "private": {"work_email": None, "private_email": email},
        "click": {**_NAMELESS, "landing_page": f"{_PAGE}&li_fat_id={_click(chance)}#form"},
        "valueless": {"deal_currency": None},
    }
    return replace(row, **oddities.get(kind, {}))


def _lost(chance: random.Random, kind: str, row: StageChange, now: datetime) -> StageChange:
    """Make it a row that must not be sent."""
    losses: dict[str, dict[str, Any]] = {
        "no_identifier": {**_NAMELESS},
        "unknown_rule_value": {"stage": "nurturing"},
        "in_future": {"changed_at": now + timedelta(hours=chance.randint(24, 240))},
        "too_old": {"changed_at": now - timedelta(days=chance.randint(92, 200))},
        "no_consent": {"ads_consent": chance.choice(("denied", "", None))},
        "deleted": {"deleted_at": row.updated_at},
        "stage_skipped": {"stage": "lost"},
    }
    return replace(row, **losses[kind], fate=Fate(_LOSING[kind], kind))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _click(chance: random.Random) -> str:
    return "-".join(f"{chance.getrandbits(32):08x}" for _ in range(4))
