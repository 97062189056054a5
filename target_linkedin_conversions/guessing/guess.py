"""The values of a guess: columns by field, and the rest of the entry, each with its reason."""

from __future__ import annotations

import msgspec

__all__ = ["SAY_WHO", "ConsentGuess", "FieldGuess", "Guess", "Mark", "RuleColumn", "Stage", "Writing"]

SAY_WHO = frozenset({"email", "li_fat_id", "full_name", "first_name", "lead"})
"""Fields that say who it is without the source's own id."""


class FieldGuess(msgspec.Struct, frozen=True):
    """The columns of a field, the best first, and why these.

    `also` are columns that may be meant as well; with `confirm` a person should look at it before it is believed. A last
    resort stands for what no column says, as the time at which a row was made.
    """

    columns: tuple[str, ...]
    reason: str
    also: tuple[str, ...] = ()
    confirm: bool = False
    is_last_resort: bool = False


class ConsentGuess(msgspec.Struct, frozen=True):
    """A column that may say whether a person consented: what in it would grant, and which known ways to say no came."""

    column: str
    granted: tuple[str | bool, ...]
    others: tuple[str, ...]
    reason: str
    is_refusal: bool = False
    """Whether it says who refused, which is less than who consented."""
    contains: tuple[str, ...] = ()
    """What a list has to hold, where the column is one; `granted` is empty then."""


class Stage(msgspec.Struct, frozen=True):
    """A value of the rule's column: how many of the records that were seen have it, and whether it reads like a conversion."""

    value: str
    records: int
    is_conversion: bool


class RuleColumn(msgspec.Struct, frozen=True):
    """A column by whose values the conversion rule may be chosen, what came in it, in the order of a funnel."""

    column: str
    stages: tuple[Stage, ...]
    reason: str
    otherwise: str = "reject"
    """What becomes of other values: `skip` where most are no stage at all."""


class Mark(msgspec.Struct, frozen=True):
    """A column that marks records: those that are gone, or the only ones that count, which then have `value` or one of `others`."""

    column: str
    reason: str
    value: str | bool | None = None
    others: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str | bool, ...]:
        """What stands there in the only records that count."""
        return (self.value or False, *self.others)


class Writing(msgspec.Struct, frozen=True):
    """How amounts and times are written; `time_format` is empty where every time can be read as it stands.

    `date_order` is that of dates that no format reads, such as those with a month's name in another language.

    `timezone` is the zone whose letters stand behind the times, or that the column's name says. `without_zone` says that some times name no time zone, `order_is_open` that days and months cannot be told apart in what
    was seen, `minor_units_open` that whole numbers may be cents.
    """

    decimal_comma: bool = False
    thousands: str = ""
    minor_units: bool = False
    minor_units_open: bool = False
    time_format: tuple[str, ...] = ()
    date_order: str = ""
    order_is_open: bool = False
    without_zone: bool = False
    timezone: str = ""


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """The guess for a stream; absent fields could not be guessed.

    `perhaps` are fields that may be meant and are not mapped unasked, `unused` those whose column would be found or
    hinted at and is of no use, each with why.
    """

    fields: dict[str, FieldGuess] = {}
    perhaps: dict[str, FieldGuess] = {}
    unused: dict[str, str] = {}
    constants: dict[str, str] = {}
    writing: Writing = Writing()
    consent: tuple[ConsentGuess, ...] = ()
    rules: tuple[RuleColumn, ...] = ()
    deleted: tuple[Mark, ...] = ()
    only: Mark | None = None
    key: tuple[str, ...] = ()
    once_per_key: bool = False
    """Whether a row is one conversion for ever, however often it is edited."""
    not_always_declared: tuple[str, ...] = ()
    """Columns of the guess that one of the stream's schemas does not list."""

    @property
    def mapped(self) -> tuple[str, ...]:
        """Every column and path that an entry made of the guess reads, each once."""
        found = [path for field in self.fields.values() for path in field.columns]
        found += [mark.column for mark in (*self.deleted, self.only) if mark is not None]
        found += [rule.column for rule in self.rules[:1]]
        found += [one.column for one in self.consent if not one.is_refusal][:1]
        return tuple(dict.fromkeys((*found, *self.key)))

    @property
    def is_usable(self) -> bool:
        """Whether it says who converted, and when; a link between two ids, which says only when it was made, does not."""
        if "happened_at" not in self.fields:
            return False
        if not SAY_WHO.isdisjoint(self.fields):
            return True
        return "external_id" in self.fields and not self.fields["happened_at"].is_last_resort
