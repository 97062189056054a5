"""Threads that ask at once get their own answers, of one question to all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import Status
from target_linkedin_conversions.ledger.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 10.0


class Answering:
    """Answers with the double; the first time only when it may, and what is below zero with an error."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.groups: list[list[int]] = []

    def __call__(self, questions: list[int]) -> list[int]:
        self.groups.append(questions)
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        if min(questions) < 0:
            raise LookupError(min(questions))
        return [2 * question for question in questions]


def asked(commits: GroupCommit[int, int], answering: Answering, first: int, others: Sequence[int]) -> dict[int, Any]:
    """Ask the first, the others while it is answered, one after another; what each got."""
    got: dict[int, Any] = {}

    def ask(question: int) -> None:
        try:
            got[question] = commits.ask(question)
        except LookupError as error:
            got[question] = error

    threads = [threading.Thread(target=ask, args=(question,)) for question in (first, *others)]
    threads[0].start()
    assert answering.begun.wait(PATIENCE)
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        while len(commits._asked) < number:  # noqa: SLF001 - nothing else tells that it waits
            assert thread.is_alive()
    answering.may_end.set()
    for thread in threads:
        thread.join(PATIENCE)
    return got


def test_who_asks_while_one_is_answered_is_answered_with_all_the_others() -> None:
    answering = Answering()
    got = asked(GroupCommit(answering, 9), answering, 1, [2, 3, 4])
    assert answering.groups == [[1], [2, 3, 4]]
    assert got == {1: 2, 2: 4, 3: 6, 4: 8}


def test_no_more_are_answered_at_once_than_may_be() -> None:
    answering = Answering()
    got = asked(GroupCommit(answering, 2), answering, 1, [2, 3, 4, 5, 6])
    assert answering.groups == [[1], [2, 3], [4, 5], [6]]
    assert got == {number: 2 * number for number in range(1, 7)}


def test_a_failure_is_that_of_all_who_shared_it_and_of_nobody_else() -> None:
    answering = Answering()
    commits = GroupCommit(answering, 2)
    got = asked(commits, answering, 1, [-7, 3, 4])
    assert answering.groups == [[1], [-7, 3], [4]]
    assert (got[1], got[4]) == (2, 8)
    assert [type(got[number]) for number in (-7, 3)] == [LookupError, LookupError]
    assert commits.ask(5) == 10


KNOWN = b"known".rjust(16)
NUMBERS = range(9)


def claimed_at_once(ledger: Any, meanwhile: str) -> tuple[list[int], dict[int, Any]]:
    """How many of the claims that wait for one transaction share each, and what each thread got."""
    groups: list[int] = []
    claims = ledger.claims._commits  # noqa: SLF001 - to see how many share a transaction
    claim_all = claims._answer  # noqa: SLF001 - the same

    def watched(wanted: Any) -> Any:
        groups.append(len(wanted))
        return claim_all(wanted)

    claims._answer = watched  # noqa: SLF001 - the same
    got: dict[int, Any] = {}

    def claim(number: int) -> None:
        digests = [KNOWN, *(f"{number}-{event}".encode().rjust(16) for event in range(100))]
        try:
            got[number] = ledger.claims.claim(str(number), digests, [7] * 101, resend=True)
        except LedgerError as error:
            got[number] = error

    threads = [threading.Thread(target=claim, args=(number,)) for number in NUMBERS]
    with ledger.database.transaction() as connection:
        # Before any claim: those on PostgreSQL wait for a row that is being written, and for nothing else.
        connection.exec_driver_sql(meanwhile)
        for thread in threads:
            thread.start()
        while len(claims._asked) + sum(groups) < len(threads):  # noqa: SLF001 - until all wait
            pass
    for thread in threads:
        thread.join(PATIENCE)
    return groups, got


def test_threads_of_one_worker_claim_together_and_each_its_own(workers: Any) -> None:
    ledger = workers()
    ledger.batches.mark(ledger.claims.claim("101", [KNOWN], [7], resend=True).batch, Status.DELIVERED)
    groups, got = claimed_at_once(ledger, "SELECT 1")
    assert sum(groups) == len(NUMBERS)
    assert max(groups) == (4 if ledger.database.is_sqlite else 1)
    others = list(range(1, 101))
    assert {number: (found.delivered, found.fresh) for number, found in got.items()} == dict.fromkeys(
        NUMBERS, ([0], others)
    )
    assert len({found.batch for found in got.values()}) == len(NUMBERS)


def test_a_worker_whose_events_were_taken_over_may_claim_in_no_thread(workers: Any) -> None:
    _, got = claimed_at_once(workers(), "UPDATE workers SET leased_until = -1")
    assert [type(got[number]) for number in NUMBERS] == [LedgerError] * len(NUMBERS)
