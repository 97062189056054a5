"""The columns that a stream's schema declares, and those whose name means a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME, MAYBE_CENTS
from target_linkedin_conversions.records.integers import may_hold_integers
from target_linkedin_conversions.records.paths import as_declared, leads_nowhere, path_of
from target_linkedin_conversions.records.plain_schema import plain_schema

__all__ = ["DeclaredColumns"]


class DeclaredColumns:
    """What a stream's JSON schema says of its columns; `open` is one that has more than it lists."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Look at a schema as the tap wrote it."""
        schema = plain_schema(schema)
        properties = schema.get("properties")
        self.known: tuple[str, ...] = tuple(properties) if isinstance(properties, Mapping) else ()
        self.open = not self.known or _is_open_on_purpose(schema)
        self._schema = schema

    def schema_of(self, column: str) -> Any:  # noqa: ANN401 - a schema, or what a tap wrote for one
        """What is declared of a column that is known."""
        return self._schema["properties"][column]

    def has(self, name: str) -> bool:
        """Whether the schema declares the column, or does not say that a path into it leads nowhere."""
        name = as_declared(name, self.known)
        if name in self.known:
            return True
        path = path_of(name, self.known)
        if path is None or path.column not in self.known:
            return False
        return not leads_nowhere(self.schema_of(path.column), path)

    def found(self, field: str, candidates: Mapping[str, tuple[str, ...]] = FOUND_BY_NAME) -> tuple[str, ...]:
        """The declared columns whose name means a field, the best name first."""
        wanted = candidates.get(field, ())
        if candidates is FOUND_BY_NAME:
            wanted = tuple(name for name in wanted if name not in MAYBE_CENTS or not self.is_of_integers(name))
        return self.named(wanted)

    def named(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The declared columns of these names, however their case and separators are written."""
        by_name = self._by_name
        return tuple(dict.fromkeys(by_name[name] for each in wanted if (name := folded_name(each)) in by_name))

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """The columns by their folded names, which are made once: a tap's name may have megabytes."""
        return {folded_name(column): column for column in reversed(self.known)}

    def is_of_integers(self, name: str) -> bool:
        """Whether the column of this name may hold whole numbers, as cents are."""
        column = next(iter(self.named([name])), None)
        return column is not None and may_hold_integers(self.schema_of(column))


def _is_open_on_purpose(schema: Mapping[str, Any]) -> bool:
    """Whether a schema says itself that there are more columns; JSON Schema's default is nobody's purpose."""
    more = schema.get("additionalProperties")
    return more is True or isinstance(more, Mapping) or bool(schema.get("patternProperties"))
