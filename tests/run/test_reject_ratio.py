"""A run is judged by counts of one moment, whichever thread counts meanwhile."""

from __future__ import annotations

import sys
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.errors import TooManyRejectsError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.tally import Tally
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.reject_ratio import RejectRatio

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAM, RULE = "deals", "101"


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def tally_of(rejected: int, delivered: int = 0, under_way: int = 0) -> Tally:
    tally = Tally()
    tally.count_made(STREAM, RULE, rejected + delivered + under_way)
    tally.count_ended(STREAM, RULE, Outcome.REJECTED, "by_linkedin", rejected)
    tally.count_ended(STREAM, RULE, Outcome.DELIVERED, "", delivered)
    return tally


@pytest.mark.parametrize(
    ("rejected", "delivered", "under_way", "is_too_many"),
    [(11, 9, 0, True), (10, 10, 0, False), (11, 0, 9, True), (10, 0, 10, False), (11, 8, 0, False), (0, 0, 0, False)],
)
def test_what_is_under_way_counts_as_delivered_until_it_is_not(
    rejected: int, delivered: int, under_way: int, *, is_too_many: bool
) -> None:
    judge = RejectRatio(tally_of(rejected, delivered, under_way), 0.5, FedBy.TAP)
    assert judge.too_many() is is_too_many
    assert (judge.doubt() is None) is not (rejected > delivered + under_way)
    if is_too_many:
        with pytest.raises(TooManyRejectsError, match=f"{rejected} rejected"):
            judge.check()


@pytest.mark.usefixtures("impatient")
def test_events_that_are_delivered_at_this_moment_stop_no_run() -> None:
    tally = tally_of(20, 0, 30)
    judge = RejectRatio(tally, 0.5, FedBy.TAP)

    def deliver() -> None:
        for _ in range(5_000):
            tally.count_ended(STREAM, RULE, Outcome.DELIVERED, "", 30)
            tally.count_ended(STREAM, RULE, Outcome.DELIVERED, "", -30)

    sender = Thread(target=deliver)
    sender.start()
    judged = False
    while sender.is_alive():
        judged |= judge.too_many()
    sender.join()
    assert not judged


def test_a_cause_is_named_once_however_many_rules_it_has_and_no_way_back_that_a_kept_state_does_not_need() -> None:
    tally = Tally()
    for rule in ("101", "102"):
        tally.count_made(STREAM, rule, 15)
        tally.count_ended(STREAM, rule, Outcome.REJECTED, "unknown_rule_value", 15)
    with pytest.raises(TooManyRejectsError) as caught:
        RejectRatio(tally, 0.5, FedBy.TAP).check()
    assert str(caught.value).count("unknown_rule_value") == 1
    assert "30 unknown_rule_value in deals" in str(caught.value)
    assert "full-refresh" not in str(caught.value)
