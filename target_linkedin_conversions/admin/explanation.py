"""Why LinkedIn shows fewer than the source: from the source's rows to what is counted, so that it adds up line by line.

What a step loses is known from the reports of the runs, what was sent from the ledger, what is counted from LinkedIn. Only
between the last two nobody can look: LinkedIn does not say which events it matched.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.read_again import LOST, is_lost, lines_once
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import BY_LINKEDIN, DELIVERIES, MESSAGES, SAME_ID_OTHER_KEY, SKIPS
from target_linkedin_conversions.reporting.outcome_kinds import REASONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from target_linkedin_conversions.admin.figures import Total
    from target_linkedin_conversions.admin.read_again import ReadAgain, RowsAgain
    from target_linkedin_conversions.ledger.delivered_by_run import DeliveredByRun
    from target_linkedin_conversions.reporting.report import Line, Report

__all__ = ["Explanation", "Mend", "Step", "explain"]

_SENT_BEFORE = Outcome.ALREADY_DELIVERED

_MENDS = {
    (
        Outcome.SKIPPED,
        "no_consent",
    ): "if people did agree: check `consent` of the entry, its column and the values that grant",
    (
        Outcome.SKIPPED,
        "too_old",
    ): "these cannot be sent any more; for those to come: load at least daily, so that none grows older than 90 days",
    (Outcome.SKIPPED, "stream_not_configured"): "add an entry of `streams` for the stream",
    (Outcome.SKIPPED, "stage_skipped"): "if it should count: give the value a rule in `conversion_rule`",
    (Outcome.IN_DOUBT, ""): "`linkedin-conversions rejects replay --in-doubt` sends them again",
    (
        _SENT_BEFORE,
        SAME_ID_OTHER_KEY,
    ): "map fields.event_id to a column that differs for each conversion, or remove it, and send these rows anew, and no others: what was "
    "delivered would be taken again under its new id (`results_log` keeps which rows these are)",
    (Outcome.UNSENT, ""): "mend what stopped the run (`linkedin-conversions runs last`), and run it again",
}
"""What brings back what is lost for a cause that is no fault of a row; reasons have their own mend."""

_WORDS = {
    Outcome.IN_DOUBT: "sent, and nobody knows whether LinkedIn took them",
    Outcome.UNSENT: "not sent before the run, or their rule, stopped",
}


_YOUNG = "taken, and not counted yet, of days that are not complete: it may still come"
_SENT_ANEW = (
    "taken once more, under another event id: after it was mended their rows were sent anew. LinkedIn may count each of those of PURCHASE and "
    "ADD_TO_CART twice, of other types a person once"
)
_ONCE = (
    "; or further conversions of rows that were lost before their rules were known: here each of these rows counts once"
)
_BEFORE_A_RULE = (
    "; or rows that were left out or rejected before their rule was known: of whatever rule these are {number:,}"
)
_NEVER_CAME = "compare the tap's query and bookmark with the source's count"
_NEVER_CAME_OF_ONE_RULE = (
    f"ask without --rule what was left out or rejected before its rule was known; of the others {_NEVER_CAME}"
)
_NOT_COUNTED = "nobody matched, no click or view of an ad within the rule's windows, or counted before"

_BY_OTHER_RUNS = (
    "; what runs of other days left out is not told here: an earlier --from, or a later --to, takes these in"
)


class Step(msgspec.Struct, frozen=True):
    """One line: a sum that is left, or (`events` below zero or above, `is_sum` false) what comes between two of them.

    `step`: `source`, `never_came`, `came`, an outcome, `accepted`, `sent_anew`, `other_days`, `sent`, `no_campaign`,
    `not_complete`, `not_counted`, `counted`.
    Each sum is the one before it and all changes between.
    """

    step: str
    events: int
    meaning: str
    is_sum: bool = False
    code: str = ""
    rules: dict[str, int] = {}


class Mend(msgspec.Struct, frozen=True):
    """What somebody can do, and so many rows that it would bring at most."""

    code: str
    events: int
    mend: str


class Explanation(msgspec.Struct, frozen=True):
    """The steps, the mends with the most rows first, and what nobody can know."""

    steps: list[Step]
    mends: list[Mend]
    unknown: list[str]


def explain(  # noqa: PLR0913 - all that is known of these days
    reports: Sequence[Report],
    totals: Sequence[Total],
    *,
    rule: str | None,
    without_campaign: Collection[str],
    undated: int,
    killed: int = 0,
    under_two_ids: Mapping[str, int] | None = None,
    again: RowsAgain | None = None,
    delivered: Iterable[DeliveredByRun] = (),
) -> Explanation:
    """What became of the rows of these runs, and of what they sent; of one rule where one is asked for.

    `killed` is how many events runs delivered that were killed: these have no report. `under_two_ids` are events of each rule that the
    ledger holds under two ids, `again` are lost rows that came again, where each row is known, `delivered` is what the ledger knows of each run.
    """
    once = lines_once(reports, under_two_ids, again, delivered)
    anew = {name: events for name, events in once.sent_anew.items() if rule in {None, name}}
    ended, rules, unruled = _ended(once.lines, rule)
    met = sum(
        events for (outcome, code), events in ended.items() if outcome is _SENT_BEFORE and not is_lost(outcome, code)
    )
    losses = [
        Step(outcome, -events, _meaning(outcome, code), code=code, rules=dict(sorted(rules[outcome, code].items())))
        for outcome in (*LOST, _SENT_BEFORE)
        for (found, code), events in sorted(ended.items(), key=lambda item: -item[1])
        if found is outcome and is_lost(found, code) and events
    ]
    accepted = killed + sum(events for (outcome, _), events in ended.items() if outcome is Outcome.DELIVERED)
    came = accepted - sum(step.events for step in losses)
    sent, counted = sum(total.sent for total in totals), sum(total.counted for total in totals)
    source = _source(totals)
    a_rule = (
        " for each of its conversion rules" if rule is None and any(map(_has_rows_of_several_rules, reports)) else ""
    )
    has_lost_several = bool(a_rule) and any(sum(step.rules.values()) < -step.events for step in losses)
    steps = [] if source is None else [Step("source", source, "rows that the source counts", is_sum=True)]
    if source is not None and came != source:
        meaning = _never_came(came - source, unruled, has_lost_several=has_lost_several)
        steps.append(Step("never_came", came - source, meaning))
    steps += [Step("came", came, f"rows that runs of these days read, each once{a_rule}", is_sum=True), *losses]
    taken = "events that LinkedIn took from these runs" + (f", {killed:,} of them from killed ones" if killed else "")
    steps.append(Step("accepted", accepted, taken, is_sum=True))
    if anew:
        steps.append(Step("sent_anew", sum(anew.values()), _SENT_ANEW, rules=anew))
        accepted += sum(anew.values())
    if sent != accepted:
        steps.append(Step("other_days", sent - accepted, _other_days(sent - accepted)))
    steps.append(Step("sent", sent, "events of these days that LinkedIn took, by the ledger", is_sum=True))
    steps += _uncounted(totals, without_campaign)
    steps.append(Step("counted", counted, "conversions that LinkedIn counts on these days", is_sum=True))
    mends = _mends(steps, totals, without_campaign, _NEVER_CAME_OF_ONE_RULE if unruled else _NEVER_CAME)
    return Explanation(steps, mends, _unknown(sent, counted, met, once.read_again(rule), unruled, undated))


def _has_rows_of_several_rules(report: Report) -> bool:
    """Whether more ended than rows were read; a replay reads none."""
    return 0 < report.records < sum(line.events for line in report.lines)


def _ended(
    lines: Iterable[Line], rule: str | None
) -> tuple[Counter[tuple[Outcome, str]], Mapping[tuple[Outcome, str], Counter[str]], int]:
    """How events ended, by outcome and code, also by rule; and how many ended before a rule was known, where one is asked for."""
    ended: Counter[tuple[Outcome, str]] = Counter()
    rules: dict[tuple[Outcome, str], Counter[str]] = {}
    unruled = 0
    for line in lines:
        if rule is not None and line.rule != rule:
            unruled += line.events if not line.rule else 0
            continue
        place = line.outcome, line.code if line.outcome is not Outcome.DELIVERED else ""
        ended[place] += line.events
        rules.setdefault(place, Counter())
        if line.rule:
            rules[place][line.rule] += line.events
    return ended, rules, unruled


def _source(totals: Sequence[Total]) -> int | None:
    numbers = [total.source for total in totals if total.source is not None]
    return sum(numbers) if numbers else None


def _meaning(outcome: Outcome, code: str) -> str:
    of_deliveries = outcome in {Outcome.IN_DOUBT, _SENT_BEFORE}
    words = SKIPS if outcome is Outcome.SKIPPED else DELIVERIES if of_deliveries else MESSAGES
    if code == BY_LINKEDIN:
        return REASONS[Outcome.REJECTED, BY_LINKEDIN]
    return words.get(code) or _WORDS.get(outcome, code)


def _never_came(change: int, unruled: int, *, has_lost_several: bool) -> str:
    if change < 0:
        others = _BEFORE_A_RULE.format(number=unruled) if unruled else _ONCE if has_lost_several else ""
        return f"rows of the source that no run of these days read{others}"
    return (
        "more rows than the source counts on these days: runs of these days also read rows of other days, and a row counts once a run "
        "that reads it, and once a rule"
    )


def _other_days(change: int) -> str:
    if change < 0:
        return "events that happened on other days than these, or that this ledger does not know: another one, or one that has forgotten them"
    return "events of these days from other runs: those of later or earlier days, killed ones, another machine's, or what `ledger mark` noted"


def _uncounted(totals: Sequence[Total], without_campaign: Collection[str]) -> Iterator[Step]:
    """What lies between sent and counted: what cannot be counted, and days that may still get more, stand apart."""
    lost = {
        one.rule: one.counted - one.sent for one in totals if one.rule in without_campaign and one.counted < one.sent
    }
    if lost:
        meaning = "taken, of rules that are linked to no campaign: no ad gets credit for them"
        yield Step(
            "no_campaign", sum(lost.values()), meaning, rules={rule: -change for rule, change in sorted(lost.items())}
        )
    totals = [one for one in totals if one.rule not in lost]
    complete = sum(total.counted_complete - total.sent_complete for total in totals)
    young = sum(total.counted - total.sent for total in totals) - complete
    if young < 0:
        yield Step("not_complete", young, f"{_YOUNG}; or {_NOT_COUNTED}")
        young = 0
    if complete + young:
        yield Step("not_counted", complete + young, _not_counted(complete + young))


def _not_counted(change: int) -> str:
    if change < 0:
        return f"taken, and not counted: {_NOT_COUNTED}"
    return (
        "more than this ledger knows of: events in doubt that LinkedIn did take, sent by another machine with a ledger of its own, or counted by another way in, "
        "such as the Insight Tag's rule of the same name, or clicks of other days"
    )


def _mends(
    steps: Sequence[Step], totals: Sequence[Total], without_campaign: Collection[str], never_came: str
) -> list[Mend]:
    """What each loss would bring back, the most rows first; nothing is guessed for what LinkedIn does not tell.

    `never_came` is the mend of rows that no run read.
    """
    found = []
    by_other_runs = sum(step.events for step in steps if step.step == "other_days" and step.events > 0)
    for step in steps:
        if step.is_sum or step.events >= 0:
            continue
        if step.step == "never_came":
            if (missing := -step.events - by_other_runs) > 0:
                found.append(Mend("never_came", missing, never_came + (_BY_OTHER_RUNS if by_other_runs else "")))
            continue
        outcome = next((one for one in (*LOST, _SENT_BEFORE) if one == step.step), None)
        mend = None if outcome is None else _mend(outcome, step.code)
        if mend:
            found.append(Mend(step.code or step.step, -step.events, mend))
    for total in totals:
        if total.rule in without_campaign and total.sent > total.counted:
            mend = f"link rule {total.rule} to campaigns in Campaign Manager: without one no ad gets credit"
            found.append(Mend("rule_without_campaign", total.sent - total.counted, mend))
    return sorted(found, key=lambda one: -one.events)


def _mend(outcome: Outcome, code: str) -> str:
    if outcome is Outcome.REJECTED:
        return _meaning(outcome, code)
    return _MENDS.get((outcome, code)) or _MENDS.get((outcome, ""), "")


def _unknown(sent: int, counted: int, met: int, again: ReadAgain, unruled: int, undated: int) -> list[str]:
    """What cannot be told, in sentences."""
    said = [
        "LinkedIn does not say which events it matched, nor to whom: of what it took and does not count, nobody can name the rows.",
    ]
    if sent <= counted:
        said = []
    if again.told_anew:
        said.append(
            f"A later run took up again {how_many(again.told_anew, 'row that was', 'rows that were')} left out or rejected before: what it found counts."
        )
    if met_again := again.met_again or (0 if again.is_known else met):
        said.append(
            f"Runs read {how_many(met_again, 'event again that was', 'events again that were')} sent before; rows that were left out or rejected may have been read again too, and count each time."
        )
    if again.untold:
        said.append(
            f"Whether {how_many(again.untold, 'row that was', 'rows that were')} left out or rejected came again in a later run, nobody can tell, for nothing of "
            "their stream had been sent: they count each time. With results_log rows that have a key would be known."
        )
    if unruled:
        said.append(
            how_many(unruled, "row was", "rows were")
            + " left out or rejected before a rule was known, and counted in no rule's lines."
        )
    if undated:
        said.append(
            f"Of {how_many(undated, 'event')} the ledger knows only the day of sending, not when it happened: that day counts."
        )
    return said
