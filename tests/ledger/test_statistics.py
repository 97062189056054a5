"""What the ledger says of itself, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.ledger import Status, pruning, tables
from target_linkedin_conversions.ledger.statistics import OfRule, statistics
from tests.ledger.conftest import digests

if TYPE_CHECKING:
    import pytest

    from target_linkedin_conversions.ledger import Ledger


def batch(ledger: Ledger, status: Status, *names: object, rule: str = "101") -> int:
    """Events of one rule, brought to a status."""
    claim = ledger.claims.claim(rule, digests(*names), [0] * len(names), resend=True)
    ledger.batches.mark(claim.batch_again or claim.batch, status)
    return claim.batch


def test_an_empty_ledger_holds_nothing(workers: Any) -> None:
    ledger = workers()
    found = statistics(ledger.database)
    assert (found.identities, found.rules, found.oldest, found.newest) == (0, [], None, None)
    assert (found.created, found.schema_version) == (ledger.database.created, tables.SCHEMA_VERSION)
    assert (found.workers, found.workers_alive, found.pruning) == (1, 1, False)
    assert found.bytes > 0


def test_events_are_summed_by_rule_and_status(workers: Any) -> None:
    ledger = workers()
    batch(ledger, Status.DELIVERED, 1, 2, 3)
    batch(ledger, Status.DELIVERED, 4, 5, rule="99")
    batch(ledger, Status.LEAVING, 6)
    batch(ledger, Status.WAITING, 7, 8)
    batch(ledger, Status.IN_DOUBT, 9)
    found = statistics(ledger.database)
    assert found.rules == [
        OfRule("99", delivered=2, leaving=0, waiting=0, free=0, in_doubt=0, resent=0, batches=1),
        OfRule("101", delivered=3, leaving=1, waiting=2, free=0, in_doubt=1, resent=0, batches=4),
    ]
    assert (found.identities, found.exact, found.events("delivered")) == (9, True, 5)
    assert found.created <= (found.oldest or 0) <= (found.newest or 0)


def test_without_its_worker_what_was_leaving_is_in_doubt_and_what_waited_is_free(workers: Any) -> None:
    ledger = workers()
    batch(ledger, Status.LEAVING, 1, 2)
    batch(ledger, Status.WAITING, 3)
    ledger.close()
    (rule,) = statistics(workers("other").database).rules
    assert (rule.leaving, rule.waiting, rule.free, rule.in_doubt) == (0, 0, 1, 2)


def test_events_sent_again_after_doubt_are_counted(workers: Any) -> None:
    ledger = workers()
    batch(ledger, Status.LEAVING, 1, 2)
    ledger.close()
    other = workers("other")
    batch(other, Status.DELIVERED, 1, 2, 3)
    again = statistics(other.database)
    assert (again.events("delivered"), again.events("resent"), again.workers_alive, again.workers) == (2, 2, 1, 2)


def test_events_released_or_divided_are_counted_where_they_are(workers: Any) -> None:
    ledger = workers()
    entry = batch(ledger, Status.LEAVING, 1, 2, 3, 4)
    kept, lost = ledger.batches.divide(
        entry, "101", [(digests(1, 2), Status.DELIVERED), (digests(3, 4), Status.LEAVING)]
    )
    assert kept != lost
    ledger.batches.settle(lost, Status.IN_DOUBT, digests(4))
    found = statistics(ledger.database)
    assert (found.identities, found.events("delivered"), found.events("in_doubt")) == (3, 2, 1)


def test_while_old_identities_are_removed_the_sums_are_not_exact(workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "SLICE", 2)
    ledger = workers()
    old = batch(ledger, Status.DELIVERED, *range(9))
    with ledger.database.transaction() as connection:
        created = ledger.database.now(connection) - 500 * DAY_MS
        connection.execute(update(tables.batches).where(tables.batches.c.id == old).values(created=created))
    assert ledger.pruning.step()
    assert ledger.pruning.step()
    found = statistics(ledger.database)
    assert (found.pruning, found.exact, found.identities) == (True, False, 9)
    while ledger.pruning.step():
        pass
    found = statistics(ledger.database)
    assert (found.pruning, found.exact, found.identities) == (False, True, 0)


def test_it_waits_for_no_writer_and_stops_none(workers: Any) -> None:
    one, other = workers(), workers("other")
    with one.database.transaction() as connection:
        one.batches.add(connection, "101", 1, Status.LEAVING)  # a transaction under way
        assert statistics(other.database).identities == 0
