"""Reports of every kind of run, for the tests of their pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from docs.page_sample import counts_of, past, sample
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.finding import Finding, finding
from target_linkedin_conversions.readiness.payloads import MatchedBy
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.reasons import MESSAGES, SKIPS
from target_linkedin_conversions.reporting.comparison import Comparison, MendCompared, RuleCompared, StepCompared
from target_linkedin_conversions.reporting.empty_runs import unusually_empty
from target_linkedin_conversions.reporting.history import PastRun, as_past
from target_linkedin_conversions.reporting.report import End, Field, Line, Money, Report, RuleInRun

AT = datetime(2026, 11, 26, 6, tzinfo=UTC)
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{ 7*7 }}{% raw %}"
RIGHT_TO_LEFT = "שלום עולם العربية"
LONG = "W" * 100

Case = tuple[Report, list[PastRun]]


def bare(**changes: object) -> Report:
    """A run that began and ended."""
    plain = Report(
        run=f"{AT:%Y%m%dT%H%M%SZ}-0a1b2c3d",
        version="0.1.0",
        started=AT.isoformat(),
        ended=(AT + timedelta(seconds=1)).isoformat(),
        seconds=1.0,
        outcome="done",
        exit_code=0,
        linkedin_version="202609",
    )
    return msgspec.structs.replace(plain, **changes)


def with_lines(*lines: Line, **changes: object) -> Report:
    """A run whose rows ended so."""
    counts = counts_of(list(lines))
    return bare(lines=list(lines), **{"counts": counts, "records": sum(counts.values()), "requests": 1, **changes})


def history(report: Report, runs: list[PastRun] | None = None) -> list[PastRun]:
    """A run before others."""
    return [as_past(report), *(past()[1:] if runs is None else runs)]


def _skipped() -> Report:
    nobody = finding("consent_to_nobody", 34, field="consent", column="consent_given")
    return with_lines(
        Line("leads", "", Outcome.SKIPPED, "no_consent", 34, SKIPS["no_consent"]),
        requests=0,
        findings=[msgspec.structs.replace(nobody, stream="leads")],
        warnings=["stream leads: consent in column 'consent_given' was granted by none of 34 records"],
    )


STRANGE = [MARKUP, RIGHT_TO_LEFT, LONG, "\u202eevil", "a" * 5000]


def _rules(names: list[str], many: int, repeated: int = 30) -> Report:
    lines = []
    for number in range(many):
        name = name_shown(names[number % len(names)])
        lines += [
            Line(name, str(100 + number), Outcome.DELIVERED, "", 40 + number),
            Line(name, str(100 + number), Outcome.REJECTED, "bad_time", number, MESSAGES["bad_time"]),
        ]
    findings: list[Finding] = [
        msgspec.structs.replace(
            finding("bad_time", 7, field="happened_at", column=name_shown(name)), stream=name_shown(name)
        )
        for name in names * repeated
    ]
    moment = AT.isoformat()
    return with_lines(
        *lines,
        findings=findings,
        rules=[
            RuleInRun(
                *(str(100 + number), 40 + number, moment, moment, "Europe/Berlin"),
                read=True,
                name=name_shown(names[number % len(names)]),
                type="QUALIFIED_LEAD",
                click_window=90,
                view_window=1,
                campaigns=number % 3,
            )
            for number in range(many)
        ],
        readiness=[MatchedBy(name_shown(name), 40, 20, 10, 10, {"1": 20, "2": 20}) for name in names * 9],
        left_out=[
            Field(name_shown(name), name_shown(name), "bad_amount", 3, MESSAGES["bad_amount"]) for name in names * 9
        ],
        warnings=[f"{name_shown(name)} {'!' * 2000}" for name in names * 9],
        at_stake=[Money(str(100 + number), Outcome.REJECTED, "EUR", "1" * 60, 1) for number in range(many)],
        message=name_shown(names[0]),
    )


def comparison(rules: int = 2, names: list[str] | None = None) -> Comparison:
    """A reconciliation of so many rules."""
    called = names or ["Demo requested", "Demo held"]
    billion = 10**9
    return Comparison(
        AT.date() - timedelta(days=29),
        AT.date(),
        AT.date() - timedelta(days=4),
        AT,
        [
            RuleCompared(str(101 + number), called[number % len(called)], 34, 25, 14, bool(number % 2), 0.44)
            for number in range(rules)
        ],
        [
            StepCompared("source", 34 * billion, "rows that the source counts", is_sum=True, code=""),
            *(
                StepCompared("rejected", -9 * billion, meaning, is_sum=False, code=called[0])
                for meaning in (MESSAGES["unknown_rule_value"], *called)
            ),
            StepCompared("counted", 14, "conversions that LinkedIn counts on these days", is_sum=True, code=""),
        ],
        [MendCompared(5, f"link rule {name} to campaigns in Campaign Manager") for name in ["105", *called]],
        [f"Of these ad accounts there is no rule {name} any more." for name in called],
    )


def cases() -> dict[str, Case]:
    """Report and history of every kind, by its name."""
    billion = 10**9
    reports = {
        "empty": bare(),
        "all-skipped": _skipped(),
        "forty-rules": _rules([f"Campaign rule {number}" for number in range(40)], 40),
        "strange-names": _rules(STRANGE, 40),
        "few-strange-names": _rules(STRANGE, 5, 1),
        "billions": with_lines(
            Line("events", "101", Outcome.DELIVERED, "", billion),
            Line("events", "101", Outcome.ALREADY_DELIVERED, "", billion),
            Line("events", "", Outcome.SKIPPED, "no_consent", 1, SKIPS["no_consent"]),
            Line("events", "101", Outcome.REJECTED, "bad_time", 3 * billion, MESSAGES["bad_time"]),
            records=4 * billion,
            seconds=360_000.5,
            at_stake=[Money("101", Outcome.REJECTED, "KRW", str(billion * billion), billion)],
        ),
        "dry-run": with_lines(
            Line("leads", "101", Outcome.WOULD_SEND, "", 30),
            Line("leads", "", Outcome.SKIPPED, "refund", 4, SKIPS["refund"]),
            dry_run=True,
            requests=0,
        ),
        "all-accepted": with_lines(Line("leads", "101", Outcome.DELIVERED, "", 34)),
        "failed": with_lines(
            Line("leads", "101", Outcome.UNSENT, "", 34),
            requests=1,
            outcome="credential",
            exit_code=3,
            message="LinkedIn refuses the access token as expired; create a new one (`linkedin-conversions login`) and set access_token",
            ends=[End("access token", "2026-11-20", -6)],
        ),
        "in-doubt": with_lines(
            Line("leads", "101", Outcome.DELIVERED, "resent", 10, "sent again"),
            Line("leads", "102", Outcome.IN_DOUBT, "no_answer", 5, "sent, no answer came"),
            Line("leads", "102", Outcome.REJECTED, "linkedin", 2),
        ),
    }
    made: dict[str, Case] = {name: (report, history(report)) for name, report in reports.items()}
    assert unusually_empty(made["empty"][1])  # so that the band is seen on a page
    return {"sample": (sample(), past()), "first-ever": (bare(), []), **made}
