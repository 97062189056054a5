"""A guess as an entry of `streams` in YAML, each line with its reason, ready to be pasted into a config.

It runs as it stands, and errs on the safe side: rules are placeholders, which LinkedIn knows none of, where the settings name none;
where no column says who consented nobody is sent; what is uncertain stands in a comment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing.scalars import flow_list, one_or_list, scalar
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.nearest import folded_name
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.guessing.guess import FieldGuess, Guess, RuleColumn, Stage, Writing

__all__ = ["entry_lines", "left_out_lines"]

_FIRST_PLACEHOLDER = 101
_NOBODY = "(nobody, until you fill this in)"
_ORDER = (
    *(
        "email",
        "li_fat_id",
        "first_name",
        "last_name",
        "full_name",
        "company",
        "title",
        "country",
        "external_id",
        "lead",
    ),
    *("happened_at", "value", "currency"),
)


def entry_lines(
    stream: str, guess: Guess, *, records: int, key: Sequence[str], rules: Sequence[str] = (), consent: str = ""
) -> Iterator[str]:
    """The lines of one entry.

    `records` is how many were looked at, `key` the stream's key properties, `rules` those that the settings name; `consent`
    is why the settings need none, empty where they do not say so.
    """
    yield f"- stream: {scalar(stream)}  # {how_many(records, 'record')} looked at"
    yield from _rules(guess.rules, rules)
    yield "  fields:"
    yield from _fields(guess)
    if guess.constants:
        yield f"  constants: {{currency: {scalar(guess.constants['currency'])}}}  # said by the amount's name or sign; check it"
    yield from _writing(guess.writing)
    yield from _marks(guess)
    if guess.not_always_declared:
        told = f"a schema of the stream does not list {guess.not_always_declared[0]}; remove it once all do"
        yield f"  undeclared_columns: allow{_comment(told)}"
    if not key and not guess.key:
        yield "  # key: id  # fill in: the columns that stay the same when a row is corrected; without it that is a new conversion"
    yield from _consent(guess, key, consent)


def left_out_lines(stream: str, guess: Guess, *, records: int) -> Iterator[str]:
    """The lines of a stream that cannot be sent: comments only, with why."""
    why = "no record came" if not records else "no column says when somebody converted"
    if "happened_at" in guess.fields:
        why = "no column says who converted" if not guess.fields.keys() & {"external_id"} else "it only links ids"
    yield f"# - stream: {scalar(stream)}  # left out: {why}"


def _comment(*parts: str) -> str:
    told = "; ".join(part for part in parts if part)
    return f"  # {printable(told)}" if told else ""


# The rule


def _rules(columns: Sequence[RuleColumn], rules: Sequence[str]) -> Iterator[str]:
    if not columns:
        if rules:
            yield f"  conversion_rule: {one_or_list(rules)}  # the settings' own"
        else:
            yield f"  conversion_rule: {_FIRST_PLACEHOLDER}  # fill in: your rule's id, as `linkedin-conversions rules list` shows it"
        return
    best, *others = columns
    yield "  conversion_rule:"
    also = f"or by {', '.join(other.column for other in others[:3])}" if others else ""
    yield f"    column: {scalar(best.column)}{_comment('check: ' + best.reason, also)}"
    yield "    rules:"
    yield from _cases(best.stages, rules)
    if best.otherwise == "skip":
        yield "    otherwise: skip  # what is not named here is no conversion"
    else:
        yield "    otherwise: reject  # a stage that is new is told, not passed over"


def _cases(stages: Sequence[Stage], rules: Sequence[str]) -> Iterator[str]:
    """A case for each stage that came: the settings' rules are for the one furthest down the funnel, others have placeholders."""
    last = max((at for at, stage in enumerate(stages) if stage.is_conversion), default=-1)
    placeholder = _FIRST_PLACEHOLDER
    for at, stage in enumerate(stages):
        when, seen = scalar(stage.value), how_many(stage.records, "record")
        if not stage.is_conversion or (rules and at != last):
            why = "" if stage.is_conversion else "no conversion by its name"
            yield f"    - {{when: {when}, skip: true}}{_comment(seen, why or 'give it a rule of its own if it is a conversion')}"
        elif rules:
            yield f"    - {{when: {when}, rule: {one_or_list(rules)}}}  # {seen}; the settings' own rule"
        else:
            yield f"    - {{when: {when}, rule: {placeholder}}}  # {seen}; fill in: your rule's id"
            placeholder += 1


# The fields


def _fields(guess: Guess) -> Iterator[str]:
    for field in _ORDER:
        if field in guess.fields:
            yield _field(field, guess.fields[field])
        elif field in guess.perhaps:
            yield from _perhaps(field, guess.perhaps[field])
        elif field in guess.unused:
            yield f"    {field}: false{_comment(guess.unused[field])}"
    for field, why in guess.unused.items():
        if field not in _ORDER:
            yield f"    {field}: false{_comment(why)}"


def _field(field: str, guess: FieldGuess) -> str:
    also = f"or {', '.join(guess.also[:3])}" if guess.also else ""
    reason = f"check: {guess.reason}" if guess.confirm else guess.reason
    return f"    {field}: {one_or_list(guess.columns)}{_comment(reason, also)}"


def _perhaps(field: str, guess: FieldGuess) -> Iterator[str]:
    """A comment for an uncertain field; one that the mapping would find by its name is switched off until a person decides."""
    found = {folded_name(name) for name in FOUND_BY_NAME.get(field, ())}
    if field in FOUND_BY_NAME and found:
        yield f"    {field}: false"
    yield f"    # {field}: {one_or_list(guess.columns)}{_comment(guess.reason)}"


# What stands beside the fields


def _writing(writing: Writing) -> Iterator[str]:
    if writing.time_format:
        order = (
            "check: day and month could be the other way round" if writing.order_is_open else "as the times are written"
        )
        yield f"  time_format: {flow_list(writing.time_format)}{_comment(order)}"
    elif writing.date_order:
        yield f"  date_order: {writing.date_order}  # reads dates as people write them"
    if writing.timezone:
        why = (
            "the column's name says so"
            if writing.timezone == "UTC"
            else "check: the letters behind the times are those of its clock"
        )
        yield f"  timezone: {scalar(writing.timezone)}  # {why}"
    elif writing.without_zone:
        yield "  # timezone: Europe/Berlin  # fill in: some times name no zone, and are read as UTC's"
    if writing.decimal_comma:
        yield "  decimal_comma: true  # amounts are written as 1.234,56"
    if writing.thousands:
        yield f"  thousands: {scalar(writing.thousands)}  # amounts are written as 1{writing.thousands}234.56"
    if writing.minor_units:
        yield "  minor_units: true  # amounts count cents"


def _marks(guess: Guess) -> Iterator[str]:
    if guess.only is not None:
        only = f"{{column: {scalar(guess.only.column)}, is: {flow_list(guess.only.values)}}}"
        yield f"  only: {only}{_comment(guess.only.reason)}"
    if guess.deleted:
        yield f"  deleted: {one_or_list([mark.column for mark in guess.deleted])}{_comment(guess.deleted[0].reason)}"
    if guess.key:
        yield f"  key: {one_or_list(guess.key)}  # check: what tells one conversion from all others"
    if guess.once_per_key:
        yield "  once_per: key  # a row converts once, however often it is edited"


def _consent(guess: Guess, key: Sequence[str], not_required: str) -> Iterator[str]:
    agreed = [one for one in guess.consent if not one.is_refusal]
    refusals = [one for one in guess.consent if one.is_refusal]
    if agreed:
        if refusals:
            yield f"  # check: {printable(refusals[0].column)} {refusals[0].reason}; whoever it names may not be sent"
        best, *others = agreed
        also = f"or {', '.join(other.column for other in others[:3])}" if others else ""
        granted = "" if best.granted == (True,) else f", granted: {flow_list(best.granted)}"
        if best.contains:
            granted = f", contains: {one_or_list(best.contains)}"
        yield f"  consent: {{column: {scalar(best.column)}{granted}}}{_comment('check: ' + best.reason, also)}"
        return
    if not_required:
        yield f"  consent: {{not_required: {scalar(not_required)}}}  # the settings' own"
        return
    refused = [one.column for one in guess.consent]
    column = (*refused, *key, *guess.key, *guess.fields["happened_at"].columns)[0]
    yield '  # fill in: the column that says who agreed and what means yes, or {not_required: "why"}; until then nobody is sent'
    if refused:
        yield f"  # {printable(refused[0])}: {guess.consent[0].reason}"
    yield f"  consent: {{column: {scalar(column)}, granted: {flow_list([_NOBODY])}}}"
