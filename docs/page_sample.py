"""The report of a run as one may be, and the runs before it: what the screenshots show and tests begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.readiness.payloads import MatchedBy
from target_linkedin_conversions.records.reasons import MESSAGES, SKIPS
from target_linkedin_conversions.reporting.history import PastRun
from target_linkedin_conversions.reporting.report import (
    End,
    Field,
    Latency,
    Line,
    Money,
    QuotaUse,
    Report,
    RuleInRun,
    Sending,
    StreamCount,
    Unmatched,
)

__all__ = ["counts_of", "past", "sample"]

_STREAM = "crm-demo_requests"
_AT = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


def sample() -> Report:
    """A CRM's 34 demo requests: most are accepted, and the rest says why not."""
    lines = [
        Line(_STREAM, "101", Outcome.DELIVERED, "", 21),
        Line(_STREAM, "102", Outcome.DELIVERED, "", 4),
        Line(_STREAM, "101", Outcome.ALREADY_DELIVERED, "", 2),
        Line(_STREAM, "", Outcome.SKIPPED, "no_consent", 3, SKIPS["no_consent"]),
        Line(_STREAM, "", Outcome.REJECTED, "unknown_rule_value", 2, MESSAGES["unknown_rule_value"]),
        Line(_STREAM, "101", Outcome.REJECTED, "bad_time", 2, MESSAGES["bad_time"]),
    ]
    findings = [
        finding("unknown_rule_value", 2, field="conversion_rule", column="stage", about="'Proposal sent'"),
        finding("bad_time", 2, field="happened_at", column="requested_at"),
        finding("no_strong_identifier", 3),
        finding("only_one_identifier", 9),
    ]
    return Report(
        run=f"{_AT:%Y%m%dT%H%M%SZ}-5d1c0ffe",
        version="0.1.0",
        started=_AT.isoformat(),
        ended=(_AT + timedelta(seconds=2)).isoformat(),
        seconds=2.4,
        outcome="done",
        exit_code=0,
        linkedin_version="202609",
        requests=2,
        sendings=[Sending(_STREAM, "101", 1, 1), Sending(_STREAM, "102", 1, 1)],
        records=34,
        events=27,
        counts=counts_of(lines),
        streams=[StreamCount(_STREAM, 34, 27)],
        lines=lines,
        findings=[msgspec.structs.replace(one, stream=_STREAM) for one in findings],
        readiness=[MatchedBy(_STREAM, 27, 20, 4, 3, {"1": 9, "2": 15, "3": 3})],
        rules=[
            RuleInRun(
                *("101", 23, "2026-11-03T09:12:00+01:00", "2026-11-25T17:40:00+01:00", "Europe/Berlin"),
                read=True,
                name="Demo requested",
                type="LEAD",
                click_window=30,
                view_window=7,
            ),
            RuleInRun(
                *("102", 4, "2026-11-10T11:02:00+01:00", "2026-11-24T15:31:00+01:00", "Europe/Berlin"),
                read=True,
                name="Qualified demo",
                type="QUALIFIED_LEAD",
                click_window=90,
                view_window=30,
                campaigns=3,
            ),
        ],
        at_stake=[Money("101", Outcome.REJECTED, "EUR", "4800.00", 2)],
        latency=Latency(0.214, 0.391, 0.391),
        quota=QuotaUse(38, 300_000, 600),
        ends=[End("access token", "2027-01-12", 47), End("version 202609", "2027-09-15", 293)],
        left_out=[Field(_STREAM, "currency", "value_without_currency", 1, MESSAGES["value_without_currency"])],
        unmatched=[Unmatched(_STREAM, "Proposal sent", 2)],
        ledger=".linkedin-conversions/ledger.sqlite",
        rejects=".linkedin-conversions/rejects/20261126T060000Z-5d1c0ffe.jsonl",
    )


def past(accepted: tuple[int, ...] = (31, 28, 12, 9, 33, 35, 0, 30, 27, 14, 8, 29, 33, 25)) -> list[PastRun]:
    """A run a day, the newest first: the last of these is the sample; a run of none was stopped."""
    runs = []
    for days, number in enumerate(reversed(accepted)):
        at = _AT - timedelta(days=days)
        counts: dict[str, int] = dict(sample().counts)
        if days:
            counts = {Outcome.DELIVERED: number, Outcome.SKIPPED: 3}
        runs.append(
            PastRun(
                run=f"{at:%Y%m%dT%H%M%SZ}-5d1c0ffe",
                outcome="done" if number else "credential",
                exit_code=0 if number else 3,
                records=sum(counts.values()),
                requests=2,
                seconds=2.4,
                counts=counts,
            )
        )
    return runs


def counts_of(lines: list[Line]) -> dict[str, int]:
    """The sums of a report's lines."""
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.outcome] = counts.get(line.outcome, 0) + line.events
    return counts
