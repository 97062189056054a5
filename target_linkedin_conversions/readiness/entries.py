"""Findings on the entries of `streams`, compared with the rules of the ad accounts, before any row is read."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from target_linkedin_conversions.admin.rule_form import WINDOWS
from target_linkedin_conversions.guessing.negations import refuses_by_name
from target_linkedin_conversions.how_many import days_of_window
from target_linkedin_conversions.readiness.finding import Finding
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.settings.consent import GRANTED
from target_linkedin_conversions.settings.contradictions import is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from target_linkedin_conversions.admin.rules import Rule
    from target_linkedin_conversions.settings.entry_rules import RuleUse
    from target_linkedin_conversions.settings.streams import StreamEntry

__all__ = ["on_consent", "on_entries", "on_order", "on_windows"]

_FULL_WINDOW = max(WINDOWS)
"""Days that every type of rule allows after a click and after a view."""
_LOWER_FUNNEL = frozenset(
    {
        "ADD_BILLING_INFO",
        "ADD_TO_CART",
        "BOOK_APPOINTMENT",
        "CONTACT",
        "LEAD",
        "MARKETING_QUALIFIED_LEAD",
        "PHONE_CALL",
        "PURCHASE",
        "QUALIFIED_LEAD",
        "REQUEST_QUOTE",
        "SALES_QUALIFIED_LEAD",
        "SCHEDULE",
        "SIGN_UP",
        "START_CHECKOUT",
        "START_TRIAL",
        "SUBMIT_APPLICATION",
        "SUBSCRIBE",
    }
)
"""Types of conversions that come weeks after the click: leads, and what follows them."""
_TAG = "INSIGHT_TAG"
_STAND_INS = ("", "q", "-0.Z_", "\x01")
"""What a `*` of a pattern may stand for; names that a wider pattern takes whatever it is."""


def on_entries(entries: Sequence[StreamEntry], rules: Mapping[str, Rule]) -> list[Finding]:
    """Every finding of the entries; those that need to know the account's rules only as far as they were read."""
    tags = [rule for rule in rules.values() if rule.enabled and rule.conversion_method.startswith(_TAG)]
    found = list(on_order(entries))
    for index, entry in enumerate(entries):
        found += on_consent(entry)
        found += _no_click_id(entry)
        found += _no_shared_event_id(entry, rules, tags)
        found += _one_event_id(entry, entries[:index], rules, tags)
    return found


def on_windows(names: Iterable[str], rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """A hint for each configured rule of a lead or a sale that counts for fewer days than it may."""
    for name in names:
        rule = rules.get(name)
        if rule is None or rule.type not in _LOWER_FUNNEL:
            continue
        windows = (rule.post_click_attribution_window_size, rule.view_through_attribution_window_size)
        if any(days is not None and days < _FULL_WINDOW for days in windows):
            click_days, view_days = map(days_of_window, windows)
            yield Finding(
                code="window_short",
                severity="hint",
                sentence=f"rule {name} ({rule.type}) counts for {click_days} after a click and {view_days} after a view only",
                mend=f"raise them: `linkedin-conversions rules update {name} --click-window {_FULL_WINDOW} --view-window {_FULL_WINDOW}`",
                rule=name,
            )


def on_order(entries: Sequence[StreamEntry]) -> Iterator[Finding]:
    """A warning for each pattern whose streams an earlier pattern takes: of patterns, the first that fits applies alone."""
    patterns = [entry for entry in entries if is_pattern(entry.stream)]
    for index, entry in enumerate(patterns):
        taken_by = next((one for one in patterns[:index] if _covers(one.stream, entry.stream)), None)
        if taken_by is None:
            continue
        yield Finding(
            code="entry_never_applies",
            severity="warning",
            sentence=f"{entry.place} never applies: {taken_by.place} ({taken_by.stream!r}) takes every stream that it fits",
            mend="put it before that entry, or remove it",
            stream=entry.stream,
        )


def _covers(wide: str, narrow: str) -> bool:
    """Whether a pattern fits whatever another fits, as far as names that stand for all of its streams show."""
    if wide in {"*", narrow}:
        return True
    if "[" in narrow:
        return False
    return all(fnmatchcase(narrow.replace("*", one).replace("?", one[:1] or "q"), wide) for one in _STAND_INS)


def on_consent(entry: StreamEntry) -> Iterator[Finding]:
    """A warning where a yes in a column that says no by its name, as `unsubscribed` does, is taken for a consent."""
    consent = entry.consent
    if not consent.column or consent.contains or consent.granted != GRANTED or not refuses_by_name(consent.column):
        return
    yield Finding(
        code="consent_says_no",
        severity="warning",
        sentence=f"column {name_shown(consent.column)!r} reads like a no by its name, and whoever it says yes of is sent",
        mend="name in consent.granted the values that let somebody be sent, such as [false]",
        stream=entry.stream,
        field="consent",
        column=name_shown(consent.column),
    )


def _no_click_id(entry: StreamEntry) -> Iterator[Finding]:
    if "li_fat_id" not in entry.fields:
        yield Finding(
            code="no_click_id",
            severity="hint",
            sentence="nothing maps li_fat_id, LinkedIn's click id"
            + ("" if "li_fat_id" in entry.switched_off else ", which is sent only if a column is called so"),
            mend="keep it, or the landing page's URL, with the lead, and map that: fields.li_fat_id",
            stream=entry.stream,
            field="li_fat_id",
        )


def _no_shared_event_id(entry: StreamEntry, rules: Mapping[str, Rule], tags: Sequence[Rule]) -> Iterator[Finding]:
    for name in dict.fromkeys(use.rule for uses in _uses_of(entry) for use in uses):
        rule = rules.get(name)
        if rule is None or _has_event_id(entry, name):
            continue
        twin = next((tag for tag in tags if tag.type == rule.type and tag.account == rule.account), None)
        if twin is not None:
            yield Finding(
                code="no_shared_event_id",
                severity="warning",
                sentence=f"rule {twin.id} of the Insight Tag counts {rule.type} in the account too, and no event id is "
                f"mapped for rule {name}: a conversion that both see is counted twice",
                mend="map the id that the site gives the tag: fields.event_id; or disable one of the two rules",
                stream=entry.stream,
                rule=name,
                field="event_id",
            )


def _one_event_id(
    entry: StreamEntry, earlier: Sequence[StreamEntry], rules: Mapping[str, Rule], tags: Sequence[Rule]
) -> Iterator[Finding]:
    """One event id for several rules: LinkedIn drops what the tag has reported under it, whichever rule it goes to.

    All entries of a stream's exact name apply to its rows, so their rules share an id too.
    """
    before = [use.rule for one in earlier if _shares_event_id(one, entry) for uses in _uses_of(one) for use in uses]
    for uses in _uses_of(entry):
        own = [use.rule for use in uses if _has_event_id(entry, use.rule)]
        shared = list(dict.fromkeys((*before, *own))) if own else []
        accounts = {rules[name].account for name in shared if name in rules}
        if len(shared) > 1 and any(tag.account in accounts for tag in tags):
            yield Finding(
                code="one_event_id_several_rules",
                severity="stops",
                sentence=f"one event id goes to rules {', '.join(shared)} while the Insight Tag runs: LinkedIn drops them all",
                mend=f"name the rule that the tag's event belongs to: event_id: {{column: …, rules: [{shared[0]}]}}",
                stream=entry.stream,
                field="event_id",
            )
            return


def _shares_event_id(one: StreamEntry, other: StreamEntry) -> bool:
    """Whether two entries give the same rows the same event id, whatever their rules."""
    same = one.stream == other.stream and not is_pattern(one.stream)
    return same and one.event_id_rules is None and one.fields.get("event_id", ()) == other.fields.get("event_id")


def _has_event_id(entry: StreamEntry, rule: str) -> bool:
    """Whether events of a rule carry a mapped event id."""
    return "event_id" in entry.fields and (entry.event_id_rules is None or rule in entry.event_id_rules)


def _uses_of(entry: StreamEntry) -> list[tuple[RuleUse, ...]]:
    """The rules that one row may go to, for each value of the column that chooses them."""
    if isinstance(entry.rules, tuple):
        return [entry.rules]
    return [case.uses for case in entry.rules.cases or ()]
