"""Runs with a ledger on SQLite, and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.singer.pipe import Pipe


@pytest.fixture(params=["sqlite", "postgresql"])
def pipe(request: pytest.FixtureRequest, pipe: Pipe) -> Pipe:
    if request.param == "postgresql":
        pipe.config["ledger_url"] = request.getfixturevalue("postgresql_url")
    return pipe
