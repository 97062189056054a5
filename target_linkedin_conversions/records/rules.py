"""Which conversion rules a record goes to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from target_linkedin_conversions.records.cache import cached
from target_linkedin_conversions.records.json_text import unwrapped
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.rows import Place, Row, Value
from target_linkedin_conversions.records.text import comparable, key_text
from target_linkedin_conversions.settings.entry_rules import RuleByColumn, RuleUse
from target_linkedin_conversions.urns import RULE_URN

if TYPE_CHECKING:
    from target_linkedin_conversions.records.columns import Columns
    from target_linkedin_conversions.settings.streams import StreamEntry

__all__ = ["UNKNOWN_VALUE", "RuleReader", "Uses", "rule_reader", "second_rules"]

Uses = tuple[RuleUse, ...]
SKIP: Uses = ()
"""No rules: the record is skipped."""

NO_RULE = Reason("conversion_rule", "no_rule")
UNKNOWN_VALUE = Reason("conversion_rule", "unknown_rule_value")
BAD_RULE_ID = Reason("conversion_rule", "bad_rule_id")

_RULE = re.compile(rf"(?:{RULE_URN})?([1-9][0-9]{{0,18}})(?:\.0+)?", re.ASCII)
"""A rule's id, also as text of a number that lost its kind (`101.0`: what a table with gaps makes of whole numbers)."""
_LONGEST_ID = 100
"""Characters of a text in whose quotes or object a rule's id is looked for."""

RuleReader = Callable[[Row], "Uses | Reason"]


def rule_reader(entry: StreamEntry, columns: Columns) -> tuple[RuleReader, Place | None]:
    """A function from row to rules or the reason why there are none, and the place that it reads."""
    rules = entry.rules
    if not isinstance(rules, RuleByColumn):
        return (lambda _row: rules), None
    column = columns.place_of(
        rules.column,
        f"{entry.place}.conversion_rule.column",
        "conversion_rule",
        undeclared=entry.undeclared_columns == "allow",
    )
    return (_by_id(rules, column) if rules.cases is None else _by_case(rules, column)), column


def second_rules(entry: StreamEntry) -> frozenset[str]:
    """The rules that a record of an entry only goes to beside another one, so that who counts records leaves them out."""
    rules = entry.rules
    cases = [case.uses for case in rules.cases or ()] if isinstance(rules, RuleByColumn) else [rules]
    firsts = {uses[0].rule for uses in cases if uses}
    return frozenset(use.rule for uses in cases for use in uses[1:]) - firsts


def _by_case(rules: RuleByColumn, column: Place) -> RuleReader:
    cases: dict[str | None, Uses] = {}
    for case in rules.cases or ():
        for value in case.when:
            cases.setdefault(comparable(value), case.uses)
    skip_others = rules.otherwise == "skip"

    def uses_of(value: Value) -> Uses | Reason:
        if isinstance(value, Reason):
            return value
        folded = comparable(value)
        uses = cases.get(folded)
        if uses is not None:
            return uses
        if skip_others:
            return SKIP
        return UNKNOWN_VALUE if folded else NO_RULE

    chosen = cached(uses_of)
    return lambda row: chosen(row[column])


def _by_id(rules: RuleByColumn, column: Place) -> RuleReader:
    skip_others = rules.otherwise == "skip"

    def uses_of(value: Value) -> Uses | Reason:
        if isinstance(value, Reason):
            return value
        text = key_text(unwrapped(value, _LONGEST_ID))
        match = _RULE.fullmatch(text.strip()) if text else None
        if match:
            return (RuleUse(match.group(1)),)
        if skip_others:
            return SKIP
        return BAD_RULE_ID if text and text.strip() else NO_RULE

    chosen = cached(uses_of)
    return lambda row: chosen(row[column])
