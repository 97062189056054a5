"""The keys of an entry of `streams`, each with what it does and an example: what the docs are made from."""

from __future__ import annotations

import msgspec

__all__ = ["ENTRY_KEYS", "KEY_NAMES", "EntryKey", "beside"]


class EntryKey(msgspec.Struct, frozen=True):
    """One key: an example of its value as YAML, and its meaning."""

    name: str
    example: str
    meaning: str


ENTRY_KEYS = (
    EntryKey("stream", "public-crm_deals", "The stream's name after stream maps, or a pattern such as `public-*`."),
    EntryKey(
        "conversion_rule",
        "{column: stage, rules: [{when: won, rule: [103, 104]}, {when: lost, skip: true}], otherwise: reject}",
        "The rule's id, several, or by a column's value; without `rules` the column holds the id. Default: the setting.",
    ),
    EntryKey(
        "fields",
        "{email: [work_email, private_email], happened_at: won_at, company: account.name}",
        "Columns or paths by field; of several the first that is something counts. `false` switches a field off.",
    ),
    EntryKey("constants", "{currency: EUR, country: DE}", "Fields that are the same for every event."),
    EntryKey(
        "consent",
        "{column: ads_consent, granted: [true, granted]}",
        "Whose records may be sent: a column and what grants it (or `contains`, for lists), or `{not_required: why}`.",
    ),
    EntryKey(
        "timezone",
        "Europe/Berlin",
        'The zone of times without one: a region, or an offset such as `"+01:00"`. Default: UTC.',
    ),
    EntryKey(
        "ignore_offset", "true", "Reads the clock as written, in `timezone`, whatever offset the tap stamps on it."
    ),
    EntryKey(
        "time_format",
        '"%d.%m.%Y %H:%M"',
        "How times are written that cannot be read otherwise: strptime, one or several.",
    ),
    EntryKey(
        "date_order",
        "dmy",
        "How day, month and year stand in dates as people write them, `dmy`, `mdy` or `ymd`: `20.11.2026 14:05`, `20-NOV-26`.",
    ),
    EntryKey(
        "not_before",
        '"2026-11-01T00:00:00Z"',
        "Earlier events are skipped; here it wins over the setting. Keep the quotes: Meltano drops the offset of a bare time. Without an offset it is UTC.",
    ),
    EntryKey("on_too_old", "reject", "`skip` or `reject` events of more than 90 days; here it wins over the setting."),
    EntryKey(
        "on_bad_field", "reject", "`drop` a bad optional field, or `reject` its event; here it wins over the setting."
    ),
    EntryKey(
        "once_per",
        "key",
        "What is one conversion: each `row`, or each `key` whatever its time. Default: `key` by a column's rule.",
    ),
    EntryKey("key", "[deal_id]", "The columns that tell a record from all others. Default: the tap's key properties."),
    EntryKey(
        "source",
        "crm-deals",
        "What the key is a key of, which stays when the stream is renamed. Default: the stream's name.",
    ),
    EntryKey(
        "deleted", "deleted_at", "Columns that say that the record is gone, or `false`. Default: `_sdc_deleted_at`."
    ),
    EntryKey("only", "{column: livemode, is: [true]}", "Other records are skipped."),
    EntryKey("names", "plain", "`hashed` or `plain` names. Default: hashed where the LinkedIn version takes that."),
    EntryKey("decimal_comma", "true", "Amounts such as `1.234,56`."),
    EntryKey("thousands", '","', "The mark between thousands, as in `1,234.56`."),
    EntryKey("minor_units", "true", "Amounts in cents, or whatever the currency's smallest unit is."),
    EntryKey(
        "undeclared_columns", "allow", "Takes columns that the tap's schema does not list; else they stop the run."
    ),
)
"""Every key of an entry, in the order in which people write them."""

KEY_NAMES = tuple(key.name for key in ENTRY_KEYS)


def beside(around: str) -> dict[str, str]:
    """What to do with a key of an entry that stands one level too deep."""
    return dict.fromkeys(KEY_NAMES, f"it is a key of the entry: write it beside {around}, not in it")
