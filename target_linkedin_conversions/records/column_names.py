"""What names of columns mean: a field, something worth a hint, a record that is gone, what is no lasting key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.nearest import folded_name

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "FOUND_BY_NAME",
    "LOOK_USEFUL",
    "MAYBE_CENTS",
    "are_made_by_loads",
    "is_lasting_key",
    "marks_deletion",
    "number_rows",
]

FOUND_BY_NAME: dict[str, tuple[str, ...]] = {
    "email": (
        "email",
        "e_mail",
        "email_address",
        "work_email",
        "business_email",
        "email_sha256",
        "sha256_email",
        "hashed_email",
    ),
    "li_fat_id": ("li_fat_id",),
    "happened_at": (
        "happened_at",
        "conversion_happened_at",
        "converted_at",
        "conversion_time",
        "event_time",
        "event_timestamp",
        "occurred_at",
    ),
    "value": ("value", "conversion_value", "amount"),
    "currency": ("currency", "currency_code"),
}
"""Columns that are used without being mapped, by field, the first one first."""

MAYBE_CENTS = frozenset({"amount"})
"""Names that are taken only where the schema shows that no integers stand there: those would most often be cents."""

LOOK_USEFUL: dict[str, tuple[str, ...]] = {
    "first_name": ("first_name", "given_name", "firstname"),
    "last_name": ("last_name", "surname", "family_name", "lastname"),
    "company": ("company", "company_name", "account_name"),
    "title": ("job_title", "title"),
    "country": ("country", "country_code"),
    "li_fat_id": ("page_location", "landing_page", "landing_page_url"),
    "ip_address": ("ip", "ip_address"),
    "lead": ("lead_gen_form_response", "linkedin_lead_id"),
    "full_name": ("full_name", "fullname", "name"),
    "value": ("amount",),
    "event_id": ("event_id",),
}
"""Columns that are never sent unless mapped, but are named in the log."""

_GONE = re.compile(
    r"(?:is|was|row|record|soft|hard|marked|metadata|meta|sdc|fivetran|hevo|airbyte|abcdc|cdc|stitch|peerdb|rivery|portable|dlt|dms|mc|hs)*"
    r"(?:deleted|archived|removed|trashed|discarded|purged)(?:at|on|date|datetime|time|timestamp|ts|utc|flag|c)*"
    r"|(?:date|time)(?:of)?(?:deleted|deletion)|deletion(?:date|time|timestamp|flag|mark|indicator)|deletedatetime"
    r"|(?:is|row|soft)*delete(?:flag|mark|indicator)?(?:c)?|del(?:flag|ind)|lvorm|loekz|loevm"
).fullmatch
"""A folded name of a column by which sources, and what loads from them, say that a record is gone."""
_LONGEST = 64
_KINDS_OF_CHANGE = frozenset({"__op", "_op", "_dms_op", "dms_op", "Op", "_change_type", "METADATA$ACTION"})
"""What Debezium, AWS DMS, Delta, BigQuery and Snowflake name the column that says `d` or `DELETE` of a row that is gone."""
_TAPS_OWN_MARK = "sdcdeletedat"
"""Read unasked."""

_ROW_NUMBERS = frozenset(
    {
        "sdcrow",
        "sdcsequence",
        "sdclinenumber",
        "sdcsourcelineno",
        "smartsourcelineno",
        "rownumber",
        "rownum",
        "row",
        "rowid",
        "rowindex",
        "linenumber",
        "lineno",
        "line",
        "rowno",
        "row#",
        "rowidx",
        "rn",
        "sheetrow",
        "sheetrownumber",
        "excelrow",
        "index",
        "idx",
        "unnamed:0",
        "recordnumber",
        "ctid",
        "fivetranindex",
        "dltlistidx",
        "indexlevel0",
        "laufendenummer",
        "lfdnr",
        "zeile",
        "zeilennummer",
        "zeilennr",
        "ligne",
        "numérodeligne",
        "fila",
        "riga",
        "linha",
        "行番号",
    },
)
"""Names of columns that number rows or lines, without `_`, `-` and spaces: another row has the number tomorrow."""
_PLACES_OF_ROWS = frozenset(
    {
        *(
            "sdcsheetid",
            "sdcspreadsheetid",
            "spreadsheetid",
            "spreadsheet",
            "sheetid",
            "sheetname",
            "sheet",
            "worksheet",
        ),
        *("sdcsourcebucket", "sdcsourcefile", "smartsourcebucket", "smartsourcefile", "sdcfilename", "sdcfile"),
        *("file", "filename", "filepath", "sourcefile", "sourcefilename", "bucket"),
    }
)
"""The same of the file or sheet in which a row is, which identifies it no better."""


_MADE_BY_LOADS = frozenset(
    {
        *("airbyterawid", "airbyteabid", "airbyteemittedat", "airbyteextractedat", "airbytegenerationid"),
        *("dltid", "dltparentid", "dltrootid", "dltloadid"),
        *("fivetranid", "fivetransynced"),
        *("sdcbatchedat", "sdcextractedat", "sdcreceivedat"),
    }
)
"""Names of columns that loaders add: Airbyte's and dlt's ids are random (documented), Fivetran's is made of all the row's values."""
_HASH_OF_ALL = re.compile(r"airbyte.{1,60}hashid").fullmatch


def is_lasting_key(names: Collection[str]) -> bool:
    """Whether the columns of a key, at least one, may stay the same as long as their row is there."""
    return not (number_rows(names) or are_made_by_loads(names))


def are_made_by_loads(names: Collection[str]) -> bool:
    """Whether a column of a key is what a loader adds, which is another when the row is loaded again or corrected."""
    folded = set(map(folded_name, names))
    return not folded.isdisjoint(_MADE_BY_LOADS) or any(map(_HASH_OF_ALL, folded))


def number_rows(names: Collection[str]) -> bool:
    """Whether the columns of a key say no more than where a row stands: its number, perhaps in a file or sheet."""
    folded = set(map(folded_name, names))
    return not folded.isdisjoint(_ROW_NUMBERS) and folded <= _ROW_NUMBERS | _PLACES_OF_ROWS


def marks_deletion(name: str) -> bool:
    """Whether a column says by its name that a record is gone; it is named in the log, and never used unasked."""
    folded = folded_name(name)
    if name in _KINDS_OF_CHANGE:
        return True
    return len(name) <= _LONGEST and folded != _TAPS_OWN_MARK and _GONE(folded) is not None
