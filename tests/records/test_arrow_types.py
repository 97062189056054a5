"""Casts inside of Arrow's columns: what is meant is cast wherever it lies, and nothing else is touched or lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")

from target_linkedin_conversions.records.arrow_floats import with_short_floats  # noqa: E402 - the same
from target_linkedin_conversions.records.arrow_types import with_cast  # noqa: E402 - the same

AT = dt.datetime(2026, 7, 1, 8, tzinfo=dt.UTC)
DAY = dt.date(2026, 7, 1)
IN_BERLIN, IN_UTC = pa.timestamp("us", "Europe/Berlin"), pa.timestamp("us", "UTC")


def told_in_utc(kind: Any) -> Any:
    return IN_UTC if kind == IN_BERLIN else kind


def structure(**members: Any) -> Any:
    """Two structures of members that may not be null, of which the second one is null: as Spark hands them over."""
    fields = [pa.field(name, array.type, nullable=False) for name, array in members.items()]
    return pa.StructArray.from_arrays([*members.values()], fields=fields, mask=pa.array([False, True]))


DAYS = pa.array([DAY, None])
TIMES = pa.array([AT, None], IN_BERLIN)
PRICES = pa.array([12.1, None], pa.float32())
TWO = pa.array([0, 1, 2], pa.int32())
PLACES = {
    "a structure": structure(at=TIMES, price=PRICES, day=DAYS),
    "one in one": structure(at=TIMES, price=PRICES, inside=structure(day=DAYS)),
    "a list": pa.ListArray.from_arrays(TWO, structure(at=TIMES, price=PRICES, day=DAYS)),
    "a large list": pa.LargeListArray.from_arrays(TWO.cast("int64"), structure(at=TIMES, price=PRICES, day=DAYS)),
    "a map": pa.MapArray.from_arrays(TWO, pa.array(["a", "b"]), structure(at=TIMES, price=PRICES, day=DAYS)),
    "a map's key": pa.MapArray.from_arrays(TWO, pa.array([AT, AT], IN_BERLIN), structure(price=PRICES, day=DAYS)),
    "nothing of the kind": structure(day=DAYS),
    "a map of nothing of the kind": pa.MapArray.from_arrays(TWO, pa.array(["a", "b"]), structure(day=DAYS)),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_structure_that_is_null_is_cast_though_no_member_of_it_may_be(place: str) -> None:
    batch = pa.record_batch({"at": TIMES, "column": PLACES[place], "other": structure(day=DAYS)})
    cast = with_cast(batch, told_in_utc)
    assert cast.column("at").type == IN_UTC
    assert cast.column("column").to_pylist() == batch.column("column").to_pylist()  # the same moments
    assert "Europe/Berlin" not in str(cast.schema)
    assert cast.column("other").equals(batch.column("other"))
    priced = with_short_floats(cast)
    assert "12.100000381469727" not in str(priced.to_pylist())
    assert ("price" in str(batch.schema)) is ("'price': 12.1" in str(priced.to_pylist()))


def test_a_batch_without_anything_to_cast_is_itself() -> None:
    batch = pa.record_batch({"column": PLACES["a map of nothing of the kind"], "other": structure(day=DAYS)})
    assert with_cast(batch, told_in_utc) is batch
    assert with_short_floats(batch) is batch
