"""One reconciliation: asks the ledger, LinkedIn and the reports, and puts side by side what they say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.admin.analytics import counted_by_day
from target_linkedin_conversions.admin.explanation import Explanation, Mend, Step, explain
from target_linkedin_conversions.admin.figures import (
    Period,
    Row,
    Total,
    complete_until,
    date_of,
    rows_of,
    totals_of,
)
from target_linkedin_conversions.admin.findings import in_no_account
from target_linkedin_conversions.admin.rows_again import rows_again
from target_linkedin_conversions.admin.rules import Rule, Unreadable, rules_of
from target_linkedin_conversions.admin.source import SourceCount, by_rule
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.epoch import day_of, utc_of
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.ledger.delivered_by_day import DeliveredOnDay, delivered_by_day
from target_linkedin_conversions.ledger.delivered_by_run import delivered_by_run
from target_linkedin_conversions.ledger.sent_under_two_ids import sent_under_two_ids
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import SAME_ID_OTHER_KEY
from target_linkedin_conversions.reporting.folder import Folder, begun
from target_linkedin_conversions.reporting.report_files import ended_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.admin.analytics import CountedOnDay
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.ledger.database import Database
    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.settings import Settings

__all__ = ["Reconciliation", "RuleFacts", "reconciled"]

_FEWEST_MISSING = 2
"""Rows of a rule that were not sent, from which on it is said of which day most of them are."""


class RuleFacts(msgspec.Struct, frozen=True):
    """What LinkedIn says of a rule that its figures hang on; windows in days."""

    id: str
    name: str
    type: str
    enabled: bool
    campaigns: int
    click_window: int | None
    view_window: int | None


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """The result of `reconcile`; days are UTC's, `made` is when LinkedIn was asked."""

    from_: str = msgspec.field(name="from")
    to: str
    complete_until: str
    rows: list[Row]
    totals: list[Total]
    made: str
    steps: list[Step]
    mends: list[Mend]
    unknown: list[str]
    rules: list[RuleFacts]


def reconciled(
    settings: Settings,
    period: Period,
    source: Sequence[SourceCount] | None,
    reports: Sequence[Report],
    database: Database | None,
    clock: Clock,
) -> Reconciliation:
    """The reconciliation of these days; `source` is the source's own count, `reports` are those of the days' runs.

    Without a `database` of a ledger, what was sent is taken from the reports. Raises as `counted_by_day` does,
    and `ConfigError` where only one rule is asked for that nobody knows.
    """
    sent = _of_reports(reports) if database is None else delivered_by_day(database, period.first, period.last)
    client = Client.of(settings)
    try:
        tokens = Tokens(settings, client, clock)
        counted = counted_by_day(client, tokens, clock, settings.account_id, period.first, period.last)
        read = list(rules_of(client, tokens.current(), settings.account_id, clock))
    finally:
        client.close()
    rules = {str(rule.id): _facts(rule) for rule in read if isinstance(rule, Rule)}
    names = {name: facts.name for name, facts in rules.items()}
    there = None if source is None else by_rule(source, names)
    rows = rows_of(period, sent, counted, there, names, clock.now())
    totals = totals_of(rows)
    unread = [item.account for item in read if isinstance(item, Unreadable)]
    if period.rule is not None and period.rule not in rules and not (unread or totals):
        problem = f"{in_no_account(period.rule, names)}; and nothing was sent to it on these days"
        raise ConfigError("--rule", problem, "name one of the accounts' rules, or mend account_id")
    told = explain(
        reports,
        totals,
        rule=period.rule,
        without_campaign=[name for name, facts in rules.items() if not facts.campaigns],
        undated=sum(one.undated for one in sent if period.holds(one.rule, one.day)),
        killed=_of_killed_runs(reports, period),
        under_two_ids=_under_two_ids(reports, period, database),
        again=rows_again(reports, Folder(settings.state_dir)),
        delivered=() if database is None else delivered_by_run(database, period.first * DAY_MS),
    )
    return Reconciliation(
        from_=date_of(period.first),
        to=date_of(period.last),
        complete_until=date_of(min(period.last, complete_until(clock.now()))),
        rows=rows,
        totals=totals,
        made=utc_of(clock.now()).isoformat(timespec="seconds"),
        steps=told.steps,
        mends=told.mends,
        unknown=[
            *_silence(told, counted, unread, is_any_complete=any(total.sent_complete for total in totals)),
            *_gone(totals, names, unread),
            *_before_the_ledger(settings, rows, database, clock.now(), told),
            *_of_source(period, there or {}, totals, names),
            *([] if there is None else _not_in_source(period, rows, there)),
            *_of_other_days(rows, totals),
            *_of_one_day(rows, totals),
            *told.unknown,
        ],
        rules=[facts for name, facts in rules.items() if name in {total.rule for total in totals}],
    )


def _under_two_ids(reports: Sequence[Report], period: Period, database: Database | None) -> Mapping[str, int]:
    """The events of each rule that were taken under two ids; asked only where an event id was wrong, for the ledger is walked over."""
    was_wrong = any(line.code == SAME_ID_OTHER_KEY for report in reports for line in report.lines)
    return sent_under_two_ids(database, period.first, period.last) if was_wrong and database is not None else {}


def _of_reports(reports: Sequence[Report]) -> list[DeliveredOnDay]:
    """What reports say was delivered, by rule and the day on which their run ended."""
    sums: dict[tuple[str, int], DeliveredOnDay] = {}
    for report in reports:
        at = int(ended_at(report).timestamp() * 1000)
        for line in report.lines:
            if line.outcome is Outcome.DELIVERED:
                one = sums.setdefault((line.rule, day_of(at)), DeliveredOnDay(line.rule, day_of(at)))
                one.events += line.events
                one.undated += line.events
                one.last = max(one.last, at)
    return list(sums.values())


def _of_killed_runs(reports: Sequence[Report], period: Period) -> int:
    """How many events runs of these days delivered before they were killed; unknown where one rule is asked for, for the ledger tells no rule of them."""
    if period.rule is not None:
        return 0
    told = {report.run for report in reports} | {one.run for report in reports for one in report.runs}
    killed = {one.run: one.delivered for report in reports for one in report.earlier if one.run not in told}
    return sum(
        delivered
        for run, delivered in killed.items()
        if (at := begun(run)) is not None and int(at.timestamp() * 1000) >= period.first * DAY_MS
    )


def _facts(rule: Rule) -> RuleFacts:
    return RuleFacts(
        str(rule.id),
        rule.name or "",
        rule.type,
        rule.enabled,
        rule.campaign_count,
        rule.post_click_attribution_window_size,
        rule.view_through_attribution_window_size,
    )


def _before_the_ledger(
    settings: Settings, rows: Sequence[Row], database: Database | None, now: int, told: Explanation
) -> list[str]:
    """From which day on the ledger can know what was sent, where more is counted on the days before than may be of events in doubt."""
    if database is None:
        return []
    since = date_of(max(day_of(database.created), day_of(now) - settings.ledger_keep_days))
    in_doubt = -sum(step.events for step in told.steps if step.step == Outcome.IN_DOUBT)
    if sum(max(0, row.counted - row.sent) for row in rows if row.day < since) <= in_doubt:
        return []
    kept = f"it was made then, or forgets after {how_many(settings.ledger_keep_days, 'day')} (ledger_keep_days)"
    return [f"The ledger knows what was sent since {since}: {kept}. What was sent before stands nowhere here."]


def _of_source(
    period: Period, source: Mapping[tuple[str, int], int], totals: Sequence[Total], names: Mapping[str, str]
) -> list[str]:
    """Notes on counts of the source that cannot be compared: other days, and unknown rules."""
    said = []
    elsewhere = sum(count for place, count in source.items() if not period.holds(*place))
    if elsewhere:
        said.append(
            f"The source counts {elsewhere:,} on other days or of other rules than were asked for; they are left out."
        )
    strangers = [total.rule for total in totals if total.source and not total.sent and total.rule not in names]
    if names and strangers:
        said.append(
            f"The source counts rows of rule {', '.join(strangers)}, which is none of these ad accounts' and by which nothing was "
            "sent: check the ids there, and account_id."
        )
    return said


def _not_in_source(period: Period, rows: Sequence[Row], source: Mapping[tuple[str, int], int]) -> list[str]:
    """Notes on what was sent of rules and days that the source has no count of, not even a zero: perhaps it counts others."""
    rules, days = {rule for rule, _ in source}, {date_of(day) for _, day in source}
    sent: Counter[str] = Counter()
    elsewhere = 0
    for row in rows:
        if row.rule not in rules:
            sent[row.rule] += row.sent
        elif not min(days) <= row.day <= max(days):
            elsewhere += row.sent
    said = []
    if strange := [f"{rule} ({events:,} sent)" for rule, events in sorted(sent.items()) if events]:
        said.append(
            f"The source has no count of rule {', '.join(strange)}: where it does not count {'it' if len(strange) == 1 else 'them'} at all, "
            "ask with --rule for each rule that it counts."
        )
    if elsewhere:
        asked = f"from {date_of(period.first)} to {date_of(period.last)}"
        said.append(
            f"The source has counts from {min(days)} to {max(days)}; {how_many(elsewhere, 'event was', 'events were')} sent of other days: where it "
            f"does not count these at all, let it count all days {asked}."
        )
    return said


def _of_other_days(rows: Sequence[Row], totals: Sequence[Total]) -> list[str]:
    """A note on rules whose days differ from the source's although nothing is missing."""
    shifted = {row.rule for row in rows if row.source is not None and row.source != row.sent}
    same = [total.rule for total in totals if total.rule in shifted and total.source == total.sent]
    if not same:
        return []
    rules = ", ".join(same)
    shift = "its days may be those of another time zone. Those here are UTC's."
    return [f"Of rule {rules} the source counts as many as were sent, but on other days: {shift}"]


def _of_one_day(rows: Sequence[Row], totals: Sequence[Total]) -> list[str]:
    """A note on each rule of which most of what was not sent is of one day: a load that read too little shows so."""
    said = []
    for total in totals:
        missing = (total.source or 0) - total.sent
        of_rule = [row for row in rows if row.rule == total.rule]
        if missing < _FEWEST_MISSING or len(of_rule) == 1:
            continue
        worst = max(of_rule, key=lambda row: (row.source or 0) - row.sent)
        of_day = (worst.source or 0) - worst.sent
        if 2 * of_day > missing:
            said.append(
                f"Of rule {total.rule} most of what was not sent is of {worst.day}, of which the source counts {worst.source:,} and {worst.sent:,} "
                f"{'was' if worst.sent == 1 else 'were'} sent: if no step above tells of so many, compare what the tap read of that day."
            )
    return said


def _gone(totals: Sequence[Total], names: Mapping[str, str], unread: Sequence[str]) -> list[str]:
    """A note on rules that events were sent to and that LinkedIn does not name any more."""
    gone = [total for total in totals if total.sent and total.rule not in names]
    if unread or not gone:
        return []
    told = ", ".join(f"{total.rule} ({total.sent:,} sent, {total.counted:,} counted)" for total in gone)
    mend = "LinkedIn may report nothing of it: send to another rule, or mend account_id"
    where = "it was deleted, or is another account's, and its windows and campaigns are not known"
    return [f"Of these ad accounts there is no rule {told} any more: {where}. {mend}."]


def _silence(
    told: Explanation, counted: Sequence[CountedOnDay], unread: Sequence[str], *, is_any_complete: bool
) -> list[str]:
    """Notes on why LinkedIn may show no figures, or no rules."""
    said = []
    sent = sum(step.events for step in told.steps if step.step == "sent")
    if sent and not any(one.conversions for one in counted):
        young = "" if is_any_complete else ", and none of them is complete yet: ask again 72 hours after the load"
        said.append(
            f"LinkedIn shows no conversion of these accounts on these days{young}. It answers so too where the token's member has no role on the "
            "account, and for test accounts: check account_id and the role in Campaign Manager."
        )
    if unread:
        said.append(
            f"The rules of ad account {', '.join(unread)} cannot be read, so that their names, windows and campaigns are not known: "
            "the token needs the scope r_ads."
        )
    return said
