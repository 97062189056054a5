"""Reads the last reconciliation for the page: events sent, events counted, and the steps between."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.printable import printable

if TYPE_CHECKING:
    from target_linkedin_conversions.reporting.folder import Folder

__all__ = ["KEPT_AS", "Comparison", "last_comparison", "part_shown"]

KEPT_AS = "runs/reconcile.json"
"""Where the last reconciliation is kept, for the page and the tap of results."""

_RULES, _STEPS, _MENDS, _NOTES = 40, 40, 10, 8
_NAME, _SENTENCE, _NOTE = 80, 300, 600


class RuleCompared(msgspec.Struct, frozen=True):
    """One rule over all the days; `source` is None where nobody counted there, `gap` where nothing was sent."""

    rule: str
    name: str
    source: int | None
    sent: int
    counted: int
    complete: bool
    gap: float | None


class StepCompared(msgspec.Struct, frozen=True):
    """A sum, or what comes between two of them."""

    step: str
    events: int
    meaning: str
    is_sum: bool
    code: str


class MendCompared(msgspec.Struct, frozen=True):
    """A mend, and how many rows it would bring at most."""

    events: int
    mend: str


class Comparison(msgspec.Struct, frozen=True):
    """What the page shows of a reconciliation; days are UTC's, `made` is when LinkedIn was asked."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    complete_until: date
    made: datetime
    totals: list[RuleCompared]
    steps: list[StepCompared]
    mends: list[MendCompared]
    unknown: list[str] = []
    """What cannot be known, in sentences."""


def last_comparison(folder: Folder) -> Comparison | None:
    """What the last `reconcile` said; None where there is none that can be read."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError):
        data = folder.read(KEPT_AS)
        return None if data is None else msgspec.json.decode(data, type=Comparison)
    return None


def part_shown(made: Comparison) -> tuple[Comparison, int]:
    """The part that a page has room for, every text of it printable, and how many rules are left out."""
    totals = [
        msgspec.structs.replace(total, rule=printable(total.rule, _NAME), name=printable(total.name, _NAME))
        for total in made.totals[:_RULES]
    ]
    steps = [
        msgspec.structs.replace(step, meaning=printable(step.meaning, _SENTENCE), code=printable(step.code, _NAME))
        for step in made.steps[:_STEPS]
    ]
    mends = [msgspec.structs.replace(mend, mend=printable(mend.mend, _SENTENCE)) for mend in made.mends[:_MENDS]]
    notes = [printable(note, _NOTE) for note in made.unknown[:_NOTES]]
    part = msgspec.structs.replace(made, totals=totals, steps=steps, mends=mends, unknown=notes)
    return part, max(0, len(made.totals) - _RULES)
