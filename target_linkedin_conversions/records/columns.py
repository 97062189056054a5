"""Which columns of a stream hold what: mapped by the person, or found by their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import StreamEntry

FOUND_BY_NAME: dict[str, tuple[str, ...]] = {
    "email": (
        "email",
        "e_mail",
        "email_address",
        "work_email",
        "business_email",
        "email_sha256",
        "sha256_email",
        "hashed_email",
    ),
    "li_fat_id": ("li_fat_id",),
    "happened_at": (
        "happened_at",
        "conversion_happened_at",
        "converted_at",
        "conversion_time",
        "event_time",
        "event_timestamp",
        "occurred_at",
    ),
    "value": ("value", "conversion_value", "amount"),
    "currency": ("currency", "currency_code"),
    "event_id": ("event_id",),
}
"""Columns that are used without being mapped, by field, the first one first."""

LOOK_USEFUL: dict[str, tuple[str, ...]] = {
    "first_name": ("first_name", "given_name", "firstname"),
    "last_name": ("last_name", "surname", "family_name", "lastname"),
    "company": ("company", "company_name", "account_name"),
    "title": ("job_title", "title"),
    "country": ("country", "country_code"),
    "li_fat_id": ("page_location", "landing_page", "landing_page_url"),
    "ip_address": ("ip", "ip_address"),
    "lead": ("lead_gen_form_response", "linkedin_lead_id"),
}
"""Columns that are never sent unless mapped, but are named in the log."""

Row = Any
"""A record decoded into the struct that was made for its stream."""

Value = Any
"""Whatever JSON value a column holds."""

Read = Callable[[Row], Value]
"""A function from row to the value of a column."""

_SEPARATORS = str.maketrans("", "", "_- ")
_UNREADABLE = re.compile(r'["\\\x00-\x1f]')


class RowType(msgspec.Struct, frozen=True):
    """The struct that a stream's records are decoded into."""

    struct: type[msgspec.Struct]
    columns: tuple[tuple[str, Any], ...]

    def of(self, record: Mapping[str, Any]) -> msgspec.Struct:
        """The row of a record that is already a mapping."""
        return self.struct(*[record.get(column, default) for column, default in self.columns])


class Columns:
    """Collects the columns a stream plan reads, each once, and makes the row type of them."""

    def __init__(self, schema: Mapping[str, Any], entry: StreamEntry) -> None:
        """Look at a stream's JSON schema on behalf of an entry."""
        properties = schema.get("properties")
        self.known: tuple[str, ...] = tuple(properties) if isinstance(properties, Mapping) else ()
        self.closed = schema.get("additionalProperties") is False
        self._missing: dict[str, str] = {}
        self._schema = schema
        self._entry = entry
        self._roots: dict[str, str] = {}
        self._attributes: dict[Read, str] = {}

    def reader(self, name: str, place: str) -> Read:
        """A function from row to the column's value, None where it is missing.

        Raises `ConfigError` where a closed schema does not have the column.
        """
        if _UNREADABLE.search(name):
            problem = "a column's name with a quote, backslash or control character cannot be read"
            raise ConfigError(place, problem, "rename the column with a stream map")
        if not self.has(name):
            self._check(name, place)
        if name in self.known or "." not in name:
            return self.optional(name)
        root, *path = name.split(".")
        return _nested(self._attribute_of(root), tuple(path))

    def optional(self, name: str) -> Read:
        """A function from row to the value of a column that need not be declared."""
        attribute = self._attribute_of(name)
        read = attrgetter(attribute)
        self._attributes[read] = attribute
        return read

    def has(self, name: str) -> bool:
        """Whether the schema declares the column."""
        if name in self.known:
            return True
        return "." in name and _declares(self._schema, name.split("."))

    def one_of(self, names: tuple[str, ...], place: str) -> tuple[str, ...]:
        """Those of several columns that the schema declares; one must."""
        found = tuple(name for name in names if self.has(name))
        if found:
            return found if self.closed else names
        self._check(names[0], place)
        return names

    def found(self, field: str, candidates: Mapping[str, tuple[str, ...]] = FOUND_BY_NAME) -> tuple[str, ...]:
        """The declared columns whose name means a field, the best name first."""
        plain = {_plain(column): column for column in reversed(self.known)}
        names = dict.fromkeys(plain[wanted] for name in candidates.get(field, ()) if (wanted := _plain(name)) in plain)
        return tuple(names)

    def row_type(self, required: Iterable[str], fields: Mapping[str, Read | None] | None = None) -> RowType:
        """The struct with one attribute a column: None where a record lacks it, UNSET for required ones.

        Each of `fields` is an attribute too: another name of its column's slot, which costs nothing, or what
        its reader makes of the row. None stands for a field without a reader.
        """
        unset = frozenset(required)
        defaults = tuple((column, msgspec.UNSET if column in unset else None) for column in self._roots)
        columns = [(self._roots[column], Any, default) for column, default in defaults]
        rename = {attribute: column for column, attribute in self._roots.items()}
        # No row is part of a cycle; the collector would only look at millions of them.
        struct = msgspec.defstruct("Row", columns, rename=rename, frozen=True, gc=False)
        for field, read in (fields or {}).items():
            setattr(struct, field, self._member(struct, read))
        return RowType(struct, defaults)

    def _member(self, struct: type[msgspec.Struct], read: Read | None) -> object:
        if read is None:
            return None
        attribute = self._attributes.get(read)
        return property(read) if attribute is None else getattr(struct, attribute)

    def _attribute_of(self, column: str) -> str:
        return self._roots.setdefault(column, f"c{len(self._roots)}")

    def _check(self, name: str, place: str) -> None:
        nearest = get_close_matches(name, self.known, n=1)
        mend = f"did you mean {nearest[0]!r}?" if nearest else "map a column of the stream, or remove it"
        if self.closed:
            raise ConfigError(place, f"the stream's schema has no column {name!r}", mend)
        self._missing.setdefault(name, f"{place}: the schema does not declare column {name!r}; {mend}")

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each mapped column that an open schema does not declare."""
        return tuple(self._missing.values())


def _plain(name: str) -> str:
    return name.lower().translate(_SEPARATORS)


def _declares(schema: Mapping[str, Any], path: Iterable[str]) -> bool:
    here: Any = schema
    for part in path:
        properties = here.get("properties") if isinstance(here, Mapping) else None
        if not isinstance(properties, Mapping):
            return True
        if part not in properties:
            return False
        here = properties[part]
    return True


def _nested(root: str, path: tuple[str, ...]) -> Read:
    def read(row: Row) -> Value:
        here = getattr(row, root)
        for part in path:
            if not isinstance(here, Mapping):
                return None
            here = here.get(part)
        return here

    return read
