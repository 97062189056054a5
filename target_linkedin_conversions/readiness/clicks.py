"""Click ids that are not sent: in a column that nothing maps, or lost on the way to the landing page."""

from __future__ import annotations

import re
from collections import Counter as Counts
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.readiness.batch import NESTED, text_of_all
from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.normalise.click_id import click_id, is_named_click_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Batch, Record
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.rows import Place, Row, Value

__all__ = ["Clicks"]

_NAME = "li_fat_id"
"""Types of values that may hold a page or a cookie inside."""
_OF_LINKEDIN = re.compile(
    r"(?:^|[\s\"?&#;]|%3F|%26)(?:utm_source(?:=|%3D)linked-?in|li_[a-z_]+(?:=|%3D))", re.IGNORECASE
).search
"""What marks a page as one that an advertisement on LinkedIn led to."""


class Clicks:
    """Looks at every column of a record, mapped or not."""

    def __init__(self, mapped: frozenset[str], places: Sequence[Place]) -> None:
        """`mapped` are the columns of `li_fat_id`, `places` where a row has their values."""
        self._mapped, self._places = mapped, tuple(places)
        self._by_name = Cache(lambda name: name not in mapped and is_named_click_id(folded_name(name)))
        self._unmapped: Counts[str] = Counts()
        self._lost: Counts[str] = Counts()

    def see(self, batch: Batch) -> None:
        """Look at the records column by column, and at those alone in which something stands."""
        columns = [name for name, values in batch.values.items() if self._may_hold_something(name, values)]
        if columns:
            for row, record in zip(batch.rows, batch.records, strict=True):
                self._see(row, record, columns)

    def _may_hold_something(self, name: str, values: Sequence[Value]) -> bool:
        """Whether a column needs a look at each value: by its name, or as all its texts together hold a sign of it."""
        if self._by_name[name]:
            return True
        text = text_of_all(values)
        if text is None:
            return True
        return "=" in text or (("%" in text or "_" in text) and ("%3d" in (text := text.lower()) or _NAME in text))

    def _see(self, row: Row, record: Record, columns: Sequence[str]) -> None:
        """Look at one record; a page that lost its id counts once."""
        page, has_id = "", False
        for name in columns:
            text = _text_of(record.get(name))
            if not text:
                continue
            if (self._by_name[name] or _NAME in text.lower()) and self._carries_id(name, text, row):
                has_id = True
            elif not page and _OF_LINKEDIN(text):
                page = name
        if page and not has_id and not self._sent(row):
            self._lost[page] += 1

    def _carries_id(self, name: str, text: str, row: Row) -> bool:
        """Whether a text is or holds a click id; one that is not sent is counted."""
        found = click_id(text)
        if not isinstance(found, str):
            return False
        if name not in self._mapped and found not in self._sent(row):
            self._unmapped[name] += 1
        return True

    def _sent(self, row: Row) -> set[object]:
        """The click ids that are mapped and good."""
        return {found for place in self._places if isinstance(found := click_id(row[place]), str)}

    def findings(self) -> Iterator[Finding]:
        """One for each column."""
        for column, records in self._unmapped.items():
            yield finding("click_id_unmapped", records, field=_NAME, column=column)
        for column, records in self._lost.items():
            yield finding("click_id_lost", records, field=_NAME, column=column)


def _text_of(value: Value) -> str:
    """The text of a value, or of all that it holds; empty where it has none."""
    if type(value) is str:
        return value
    return msgspec.json.encode(value).decode() if type(value) in NESTED else ""
