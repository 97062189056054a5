"""A ledger that can no longer be written once LinkedIn has answered: what it took is told as delivered all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger.batches import Batches
from tests.delivery.world import Desk, events, taken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAKEN, REFUSED, PASSING = {"status": 201}, {"status": 400, "error": {"message": "bad"}}, {"status": 503}


def answering(*elements: dict[str, Any]) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda _events: (200, {"elements": list(elements)})


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (taken, {"delivered": 3}),
        (answering(TAKEN, REFUSED, TAKEN), {"delivered": 2}),
        (answering(TAKEN, PASSING, TAKEN), {"delivered": 2}),
        (answering(TAKEN, REFUSED, PASSING), {"delivered": 1}),
        (answering(TAKEN, {"status": 500}, {"status": 403}), {"delivered": 1}),
    ],
    ids=["all", "one refused", "one busy", "one of each", "one doubtful"],
)
def test_what_linkedin_took_is_delivered_though_the_ledger_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Any, counts: dict[str, int]
) -> None:
    def full(*_: Any, **_named: Any) -> None:
        raise LedgerError("the ledger cannot be written (database or disk is full)")

    desk = Desk(tmp_path, answer)
    for change in ("mark", "settle", "divide"):
        monkeypatch.setattr(Batches, change, full)
    with pytest.raises(LedgerError, match="disk is full"):
        desk.send(events(*range(3)))
    assert desk.ear.counts() == counts
    assert len(desk.stub.sent) == 1
    monkeypatch.undo()
    desk.close()
