"""Every finding in records: its code, how bad it is, what it says, the mend, and whether a run counts it too."""

from __future__ import annotations

import msgspec

from target_linkedin_conversions.records.reasons import MESSAGES, SKIPS

__all__ = ["CATALOGUE", "OF_FILES", "SEVERITIES", "Kind"]

SEVERITIES = ("stops", "warning", "hint")
"""The worst first."""


class Kind(msgspec.Struct, frozen=True):
    """The text of every finding of one code; `in_runs` says whether runs count it too, where that costs nothing."""

    severity: str
    sentence: str
    mend: str
    in_runs: bool = False


def _meaning(code: str) -> str:
    """The meaning of a reason's code without its mend, because a finding has its own mend."""
    return (MESSAGES | SKIPS)[code].partition("; ")[0]


_MEND_CURRENCY = (
    "mend it at the source; where all amounts are in one currency, set it in constants in place of the column"
)
"""A constant is the currency of every amount: rows in another one would be sent as that."""

CATALOGUE = {
    "hash_unnormalised": Kind(
        "stops",
        "the hash is that of the address with capitals or spaces, so LinkedIn will never match it",
        "map the plain column instead, which is hashed in the right form before it leaves, and do it before a load: what was sent is not sent again",
    ),
    "hash_disagrees": Kind(
        "warning",
        "the hash is not that of the address in the column beside it",
        "map the plain column, or find out whose address was hashed",
    ),
    "hash_of_nothing": Kind(
        "warning",
        _meaning("hash_of_nothing"),
        "hash real addresses only, and leave others empty",
    ),
    "not_sha256": Kind(
        "stops",
        "the column holds MD5, SHA-1 or another hash that LinkedIn does not match",
        "map the plain address, or hash it with SHA-256",
        in_runs=True,
    ),
    "not_an_email": Kind(
        "warning",
        _meaning("not_an_email"),
        "map the right column, or mend it at the source",
        in_runs=True,
    ),
    "reserved_domain": Kind(
        "warning",
        "the address is at a domain that is kept for examples and tests",
        "leave test records out with `only`",
    ),
    "disposable_domain": Kind(
        "hint",
        "the address is at a throw-away provider, where no member has one",
        "ask for a lasting address in the form",
    ),
    "domain_typo": Kind(
        "warning",
        "the provider's name in the address is misspelt by one letter",
        "mend the address at the source; check it in the form",
    ),
    "role_address": Kind(
        "hint",
        "the address is of a role such as info@ or sales@, which no member has",
        "map a column with a person's own",
    ),
    "shared_address": Kind(
        "warning",
        "one address stands on more than 20 records and more than 1 % of the stream",
        "map the lead's own address; this is most often the sales rep's, or a default",
    ),
    "work_only": Kind(
        "hint",
        "all addresses are at company domains, and members mostly register with a private one",
        "map a second column with private addresses, if there is one",
    ),
    "test_record": Kind(
        "warning",
        "a name or an address says that this is a test",
        "leave test records out with `only`, or at the source",
    ),
    "mojibake": Kind(
        "warning",
        "the text was decoded wrongly, so that it never matches",
        "read the source in its right encoding, most often UTF-8",
    ),
    "honorific_in_name": Kind(
        "warning", "a title such as Dr. or Mr stands before the first name", "give the title a column of its own"
    ),
    "name_is_email": Kind(
        "warning", "an e-mail address stands where a name should", "map the column that holds the name"
    ),
    "two_words_no_last_name": Kind(
        "warning",
        "the first name holds two words or more and the last name is empty",
        "where every row is so, map the column as full_name in place of first_name and last_name; else split the names at the source",
    ),
    "only_one_identifier": Kind(
        "hint",
        "the event has a single identifier, and another mapped column is empty",
        "fill the other columns",
        in_runs=True,
    ),
    "no_strong_identifier": Kind(
        "warning",
        "the event has neither an e-mail address nor a click id",
        "map or fill email or li_fat_id",
        in_runs=True,
    ),
    "click_id_unmapped": Kind(
        "stops", "a column that is not mapped holds LinkedIn's click id", "map it: fields.li_fat_id"
    ),
    "click_id_lost": Kind(
        "warning",
        "a landing page of a LinkedIn campaign has no click id",
        "turn on enhanced conversion tracking in Campaign Manager, and keep li_fat_id when the site redirects",
    ),
    "times_alike": Kind(
        "warning",
        "over half of the records have the same second, which is when rows were loaded and not when people converted",
        "map the column that says when the conversion happened: fields.happened_at",
    ),
    "close_to_window": Kind(
        "warning",
        "the event is 60 to 90 days old, and LinkedIn takes none that is older",
        "load daily, or some events will be too old",
        in_runs=True,
    ),
    "too_old": Kind(
        "warning",
        "the event is older than the 90 days that LinkedIn takes",
        "load daily; these cannot be sent any more",
        in_runs=True,
    ),
    "in_future": Kind(
        "warning",
        "the event lies in the future",
        "check the column, and the entry's timezone or ignore_offset",
        in_runs=True,
    ),
    "bad_time": Kind(
        "warning",
        "the time cannot be read",
        "set date_order, time_format or, for letters such as EST, timezone in the entry; or map another column, of objects and lists a path (a.b, a[0])",
        in_runs=True,
    ),
    "unknown_currency": Kind("warning", _meaning("unknown_currency"), _MEND_CURRENCY, in_runs=True),
    "value_without_currency": Kind(
        "warning", _meaning("value_without_currency"), f"map currency; {_MEND_CURRENCY}", in_runs=True
    ),
    "bad_amount": Kind(
        "warning",
        "the amount is no plain number",
        "set decimal_comma or thousands in the entry, map a path (a.b, a[0]) of objects and lists, or mend it at the source",
        in_runs=True,
    ),
    "unknown_country": Kind(
        "warning",
        _meaning("unknown_country"),
        "mend it at the source; where all rows are of one country, set it in constants in place of the column",
        in_runs=True,
    ),
    "refund": Kind("hint", _meaning("refund"), "nothing: it is not sent", in_runs=True),
    "event_id_repeats": Kind(
        "stops",
        "another record has the same event id, and LinkedIn takes only one conversion of each",
        "map a column that differs for each conversion, or none: fields.event_id: false",
        in_runs=True,
    ),
    "no_key": Kind(
        "warning",
        "the record has no key, or only the number of its row or an id that its loader made, so that a corrected row is a new conversion",
        "name the columns that stay the same: key",
        in_runs=True,
    ),
    "unknown_rule_value": Kind(
        "warning",
        "no case of conversion_rule fits the column's value",
        "add a case, or set otherwise: skip",
        in_runs=True,
    ),
    "value_in_several_rules": Kind(
        "warning",
        "the value of one record goes to several rules, so that revenue is counted twice",
        "write {rule: …, value: false} for all rules but one",
    ),
    "consent_to_nobody": Kind(
        "stops",
        "the consent column grants none of the records",
        "check consent.column and consent.granted",
        in_runs=True,
    ),
}

OF_FILES = {
    "row_too_long": Kind(
        "warning",
        "the row has more cells than the header, so that its values may stand in wrong columns, and it is not sent",
        "put a cell that holds the delimiter into quotes",
    ),
    "row_too_short": Kind(
        "hint",
        "the row has fewer cells than the header, and what is missing counts as empty",
        "fill the row, or export it anew",
    ),
    "no_row": Kind(
        "hint",
        "the line has a single cell, as a total or a footer has, and is left out",
        "nothing, if it is none of your rows",
    ),
}
"""Findings on rows of a file that are broken before their values are read."""
