"""Whether all tasks run in this very machine: only then may the ledger be a file.

Spark asks a data source for its name in the program that registers it, where the session is, and for everything else
in processes that see no session. So its master is kept there, among the variables that Spark gives these processes.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pyspark import SparkContext

from target_linkedin_conversions.errors import ConfigError

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["ensure_shared_ledger", "note_master"]

_VARIABLE = "LINKEDIN_CONVERSIONS_SPARK_MASTER"
_LOCAL = re.compile(r"local(\[[^\]]*\])?").fullmatch
_SQLITE = "sqlite"


def note_master() -> None:
    """Keep the master of the session that is active here, if one is, for the processes that Spark starts."""
    context = SparkContext._active_spark_context  # noqa: SLF001 - its public way makes a context where there is none
    if context is not None:
        context.environment[_VARIABLE] = context.master


def ensure_shared_ledger(settings: Settings) -> None:
    """Raise `ConfigError` where tasks may run on several machines and the ledger is a file of one."""
    if settings.dry_run or _LOCAL(os.environ.get(_VARIABLE, "")):
        return
    if settings.ledger_url is None or settings.ledger_url.partition(":")[0].partition("+")[0] == _SQLITE:
        raise ConfigError(
            "ledger_url",
            "the tasks of this Spark may run on several machines, and a ledger in SQLite is a file of one",
            "set ledger_url to a PostgreSQL database that all of them reach, or run Spark with the master local[*]",
        )
