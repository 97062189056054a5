"""What `preview --init` prints: a `streams` setting to start from, with the reason of each guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.cli.json_output import print_json
from target_linkedin_conversions.guessing.streams import streams_setting
from target_linkedin_conversions.how_many import how_many

if TYPE_CHECKING:
    from target_linkedin_conversions.guessing.streams import Guessing
    from target_linkedin_conversions.settings import Settings

__all__ = ["print_streams"]

_HEAD = """\
# Guessed by `linkedin-conversions preview --init` from {records}. Paste it into your config, fill in what
# says "fill in", look at what says "check", and see what comes of it with `linkedin-conversions preview`.
{how_it_runs}
"""
_RUNS = "# It runs as it stands: rules that are not filled in are known to no account, and nobody is sent before a consent is named."
_SENDS_NOTHING = "# It sends nothing yet: of no stream the columns' names say who converted, and when. Write the entry yourself, after docs/mapping.md."


def print_streams(guessing: Guessing, settings: Settings, *, as_json: bool) -> None:
    """Print the setting as YAML, or with every guess as JSON."""
    guesses = guessing.result()
    reason = settings.consent.not_required if settings.consent is not None else ""
    how_it_runs = _RUNS if any(one.is_sent for one in guesses) else _SENDS_NOTHING
    head = _HEAD.format(records=how_many(guessing.records, "record", "records"), how_it_runs=how_it_runs)
    text = head + streams_setting(guesses, settings.conversion_rule, reason)
    if not as_json:
        click.echo(text, nl=False)
        return
    import yaml  # noqa: PLC0415 - only for who wants JSON

    told = {"records": guessing.records, "complete": guessing.complete, "streams": guesses}
    found = {**told, "yaml": text, "config": yaml.safe_load(text)}
    print_json(found)
