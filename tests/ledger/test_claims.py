"""Which events may leave: never two workers at once, never what was delivered."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import event, select, update

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import Ledger, Status, tables
from target_linkedin_conversions.ledger.postgresql import claim_in_one_statement
from tests.ledger.conftest import Workers, digests, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.ledger import Claim


def claim(ledger: Ledger, *names: int | str, resend: bool = True, contents: Sequence[int] | None = None) -> Claim:
    return ledger.claims.claim("101", digests(*names), contents or [0] * len(names), resend=resend)


def ends(found: Claim) -> dict[str, list[int]]:
    """Only what is not empty."""
    kinds = ("fresh", "again", "delivered", "changed", "in_doubt", "elsewhere")
    return {kind: getattr(found, kind) for kind in kinds if getattr(found, kind)}


def die(ledger: Ledger, *, long_ago: bool = True) -> None:
    """What the ledger sees of a worker that was killed: nothing, and in time its lease is over."""
    with ledger.database.transaction() as connection:
        until = ledger.database.now(connection) - 1 if long_ago else ledger.database.now(connection) + 1000
        mine = tables.workers.c.id == ledger.lease.worker
        connection.execute(update(tables.workers).where(mine).values(leased_until=until))


def test_fresh_events_are_claimed_once(workers: Any) -> None:
    one = workers()
    assert ends(claim(one, "a", "b")) == {"fresh": [0, 1]}
    assert ends(claim(workers("other"), "b", "c", "a")) == {"fresh": [1], "elsewhere": [0, 2]}


def test_delivered_events_are_known_for_ever_and_to_every_worker(workers: Any) -> None:
    one = workers()
    one.batches.mark(claim(one, "a", "b", contents=[1, 2]).batch, Status.DELIVERED)
    one.close()
    other = workers("other")
    assert ends(claim(other, "b", "a", "c", contents=[9, 1, 0])) == {"fresh": [2], "delivered": [1], "changed": [0]}
    assert other.claims.peek(digests("a", "b", "c", "x"), [1, 2, 3, 4]).delivered == [0, 1]


def test_what_is_known_of_a_batch_is_looked_up_by_the_index_however_large_the_ledger_is(postgresql_url: str) -> None:
    """Else PostgreSQL reads the whole table for each batch of events that were delivered before."""
    names, part = range(20_000), 500

    def scans() -> int:
        with psycopg.connect(postgresql_url) as connection:
            row = connection.execute("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'deliveries'").fetchone()
        assert row is not None
        return int(row[0])

    workers = Workers(postgresql_url, Path())
    one = workers()
    one.batches.mark(claim(one, *names).batch, Status.DELIVERED)
    one.close()  # which hands over its counts
    before = scans()
    other = workers("other")
    assert len(claim(other, *names[:part]).delivered) == part
    assert len(other.claims.peek(digests(*names[:part]), [0] * part).delivered) == part
    other.close()
    assert scans() == before


def test_a_batch_reaches_postgresql_as_a_few_values_whatever_it_holds(postgresql_url: str) -> None:
    """Its driver writes a list value by value, which costs a worker more than all the rest of a claim."""
    workers = Workers(postgresql_url, Path())
    one, other = workers(), workers("other")
    engine = one.database._engine  # noqa: SLF001 - what reaches the driver is seen nowhere else
    handed: list[object] = []
    event.listen(engine, "before_cursor_execute", lambda *seen: handed.extend(seen[3].values()))
    claim(other, "d", "e")
    die(other)
    assert ends(claim(one, "a", "b", "d")) == {"fresh": [0, 1], "again": [2]}
    assert one.claims.note("101", digests("e", "f"), [3, 4], [20_000, 20_001]).fresh == [1]
    assert b"".join(digests("a", "b", "d")) in handed
    assert not [type(value) for value in handed if isinstance(value, list | tuple)]
    workers.close()


def test_a_worker_killed_before_it_asks_what_became_of_the_others_has_no_more_on_their_way_than_it_got(
    postgresql_url: str,
) -> None:
    """Else a receipt would call events in doubt that another delivered."""
    workers = Workers(postgresql_url, Path())
    one, other = workers(), workers("other")
    one.batches.mark(claim(one, "a", "b").batch, Status.DELIVERED)

    def first_half(*names: str) -> int:
        found = claim_in_one_statement(other.database, other.lease, "101", digests(*names), [0] * len(names))
        return found[1]

    def on_their_way() -> list[int]:
        batches = tables.batches
        with one.database.snapshot() as connection:
            return list(connection.scalars(select(batches.c.events).where(batches.c.status == Status.LEAVING)))

    assert (first_half("a", "b"), on_their_way()) == (0, [])
    assert (first_half("a", "b", "c"), on_their_way()) == (1, [1])
    workers.close()


def test_released_events_are_forgotten(workers: Any) -> None:
    one = workers()
    batch = claim(one, "a", "b", "c").batch
    one.batches.settle(batch, Status.DELIVERED, digests("b"))
    assert rows(one) == 2
    assert ends(claim(one, "a", "b", "c")) == {"fresh": [1], "delivered": [0, 2]}


def test_a_release_touches_no_other_batch(workers: Any) -> None:
    one = workers()
    first = claim(one, "a").batch
    claim(one, "b")
    one.batches.settle(first, Status.DELIVERED, digests("b"))
    assert rows(one) == 2


@pytest.mark.parametrize("status", [Status.LEAVING, Status.WAITING])
@pytest.mark.parametrize("resend", [True, False])
def test_a_live_workers_events_are_never_taken(workers: Any, status: Status, resend: Any) -> None:
    one, other = workers(), workers("other")
    one.batches.mark(claim(one, "a").batch, status)
    die(one, long_ago=False)
    assert ends(claim(other, "a", resend=resend)) == {"elsewhere": [0]}
    assert rows(other, tables.batches) == 1


@pytest.mark.parametrize("resend", [True, False])
def test_a_dead_workers_waiting_events_are_free(workers: Any, resend: Any) -> None:
    one, other = workers(), workers("other")
    one.batches.mark(claim(one, "a", "b").batch, Status.WAITING)
    die(one)
    assert ends(claim(other, "a", resend=resend)) == {"fresh": [0]}


@pytest.mark.parametrize("status", [Status.LEAVING, Status.IN_DOUBT])
@pytest.mark.parametrize(("resend", "end"), [(True, "again"), (False, "in_doubt")])
def test_what_a_dead_worker_was_sending_is_in_doubt_and_only_resend_takes_it(
    workers: Any, status: Status, resend: Any, end: str
) -> None:
    one, other = workers(), workers("other")
    one.batches.mark(claim(one, "a").batch, status)
    die(one)
    assert ends(claim(other, "a", resend=resend)) == {end: [0]}
    assert ends(claim(workers("third"), "a", resend=resend)) == ({"elsewhere": [0]} if resend else {"in_doubt": [0]})


def test_a_worker_that_left_is_gone_at_once(workers: Any) -> None:
    one = workers()
    claim(one, "a")
    one.close()
    assert ends(claim(workers("other"), "a", resend=False)) == {"in_doubt": [0]}


def test_a_live_workers_events_in_doubt_are_held_but_not_sent_beside_it(workers: Any) -> None:
    one, other = workers(), workers("other")
    one.batches.mark(claim(one, "a").batch, Status.IN_DOUBT)
    assert ends(claim(other, "a", resend=False)) == {"in_doubt": [0]}
    assert ends(claim(other, "a", resend=True)) == {"elsewhere": [0]}
    assert ends(claim(one, "a", resend=True)) == {"again": [0]}


def test_what_was_delivered_stays_so_when_its_worker_dies(workers: Any) -> None:
    one = workers()
    one.batches.mark(claim(one, "a").batch, Status.DELIVERED)
    die(one)
    assert ends(claim(workers("other"), "a")) == {"delivered": [0]}


def test_a_worker_whose_events_were_taken_over_may_neither_send_nor_claim_nor_stay(workers: Any) -> None:
    slow, other = workers(), workers("other")
    mine = claim(slow, "a", "b").batch
    slow.batches.mark(mine, Status.WAITING)
    die(slow)
    claim(other, "a")
    for act in (
        lambda: slow.batches.mark(mine, Status.LEAVING),
        lambda: claim(slow, "c"),
        slow.lease.heartbeat,
    ):
        with pytest.raises(LedgerError, match="another one took over"):
            act()
    assert rows(other) == 2
    slow.batches.mark(mine, Status.IN_DOUBT)  # what it knows of what it has sent is still welcome


def test_a_slow_worker_whose_events_nobody_took_goes_on(workers: Any) -> None:
    slow, other = workers(), workers("other")
    mine = claim(slow, "a").batch
    slow.batches.mark(mine, Status.WAITING)
    die(slow)
    slow.batches.mark(mine, Status.LEAVING)
    assert ends(claim(other, "a")) == {"elsewhere": [0]}
    die(slow)
    slow.lease.heartbeat()
    assert ends(claim(other, "a")) == {"elsewhere": [0]}


def test_a_slow_workers_division_does_not_take_back_what_was_taken_over(workers: Any) -> None:
    slow, other = workers(), workers("other")
    mine = claim(slow, "a", "b").batch
    slow.batches.mark(mine, Status.WAITING)
    die(slow)
    theirs = claim(other, "a").batch
    slow.batches.divide(mine, "101", [(digests("a"), Status.WAITING), (digests("b"), Status.WAITING)])
    other.batches.mark(theirs, Status.DELIVERED)
    assert ends(claim(other, "a")) == {"delivered": [0]}


def test_a_divided_batchs_parts_go_their_own_ways(workers: Any) -> None:
    one = workers()
    whole = claim(one, *range(6)).batch
    parts = [
        (digests(0, 1), Status.DELIVERED),
        (digests(2, 3), Status.WAITING),
        (digests(4), Status.IN_DOUBT),
        ([], Status.WAITING),
        (digests(5), Status.LEAVING),
    ]
    made = one.batches.divide(whole, "101", parts)
    assert len(set(made)) == 5
    assert whole not in made
    one.batches.settle(made[1], Status.WAITING, digests(3))
    one.close()
    other = workers("other")
    found = claim(other, *range(6), resend=False)
    assert ends(found) == {"fresh": [2, 3], "delivered": [0, 1], "in_doubt": [4, 5]}


def test_a_batch_that_the_ledger_lost_is_a_clear_stop(workers: Any) -> None:
    one = workers()
    with pytest.raises(LedgerError, match="lost batch 12345"):
        one.batches.mark(12345, Status.DELIVERED)


def test_a_claim_that_finds_nothing_fresh_leaves_no_batch(workers: Any) -> None:
    one = workers()
    one.batches.mark(claim(one, "a").batch, Status.DELIVERED)
    before = rows(one, tables.batches)
    claim(one, "a")
    assert rows(one, tables.batches) == before


def test_the_largest_batch_is_claimed_sorted_out_and_claimed_again(workers: Any) -> None:
    one = workers()
    names = list(range(5000))
    first = claim(one, *names[::2])
    one.batches.mark(first.batch, Status.DELIVERED)
    found = claim(one, *names)
    assert (len(found.fresh), len(found.delivered)) == (2500, 2500)
    assert found.delivered == names[::2]


@pytest.mark.parametrize("values", [999, 32_766])
def test_a_batch_of_any_size_is_written_whole_and_with_its_contents(workers: Any, values: int) -> None:
    """Few statements are kept, so that they have more rows than most batches; before 3.32 SQLite took 999 values."""
    ledger = workers()
    if ledger.database.is_sqlite:
        with ledger.database.transaction() as connection:
            connection.connection.driver_connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, values)
    first = 0
    for size in (1, 2, 3, 4, 5, 499, 500, 1_001, 4_999, 5_001):
        names = range(first, first + size)
        found = claim(ledger, *names, contents=names)
        assert ends(found) == {"fresh": [*range(size)]}
        ledger.batches.mark(found.batch, Status.DELIVERED)
        first += size
    assert rows(ledger) == first
    assert ends(claim(ledger, *range(first), contents=range(first))) == {"delivered": [*range(first)]}


def test_claims_of_many_workers_at_once_never_overlap(workers: Any) -> None:
    """Each claims the same events in its own order, while the first owner's lease is over."""
    gone = workers("gone")
    gone.batches.mark(claim(gone, *range(0, 200, 2)).batch, Status.WAITING)
    gone.close()
    ledgers = [workers(f"run-{number}") for number in range(4)]
    together = threading.Barrier(len(ledgers))
    got: list[list[int]] = [[] for _ in ledgers]
    errors: list[BaseException] = []

    def take(number: int) -> None:
        order = list(range(200))[:: 1 if number % 2 else -1]
        together.wait(10)
        try:
            for start in range(0, 200, 20):
                part = order[start : start + 20]
                got[number] += [part[index] for index in claim(ledgers[number], *part).fresh]
        except BaseException as error:  # noqa: BLE001 - the test's own thread looks at it
            errors.append(error)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(len(ledgers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(name for names in got for name in names) == list(range(200))


def test_an_id_of_a_batch_that_was_deleted_names_no_other_events(workers: Any) -> None:
    """SQLite may give a deleted row's id again; the events of the old one must not be its."""
    one = workers()
    batch = claim(one, "a", "b").batch
    made = one.batches.divide(batch, "101", [(digests("a"), Status.WAITING), (digests("b"), Status.WAITING)])
    again = claim(one, "c").batch
    one.batches.mark(again, Status.DELIVERED)
    one.batches.mark(made[0], Status.DELIVERED)
    one.close()
    assert ends(claim(workers("other"), "a", "b", "c")) == {"fresh": [1], "delivered": [0, 2]}


def test_what_is_sent_again_is_counted_apart_from_what_is_sent_first(workers: Any) -> None:
    one, other = workers(), workers("other")
    one.batches.mark(claim(one, "sent", "sent-too").batch, Status.LEAVING)
    waiting = claim(one, "waiting").batch
    one.batches.mark(waiting, Status.WAITING)
    die(one)
    found = claim(other, "new", "sent", "waiting", "sent-too")
    assert ends(found) == {"fresh": [0, 2], "again": [1, 3]}
    for batch in (found.batch, found.batch_again):
        other.batches.mark(batch, Status.DELIVERED)
    die(other)
    third = workers("third")
    told = {found.run: (found.delivered, found.resent, found.in_doubt) for found in third.lease.unreported()}
    assert told == {"run": (0, 0, 0), "other": (4, 2, 0)}


def test_a_run_without_a_report_is_told_of_once_and_a_live_one_never(workers: Any) -> None:
    one, other = workers("killed"), workers("alive")
    one.batches.mark(claim(one, "a", "b").batch, Status.DELIVERED)
    claim(one, "c")
    claim(other, "d")
    assert other.lease.unreported() == []
    die(one)
    (found,) = other.lease.unreported()
    assert (found.run, found.delivered, found.resent, found.in_doubt) == ("killed", 2, 0, 1)
    assert len(other.lease.unreported()) == 1, "it is not told before the report is written"
    other.close([found.worker])
    assert workers("third").lease.unreported() == []


def test_events_rejected_of_those_sent_again_are_no_doubles(workers: Any) -> None:
    one, other = workers(), workers("other")
    claim(one, "a", "b", "c")
    die(one)
    entry = claim(other, "a", "b", "c").batch_again
    other.batches.settle(entry, Status.DELIVERED, digests("b"))
    die(other)
    assert [found.resent for found in workers("third").lease.unreported()] == [0, 2]
