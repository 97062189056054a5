"""What a shell completes where an option or argument takes no word of a list: files, `ENV` beside them, time zones."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from click.shell_completion import CompletionItem

from target_linkedin_conversions.settings.files import FROM_ENVIRONMENT

if TYPE_CHECKING:
    import click

__all__ = ["complete_config", "complete_files", "complete_time_zones"]


def complete_files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Whatever files the shell finds."""
    return [CompletionItem(incomplete, type="file")]


def complete_config(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """`ENV` where somebody began to write it, else files: bash and zsh do not show words and files at once."""
    if incomplete and FROM_ENVIRONMENT.startswith(incomplete):
        return [CompletionItem(FROM_ENVIRONMENT)]
    return complete_files(ctx, param, incomplete)


def complete_time_zones(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of zones that begin so, in any case."""
    begun = incomplete.casefold()
    return [CompletionItem(zone) for zone in sorted(available_timezones()) if zone.casefold().startswith(begun)]
