"""`deliver`: rows at hand are mapped and delivered as a load does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import length_hint
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.errors import ConfigError, InputError
from target_linkedin_conversions.python.receipt import Receipt, receipt_of
from target_linkedin_conversions.python.rows import Rows
from target_linkedin_conversions.python.schema import given_schema
from target_linkedin_conversions.reporting.way_back import FedBy
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.run.tap_only import ensure_no_map
from target_linkedin_conversions.run.whole_run import run_to_end
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from target_linkedin_conversions.records.rows import RowType
    from target_linkedin_conversions.run.intake import Intake

__all__ = ["deliver"]

_LOOKED_AT = 1000
"""Rows whose columns make up the schema, where none is given."""


def deliver(
    rows: Iterable[Any],
    settings: Settings | Mapping[str, object],
    *,
    stream: str,
    key: Sequence[str] = (),
    schema: object = None,
) -> Receipt:
    """Map rows and deliver their events, with everything a load does; the receipt says how each ended.

    `rows` are mappings of column names to values, or Arrow data (a table, a reader, or an iterable of record
    batches; needs the extra `parquet`); they are read once, and never held in memory. Values may be Python's own:
    times, dates, `Decimal`, `UUID`; bytes stand for their base64 text, as in JSON. `stream` chooses the entries of
    `streams`; `key` names the columns that tell a row from all others, of which each row must have every one.
    `schema` is a JSON schema or an Arrow schema. Without it, Arrow data brings its own, and mappings have the columns
    of the first 1,000 of them: a column that is found by its name must be among those.

    No signal handler is installed. Raises `ConfigError` where a setting is wrong, before anything is sent; whatever
    else ends the run is in the receipt. `KeyboardInterrupt` ends it tidily and is raised again.
    """
    loaded = _loaded(settings)
    (stream,) = _names("stream", (stream,))
    columns = _names("key", (key,) if isinstance(key, str) else key)
    ensure_no_map(loaded, stream)
    run = Run(loaded, fed_by=FedBy.ROWS)
    delivering = _Delivering(run, stream, columns)
    report, error = run_to_end(run, lambda: delivering.all(rows, schema))
    if isinstance(error, ConfigError) and not delivering.reads:
        raise error
    return receipt_of(report, run.report_place, error)


class _LacksKeyError(InputError):
    """A row lacks one of its key columns."""


class _Delivering:
    """One run over rows at hand."""

    def __init__(self, run: Run, stream: str, key: tuple[str, ...]) -> None:
        self._run = run
        self._stream = stream
        self._key = key
        self.reads = False
        """Whether the settings fit, so that rows are read."""

    def all(self, rows: Iterable[Any], schema: object) -> None:
        """Every row, until all is settled; raises what stopped the run."""
        run = self._run
        run.begin()
        entries = run.streams.entries_of(self._stream)
        source = Rows(rows)
        found = None if schema is None else given_schema(schema)
        first = source.first(_LOOKED_AT if found is None else 1)
        found = found or source.schema or source.columns_of(first)
        del first  # the rows themselves, which would be held for as long as the run lasts
        if found:
            mapping = run.streams.mapping(self._stream, found, self._key, entries)
            self.reads = True
            self._take(source, run.intake(self._stream, mapping, _LacksKeyError), mapping.row_type)
        self.reads = True
        run.finish()

    def _take(self, source: Rows, intake: Intake, row_type: RowType) -> None:
        """Row after row, with a look around now and then."""
        while rows := source.some(row_type):
            left = iter(rows)
            try:
                intake.take_all(left, self._run.now)
            except _LacksKeyError as error:
                raise InputError(f"row {source.number - length_hint(left)}: {error}") from None
            self._run.pause()


def _loaded(settings: Settings | Mapping[str, object]) -> Settings:
    if isinstance(settings, Settings):
        return settings
    if isinstance(settings, Mapping):
        return Settings.load(settings)
    raise ConfigError("settings", "expected Settings or a mapping", "name the settings as a config file does")


def _names(argument: str, given: object) -> tuple[str, ...]:
    """Names as plain texts, whatever class of text they are; raises `ConfigError` where one is no text."""
    names = tuple(given) if isinstance(given, Iterable) else (None,)
    if not all(isinstance(name, str) for name in names):
        raise ConfigError(argument, "expected text", 'write stream="NAME", key=["COLUMN"]')
    return tuple(map(str.__str__, names))
