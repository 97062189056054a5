"""Who may import whom, read from the imports of every file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import target_linkedin_conversions

PACKAGE = Path(target_linkedin_conversions.__file__).parent
NAME = PACKAGE.name
FILES = sorted(PACKAGE.rglob("*.py"))
LEFT_TO_RIGHT = ("singer", "records", "delivery", "ledger")
HTTP_CLIENTS = {"requests", "urllib3", "httpx", "http.client", "urllib.request", "aiohttp"}
PRINTERS = {"print"}
MAY_WRITE = {
    "singer/execution.py": "the last line, on stderr",
    "singer/main.py": "the version",
    "singer/state_writer.py": "STATE, on stdout",
}


def room(file: Path) -> str:
    """The first folder of a file, or its own name at the top."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(file: Path) -> set[str]:
    """Every module a file imports while it runs; what only the type checker reads does not count."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def users_of(*libraries: str) -> set[str]:
    """The rooms whose files import one of these libraries."""
    return {
        room(file)
        for file in FILES
        for module in imports(file)
        if any(module == library or module.startswith(f"{library}.") for library in libraries)
    }


def test_only_singer_imports_the_singer_sdk() -> None:
    assert users_of("singer_sdk", "singer_sdk.singerlib") == {"singer"}


def test_only_delivery_and_admin_speak_http() -> None:
    assert users_of(*HTTP_CLIENTS) <= {"delivery", "admin"}


def test_only_the_ledger_speaks_sql() -> None:
    assert users_of("sqlalchemy", "sqlite3", "psycopg") == {"ledger"}


def test_only_the_command_line_prints() -> None:
    writers = {str(file.relative_to(PACKAGE)) for file in FILES if writes(file) and room(file) != "cli"}
    assert writers == set(MAY_WRITE)


def writes(file: Path) -> bool:
    """Whether a file prints, echoes, or writes to a standard stream."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {"print", "click.echo", "sys.stdout.write", "sys.stderr.write"} or "Console(" in called:
                return True
    return False


@pytest.mark.parametrize("here", LEFT_TO_RIGHT)
def test_no_room_imports_from_a_room_to_its_left(here: str) -> None:
    lefts = LEFT_TO_RIGHT[: LEFT_TO_RIGHT.index(here)] if here != "records" else ("singer", "delivery", "ledger")
    # `delivery` carries events, so it knows their type; the ledger knows digests only.
    allowed = {"delivery": {"records"}}.get(here, set())
    for file in FILES:
        if room(file) != here:
            continue
        for module in imports(file):
            parts = module.split(".")
            if parts[0] == NAME and len(parts) > 1:
                assert parts[1] not in set(lefts) - allowed, f"{file.name} imports {module}"


def test_nothing_but_the_two_programs_needs_singer() -> None:
    users = {room(file) for file in FILES for module in imports(file) if module.startswith(f"{NAME}.singer")}
    assert users <= {"singer", "cli", "__main__"}


def test_a_replay_needs_no_singer_sdk() -> None:
    program = f"import sys, {NAME}.cli.rejects; sys.exit('singer_sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=PACKAGE.parent).returncode == 0
