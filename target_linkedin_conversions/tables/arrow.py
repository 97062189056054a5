"""Arrow data as rows and as a JSON schema; needs the extra `parquet`, and only where Arrow comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.records.arrow_floats import with_short_floats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["arrow_rows", "arrow_schema", "batches_of", "is_arrow", "plain_batches"]

_ROWS = 1000


def is_arrow(value: object) -> bool:
    """Whether something hands over Arrow data: a table, a reader or a record batch, of whatever library."""
    return hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")


def arrow_rows(batches: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The rows of Arrow batches or tables as mappings, a thousand at a time."""
    for batch in map(with_short_floats, plain_batches(batches)):
        for start in range(0, batch.num_rows, _ROWS):
            yield from batch.slice(start, _ROWS).to_pylist()


def plain_batches(batches: Iterable[Any]) -> Iterator[Any]:
    """Batches or tables of whatever library as pyarrow's own, with times that Python has."""
    pyarrow = _pyarrow()
    for item in batches:
        batch = item if isinstance(item, pyarrow.RecordBatch | pyarrow.Table) else pyarrow.table(item)
        yield _without_nanoseconds(batch, pyarrow)


def batches_of(data: Any) -> tuple[Iterator[Any], Any]:  # noqa: ANN401 - of any library
    """The batches of one table, reader or batch, read as they are asked for, and their Arrow schema."""
    pyarrow = _pyarrow()
    if not hasattr(data, "__arrow_c_stream__"):
        batch = pyarrow.record_batch(data)
        return iter((batch,)), batch.schema
    reader = data if isinstance(data, pyarrow.RecordBatchReader) else pyarrow.RecordBatchReader.from_stream(data)
    return iter(reader), reader.schema


def arrow_schema(schema: Any) -> dict[str, Any]:  # noqa: ANN401 - of any library
    """The JSON schema of an Arrow schema: names, and the types that the mapping looks at."""
    pyarrow = _pyarrow()
    fields = schema if isinstance(schema, pyarrow.Schema) else pyarrow.schema(schema)
    return {
        "type": "object",
        "properties": {field.name: {"type": [_json_type(field.type, pyarrow.types), "null"]} for field in fields},
    }


def _json_type(kind: Any, types: Any) -> str:  # noqa: ANN401 - pyarrow's own
    for fits, name in (
        (types.is_boolean, "boolean"),
        (types.is_integer, "integer"),
        (types.is_floating, "number"),
        (types.is_decimal, "number"),
        (types.is_struct, "object"),
        (types.is_map, "object"),
        (types.is_list, "array"),
        (types.is_large_list, "array"),
    ):
        if fits(kind):
            return name
    return "string"


def _without_nanoseconds(batch: Any, pyarrow: Any) -> Any:  # noqa: ANN401 - pyarrow's own
    """The same with times to the microsecond: Python's own have no more, and LinkedIn's are milliseconds."""
    fields = [
        field.with_type(pyarrow.timestamp("us", field.type.tz))
        if pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns"
        else field
        for field in batch.schema
    ]
    wanted = pyarrow.schema(fields)
    return batch if wanted.equals(batch.schema) else batch.cast(wanted, safe=False)


def _pyarrow() -> Any:  # noqa: ANN401 - a module
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - only where the extra is installed
    except ImportError:
        raise ConfigError(
            "rows",
            "they are Arrow data, which needs the extra parquet",
            f"{install('parquet')}, or hand over mappings",
        ) from None
    return pa
