"""From the source's rows to what is counted: every sum is the one before it and what lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.admin.analytics import CountedOnDay
from target_linkedin_conversions.admin.explanation import Explanation, Mend, explain
from target_linkedin_conversions.admin.figures import Period, complete_until, date_of, rows_of, totals_of
from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.ledger.delivered_by_day import DeliveredOnDay
from target_linkedin_conversions.ledger.delivered_by_run import DeliveredByRun
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.report import Line, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 20_780 * DAY_MS + 40_000_000
TODAY = NOW // DAY_MS
MONTH = Period(TODAY - 29, TODAY)


def report(*lines: tuple[str, Outcome, str, int], **more: Any) -> Report:
    made = [Line("deals", rule, outcome, code, events) for rule, outcome, code, events in lines]
    known = {"run": "r", "version": "", "started": "", "ended": "", "seconds": 1, "outcome": "done", "exit_code": 0}
    return Report(**{**known, "lines": made, **more})


def told(
    *reports: Report,
    sent: int = 0,
    counted: int = 0,
    source: int | None = None,
    rule: str | None = None,
    without_campaign: tuple[str, ...] = (),
    under_two_ids: dict[str, int] | None = None,
    delivered: Sequence[DeliveredByRun] = (),
) -> Explanation:
    rows = rows_of(
        Period(MONTH.first, MONTH.last, rule),
        [DeliveredOnDay("101", TODAY - 5, sent)],
        [CountedOnDay("101", TODAY - 5, counted, counted, 0, 0)],  # type: ignore[arg-type]
        None if source is None else {("101", TODAY - 5): source},
        {},
        NOW,
    )
    known = {
        "rule": rule,
        "without_campaign": without_campaign,
        "under_two_ids": under_two_ids,
        "delivered": delivered,
    }
    return explain(reports, totals_of(rows), undated=0, **known)  # type: ignore[arg-type]


def adds_up(found: Explanation) -> bool:
    left: int | None = None
    for step in found.steps:
        if step.is_sum and left is not None and step.events != left:
            return False
        left = step.events if step.is_sum or left is None else left + step.events
    return True


ENDED = st.lists(
    st.tuples(
        st.sampled_from(["101", "102", ""]),
        st.sampled_from(list(Outcome)),
        st.sampled_from(["", "no_consent", "too_old", "no_identifier", "linkedin", "no_answer"]),
        st.integers(0, 1000),
    ),
    max_size=12,
)


@given(ENDED, ENDED, st.integers(0, 500), st.integers(0, 500), st.none() | st.integers(0, 500), st.booleans())
def test_every_sum_is_the_one_before_it_and_what_lies_between(
    first: Any, second: Any, sent: int, counted: int, source: int | None, one_rule: Any
) -> None:
    found = told(
        report(*first), report(*second), sent=sent, counted=counted, source=source, rule="101" if one_rule else None
    )
    assert adds_up(found)
    assert [step.step for step in found.steps if step.is_sum][-4:] == ["came", "accepted", "sent", "counted"]
    assert all(mend.events > 0 and mend.mend for mend in found.mends)
    assert [mend.events for mend in found.mends] == sorted((mend.events for mend in found.mends), reverse=True)


PLACES = st.dictionaries(
    st.tuples(st.sampled_from(["101", "102", "103"]), st.integers(TODAY - 33, TODAY + 2)), st.integers(0, 50)
)


@given(PLACES, PLACES, st.none() | PLACES, st.none() | st.sampled_from(["101", "999"]))
def test_rows_and_totals_are_what_each_of_the_three_says_of_these_days(
    sent: dict[tuple[str, int], int],
    counted: dict[tuple[str, int], int],
    source: dict[tuple[str, int], int] | None,
    rule: str | None,
) -> None:
    period = Period(MONTH.first, MONTH.last, rule)
    delivered = [DeliveredOnDay(*place, number, NOW) for place, number in sent.items()]
    twice = [CountedOnDay(*place, half, half, 0, 0) for place, n in counted.items() for half in (n // 2, n - n // 2)]  # type: ignore[arg-type]
    rows = rows_of(period, delivered, twice, source, {}, NOW)
    totals = totals_of(rows)
    for name, table in (("sent", sent), ("counted", counted), ("source", source)):
        asked = {
            place: number
            for place, number in (table or {}).items()
            if number and rule in {None, place[0]} and TODAY - 29 <= place[1] <= TODAY
        }
        told_of = {(row.rule, row.day): getattr(row, name) for row in rows if getattr(row, name)}
        assert told_of == {(place[0], date_of(place[1])): number for place, number in asked.items()}
        for total in totals:
            mine = sum(number for place, number in asked.items() if place[0] == total.rule)
            assert getattr(total, name) == (None if table is None else mine)
    assert not [row for row in rows if row.complete and row.sent]  # all of it was sent just now
    assert len({(row.rule, row.day) for row in rows}) == len(rows)


def test_a_month_of_34_is_explained_line_by_line() -> None:
    found = told(
        report(
            ("101", Outcome.DELIVERED, "", 24),
            ("", Outcome.SKIPPED, "no_consent", 4),
            ("", Outcome.REJECTED, "unknown_rule_value", 3),
            ("101", Outcome.REJECTED, "bad_time", 2),
        ),
        sent=24,
        counted=11,
        source=34,
    )
    assert [(step.step, step.code, step.events) for step in found.steps] == [
        ("source", "", 34),
        ("never_came", "", -1),
        ("came", "", 33),
        ("skipped", "no_consent", -4),
        ("rejected", "unknown_rule_value", -3),
        ("rejected", "bad_time", -2),
        ("accepted", "", 24),
        ("sent", "", 24),
        ("not_counted", "", -13),
        ("counted", "", 11),
    ]
    assert [(mend.code, mend.events) for mend in found.mends] == [
        ("no_consent", 4),
        ("unknown_rule_value", 3),
        ("bad_time", 2),
        ("never_came", 1),
    ]
    assert "does not say which events it matched" in found.unknown[0]


def test_what_no_campaign_gets_credit_for_is_told_apart_from_what_may_still_come() -> None:
    found = told(report(("101", Outcome.DELIVERED, "", 9)), sent=9, counted=2, without_campaign=("101",))
    assert [(step.step, step.events, step.rules) for step in found.steps[2:]] == [
        ("sent", 9, {}),
        ("no_campaign", -7, {"101": 7}),
        ("counted", 2, {}),
    ]


PLACED = st.dictionaries(st.tuples(st.sampled_from(["101", "102"]), st.integers(TODAY - 9, TODAY)), st.integers(0, 50))


@given(PLACED, PLACED)
def test_what_days_lack_that_are_not_complete_is_told_apart(sent: Any, counted: Any) -> None:
    rows = rows_of(
        MONTH,
        [DeliveredOnDay(rule, day, events, day * DAY_MS) for (rule, day), events in sent.items()],
        [CountedOnDay(rule, day, events, events, 0, 0) for (rule, day), events in counted.items()],  # type: ignore[arg-type]
        None,
        {},
        NOW,
    )
    found = explain([], totals_of(rows), rule=None, without_campaign=(), undated=0)
    assert adds_up(found)
    steps = {step.step: step.events for step in found.steps}
    young = [row for row in rows if not row.complete]
    lacking = sum(row.counted - row.sent for row in young)
    assert steps.get("not_complete", 0) == min(0, lacking)
    assert steps.get("not_counted", 0) == sum(row.counted - row.sent for row in rows) - min(0, lacking)


def test_a_row_of_several_rules_counts_for_each_and_that_is_said() -> None:
    delivered = [("101", Outcome.DELIVERED, "", 4), ("102", Outcome.DELIVERED, "", 4)]
    said = {
        records: told(report(*delivered, records=records))
        .steps[0]
        .meaning.removeprefix("rows that runs of these days read, each once")
        for records in (4, 8, 0)
    }
    assert said == {4: " for each of its conversion rules", 8: "", 0: ""}
    assert not told(report(*delivered, records=4), rule="101").steps[0].meaning.endswith("rules")


def test_a_dry_run_is_no_run() -> None:
    found = told(report(("101", Outcome.WOULD_SEND, "", 5), ("", Outcome.SKIPPED, "no_consent", 5), dry_run=True))
    assert [step.events for step in found.steps] == [0, 0, 0, 0]


def test_what_was_sent_before_is_no_loss_and_is_said() -> None:
    found = told(
        report(("101", Outcome.DELIVERED, "", 3), ("101", Outcome.ALREADY_DELIVERED, "", 7)), sent=3, counted=3
    )
    assert [step.events for step in found.steps] == [3, 3, 3, 3]
    assert found.unknown == [
        "Runs read 7 events again that were sent before; rows that were left out or rejected may have been read again too, and count each time."
    ]


@pytest.mark.parametrize(("sent", "mends"), [(10, []), (8, [("never_came", 2)]), (3, [("never_came", 7)])])
def test_rows_that_a_run_of_a_later_day_has_sent_are_not_to_be_looked_for(sent: int, mends: list[Any]) -> None:
    """The last day of a month is mostly loaded on the first of the next."""
    found = told(report(("101", Outcome.DELIVERED, "", 3)), sent=sent, source=10)
    assert [step.events for step in found.steps if step.step == "never_came"] == [-7]
    assert [(mend.code, mend.events) for mend in found.mends] == mends


def test_a_rule_without_a_campaign_is_a_mend_for_all_that_was_sent() -> None:
    found = told(report(("101", Outcome.DELIVERED, "", 9)), sent=9, without_campaign=("101", "102"))
    assert [(mend.code, mend.events) for mend in found.mends] == [("rule_without_campaign", 9)]


def test_of_one_rule_the_rows_without_a_rule_are_told_apart() -> None:
    found = told(
        report(
            ("101", Outcome.DELIVERED, "", 2),
            ("", Outcome.SKIPPED, "no_consent", 4),
            ("102", Outcome.REJECTED, "bad_time", 1),
        ),
        sent=2,
        counted=2,
        rule="101",
    )
    assert [step.events for step in found.steps] == [2, 2, 2, 2]
    assert "4 rows were left out or rejected before a rule was known" in found.unknown[0]


def test_what_later_runs_read_again_is_told_of_the_rule_that_is_asked_for() -> None:
    stopped = report(("101", Outcome.UNSENT, "", 3), ("102", Outcome.UNSENT, "", 40), exit_code=5)
    went_on = report(("101", Outcome.DELIVERED, "", 3), ("102", Outcome.DELIVERED, "", 40), run="s")
    for rule, words in [(None, "again 43 rows that were"), ("101", "again 3 rows that were"), ("103", "")]:
        said = " ".join(told(stopped, went_on, sent=3, rule=rule).unknown)
        assert words in said
        assert ("took up again" in said) is bool(words)


def test_of_a_stream_that_was_read_anew_no_row_of_any_rule_counts_twice() -> None:
    first = report(
        ("101", Outcome.DELIVERED, "", 9), ("102", Outcome.DELIVERED, "", 9), ("102", Outcome.REJECTED, "bad_time", 1)
    )
    anew = report(
        ("101", Outcome.ALREADY_DELIVERED, "", 9),
        ("102", Outcome.ALREADY_DELIVERED, "", 9),
        ("102", Outcome.REJECTED, "bad_time", 1),
        run="s",
    )
    for rule, words in [(None, "again 1 row"), ("102", "again 1 row"), ("101", "")]:
        said = " ".join(told(first, anew, sent=18, counted=18, rule=rule).unknown)
        assert words in said
        assert "sent before" not in said


def test_what_nobody_can_tell_is_told_of_the_rule_that_is_asked_for() -> None:
    refused = report(("101", Outcome.REJECTED, "bad_time", 5), ("102", Outcome.REJECTED, "bad_time", 40))
    assert "Whether 45 rows" in " ".join(told(refused, refused).unknown)
    assert "Whether 5 rows" in " ".join(told(refused, refused, rule="101").unknown)
    assert "nobody can tell" not in " ".join(told(refused, refused, rule="103").unknown)
    first = report(
        ("101", Outcome.DELIVERED, "", 9), ("102", Outcome.DELIVERED, "", 9), ("102", Outcome.REJECTED, "bad_time", 1)
    )
    in_part = report(("101", Outcome.ALREADY_DELIVERED, "", 2), ("102", Outcome.ALREADY_DELIVERED, "", 3), run="s")
    for rule, words in [(None, "Runs read 5 events"), ("102", "Runs read 3 events"), ("101", "Runs read 2 events")]:
        assert words in " ".join(told(first, in_part, rule=rule).unknown)


@pytest.mark.parametrize(("age", "complete"), [(0, False), (1, False), (2, False), (3, False), (4, True), (20, True)])
def test_a_day_is_complete_72_hours_after_its_end(age: int, complete: Any) -> None:
    (row,) = rows_of(MONTH, [DeliveredOnDay("101", TODAY - age, 1, (TODAY - age) * DAY_MS)], [], None, {}, NOW)
    assert row.complete is complete
    assert (row.day <= date_of(complete_until(NOW))) is complete


def test_a_day_of_which_events_were_sent_late_is_not_complete_yet() -> None:
    late = DeliveredOnDay("101", TODAY - 20, 5, NOW - DAY_MS)
    (row,) = rows_of(MONTH, [late], [], None, {}, NOW)
    assert row.complete is False
    (total,) = totals_of([row])
    assert (total.sent, total.sent_complete, total.complete) == (5, 0, False)


def test_rows_hold_all_three_counts_and_the_gap() -> None:
    rows = rows_of(
        MONTH,
        [
            DeliveredOnDay("101", TODAY - 5, 8),
            DeliveredOnDay("102", TODAY - 5, 2),
            DeliveredOnDay("101", TODAY - 99, 7),
        ],
        [CountedOnDay("101", TODAY - 5, 6, 5, 1, 0), CountedOnDay("103", TODAY - 4, 1, 1, 0, 0)],  # type: ignore[arg-type]
        {("101", TODAY - 5): 10, ("104", TODAY - 3): 3},
        {"101": "Lead"},
        NOW,
    )
    assert [(row.rule, row.name, row.source, row.sent, row.counted, row.gap) for row in rows] == [
        ("101", "Lead", 10, 8, 6, 0.25),
        ("102", "", 0, 2, 0, 1.0),
        ("103", "", 0, 0, 1, None),
        ("104", "", 3, 0, 0, None),
    ]
    assert [(total.rule, total.source, total.sent, total.counted) for total in totals_of(rows)] == [
        ("101", 10, 8, 6),
        ("102", 0, 2, 0),
        ("103", 0, 0, 1),
        ("104", 3, 0, 0),
    ]


OUTCOMES = {"left": Outcome.SKIPPED, "bad": Outcome.REJECTED, "sent": Outcome.DELIVERED}


@given(st.lists(st.sampled_from(["left", "bad", "sent"]), min_size=1, max_size=30), st.data())
def test_a_row_that_a_later_run_reads_anew_counts_as_that_run_found_it(first: list[str], data: st.DataObject) -> None:
    later = [one if one == "sent" else data.draw(st.sampled_from(["left", "bad", "sent"])) for one in first]
    new = data.draw(st.lists(st.sampled_from(["left", "bad", "sent"]), max_size=5))
    anew = [
        Outcome.ALREADY_DELIVERED if before == "sent" else OUTCOMES[now]
        for before, now in zip(first, later, strict=True)
    ]
    second = report(*(("101", outcome, "", 1) for outcome in [*anew, *(OUTCOMES[one] for one in new)]))
    found = told(report(*(("101", OUTCOMES[one], "", 1) for one in first)), second)
    came = next(step.events for step in found.steps if step.step == "came")
    if "sent" in first:
        assert came == len(later) + len(new)
    else:  # nobody can tell whether these are the same rows
        assert came == len(first) + len(later) + len(new)


OTHER_KEY = ("101", Outcome.ALREADY_DELIVERED, "same_id_other_key", 27)


def test_rows_whose_event_id_was_another_record_s_are_a_loss_with_its_mend() -> None:
    found = told(report(("101", Outcome.DELIVERED, "", 73), OTHER_KEY), sent=73, source=100)
    assert adds_up(found)
    (lost,) = [step for step in found.steps if step.step == "already_delivered"]
    assert (lost.code, lost.events) == ("same_id_other_key", -27)
    assert "LinkedIn has not heard of this one" in lost.meaning
    assert [step for step in found.steps if step.step == "never_came"] == []
    assert [(mend.code, mend.events) for mend in found.mends] == [("same_id_other_key", 27)]
    assert not any("again that w" in sentence for sentence in found.unknown)


def test_they_count_once_however_often_the_stream_is_read() -> None:
    first = report(("101", Outcome.DELIVERED, "", 73), OTHER_KEY)
    again = report(("101", Outcome.ALREADY_DELIVERED, "", 73), OTHER_KEY)
    found = told(first, again, again, sent=73)
    assert [step.events for step in found.steps if step.step in {"came", "already_delivered"}] == [100, -27]
    mended = told(first, again, report(("101", Outcome.ALREADY_DELIVERED, "", 73), ("101", Outcome.DELIVERED, "", 27)))
    assert [step.events for step in mended.steps if step.step in {"came", "already_delivered"}] == [100]


def test_rows_that_were_sent_under_two_ids_count_once_and_what_was_taken_twice_is_said() -> None:
    first = report(("101", Outcome.DELIVERED, "", 73), OTHER_KEY)
    again = report(("101", Outcome.DELIVERED, "", 100))
    found = told(first, again, sent=173, source=100, under_two_ids={"101": 73})
    assert adds_up(found)
    steps = [(step.step, step.events) for step in found.steps if step.step in {"came", "accepted", "sent_anew", "sent"}]
    assert steps == [("came", 100), ("accepted", 100), ("sent_anew", 73), ("sent", 173)]
    assert found.mends == []
    new_rows = told(first, report(("101", Outcome.DELIVERED, "", 100)), sent=173, under_two_ids={"101": 2})
    assert [step.events for step in new_rows.steps if step.step in {"came", "sent_anew"}] == [200]
    other = report(("101", Outcome.DELIVERED, "", 73))
    assert "sent_anew" not in {step.step for step in told(other, again, sent=173, under_two_ids={"101": 73}).steps}


def test_what_a_run_reads_anew_behind_the_last_state_may_count_twice_and_that_is_said() -> None:
    stopped = report(
        ("101", Outcome.DELIVERED, "", 19), ("", Outcome.SKIPPED, "stage_skipped", 4), ("101", Outcome.UNSENT, "", 10)
    )
    rest = report(
        ("101", Outcome.DELIVERED, "", 10),
        ("101", Outcome.ALREADY_DELIVERED, "", 6),
        ("", Outcome.SKIPPED, "stage_skipped", 4),
    )
    said = " ".join(told(stopped, rest, sent=29).unknown)
    assert "took up again 10 rows" in said
    assert "Runs read 6 events again that were sent before" in said
    whole = report(
        ("101", Outcome.DELIVERED, "", 10),
        ("101", Outcome.ALREADY_DELIVERED, "", 19),
        ("", Outcome.SKIPPED, "stage_skipped", 4),
    )
    assert "count each time" not in " ".join(told(stopped, whole, sent=29).unknown)


STOPPED = [
    ("101", Outcome.UNSENT, "", 90),
    ("", Outcome.SKIPPED, "no_consent", 6),
    ("", Outcome.REJECTED, "bad_time", 4),
]
"""A run that stopped before its first request: its tap brings all of it again."""


@pytest.mark.parametrize("stopped", [1, 2, 5])
def test_a_run_that_stopped_before_anything_was_sent_counts_no_row_that_the_next_one_brings(stopped: int) -> None:
    sent = [("101", Outcome.DELIVERED, "", 95), *STOPPED[1:]]
    found = told(*[report(*STOPPED)] * stopped, report(*sent), sent=95, source=105)
    losses = {step.code: step.events for step in found.steps if step.step in {"skipped", "rejected", "unsent"}}
    assert losses == {"no_consent": -6, "bad_time": -4}
    assert [step.events for step in found.steps if step.step in {"never_came", "came"}] == [105]


@pytest.mark.parametrize("stopped", [1, 2])
def test_runs_that_all_stopped_count_once(stopped: int) -> None:
    found = told(*[report(*STOPPED)] * stopped)
    assert [step.events for step in found.steps if step.step in {"came", "unsent"}] == [100, -90]


def test_what_a_run_left_unsent_is_not_lost_where_the_next_one_goes_on_from_its_state() -> None:
    first = report(
        ("101", Outcome.DELIVERED, "", 50), ("101", Outcome.UNSENT, "", 40), ("", Outcome.REJECTED, "bad_time", 3)
    )
    rest = report(
        ("101", Outcome.ALREADY_DELIVERED, "", 7),
        ("101", Outcome.DELIVERED, "", 30),
        ("", Outcome.REJECTED, "bad_time", 2),
    )
    found = told(first, rest, sent=80)
    assert [(step.step, step.events) for step in found.steps if step.step in {"unsent", "rejected", "came"}] == [
        ("came", 93),
        ("rejected", -5),
        ("unsent", -8),
    ]


def test_a_run_that_reads_only_what_is_new_takes_nothing_away() -> None:
    first = report(("101", Outcome.DELIVERED, "", 20), ("101", Outcome.REJECTED, "bad_time", 4))
    some = report(("101", Outcome.ALREADY_DELIVERED, "", 3), ("101", Outcome.DELIVERED, "", 30))
    few = report(("101", Outcome.ALREADY_DELIVERED, "", 20))
    for later in (some, few):
        assert [step.events for step in told(first, later).steps if step.step == "rejected"] == [-4]


def test_what_is_counted_and_this_ledger_has_not_sent_may_be_another_machine_s() -> None:
    found = told(report(("101", Outcome.DELIVERED, "", 2)), sent=2, counted=9)
    (more,) = [step for step in found.steps if step.step == "not_counted"]
    assert (more.events, "another machine with a ledger of its own" in more.meaning) == (7, True)


DOUBT = ("101", Outcome.IN_DOUBT, "no_answer", 5)


@pytest.mark.parametrize(
    ("later", "in_doubt", "came"),
    [
        ([("101", Outcome.IN_DOUBT, "earlier_run", 5)], 5, 5),
        ([("101", Outcome.IN_DOUBT, "earlier_run", 2)], 5, 5),  # the others did not come again
        ([("101", Outcome.IN_DOUBT, "earlier_run", 7)], 7, 7),  # two are of a run that left no report
        ([("102", Outcome.IN_DOUBT, "earlier_run", 5)], 10, 10),  # of another rule
        ([("101", Outcome.IN_DOUBT, "no_answer", 5)], 10, 10),  # others
        ([("101", Outcome.DELIVERED, "resent", 5)], 0, 5),
        ([("101", Outcome.DELIVERED, "resent", 5), ("101", Outcome.DELIVERED, "", 3)], 0, 8),
    ],
)
def test_what_stays_in_doubt_or_is_sent_again_counts_once(later: Any, in_doubt: int, came: int) -> None:
    found = told(report(DOUBT), report(*later))
    assert -sum(step.events for step in found.steps if step.step == "in_doubt") == in_doubt
    assert next(step.events for step in found.steps if step.step == "came") == came


def test_what_stays_in_doubt_counts_once_however_often_it_comes() -> None:
    again = report(("101", Outcome.IN_DOUBT, "earlier_run", 5))
    found = told(report(DOUBT), again, again, report(("101", Outcome.DELIVERED, "resent", 5)), sent=5)
    assert [step.events for step in found.steps if step.is_sum] == [5, 5, 5, 0]
    assert told(report(DOUBT), again, again).mends == [
        Mend("earlier_run", 5, "`linkedin-conversions rejects replay --in-doubt` sends them again")
    ]


def test_rows_of_a_stream_that_sent_nothing_yet_may_be_the_same_each_time_and_that_is_said() -> None:
    nobody = report(("", Outcome.SKIPPED, "no_consent", 25))
    assert "nobody can tell" not in " ".join(told(nobody).unknown)
    twice = told(nobody, nobody)
    assert [step.events for step in twice.steps if step.step in {"skipped", "came"}] == [50, -50]
    assert any(sentence.startswith("Whether 25 rows that were left out or rejected") for sentence in twice.unknown)
    mended = told(nobody, report(("101", Outcome.DELIVERED, "", 24), ("", Outcome.SKIPPED, "no_consent", 1)), sent=24)
    assert any(sentence.startswith("Whether 25 rows") for sentence in mended.unknown)
    stopped = report(("101", Outcome.UNSENT, "", 25), exit_code=5)
    assert "nobody can tell" not in " ".join(told(stopped, stopped).unknown)


def test_more_rows_than_the_source_counts_are_told_to_be_of_other_days() -> None:
    found = told(report(("101", Outcome.DELIVERED, "", 9)), sent=4, counted=4, source=4)
    (step,) = [step for step in found.steps if step.step == "never_came"]
    assert step.events == 5
    assert "rows of other days" in step.meaning


def test_a_marking_reads_no_rows_but_what_it_noted_counts_as_sent() -> None:
    marking = report(("101", Outcome.ALREADY_DELIVERED, "marked", 5), ("", Outcome.SKIPPED, "no_consent", 2))
    load = report(
        ("101", Outcome.ALREADY_DELIVERED, "", 5),
        ("101", Outcome.DELIVERED, "", 3),
        ("", Outcome.SKIPPED, "no_consent", 2),
    )
    found = told(marking, load, sent=8, counted=8)
    assert {step.step: step.events for step in found.steps} == {
        "came": 5,
        "skipped": -2,
        "accepted": 3,
        "other_days": 5,
        "sent": 8,
        "counted": 8,
    }
    (step,) = [step for step in found.steps if step.step == "other_days"]
    assert "`ledger mark` noted" in step.meaning


@pytest.mark.parametrize(("lost_by", "is_said"), [("", True), ("101", False)])
def test_a_row_of_several_rules_that_was_lost_before_they_were_known_may_be_more_than_one_in_the_source(
    lost_by: str,
    is_said: bool,  # noqa: FBT001 - a table
) -> None:
    lines = [
        ("101", Outcome.DELIVERED, "", 5),
        ("102", Outcome.DELIVERED, "", 5),
        (lost_by, Outcome.SKIPPED, "no_consent", 2),
    ]
    found = told(report(*lines, records=7), sent=10, source=14)
    (step,) = [step for step in found.steps if step.step == "never_came"]
    assert (step.events, "counts once" in step.meaning) == (-2, is_said)


LOSSES = [("101", Outcome.DELIVERED, "", 30), ("101", Outcome.REJECTED, "bad_time", 5)]


@pytest.mark.parametrize(
    ("others", "met", "rejected"),
    [
        ([], 40, 0),
        ([DeliveredByRun("killed", "101", 40, 0)], 40, 5),  # it met those of the killed run, and nothing of the first
        ([DeliveredByRun("killed", "101", 40, 0)], 70, 0),
        ([DeliveredByRun("killed", "102", 40, 0)], 40, 0),
        ([DeliveredByRun("later", "101", 40, NOW)], 40, 0),
        ([DeliveredByRun("first", "101", 30, 0)], 40, 0),  # its report tells of these
    ],
)
def test_what_a_run_met_of_runs_without_a_report_is_nothing_that_was_read_anew(
    others: list[DeliveredByRun], met: int, rejected: int
) -> None:
    runs = [
        report(*LOSSES, run="first", ended="2026-11-20T00:00:00+00:00"),
        report(("101", Outcome.ALREADY_DELIVERED, "", met), run="next", ended="2026-11-21T00:00:00+00:00"),
    ]
    found = told(*runs, sent=30, delivered=others)
    assert -sum(step.events for step in found.steps if step.step == "rejected") == rejected
    assert ("count each time" in " ".join(found.unknown)) is bool(rejected)


def test_of_one_rule_a_row_that_ended_before_its_rule_was_known_is_not_said_to_have_never_come() -> None:
    loaded = report(("101", Outcome.DELIVERED, "", 17), ("", Outcome.SKIPPED, "no_consent", 6))
    found = told(loaded, sent=17, source=20, rule="101")
    (step,) = [step for step in found.steps if step.step == "never_came"]
    assert "or rejected before their rule was known: of whatever rule these are 6" in step.meaning
    (mend,) = found.mends
    assert (mend.events, mend.mend.startswith("ask without --rule")) == (3, True)
    (of_all,) = [mend for mend in told(loaded, sent=17, source=25).mends if mend.code == "never_came"]
    assert of_all == Mend("never_came", 2, "compare the tap's query and bookmark with the source's count")


def test_what_runs_of_other_days_sent_is_a_reason_to_ask_for_more_days() -> None:
    (mend,) = told(report(("101", Outcome.DELIVERED, "", 3)), sent=8, source=10).mends
    assert (mend.events, "a later --to" in mend.mend) == (2, True)


def test_what_cannot_be_sent_any_more_is_not_said_to_come_back() -> None:
    (mend,) = told(report(("101", Outcome.SKIPPED, "too_old", 2))).mends
    assert mend.mend.startswith("these cannot be sent any more")
