"""The element of a list by which a row converts: an opportunity that is won, among those that a lead has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing.guess import Mark
from target_linkedin_conversions.guessing.stages import is_won
from target_linkedin_conversions.guessing.when import guess_time

if TYPE_CHECKING:
    from target_linkedin_conversions.guessing.candidates import Columns, Labels

__all__ = ["converting_element", "mark_of", "without_its_siblings"]


def converting_element(columns: Columns, labels: Labels) -> str:
    """The path to an element that is chosen by a stage that is won and has a time of its own; empty if there is none."""
    elements = dict.fromkeys(f"{path.partition('].')[0]}]" for path in columns if "=" in path and "]." in path)
    for element in elements:
        inside = {path: sample for path, sample in columns.items() if path.startswith(f"{element}.")}
        by, _, value = _choice(element)
        if by not in {"key", "name", "slug"} and is_won(value) and dict(guess_time(inside, labels)):
            return element
    return ""


def without_its_siblings(columns: Columns, element: str) -> Columns:
    """The columns without what lies in other elements of the element's list."""
    beginning = element.rpartition("[")[0]
    return {
        path: sample
        for path, sample in columns.items()
        if not beginning or not path.startswith(f"{beginning}[") or path.startswith(element)
    }


def mark_of(element: str) -> Mark:
    """The mark by which only rows with that element count."""
    by, _, value = _choice(element)
    return Mark(f"{element}.{by}", "only rows with such an element", value)


def _choice(element: str) -> tuple[str, str, str]:
    return element.rpartition("[")[2].removesuffix("]").partition("=")
