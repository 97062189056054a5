"""What is older than it must be kept is forgotten, beside deliveries that go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.ledger import Ledger, Status, pruning, tables
from target_linkedin_conversions.ledger.pruning import Pruning
from tests.ledger.conftest import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def digests(names: Sequence[object]) -> list[bytes]:
    return [str(name).encode().rjust(16, b"-") for name in names]


def delivered(ledger: Ledger, names: Sequence[object], days_ago: float = 0.0) -> int:
    found = digests(names)
    batch = ledger.claims.claim("101", found, [0] * len(found), resend=True).batch
    ledger.batches.mark(batch, Status.DELIVERED)
    with ledger.database.transaction() as connection:
        created = ledger.database.now(connection) - int(days_ago * DAY_MS)
        connection.execute(update(tables.batches).where(tables.batches.c.id == batch).values(created=created))
    return batch


def test_only_what_is_old_is_forgotten(workers: Any) -> None:
    ledger = workers()
    delivered(ledger, range(30), days_ago=500)
    delivered(ledger, range(100, 120), days_ago=399)
    ledger.close()
    other = workers("other")
    while other.pruning.step():
        pass
    assert (rows(other), rows(other, tables.batches), rows(other, tables.workers)) == (20, 1, 2)
    assert len(other.claims.peek(digests(range(200)), [0] * 200).delivered) == 20
    assert not other.pruning.step()


def test_everything_may_be_old(workers: Any) -> None:
    ledger = workers()
    delivered(ledger, range(5), days_ago=500)
    while ledger.pruning.step():
        pass
    assert (rows(ledger), rows(ledger, tables.batches)) == (0, 0)
    assert rows(ledger, tables.workers) == 1, "this worker is alive"


def test_a_round_begins_only_where_a_whole_day_can_go(workers: Any) -> None:
    ledger = workers()
    delivered(ledger, range(5), days_ago=400.5)
    assert not ledger.pruning.step()
    assert rows(ledger) == 5


def test_a_round_goes_on_in_the_next_run_and_beside_new_deliveries(
    workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "SLICE", 4)
    one = workers()
    delivered(one, range(10, 30), days_ago=500)
    assert one.pruning.step()
    assert one.pruning.step()
    assert rows(one) == 16
    one.close()
    other, third = workers("other"), workers("third")
    delivered(other, range(5))
    while other.pruning.step() | third.pruning.step():
        delivered(other, [f"new-{rows(other)}"])
    assert len(other.claims.peek(digests(range(10, 30)), [0] * 20).delivered) == 0
    assert len(other.claims.peek(digests(range(5)), [0] * 5).delivered) == 5


def test_how_long_is_a_setting(workers: Any) -> None:
    ledger = workers()
    delivered(ledger, range(5), days_ago=100)
    short = Pruning(ledger.database, 90)
    while short.step():
        pass
    assert rows(ledger) == 0


def test_what_was_forgotten_may_be_claimed_again(workers: Any) -> None:
    ledger = workers()
    delivered(ledger, ["a"], days_ago=500)
    while ledger.pruning.step():
        pass
    assert ledger.claims.claim("101", digests(["a"]), [0], resend=False).fresh == [0]
