"""Finds what past runs left behind, by a run's name, and what of it can be replayed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.printable import printable_lines
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.reasons import BY_LINKEDIN
from target_linkedin_conversions.reporting.folder import Folder, run_of
from target_linkedin_conversions.reporting.outbox import digest_of, outbox_events, outbox_runs
from target_linkedin_conversions.reporting.rejected_rows import rows_of_run
from target_linkedin_conversions.reporting.report_files import report_of
from target_linkedin_conversions.reporting.way_back import FedBy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from target_linkedin_conversions.reporting.rejects import RejectLine
    from target_linkedin_conversions.reporting.report import Report, Unmatched
    from target_linkedin_conversions.settings import Settings

__all__ = [
    "BACK",
    "REPLAY",
    "TYPED",
    "Counts",
    "KeptRows",
    "back_by",
    "feed_of",
    "kept_rows",
    "no_such_run",
    "outbox_of",
    "outcomes_told",
    "rejecting_runs",
    "replayable",
    "run_named",
    "runs_of",
    "unmatched_in",
    "warn",
]

REPLAY = {Outcome.REJECTED: "rejects replay", Outcome.IN_DOUBT: "rejects replay --in-doubt"}
"""The outcomes that can be replayed, and the command that does, as programs are told it."""

TYPED = {outcome: f"linkedin-conversions {command}" for outcome, command in REPLAY.items()}
"""The same as a person types it."""

BACK = {
    "replay": f"by `{TYPED[Outcome.REJECTED]}`",
    "replay_row": f"by `{TYPED[Outcome.REJECTED]}`, once the settings are mended; or from its source, once it is mended there",
    "tap": "through the tap",
    "file": "by its .not-sent.csv: mend it there, and send that file",
    "rows": "where the mended row is handed over again",
}
"""How what was rejected comes back."""

Counts = Counter[tuple[Outcome, str, str]]
"""Events by outcome, stream and rule."""


def warn(message: str) -> None:
    """Print a warning on stderr."""
    tell_user(f"Warning: {printable_lines(message)}", err=True)


def outbox_of(settings: Settings) -> Folder:
    """The folder that holds the outbox."""
    return Folder(settings.private_dir, "private_dir")


KeptRows = Counter[tuple[str, str]]
"""Rejected rows that the outbox holds, by stream and code: one with several codes counts in each."""


def back_by(line: RejectLine, kept: Collection[tuple[str, str]] = (), fed_by: FedBy = FedBy.TAP) -> str:
    """How what was rejected comes back.

    `replay` for an event that LinkedIn rejected, `replay_row` for a row that is kept, and for all else that we did not
    let become an event what fed the run: `tap`, `file` or `rows`.
    """
    if any(reason.code == BY_LINKEDIN for reason in line.reasons):
        return "replay"
    return "replay_row" if any((line.stream, reason.code) in kept for reason in line.reasons) else fed_by.value


def feed_of(folder: Folder, run: str) -> FedBy:
    """What fed a run; a tap where no report says."""
    report = report_of(folder, f"{run}.json", lambda _: None)
    return FedBy.TAP if report is None else report.fed_by


def unmatched_in(folder: Folder, run: str) -> list[Unmatched]:
    """The values of the rule's column that no case fitted in a run; none where no report says."""
    report = report_of(folder, f"{run}.json", lambda _: None)
    return [] if report is None else report.unmatched


def kept_rows(folder: Folder, runs: Iterable[str]) -> tuple[int, KeptRows]:
    """How many rejected rows the outbox holds of these runs, in all and by stream and code."""
    if not folder.is_local:
        return 0, Counter()
    rows = [kept for run in runs for kept in rows_of_run(folder, run, warn)]
    return len(rows), Counter((name_shown(kept.stream), code) for kept in rows for code in set(kept.codes))


def rejecting_runs(folder: Folder) -> list[str]:
    """The runs whose rejects are kept, the oldest first."""
    return [run for name in folder.names("rejects") if (run := run_of(name)) is not None]


def run_named(settings: Settings, name: str) -> str:
    """The name of a run that left something; raises `ConfigError` where none did."""
    if run_of(name) != name:
        raise no_such_run("that is no name of a run")
    folder = Folder(settings.state_dir)
    known = name in rejecting_runs(folder) or name in outbox_runs(outbox_of(settings))
    if not known and f"{name}.json" not in folder.names("runs"):
        raise no_such_run("there is no report of that run")
    return name


def runs_of(folder: Folder, name: str) -> tuple[list[str], list[str]]:
    """The runs that a name stands for: of a job those that its receipt counts, and all that tried a part; else the run itself, twice."""
    report = report_of(folder, f"{name}.json", lambda _: None)
    if report is None or not report.runs:
        return [name], [name]
    return [one.run for one in report.runs if one.counted], [one.run for one in report.runs]


def no_such_run(problem: str) -> ConfigError:
    """The error for a RUN that names none, or one of which something is missing."""
    return ConfigError("RUN", problem, "see `linkedin-conversions runs list`")


def outcomes_told(report: Report) -> str:
    """How many events of a run ended how, as a command says it; empty where none did."""
    return ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in Outcome if report.counts.get(outcome))


def replayable(folder: Folder, runs: Iterable[str], seen: set[tuple[str, str, bytes]]) -> Counts:
    """The events of these runs that the outbox holds and a replay could send; each once, and none that is in `seen`.

    What is counted comes to `seen`: a load that brings an event again, while it is in doubt, leaves it in both outboxes.
    """
    found: Counts = Counter()
    for run in runs:
        for each in outbox_events(folder, run, warn):
            line, known = each.line, len(seen)
            if line.outcome in REPLAY:
                seen.add((line.outcome, line.origin, digest_of(each.event)))
                found[line.outcome, line.stream, line.rule] += len(seen) - known
    return +found
