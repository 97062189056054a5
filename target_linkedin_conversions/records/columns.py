"""The columns that the plan of a stream reads, and their places in a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import astuple

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import folded_name, nearest
from target_linkedin_conversions.records.codes import COUNTRIES, CURRENCIES
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME, MAYBE_CENTS
from target_linkedin_conversions.records.constants import is_no_number
from target_linkedin_conversions.records.integers import may_hold_integers
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.paths import (
    NOT_REACHABLE,
    as_declared,
    follow,
    leads_nowhere,
    path_of,
    schema_behind,
)
from target_linkedin_conversions.records.plain_schema import plain_schema, types_of
from target_linkedin_conversions.records.reasons import UNREACHABLE, Reason

if TYPE_CHECKING:
    from target_linkedin_conversions.records.paths import Path

__all__ = [
    "Columns",
    "JsonOf",
    "Place",
    "Row",
    "RowType",
    "Value",
    "is_readable",
]

Value = Any
"""Any value of a column."""

Row = tuple[Value, ...]
"""The values of a record that the plan of its stream reads, each at its place."""

JsonOf = Callable[[Row, list[Reason]], str]
"""What a row adds to the event's JSON; why something is left out is noted in the list."""

Place = int
"""Where a value is in a row: of a column counted from the front, of what is made of columns from the end."""

_STEPS_THERE_ARE = "write .name, [0], [name=value] or [] behind a column"
_STEPS = re.compile(r"[.\[]")
"""Where a path may go on behind a column's name."""
_ANOTHERS_STEP = re.compile(r"""\[\s*\??\(?@?\.?([^\[\]=!<>?@()'" ]+)\s*==?\s*['"]?([^\[\]'"]*?)['"]?\s*\)?\s*\]""")
"""A step to the element that has a value, as JSONPath, JMESPath and jq write it."""
_BETWEEN_NAMES = re.compile(r"[,;|]")
_AROUND_A_NAME = " '\"`"
"""What stands around a name that was written as text in a text."""
_AROUND_A_PATH = re.compile(r"^\s*(?:\$\.|/|\{\{\s*)?|\s*(?:\}\})?\s*$")
_CALCULATION = re.compile(r"([^*/+]{1,200}?) ?([*/+-]) ?[0-9]{1,9}(?:\.[0-9]{1,9})?").fullmatch
"""A column with a number that it is to be divided by, as SQL writes it."""
_OTHER_STEPS = re.compile(r"->>?|/|__|:")
"""How other programs write a path: JSONPath, JSON pointers, PostgreSQL, Snowflake, flattening, templates."""
_CODES = {"currency": CURRENCIES, "country": COUNTRIES}
_WORDS = frozenset({"company", "title"})
"""Fields that may be a constant in any words, so that no value tells that one was meant."""
_SHORT = 5
_ALIKE_SHORT = 0.8
"""Of names of so few letters: below it `gone` would be `owner`, and `ACME` would be `name`."""
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")
_UNREADABLE = re.compile(r'["\\\x00-\x1f]')


class RowType(msgspec.Struct, frozen=True):
    """How records become rows: `struct` is what a record's JSON is decoded into, `row_of` makes a row of that.

    `columns` are those that are read at all, with what stands where a record lacks one; `named` are the places of the
    columns and paths that something asks for: of a column into which only paths go, the rest is nobody's. `not_found`
    are those whose name would mean a field, did their schema not speak against it.
    """

    struct: type[msgspec.Struct]
    row_of: Callable[[msgspec.Struct], Row]
    columns: tuple[tuple[str, Value], ...]
    named: tuple[tuple[str, Place], ...]
    completed: Callable[[Row], Row] | None
    not_found: tuple[str, ...] = ()

    def of(self, record: Mapping[str, Value]) -> Row:
        """The row of a record that is already a mapping."""
        row = tuple([record.get(column, default) for column, default in self.columns])
        return row if self.completed is None else self.completed(row)

    def no_numbers(self, row: Row) -> tuple[Reason, ...]:
        """The columns and paths that something asks for and that hold `NaN` or `Infinity`."""
        return tuple([Reason(name, "not_a_number") for name, place in self.named if is_no_number(row[place])])

    def of_columns(self, values: Mapping[str, Sequence[Value]], records: int) -> list[Row]:
        """The rows of so many records that are there column by column, none of which lacks one that another has."""
        columns = [values[column] if column in values else (default,) * records for column, default in self.columns]
        rows: list[Row] = [*zip(*columns, strict=True)] if columns else [()] * records
        return rows if self.completed is None else [*map(self.completed, rows)]


class Columns:
    """Collects the columns a stream plan reads, each once, and makes the row type of them."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Look at a stream's JSON schema."""
        schema = plain_schema(schema)
        properties = schema.get("properties")
        self.known: tuple[str, ...] = tuple(properties) if isinstance(properties, Mapping) else ()
        self.open = not self.known or _is_open_on_purpose(schema)
        self._missing: dict[str, str] = {}
        self._schema = schema
        self._roots: dict[str, Place] = {}
        self._named: dict[str, Place] = {}
        self._made: list[Callable[[Row], Value]] = []

    def place_of(self, name: str, where: str, field: str, *, undeclared: bool = False) -> Place:
        """The place of a column's value, or of what a path into it leads to; the value is None where it is missing.

        Where a record does not let the path in, there is the reason, in the name of `field`. Raises `ConfigError` where
        the schema does not declare the column, unless it is open or `undeclared` allows that, or shows that the path leads nowhere.
        """
        if not is_readable(name):
            problem = "a column's name with a quote, backslash or control character cannot be read"
            raise ConfigError(where, problem, self._several(name, where) or self._without_quotes(name))
        name = as_declared(name, self.known)
        path = None if name in self.known else path_of(name, self.known)
        if name in self.known or (path is not None and self.has(name)):
            self._check_is_no_object(name, path, where)
        if name in self.known:
            return self.optional(name)
        if path is None:
            self._check(name, where, undeclared=undeclared)
            if "[" in name:
                raise ConfigError(where, f"the path {name_shown(name)!r} cannot be read", _STEPS_THERE_ARE)
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
        return places[0] if len(places) == 1 else self.made(_first(tuple(places), is_something))

    def made(self, make: Callable[[Row], Value]) -> Place:
        """A place for a value computed from other values of the row: of columns, or computed before."""
        self._made.append(make)
        return -len(self._made)

    def has(self, name: str) -> bool:
        """Whether the schema declares the column, or does not say that a path into it leads nowhere."""
        name = as_declared(name, self.known)
        if name in self.known:
            return True
        path = path_of(name, self.known)
        if path is None or path.column not in self.known:
            return False
        return not leads_nowhere(self._schema["properties"][path.column], path)

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
            meant = None if self.has(name) else self.nearest(name)
            if meant is not None and meant not in names:
                problem = f"{where}: the schema does not declare column {name_shown(name)!r}"
                self._missing.setdefault(name, f"{problem}; did you mean {name_shown(meant)!r}?")

    def found(self, field: str, candidates: Mapping[str, tuple[str, ...]] = FOUND_BY_NAME) -> tuple[str, ...]:
        """The declared columns whose name means a field, the best name first."""
        wanted = candidates.get(field, ())
        if candidates is FOUND_BY_NAME:
            wanted = tuple(name for name in wanted if name not in MAYBE_CENTS or not self._may_hold_integers(name))
        return self.named(wanted)

    def named(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The declared columns of these names, however their case and separators are written."""
        by_name = {folded_name(column): column for column in reversed(self.known)}
        return tuple(dict.fromkeys(by_name[name] for each in wanted if (name := folded_name(each)) in by_name))

    def _may_hold_integers(self, name: str) -> bool:
        column = next(iter(self.named([name])), None)
        return column is not None and may_hold_integers(self._schema["properties"][column])

    def row_type(self, required: Iterable[str]) -> RowType:
        """How the records of the stream become rows: None where a record lacks a column, UNSET for required ones."""
        unset = frozenset(required)
        defaults = tuple((column, msgspec.UNSET if column in unset else None) for column in self._roots)
        columns = [(f"c{place}", Any, default) for place, (_, default) in enumerate(defaults)]
        rename = {f"c{place}": column for place, (column, _) in enumerate(defaults)}
        # No row is part of a cycle, so the garbage collector need not track them.
        struct = msgspec.defstruct("Row", columns, rename=rename, frozen=True, gc=False)
        completed = _completed(tuple(self._made)) if self._made else None
        held_back = frozenset(self.named(name for name in MAYBE_CENTS if self._may_hold_integers(name)))
        not_found = tuple(name for name in self._named if name in held_back)
        return RowType(struct, _row_reader(completed), defaults, tuple(self._named.items()), completed, not_found)

    def _check(self, name: str, where: str, path: Path | None = None, *, undeclared: bool) -> None:
        root = _STEPS.split(name)[0] if path is None else path.column
        if root in self.known and (path is not None or "[" in name):
            raise self._no_path(name, root, where, is_readable=path is not None)
        meant = self._in_our_steps(name) or self._behind_its_table(name) or self.nearest(name) or self.nearest(root)
        if meant in self.known and root != name and _is_of_members(self._schema["properties"][meant]):
            meant = self._path_near(f"{meant}{name[len(root) :]}", meant, where) or meant
        field = where.rpartition(".fields.")[2]
        constant = f"write constants: {{{field}: …}} where it is the same for all records, " if field in _WORDS else ""
        mend = (
            f"did you mean {name_shown(meant)!r}?" if meant else f"map a column of the stream, {constant}or remove it"
        )
        if constant := _constant_meant(field, name):
            mend = f"where it is the same for all records, write constants: {{{field}: {constant}}}"
        mend = self._several(name, where) or self._without_calculation(name, field) or mend
        if not (self.open or undeclared):
            problem = f"the stream's schema has no column {name_shown(name)!r}"
            or_else = " Else" if mend.endswith("?") else ", or"
            raise ConfigError(where, problem, f"{mend}{or_else} say undeclared_columns: allow")
        self._missing.setdefault(name, f"{where}: the schema does not declare column {name_shown(name)!r}; {mend}")

    def _no_path(self, name: str, column: str, where: str, *, is_readable: bool) -> ConfigError:
        """The error for a path that the schema shows to lead nowhere, or whose steps are none, behind a column that is there."""
        shown = f"the path {name_shown(name)!r}"
        problem = f"the stream's schema shows that {shown} leads nowhere" if is_readable else f"{shown} cannot be read"
        if there := self._path_near(name, column, where):
            mend = f"did you mean {name_shown(there)!r}?"
        elif name in _paths_into(column, self._schema["properties"][column], "[0]"):
            mend = "no path leads to a name with a dot or bracket in it: rename that, as a stream map or a view does"
        else:
            mend = "check its steps against the column's schema and a record" if is_readable else _STEPS_THERE_ARE
        return ConfigError(where, problem, mend)

    def _path_near(self, name: str, column: str, where: str) -> str | None:
        """The path into a column that somebody most likely meant; of `[name=value]` never one that would find another."""
        plain = _ANOTHERS_STEP.sub(r"[\1=\2]", name)
        if self.has(name):
            return name
        if "=" in name:
            return plain if path_of(plain, self.known) and self.has(plain) else None
        own = [each for each in re.findall(r"\[-?[0-9]*\]", name) if each != "[]" or where.endswith(".email")]
        ways = [*own, "[]" if where.endswith(".email") else "[0]"]
        schema = self._schema["properties"][column]
        return nearest(name, [path for each in ways for path in _paths_into(column, schema, each) if self.has(path)])

    def _check_is_no_object(self, name: str, path: Path | None, where: str) -> None:
        """Refuse a field's column, or a path's end, that holds nothing but objects: of none of them a value could be sent."""
        column, steps = (name, ()) if path is None else (path.column, path.steps)
        schema = schema_behind(self._schema["properties"][column], steps)
        if ".fields." not in where or where.endswith(".li_fat_id") or not _is_of_members(schema):
            return
        there = _paths_into(name, schema, "[]" if where.endswith(".email") else "[0]")
        mend = f"name a member of them, such as {name_shown(nearest(name, there, alike=0) or there[0])}"
        raise ConfigError(where, f"by the stream's schema {name_shown(name)!r} holds objects", mend)

    def nearest(self, name: str) -> str | None:
        """The declared column that somebody most likely meant by a name that is none."""
        meant = nearest(name, self.known, form=_letters)
        if meant is None:
            return None
        found, written = _letters(meant), _letters(name)
        if len(found) > _SHORT or sorted(found) == sorted(written) or found in written or written in found:
            return meant
        return nearest(name, self.known, alike=_ALIKE_SHORT, form=_letters)

    def _several(self, name: str, where: str) -> str:
        """The mend of a text that holds the names of several columns, where a list of them may stand; empty for all else."""
        parts = [part.strip(_AROUND_A_NAME) for part in _BETWEEN_NAMES.split(name.strip("[](){} "))]
        if len(parts) < 2 or where.endswith(".column") or not all(map(self.has, parts)):  # noqa: PLR2004 - several
            return ""
        return f"write several columns as a list: [{', '.join(map(name_shown, parts))}]"

    def _without_calculation(self, name: str, field: str) -> str:
        """The mend of a column that is to be calculated with; empty for all else."""
        parts = _CALCULATION(name.strip())
        if parts is None or parts[1] not in self.known:
            return ""
        cents = ", with minor_units: true if it holds cents" if field == "value" and parts[2] in "/*" else ""
        return f"no field calculates, so name the column alone, {name_shown(parts[1])!r}{cents}; else calculate in a stream map or a view"

    def _without_quotes(self, name: str) -> str:
        """The mend of a name that holds what none may: quotes around it are no part of it."""
        plain = name.strip(_AROUND_A_NAME)
        is_another = plain != name and self.has(plain)
        return f"did you mean {name_shown(plain)!r}?" if is_another else "rename the column with a stream map"

    def _behind_its_table(self, name: str) -> str:
        """The column that stands alone behind a table's name, as SQL writes it; empty where a nearer name is another."""
        column = name.rpartition(".")[2]
        near = self.nearest(name)
        is_near = near is not None and _letters(near) == _letters(name)
        return column if column != name and column in self.known and not is_near else ""

    def _in_our_steps(self, name: str) -> str:
        """A path that another program would write (`$.a.b`, `a/b`, `a->b`, `a__b`, `{{ a }}`) in our steps; empty if it is none."""
        written = _OTHER_STEPS.sub(".", _AROUND_A_PATH.sub("", name))
        is_path = written != name and (written in self.known or ("." in written and path_of(written, self.known)))
        return written if is_path and self.has(written) else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each mapped column that the schema does not declare, and need not."""
        return tuple(self._missing.values())


def _constant_meant(field: str, written: str) -> str:
    """The amount, or the code of a currency or country, written where a column should be named; empty for all else."""
    code = written.strip().upper()
    if field == "value":
        return code if _AMOUNT.fullmatch(code) else ""
    if code in _CODES.get(field, ()):
        return code
    if field != "country":
        return ""
    from target_linkedin_conversions.records.country_names import code_of_country  # noqa: PLC0415 - only of a slip

    return code_of_country(code) or ""


def _is_of_members(schema: object) -> bool:
    """Whether a schema says that there are objects alone, or lists of them, and which members they have."""
    if not isinstance(schema, Mapping):
        return False
    types = (types_of(schema) or frozenset()) - {"null"}
    if types == {"array"}:
        return _is_of_members(schema.get("items"))
    members = schema.get("properties")
    return (
        types == {"object"}
        and isinstance(members, Mapping)
        and bool(members)
        and not any(name[:1] == "$" for name in members)
    )


def _paths_into(before: str, schema: object, each: str, depth: int = 4) -> list[str]:
    """The paths to the members that a column's schema declares, of a list by the step `each`."""
    if not isinstance(schema, Mapping) or not depth:
        return [before]
    if isinstance(elements := schema.get("items"), Mapping):
        return _paths_into(f"{before}{each}", elements, each, depth - 1)
    inside = schema.get("properties")
    if not isinstance(inside, Mapping):
        return [before]
    return [path for name, part in inside.items() for path in _paths_into(f"{before}.{name}", part, each, depth - 1)]


def _is_open_on_purpose(schema: Mapping[str, Any]) -> bool:
    """Whether a schema says itself that there are more columns; JSON Schema's default is nobody's purpose."""
    more = schema.get("additionalProperties")
    return more is True or isinstance(more, Mapping) or bool(schema.get("patternProperties"))


def is_readable(name: str) -> bool:
    """Whether a column of this name can be read from a record's JSON."""
    return _UNREADABLE.search(name) is None


def _letters(name: str) -> str:
    """The name without all by which databases, flattening and programs spell one differently: `contact.email`, `CONTACT__EMAIL`."""
    return folded_name(name).replace(".", "")


def _first(places: tuple[Place, ...], is_something: Callable[[Value], bool]) -> Callable[[Row], Value]:
    def read(row: Row) -> Value:
        there = None
        for place in places:
            value = row[place]
            if value is not None:
                if is_something(value):
                    return value
                there = value if there is None or there == "" else there
        return there

    return read


def _completed(makers: tuple[Callable[[Row], Value], ...]) -> Callable[[Row], Row]:
    """A function that appends computed values to a row, in reverse order, so that a place from the end never changes."""

    def complete(row: Row) -> Row:
        made: Row = ()
        for make in makers:
            made = (make(row + made), *made)
        return row + made

    return complete


def _row_reader(completed: Callable[[Row], Row] | None) -> Callable[[msgspec.Struct], Row]:
    if completed is None:
        return astuple
    return lambda struct: completed(astuple(struct))
