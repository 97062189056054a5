"""Collects the columns that the plan of a stream reads, and gives each its place in a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.records.column_names import MAYBE_CENTS
from target_linkedin_conversions.records.column_slips import ColumnSlips
from target_linkedin_conversions.records.declared_columns import DeclaredColumns
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.paths import NOT_REACHABLE, as_declared, follow, path_of
from target_linkedin_conversions.records.reasons import UNREACHABLE, Reason
from target_linkedin_conversions.records.rows import Place, Row, RowType, Value, completed_by, first_of, row_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from target_linkedin_conversions.records.paths import Path

__all__ = ["Columns", "is_readable"]

_STEPS = re.compile(r"[.\[]")
"""Where a path may go on behind a column's name."""
_UNREADABLE = re.compile(r'["\\\x00-\x1f]')


class Columns(DeclaredColumns):
    """Collects the columns a stream plan reads, each once, and makes the row type of them."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Look at a stream's JSON schema."""
        super().__init__(schema)
        self._slips = ColumnSlips(self)
        self._missing: dict[str, str] = {}
        self._roots: dict[str, Place] = {}
        self._named: dict[str, Place] = {}
        self._made: list[Callable[[Row], Value]] = []

    def place_of(self, name: str, where: str, field: str, *, undeclared: bool = False) -> Place:
        """The place of a column's value, or of what a path into it leads to; the value is None where it is missing.

        Where a record does not let the path in, there is the reason, in the name of `field`. Raises `ConfigError` where
        the schema does not declare the column, unless it is open or `undeclared` allows that, or shows that the path leads nowhere.
        """
        if not is_readable(name):
            raise self._slips.unreadable(name, where)
        name = as_declared(name, self.known)
        path = None if name in self.known else path_of(name, self.known)
        if name in self.known or (path is not None and self.has(name)):
            self._slips.ensure_no_object(name, path, where)
        if name in self.known:
            return self.optional(name)
        if path is None:
            self._check(name, where, undeclared=undeclared)
            if "[" in name:
                raise self._slips.no_steps(name, where)
            return self.optional(name)
        if not self.has(name):
            self._check(name, where, path, undeclared=undeclared)
        if path.takes_each and field != "email":
            raise ConfigError(
                where, f"{name!r} gives a list", "only email takes every element; choose one: [0] or [name=value]"
            )
        reach, root, reason = follow(path), self._root(path.column), Reason(field, UNREACHABLE)
        place = self.made(lambda row: reason if (found := reach(row[root])) is NOT_REACHABLE else found)
        self._named[name] = place
        return place

    def optional(self, name: str) -> Place:
        """The place of a column's value, which need not be declared."""
        return self._named.setdefault(name, self._root(name))

    def _root(self, name: str) -> Place:
        return self._roots.setdefault(name, len(self._roots))

    def constant(self, value: Value) -> Place:
        """A place at which every row has the same value."""
        return self.made(lambda _row: value)

    def first_of(self, places: Sequence[Place], is_something: Callable[[Value], bool]) -> Place:
        """The place of the first of several values that is neither empty nor a placeholder, or else of the first that is not null."""
        return places[0] if len(places) == 1 else self.made(first_of(tuple(places), is_something))

    def made(self, make: Callable[[Row], Value]) -> Place:
        """A place for a value computed from other values of the row: of columns, or computed before."""
        self._made.append(make)
        return -len(self._made)

    def one_of(self, names: tuple[str, ...], where: str, *, undeclared: bool = False) -> tuple[str, ...]:
        """Those of several columns that the schema declares; raises where it is closed and declares none of them."""
        found = tuple(name for name in names if self.has(name))
        if found:
            self._note_slips(names, where)
            return names if self.open or undeclared else found
        path = path_of(names[0], self.known)
        known = path if path is not None and path.column in self.known else None
        self._check(names[0], where, known, undeclared=undeclared)
        return names

    def _note_slips(self, names: tuple[str, ...], where: str) -> None:
        """Note undeclared columns among several for which another one is very likely meant."""
        for name in names:
            meant = None if self.has(name) else self._slips.nearest(name)
            if meant is not None and meant not in names:
                problem = f"{where}: the schema does not declare column {name_shown(name)!r}"
                self._missing.setdefault(name, f"{problem}; did you mean {name_shown(meant)!r}?")

    def row_type(self, required: Iterable[str]) -> RowType:
        """How the records of the stream become rows: None where a record lacks a column, UNSET for required ones."""
        unset = frozenset(required)
        defaults = tuple((column, msgspec.UNSET if column in unset else None) for column in self._roots)
        columns = [(f"c{place}", Any, default) for place, (_, default) in enumerate(defaults)]
        rename = {f"c{place}": column for place, (column, _) in enumerate(defaults)}
        # No row is part of a cycle, so the garbage collector need not track them.
        struct = msgspec.defstruct("Row", columns, rename=rename, frozen=True, gc=False)
        completed = completed_by(tuple(self._made)) if self._made else None
        held_back = frozenset(self.named(name for name in MAYBE_CENTS if self.is_of_integers(name)))
        not_found = tuple(name for name in self._named if name in held_back)
        return RowType(struct, row_reader(completed), defaults, tuple(self._named.items()), completed, not_found)

    def _check(self, name: str, where: str, path: Path | None = None, *, undeclared: bool) -> None:
        """Refuse a name that the schema does not declare where it lists all columns, else note it."""
        root = _STEPS.split(name)[0] if path is None else path.column
        if root in self.known and (path is not None or "[" in name):
            raise self._slips.no_path(name, root, where, is_readable=path is not None)
        mend = self._slips.mend_of(name, root, where)
        if not (self.open or undeclared):
            problem = f"the stream's schema has no column {name_shown(name)!r}"
            or_else = " Else" if mend.endswith("?") else ", or"
            raise ConfigError(where, problem, f"{mend}{or_else} say undeclared_columns: allow")
        self._missing.setdefault(name, f"{where}: the schema does not declare column {name_shown(name)!r}; {mend}")

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each mapped column that the schema does not declare, and need not."""
        return tuple(self._missing.values())


def is_readable(name: str) -> bool:
    """Whether a column of this name can be read from a record's JSON."""
    return _UNREADABLE.search(name) is None
