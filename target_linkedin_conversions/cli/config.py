"""The `--config` option that every command shares."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX
from target_linkedin_conversions.settings.files import read_config

_Command = TypeVar("_Command", bound=Callable[..., Any])


def config_option(command: _Command) -> _Command:
    """Add `--config FILE` (repeatable) and `--config ENV` to a command."""
    return click.option(
        "--config",
        "config",
        multiple=True,
        metavar="FILE|ENV",
        help="A Singer config file (repeatable), or ENV for the environment.",
    )(command)


def load_settings(config: tuple[str, ...], *, needs_token: bool = False) -> Settings:
    """The settings that `--config` names; raises `ConfigError`."""
    raw = read_config([path for path in config if path != "ENV"])
    environment = dict(os.environ) if "ENV" in config else None
    if needs_token:
        return Settings.load(raw, environment)
    # A dry run needs no token; the environment counts above the files, so it must not say otherwise.
    if environment is not None:
        environment.pop(f"{ENVIRONMENT_PREFIX}DRY_RUN", None)
    return Settings.load({**raw, "dry_run": True}, environment)
