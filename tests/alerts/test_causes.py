"""Of what a run alerts, and in which words: counts and mends."""

from __future__ import annotations

from typing import Any

import pytest

from target_linkedin_conversions.alerts.causes import Ended, Ending, causes_of
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.report import EarlierRun, Line, Report
from target_linkedin_conversions.settings.alerts import Alert

RUN = "20261123T104000Z-0a1b2c3d"
ALL = tuple(Alert)
USUAL = "Nothing was accepted in this run, though there usually is."
TOKEN = Ending(Alert.TOKEN_ENDS, "the access token ends on 2026-12-01", "create a new one")


def report(outcome: str = "done", exit_code: int = 0, **more: Any) -> Report:
    times = {"started": "2026-11-23T10:40:00+00:00", "ended": "2026-11-23T10:41:00+00:00", "seconds": 60.0}
    return Report(run=RUN, version="1", outcome=outcome, exit_code=exit_code, **{**times, **more})


def ended(found: Report, **more: Any) -> Ended:
    known = {"endings": (), "has_too_many_rejects": False, "used_today": 1, "requests_per_day": 100}
    return Ended(found, unusually_empty=more.pop("unusually_empty", str), **{**known, **more})


def names(found: Ended, wanted: tuple[Alert, ...] = ALL) -> list[str]:
    return [cause.name for cause in causes_of(found, wanted)]


DELIVERED: dict[str, Any] = {"counts": {"delivered": 9}}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (ended(report(**DELIVERED)), []),
        (ended(report("credential", 3, message="the token is dead")), ["failed.credential"]),
        (ended(report("fault", 1)), ["failed.fault"]),
        (ended(report("terminated", 143)), ["failed.terminated"]),
        (ended(report("terminated", 130)), []),
        (ended(report("rejects", 6)), ["rejects"]),
        (ended(report(**DELIVERED), has_too_many_rejects=True), ["rejects"]),
        (ended(report("quota", 4)), ["quota"]),
        (ended(report(**DELIVERED), used_today=89), []),
        (ended(report(**DELIVERED), used_today=90), ["quota.nearly"]),
        (ended(report(**DELIVERED), used_today=100), ["quota"]),
        (ended(report(**DELIVERED), used_today=None), []),
        (ended(report(counts={"in_doubt": 3})), ["in_doubt"]),
        (ended(report(earlier=[EarlierRun("r", 1, 0, 2)], **DELIVERED)), ["in_doubt"]),
        (ended(report(earlier=[EarlierRun("r", 1, 0, 0)], **DELIVERED)), []),
        (ended(report(**DELIVERED), endings=(TOKEN,)), ["token_ends"]),
        (ended(report(), unusually_empty=lambda: USUAL), ["nothing_sent"]),
        (ended(report()), []),
        (ended(report(**DELIVERED), unusually_empty=lambda: USUAL), []),
        (ended(report("credential", 3), unusually_empty=lambda: USUAL), ["failed.credential"]),
    ],
)
def test_a_run_alerts_of_what_a_person_must_know(found: Ended, expected: list[str]) -> None:
    assert names(found) == expected


def test_an_end_is_told_once_by_its_own_alert_or_as_a_failure_where_that_is_not_wanted() -> None:
    spent = ended(report("quota", 4))
    assert names(spent) == ["quota"]
    assert names(spent, (Alert.FAILED,)) == ["failed.quota"]
    assert names(spent, (Alert.REJECTS,)) == []


@pytest.mark.parametrize(
    ("held", "met_again", "of_killed_runs", "expected"),
    [(0, 100, 100, "100 events"), (7, 100, 100, "107 events"), (0, 40, 100, "100 events"), (0, 0, 1, "1 event")],
)
def test_an_event_of_a_killed_run_that_this_run_met_again_is_in_doubt_once(
    held: int, met_again: int, of_killed_runs: int, expected: str
) -> None:
    lines = [
        Line("deals", "1", Outcome.IN_DOUBT, code, n) for code, n in (("no_answer", held), ("earlier_run", met_again))
    ]
    earlier = [EarlierRun("r", 300, 0, of_killed_runs)]
    (cause,) = causes_of(ended(report(counts={"in_doubt": held + met_again}, lines=lines, earlier=earlier)), ALL)
    assert cause.sentence.startswith(f"{expected} ")


def remembered(outcome: str, exit_code: int, message: str) -> str:
    (cause,) = causes_of(ended(report(outcome, exit_code, message=message)), (Alert.FAILED,))
    return cause.remembered_by


@pytest.mark.parametrize(
    ("outcome", "exit_code", "one", "other", "causes"),
    [
        ("rule", 2, "rule 101: No ad accounts found", "rule 102: No ad accounts found", 2),
        ("rule", 2, "rule 101: deleted; rule 102: deleted", "rule 102: deleted; rule 101: deleted", 1),
        ("config", 2, "streams[0]: expected a list", "streams[1]: expected a list", 2),
        ("credential", 3, "the token is dead", "the token lacks the scope rw_conversions", 2),
        ("input", 7, "line 12 is no JSON", "line 3401 is no JSON", 1),
        ("ledger", 2, "no room: 12 bytes are free", "no room: 7 bytes are free", 1),
        ("unreachable", 5, "status 502", "no answer after 900 seconds", 1),
        ("terminated", 143, "signal 15 received", "signal 15 received, 3 batches left", 1),
    ],
)
def test_a_failure_is_another_cause_where_another_thing_has_to_be_mended(
    outcome: str, exit_code: int, one: str, other: str, causes: int
) -> None:
    assert len({remembered(outcome, exit_code, message) for message in (one, other)}) == causes


def test_large_numbers_are_grouped_wherever_they_stand() -> None:
    nearly = ended(report(**DELIVERED), used_today=285_000, requests_per_day=300_000)
    assert [cause.sentence for cause in causes_of(nearly, ALL)] == ["285,000 of today's 300,000 requests are spent."]


def test_nothing_is_looked_up_that_is_not_wanted() -> None:
    assert names(ended(report(), unusually_empty=lambda: pytest.fail("it looked")), (Alert.FAILED,)) == []


@pytest.mark.parametrize("alert", Alert)
def test_each_cause_has_a_sentence_and_a_mend(alert: Alert) -> None:
    everything = ended(
        report("credential", 3, message="the token is dead", counts={"in_doubt": 3, "rejected": 2}),
        endings=(TOKEN, Ending(Alert.VERSION_ENDS, "linkedin_version 202609 ends", "set a later one")),
        has_too_many_rejects=True,
        used_today=100,
    )
    nothing = ended(report(records=7), unusually_empty=lambda: USUAL)
    found = {cause.alert: cause for one in (everything, nothing) for cause in causes_of(one, ALL)}
    sentence, _, mend = str(found[alert]).partition("\n→ ")
    assert not sentence[0].islower()
    assert len(mend) > 10


def test_no_chat_service_finds_somebody_to_call_in_a_message() -> None:
    (cause,) = causes_of(ended(report("rule", 2, message="<!channel> @everyone <https://example.com|here>")), ALL)
    assert not {"<", ">", "@"} & set(cause.sentence)


def test_a_long_message_is_cut() -> None:
    (cause,) = causes_of(ended(report("fault", 1, message="x" * 5000)), ALL)
    assert len(cause.sentence) < 700
