"""The receipt of a job: each event of it once, whatever was tried again and whoever was killed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.ledger.jobs import EventsOfRule
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.readiness.payloads import MatchedBy
from target_linkedin_conversions.records.reasons import DELIVERIES
from target_linkedin_conversions.reporting.job_report import Job, TriedPart, job_report
from target_linkedin_conversions.reporting.report import (
    ConsentToNobody,
    End,
    Line,
    Money,
    QuotaUse,
    Repeated,
    Report,
    RuleInRun,
    StreamCount,
)
from target_linkedin_conversions.reporting.verdict import headline

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
DELIVERED, ALREADY, IN_DOUBT = Outcome.DELIVERED, Outcome.ALREADY_DELIVERED, Outcome.IN_DOUBT


def receipt(tried: list[TriedPart], *won: str, completed: bool = True) -> Report:
    job = Job(name="job", stream="leads", version="1", linkedin_version="202609", ended=NOW, completed=completed)
    return job_report(job, tried, won)


def report(run: str, *ended: tuple[Outcome, str, int], **more: Any) -> Report:
    lines = [Line("leads", "101", outcome, code, events, DELIVERIES.get(code, "")) for outcome, code, events in ended]
    events = sum(line.events for line in lines)
    found: dict[str, Any] = {"run": run, "version": "1", "started": NOW.isoformat(), "ended": NOW.isoformat()}
    found |= {"seconds": 1, "outcome": "done", "exit_code": 0, "records": events, "events": events, "lines": lines}
    found |= {"streams": [StreamCount("leads", events, events)], **more}
    return Report(**found)


def tried(
    run: str, part: int, told: Report | None, *, delivered: int = 0, resent: int = 0, doubt: int = 0
) -> TriedPart:
    return TriedPart(run, part, told, {"101": EventsOfRule(delivered, resent, doubt)})


def counts(found: Report) -> dict[str, int]:
    return {f"{line.outcome}:{line.code}".rstrip(":"): line.events for line in found.lines}


def test_parts_are_summed() -> None:
    found = receipt(
        [
            tried("a", 0, report("a", (DELIVERED, "", 3), (Outcome.SKIPPED, "refund", 1)), delivered=3),
            tried("b", 1, report("b", (DELIVERED, "", 2), (Outcome.REJECTED, "no_identifier", 1)), delivered=2),
        ],
        "a",
        "b",
    )
    assert counts(found) == {"delivered": 5, "rejected:no_identifier": 1, "skipped:refund": 1}
    assert (found.records, found.outcome, found.exit_code, found.run) == (7, "done", 0, "job")
    assert [(one.run, one.part, one.counted) for one in found.runs] == [("a", 0, True), ("b", 1, True)]


def test_rows_that_came_twice_are_summed_and_held_against_what_the_job_took() -> None:
    twins = [Repeated("leads", 15, 1)]
    found = receipt(
        [
            tried("a", 0, report("a", (DELIVERED, "", 1), (ALREADY, "", 15), requests=1, repeated=twins), delivered=1),
            tried("b", 1, report("b", (DELIVERED, "", 1), (ALREADY, "", 15), requests=1, repeated=twins), delivered=1),
        ],
        "a",
        "b",
    )
    assert found.repeated == [Repeated("leads", 30, 2)]
    assert headline(found)[0] == "LinkedIn accepted 2 of 32 rows; 30 were taken for the same row come twice."


def test_the_quota_is_that_of_the_last_day_whoever_saw_most_of_it() -> None:
    yesterday = report("a", (DELIVERED, "", 1), quota=QuotaUse(900, 1000, 60), ended="2026-11-26T23:59:59+00:00")
    today = [
        report(run, (DELIVERED, "", 1), quota=QuotaUse(used, 1000, 60), ended=f"2026-11-27T00:0{used}:00+00:00")
        for run, used in (("b", 3), ("c", 2))
    ]
    every = [tried(one.run, part, one) for part, one in enumerate([yesterday, *today])]
    assert receipt(every, "a", "b", "c").quota == QuotaUse(3, 1000, 60)
    assert receipt([tried("d", 0, report("d", (ALREADY, "", 1)))], "d").quota is None


def test_what_a_killed_try_delivered_is_delivered_by_the_job() -> None:
    found = receipt(
        [
            tried("killed", 0, None, delivered=4),
            tried("b", 0, report("b", (ALREADY, "", 5), (DELIVERED, "", 2)), delivered=2),
        ],
        "b",
    )
    assert counts(found) == {"delivered": 6, "already_delivered": 1}
    assert [(one.run, one.delivered) for one in found.earlier] == [("killed", 4)]


def test_of_two_copies_at_once_each_event_counts_once() -> None:
    """A speculative copy has ended too, and told that the other's events were delivered already."""
    found = receipt(
        [
            tried("a", 0, report("a", (DELIVERED, "", 3), (ALREADY, "", 2)), delivered=3),
            tried("copy", 0, report("copy", (DELIVERED, "", 2), (ALREADY, "", 3)), delivered=2),
        ],
        "copy",
    )
    assert counts(found) == {"delivered": 5}
    assert [one.counted for one in found.runs] == [False, True]


def test_events_in_doubt_are_told_once_whoever_holds_them() -> None:
    held = [
        tried("killed", 0, None, doubt=3),
        tried("b", 0, report("b", (IN_DOUBT, "earlier_run", 3), (DELIVERED, "", 2)), delivered=2),
    ]
    assert counts(receipt(held, "b")) == {"delivered": 2, "in_doubt:earlier_run": 3}
    assert [(one.run, one.in_doubt) for one in receipt(held, "b").earlier] == [("killed", 3)]
    assert counts(receipt(held[:1], completed=False)) == {"in_doubt:earlier_run": 3}


def test_a_double_that_a_killed_try_sent_is_named() -> None:
    again = [
        tried("killed", 0, None, delivered=2, resent=2),
        tried("b", 0, report("b", (ALREADY, "", 2), (DELIVERED, "resent", 3)), delivered=3, resent=3),
    ]
    assert counts(receipt(again, "b")) == {"delivered:resent": 5}


def test_a_job_that_was_given_up_ends_as_the_part_that_stopped_it() -> None:
    stopped = report("b", (Outcome.UNSENT, "", 3), outcome="quota", exit_code=4, message="the day is spent")
    found = receipt(
        [tried("a", 0, report("a", (DELIVERED, "", 1)), delivered=1), tried("b", 1, stopped)], "a", completed=False
    )
    assert (found.outcome, found.exit_code, found.message) == ("quota", 4, "the day is spent")
    assert counts(found) == {"delivered": 1, "unsent": 3}


def test_a_job_whose_parts_were_all_killed_says_so() -> None:
    found = receipt([tried("a", 0, None, delivered=1)], completed=False)
    assert (found.outcome, found.exit_code) == ("terminated", 143)
    assert "1 of its runs" in found.message
    assert counts(found) == {"delivered": 1}


def test_what_was_unsent_and_then_delivered_by_a_killed_try_is_delivered() -> None:
    stopped = report("a", (Outcome.UNSENT, "", 3), outcome="unreachable", exit_code=5)
    found = receipt([tried("a", 0, stopped), tried("killed", 0, None, delivered=2)], completed=False)
    assert counts(found) == {"delivered": 2, "unsent": 1}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=4))
def test_every_event_ends_once_however_often_its_part_was_tried(parts: list[tuple[int, int, int]]) -> None:
    """Of each part a killed try delivered some, a copy others, and the one that counts the rest."""
    runs, won = [], []
    for part, (killed, copied, own) in enumerate(parts):
        runs.append(tried(f"killed-{part}", part, None, delivered=killed))
        copy = report(f"copy-{part}", (DELIVERED, "", copied), (ALREADY, "", killed))
        runs.append(tried(f"copy-{part}", part, copy, delivered=copied))
        last = report(f"last-{part}", (DELIVERED, "", own), (ALREADY, "", killed + copied))
        runs.append(tried(f"last-{part}", part, last, delivered=own))
        won.append(f"last-{part}")
    found = receipt(runs, *won)
    assert found.counts.get("delivered", 0) == sum(map(sum, parts))
    assert found.counts.get("already_delivered", 0) == 0
    assert found.events == sum(map(sum, parts))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Report) == found


def two_parts(first: dict[str, Any], second: dict[str, Any]) -> Report:
    parts = [report(run, (DELIVERED, "", 30), **more) for run, more in (("a", first), ("b", second))]
    return receipt([tried(one.run, at, one, delivered=30) for at, one in enumerate(parts)], "a", "b")


def test_findings_of_the_parts_are_those_of_the_job() -> None:
    old = finding("too_old", 3, field="happened_at", column="at")
    weak = finding("no_strong_identifier", 1)
    found = two_parts({"findings": [old]}, {"findings": [weak, msgspec.structs.replace(old, records=4)]})
    assert [(one.code, one.records, one.column) for one in found.findings] == [
        ("too_old", 7, "at"),
        ("no_strong_identifier", 1, ""),
    ]


def test_that_nobody_consented_is_a_finding_only_where_no_part_had_anybody() -> None:
    nobody = {
        "findings": [msgspec.structs.replace(finding("consent_to_nobody", 30, field="consent"), stream="leads")],
        "consent_to_nobody": [ConsentToNobody("leads", ["no"], 30, "ok")],
    }
    assert two_parts(nobody, {}).findings == []
    (one,) = two_parts(nobody, nobody).findings
    assert (one.code, one.records) == ("consent_to_nobody", 60)


def test_what_events_can_be_matched_by_and_their_rules_are_added_up() -> None:
    first = {
        "readiness": [MatchedBy("leads", 30, 20, 5, 5, {"1": 10, "2": 20})],
        "rules": [RuleInRun("101", 30, "2026-11-20T00:30:00+01:00", "2026-11-21T00:00:00+01:00", "Europe/Berlin")],
        "at_stake": [Money("101", Outcome.REJECTED, "EUR", "12.50", 1)],
        "ends": [End("access token", "2026-12-01", 4)],
    }
    second = {
        "readiness": [MatchedBy("leads", 30, 30, 0, 0, {"2": 20, "10": 10})],
        "rules": [
            RuleInRun(
                "101",
                30,
                "2026-11-19T23:45:00+00:00",
                "2026-11-20T22:59:00+00:00",
                "Europe/Berlin",
                read=True,
                name="Demo",
                type="LEAD",
            )
        ],
        "at_stake": [Money("101", Outcome.REJECTED, "EUR", "0.10", 2), Money("101", IN_DOUBT, "USD", "5", 1)],
        "ends": [End("access token", "2026-12-01", 4), End("version", "2027-01-15", 49)],
    }
    for found in (two_parts(first, second), two_parts(second, first)):
        assert found.readiness == [MatchedBy("leads", 60, 50, 5, 5, {"1": 10, "2": 40, "10": 10})]
        (rule,) = found.rules
        assert (rule.events, rule.name, rule.first, rule.last) == (
            60,
            "Demo",
            "2026-11-20T00:30:00+01:00",
            "2026-11-21T00:00:00+01:00",
        )
        assert {(one.outcome, one.currency, one.amount, one.events) for one in found.at_stake} == {
            (Outcome.REJECTED, "EUR", "12.60", 3),
            (IN_DOUBT, "USD", "5", 1),
        }
        assert [one.what for one in found.ends] == ["access token", "version"]
