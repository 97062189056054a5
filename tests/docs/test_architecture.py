"""What docs/architecture.md names is there, and what it draws is all there is."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "target_linkedin_conversions"
PAGE = (ROOT / "docs" / "architecture.md").read_text()
QUOTED = re.findall(r"`([^`\n]+)`", PAGE)
PLACES = sorted({text for text in QUOTED if re.fullmatch(r"[\w./]+\.py:[\w.]+", text)})
PATHS = sorted({text.partition(":")[0] for text in QUOTED if re.fullmatch(r"[\w./]+(?:/|\.\w+)(?::[\w.]+)?", text)})
(DRAWING,) = re.findall(r"```text\n(.*?)```", PAGE, flags=re.DOTALL)
DRAWN = set(re.findall(r"\b[a-z_]+/|\b[a-z_]+\.py\b", DRAWING))


def located(name: str) -> Path:
    """A file or folder that the page names, counted from the top or from the package."""
    return ROOT / name if (ROOT / name).exists() else PACKAGE / name


@cache
def names_of(path: Path) -> frozenset[str]:
    """Every function, class and constant that a file defines, methods as `Class.method`."""
    return frozenset(_defined(ast.parse(path.read_text()).body, ""))


def _defined(body: list[ast.stmt], prefix: str) -> set[str]:
    found: set[str] = set()
    for node in body:
        match node:
            case ast.ClassDef():
                found |= {prefix + node.name} | _defined(node.body, f"{prefix}{node.name}.")
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found.add(prefix + node.name)
            case ast.Assign():
                found |= {prefix + target.id for target in node.targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(prefix + name)
            case _:
                pass
    return found


@pytest.mark.parametrize("path", PATHS)
def test_every_file_and_folder_named_is_there(path: str) -> None:
    assert located(path).is_dir() if path.endswith("/") else located(path).is_file()


@pytest.mark.parametrize("place", PLACES)
def test_every_name_is_defined_in_its_file(place: str) -> None:
    path, _, name = place.partition(":")
    assert name in names_of(located(path))


def test_the_rooms_drawn_are_the_rooms_that_are_there() -> None:
    folders = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    files = {path.name for path in PACKAGE.glob("*.py")} - {"__init__.py", "__main__.py"}
    assert folders | files == DRAWN


def test_every_room_drawn_is_told_in_a_sentence() -> None:
    told = re.findall(r"^\| `([a-z_]+(?:/|\.py))` \| [A-Z`].*\. \|$", PAGE, flags=re.MULTILINE)
    assert sorted(told) == sorted(DRAWN)


def test_every_law_names_a_test_that_holds_it() -> None:
    laws = PAGE.partition("## What must never be")[2].partition("\nOne question")[0]
    rows = [line for line in laws.splitlines() if line.startswith("|")][2:]
    held = [row.split("|")[3] for row in rows]
    assert len(rows) > 15
    assert all(re.search(r"`tests/[\w/]+\.py:test_\w+`", tests) for tests in held)
