"""Why a field was left out or an event refused: one stable code each, with its mend."""

from __future__ import annotations

import msgspec

__all__ = [
    "BY_LINKEDIN",
    "CHANGED",
    "DELIVERIES",
    "EARLIER_RUN",
    "EXCLUDED",
    "MARKED",
    "MESSAGES",
    "REFUND",
    "RESENT",
    "SAME_ID_OTHER_KEY",
    "SKIPS",
    "SUPPRESSED",
    "UNREACHABLE",
    "WOULD_MARK",
    "Reason",
]


class Reason(msgspec.Struct, frozen=True):
    """A code at a field; codes are stable, messages are not."""

    field: str
    code: str

    @property
    def finding(self) -> str:
        """The code of the finding that this is, where it is one."""
        return self.code

    @property
    def message(self) -> str:
        """One sentence: what is wrong and the mend."""
        return MESSAGES.get(self.code, self.code)


SUPPRESSED = Reason("email", "suppressed")
EXCLUDED = Reason("email", "excluded")
REFUND = Reason("value", "refund")
"""Why a record is skipped though nothing is wrong with a field of it: the person must not be sent, or money went back."""

UNREACHABLE = "not_reachable"
"""The code of a path that a record does not let in."""
BY_LINKEDIN = "linkedin"
"""The code of what LinkedIn itself rejected, in words of its own."""

MESSAGES = {
    # Refusals: the record yields no event.
    "no_identifier": "nothing identifies the person; map an e-mail, li_fat_id, IP address, id, lead, or both names",
    "no_time": "the event has no time; map happened_at to the column that says when it happened",
    "bad_time": "the time cannot be read; use RFC 3339, a date, or an epoch number, or say how it is written: date_order, time_format, timezone (for EST and the like); of objects and lists map a path",
    "in_future": "the event lies further ahead than max_future_seconds; check the column. Less than 15 hours ahead, it is most often a "
    "local time that the tap stamps as UTC: set timezone to its zone, with ignore_offset: true",
    "too_old": "LinkedIn takes events of the last 90 days only; send them daily",
    "no_rule": "the column that chooses the rule is empty; fill it or set otherwise: skip",
    "unknown_rule_value": "no case of conversion_rule fits the column's value; add one, or set otherwise: skip",
    "bad_rule_id": "the column must hold a rule's numeric id or URN",
    "event_id_too_long": "an event id has at most 64 characters; map a shorter column",
    "event_id_is_email": "an e-mail address must not be sent as event id; map another column",
    "bad_event_id": "an event id is a number or a text such as `ord-7731`, and no words alone, query, cookie, telephone or account number, or token; map another column",
    "unreadable": "a value of the record cannot be written as text; mend it at the source, or leave its column out",
    "against_tap_schema": "the record contradicts the tap's own schema; mend the tap, or set validate_records: false",
    "not_a_number": "the column holds NaN or Infinity, which JSON does not know, or a number of thousands of digits; mend it at the source, or leave it out",
    "row_too_long": "the row has more cells than the header, so that its values may stand in wrong columns; put a cell that holds the "
    "delimiter into quotes",
    "bad_map": "the expression of stream_maps fails on this record; guard it against null and whatever else may come",
    # Fields left out, or refusals where on_bad_field is reject.
    "not_an_email": "the value is no e-mail address and no SHA-256 of one",
    "hash_of_nothing": "the hash is that of an empty or placeholder text; hash real addresses only",
    "too_many": "at most five e-mail addresses of a person are sent",
    "not_an_id": "the value is a template's leftover or has not the form of such an id or name; check the column",
    "looks_like_email": "an e-mail address is never sent in a plain field",
    "not_a_public_ipv4": "only public IPv4 addresses are sent",
    "not_a_name": "the value is a placeholder, not a name",
    "hashed_name_unsupported": "hashed names need linkedin_version 202609 or later",
    "needs_full_name": "LinkedIn takes company, title and country only beside a full name",
    "unknown_country": "the country is no ISO 3166 code and no country's name",
    "unsupported_by_version": "this linkedin_version does not know the field",
    "not_a_text": "the column holds a list or an object; map a nested column such as a.b",
    "bad_amount": 'the amount is no plain decimal number; for 1.234,56 set decimal_comma, for 1,234.56 set thousands: ","; of objects and lists map a path',
    "not_two_names": "first and last name cannot be told apart: only two words, or `Last, First`, can; map both parts",
    UNREACHABLE: "a path into the column meets a value that it cannot enter; check the path against the records",
    "unknown_currency": "the currency is no ISO 4217 code",
    "value_without_currency": "LinkedIn takes a value only with its currency; map currency, or set it in constants where all amounts are in one",
}
"""What each code means, and its mend."""

SKIPS = {
    "no_consent": "the consent column does not grant it",
    "deleted": "the source deleted the record",
    "stage_skipped": "the configuration skips this value of the rule's column",
    "too_old": "older than the 90 days LinkedIn takes",
    "before_start": "earlier than not_before",
    "excluded": "an e-mail of a domain in exclude_email_domains",
    "suppressed": "an e-mail on the suppress list",
    "filtered": "the entry's `only` leaves it out",
    "refund": "an amount below zero is a refund, which is no conversion",
    "stream_not_configured": "no entry of streams fits",
    "left_to_a_run": "not before the time that `ledger mark --before` names: left for a run to send",
    "being_sent": "not marked by `ledger mark`, for a run is sending it now",
}
"""Why a record is skipped: nothing is wrong with it."""

CHANGED, SAME_ID_OTHER_KEY, EARLIER_RUN, RESENT = "changed", "same_id_other_key", "earlier_run", "resent"
MARKED, WOULD_MARK = "marked", "would_mark"

DELIVERIES = {
    RESENT: "sent again, because no answer came the first time: LinkedIn may hold it twice",
    CHANGED: "delivered before with another time or value, which LinkedIn cannot correct",
    SAME_ID_OTHER_KEY: "another record has delivered its event_id, so LinkedIn has not heard of this one; "
    "map a column that differs for each conversion",
    "no_answer": "sent, no answer came, and on_in_doubt says to hold it; `linkedin-conversions rejects replay --in-doubt` sends it again",
    "resent_in_vain": "sent, and again as often as max_resends allows, and no answer came: LinkedIn may hold it several "
    "times; `linkedin-conversions rejects replay --in-doubt` sends it again",
    EARLIER_RUN: "sent by an earlier run that got no answer; `linkedin-conversions rejects replay --in-doubt` sends it again",
    MARKED: "noted as delivered without being sent, by `ledger mark`",
    WOULD_MARK: "`ledger mark` without --dry-run would note it as delivered",
}
"""What is special about a delivery, or about an event that was sent without an answer."""
