"""`make demo`: a CRM in PostgreSQL, real Meltano, and a strict LinkedIn, all on this machine."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console

from docs.demo.crm import stage_changes
from docs.demo.guard import NotLoopbackError, require_loopback
from docs.demo.pipeline import Pipeline, RunFailedError
from docs.demo.project import (
    RESULTS_TAP,
    ROOT,
    TAP,
    TARGET,
    WAREHOUSE,
    WORKSPACE,
    new_workspace,
    write_project,
)
from docs.demo.promise import (
    REPORT,
    RunResult,
    broken_by_linkedin,
    broken_by_report,
    broken_by_results,
    expected,
    newest_page,
    read_result,
)
from docs.demo.summary import table_of
from docs.demo.warehouse import Warehouse, warehouse
from target_linkedin_conversions.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docs.demo.crm import StageChange

ROWS = 20_000
NEW_ROWS = 500


class Story:
    """The three runs, and what was promised of each."""

    def __init__(self, console: Console, crm: Warehouse, linkedin: Sandbox) -> None:
        self.console = console
        self.crm = crm
        self.linkedin = linkedin
        self.results: list[RunResult] = []
        self.broken: list[str] = []
        self.rows: list[StageChange] = []
        self.pipeline = Pipeline(crm.folder, self.taken, self.say)

    def say(self, line: str) -> None:
        """One line of progress."""
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)

    def taken(self) -> int:
        """Events that LinkedIn has taken so far."""
        return int(self.linkedin.summary()["events_taken"])

    def insert(self, rows: Sequence[StageChange]) -> None:
        """Put rows into the CRM."""
        self.crm.add(rows)
        self.rows += rows

    def run(self, title: str, fresh: Sequence[StageChange], known: Sequence[StageChange], *options: str) -> None:
        """Run the pipeline and compare its report with what had to become of the rows."""
        command = " ".join(("meltano run", *options, TAP, TARGET))
        self.say(f"{title}: {command}")
        seconds = self.pipeline.run(title.replace(" ", "-"), *options)
        result = read_result(title, seconds)
        self.results.append(result)
        self.broken += broken_by_report(result, expected(fresh, known))

    def tell(self, now: datetime) -> None:
        """Load everything; load everything again; load what is new."""
        self.crm.create()
        first = stage_changes(1, ROWS, now - timedelta(hours=2), now=now)
        self.insert(first)
        self.say(f"{ROWS:,} stage changes are in the CRM, two in five of them dirty")
        self.run("run 1", first, [])
        self.run("run 2", [], first, "--full-refresh")
        new = stage_changes(ROWS + 1, NEW_ROWS, now, now=now)
        self.insert(new)
        self.say(f"{NEW_ROWS:,} more stage changes are in the CRM")
        # An incremental tap reads the last row that it knows once more.
        self.run("run 3", new, first[-1:])
        self.broken += broken_by_linkedin(self.linkedin.received, self.rows)
        self.bring_back()

    def bring_back(self) -> None:
        """Load what became of each row beside the rows, and hold one against the other in SQL."""
        self.say(f"results: meltano run {RESULTS_TAP} {WAREHOUSE}")
        seconds = self.pipeline.run("results", plugins=(RESULTS_TAP, WAREHOUSE))
        ended = self.crm.ended()
        self.broken += broken_by_results(ended, self.rows)
        self.say(f"What became of each of {len(ended):,} rows stands beside it in PostgreSQL, after {seconds:.1f} s")


def main() -> int:
    """Tell the story; 0 if every promise was kept."""
    console = Console()
    try:
        with ExitStack() as stack:
            new_workspace()
            linkedin = stack.enter_context(Sandbox())
            write_project(require_loopback(linkedin.url))
            crm = stack.enter_context(warehouse(WORKSPACE / "warehouse"))
            story = Story(console, crm, linkedin)
            story.say(f"PostgreSQL is up; LinkedIn's sandbox answers on {linkedin.url}")
            story.tell(datetime.now(UTC))
    except (NotLoopbackError, RunFailedError) as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    return _close(story)


def _close(story: Story) -> int:
    story.console.print(table_of(story.results))
    story.say(f"The last run's report: {newest_page().relative_to(ROOT)} (as data: {REPORT.name} beside it)")
    for sentence in story.broken:
        story.console.print(f"Not as promised: {sentence}", style="red", markup=False, soft_wrap=True)
    if not story.broken:
        story.say(f"As promised: LinkedIn has {story.taken():,} events, each of them once.")
    return 1 if story.broken else 0


if __name__ == "__main__":
    sys.exit(main())
