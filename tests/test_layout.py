"""Who may import whom, read from the imports of every file."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import target_linkedin_conversions
from target_linkedin_conversions.urns import ACCOUNT_URN, CAMPAIGN_URN, LEAD_URN, RULE_URN

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(target_linkedin_conversions.__file__).parent
NAME = PACKAGE.name
FILES = sorted(PACKAGE.rglob("*.py"))
WAYS_IN = {"singer", "spark", "cli", "python", "results_tap"}
BELOW: dict[str, set[str]] = {
    "run": {"records", "delivery", "ledger"},
    "records": set(),
    # It carries events, so it knows their type; the ledger knows digests only.
    "delivery": {"records", "ledger"},
    "ledger": set(),
}
"""The rooms that a row walks through, and those of them that each stands on."""
BESIDE = {
    "admin",
    "alerts",
    "guessing",
    "telemetry",
    "readiness",
    "reporting",
    "settings",
    "sandbox",
    "tables",
    "errors",
    "extras",
    "outcomes",
    "cpu_affinity",
    "durations",
    "epoch",
    "how_many",
    "loopback",
    "nearest",
    "output",
    "wall_clock",
    "printable",
    "private_files",
    "memory_reserve",
    "muted_threads",
    "threads",
    "singer_messages",
    "standard_streams",
    "urns",
    "usage",
}
"""What stands beside them: it knows no way in and no run."""
NEEDS_NOTHING = {"sandbox"}
"""LinkedIn on localhost shares no table with the client, so it imports nothing of ours."""
HTTP_CLIENTS = {"requests", "urllib3", "httpx", "http.client", "urllib.request", "aiohttp"}
SPEAK_THEMSELVES = {"apprise": "alerts", "opentelemetry": "telemetry", "fsspec": "reporting"}
"""Packages that speak HTTP on their own, and the room that lets each of them: what else one sends is in nobody's hands."""
WRITTEN_ONCE = {
    '"--json"': "cli/json_output.py",
    "pip install 'target-linkedin-conversions[": "extras.py",
    "a fault in this program: {": "errors.py",
    "came before its SCHEMA": "singer_messages.py",
    "are no list of names": "singer_messages.py",
    ", nor can {": "reporting/journal.py",
    "see `linkedin-conversions runs list`": "cli/past_runs.py",
    "(event.identity, event.hour) for": "delivery/batch_in_ledger.py",
    "range(count // 2)": "delivery/bisection.py",
    "signal.SIGTERM, signal.SIGINT, signal.SIGHUP": "run/process/signals.py",
    "7_303_01": "ledger/advisory_locks.py",
    "LinkedIn refuses the access token as": "delivery/auth.py",
    '("dmy", "mdy", "ymd")': "records/written_dates.py",
    '("column", "granted", "contains", "not_required")': "settings/consent.py",
    '"email", "li_fat_id", "full_name", "first_name", "lead"': "guessing/guess.py",
}
"""What is said, asked or chosen in one place, and that place; whoever needs it calls the function there."""
PRINTERS = {"print", "click.echo", "sys.stdout.write", "sys.stderr.write"}
MAY_WRITE = {
    "singer/execution.py": "the last line, on stderr",
    "singer/main.py": "the version",
    "singer/state_writer.py": "STATE, on stdout",
}


def room(file: Path) -> str:
    """The first folder of a file, or its own name at the top."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


ROOMS = {room(file) for file in FILES}


def module(file: Path) -> str:
    """A file's name as a module."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(file): file for file in FILES}


@cache
def imports(file: Path, *, for_types: bool = False) -> frozenset[str]:
    """Every module a file imports while it runs, and, if asked, what only the type checker reads."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not for_types:
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def rooms_used(file: Path, *, for_types: bool = True) -> set[str]:
    """The rooms of ours that a file imports from."""
    found = {name.split(".")[1] for name in imports(file, for_types=for_types) if name.startswith(f"{NAME}.")}
    return found & ROOMS


def users_of(*libraries: str) -> set[str]:
    """The rooms whose files import one of these libraries."""
    return {
        room(file)
        for file in FILES
        for name in imports(file)
        if any(name == library or name.startswith(f"{library}.") for library in libraries)
    }


def files_of(name: str) -> Iterator[Path]:
    """The files of a room."""
    return (file for file in FILES if room(file) == name)


def test_only_the_target_and_the_tap_import_the_singer_sdk() -> None:
    assert users_of("singer_sdk") == {"singer", "results_tap"}


def test_only_spark_imports_pyspark() -> None:
    assert users_of("pyspark") <= {"spark"}


def test_only_delivery_and_admin_speak_http_and_three_rooms_let_a_package_do_so() -> None:
    assert users_of(*HTTP_CLIENTS) <= {"delivery", "admin"}
    for package, name in SPEAK_THEMSELVES.items():
        assert users_of(package) - {"singer"} == {name}


def test_only_the_ledger_speaks_sql() -> None:
    assert users_of("sqlalchemy", "sqlite3", "psycopg") == {"ledger"}


def test_one_place_says_which_names_are_alike() -> None:
    assert users_of("difflib") == {"nearest"}


def test_how_linkedin_names_what_it_keeps_is_written_once() -> None:
    for urn in (RULE_URN, ACCOUNT_URN, CAMPAIGN_URN, LEAD_URN):
        assert {room(file) for file in FILES if urn in file.read_text()} - NEEDS_NOTHING == {"urns"}


def test_numbers_become_dates_in_one_place() -> None:
    made_of_a_number = ("fromtimestamp", "datetime(1970, 1, 1", "date(1970, 1, 1")
    for written in made_of_a_number:
        places = {file.relative_to(PACKAGE).as_posix() for file in FILES if written in file.read_text()}
        assert {place for place in places if not place.startswith("sandbox/")} <= {"epoch.py", "records/timestamps.py"}


@pytest.mark.parametrize("text", WRITTEN_ONCE)
def test_what_has_one_place_is_written_nowhere_else(text: str) -> None:
    places = {file.relative_to(PACKAGE).as_posix() for file in FILES if text in file.read_text()}
    assert {place for place in places if not place.startswith("sandbox/")} == {WRITTEN_ONCE[text]}


def test_only_the_command_line_prints() -> None:
    writers = {str(file.relative_to(PACKAGE)) for file in FILES if writes(file) and room(file) != "cli"}
    assert writers == set(MAY_WRITE)


def writes(file: Path) -> bool:
    """Whether a file prints, echoes, or writes to a standard stream."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in PRINTERS or "Console(" in called:
                return True
    return False


def test_every_room_has_its_place() -> None:
    assert ROOMS - {"__init__", "__main__", "starting"} <= WAYS_IN | BELOW.keys() | BESIDE


@pytest.mark.parametrize("name", sorted({"run", *BELOW, *BESIDE}))
def test_the_run_and_all_below_it_know_none_of_the_ways_in(name: str) -> None:
    for file in files_of(name):
        assert not rooms_used(file) & WAYS_IN, file.name


@pytest.mark.parametrize("name", sorted(BELOW))
def test_no_room_imports_from_a_room_above_it(name: str) -> None:
    for file in files_of(name):
        assert rooms_used(file) & BELOW.keys() <= BELOW[name] | {name}, file.name


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_what_stands_beside_knows_no_run(name: str) -> None:
    for file in files_of(name):
        assert "run" not in rooms_used(file), file.name


def test_the_ways_in_know_each_other_only_where_a_command_is_one() -> None:
    """`ledger mark` reads Singer messages; every other way in stands for itself."""
    known = {"cli/ledger/mark.py": {"singer"}}
    for name in WAYS_IN:
        for file in files_of(name):
            others = rooms_used(file) & WAYS_IN - {name}
            assert others == known.get(file.relative_to(PACKAGE).as_posix(), set()), file.name


def test_the_sandbox_needs_nothing_of_ours() -> None:
    for name in NEEDS_NOTHING:
        for file in files_of(name):
            assert rooms_used(file) <= {name}, file.name


def test_no_modules_need_one_another() -> None:
    found = {circle for circle in circles(needs()) if len(circle) > 1}
    assert not found


def test_what_modules_take_from_one_another_is_offered() -> None:
    taken = {name.rpartition(".")[::2] for file in FILES for name in imports(file, for_types=True) - MODULES.keys()}
    assert not sorted((home, name) for home, name in taken if home in MODULES and name not in offered(home))


@cache
def offered(name: str) -> frozenset[str]:
    """What a module says in `__all__` that others may take."""
    for node in ast.parse(MODULES[name].read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def needs() -> dict[str, set[str]]:
    """The modules of ours that each module imports, for its types too."""
    return {
        name: {used for used in imports(file, for_types=True) if used in MODULES and used != name} - packages_of(name)
        for name, file in MODULES.items()
    }


def packages_of(name: str) -> set[str]:
    """The packages that a module lies in, which are there before it is."""
    parts = name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts))}


def circles(graph: dict[str, set[str]]) -> list[frozenset[str]]:
    """Every set of modules from each of which all others of it are reached."""
    reached = {name: _reach(graph, name) for name in graph}
    return list({frozenset({name, *(other for other in reached[name] if name in reached[other])}) for name in graph})


def _reach(graph: dict[str, set[str]], name: str) -> set[str]:
    seen: set[str] = set()
    left = [name]
    while left:
        for other in graph[left.pop()] - seen:
            seen.add(other)
            left.append(other)
    return seen


def test_a_replay_needs_no_singer_sdk() -> None:
    program = f"import sys, {NAME}.cli.rejects; sys.exit('singer_sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=PACKAGE.parent).returncode == 0


@pytest.mark.parametrize("command", ["login", "preview", "privacy", "rules", "runs"])
def test_a_command_without_a_ledger_loads_no_sql(command: str) -> None:
    program = f"import sys, {NAME}.cli.{command}; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=PACKAGE.parent).returncode == 0
