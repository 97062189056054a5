"""The data source that Spark knows by the name `linkedin_conversions`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from pyspark import SparkFiles
from pyspark.sql.datasource import DataSource

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.run.tap_only import ensure_no_map
from target_linkedin_conversions.spark.logs import log_to_stderr
from target_linkedin_conversions.spark.master import ensure_shared_ledger, note_master
from target_linkedin_conversions.spark.options import CHECKPOINT, Given, read_options
from target_linkedin_conversions.spark.schema import ensure_readable, json_schema
from target_linkedin_conversions.spark.writers import BatchWriter, StreamWriter

if TYPE_CHECKING:
    from pyspark.sql.datasource import DataSourceReader, DataSourceStreamReader
    from pyspark.sql.types import StructType

    from target_linkedin_conversions.settings import Settings

__all__ = ["LinkedInConversions"]


class LinkedInConversions(DataSource):
    """Delivers the rows of a DataFrame as conversion events; every setting is an option.

    Beside them: `stream`, the name by which an entry of `streams` is chosen; `key`, the columns that tell a row from all
    others; `config`, a file of settings. Whatever is wrong with them is raised at the driver, before any task.
    """

    @classmethod
    def name(cls) -> str:
        """What stands in `format()`."""
        note_master()
        return "linkedin_conversions"

    def writer(self, schema: StructType, overwrite: bool) -> BatchWriter:  # noqa: FBT001 - Spark's
        """For `df.write`; raises `ConfigError`, `LedgerError`, or `UnreachableError` where `state_dir` does not answer."""
        if overwrite:
            raise ConfigError("mode", "what was sent to LinkedIn cannot be overwritten", 'write mode("append")')
        return BatchWriter(*self._checked(schema))

    def streamWriter(self, schema: StructType, overwrite: bool) -> StreamWriter:  # noqa: FBT001, N802 - Spark's
        """For `df.writeStream`; raises as `writer` does."""
        if overwrite:
            raise ConfigError(
                "outputMode", "what was sent to LinkedIn cannot be overwritten", 'write outputMode("append")'
            )
        return StreamWriter(*self._checked(schema), str(self.options.get(CHECKPOINT, "")))

    def schema(self) -> StructType:
        """What Spark asks for before it reads: LinkedIn gives no events back. Raises `ConfigError`."""
        raise _unreadable()

    def reader(self, schema: StructType) -> DataSourceReader:  # noqa: ARG002 - Spark's
        """For `spark.read` with a schema; raises `ConfigError`."""
        raise _unreadable()

    def streamReader(self, schema: StructType) -> DataSourceStreamReader:  # noqa: ARG002, N802 - Spark's
        """For `spark.readStream` with a schema; raises `ConfigError`."""
        raise _unreadable()

    def _checked(self, schema: StructType) -> tuple[Given, dict[str, Any]]:
        """Settings that fit, with a folder that can be written, and the JSON schema of the rows."""
        log_to_stderr()
        given = read_options(self.options, schema.names, os.environ)
        if not given.settings.send_once and not given.settings.dry_run:
            raise ConfigError("send_once", "Spark tries tasks again, which would send their events again", "remove it")
        ensure_shared_ledger(given.settings)
        ensure_no_map(given.settings, given.stream)
        rows = json_schema(schema)
        ensure_readable(schema, _columns_read(given, rows))
        settings = _placed(given.settings)
        # Else each task would fail by itself, and be retried.
        if settings.ledger_url is None and settings.require_ledger:
            _ensure_ledger(settings)
        Folder(settings.state_dir).prepare()
        if settings.ledger_url is not None:
            _ensure_ledger(settings)
        return msgspec.structs.replace(given, settings=settings), rows


def _ensure_ledger(settings: Settings) -> None:
    """Raise `LedgerError` where it does not answer, and `ConfigError` where there is none and must be one."""
    from target_linkedin_conversions.delivery.delivery import ensure_ledger  # noqa: PLC0415 - only where it is asked for

    ensure_ledger(settings)


def _columns_read(given: Given, schema: dict[str, Any]) -> list[str]:
    """Raise `ConfigError` where no entry fits the stream, or one of them does not fit the columns."""
    streams = Streams(given.settings, lambda _: None)
    entries = streams.entries_of(given.stream)
    streams.matching.check([given.stream])
    mapping = streams.mapping(given.stream, schema, given.key, entries)
    return [name for name, _ in mapping.row_type.columns]


def _unreadable() -> ConfigError:
    problem = "LinkedIn takes events and gives none back"
    mend = "write to it; what became of them, `linkedin-conversions runs last` and the tap of results say"
    return ConfigError("format", problem, mend)


def _placed(settings: Settings) -> Settings:
    """The settings with absolute local folders, because tasks start in other working directories; raises `ConfigError`."""
    folders = {name: getattr(settings, name) for name in ("state_dir", "private_dir")}
    places = {name: Path(folder).absolute() for name, folder in folders.items() if "://" not in folder}
    of_session = SparkFiles._root_directory  # noqa: SLF001 - its public way raises where no Spark runs
    for name, place in places.items():
        if of_session is not None and place.is_relative_to(of_session):
            problem = (
                "it leads into the folder of this session, which Spark deletes with all reports at the session's end"
            )
            raise ConfigError(name, problem, "write a whole path on the machine of Spark's driver or server")
    return msgspec.structs.replace(settings, **{name: str(place) for name, place in places.items()})
