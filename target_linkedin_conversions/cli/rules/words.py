"""The changes of a rule in the words of campaign managers, without LinkedIn's own names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.how_many import how_many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.admin.rule_form import RuleChange, Value

__all__ = ["change_in_words"]

_ENABLED = {
    True: "is enabled, and takes events again",
    False: "is disabled: it takes no events until it is enabled again",
}
"""What becomes of a rule that is turned on or off."""
_ATTRIBUTION = {
    "campaign": "credit: every campaign that the person has met, each for its last touch",
    "conversion": "credit: only the campaign of the last touch of all",
}
_VALUES = {"DYNAMIC": "worth: what each conversion says itself", "NO_VALUE": "worth: nothing is said of it"}


def change_in_words(change: RuleChange) -> Iterator[str]:
    """One line for each thing that is said of a rule."""
    if change.enabled is not None:
        yield _ENABLED[change.enabled]
    if change.name is not None:
        yield f"name: {change.name!r}"
    if change.type is not None:
        yield f"type: {change.type}"
    if change.click_window is not None:
        yield f"counted up to {how_many(change.click_window, 'day')} after a click"
    if change.view_window is not None:
        yield f"counted up to {how_many(change.view_window, 'day')} after a view"
    if change.value is not None:
        yield _worth(change.value)
    if change.attribution is not None:
        yield _ATTRIBUTION[change.attribution]


def _worth(value: Value) -> str:
    return _VALUES.get(value.kind) or f"worth: always {value.amount} {value.currency}"
