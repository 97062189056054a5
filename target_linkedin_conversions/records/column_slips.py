"""What somebody meant by the name of a column, or a path, that a stream does not have: the mends of a slip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import folded_name, nearest
from target_linkedin_conversions.records.codes import COUNTRIES, CURRENCIES
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.paths import path_of, schema_behind
from target_linkedin_conversions.records.plain_schema import types_of

if TYPE_CHECKING:
    from target_linkedin_conversions.records.declared_columns import DeclaredColumns
    from target_linkedin_conversions.records.paths import Path

__all__ = ["ColumnSlips"]

_STEPS_THERE_ARE = "write .name, [0], [name=value] or [] behind a column"
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


class ColumnSlips:
    """The mend, or the error, of a name that none of the declared columns has."""

    def __init__(self, columns: DeclaredColumns) -> None:
        """Names are compared with those that the stream's schema declares."""
        self._columns = columns

    def mend_of(self, name: str, root: str, where: str) -> str:
        """What to do about a name that no column has; `root` is the part of it in front of a path's first step."""
        meant = self._in_our_steps(name) or self._behind_its_table(name) or self.nearest(name) or self.nearest(root)
        if meant in self._columns.known and root != name and _is_of_members(self._columns.schema_of(meant)):
            meant = self._path_near(f"{meant}{name[len(root) :]}", meant, where) or meant
        field = where.rpartition(".fields.")[2]
        constant = f"write constants: {{{field}: …}} where it is the same for all records, " if field in _WORDS else ""
        mend = (
            f"did you mean {name_shown(meant)!r}?" if meant else f"map a column of the stream, {constant}or remove it"
        )
        if constant := _constant_meant(field, name):
            mend = f"where it is the same for all records, write constants: {{{field}: {constant}}}"
        return self._several(name, where) or self._without_calculation(name, field) or mend

    def unreadable(self, name: str, where: str) -> ConfigError:
        """The error for a name with a character that none may have."""
        problem = "a column's name with a quote, backslash or control character cannot be read"
        return ConfigError(where, problem, self._several(name, where) or self._without_quotes(name))

    def no_steps(self, name: str, where: str) -> ConfigError:
        """The error for a path whose steps are none."""
        return ConfigError(where, f"the path {name_shown(name)!r} cannot be read", _STEPS_THERE_ARE)

    def no_path(self, name: str, column: str, where: str, *, is_readable: bool) -> ConfigError:
        """The error for a path that the schema shows to lead nowhere, or whose steps are none, behind a column that is there."""
        shown = f"the path {name_shown(name)!r}"
        problem = f"the stream's schema shows that {shown} leads nowhere" if is_readable else f"{shown} cannot be read"
        if there := self._path_near(name, column, where):
            mend = f"did you mean {name_shown(there)!r}?"
        elif name in _paths_into(column, self._columns.schema_of(column), "[0]"):
            mend = "no path leads to a name with a dot or bracket in it: rename that, as a stream map or a view does"
        else:
            mend = "check its steps against the column's schema and a record" if is_readable else _STEPS_THERE_ARE
        return ConfigError(where, problem, mend)

    def ensure_no_object(self, name: str, path: Path | None, where: str) -> None:
        """Refuse a field's column, or a path's end, that holds nothing but objects: of none of them a value could be sent."""
        column, steps = (name, ()) if path is None else (path.column, path.steps)
        schema = schema_behind(self._columns.schema_of(column), steps)
        if ".fields." not in where or where.endswith(".li_fat_id") or not _is_of_members(schema):
            return
        there = _paths_into(name, schema, "[]" if where.endswith(".email") else "[0]")
        mend = f"name a member of them, such as {name_shown(nearest(name, there, alike=0) or there[0])}"
        raise ConfigError(where, f"by the stream's schema {name_shown(name)!r} holds objects", mend)

    def nearest(self, name: str) -> str | None:
        """The declared column that somebody most likely meant by a name that is none."""
        meant = nearest(name, self._columns.known, form=_letters)
        if meant is None:
            return None
        found, written = _letters(meant), _letters(name)
        if len(found) > _SHORT or sorted(found) == sorted(written) or found in written or written in found:
            return meant
        return nearest(name, self._columns.known, alike=_ALIKE_SHORT, form=_letters)

    def _path_near(self, name: str, column: str, where: str) -> str | None:
        """The path into a column that somebody most likely meant; of `[name=value]` never one that would find another."""
        plain = _ANOTHERS_STEP.sub(r"[\1=\2]", name)
        if self._columns.has(name):
            return name
        if "=" in name:
            return plain if path_of(plain, self._columns.known) and self._columns.has(plain) else None
        own = [each for each in re.findall(r"\[-?[0-9]*\]", name) if each != "[]" or where.endswith(".email")]
        ways = [*own, "[]" if where.endswith(".email") else "[0]"]
        schema = self._columns.schema_of(column)
        return nearest(
            name, [path for each in ways for path in _paths_into(column, schema, each) if self._columns.has(path)]
        )

    def _several(self, name: str, where: str) -> str:
        """The mend of a text that holds the names of several columns, where a list of them may stand; empty for all else."""
        parts = [part.strip(_AROUND_A_NAME) for part in _BETWEEN_NAMES.split(name.strip("[](){} "))]
        if len(parts) < 2 or where.endswith(".column") or not all(map(self._columns.has, parts)):  # noqa: PLR2004 - several
            return ""
        return f"write several columns as a list: [{', '.join(map(name_shown, parts))}]"

    def _without_calculation(self, name: str, field: str) -> str:
        """The mend of a column that is to be calculated with; empty for all else."""
        parts = _CALCULATION(name.strip())
        if parts is None or parts[1] not in self._columns.known:
            return ""
        cents = ", with minor_units: true if it holds cents" if field == "value" and parts[2] in "/*" else ""
        return f"no field calculates, so name the column alone, {name_shown(parts[1])!r}{cents}; else calculate in a stream map or a view"

    def _without_quotes(self, name: str) -> str:
        """The mend of a name that holds what none may: quotes around it are no part of it."""
        plain = name.strip(_AROUND_A_NAME)
        is_another = plain != name and self._columns.has(plain)
        return f"did you mean {name_shown(plain)!r}?" if is_another else "rename the column with a stream map"

    def _behind_its_table(self, name: str) -> str:
        """The column that stands alone behind a table's name, as SQL writes it; empty where a nearer name is another."""
        column = name.rpartition(".")[2]
        near = self.nearest(name)
        is_near = near is not None and _letters(near) == _letters(name)
        return column if column != name and column in self._columns.known and not is_near else ""

    def _in_our_steps(self, name: str) -> str:
        """A path that another program would write (`$.a.b`, `a/b`, `a->b`, `a__b`, `{{ a }}`) in our steps; empty if it is none."""
        written = _OTHER_STEPS.sub(".", _AROUND_A_PATH.sub("", name))
        is_path = written != name and (
            written in self._columns.known or ("." in written and path_of(written, self._columns.known))
        )
        return written if is_path and self._columns.has(written) else ""


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


def _letters(name: str) -> str:
    """The name without all by which databases, flattening and programs spell one differently: `contact.email`, `CONTACT__EMAIL`."""
    return folded_name(name).replace(".", "")
