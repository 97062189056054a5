"""One batcher: full by events, by bytes or by age, each rule for itself, and nothing lost between."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.delivery.batch import Batch, BatchOptions
from target_linkedin_conversions.run.batcher import MOST_BYTES, Batcher, Buffer
from tests.delivery.world import event


class Out:
    """Takes batches, and issues a ticket for each lot of events."""

    def __init__(self, rows: int = 5000) -> None:
        self.batches: list[Batch] = []
        self.issued: list[tuple[str, int]] = []
        options = BatchOptions("leads", reject_too_old=True, personal_columns=frozenset({"mail"}), resend=True)
        self.batcher = Batcher(options, rows, self.batches.append, self.issue)

    def issue(self, rule: str, events: int) -> int:
        self.issued.append((rule, events))
        return len(self.issued)


def test_a_batch_has_what_all_of_its_stream_have_in_common() -> None:
    out = Out()
    out.batcher.put(event("a"), "ticket")
    out.batcher.send_all()
    (batch,) = out.batches
    assert (batch.rule, batch.stream, batch.tickets) == ("101", "leads", ["ticket"])
    assert (batch.reject_too_old, batch.personal_columns, batch.resend) == (True, frozenset({"mail"}), True)
    assert batch.only([0]) == batch


@given(rules=st.lists(st.sampled_from(["101", "102", "103"]), max_size=60), rows=st.integers(1, 7))
def test_every_event_leaves_once_with_its_ticket_in_its_order(rules: list[str], rows: int) -> None:
    out = Out(rows)
    for number, rule in enumerate(rules):
        out.batcher.put(event(str(number), rule), number)
        assert out.batcher.waiting == number + 1 - sum(len(batch.events) for batch in out.batches)
    out.batcher.send_all()
    assert all(len(batch.events) <= rows for batch in out.batches)
    for rule in set(rules):
        tickets = [ticket for batch in out.batches if batch.rule == rule for ticket in batch.tickets]
        assert tickets == [number for number, its in enumerate(rules) if its == rule]
        sent = [one.identity for batch in out.batches if batch.rule == rule for one in batch.events]
        assert sent == [str(ticket) for ticket in tickets]
    assert out.batcher.oldest is None
    assert out.issued == []


def test_events_without_tickets_get_those_of_their_lot() -> None:
    out = Out()
    buffer = out.batcher.buffers.setdefault("101", Buffer())
    buffer.events += [event("a"), event("b")]
    out.batcher.note_made()
    buffer.events.append(event("c"))
    out.batcher.send("101")
    assert out.issued == [("101", 2), ("101", 1)]
    assert out.batches[0].tickets == [1, 1, 2]


def test_a_batch_is_bounded_by_its_bytes() -> None:
    out = Out()
    large: Any = event("a", note="x" * (MOST_BYTES // 3))
    for number in range(6):
        out.batcher.put(large, number)
    assert [len(batch.events) for batch in out.batches] == [3, 3]


@pytest.mark.parametrize(("age", "left"), [(0.0, 0), (60.0, 1)])
def test_what_is_old_enough_leaves(age: float, left: int) -> None:
    out = Out()
    out.batcher.put(event("a"), 1)
    oldest = out.batcher.oldest
    assert oldest is not None
    assert oldest <= time.monotonic()
    out.batcher.send_older_than(age)
    assert out.batcher.waiting == left
