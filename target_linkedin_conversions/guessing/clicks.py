"""LinkedIn's click id: in a column of its name, in pages that carry it, and in pages that may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.candidates import Columns, Labels, names_of
from target_linkedin_conversions.guessing.guess import FieldGuess
from target_linkedin_conversions.guessing.labels import Label, rank
from target_linkedin_conversions.records.normalise.click_id import is_named_click_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.guessing.samples import ColumnSample

__all__ = ["guess_click_ids"]

_REASONS = (
    "LinkedIn's click id by its name",
    "pages that carry LinkedIn's click id",
    "landing pages, which carry LinkedIn's click id where the site keeps it",
)
_MOST = 3


def guess_click_ids(columns: Columns, labels: Labels) -> Iterator[tuple[str, FieldGuess]]:
    """The field `li_fat_id`, if there is one."""
    kinds = {path: _kind(sample, labels[path]) for path, sample in columns.items() if not path.endswith("[]")}
    found = [
        (kind, labels[path].depth, order, path) for order, (path, kind) in enumerate(kinds.items()) if kind is not None
    ]
    if not found:
        return
    kept: list[str] = []
    for *_, path in sorted(found):
        if not any(_are_twins(path, other, columns, labels) for other in kept):
            kept.append(path)
    best = kinds[kept[0]] or 0
    more = "; else from the page that may carry it" if best == 0 and any(kinds[path] for path in kept[:_MOST]) else ""
    yield "li_fat_id", FieldGuess(tuple(kept[:_MOST]), _REASONS[best] + more, confirm=best == len(_REASONS) - 1)


def _kind(sample: ColumnSample, label: Label) -> int | None:
    """Which of the reasons speaks for a column, the surest first."""
    if is_named_click_id("".join(label.words)):
        return 0 if not sample.values or looks.share(sample.values, looks.is_click_id) else None
    if any(map(looks.carries_click_id, sample.values)):
        return 1
    return None if rank(label, names_of("li_fat_id")) is None else 2


def _are_twins(path: str, other: str, columns: Columns, labels: Labels) -> bool:
    """Whether two columns of one name hold the same; sources write some twice."""
    return labels[path].words == labels[other].words and columns[path].values == columns[other].values
