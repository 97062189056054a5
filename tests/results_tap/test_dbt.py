"""The dbt package over the tables of the tap: its SQL on PostgreSQL, and dbt itself on DuckDB where `make dbt` has installed it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "docs" / "recipes" / "dbt"
DBT = ROOT / ".venvs" / "dbt" / "bin" / "dbt"
SCHEMA = "tap_linkedin_conversions_results"
TABLES = {
    "results": "run varchar, line integer, stream varchar, key varchar, key_value varchar, rule varchar, event_id varchar, "
    "outcome varchar, code varchar, time timestamp",
    "rejects": "code varchar, message varchar",
    "runs": "run varchar, outcome varchar, message varchar, ended timestamp, dry_run boolean",
    "run_lines": "run varchar, line integer, outcome varchar, code varchar, meaning varchar",
}
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "results": [
        (run, line, "deals", json.dumps({"id": key}), key, rule, "e", outcome, code, f"2026-11-{day:02} 10:00:00")
        for run, line, key, rule, outcome, code, day in [
            ("r1", 1, "1", "101", "delivered", "", 1),
            ("r2", 1, "1", "101", "already_delivered", "", 2),
            ("r1", 2, "2", "", "skipped", "no_consent", 1),
            ("r2", 2, "2", "101", "delivered", "", 2),  # consent came later
            ("r1", 3, "3", "101", "rejected", "no_identifier", 1),
            ("r1", 4, "4", "102", "in_doubt", "no_answer", 1),
            ("r1", 5, "4", "103", "delivered", "", 1),  # the same row, by another rule
            ("r1", 6, "5", "", "skipped", "no_consent", 1),
            ("r2", 3, "6", "101", "rejected", "no_identifier", 2),
            ("r2", 4, "7", "101", "already_delivered", "same_id_other_key", 2),  # never heard of by LinkedIn
            ("dry", 1, "3", "101", "would_send", "", 4),  # after which it is still rejected
        ]
    ],
    "rejects": [("no_identifier", "map an e-mail")],
    "runs": [
        ("r1", "done", "", "2026-11-01 10:01:00", False),
        ("r2", "rejects", "too many", "2026-11-02 10:01:00", False),
        ("dry", "done", "", "2026-11-04 10:01:00", True),
    ],
    "run_lines": [
        ("r1", 1, "delivered", "", ""),
        ("r1", 2, "in_doubt", "no_answer", "replay it"),
        ("r2", 1, "already_delivered", "same_id_other_key", "map another column"),
        ("r2", 2, "rejected", "no_identifier", "what it means"),
    ],
}
LATEST = [
    ("1", "101", "already_delivered"),
    ("2", "101", "delivered"),
    ("3", "101", "rejected"),
    ("4", "102", "in_doubt"),
    ("4", "103", "delivered"),
    ("5", "", "skipped"),
    ("6", "101", "rejected"),
    ("7", "101", "already_delivered"),
]
NEEDS = [
    ("rejected", "no_identifier", 2, "map an e-mail"),
    ("already_delivered", "same_id_other_key", 1, "map another column"),
    ("in_doubt", "no_answer", 1, "replay it"),
    ("run", "rejects", 1, "too many"),
]


def rendered(model: str) -> str:
    """A model's SQL, as dbt makes it."""
    text = (PACKAGE / "models" / f"{model}.sql").read_text()
    names = {"source": lambda _source, table: f"{SCHEMA}.{table}", "ref": lambda name: f"dbt.{name}"}
    return jinja2.Environment(autoescape=False).from_string(text).render(names)  # noqa: S701 - it is SQL


@pytest.fixture
def warehouse(postgresql_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(f"create schema {SCHEMA}".encode())
        connection.execute("create schema dbt")
        for table, columns in TABLES.items():
            connection.execute(f"create table {SCHEMA}.{table} ({columns})".encode())
            marks = ", ".join(["%s"] * len(ROWS[table][0]))
            connection.cursor().executemany(f"insert into {SCHEMA}.{table} values ({marks})".encode(), ROWS[table])  # noqa: S608
        for model in ("latest_result", "daily_counts", "needs_a_person"):
            connection.execute(f"create view dbt.{model} as {rendered(model)}".encode())
        yield connection


def test_the_latest_result_of_each_row_and_rule(warehouse: psycopg.Connection[Any]) -> None:
    found = warehouse.execute("select key_value, rule, outcome from dbt.latest_result order by 1, 2").fetchall()
    assert found == LATEST
    accepted = warehouse.execute("select key_value from dbt.latest_result where accepted_at is not null order by 1")
    assert [key for (key,) in accepted] == ["1", "2", "4"]


def test_the_counts_of_each_day(warehouse: psycopg.Connection[Any]) -> None:
    sums = "sum(events), sum(accepted), sum(sent_before), sum(left_out), sum(rejected), sum(in_doubt)"
    found = warehouse.execute(f"select day::text, {sums} from dbt.daily_counts group by day order by day".encode())  # noqa: S608 - constants
    assert [tuple(map(int, row[1:])) for row in found] == [(6, 2, 0, 2, 1, 1), (4, 1, 2, 0, 1, 0)]


def test_what_needs_a_person_comes_with_what_to_do(warehouse: psycopg.Connection[Any]) -> None:
    found = warehouse.execute("select what, code, row_count, what_to_do from dbt.needs_a_person")
    assert sorted(found.fetchall(), key=lambda row: (-row[2], row[0])) == NEEDS


def test_a_last_run_that_was_killed_needs_a_person_who_is_told_what_to_do(warehouse: psycopg.Connection[Any]) -> None:
    killed = ("r3", "killed", None, "2026-11-03 10:01:00", None)
    warehouse.execute(f"insert into {SCHEMA}.runs values (%s, %s, %s, %s, %s)".encode(), killed)  # noqa: S608 - constants
    found = warehouse.execute("select code, what_to_do from dbt.needs_a_person where what = 'run'")
    assert found.fetchall() == [("killed", "it left no report: see its log, and run it again")]


@pytest.mark.slow
@pytest.mark.skipif(not DBT.exists(), reason="`make dbt` installs dbt in an environment of its own")
@pytest.mark.timeout(300)
def test_dbt_runs_the_package_and_its_tests(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    profile = {
        "linkedin_conversions": {
            "target": "test",
            "outputs": {"test": {"type": "duckdb", "path": str(database), "schema": "dbt", "threads": 1}},
        }
    }
    (tmp_path / "profiles.yml").write_text(json.dumps(profile))
    statements = [f"create schema {SCHEMA}"]
    for table, columns in TABLES.items():
        statements.append(f"create table {SCHEMA}.{table} ({columns})")
        statements += [f"insert into {SCHEMA}.{table} values {_literal(row)}" for row in ROWS[table]]  # noqa: S608
    in_dbt(
        tmp_path,
        "-c",
        f"import duckdb\nwith duckdb.connect({str(database)!r}) as c:\n [c.execute(s) for s in {statements!r}]",
    )
    in_dbt(tmp_path, "-m", "dbt.cli.main", "build", "--project-dir", str(PACKAGE), "--profiles-dir", str(tmp_path))
    query = "select key_value, rule, outcome from dbt.latest_result order by 1, 2"
    told = in_dbt(
        tmp_path,
        "-c",
        f"import duckdb, json\nprint(json.dumps(duckdb.connect({str(database)!r}).sql({query!r}).fetchall()))",
    )
    assert [tuple(row) for row in json.loads(told)] == LATEST


def in_dbt(folder: Path, *arguments: str) -> str:
    """What dbt's own Python prints; nothing is written beside the package, and nothing is told to anybody."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    done = subprocess.run(
        [str(DBT.with_name("python")), *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _literal(row: tuple[Any, ...]) -> str:
    return (
        "("
        + ", ".join(str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'" for value in row)
        + ")"
    )
