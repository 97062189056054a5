"""What `check` says of each entry of `streams`: what is mapped, whose records may be sent, and to which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.settings.consent import GRANTED
from target_linkedin_conversions.settings.entry_rules import RuleUse
from target_linkedin_conversions.settings.streams import StreamEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from target_linkedin_conversions.admin.rules import Rule
    from target_linkedin_conversions.settings import Settings
    from target_linkedin_conversions.settings.consent import Consent

__all__ = ["ONLY_STREAM", "checked_entries", "stream_data", "stream_lines"]

ONLY_STREAM = "*"
"""The name of the entry that stands for the only stream there may be."""


def checked_entries(settings: Settings) -> tuple[StreamEntry, ...]:
    """The entries; without any, the one by which the only stream is sent that may come, if there is a rule for it."""
    if settings.streams or not settings.conversion_rule or settings.consent is None:
        return settings.streams
    rules = tuple(RuleUse(rule) for rule in settings.conversion_rule)
    return (StreamEntry(place="streams", stream=ONLY_STREAM, rules=rules, consent=settings.consent),)


def stream_data(entries: Sequence[StreamEntry], rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """Every entry for programs."""
    return [
        {
            "stream": entry.stream,
            "fields": [{"field": field, "columns": list(columns)} for field, columns in entry.fields.items()],
            "constants": sorted(entry.constants),
            "consent": _consent(entry.consent),
            "rules": [{"id": name, "name": _name(name, rules)} for name in _names(entry)],
            "rule_column": "" if isinstance(entry.rules, tuple) else entry.rules.column,
        }
        for entry in entries
    ]


def stream_lines(entries: Sequence[StreamEntry], rules: Mapping[str, Rule]) -> Iterator[str]:
    """Every entry in a few lines for people."""
    for entry in entries:
        yield (
            "the only stream that may come, for streams is empty"
            if entry.place == "streams"
            else f"stream {entry.stream}"
        )
        mapped = [f"{field} ← {', '.join(columns)}" for field, columns in entry.fields.items()]
        mapped += [f"{field} = {value}" for field, value in entry.constants.items()]
        yield f"  mapped: {'; '.join(mapped) if mapped else 'nothing but what is found by its name'}"
        zone = "" if entry.zone_is_said else ", for the entry names no timezone"
        yield f"  times without a zone: read as those of {entry.timezone}{zone}"
        yield f"  consent: {_consent(entry.consent)}"
        named = [f"{name} {_name(name, rules)}".rstrip() for name in _names(entry)]
        chosen = "" if isinstance(entry.rules, tuple) else f" by column {entry.rules.column}"
        yield f"  rules{chosen}: {', '.join(named) if named else 'the ids that the column holds'}"


def _names(entry: StreamEntry) -> list[str]:
    """The rules that an entry names, each once."""
    if isinstance(entry.rules, tuple):
        return [use.rule for use in entry.rules]
    return list(dict.fromkeys(use.rule for case in entry.rules.cases or () for use in case.uses))


def _name(rule: str, rules: Mapping[str, Rule]) -> str:
    return printable(rules[rule].name or "") if rule in rules else ""


def _consent(consent: Consent) -> str:
    """Whose records may be sent, in words."""
    if consent.not_required:
        return f"not required: {consent.not_required}"
    if consent.contains:
        return f"{consent.column} holds {_either(consent.contains)}"
    granted = "any spelling of true" if consent.granted == GRANTED else _either(consent.granted)
    return f"{consent.column} is {granted}"


def _either(values: Sequence[object]) -> str:
    return " or ".join(str(value) for value in values)
