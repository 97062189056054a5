"""The `--config` option that every command shares, and the settings that it names."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from target_linkedin_conversions.cli.completing import complete_config
from target_linkedin_conversions.cli.telling import configured_by
from target_linkedin_conversions.settings import Settings, from_environment
from target_linkedin_conversions.settings.definitions import BY_NAME, ENVIRONMENT_PREFIX
from target_linkedin_conversions.settings.environment import fill_from_dotenv, stream_names
from target_linkedin_conversions.settings.files import FROM_ENVIRONMENT, named_files, read_config
from target_linkedin_conversions.settings.parts import put_together
from target_linkedin_conversions.settings.values import EMPTY

__all__ = [
    "SET_ACCOUNT",
    "asks_for_dry_run",
    "config_option",
    "load_settings",
    "raw_settings",
    "reads_environment",
]

SET_ACCOUNT = f"set account_id (with --config ENV the variable {ENVIRONMENT_PREFIX}ACCOUNT_ID)"
"""The mend of settings that name no ad account."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def config_option(command: _Command) -> _Command:
    """Add `--config FILE` (repeatable) and `--config ENV` to a command."""
    return click.option(
        "--config",
        "config",
        multiple=True,
        metavar="FILE|ENV",
        callback=_noted,
        shell_complete=complete_config,
        help="A Singer config file (repeatable), or ENV for the environment.",
    )(command)


def _noted(_context: click.Context, _option: click.Parameter, config: tuple[str, ...]) -> tuple[str, ...]:
    configured_by(config)
    return config


def load_settings(config: tuple[str, ...], *, needs_token: bool = False) -> Settings:
    """The settings that `--config` names; raises `ConfigError`."""
    raw = read_config(named_files(config))
    environment = _environment() if reads_environment(config) else None
    if needs_token:
        return Settings.load(raw, environment)
    # A dry run needs no token; the environment counts above the files, so it must not say otherwise.
    if environment is not None:
        environment.pop(f"{ENVIRONMENT_PREFIX}DRY_RUN", None)
    return Settings.load({**raw, "dry_run": True}, environment)


def reads_environment(config: tuple[str, ...]) -> bool:
    """Whether variables count: where `--config ENV` says so, or nothing is named, for then `send` has read them too."""
    return not config or FROM_ENVIRONMENT in config


def _environment() -> dict[str, str]:
    """This process's variables, and those of a `.env` file in the working directory."""
    fill_from_dotenv(os.environ)
    return dict(os.environ)


def raw_settings(config: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
    """What `--config` names, the environment over the files, whole and not yet read; a warning for each variable that is none.

    Raises `ConfigError`.
    """
    raw = read_config(named_files(config))
    warnings: list[str] = []
    if reads_environment(config):
        environment = _environment()
        found, warnings = from_environment(environment, stream_names(raw, from_environment(environment)[0]))
        raw |= found
    return {name: value for name, value in put_together(raw).items() if value not in EMPTY}, warnings


def asks_for_dry_run(config: tuple[str, ...]) -> bool:
    """Whether the settings themselves say `dry_run: true`; `load_settings` also sets it where no token is needed."""
    raw = read_config(named_files(config))
    if reads_environment(config):
        raw |= from_environment(_environment())[0]
    value = raw.get("dry_run")
    return value not in EMPTY and bool(BY_NAME["dry_run"].read(value, "dry_run"))
