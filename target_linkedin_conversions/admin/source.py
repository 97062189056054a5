"""The source's own count of conversions, its rules by id or by the names that LinkedIn knows them by: pure, nothing is read here."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SourceCount", "by_rule"]


class SourceCount(msgspec.Struct, frozen=True):
    """What the source counts of a rule on a day (since 1970): `rule` is an id, or its name where `is_name`.

    `place` is where it says so, for whoever has to mend it.
    """

    rule: str
    is_name: bool
    day: int
    count: int
    place: str


def by_rule(source: Iterable[SourceCount], names: Mapping[str, str]) -> dict[tuple[str, int], int]:
    """The count by rule's id and day; `names` are LinkedIn's, by id.

    Raises `InputError`, without the name, where no rule or more than one is called so.
    """
    ids: dict[str, list[str]] = {}
    for rule, name in names.items():
        ids.setdefault(_plainly(name), []).append(rule)
    counts: Counter[tuple[str, int]] = Counter()
    for one in source:
        found = ids.get(_plainly(one.rule), []) if one.is_name else [one.rule]
        if len(found) != 1:
            called = "several rules are" if found else "no rule of these ad accounts that can be read is"
            raise InputError(
                f"--source: the rule in {one.place} is neither an id or URN nor the name of one rule: {called} called so; "
                "write its id there (`linkedin-conversions rules list`)"
            )
        counts[found[0], one.day] += one.count
    return dict(counts)


def _plainly(name: str) -> str:
    return " ".join(name.split()).casefold()
