"""What counts as a conversion: columns of stages or events, and which of their values read like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.guess import RuleColumn, Stage
from target_linkedin_conversions.guessing.labels import names, rank, words_of
from target_linkedin_conversions.guessing.other_languages import in_other_languages
from target_linkedin_conversions.records.looks import looks_personal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_linkedin_conversions.guessing.candidates import Columns, Labels

__all__ = ["guess_rules", "is_won", "only_won"]

_STAGES = (
    *names("""
    dealstage stage stagename lifecyclestage leadstage pipelinestage phase stufe vertriebsphase status leadstatus dealstatus
    statuscode statecode statuslabel orderstatus paymentstatus financialstatus displayfinancialstatus eventname event conversionname conversiontype
    goal zustand verkaufsphase angebotsphase angebotsstatus auftragsstatus salesstage opportunitystage
"""),
    *in_other_languages("stage"),
)
_EVENTS = names("eventname event conversionname")
_FUNNEL = (
    *names("""
    lead newlead subscriber trial accepted order signup signedup registered demo generatelead formsubmit submitted mql marketingqualified
    marketingqualifiedlead sal sql salesqualified salesqualifiedlead qualified qualifiziert opportunity converted customer kunde
    purchase purchased bought paid bezahlt succeeded completed complete closedwon won gewonnen abschluss
"""),
    *in_other_languages("won"),
)
"""What a stage is called on its way down the funnel."""
_FIRST_THAT_COUNTS = _FUNNEL.index("signup")
"""Stages before it are where most streams begin, and no conversion of their own."""
_WON_FROM = _FUNNEL.index("purchase")
_NOT = frozenset(
    (
        *names(
            "lost not un no non dis disqualified unqualified verloren abgelehnt failed refunded voided open cancelled"
        ),
        *in_other_languages("lost"),
    )
)
_FLAGS = frozenset({"true", "false"})


def is_won(text: str) -> bool:
    """Whether a stage is that of a deal that is won or paid."""
    return _place_in_funnel(text) >= _WON_FROM


def guess_rules(columns: Columns, labels: Labels) -> tuple[RuleColumn, ...]:
    """Columns of stages or events of which one reads like a conversion, the best name first."""
    found = []
    for order, (path, sample) in enumerate(columns.items()):
        at = rank(labels[path], _STAGES)
        texts = {text: count for text, count in sample.texts.items() if text.strip()}
        if at is None or path.endswith("[]") or not _are_stages(texts):
            continue
        stages = [_stage(text, texts[text]) for text in sorted(texts, key=lambda text: (_place_in_funnel(text), text))]
        if any(stage.is_conversion for stage in stages):
            is_event = "".join(labels[path].words) in _EVENTS
            reason = "the event's name" if is_event else "a stage or status by its name"
            otherwise = "skip" if is_event or sample.filled < sample.records else "reject"
            found.append((at + 4 * labels[path].depth, order, RuleColumn(path, tuple(stages), reason, otherwise)))
    return tuple(rule for *_, rule in sorted(found, key=lambda one: one[:2]))


def only_won(rule: RuleColumn) -> RuleColumn:
    """The same column for a time at which deals are won: no other stage is a conversion then."""
    stages = tuple(Stage(stage.value, stage.records, is_won(stage.value)) for stage in rule.stages)
    is_any = any(stage.is_conversion for stage in stages)
    return RuleColumn(rule.column, stages, rule.reason, rule.otherwise) if is_any else rule


def _are_stages(texts: Iterable[str]) -> bool:
    """Whether all are words, none of them personal; true and false alone say nothing of a stage."""
    return all(looks.has_words(text) and not looks_personal(text) for text in texts) and not set(texts) <= _FLAGS


def _stage(text: str, records: int) -> Stage:
    return Stage(text, records, _place_in_funnel(text) >= _FIRST_THAT_COUNTS)


def _place_in_funnel(text: str) -> int:
    """How far down the funnel a stage is; -1 for what is none of it."""
    words = words_of(text)
    name = "".join(words)
    if name in _FUNNEL:
        return _FUNNEL.index(name)
    if not _NOT.isdisjoint(words):
        return -1
    return max((_FUNNEL.index(word) for word in words if word in _FUNNEL), default=-1)
