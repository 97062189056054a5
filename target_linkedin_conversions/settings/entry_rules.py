"""The key `conversion_rule` of an entry: fixed rules, or those that a column's value chooses."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.nearest import nearest_key
from target_linkedin_conversions.records.text import comparable
from target_linkedin_conversions.settings import lists, values
from target_linkedin_conversions.settings.entry_keys import beside
from target_linkedin_conversions.settings.other_names import CASE_KEYS, RULE_KEYS
from target_linkedin_conversions.settings.values import unknown, wrong

__all__ = ["RuleByColumn", "RuleCase", "RuleUse", "read_rules"]

_BY_COLUMN = "{column: COLUMN, rules: [{when: VALUE, rule: ID}]}, or the rule's id alone"


class RuleUse(msgspec.Struct, frozen=True):
    """One conversion rule an event goes to, with or without the record's value."""

    rule: str
    value: bool = True


class RuleCase(msgspec.Struct, frozen=True):
    """What happens to records whose column holds one of these: rules, or none when skipped."""

    when: tuple[object, ...]
    uses: tuple[RuleUse, ...]


class RuleByColumn(msgspec.Struct, frozen=True):
    """The rule is chosen by a column; without cases the column holds the rule's id itself."""

    column: str
    cases: tuple[RuleCase, ...] | None
    otherwise: str = "reject"


def read_rules(raw: object, place: str, default_rules: tuple[str, ...]) -> tuple[RuleUse, ...] | RuleByColumn:
    """The rules of an entry: fixed ones, or by a column's value."""
    raw = lists.json_or(raw, dict)
    if raw is None:
        if not default_rules:
            raise ConfigError(
                place,
                "the entry has no conversion rule",
                "set it here, or `conversion_rule` for all entries",
            )
        return tuple(RuleUse(rule) for rule in default_rules)
    if isinstance(raw, Mapping) and "column" in raw:
        return _read_rule_by_column(raw, place)
    return _rule_uses(raw, place)


def _read_rule_by_column(raw: Mapping[object, object], place: str) -> RuleByColumn:
    known = ("column", "rules", "otherwise")
    for name in raw:
        if name not in known:
            raise unknown(place, "key", str(name), known, {**RULE_KEYS, **beside("conversion_rule")})
    column = lists.column_name(raw["column"], f"{place}.column")
    otherwise = str(values.choice("reject", "skip")(raw.get("otherwise", "reject"), f"{place}.otherwise"))
    if raw.get("rules") is None:
        return RuleByColumn(column, None, otherwise)
    items = lists.json_array(raw["rules"], f"{place}.rules", "[{when: VALUE, rule: ID}]")
    if not items:
        raise wrong(f"{place}.rules", "at least one case", "add {when: …, rule: …}, or leave rules out")
    cases = tuple(_read_case(item, f"{place}.rules[{index}]") for index, item in enumerate(items))
    _check_cases(cases, f"{place}.rules")
    return RuleByColumn(column, cases, otherwise)


def _check_cases(cases: tuple[RuleCase, ...], place: str) -> None:
    """Refuse a value that stands in two cases of different rules, the second of which could never apply."""
    known: dict[str | None, int] = {}
    for index, case in enumerate(cases):
        for value in case.when:
            first = known.setdefault(comparable(value), index)
            if cases[first].uses != case.uses:
                problem = f"a value of it is also that of {place}[{first}], case and spaces ignored"
                mend = "keep one case for it; several rules for one value are a list: {when: VALUE, rule: [101, 102]}"
                raise ConfigError(f"{place}[{index}].when", problem, mend)


def _read_case(raw: object, place: str) -> RuleCase:
    case = lists.json_object(raw, place, "{when: VALUE, rule: ID}")
    known = ("when", "rule", "skip")
    for name in case:
        if name not in known:
            is_a_value = case.keys().isdisjoint(known) and nearest_key(name, known) is None
            by_value = {name: f"write {place}: {{when: VALUE, rule: ID}}"} if is_a_value else {}
            raise unknown(place, "key", name, known, {**by_value, **CASE_KEYS})
    if "when" not in case:
        raise ConfigError(place, "the case has no `when`", "add the value, or the list of values, it is for")
    when = lists.scalars(case["when"], f"{place}.when")
    skip = values.boolean(case.get("skip", False), f"{place}.skip")
    if skip == ("rule" in case):
        raise ConfigError(place, "the case needs either `rule` or `skip: true`", "give one of them")
    return RuleCase(when, () if skip else _rule_uses(case["rule"], f"{place}.rule"))


def _rule_uses(raw: object, place: str) -> tuple[RuleUse, ...]:
    uses = tuple(_rule_use(item, place) for item, _ in lists.one_or_several(raw, place))
    if not uses or len({use.rule for use in uses}) != len(uses):
        raise wrong(place, "one rule or a list of different rules", f"for example {place}: [101, 102]")
    return uses


def _rule_use(raw: object, place: str) -> RuleUse:
    if not isinstance(raw, Mapping):
        return RuleUse(values.identifier(raw, place))
    known = ("rule", "value")
    for name in raw:
        if name not in known:
            by_column = {} if "rule" in raw else {str(name): f"write {_BY_COLUMN}"}
            raise unknown(place, "key", str(name), known, by_column)
    if "rule" not in raw:
        raise ConfigError(place, "no rule is named", "write {rule: 101, value: false}")
    return RuleUse(
        values.identifier(raw["rule"], place),
        values.boolean(raw.get("value", True), f"{place}.value"),
    )
