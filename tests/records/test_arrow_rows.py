"""Arrow's columns become the rows that the same values become as a record's JSON."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.records.arrow_floats import with_short_floats
from target_linkedin_conversions.records.arrow_rows import ArrowRows
from target_linkedin_conversions.records.columns import Columns
from target_linkedin_conversions.records.timestamps import NOT_A_TIME, milliseconds
from target_linkedin_conversions.singer.parquet_files import parquet_records
from target_linkedin_conversions.tables.arrow import arrow_rows

if TYPE_CHECKING:
    from target_linkedin_conversions.records.rows import Row, RowType

BERLIN = dt.timezone(dt.timedelta(hours=1))
AT = dt.datetime(2026, 11, 27, 9, 30, 0, 250_000, BERLIN)
LONG = Decimal("1234567890123456789012345678.0100000000")
CASES: dict[str, tuple[Any, Any, Any]] = {
    "text": (pa.string(), "Ann", "Ann"),
    "large-text": (pa.large_string(), "Ann", "Ann"),
    "dictionary": (pa.dictionary(pa.int8(), pa.string()), "Ann", "Ann"),
    "integer": (pa.int64(), 2**62, 2**62),
    "unsigned": (pa.uint64(), 2**64 - 1, 2**64 - 1),
    "truth": (pa.bool_(), True, True),
    "float": (pa.float64(), 0.1, Decimal("0.1")),
    "short-float": (pa.float32(), 12.1, Decimal("12.1")),
    "whole-short-float": (pa.float32(), 5, Decimal("5.0")),
    "largest-short-float": (pa.float32(), 3.4028235e38, Decimal("3.4028235E+38")),
    "no-short-number": (pa.float32(), float("nan"), None),
    "short-floats-inside": (
        pa.list_(pa.struct([("m", pa.map_(pa.string(), pa.large_list(pa.float32()))), ("d", pa.float64())])),
        [{"m": [("a", [0.1, None])], "d": 0.1}, None],
        [{"m": {"a": [Decimal("0.1"), None]}, "d": Decimal("0.1")}, None],
    ),
    "no-number": (pa.float64(), float("nan"), None),
    "decimal": (pa.decimal128(38, 10), LONG, LONG),
    "whole-decimal": (pa.decimal128(38, 0), Decimal(7), 7),
    "tiny-decimal": (pa.decimal256(50, 20), Decimal("0.00000000000000000001"), Decimal("1E-20")),
    "rounded-decimal": (pa.decimal128(5, -2), Decimal(1200), Decimal("1.2E+3")),
    "no-amount": (pa.decimal128(9, 3), Decimal("0.000"), Decimal("0.000")),
    "date": (pa.date32(), dt.date(2026, 11, 27), "2026-11-27"),
    "time-with-zone": (pa.timestamp("us", "+01:00"), AT, "2026-11-27T09:30:00.250000+01:00"),
    "time-without-zone": (pa.timestamp("us"), AT.replace(tzinfo=None), "2026-11-27T09:30:00.250000"),
    "time-in-utc": (pa.timestamp("us", "UTC"), AT.astimezone(dt.UTC), "2026-11-27T08:30:00.250000Z"),
    "whole-second-in-utc": (pa.timestamp("us", "UTC"), AT.replace(microsecond=0), "2026-11-27T08:30:00Z"),
    "seconds": (pa.timestamp("s"), AT.replace(tzinfo=None, microsecond=0), "2026-11-27T09:30:00"),
    "milliseconds-in-utc": (pa.timestamp("ms", "UTC"), AT.astimezone(dt.UTC), "2026-11-27T08:30:00.250000Z"),
    "nanoseconds": (pa.timestamp("ns"), 1_795_768_200_250_000_123, "2026-11-27T08:30:00.250000"),
    "nanoseconds-in-utc": (pa.timestamp("ns", "UTC"), 1_795_768_200_250_000_123, "2026-11-27T08:30:00.250000Z"),
    "nanoseconds-of-a-zone": (pa.timestamp("ns", "Europe/Berlin"), 1_795_768_200_000_000_123, "2026-11-27T08:30:00Z"),
    "time-of-no-calendar": (pa.timestamp("us"), 400_000_000_000_000_000, "14645-06-30T15:06:40"),
    "bytes": (pa.binary(), b"\x00\xff", "AP8="),
    "list": (pa.list_(pa.float32()), [0.5, None], [Decimal("0.5"), None]),
    "structure": (
        pa.struct([("a", pa.struct([("b", pa.date32())]))]),
        {"a": {"b": dt.date(2026, 1, 2)}},
        {"a": {"b": "2026-01-02"}},
    ),
    "map": (pa.map_(pa.string(), pa.int32()), [("a", 1), ("b", None)], {"a": 1, "b": None}),
    "map-of-numbers": (pa.map_(pa.int32(), pa.string()), [(1, "a")], {"1": "a"}),
    "map-of-truths": (pa.map_(pa.bool_(), pa.int8()), [(True, 1)], {"true": 1}),
    "map-of-decimals": (pa.map_(pa.decimal128(5, 2), pa.int8()), [(Decimal("1.50"), 1)], {"1.50": 1}),
    "map-of-days": (pa.map_(pa.date32(), pa.int8()), [(dt.date(2026, 1, 2), 1)], {"2026-01-02": 1}),
    "map-of-times": (
        pa.map_(pa.timestamp("us", "UTC"), pa.int8()),
        [(AT.astimezone(dt.UTC), 1)],
        {"2026-11-27T08:30:00.250000Z": 1},
    ),
    "map-of-bytes": (pa.map_(pa.binary(), pa.int8()), [(b"\x00\xff", 1)], {"AP8=": 1}),
    "map-of-structures": (
        pa.map_(pa.struct([("day", pa.date32()), ("m", pa.map_(pa.string(), pa.int8()))]), pa.int8()),
        [({"day": dt.date(2026, 1, 2), "m": [("a", 1)]}, 1)],
        {'{"day":"2026-01-02","m":{"a":1}}': 1},
    ),
    "map-inside": (
        pa.list_(pa.struct([("m", pa.map_(pa.string(), pa.map_(pa.string(), pa.bool_())))])),
        [{"m": [("a", [("b", True)])]}, {"m": None}, None],
        [{"m": {"a": {"b": True}}}, {"m": None}, None],
    ),
    "nothing": (pa.null(), None, None),
}


def row_type(*names: str, required: tuple[str, ...] = ()) -> RowType:
    columns = Columns({})
    for name in names:
        columns.optional(name)
    return columns.row_type(required)


def rows_of(batch: Any, kind: RowType) -> list[Row]:
    return [row for part in ArrowRows(kind).of(batch) for row in part]


@pytest.mark.parametrize("case", CASES)
def test_a_value_is_what_its_json_would_be_and_null_is_null(case: str) -> None:
    kind, value, expected = CASES[case]
    batch = pa.record_batch({"c": pa.array([value, None], kind)})
    assert rows_of(batch, row_type("c")) == [(expected,), (None,)]


FAR = 2**63 - 1
OF_NO_CALENDAR: dict[str, tuple[Any, Any, int, str]] = {
    "us": (pa.timestamp("us"), pa.int64(), FAR, f"{FAR} us"),
    "us-in-utc": (pa.timestamp("us", "UTC"), pa.int64(), -FAR, f"{-FAR} us"),
    "us-of-a-zone": (pa.timestamp("us", "Europe/Berlin"), pa.int64(), FAR, f"{FAR} us"),
    "ms-that-overflow": (pa.timestamp("ms", "UTC"), pa.int64(), FAR, f"{FAR} ms"),
    "s-that-overflow": (pa.timestamp("s"), pa.int64(), FAR // 1000, f"{FAR // 1000} s"),
    "day": (pa.date32(), pa.int32(), 2**31 - 1, f"{2**31 - 1} days"),
    "day-of-the-year-10000": (pa.date32(), pa.int32(), 2_932_897, "2932897 days"),
    "span": (pa.duration("s"), pa.int64(), FAR, f"{FAR} s"),
}


@pytest.mark.parametrize("inside", ["column", "list", "structure", "map", "key"])
@pytest.mark.parametrize("case", OF_NO_CALENDAR)
def test_a_time_of_no_calendar_is_no_time_and_no_complaint_and_costs_no_other_row(case: str, inside: str) -> None:
    kind, number_type, number, told = OF_NO_CALENDAR[case]
    within: dict[str, tuple[Any, Any, Any]] = {
        "column": (lambda of: of, number, told),
        "list": (pa.list_, [number, None], [told, None]),
        "structure": (
            lambda of: pa.struct([("at", of), ("n", pa.int8())]),
            {"at": number, "n": 1},
            {"at": told, "n": 1},
        ),
        "map": (lambda of: pa.map_(pa.string(), of), [("a", number)], {"a": told}),
        "key": (lambda of: pa.map_(of, pa.int8()), [(number, 1)], {told: 1}),
    }
    of, value, expected = within[inside]
    column = pa.array([value, None], of(number_type)).cast(of(kind))
    rows = rows_of(pa.record_batch({"n": pa.array([1, 2]), "at": column}), row_type("n", "at"))
    assert rows == [(1, expected), (2, None)]
    assert milliseconds(told) is NOT_A_TIME


def test_only_columns_that_are_read_are_read_and_those_that_lack_have_their_default() -> None:
    batch = pa.record_batch({"b": pa.array([1, 2]), "unreadable": pa.array([b"\xff", b"\xff"]).view(pa.string())})
    assert rows_of(batch, row_type("a", "b", "k", required=("k",))) == [
        (None, 1, msgspec.UNSET),
        (None, 2, msgspec.UNSET),
    ]
    assert rows_of(batch, row_type()) == [(), ()]


def test_what_is_no_text_is_told_by_its_row_and_not_shown() -> None:
    texts = pa.array([b"fine", b"fine", b"\xff\xfeprivate"]).view(pa.string())
    rows = ArrowRows(row_type("name"))
    list(rows.of(pa.record_batch({"name": pa.array(["a"] * 10)})))
    with pytest.raises(InputError, match="column 'name' of row 13 holds what JSON cannot say") as caught:
        list(rows.of(pa.record_batch({"name": texts})))
    assert "private" not in str(caught.value)


def test_a_batch_of_many_rows_comes_in_parts() -> None:
    parts = list(ArrowRows(row_type("n")).of(pa.table({"n": pa.chunked_array([range(4_000), range(3_000)])})))
    assert [len(part) for part in parts] == [2_500, 2_500, 2_000]
    assert [row[0] for part in parts for row in part] == [*range(4_000), *range(3_000)]


_encode = msgspec.json.Encoder(decimal_format="number").encode
_VALUES = st.fixed_dictionaries(
    {
        "text": st.none() | st.text(st.characters(codec="utf-8")),
        "number": st.none() | st.floats(allow_infinity=False),
        "amount": st.none() | st.decimals(-(10**9), 10**9, places=4),
        "at": st.none() | st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)),  # noqa: DTZ001 - a time without a zone is the case
        "tags": st.none() | st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=5), max_size=3),
    }
)
_SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("number", pa.float64()),
        ("amount", pa.decimal128(30, 4)),
        ("at", pa.timestamp("us")),
        ("tags", pa.list_(pa.string())),
    ]
)


@given(st.lists(_VALUES, min_size=1, max_size=5))
def test_rows_of_arrow_are_the_rows_of_the_same_records_as_json(records: list[dict[str, Any]]) -> None:
    kind = row_type(*_SCHEMA.names)
    decode = msgspec.json.Decoder(kind.struct, float_hook=Decimal).decode
    expected = [kind.row_of(decode(_encode(record))) for record in records]
    assert rows_of(pa.RecordBatch.from_pylist(records, _SCHEMA), kind) == expected


def test_a_short_float_is_the_same_number_by_every_way_that_reads_arrow() -> None:
    table = pa.table({"price": pa.array([12.1, None, 0.7], pa.float32())})
    file = io.BytesIO()
    parquet.write_table(table, file)
    file.seek(0)
    expected = [{"price": 12.1}, {"price": None}, {"price": 0.7}]
    assert [*arrow_rows([table])] == expected
    assert [msgspec.json.decode(record) for record in parquet_records(file)] == expected
    assert with_short_floats(table.select([])).schema == pa.schema([])
