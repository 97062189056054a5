"""`linkedin-conversions rejects purge`: what past runs left is deleted."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import click

from target_linkedin_conversions.cli.asking import agree
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.past_runs import REPLAY, outbox_of, rejecting_runs, run_named, runs_of, warn
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.private_files import UntrustedError
from target_linkedin_conversions.reporting.folder import Folder, begun
from target_linkedin_conversions.reporting.outbox import outbox_events, outbox_runs
from target_linkedin_conversions.reporting.rejected_rows import rows_of_run
from target_linkedin_conversions.reporting.rejects import reject_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.settings import Settings

__all__ = ["purge"]


@click.command("purge")
@click.argument("run", required=False)
@config_option
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help="What is left of all runs that began more than DAYS days ago.",
)
@click.option("--all", "every", is_flag=True, help="What is left of all runs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option("The counts as one JSON object.")
def purge(
    run: str | None, config: tuple[str, ...], older_than: int | None, every: bool, yes: bool, as_json: bool
) -> None:
    r"""Delete rejects and outbox of RUN, of old runs, or of all; reports and ledger stay.

    Says how many events could still have been replayed, and asks. What a run or a replay is using
    at this moment stays.

    \b
    Examples:
      linkedin-conversions rejects purge 20261123T104000Z-0a1b2c3d --config config.json
      linkedin-conversions rejects purge --older-than 7 --yes --config config.json
    """
    if sum((run is not None, older_than is not None, every)) != 1:
        raise ConfigError("rejects purge", "expected one of RUN, --older-than, --all", "say what is to be deleted")
    settings = load_settings(config)
    named = None if run is None else runs_of(Folder(settings.state_dir), run_named(settings, run))[1]
    left = [(file, file.counted()) for file in _left(settings) if file.is_meant(named, older_than) and file.is_free()]
    if left:
        agree(f"Delete {_in_words([counts for _, counts in left])}?", yes=yes, undone="nothing is deleted")
    deleted = [counts for file, counts in left if file.delete(counts)]
    if as_json:
        click.echo(json.dumps({"files": len(deleted), "events": dict(sum(deleted, Counter()))}))
    else:
        click.echo(f"deleted {_in_words(deleted)}" if left else "there is nothing to delete")


class _Left(NamedTuple):
    """What a run left in one folder: a file, or on a URL a folder of parts."""

    folder: Folder
    under: str
    run: str

    @property
    def name(self) -> str:
        return self.folder.growing(f"{self.under}/{self.run}.jsonl")

    def is_meant(self, named: list[str] | None, older_than: int | None) -> bool:
        """Whether it is one of the named runs', or began so many days ago; all are meant where neither is given."""
        if named is not None:
            return self.run in named
        at = begun(self.run)
        return older_than is None or (at is not None and at < datetime.now(UTC) - timedelta(days=older_than))

    def is_free(self) -> bool:
        """Whether it is there, and no run or replay writes it at this moment; says so where one does."""
        with self._held() as is_ours:
            return is_ours

    def delete(self, counted: Counter[str]) -> bool:
        """Delete it, unless it is in use, or holds by now what nobody was asked about; whether it is gone.

        A replay that writes back what it has left finds either its own lock on the file, or no file.
        """
        with self._held() as is_ours:
            if not is_ours:
                return False
            if self.counted() != counted:
                warn(f"{self.folder.place(self.name)} was changed by a run or a replay meanwhile; it stays")
                return False
            return self.folder.remove(self.name)

    @contextmanager
    def _held(self) -> Iterator[bool]:
        """Keep all others from writing it; false where it is gone or one of them writes it."""
        try:
            with self.folder.held(self.name) as is_ours:
                if is_ours is False:
                    warn(f"{self.folder.place(self.name)} is in use by a run or a replay; it stays")
                yield bool(is_ours)
        except UntrustedError as error:
            problem = f"{self.folder.place(self.name)} cannot be deleted ({error.strerror})"
            raise ConfigError(self.folder.setting, problem, error.mend) from None

    def counted(self) -> Counter[str]:
        """How many events it holds, by how they ended; the lines of the rejects as `told`, rejected rows as `rows`."""
        if self.under == "rejects":
            return Counter(told=sum(1 for _ in reject_lines(self.folder, self.run, warn)))
        counts = Counter[str](each.line.outcome for each in outbox_events(self.folder, self.run, warn))
        if rows := sum(1 for _ in rows_of_run(self.folder, self.run, warn)):
            counts["rows"] = rows
        return counts


def _left(settings: Settings) -> list[_Left]:
    folder, outbox = Folder(settings.state_dir), outbox_of(settings)
    rejects = [_Left(folder, "rejects", run) for run in rejecting_runs(folder)]
    return rejects + [_Left(outbox, "outbox", run) for run in outbox_runs(outbox)]


def _in_words(files: Sequence[Counter[str]]) -> str:
    """The counts of files in words, what could still be replayed by name."""
    counts = sum(files, Counter[str]())
    words = (
        f"{how_many(len(files), 'file')} with {how_many(counts['told'], 'line')} of rejects and "
        f"{how_many(counts[Outcome.WOULD_SEND], 'rehearsed event')}"
    )
    events = "event" if sum(counts[outcome] for outcome in REPLAY) == 1 else "events"
    lost = [f"{counts[outcome]} {outcome}" for outcome in REPLAY if counts[outcome]]
    words += f", and {' and '.join(lost)} {events} that could still be replayed" if lost else ""
    return words + (
        f", and {how_many(counts['rows'], 'rejected row')} that could still be mapped anew" if counts["rows"] else ""
    )
