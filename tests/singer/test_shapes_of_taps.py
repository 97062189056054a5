"""Streams in the shapes in which further taps write them, into a sandbox: GA4's reports, Snowflake, Parquet, sheets, MongoDB.

Made up after each tap's public documentation; what is odd about a shape is said beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.singer.pipe import Pipe, entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.sandbox import Sandbox

TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["number", "null"]}
CLICK = "4c39f2a1-1b2c-4d3e-8f90-1a2b3c4d5e6f"
JANE = "86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"  # LinkedIn's own example

Written = tuple[dict[str, Any], list[str], "Callable[[datetime], dict[str, Any]]", dict[str, Any]]

SHAPES: dict[str, Written] = {
    # A key of the tap's own, times as digits, the click id in a URL.
    "ga4": (
        {"_sdc_record_hash": {"type": "string"}, "dateHourMinute": TEXT, "pageLocation": TEXT, "totalRevenue": NUMBER},
        ["_sdc_record_hash"],
        lambda at: {
            "_sdc_record_hash": "ab" * 32,
            "dateHourMinute": at.strftime("%Y%m%d%H%M"),
            "pageLocation": f"https://a.example/?li_fat_id={CLICK}",
            "totalRevenue": 12.5,
            "eventName": "not in the schema",
        },
        {
            "fields": {"li_fat_id": "pageLocation", "happened_at": "dateHourMinute", "value": "totalRevenue"},
            "constants": {"currency": "EUR"},
        },
    ),
    # Everything in capitals, found by its name; a space before the offset.
    "snowflake": (
        {"ID": NUMBER, "EMAIL": TEXT, "CONVERTED_AT": TEXT, "AMOUNT": NUMBER, "CURRENCY_CODE": TEXT},
        ["ID"],
        lambda at: {
            "ID": 1,
            "EMAIL": "JANE.DOE@EXAMPLE.COM",
            "CONVERTED_AT": at.strftime("%Y-%m-%d %H:%M:00.000 +0000"),
            "AMOUNT": 12.5,
            "CURRENCY_CODE": "EUR",
        },
        {},
    ),
    # No key, nine decimals and no zone.
    "parquet": (
        {"email": TEXT, "ts": {"type": ["string", "null"], "format": "date-time"}, "amount": NUMBER},
        [],
        lambda at: {"email": "jane.doe@example.com", "ts": at.strftime("%Y-%m-%dT%H:%M:00.000000000"), "amount": 12.5},
        {"fields": {"happened_at": "ts"}, "constants": {"currency": "EUR"}, "key": "email"},
    ),
    # A schema by branches, and serial days.
    "sheet": (
        {
            "__sdc_row": {"type": "integer"},
            "Email": {"anyOf": [{"type": ["null", "string"]}]},
            "Won at": {"anyOf": [{"type": ["null", "string"], "format": "date-time"}, NUMBER, TEXT]},
            "Betrag": {"anyOf": [{"type": ["null", "number"], "multipleOf": 1e-15}, TEXT]},
        },
        ["__sdc_row"],
        lambda at: {
            "__sdc_row": 2,
            "Email": "jane.doe@example.com",
            "Won at": (at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86_400,
            "Betrag": "12,5\u00a0\u20ac",
        },
        {
            "fields": {"happened_at": "Won at", "value": "Betrag"},
            "constants": {"currency": "EUR"},
            "decimal_comma": True,
        },
    ),
    # A key, a time and an amount as Extended JSON.
    "mongodb": (
        {"_id": {"type": "object"}, "email": TEXT, "at": {}, "price": {}},
        ["_id"],
        lambda at: {
            "_id": {"$oid": "65f1a0b2c3d4e5f6a7b8c9d0"},
            "email": "jane.doe@example.com",
            "at": {"$date": {"$numberLong": str(int(at.timestamp() * 1000))}},
            "price": {"$numberDecimal": "12.5"},
        },
        {"fields": {"happened_at": "at", "value": "price"}, "constants": {"currency": "EUR"}},
    ),
    # Names with dots that are columns, references in the schema, the time of a mail's head.
    "mailbox": (
        {"id": {"$ref": "#/definitions/id"}, "from.email": {"$ref": "#/definitions/text"}, "sent": TEXT, "price": TEXT},
        ["id"],
        lambda at: {"id": 1, "from.email": "Jane <jane.doe@example.com>", "sent": format_datetime(at), "price": "12.5"},
        {"fields": {"email": "from.email", "happened_at": "sent", "value": "price"}, "constants": {"currency": "EUR"}},
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stream_in_the_shape_of_a_tap_is_delivered(pipe: Pipe, linkedin: Sandbox, now: int, shape: str) -> None:
    columns, key, record_at, mapped = SHAPES[shape]
    at = datetime.fromtimestamp(now // 60_000 * 60 - 3600, UTC)
    definitions = {"id": {"type": "integer"}, "text": TEXT}
    schema = {"type": ["null", "object"], "properties": columns, "definitions": definitions}
    done = pipe.run_here(
        [
            {"type": "SCHEMA", "stream": shape, "schema": schema, "key_properties": key},
            {"type": "ACTIVATE_VERSION", "stream": shape, "version": 7},
            {
                "type": "RECORD",
                "stream": shape,
                "record": record_at(at),
                "version": 7,
                "time_extracted": at.isoformat(),
            },
            {"type": "SCHEMA", "stream": shape, "schema": schema, "key_properties": key},
            {"type": "STATE", "value": {"at": 1}},
        ],
        streams=[entry(shape, **mapped)],
    )
    assert (done.code, done.states) == (0, ['{"at": 1}']), done.stderr
    (event,) = linkedin.received
    assert abs(event["conversionHappenedAt"] - at.timestamp() * 1000) < 1000
    assert event["conversionValue"] == {"currencyCode": "EUR", "amount": "12.5"}
    (identifier,) = event["user"]["userIds"]
    assert identifier["idValue"] == (CLICK if shape == "ga4" else JANE)


def test_of_an_object_in_an_open_column_the_mend_is_a_path_and_it_holds(
    pipe: Pipe, linkedin: Sandbox, now: int
) -> None:
    columns: dict[str, Any] = {"id": {}, "email": {}, "at": {}, "price": {}}
    row = {"id": 1, "email": "jane.doe@example.com", "at": {"seconds": now // 1000 - 60}, "price": {"amount": "12.5"}}
    lines: list[dict[str, Any]] = [
        {"type": "SCHEMA", "stream": "s", "schema": {"properties": columns}, "key_properties": ["id"]},
        {"type": "RECORD", "stream": "s", "record": row},
        {"type": "RECORD", "stream": "s", "record": {**row, "id": 2, "at": now - 60_000}},
    ]
    whole = entry("s", fields={"happened_at": "at", "value": "price"}, constants={"currency": "EUR"})
    done = pipe.run_here(lines, dry_run=True, streams=[whole])
    mends = {finding["code"]: finding["mend"] for finding in done.report["findings"]}
    assert all("path (a.b" in mends[code] for code in ("bad_time", "bad_amount"))
    mended = {**whole, "fields": {"happened_at": ["at.seconds", "at"], "value": "price.amount"}}
    assert pipe.run_here(lines, streams=[mended]).counts == {"delivered": 2}
    assert [event["conversionValue"]["amount"] for event in linkedin.received] == ["12.5", "12.5"]
