"""How many events were delivered, by rule and the day on which they happened: from the ledger, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import Status, tables
from target_linkedin_conversions.ledger.checksums import with_record
from target_linkedin_conversions.ledger.delivered_by_day import delivered_by_day
from target_linkedin_conversions.ledger.event_days import days_of_text, days_text
from target_linkedin_conversions.ledger.sent_under_two_ids import sent_under_two_ids

TODAY = 20_780


def digests(*names: str) -> list[bytes]:
    return [name.encode().ljust(16, b"-") for name in names]


def deliver(ledger: Any, rule: str, *days: int, status: Status = Status.DELIVERED, first: int = 0) -> int:
    names = [f"{rule}-{first + number}" for number in range(len(days))]
    batch = ledger.claims.claim(rule, digests(*names), [1] * len(days), resend=False).batch
    ledger.batches.mark(batch, status, days=days_text(days) if status is Status.DELIVERED else "")
    return int(batch)


def sent(ledger: Any, first: int = 0, last: int = 10**6) -> dict[tuple[str, int], int]:
    return {(one.rule, one.day): one.events for one in delivered_by_day(ledger.database, first, last)}


def test_events_stand_on_the_day_on_which_they_happened(workers: Any) -> None:
    ledger = workers()
    now = ledger.database
    with now.transaction() as connection:
        today = now.now(connection) // DAY_MS
    deliver(ledger, "101", today, today, today - 3)
    deliver(ledger, "102", today - 3)
    assert sent(ledger) == {("101", today): 2, ("101", today - 3): 1, ("102", today - 3): 1}
    assert sent(ledger, today - 3, today - 1) == {("101", today - 3): 1, ("102", today - 3): 1}


def deliver_as(ledger: Any, rule: str, what: list[int], *, key: int, day: int) -> None:
    """Events of these times and values, told apart by a column's id and their record's key, or by an id of our own where that is 0."""
    names = [f"{rule}{key}{day}-{number}" for number in range(len(what))]
    contents = [with_record(one, key, 0) for one in what]
    batch = ledger.claims.claim(rule, digests(*names), contents, resend=False).batch
    ledger.batches.mark(batch, Status.DELIVERED, days=days_text([day] * len(what)))


def test_what_was_sent_under_a_column_s_id_and_one_of_our_own_is_told_by_time_and_value(workers: Any) -> None:
    ledger = workers()
    with ledger.database.transaction() as connection:
        today = ledger.database.now(connection) // DAY_MS
    largest = (1 << 32) - 1
    deliver_as(ledger, "101", [7, 8, largest, largest], key=0xFFFF, day=today - 1)
    assert sent_under_two_ids(ledger.database, 0, today) == {}
    deliver_as(ledger, "101", [7, 9, largest], key=0, day=today - 1)
    assert sent_under_two_ids(ledger.database, 0, today) == {"101": 2}
    deliver_as(ledger, "102", [8], key=0, day=today - 1)  # another rule's
    deliver_as(ledger, "101", [8], key=0, day=today - 9)
    assert sent_under_two_ids(ledger.database, today - 5, today) == {"101": 2}
    assert sent_under_two_ids(ledger.database, 0, today) == {"101": 3}


@pytest.mark.parametrize("status", [Status.LEAVING, Status.WAITING, Status.IN_DOUBT])
def test_only_what_was_delivered_counts(sqlite: Any, status: Status) -> None:
    ledger = sqlite()
    deliver(ledger, "101", TODAY, status=status)
    assert sent(ledger) == {}


def test_what_was_released_from_a_batch_is_not_counted(sqlite: Any) -> None:
    ledger = sqlite()
    batch = deliver(ledger, "101", TODAY, TODAY, TODAY + 1, status=Status.LEAVING)
    kept = days_text([TODAY, TODAY, TODAY + 1], [TODAY + 1])
    ledger.batches.settle(batch, Status.DELIVERED, digests("101-2"), days=kept)
    assert sent(ledger) == {("101", TODAY): 2}


def test_a_divided_batch_counts_its_delivered_part(sqlite: Any) -> None:
    ledger = sqlite()
    batch = deliver(ledger, "101", TODAY, TODAY + 1, status=Status.LEAVING)
    parts = [(digests("101-0"), Status.DELIVERED), (digests("101-1"), Status.WAITING)]
    ledger.batches.divide(batch, "101", parts, days=[days_text([TODAY]), ""])
    assert sent(ledger) == {("101", TODAY): 1}


def test_what_was_noted_as_delivered_has_its_days_too(workers: Any) -> None:
    ledger = workers()
    ledger.claims.note("101", digests("a", "b"), [1, 1], [TODAY, TODAY + 2])
    assert sent(ledger) == {("101", TODAY): 1, ("101", TODAY + 2): 1}


def test_a_batch_of_an_earlier_release_stands_on_the_day_it_was_sent_and_says_so(workers: Any) -> None:
    ledger = workers()
    batch = ledger.claims.claim("101", digests("a"), [1], resend=False).batch
    ledger.batches.mark(batch, Status.DELIVERED)
    (one,) = delivered_by_day(ledger.database, 0, 10**6)
    assert (one.events, one.undated, one.day) == (1, 1, one.last // DAY_MS)


def test_days_that_no_run_has_written_stop_it_with_a_sentence(sqlite: Any) -> None:
    ledger = sqlite()
    deliver(ledger, "101", TODAY)
    for text in ('{"x":1}', "[1]", "{", '{"1":-5}'):
        with ledger.database.transaction() as connection:
            connection.execute(update(tables.batches).values(days=text))
        with pytest.raises(LedgerError, match="holds what no run has written"):
            delivered_by_day(ledger.database, 0, 10**6)


@given(st.lists(st.integers(0, 200)), st.data())
def test_days_come_back_as_they_went_in(days: list[int], data: st.DataObject) -> None:
    gone = data.draw(st.lists(st.sampled_from(days), unique_by=id, max_size=len(days))) if days else []
    without = [day for day in set(gone) for _ in range(min(gone.count(day), days.count(day)))]
    left = days_of_text(days_text(days, without))
    assert sum(left.values()) == len(days) - len(without)
    assert all(left.get(day, 0) == days.count(day) - without.count(day) for day in set(days))
