"""Writes the outcome of each event for the warehouse (`results_log`), without identifying anybody.

While a run goes on its lines are written as parts, `results/RUN/000001.parquet`, each complete or not there: a part at least for
every STATE, and where none comes one a minute. Its end makes one file of them. So whatever kills a run leaves parts that can be
read. On this machine only that one file is packed, for parts are read once. Without the extra `parquet` they are gzipped JSON lines.
"""

from __future__ import annotations

import gzip
from contextlib import suppress
from importlib.util import find_spec
from itertools import accumulate, chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from target_linkedin_conversions.durations import MINUTE_MS
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import mend_of, replacing
from target_linkedin_conversions.reporting.keys import shown_name
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.outcomes import Outcome
    from target_linkedin_conversions.records.event import Refusal
    from target_linkedin_conversions.reporting.folder import Folder
    from target_linkedin_conversions.reporting.keys import PublicKeys

__all__ = ["GZIP", "PARQUET", "ResultLine", "Results"]

PARQUET, GZIP = ".parquet", ".jsonl.gz"

_MOST_HELD = 100_000
"""Lines in memory before a part is written, where no STATE asks for one."""
_LONGEST_HELD_MS = MINUTE_MS
"""The same as an age: what is lost with a run that is killed is told by no later one, which finds these events delivered."""
_IN_PARTS: dict[str, Any] = {
    "use_dictionary": ["stream", "rule", "outcome", "code", "run", "time"],
    "write_statistics": ["time"],
    "compression": "none",
}
"""How Parquet is written: few values come often in all columns but key and event id, whose smallest and largest tell nothing."""
_PACKED: dict[str, Any] = _IN_PARTS | {
    "compression": "zstd",
    "compression_level": 1,
    "column_encoding": {"event_id": "DELTA_LENGTH_BYTE_ARRAY"},
}
"""How it is kept; the lengths of event ids apart from their digits, which are packed in two thirds of the time (measured)."""


class ResultLine(msgspec.Struct, frozen=True):
    """One line, which the tap reads: `key` is the JSON of the record's key as the rejects show it, `time` in epoch ms."""

    stream: str
    key: str
    rule: str
    event_id: str
    outcome: str
    code: str
    run: str
    time: int


class _Segment(NamedTuple):
    """Lines that have all but key and event id in common; `keys` are the JSON of each, one a line."""

    stream: str
    rule: str
    outcome: Outcome
    code: str
    time: int
    keys: str
    ids: Sequence[str]


class Results:
    """Writes the lines of a run; any thread may call it."""

    def __init__(self, folder: Folder, run: str, keys: PublicKeys, now: Callable[[], int] | None = None) -> None:
        """Nothing is created before the first line; `now` gives epoch milliseconds."""
        self._folder = folder
        self._run = run
        self._keys = keys
        self._now = now or wall_clock
        self._suffix = PARQUET if find_spec("pyarrow") else GZIP
        self._write = _as_parquet if self._suffix == PARQUET else _as_gzip
        self._lock = Lock()
        self._segments: list[_Segment] = []
        self._held = 0
        self._parts: list[str] = []
        self._release: Callable[[], None] = _nothing

    def ended(self, batch: Batch, outcome: Outcome, code: str) -> None:
        """Write that every event of a batch ended with this outcome."""
        keys, ids = self._keys.of_batch(batch)
        self._add(_Segment(shown_name(batch.stream), batch.rule, outcome, code, self._now(), keys, ids))

    def refused(self, stream: str, refusal: Refusal, outcome: Outcome, code: str) -> None:
        """Write that a record yielded no event."""
        key = msgspec.json.encode(self._keys.of_refusal(refusal)).decode()
        self._add(_Segment(shown_name(stream), refusal.rule or "", outcome, code, self._now(), key, ("",)))

    def _add(self, segment: _Segment) -> None:
        with self._lock:
            self._segments.append(segment)
            self._held += len(segment.ids)
            if self._held >= _MOST_HELD or self._is_due(segment.time):
                self._write_part()

    def _is_due(self, now: int) -> bool:
        """Whether the oldest line has been held for as long as one may be."""
        held = self._segments
        return bool(held) and now - held[0].time >= _LONGEST_HELD_MS

    def flush_old(self) -> None:
        """Make every line durable where one has waited for a minute; to be called again and again while nothing ends."""
        if self._segments and self._is_due(self._now()):
            self.flush()

    def flush(self) -> None:
        """Make every line durable, as a part of its own."""
        with self._lock:
            self._write_part()

    def close(self) -> None:
        """Make every line durable, and in a local folder one file of the parts; where that fails, what is there can be read."""
        # Every end of a run calls `flush` before, which has reported what could not be written.
        with self._lock, suppress(ConfigError):
            self._write_part()
            if self._folder.is_local and self._parts:
                self._join()

    def _write_part(self) -> None:
        if not self._segments:
            return
        name = f"results/{self._run}/{len(self._parts) + 1:06}{self._suffix}"
        try:
            self._folder.write(name, self._write(self._run, self._segments, is_kept=not self._folder.is_local))
        except OSError as error:
            raise self._unwritten(error) from None
        if not self._parts:
            # By this a run is known to be under way of which no ledger knows: a dry run.
            self._release = self._folder.hold(f"results/{self._run}")
        self._parts.append(name)
        self._segments, self._held = [], 0

    def _join(self) -> None:
        """One file of all parts."""
        root = Path(self._folder.root)
        parts = [root / name for name in self._parts]
        whole = root / f"results/{self._run}{self._suffix}"
        try:
            with replacing(whole) as file:
                (_join_parquet if self._suffix == PARQUET else _join_gzip)(parts, file)
        except OSError as error:
            raise self._unwritten(error) from None
        let_go, self._release = self._release, self._folder.hold(f"results/{self._run}{self._suffix}")
        self._folder.remove(f"results/{self._run}")
        let_go()
        self._parts = []

    def release(self) -> None:
        """Let others see that the run is over: its report is there."""
        self._release()
        self._release = _nothing

    def _unwritten(self, error: OSError) -> ConfigError:
        problem = f"{self._folder.place('results')} cannot be written ({error.strerror})"
        mend = mend_of(error, "make room, name a folder on another disk, or set results_log: false")
        return ConfigError(self._folder.setting, problem, mend)


def _nothing() -> None:
    """Do nothing."""


def _as_parquet(run: str, segments: Sequence[_Segment], *, is_kept: bool) -> bytes:
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - only where results are kept
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # noqa: PLC0415 - the same
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - the same

    ends = pa.array(list(accumulate([len(segment.ids) for segment in segments])), pa.int32())

    def of_each(values: Any) -> Any:  # noqa: ANN401 - Arrow's own types
        """A column of which each segment has one value."""
        return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(ends, values))

    def repeated(values: Sequence[str]) -> Any:  # noqa: ANN401 - the same
        """The same as places in a dictionary: a third of what the values themselves cost (measured)."""
        places = {value: place for place, value in enumerate(dict.fromkeys(values))}
        indices = of_each(pa.array([places[value] for value in values], pa.int32()))
        return pa.DictionaryArray.from_arrays(indices, pa.array(list(places), pa.string()))

    # Cut by Arrow: no text is made of each key.
    keys = pc.split_pattern(pa.array(["\n".join([one.keys for one in segments])], pa.string()), "\n").flatten()
    columns = {
        "stream": repeated([one.stream for one in segments]),
        "key": keys,
        "rule": repeated([one.rule for one in segments]),
        "event_id": pa.array(list(chain.from_iterable([one.ids for one in segments])), pa.string()),
        "outcome": repeated([str(one.outcome) for one in segments]),
        "code": repeated([one.code for one in segments]),
        "run": repeated([run] * len(segments)),
        "time": of_each(pa.array([one.time for one in segments], pa.int64())),
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, **(_PACKED if is_kept else _IN_PARTS))
    return bytes(sink.getvalue())


def _join_parquet(parts: Sequence[Path], file: Any) -> None:  # noqa: ANN401 - an open file
    import pyarrow as pa  # noqa: PLC0415 - only where results are kept
    import pyarrow.parquet as pq  # noqa: PLC0415 - the same

    writer, tables = None, []
    for number, part in enumerate(parts, 1):
        # Not by `read_table`, which brings a whole engine of data sets in: 0.2 seconds (measured).
        with pq.ParquetFile(part) as written:
            tables.append(written.read())
        if number < len(parts) and sum(len(table) for table in tables) < _MOST_HELD:
            continue
        writer = writer or pq.ParquetWriter(file, tables[0].schema, **_PACKED)
        writer.write_table(pa.concat_tables(tables).unify_dictionaries())
        tables = []
    if writer is not None:
        writer.close()


def _as_gzip(run: str, segments: Sequence[_Segment], *, is_kept: bool) -> bytes:  # noqa: ARG001 - as for Parquet
    encode = msgspec.json.encode
    lines = []
    for one in segments:
        before = b'{"stream":%b,"key":' % encode(one.stream)
        between = b',"rule":%b,"event_id":' % encode(one.rule)
        same = {"outcome": one.outcome, "code": one.code, "run": run, "time": one.time}
        behind = b"," + encode(same)[1:] + b"\n"
        lines += [
            b"%b%b%b%b%b" % (before, encode(key), between, encode(identity), behind)
            for key, identity in zip(one.keys.split("\n"), one.ids, strict=True)
        ]
    return gzip.compress(b"".join(lines), 1)


def _join_gzip(parts: Sequence[Path], file: Any) -> None:  # noqa: ANN401 - an open file
    """Gzipped files one behind the other are a gzipped file."""
    for part in parts:
        file.write(part.read_bytes())
