"""Which kind of table a file holds: its first bytes tell, whatever it is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.tables.delimited import Delimited
from target_linkedin_conversions.tables.excel import Excel, is_workbook
from target_linkedin_conversions.tables.json_lines import JsonLines
from target_linkedin_conversions.tables.parquet import Parquet

if TYPE_CHECKING:
    from target_linkedin_conversions.tables.source import Source
    from target_linkedin_conversions.tables.table import Table

__all__ = ["holds_json", "table_of"]

_NOT_READ = {
    b"\xd0\xcf\x11\xe0": ("it is an old Excel file, or one with a password", "save it as .xlsx without a password"),
    b"\x1f\x8b": ("it is packed (gzip)", "unpack it first: gunzip"),
    b"%PDF": ("it is a PDF", "export the rows as CSV"),
}
_PARQUET, _ZIP = b"PAR1", b"PK\x03\x04"
_NO_WORKBOOK = (
    "it is a ZIP archive and no .xlsx file",
    "unpack it first; save an OpenDocument or Numbers file as .xlsx or CSV",
)
_WEB_PAGE = ("it is a web page, whatever its name says", "open it in Excel and save it as .xlsx, or export it as CSV")
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|table|meta|\?xml|style|script)\b", re.IGNORECASE
).match
_BOM = b"\xef\xbb\xbf"


def table_of(source: Source, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """The table of a file; `encoding` and `delimiter` win over what it looks like. Raises `ConfigError`."""
    head = source.head
    for magic, (problem, mend) in _NOT_READ.items():
        if head.startswith(magic):
            raise ConfigError(source.name, problem, mend)
    if head.startswith(_PARQUET):
        return Parquet(source)
    if head.startswith(_ZIP):
        if not is_workbook(source):
            raise ConfigError(source.name, *_NO_WORKBOOK)
        return Excel(source)
    if _HTML(head):
        raise ConfigError(source.name, *_WEB_PAGE)
    if holds_json(head) and delimiter is None:
        return JsonLines(source)
    return Delimited(source, encoding, delimiter)


def holds_json(head: bytes) -> bool:
    """Whether a file begins as JSON does."""
    return head.removeprefix(_BOM).lstrip()[:1] in {b"{", b"["}
