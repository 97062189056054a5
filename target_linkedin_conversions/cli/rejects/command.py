"""`linkedin-conversions rejects`: what was not taken, why, and how it comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
import msgspec

from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.past_runs import (
    REPLAY,
    TYPED,
    back_by,
    feed_of,
    kept_rows,
    outbox_of,
    replayable,
    run_named,
    runs_of,
    unmatched_in,
    warn,
)
from target_linkedin_conversions.cli.rejects.grouped import groups_of, row_of
from target_linkedin_conversions.cli.rejects.purge import purge
from target_linkedin_conversions.cli.rejects.replay import replay
from target_linkedin_conversions.cli.rejects.show import show
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.outbox import outbox_runs
from target_linkedin_conversions.reporting.rejects import reject_lines
from target_linkedin_conversions.reporting.way_back import way_back

if TYPE_CHECKING:
    from target_linkedin_conversions.cli.past_runs import Counts, KeptRows
    from target_linkedin_conversions.reporting.rejects import RejectLine
    from target_linkedin_conversions.reporting.way_back import FedBy
    from target_linkedin_conversions.settings import Settings

__all__ = ["list_rejects", "rejects"]


@click.group()
def rejects() -> None:
    r"""Events and records that were not taken, why, and how they come back.

    \b
    Examples:
      linkedin-conversions rejects list --config config.json
      linkedin-conversions rejects list 20261123T104000Z-0a1b2c3d --json
      linkedin-conversions rejects show --key 4711 --config config.json
      linkedin-conversions rejects replay --config config.json
    """


rejects.add_command(show)
rejects.add_command(replay)
rejects.add_command(purge)


@rejects.command("list")
@click.argument("run", required=False)
@config_option
@click.option("--all", "all_rows", is_flag=True, help="Every line, one after another, instead of one for each reason.")
@json_option("One JSON object: the lines, and what the outbox holds.")
def list_rejects(run: str | None, config: tuple[str, ...], all_rows: bool, as_json: bool) -> None:
    r"""The rejects of RUN, or of the last run, by reason, and the events that it holds in doubt. RUN may be a job of several.

    For each reason: how many, the first five keys, and what to do. In general:

    An event that LinkedIn rejected is sent again by `rejects replay`.

    A record that never became an event must come from the tap again. Mend it in the source, or mend the mapping. Then run once with
    `--full-refresh` (without Meltano: the tap without its `--state`), because the tap's bookmark is past the record. What was sent is not sent
    again. With `keep_rejected_rows: true` the record's mapped columns are kept, and `rejects replay` maps them by the present settings.

    A row of `send` is mended in FILE.not-sent.csv. Then send that file.

    \b
    Examples:
      linkedin-conversions rejects list --config config.json
      linkedin-conversions rejects list --all --config config.json
      linkedin-conversions rejects list 20261123T104000Z-0a1b2c3d --json
    """
    settings = load_settings(config)
    folder, outbox = Folder(settings.state_dir), outbox_of(settings)
    name = _last_run(settings, folder) if run is None else run_named(settings, run)
    fed_by = feed_of(folder, name)
    counted, every = runs_of(folder, name)
    lines = [line for one in counted for line in reject_lines(folder, one, warn)]
    seen: set[tuple[str, str, bytes]] = set()
    here = replayable(outbox, every, seen)
    rows, kept = kept_rows(outbox, every)
    older = [other for other in reversed(outbox_runs(outbox)) if other not in every]
    others = replayable(outbox, older, seen) if run is None else None
    unmatched = unmatched_in(folder, name)
    if as_json:
        rejected = [_data(line, kept, fed_by) for line in lines]
        told = {"unmatched": msgspec.to_builtins(unmatched)} if unmatched else {}
        facts = {"run": name, "rejects": rejected, **told, "rows_kept": rows, "outbox": _counted(here)}
        click.echo(json.dumps(facts if others is None else {**facts, "outbox_of_other_runs": _counted(others)}))
        return
    if lines:
        for text in (
            (row_of(line, kept, fed_by) for line in lines) if all_rows else groups_of(lines, kept, fed_by, unmatched)
        ):
            tell_user(text)
    else:
        elsewhere = "" if every == [name] else ", or on the machines of its tasks"
        tell_user(f"run {name} rejected nothing, or its rejects are older than 30 days{elsewhere}")
    for sentence in (*_ways_back(lines, here, rows, fed_by), *_in_doubt(here), *_elsewhere(others)):
        tell_user(sentence)


def _last_run(settings: Settings, folder: Folder) -> str:
    """The last run that left a report; a later one that left none is a warning."""
    from target_linkedin_conversions.cli.runs.unreported import last_run  # noqa: PLC0415 - loads SQL

    found = last_run(settings, folder, warn)
    if found.later:
        warn(f"{found.later}; shown are the rejects of the run before it")
    return found.report.run


def _data(line: RejectLine, kept: KeptRows, fed_by: FedBy) -> dict[str, Any]:
    return {**msgspec.to_builtins(line), "back": back_by(line, kept, fed_by)}


def _counted(counts: Counts) -> list[dict[str, Any]]:
    return [
        {"outcome": outcome, "stream": stream, "rule": rule, "events": events, "mend": REPLAY[outcome]}
        for (outcome, stream, rule), events in sorted(counts.items())
    ]


def _ways_back(lines: list[RejectLine], here: Counts, rows: int, fed_by: FedBy) -> list[str]:
    """How many of the lines come back from their source, and how many can be replayed."""
    made = sum(back_by(line) == "replay" for line in lines)
    replayable_events = sum(events for (outcome, _, _), events in here.items() if outcome is Outcome.REJECTED)
    sentences = [sentence] if (sentence := way_back(len(lines) - made, rows, fed_by=fed_by)) else []
    if made or replayable_events:
        sentences.append(
            f"{made:,} {'was' if made == 1 else 'were'} rejected by LinkedIn; the outbox holds {how_many(replayable_events, 'event')} for `{TYPED[Outcome.REJECTED]}`"
        )
    return sentences


def _in_doubt(here: Counts) -> list[str]:
    return [
        f"{how_many(events, 'event')} of stream {name_shown(stream)}, rule {name_shown(rule)} {'is' if events == 1 else 'are'} held in doubt: "
        f"`{TYPED[outcome]}` sends {'it' if events == 1 else 'them'} again, and LinkedIn may then hold {'it' if events == 1 else 'them'} twice"
        for (outcome, stream, rule), events in sorted(here.items())
        if outcome is Outcome.IN_DOUBT
    ]


def _elsewhere(others: Counts | None) -> list[str]:
    """What the outbox holds of all other runs."""
    return [
        f"other runs left {how_many(events, f'{outcome} event')} in the outbox, for `{command}`"
        for outcome, command in TYPED.items()
        if (events := sum(count for (ended, _, _), count in (others or {}).items() if ended is outcome))
    ]
