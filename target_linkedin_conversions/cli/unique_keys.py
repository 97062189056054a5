"""YAML that people write, each name of a mapping once, and no more in it than they wrote.

Of two values of one name PyYAML silently keeps the last; and what a line names, later lines may repeat, so that ten
lines hold a thousand million texts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["DuplicateKeyError", "RepeatsError", "UniqueKeys"]

_MOST_REPEATED = 100_000
"""Values of a document, each counted as often as an alias repeats it."""


class DuplicateKeyError(yaml.MarkedYAMLError):
    """A mapping has two values of one name."""


class RepeatsError(yaml.MarkedYAMLError):
    """Aliases (`*name`) make far more of a document than stands in it, or an endless one."""


class UniqueKeys:
    """Put before a loader of PyYAML: raises `DuplicateKeyError` with the line of the second, and `RepeatsError`."""

    def compose_document(self) -> yaml.Node:
        """The document, if it is not much larger than it was written."""
        found: yaml.Node = super().compose_document()  # type: ignore[misc]  # of the loader behind it
        if self.anchored and _size(found, {}) > _MOST_REPEATED:
            problem = "its aliases repeat more than a document can hold"
            raise RepeatsError(problem=problem, problem_mark=found.start_mark)
        return found

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node:
        """A node; whether one was named is kept, for documents without names are not counted."""
        self.anchored = self.anchored or self.check_event(yaml.AliasEvent)  # type: ignore[attr-defined]  # of the loader
        found: yaml.Node = super().compose_node(parent, index)  # type: ignore[misc]
        return found

    anchored = False

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping, whose names are looked at before others are merged into it."""
        names: set[tuple[str, str]] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and (name := (key.tag, key.value)) in names:
                problem = "a name stands twice in one mapping, and only the last would count"
                raise DuplicateKeyError(problem=problem, problem_mark=key.start_mark)
            if isinstance(key, yaml.ScalarNode):
                names.add(name)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)  # type: ignore[misc]  # of the loader behind it
        return found


def _size(node: yaml.Node, known: dict[int, float]) -> float:
    """The values of a node, infinite where it holds itself."""
    found = known.get(id(node))
    if found is None:
        known[id(node)] = math.inf
        inner = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (part for item in inner for part in (item if isinstance(item, tuple) else (item,)))
        found = known[id(node)] = 1 + sum(_size(part, known) for part in parts)
    return found
