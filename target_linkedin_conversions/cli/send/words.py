"""The words of `send` for marketers: fields, reasons and mends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import DELIVERIES, MESSAGES, SKIPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_linkedin_conversions.records.reasons import Reason

__all__ = ["ENDINGS", "FIELDS", "FINDING_MENDS", "UNSENT", "explained", "explained_reasons"]

FIELDS = {
    "email": "e-mail",
    "li_fat_id": "LinkedIn click id",
    "acxiom_id": "Acxiom id",
    "google_aid": "Google advertising id",
    "oracle_moat_id": "Oracle Moat id",
    "ip_address": "IP address",
    "ip_address_plain": "IP address",
    "first_name": "first name",
    "last_name": "last name",
    "full_name": "full name",
    "company": "company",
    "title": "job title",
    "country": "country",
    "external_id": "your id of the person",
    "lead": "LinkedIn lead",
    "happened_at": "when it happened",
    "value": "value",
    "currency": "currency",
    "event_id": "id of the conversion",
}

ENDINGS = {
    Outcome.DELIVERED: "sent",
    Outcome.ALREADY_DELIVERED: "sent before, not sent again",
    Outcome.WOULD_SEND: "would be sent",
    Outcome.REJECTED: "not sent, something is wrong with the row",
    Outcome.SKIPPED: "left out on purpose",
    Outcome.IN_DOUBT: "sent, but LinkedIn did not answer",
    Outcome.UNSENT: "not sent, the run stopped before",
}

UNSENT = ("the run stopped before this row", "send it again when the cause is mended; what was sent is not sent again")

_MENDS = {
    "no_consent": "nothing: nobody is sent who did not agree",
    "deleted": "nothing: it is marked as deleted",
    "stage_skipped": "nothing, if the stage is no conversion",
    "too_old": "nothing: send the next ones within 90 days",
    "before_start": "nothing, if not_before is as you want it",
    "excluded": "nothing, if the address is of your own people",
    "suppressed": "nothing: the address is on your suppress list",
    "filtered": "nothing, if `only` is as you want it",
    "refund": "nothing: a refund is no conversion",
    "same_id_other_key": "give the row an id of its own",
    "bad_time": "write it as 2026-11-20 14:05, or say with --date-order how days and months stand",
    "no_time": "fill in when the conversion happened",
    "in_future": "mend the date, or say with --timezone where its clock is",
    "no_identifier": "fill in an e-mail address or a LinkedIn click id",
    "unknown_rule_value": "write a stage that your mapping knows, or add it there",
}
"""Mends for marketers, where the usual ones are for data engineers."""

FINDING_MENDS = {
    **dict.fromkeys(("reserved_domain", "test_record"), "take test rows out of the file"),
    "bad_time": _MENDS["bad_time"],
    "in_future": _MENDS["in_future"],
    "too_old": _MENDS["too_old"],
    "bad_amount": "write it as a number, such as 1234.56",
    "value_without_currency": "name the column, or the currency of all rows: --map currency=EUR",
    "unknown_currency": "write it as three letters, such as EUR",
    "click_id_unmapped": "name the column: --map li_fat_id=COLUMN",
    "hash_unnormalised": "name the column with the plain address: --map email=COLUMN",
    "not_an_email": "mend it, or name another column: --map email=COLUMN",
    "consent_to_nobody": "say which values mean yes: --consent COLUMN=VALUE",
    "no_key": 'if a column holds an id of each row, name it before the first sending: --map "key=COLUMN"; naming it later sends all rows again',
}
"""What a marketer does about a finding, where the catalogue speaks of settings."""

_FOLLOWS = frozenset({"needs_full_name", "value_without_currency"})
"""Reasons that say nothing beside others: they never cost a row."""


def explained(code: str, outcome: Outcome) -> tuple[str, str]:
    """Why an event ended so, and what to do."""
    known = {Outcome.SKIPPED: SKIPS, Outcome.REJECTED: MESSAGES}.get(outcome, DELIVERIES)
    if not code:
        return (ENDINGS[outcome], "send it again") if outcome is not Outcome.UNSENT else UNSENT
    return _apart(known.get(code, code), code)


def explained_reasons(reasons: Sequence[Reason], columns: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Why a row was rejected, each reason with the columns of its field, and what to do."""
    whys, mends = [], []
    for reason in [one for one in reasons if one.code not in _FOLLOWS] or reasons:
        why, mend = _apart(reason.message, reason.code)
        where = ", ".join(columns.get(reason.field, ()))
        whys.append(f"{where}: {why}" if where else why)
        mends.append(mend)
    return "; ".join(dict.fromkeys(whys)), "; ".join(dict.fromkeys(filter(None, mends)))


def _apart(message: str, code: str) -> tuple[str, str]:
    """The problem and the mend of a message that holds both."""
    why, _, mend = message.partition("; ")
    return why, _MENDS.get(code) or mend or "mend the row and send it again"
