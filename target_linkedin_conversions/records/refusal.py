"""Builds the refusal of a record: every reason, and what may be shown of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.event import MappedValues, Refusal, Shape
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.money import currency
from target_linkedin_conversions.records.plain_ids import is_uuid
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.records.text import NO_KEY, is_email_shaped, key_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.records.event import Key
    from target_linkedin_conversions.records.plan import StreamPlan
    from target_linkedin_conversions.records.rows import Row, Value

__all__ = ["compile_hidden", "is_no_key", "key_of", "private_columns", "refusal_of", "value_shown"]

_LONGEST_SHOWN = 64
_BEGIN = 3
"""Letters of an address by which it is told from most keys."""
_BETWEEN_WORDS = dict.fromkeys(map(ord, " ._-"))
_NOBODY: frozenset[str] = frozenset()


def key_of(row: Row, plan: StreamPlan) -> Key:
    """The name and text of each key column; of all that is mapped where every one of those is empty."""
    key = tuple([(name, key_text(row[place])) for name, place in plan.identity.key])
    if not all(is_no_key(text) for _, text in key):
        return key
    return MappedValues([(name, key_text(row[place])) for name, place in plan.mapped])


def is_no_key(text: str | None) -> bool:
    """Whether the text of a key column says that there is no key: null, blank, empty or a placeholder."""
    return text is None or text.strip() in NO_KEY


def private_columns(row: Row, plan: StreamPlan, key: Key) -> frozenset[str]:
    """Those of a key's columns that must not be shown, for they hold what says who it is."""
    personal = [row[place] for place in plan.personal]
    return frozenset(name for name, text in key if name in plan.personal_columns or identifies(text, b"", personal))


def compile_hidden(plan: StreamPlan) -> Callable[[Row, Key], frozenset[str]]:  # noqa: C901 - one walk, on the per-record path
    """As `private_columns`, for a record whose payload holds all that says who it is, but hides by a hash a mailbox, and two names in one.

    It looks first whether a key may hold these at all: most are numbers and ids, and to make every form of one takes
    longer than to map its row.
    """
    if not plan.identity.has_key:
        return lambda _row, _key: _NOBODY  # of all that is mapped the columns of the person are hidden by their names
    personal, person = plan.personal_columns, plan.person
    mailboxes = tuple([column.place for column in plan.identifiers if column.field == "email"])
    names = tuple([place for place in (person.first_name, person.last_name, person.full_name) if place is not None])

    def hidden(row: Row, key: Key) -> frozenset[str]:  # noqa: C901 - the same
        for name, text in key:
            if not text or text.isdecimal() or is_uuid(text) or name in personal:
                continue
            whole = text.lower()
            for place in mailboxes:
                value = row[place]
                if type(value) is str:
                    # Its first letters are in few keys, so that the rest is seldom looked at.
                    begin = value[:_BEGIN].lower()
                    if (begin in whole or not begin.isalnum()) and _is_mailbox_in(value, whole):
                        return private_columns(row, plan, key)
                elif value is not None:
                    return private_columns(row, plan, key)
            for place in names:
                value = row[place]
                if type(value) is not str or value.lower().replace(" ", "") not in whole:
                    break
            else:
                if names:
                    return private_columns(row, plan, key)
        return _NOBODY

    return hidden


def _is_mailbox_in(address: str, key: str) -> bool:
    """Whether a key holds the mailbox of an address, with or without what either has between its words."""
    mailbox = address[: max(address.find("@"), 0)].lower().translate(_BETWEEN_WORDS)
    return mailbox != "" and mailbox in key.translate(_BETWEEN_WORDS)


def refusal_of(row: Row, plan: StreamPlan, reasons: Sequence[Reason], found: Sequence[Reason]) -> Refusal:
    """The refusal of a record with its key and shape, no value of a person among them.

    Of what was `found` to be left out the rest is noted: when the record is mended and comes again, that is still wrong.
    """
    key = key_of(row, plan)
    personal = [row[place] for place in plan.personal]
    uses = plan.rules(row)
    time = plan.times.read(row[plan.happened_at])
    told = {(reason.field, reason.code): reason for reason in reversed(reasons)}
    because = dict.fromkeys(told[reason.field, reason.code] for reason in reasons)
    return Refusal(
        reasons=tuple(because),
        rule=uses[0].rule if not isinstance(uses, Reason) and len(uses) == 1 else None,
        key=key,
        private=private_columns(row, plan, key),
        shape=Shape(
            tuple(dict.fromkeys(column.field for column in plan.identifiers if _is_filled(row[column.place]))),
            time if isinstance(time, int) else None,
            _money(row, plan),
        ),
        unmatched=value_shown(row[plan.rule_column], personal)
        if isinstance(uses, Reason) and plan.rule_column is not None
        else None,
        noted=tuple([reason for reason in dict.fromkeys(found) if reason not in because]),
    )


def _money(row: Row, plan: StreamPlan) -> str | None:
    """Amount and currency, where both are there and good."""
    if plan.value is None or plan.currency is None:
        return None
    code = currency(row[plan.currency])
    number = plan.amounts.read(row[plan.value], code)
    return f"{number} {code}" if isinstance(number, str) and isinstance(code, str) else None


def value_shown(value: Value, personal: Sequence[Value] = ()) -> str:
    """A column's value as the report may list it: shortened, or only what it looks like; looked at before it is cut, for half a hash looks like none."""
    text = (key_text(value) or "").strip()
    if is_email_shaped(text):
        return "(an e-mail address)"
    if looks_personal(text) or identifies(text, b"", personal):
        return "(looks personal)"
    return printable(text[:_LONGEST_SHOWN])[:_LONGEST_SHOWN]


def _is_filled(value: Value) -> bool:
    return value is not None and value != ""
