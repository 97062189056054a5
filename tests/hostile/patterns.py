"""Every pattern that the package compiles, the ways in which it asks them, and long texts to ask them of."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import target_linkedin_conversions as package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LONGEST", "TEXTS", "asked", "long_text"]

LONGEST = 1_000_000
_ASK = {"fullmatch", "match", "search", "sub", "split", "findall", "finditer"}

TEXTS = [
    *("a", "Z", "7", "0", " ", "\n", "\x00", "\u0301", "\u200b", "\u4e2d", "\uff20"),
    *(mark for mark in "@.-_%/\\{[(<>}])'\"=:;,+*#&|$`~?!"),
    *("a@", "a.", "a=", "1.", "0.", "::", "/ ", "{a", "<a", "-a", "${", "%4", "a ", "[a", "\\x", "a'", "a-", "1,"),
    *(
        ":: /",
        " :: a",
        "li_fat_id ",
        "li_fat_id=",
        "{batchIndex=",
        "Index: 1, ",
        "indices [",
        "urn:li:",
        "%40",
        "a %40",
    ),
    *(
        '"a',
        '"\\',
        "+1 ",
        "0 (",
        "ab:",
        "00T",
        "bearer ",
        "{{",
        "%a",
        "<test lead: ",
        "'a ",
        "List(",
        ".000",
        "Tunnel ",
    ),
]
"""Each class of character, and beginnings that patterns of ours look for."""


# Each text is asked for by each pattern in turn, of which there are hundreds.
@lru_cache(maxsize=len(TEXTS))
def long_text(repeated: str, end: str = "!\x01") -> str:
    """A million characters, and an end by which nothing fits."""
    return (repeated * (LONGEST // len(repeated) + 1))[:LONGEST] + end


@cache
def asked() -> list[tuple[str, Callable[[Any], object], bool]]:
    """Each pattern with each way in which the package asks it: a name, the way as a function, whether it reads bytes."""
    return list(_asked())


def _asked() -> Iterator[tuple[str, Callable[[Any], object], bool]]:
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if info.name.endswith("__main__"):
            continue
        try:
            module = importlib.import_module(info.name)
        except ModuleNotFoundError:  # of an extra that is not installed
            continue
        ways = _ways(Path(str(module.__file__)))
        for name, value in vars(module).items():
            place = f"{info.name.partition('.')[2]}:{name}"
            bound = getattr(value, "__self__", None)
            if isinstance(value, re.Pattern):
                for way in sorted(ways.get(name, ())):
                    yield f"{place}.{way}", _asking(value, way), isinstance(value.pattern, bytes)
            elif isinstance(bound, re.Pattern):
                yield f"{place}.{value.__name__}", _asking(bound, value.__name__), isinstance(bound.pattern, bytes)


def _ways(path: Path) -> dict[str, set[str]]:
    """The methods that a module calls, or hands on, of each name."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _ASK:
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def _asking(pattern: re.Pattern[Any], way: str) -> Callable[[Any], object]:
    if way == "sub":
        return lambda text: pattern.sub(text[:0], text)
    if way == "finditer":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    found: Callable[[Any], object] = getattr(pattern, way)
    return found
