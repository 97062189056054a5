"""`deliver()`: what rows may be, and the values in them, of Python and of Arrow."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import OrderedDict, UserDict
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from tests.run.here import Here
from tests.singer.pipe import entry

if TYPE_CHECKING:
    from tests.run.here import Here


def test_values_of_python_are_those_that_a_tap_would_write(here: Here) -> None:
    moment = dt.datetime.fromtimestamp(here.now / 1000 - 3600, dt.UTC).replace(microsecond=0)
    zone = dt.timezone(dt.timedelta(hours=2))
    rows = [
        {"id": UUID(int=1), "email": "a@example.com", "happened_at": moment, "value": Decimal("12.50")},
        {"id": UUID(int=2), "email": "b@example.com", "happened_at": moment.astimezone(zone), "value": 0.1},
        {"id": UUID(int=3), "email": "c@example.com", "happened_at": moment.replace(tzinfo=None), "value": 7},
        {"id": UUID(int=4), "email": "d@example.com", "happened_at": (moment - dt.timedelta(days=2)).date()},
        {"id": UUID(int=5), "email": "e@example.com", "happened_at": moment, "value": Decimal("NaN")},
        OrderedDict(id=UUID(int=6), email="f@example.com", happened_at=moment, value=float("inf")),
        UserDict(id=UUID(int=7), email="g@example.com", happened_at=moment, value=True),
    ]
    receipt = here([{"currency": "EUR", **row} for row in rows])
    assert receipt.counts == {"delivered": 7}
    sent = sorted(here.linkedin.received, key=lambda event: event["user"]["userIds"][0]["idValue"])
    times = {event["conversionHappenedAt"] for event in sent}
    at = int(moment.timestamp() * 1000)
    assert at in times
    assert len(times) == 2
    amounts = {event["conversionValue"]["amount"] for event in sent if "conversionValue" in event}
    assert amounts == {"12.50", "0.1", "7"}


def test_bytes_are_no_text(here: Here) -> None:
    """They are what JSON makes of them: a SHA-256 of 32 bytes is one, an address is none."""
    (digest,) = {event["user"]["userIds"][0]["idValue"] for event in _sent(here, here.rows(1, email="a@example.com"))}
    (again,) = {
        event["user"]["userIds"][0]["idValue"] for event in _sent(here, here.rows(2, email=bytes.fromhex(digest)))
    }
    assert again == digest
    assert here(here.rows(3, email=b"a@example.com")).counts == {"rejected": 1}


def _sent(here: Here, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    before = len(here.linkedin.received)
    here(rows)
    return list(here.linkedin.received[before:])


def test_nested_columns_are_reached(here: Here) -> None:
    row = {"id": 1, "who": {"mail": {"work": "a@example.com"}}, "happened_at": here.now - 1000}
    receipt = here([row], streams=[entry(fields={"email": "who.mail.work"})])
    assert receipt.counts == {"delivered": 1}


def test_rows_may_differ_in_their_keys(here: Here) -> None:
    rows = here.rows(1, 2, 3)
    rows[0]["extra"] = 1
    rows[1].pop("email")
    rows[1]["work_email"] = "b@example.com"
    receipt = here(rows, streams=[entry(fields={"email": ["email", "work_email", "private_email"]})])
    assert receipt.counts == {"delivered": 3}


def test_a_row_is_never_changed(here: Here) -> None:
    rows = here.rows(1, 2)
    before = pickle.dumps(rows)
    here(rows)
    assert pickle.dumps(rows) == before


def arrow(here: Here, *numbers: int) -> Any:
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra

    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "email": [f"row.{n}@example.com" for n in numbers],
            "happened_at": pa.array(
                [(here.now - 60_000 - n) * 1_000_000 + 1 for n in numbers], pa.timestamp("ns", "UTC")
            ),
            "value": pa.array([Decimal("12.50")] * len(numbers), pa.decimal128(10, 2)),
            "currency": ["EUR"] * len(numbers),
        }
    )


@pytest.mark.parametrize("form", ["table", "reader", "batches", "generator", "batch"])
def test_arrow_data_is_rows(here: Here, form: str) -> None:
    table = arrow(here, 1, 2, 3)
    forms: dict[str, Any] = {
        "table": table,
        "reader": table.to_reader(),
        "batches": table.to_batches(max_chunksize=2),
        "generator": iter(table.to_batches(max_chunksize=2)),
        "batch": table.to_batches()[0],
    }
    assert here(forms[form]).counts == {"delivered": 3}
    assert {event["conversionValue"]["amount"] for event in here.linkedin.received} == {"12.50"}
    assert here(here.rows(1, 2, 3)).codes == {("already_delivered", "changed"): 3}


def test_an_arrow_schema_serves_for_rows(here: Here) -> None:
    assert here(here.rows(1), schema=arrow(here).schema).counts == {"delivered": 1}
    assert here(arrow(here)).counts == {}


@pytest.mark.parametrize("half", [chr(0xD83D), chr(0xDC4B), chr(0xD83D) * 2])
def test_half_a_character_costs_no_row(here: Here, half: str) -> None:
    """A source that cuts texts at a length leaves it; a tap's line with it is taken, so a row is too."""
    schema: dict[str, Any] = {
        "properties": {name: {} for name in ("id", "email", "happened_at", "note", "company", "list")}
    }
    rows = here.rows(1, 2, 3, 4)
    rows[0] |= {"note": f"cut {half}"}
    rows[1] |= {"company": f"Acme {half}"}
    rows[2] |= {"email": [f"row.3@example.com{half}", "row.3b@example.com"]}
    receipt = here(rows, schema=schema)
    assert (receipt.exit_code, receipt.counts) == (0, {"delivered": 4}), receipt.message


def test_two_halves_of_a_character_are_that_character(here: Here) -> None:
    whole, halves = here.rows(1, 1)
    whole["id"], halves["id"] = "\U0001f44b 7", "\ud83d\udc4b 7"
    halves["happened_at"] = whole["happened_at"]
    assert here([whole]).counts == {"delivered": 1}
    assert here([halves]).counts == {"already_delivered": 1}


def test_a_key_of_half_a_character_is_one_that_a_tap_would_bring(here: Here) -> None:
    rows = here.rows(1, 2)
    rows[0]["id"], rows[1]["id"] = "deal \ud83d", "deal \ufffd"
    rows[1]["happened_at"] = rows[0]["happened_at"]
    receipt = here(rows)
    assert (receipt.exit_code, receipt.counts) == (0, {"delivered": 1, "already_delivered": 1})


def test_an_amount_that_is_whole_in_some_rows_is_no_amount_in_cents(here: Here) -> None:
    """Python writes 50 and 49.9 beside each other, and JSON lines do: only where all are whole are they most often cents."""
    mixed = [
        row | {"amount": amount, "currency": "EUR"}
        for row, amount in zip(here.rows(1, 2, 3), (50, 49.9, 7), strict=True)
    ]
    assert here(mixed).counts == {"delivered": 3}
    assert sorted(event["conversionValue"]["amount"] for event in here.linkedin.received) == ["49.9", "50", "7"]
    whole = [
        row | {"amount": amount, "currency": "EUR"} for row, amount in zip(here.rows(4, 5), (5000, 700), strict=True)
    ]
    assert all("conversionValue" not in event for event in _sent(here, whole))
