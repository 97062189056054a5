"""YAML that people write, each name of a mapping once: of two, PyYAML silently keeps the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["NamedTwiceError", "NamesOnce"]


class NamedTwiceError(yaml.MarkedYAMLError):
    """A mapping has two values of one name."""


class NamesOnce:
    """Put before a loader of PyYAML: raises `NamedTwiceError` with the line of the second."""

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping, whose names are looked at before others are merged into it."""
        names: set[tuple[str, str]] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and (name := (key.tag, key.value)) in names:
                problem = "a name stands twice in one mapping, and only the last would count"
                raise NamedTwiceError(problem=problem, problem_mark=key.start_mark)
            if isinstance(key, yaml.ScalarNode):
                names.add(name)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)  # type: ignore[misc]  # of the loader behind it
        return found
