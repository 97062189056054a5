"""Takes the lines of somebody out of the files that runs left, each under its lock, complete at every moment."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import open_regular, replacing
from target_linkedin_conversions.reporting.data_subject import columns_of_key
from target_linkedin_conversions.reporting.folder import Folder, run_of
from target_linkedin_conversions.reporting.locked_file import LockedFile
from target_linkedin_conversions.reporting.outbox import numbered
from target_linkedin_conversions.reporting.rejected_rows import numbered_rows
from target_linkedin_conversions.reporting.rejects import RejectLine
from target_linkedin_conversions.reporting.result_lines import UNREADABLE, parquet_missing
from target_linkedin_conversions.settings.files import decoded, encoding_of
from target_linkedin_conversions.tables.dialect import DELIMITERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from target_linkedin_conversions.reporting.data_subject import DataSubject

__all__ = ["NOT_SENT", "Forgetting"]

NOT_SENT = ".not-sent.csv"
"""What the files of rows end with that `send` did not send."""


_Format = tuple["Callable[[bytes], list[dict[str, Any]]]", "Callable[[list[dict[str, Any]], bytes], bytes]"]
"""Reads the rows of a file, and writes others as that one was."""


class Forgetting:
    """Looks for somebody in files, and takes out what is found; what another program is using stays, and is named."""

    def __init__(self, sought: DataSubject, folder: Folder, private: Folder, unreadable: Callable[[str], None]) -> None:
        """`folder` holds rejects and results, `private` the outbox; `unreadable` is told of lines that were cut."""
        self._sought = sought
        self._folder = folder
        self._private = private
        self._unreadable = unreadable
        self.in_use: list[str] = []
        """Places of files that could not be changed."""

    def learn(self) -> None:
        """Collect the person's keys from the outbox, in two passes, because one line may lead to another."""
        for _ in range(2):
            for name in self._names(self._private, "outbox"):
                lines, place = list(self._private.lines(name)), self._private.place(name)
                for _, event in numbered(lines, place, _nothing):
                    self._sought.learn_event(event)
                for _, row in numbered_rows(lines, place, _nothing):
                    self._sought.learn_row(row)

    def outbox(self, *, remove: bool) -> int:
        """The person's events and rejected rows in the outbox; removed, where that is asked for."""
        return sum(
            self._of_file(self._private, name, self._in_outbox, remove=remove)
            for name in self._names(self._private, "outbox")
        )

    def rejects(self, *, remove: bool) -> int:
        """The person's lines in the rejects."""
        if self._folder.is_local:
            return sum(
                self._of_file(self._folder, name, self._in_rejects, remove=remove)
                for name in self._names(self._folder, "rejects")
            )
        parts = (
            f"rejects/{run}/{part}"
            for run in self._folder.names("rejects")
            if run_of(run)
            for part in self._folder.names(f"rejects/{run}")
        )
        return sum(self._of_part(name, remove=remove) for name in parts)

    def results(self, *, remove: bool) -> int:
        """The person's rows in what is kept of each event, where that is kept."""
        return sum(self._of_results(name, remove=remove) for name in self._results())

    def not_sent(self, path: Path, *, remove: bool) -> int:
        """The person's rows in a file of rows that `send` did not send; raises `ConfigError` where it is none."""
        try:
            with open_regular(path) as file:
                data = file.read()
            text = decoded(data)
        except (OSError, UnicodeError) as error:
            why = f" ({error.strerror})" if isinstance(error, OSError) else " as text"
            mend = f"name a file that ends with {NOT_SENT}, as `send` wrote it"
            raise ConfigError("FILE", f"{path} cannot be read{why}", mend) from None
        delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
        csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # `send` reads such cells too
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            raise ConfigError("FILE", f"{path} cannot be read as a table", "mend it, or delete it") from None
        head = rows[0] if rows else []
        left = [row for row in rows[1:] if not self._sought.has_cells(dict(zip(head, row, strict=False)))]
        if remove and len(left) < len(rows) - 1:
            with replacing(path) as file:
                out = io.TextIOWrapper(file, encoding=encoding_of(data), newline="", write_through=True)
                # As `send` wrote it: unquoted, a cell would fall into two where a spreadsheet splits at another mark.
                quoted = text.startswith('"')
                writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
                writer.writerows([head, *left])
                out.detach()
        return max(0, len(rows) - 1 - len(left))

    def _results(self) -> Iterator[str]:
        """One file a run, or of one that has not ended its parts, each of which is complete."""
        for name in self._folder.names("results"):
            if _format(name):
                yield f"results/{name}"
            elif run_of(name):
                yield from (f"results/{name}/{part}" for part in self._folder.names(f"results/{name}") if _format(part))

    def _names(self, folder: Folder, under: str) -> list[str]:
        """The files of runs in a sub-folder of a local folder."""
        return [f"{under}/{name}" for name in folder.names(under) if run_of(name)] if folder.is_local else []

    def _in_outbox(self, lines: list[bytes], place: str) -> Iterator[int]:
        readable = set()
        for number, event in numbered(lines, place, self._unreadable):
            readable.add(number)
            if self._sought.has_event(event):
                yield number
        for number, row in numbered_rows(lines, place, self._unreadable):
            readable.add(number)
            if self._sought.has_row(row):
                yield number
        yield from (number for number, line in enumerate(lines) if number not in readable and self._sought.is_in(line))

    def _in_rejects(self, lines: list[bytes], place: str) -> Iterator[int]:
        for number, line in enumerate(lines):
            try:
                told = msgspec.json.decode(line, type=RejectLine)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self._unreadable(f"line {number + 1} of {place} cannot be read")
                if self._sought.is_in(line):
                    yield number
                continue
            if self._sought.has_key(told.stream, told.key):
                yield number

    def _of_file(
        self, folder: Folder, name: str, found: Callable[[list[bytes], str], Iterable[int]], *, remove: bool
    ) -> int:
        """How many lines of a file are found; out of it under its lock."""
        if not remove:
            return len(set(found(list(folder.lines(name)), folder.place(name))))
        file = LockedFile(folder, name)
        if not file.hold():
            if set(found(list(folder.lines(name)), file.place)):
                self.in_use.append(file.place)
            return 0
        try:
            lines = list(file.lines())
            gone = set(found(lines, file.place))
            file.remove_drafts()
            file.drop(bytes(number in gone for number in range(len(lines))))
            return len(gone)
        finally:
            file.release()

    def _of_part(self, name: str, *, remove: bool) -> int:
        """As `_of_file`, for a part behind a URL; parts are written once and need no lock."""
        lines = list(self._folder.lines(name))
        gone = set(self._in_rejects(lines, self._folder.place(name)))
        if remove and gone:
            left = [line for number, line in enumerate(lines) if number not in gone]
            if left:
                self._folder.write(name, b"\n".join(left) + b"\n")
            else:
                self._folder.remove(name)
        return len(gone)

    def _of_results(self, name: str, *, remove: bool) -> int:
        data, form = self._folder.read(name), _format(name)
        if data is None or form is None:
            return 0
        read, write = form
        try:
            rows = read(data)
        except UNREADABLE:
            self._unreadable(f"{self._folder.place(name)} cannot be read to its end; nothing of it is removed")
            return 0
        left = [
            row
            for row in rows
            if not self._sought.has_key(str(row.get("stream") or ""), columns_of_key(row.get("key")))
        ]
        if remove and len(left) < len(rows):
            if left:
                self._folder.write(name, write(left, data))
            else:
                self._folder.remove(name)
        return len(rows) - len(left)


def _nothing(_message: str) -> None:
    """Ignore unreadable lines here; they are reported where lines are searched."""


def _read_jsonl(data: bytes) -> list[dict[str, Any]]:
    return [
        msgspec.json.decode(line, type=dict[str, Any]) for line in gzip.decompress(data).splitlines() if line.strip()
    ]


def _write_jsonl(rows: list[dict[str, Any]], _data: bytes) -> bytes:
    return gzip.compress(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def _format(name: str) -> _Format | None:
    """How a results file is read and written; None for any other."""
    return next((form for suffix, form in _FORMATS.items() if name.endswith(suffix)), None)


def _read_parquet(data: bytes) -> list[dict[str, Any]]:
    try:
        from pyarrow import BufferReader, parquet  # type: ignore[import-untyped]  # noqa: PLC0415 - only where such a file is
    except ImportError:
        raise parquet_missing() from None

    found: list[dict[str, Any]] = parquet.read_table(BufferReader(data)).to_pylist()
    return found


def _write_parquet(rows: list[dict[str, Any]], data: bytes) -> bytes:
    from pyarrow import BufferOutputStream, BufferReader, Table, parquet  # noqa: PLC0415 - the same

    out = BufferOutputStream()
    parquet.write_table(Table.from_pylist(rows, schema=parquet.read_schema(BufferReader(data))), out)
    return bytes(out.getvalue())


_FORMATS: dict[str, _Format] = {".jsonl.gz": (_read_jsonl, _write_jsonl), ".parquet": (_read_parquet, _write_parquet)}
"""How the rows of a results file are read and written, by what its name ends with."""
