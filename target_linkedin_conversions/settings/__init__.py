"""What the person configured, read once, typed and checked.

`Settings.load` takes the Singer config and, if asked, the environment; every fault is a
`ConfigError` that names the setting, what was expected, and the mend.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from target_linkedin_conversions.durations import TAKEN_DAYS
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.settings.alerts import Alert
from target_linkedin_conversions.settings.consent import Consent, consent_not_said
from target_linkedin_conversions.settings.contradictions import check_contradictions
from target_linkedin_conversions.settings.credentials import flaw_of_token
from target_linkedin_conversions.settings.credentials_file import read_credentials, unread_login
from target_linkedin_conversions.settings.definitions import (
    BY_NAME,
    ENVIRONMENT_PREFIX,
    SDK_SETTINGS,
    SETTINGS,
    WITHOUT_EFFECT,
    Setting,
)
from target_linkedin_conversions.settings.environment import (
    from_environment,
    stream_names,
    unread_credentials,
    unread_variables,
)
from target_linkedin_conversions.settings.other_names import SETTING_NAMES
from target_linkedin_conversions.settings.parts import put_together
from target_linkedin_conversions.settings.sdk import check_flattening
from target_linkedin_conversions.settings.secret import Secret
from target_linkedin_conversions.settings.streams import NOT_A_SETTING, StreamEntry, read_streams
from target_linkedin_conversions.settings.values import EMPTY, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SETTINGS", "Secret", "Setting", "Settings", "StreamEntry", "from_environment", "rules_of"]

_CREDENTIALS = "access_token"
_REFRESH = ("client_id", "client_secret", "refresh_token")
_NEVER_SHOWN = frozenset({*(setting.name for setting in SETTINGS if setting.secret), "private_dir", "sdk"})
"""Settings not shown beside the secrets: folders that default to `state_dir`, and the SDK's, which may hold a storage's key."""
_DEFAULT_PORTS = {"https": 443, "http": 80}
_DIGEST_BYTES = 8


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting in its own type; times in epoch milliseconds, spans in seconds."""

    access_token: Secret | None
    client_id: str | None
    client_secret: Secret | None
    refresh_token: Secret | None
    account_id: tuple[str, ...]
    linkedin_version: str
    api_url: str
    oauth_url: str
    conversion_rule: tuple[str, ...]
    streams: tuple[StreamEntry, ...]
    consent: Consent | None
    batch_size_rows: int
    batch_max_age_seconds: float
    max_concurrent_requests: int
    requests_per_minute: int
    requests_per_day: int
    quota_key: str
    on_quota_exhausted: str
    state_dir: str
    private_dir: str
    ledger_url: str | None
    ledger_key: Secret | None
    require_ledger: bool
    send_once: bool
    ledger_keep_days: int
    on_in_doubt: str
    max_resends: int
    not_before: int | None
    max_future_seconds: int
    on_too_old: str
    on_bad_field: str
    max_reject_ratio: float
    keep_rejected_rows: bool
    retry_for_seconds: float
    shutdown_seconds: float
    state_interval_seconds: float
    preflight: bool
    exclude_email_domains: tuple[str, ...]
    suppress: str | None
    results_log: bool
    dry_run: bool
    alert_urls: tuple[Secret, ...]
    alert_on: tuple[Alert, ...]
    sdk: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @classmethod
    def load(cls, config: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from a config and, over it, from an environment; raises `ConfigError`."""
        raw = {name: value for name, value in config.items() if value not in EMPTY}
        warnings: list[str] = []
        if environment is not None:
            whole, _ = from_environment(environment)
            found, warnings = from_environment(environment, stream_names(raw, whole))
            raw |= found
        raw = put_together(raw)
        warnings += _check_names(raw)
        read = {setting.name: _read(setting, raw) for setting in SETTINGS}
        read["streams"] = read_streams(read["streams"], "streams", read["conversion_rule"] or (), read["consent"])
        check_contradictions(read["streams"])
        check_flattening(read)
        warnings += _check_memory(read)
        if environment is None:
            warnings += unread_variables(read)
        read["sdk"] = {name: value for name in SDK_SETTINGS if (value := read.pop(name)) is not None}
        return cls(**_completed(read, from_files=environment is None), warnings=tuple(warnings))

    def __repr__(self) -> str:
        """Every setting but those that hold a secret, or may."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"Settings({shown})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The same for rich, which shows local variables in tracebacks."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in _NEVER_SHOWN]

    @property
    def origin(self) -> str:
        """Scheme, host and port of `api_url`, as a browser would say it: part of an event's identity."""
        parts = urlsplit(self.api_url)
        default = f":{_DEFAULT_PORTS[parts.scheme]}"
        return f"{parts.scheme}://{parts.netloc.lower().removesuffix(default)}"

    @property
    def ledger_folder(self) -> Path:
        """Where a ledger without a `ledger_url` lies; raises `ConfigError` where the settings name no place for one."""
        if _is_url(self.state_dir) and self.ledger_url is None:
            raise _no_ledger()
        return Path(self.private_dir if _is_url(self.state_dir) else self.state_dir)

    @property
    def private_folder(self) -> str:
        """Where a run keeps its outbox; raises `ConfigError` where the settings name no place for one."""
        if _is_url(self.private_dir):
            raise _no_private_folder()
        return self.private_dir

    @property
    def ledger_key_apart(self) -> bytes | None:
        """The key that `ledger_key` makes, None where the ledger holds one of its own."""
        if self.ledger_key is None:
            return None
        return hashlib.blake2b(self.ledger_key.reveal.encode(), digest_size=32, person=b"ledger_key").digest()

    @property
    def quota_key_shown(self) -> str:
        """The quota's key for people: the first digits only where it is a token's digest."""
        derived = self.access_token is not None and self.quota_key == _digest(self.access_token)
        return f"token {self.quota_key[:4]}…" if derived else printable(self.quota_key)

    @property
    def rules(self) -> tuple[str, ...]:
        """Every conversion rule that the configuration names, in its order."""
        return tuple(dict.fromkeys((*self.conversion_rule, *rules_of(self.streams))))


def _check_names(raw: Mapping[str, object]) -> list[str]:
    warnings = []
    for name, value in raw.items():
        if name in WITHOUT_EFFECT:
            warnings.append(f"{name} has no effect in this target")
        elif name not in BY_NAME:
            around = isinstance(value, dict) and not BY_NAME.keys().isdisjoint(value)
            too_deep = {name: f"write what stands in it one level higher, without {name!r} around it"} if around else {}
            elsewhere = {**SETTING_NAMES, **NOT_A_SETTING, **_part_or_variable(name), **too_deep}
            raise unknown("config", "setting", str(name), tuple(BY_NAME), elsewhere)
    return warnings


def _check_memory(read: Mapping[str, Any]) -> list[str]:
    """Warn where the ledger forgets what LinkedIn would still take a second time."""
    days = read["ledger_keep_days"]
    if days >= TAKEN_DAYS or not read["send_once"]:
        return []
    problem = f"the ledger forgets an event after {how_many(days, 'day')}, and LinkedIn takes those of {TAKEN_DAYS}"
    mend = f"keep {TAKEN_DAYS} or more, or never bring a row again after that: it would be sent twice"
    return [f"ledger_keep_days: {problem}; {mend}"]


def _part_or_variable(name: str) -> dict[str, str]:
    """What to do with a part of an entry on its own, and with the name of a variable in a setting's place."""
    if name.startswith(("streams.", "streams_")):
        return {name: "write it in the list: streams: [{stream: NAME, conversion_rule: ID, fields: {email: COLUMN}}]"}
    setting = name.removesuffix("_env")
    if setting != name and setting in BY_NAME:
        return {name: f"remove it, and set the variable {ENVIRONMENT_PREFIX}{setting.upper()}"}
    return {}


def _read(setting: Setting, raw: Mapping[str, object]) -> Any:  # noqa: ANN401 - each setting has its own type
    if setting.name in raw:
        return setting.read(raw[setting.name], setting.name)
    return setting.default


def _completed(read: Mapping[str, Any], *, from_files: bool) -> dict[str, Any]:
    """The settings with derived defaults, after the checks that look at more than one setting."""
    read = {**read, **_from_login(read)}
    _check_credentials(read, from_files=from_files)
    if read["conversion_rule"] and not read["streams"] and read["consent"] is None:
        raise consent_not_said("consent")
    if read["on_in_doubt"] == "hold" and not read["send_once"]:
        raise ConfigError(
            "on_in_doubt",
            "`hold` needs the identities that `send_once: false` does not keep",
            "set send_once: true, or on_in_doubt: resend",
        )
    _check_places(read)
    quota_key = read["quota_key"]
    return {
        **read,
        "account_id": read["account_id"] or (),
        "conversion_rule": read["conversion_rule"] or (),
        "exclude_email_domains": tuple(read["exclude_email_domains"]),
        "alert_urls": tuple(read["alert_urls"]),
        "alert_on": tuple(map(Alert, read["alert_on"])),
        "private_dir": read["private_dir"] or read["state_dir"],
        "quota_key": (read["client_id"] or _digest(read["access_token"])) if quota_key is None else quota_key,
    }


def _from_login(read: Mapping[str, Any]) -> dict[str, Any]:
    """What the kept login sets where the settings name no token; raises `ConfigError` where its file is not trusted."""
    folder = read["private_dir"] or read["state_dir"]
    if read[_CREDENTIALS] is not None or read["refresh_token"] is not None or _is_url(folder):
        return {}
    kept = read_credentials(folder)
    login = None if kept is None else kept.login
    if login is None:
        return {}
    kept_settings: dict[str, Any] = {}
    if login.access_token and flaw_of_token(login.access_token) is None:
        kept_settings[_CREDENTIALS] = Secret(login.access_token)
    if login.can_refresh and read["client_id"] in {None, login.client_id} and not flaw_of_token(login.refresh_token):
        kept_settings["client_id"] = login.client_id
        kept_settings["client_secret"] = Secret(login.client_secret)
        kept_settings["refresh_token"] = Secret(login.refresh_token)
    return kept_settings


def _check_places(read: Mapping[str, Any]) -> None:
    """Raise `ConfigError` where a run would leave something that has no place; who only reads may lack one."""
    if _is_url(read["state_dir"]) and not read["dry_run"]:
        if read["ledger_url"] is None:
            raise _no_ledger()
        if read["private_dir"] is None:
            raise _no_private_folder()


def _is_url(folder: str) -> bool:
    return "://" in folder


def _no_ledger() -> ConfigError:
    return ConfigError(
        "ledger_url",
        "a state_dir that is a URL cannot hold the ledger",
        "set ledger_url to a PostgreSQL database",
    )


def _no_private_folder() -> ConfigError:
    return ConfigError(
        "private_dir",
        "a state_dir that is a URL cannot hold outbox and credentials",
        "set private_dir to a local folder",
    )


def _check_credentials(read: Mapping[str, Any], *, from_files: bool) -> None:
    given = [name for name in _REFRESH if read[name] is not None]
    if read["refresh_token"] is not None and len(given) < len(_REFRESH):
        missing = next(name for name in _REFRESH if read[name] is None)
        raise ConfigError(missing, "a refresh_token needs client_id and client_secret beside it", f"set {missing}")
    if read[_CREDENTIALS] is None and read["refresh_token"] is None and not read["dry_run"]:
        folder = read["private_dir"] or read["state_dir"]
        unread = ("" if _is_url(folder) else unread_login(folder)) + unread_credentials(from_files=from_files)
        variable = "" if from_files else f" (in the environment {ENVIRONMENT_PREFIX}ACCESS_TOKEN)"
        raise ConfigError(
            _CREDENTIALS,
            "no credentials are set",
            f"set access_token{variable}, or client_id with client_secret and refresh_token; `linkedin-conversions login` makes them"
            f" (a dry run needs none: dry_run: true, or `linkedin-conversions send FILE --dry-run`){unread}",
        )


def _digest(token: Secret | None) -> str:
    """A digest of the token that differs from its plain SHA-256, so that the two cannot be compared."""
    if token is None:
        return "none"
    return hashlib.blake2b(token.reveal.encode(), digest_size=_DIGEST_BYTES, person=b"quota_key").hexdigest()


def rules_of(entries: Iterable[StreamEntry]) -> Iterable[str]:
    """Every conversion rule that entries name, in their order."""
    for entry in entries:
        if isinstance(entry.rules, tuple):
            yield from (use.rule for use in entry.rules)
        else:
            yield from (use.rule for case in entry.rules.cases or () for use in case.uses)
