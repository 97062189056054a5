"""Rows of Python whose classes are somebody's own: whatever they raise is the row's fault, told by its number and without its values."""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions import deliver
from target_linkedin_conversions.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.singer.pipe import Pipe

CANARY = "canary-7f3a"


def _raise(*_: Any) -> Any:
    raise RuntimeError(CANARY)


class Text(str):
    __slots__ = ()
    encode: Any = _raise
    strip: Any = _raise
    __str__: Any = _raise


class Number(int):
    __index__ = __str__ = _raise


class Lazy:
    __repr__ = __str__ = _raise


class Zone(dt.tzinfo):
    utcoffset: Any = _raise
    dst: Any = _raise
    tzname: Any = _raise


class Read(dict[str, Any]):
    items = get = __iter__ = __getitem__ = _raise


class Half(Mapping[str, Any]):
    __getitem__ = _raise

    def __iter__(self) -> Iterator[str]:
        yield "id"
        _raise()

    def __len__(self) -> int:
        return 1


VALUES: dict[str, Callable[[], object]] = {
    "text": lambda: Text("row.1@example.com"),
    "number": lambda: Number(5),
    "lazy": Lazy,
    "zone": lambda: dt.datetime(2026, 11, 27, tzinfo=Zone()),
}


@pytest.mark.parametrize("column", ["id", "email", "happened_at", "value"])
@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_raises_is_told_by_its_row(
    name: str, column: str, pipe: Pipe, caplog: pytest.LogCaptureFixture
) -> None:
    sound, broken = pipe.rows(1, 2)
    receipt = deliver([sound, {**broken, column: VALUES[name]()}], pipe.config, stream="leads", key=["id"])
    assert receipt.exit_code == 7
    assert f"column '{column}' of row 2" in (receipt.message or "")
    assert CANARY not in (receipt.message or "") + caplog.text


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_raises_costs_nothing_where_nobody_reads_it(name: str, pipe: Pipe) -> None:
    rows = [{**row, "note": VALUES[name]()} for row in pipe.rows(1, 2)]
    assert deliver(rows, pipe.config, stream="leads", key=["id"]).counts["delivered"] == 2


@pytest.mark.parametrize("row", [Read(id=1), Half(), {Text("email"): 1}], ids=["read", "half", "name"])
def test_a_row_that_raises_is_broken_input(row: object, pipe: Pipe, caplog: pytest.LogCaptureFixture) -> None:
    for rows in ([row], [*pipe.rows(*range(1, 3)), row]):
        receipt = deliver(rows, pipe.config, stream="leads", key=["id"])
        assert receipt.exit_code == 7
        assert CANARY not in (receipt.message or "") + caplog.text


@pytest.mark.parametrize("names", [{"key": (5, None)}, {"key": 5}, {"stream": 5}, {"stream": None}])
def test_a_name_that_is_no_text_is_a_wrong_setting(names: dict[str, Any], pipe: Pipe) -> None:
    with pytest.raises(ConfigError, match="expected text"):
        deliver(pipe.rows(1), pipe.config, **{"stream": "leads", **names})


def test_a_name_of_a_class_of_text_is_its_text(pipe: Pipe) -> None:
    class Name(str):
        __slots__ = ()
        __str__ = _raise

    receipt = deliver(pipe.rows(1), pipe.config, stream=Name("leads"), key=[Name("id")])
    assert receipt.counts["delivered"] == 1


class Table:
    """What says that it is Arrow data, and cannot hand any over."""

    __arrow_c_stream__ = _raise


class Row:
    """A row of pandas: one column of Arrow data, whose names are lost."""

    def __arrow_c_stream__(self, *_: object) -> object:
        raise TypeError(CANARY)


def failing(*rows: object, error: type[Exception] = ConnectionError) -> Iterator[object]:
    yield from rows
    raise error(CANARY)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (failing(), "failed with ConnectionError after row 0"),
        (failing(error=InputError), CANARY),
        (Table(), "failed with RuntimeError after row 0"),
        ([Table()], "failed with RuntimeError after row 0"),
        ([Row()], "row 1 is no mapping"),
    ],
    ids=["at once", "of ours", "arrow", "arrow among rows", "a row of pandas"],
)
def test_a_source_of_which_not_one_row_comes_is_no_empty_one(
    rows: Any, told: str, pipe: Pipe, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = deliver(rows, pipe.config, stream="leads", key=["id"])
    assert (receipt.exit_code, told in (receipt.message or "")) == (7, True)
    assert told == CANARY or CANARY not in (receipt.message or "") + caplog.text


def test_memory_that_ends_before_the_first_row_is_no_fault_of_its_source(pipe: Pipe) -> None:
    assert deliver(failing(error=MemoryError), pipe.config, stream="leads", key=["id"]).exit_code == 1


class Told:
    """A value of a library: a truth of numpy."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


class Short(Told):
    """A number of four bytes."""


numbers.Real.register(Short)


@pytest.mark.parametrize(
    ("theirs", "pythons"),
    [(Short("7.0"), 7.0), (Short("19.9"), 19.9), (Short("inf"), None), (Short("1/3"), "1/3"), (Told("True"), True)],
)
def test_a_number_of_a_library_has_the_event_id_that_python_s_own_has(theirs: Any, pythons: Any, pipe: Pipe) -> None:
    (row,) = pipe.rows(1)
    sent = [
        deliver([{**row, "id": number}], pipe.config, stream="leads", key=["id"]).counts for number in (pythons, theirs)
    ]
    assert sent == [{"delivered": 1}, {"already_delivered": 1}]


class Starved(Mapping[str, Any]):
    """A row for which there is no memory: no fault of its own."""

    def __getitem__(self, name: str) -> Any:
        raise MemoryError

    def __iter__(self) -> Iterator[str]:
        return iter(["id", "email", "happened_at"])

    def __len__(self) -> int:
        return 3


def test_memory_that_ends_is_no_fault_of_the_row(pipe: Pipe) -> None:
    receipt = deliver([*pipe.rows(1, 2), Starved()], pipe.config, stream="leads", key=["id"])
    assert receipt.exit_code == 1
