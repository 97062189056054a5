"""The options of the commands that say what a rule shall be, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from target_linkedin_conversions.admin.rule_form import (
    ATTRIBUTIONS,
    LONG_WINDOWS,
    TYPES,
    WINDOWS,
    RuleChange,
    read_value,
)
from target_linkedin_conversions.cli.json_output import json_option

__all__ = ["change_options", "rule_of", "rule_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DAYS = click.Choice([str(days) for days in (*WINDOWS, *LONG_WINDOWS)])


class _Type(click.Choice[str]):
    """One of the types, in any case; completed as LinkedIn writes it."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's signature
        """The types that begin so."""
        return [CompletionItem(kind) for kind in TYPES if kind.startswith(incomplete.upper())]


def rule_options(command: _Command) -> _Command:
    """Add what a rule is made of: `--name`, `--type`, the windows, `--value`, `--attribution`."""
    for option in (
        click.option(
            "--attribution",
            type=click.Choice(list(ATTRIBUTIONS)),
            help="Whose last touch gets credit: each campaign's, or one for the conversion.",
        ),
        click.option(
            "--value",
            metavar="event|none|AMOUNT",
            help='What a conversion is worth: the event\'s own value, none, or a fixed one ("50 EUR").',
        ),
        click.option("--view-window", type=_DAYS, help="For how many days after a view it counts; a new rule has 7."),
        click.option(
            "--click-window", type=_DAYS, help="For how many days after a click it counts; a new rule has 30."
        ),
        click.option(
            "--type",
            "kind",
            type=_Type(TYPES, case_sensitive=False),
            metavar="TYPE",
            help="What converts, such as LEAD or PURCHASE.",
        ),
        click.option("--name", help="The rule's name."),
    ):
        command = option(command)
    return command


def rule_of(options: Mapping[str, str | None]) -> RuleChange:
    """What the options say; raises `ConfigError` where the value is none."""
    name, click_days, view_days, value = (options[one] for one in ("name", "click_window", "view_window", "value"))
    return RuleChange(
        name=None if name is None else name.strip(),
        type=options["kind"],
        click_window=None if click_days is None else int(click_days),
        view_window=None if view_days is None else int(view_days),
        attribution=options["attribution"],
        value=None if value is None else read_value(value, "--value"),
    )


def change_options(command: _Command) -> _Command:
    """Add what every command that changes an account takes: `--dry-run`, `--yes`, `--json`."""
    for option in (
        json_option("One JSON object instead of sentences."),
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option(
            "--dry-run", is_flag=True, help="Show what would be sent, and send nothing that changes anything."
        ),
    ):
        command = option(command)
    return command
