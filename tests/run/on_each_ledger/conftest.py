"""Runs with a ledger on SQLite, and on PostgreSQL."""

from __future__ import annotations

from threading import Condition
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.courier import Courier
from target_linkedin_conversions.delivery.send_once import LedgerSendOnce

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.batch import Batch
    from tests.singer.pipe import Pipe


@pytest.fixture(params=["sqlite", "postgresql"])
def pipe(request: pytest.FixtureRequest, pipe: Pipe) -> Pipe:
    if request.param == "postgresql":
        pipe.config["ledger_url"] = request.getfixturevalue("postgresql_url")
    return pipe


@pytest.fixture
def asked_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each batch be the first to ask the ledger of those that are left, though many are under way at once.

    Senders ask in any order, so of two batches with one identity either may be the first.
    """
    next_to_ask = Condition()
    order: list[Batch] = []
    carry, clear = Courier.carry, LedgerSendOnce.clear

    def carry_noted(courier: Courier, batch: Batch, **how: Any) -> None:
        with next_to_ask:
            order.append(batch)
        carry(courier, batch, **how)

    def clear_in_turn(send_once: LedgerSendOnce, batch: Batch, *, again: bool = False) -> Any:
        if again:
            return clear(send_once, batch, again=True)
        with next_to_ask:
            assert next_to_ask.wait_for(lambda: order[0] is batch, 60)
        try:
            return clear(send_once, batch)
        finally:
            with next_to_ask:
                order.pop(0)
                next_to_ask.notify_all()

    monkeypatch.setattr(Courier, "carry", carry_noted)
    monkeypatch.setattr(LedgerSendOnce, "clear", clear_in_turn)
