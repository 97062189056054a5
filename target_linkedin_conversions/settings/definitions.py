"""The table of settings: name, default, meaning, and how a value is read.

Everything that lists settings is made from it: the Singer `--about`, the plugin
definition in `meltano.yml`, the table in the docs, and the reading itself.
"""

from __future__ import annotations

from functools import partial

import msgspec

from target_linkedin_conversions.settings import alerts, credentials, lists, paths, sdk, values
from target_linkedin_conversions.settings.consent import read_consent
from target_linkedin_conversions.settings.values import Reader
from target_linkedin_conversions.urns import ACCOUNT_URN, RULE_URN

__all__ = [
    "BY_NAME",
    "DEFAULT_VERSION",
    "ENVIRONMENT_PREFIX",
    "LARGEST_BATCH",
    "SDK_SETTINGS",
    "SETTINGS",
    "WITHOUT_EFFECT",
    "Setting",
]

ENVIRONMENT_PREFIX = "TARGET_LINKEDIN_CONVERSIONS_"
DEFAULT_VERSION = "202609"
LARGEST_BATCH = 5000
"""Events a request may carry (documented)."""


class Setting(msgspec.Struct, frozen=True):
    """One setting: `kind` is Meltano's word for it, `read` turns a raw value into its type.

    Meltano has no word for numbers with a fraction that it can also write (measured): there a
    `number` is a `string`.
    """

    name: str
    kind: str
    default: object
    description: str
    read: Reader
    secret: bool = False
    options: tuple[str, ...] = ()


def _word(name: str, default: str, description: str, *options: str) -> Setting:
    return Setting(name, "options", default, description, values.choice(*options), options=options)


def _flag(name: str, description: str, *, default: bool) -> Setting:
    return Setting(name, "boolean", default, description, values.boolean)


_entries = partial(
    lists.json_array,
    example="[{stream: NAME, conversion_rule: ID, fields: {email: COLUMN}, consent: {column: COLUMN}}]",
)

SETTINGS: tuple[Setting, ...] = (
    Setting("access_token", "string", None, "The token, of a member or of Direct API.", credentials.token, secret=True),
    Setting(
        "client_id",
        "string",
        None,
        "The app's client id, to refresh the token before it expires.",
        credentials.app_id,
    ),
    Setting("client_secret", "string", None, "The app's client secret.", credentials.app_secret, secret=True),
    Setting(
        "refresh_token",
        "string",
        None,
        "A refresh token, instead of access_token or together with it.",
        credentials.token,
        secret=True,
    ),
    Setting(
        "account_id",
        "string",
        None,
        "The ad accounts: an id, a URN, or a list. Needed to list rules, and to check them before a run.",
        lists.identifiers(ACCOUNT_URN),
    ),
    Setting(
        "linkedin_version",
        "string",
        DEFAULT_VERSION,
        "The version of LinkedIn's API, as YYYYMM. You can set a newer one without a new release of this program.",
        values.version,
    ),
    Setting(
        "api_url",
        "string",
        "https://api.linkedin.com",
        "LinkedIn's API. Plain http for loopback only.",
        values.location,
    ),
    Setting(
        "oauth_url",
        "string",
        "https://www.linkedin.com",
        "LinkedIn's OAuth server. Plain http for loopback only.",
        values.location,
    ),
    Setting(
        "conversion_rule",
        "string",
        None,
        "The conversion rule of entries that name none: an id, a URN, or a list.",
        lists.identifiers(RULE_URN),
    ),
    Setting("streams", "array", [], "What is sent and how: an entry for each stream, or several.", _entries),
    Setting(
        "consent",
        "object",
        None,
        "Whose records may be sent, if an entry of streams does not say it: {column: ads_consent, granted: [true]} or {not_required: why}. Needed there or here.",
        read_consent,
    ),
    Setting(
        "batch_size_rows",
        "integer",
        LARGEST_BATCH,
        "The most events in a request, 1 to 5000.",
        values.integer(1, LARGEST_BATCH, example=LARGEST_BATCH),
    ),
    Setting(
        "batch_max_age_seconds",
        "number",
        60,
        "After how many seconds a batch is sent that is not full, counted from its oldest event. Also while the tap is silent.",
        values.number(0, example=60),
    ),
    Setting(
        "max_concurrent_requests",
        "integer",
        4,
        "The most requests under way at the same time, 1 to 16.",
        values.integer(1, 16, example=4),
    ),
    Setting("requests_per_minute", "integer", 600, "The most requests in any minute.", values.integer(1, example=600)),
    Setting(
        "requests_per_day", "integer", 300_000, "The most requests in a UTC day.", values.integer(1, example=300_000)
    ),
    Setting(
        "quota_key",
        "string",
        None,
        "A name of your own by which requests are counted; runs with the same name and ledger share one quota. Default: client_id, else a digest of the token.",
        values.text,
    ),
    _word(
        "on_quota_exhausted",
        "stop",
        "When the day's requests are spent: stop (exit 4, the next run goes on) or wait.",
        "stop",
        "wait",
    ),
    Setting(
        "state_dir",
        "string",
        ".linkedin-conversions",
        "Folder of ledger, rejects, reports and outbox: a path, or a URL of fsspec.",
        paths.path_or_url,
        secret=True,
    ),
    Setting(
        "private_dir",
        "string",
        None,
        "Local path of outbox and credentials, needed if state_dir is a URL; default: state_dir.",
        paths.local_path,
    ),
    Setting(
        "ledger_url",
        "string",
        None,
        "SQLAlchemy URL of the ledger, needed if state_dir is a URL or if several machines deliver (PostgreSQL); default: SQLite in state_dir.",
        paths.database_url,
        secret=True,
    ),
    Setting(
        "ledger_key",
        "string",
        None,
        "A secret text of at least 32 characters that the ledger's digests are made with. It is not kept in the ledger; "
        "default: a key that is made and kept in the ledger. Set it before the first run, and do not lose it: the ledger opens with it only.",
        credentials.ledger_key,
        secret=True,
    ),
    _flag("require_ledger", "Stop with exit 2 instead of starting with a new, empty ledger.", default=False),
    _flag("send_once", "Whether an event that was delivered is never sent again.", default=True),
    Setting(
        "ledger_keep_days",
        "integer",
        400,
        "How many days the ledger remembers what was delivered; LinkedIn takes events of 90 days.",
        values.integer(1, example=400),
    ),
    _word(
        "on_in_doubt",
        "by_rule",
        "What happens to events that were sent and never answered: resend sends them again, hold does not, by_rule holds those of PURCHASE, ADD_TO_CART and rules whose type is not known, and resends all others.",
        "by_rule",
        "resend",
        "hold",
    ),
    Setting(
        "max_resends",
        "integer",
        2,
        "How many times a run sends a batch again that LinkedIn never answered. After that the batch stays in doubt, and the run ends with exit 5.",
        values.integer(0, 100, example=2),
    ),
    Setting(
        "not_before",
        "date_iso8601",
        None,
        "Events before this time are skipped, such as 2026-11-01T00:00:00Z. For the day of a cutover.",
        values.instant,
    ),
    Setting(
        "max_future_seconds",
        "integer",
        300,
        "How many seconds in the future the time of an event may be. Up to that it is sent with the present time; beyond it the event is refused.",
        values.integer(0, example=300),
    ),
    _word(
        "on_too_old",
        "skip",
        "What happens to events older than 90 days: skip counts them as left out, reject as rejected.",
        "skip",
        "reject",
    ),
    _word(
        "on_bad_field",
        "drop",
        "What happens if an optional field is bad: drop leaves the field out, reject refuses the whole event.",
        "drop",
        "reject",
    ),
    Setting(
        "max_reject_ratio",
        "number",
        0.5,
        "The share of rejected events, rejected / (rejected + delivered), 0 to 1. Above it STATE is not written and the run ends with exit 6. Not judged below 20 such events.",
        values.number(0, 1, example=0.5),
    ),
    _flag(
        "keep_rejected_rows",
        "Keep the mapped columns of rejected records in the outbox for 30 days, so that `rejects replay` maps them anew.",
        default=False,
    ),
    Setting(
        "retry_for_seconds",
        "number",
        900,
        "How many seconds one batch is tried, with pauses between.",
        values.number(0, example=900),
    ),
    Setting(
        "shutdown_seconds",
        "number",
        20,
        "How many seconds requests under way may still take after SIGTERM or SIGINT.",
        values.number(0, example=20),
    ),
    Setting(
        "state_interval_seconds",
        "number",
        1,
        "The least number of seconds between two STATE lines. The last one is always written.",
        values.number(0, example=1),
    ),
    _flag("preflight", "Check version, token and rules before the first event.", default=True),
    Setting(
        "exclude_email_domains",
        "array",
        [],
        "Domains whose e-mails are never sent, such as your own staff's.",
        lists.domains,
    ),
    Setting(
        "suppress",
        "string",
        None,
        "A file of e-mails or hashes that must never be sent, one a line.",
        paths.local_path,
    ),
    _flag(
        "results_log",
        "Keep, for each event, stream, key, rule, event id, outcome, code, run and time in results/ for 400 days, for tap-linkedin-conversions-results. Holds no identifier.",
        default=False,
    ),
    _flag(
        "dry_run",
        "Does everything except sending events. Writes no STATE and no ledger row, and counts no quota. The payloads are in the outbox.",
        default=False,
    ),
    Setting(
        "alert_urls",
        "array",
        [],
        "Who is told when a run needs a person: URLs as apprise takes them (Slack, Teams, e-mail, PagerDuty, any webhook). Needs the extra alerts.",
        alerts.alert_urls,
        secret=True,
    ),
    Setting(
        "alert_on",
        "array",
        [alert.value for alert in alerts.Alert],
        "What alert_urls are told of: failed, rejects, nothing_sent, in_doubt, token_ends, version_ends, quota. Each cause is told once a day, with counts and what to do.",
        alerts.alert_on,
    ),
    Setting("stream_maps", "object", {}, "Singer SDK: inline stream maps.", sdk.stream_maps),
    Setting(
        "stream_map_config",
        "object",
        {},
        "Singer SDK: values for stream map expressions.",
        lists.json_object,
    ),
    Setting(
        "faker_config",
        "object",
        {},
        "Singer SDK: Faker in stream map expressions.",
        sdk.faker_config,
    ),
    Setting("flattening_enabled", "boolean", None, "Singer SDK: flatten nested columns.", values.boolean),
    Setting(
        "flattening_max_depth",
        "integer",
        None,
        "Singer SDK: how deep to flatten.",
        values.integer(0, example=3),
    ),
    Setting(
        "flattening_max_key_length",
        "integer",
        None,
        "Singer SDK: the longest flattened name.",
        values.integer(1, example=64),
    ),
    Setting(
        "flattening_separator",
        "string",
        None,
        "Singer SDK: between the parts of a flattened name.",
        values.text,
    ),
    Setting(
        "batch_config",
        "object",
        None,
        "Singer SDK: where BATCH files are, if not on this machine (storage.root).",
        sdk.batch_config,
    ),
    _flag(
        "validate_records",
        "Also check each record against the tap's own JSON schema, except its `pattern`s, which may take for ever.",
        default=False,
    ),
)

SDK_SETTINGS = (
    "stream_maps",
    "stream_map_config",
    "faker_config",
    "flattening_enabled",
    "flattening_max_depth",
    "flattening_max_key_length",
    "flattening_separator",
    "batch_config",
    "validate_records",
)
"""Settings that the Singer SDK itself reads."""

WITHOUT_EFFECT = (
    "add_record_metadata",
    "load_method",
    "hard_delete",
    "default_target_schema",
    "process_activate_version_messages",
)
"""Settings of other targets that are accepted and do nothing here."""

BY_NAME = {setting.name: setting for setting in SETTINGS}
