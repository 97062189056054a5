"""Nothing of the mapping asks the world: what it needs to know of it is an argument."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from target_linkedin_conversions import guessing, readiness, records

FILES = sorted(
    path for room in (records, readiness, guessing) for path in Path(str(room.__file__)).parent.rglob("*.py")
)
PURE = {
    *("__future__", "base64", "binascii", "collections", "datetime", "decimal", "difflib", "enum", "fnmatch"),
    *("functools", "hashlib", "html", "ipaddress", "itertools", "json", "math", "msgspec", "operator", "re", "string"),
    *("target_linkedin_conversions", "typing", "unicodedata", "urllib", "zlib"),
    "importlib",  # which loads the kept lists of the findings, and pyarrow, where they are installed
    "zoneinfo",  # which reads the zone that an entry names, or a time, once for each
}
"""What may be imported: none of it can look at a clock, a disk or a network unasked."""
ASKS = {"now", "utcnow", "today", "fromtimestamp", "open", "read_text", "urlopen", "print", "input"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_mapping_has_no_clock_disk_or_network_of_its_own(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    called = {node.func for node in nodes if isinstance(node, ast.Call)}
    names = {getattr(func, "attr", getattr(func, "id", "")) for func in called}
    assert {name.partition(".")[0] for name in imported} <= PURE
    assert not names & ASKS
    assert "urllib.request" not in imported
