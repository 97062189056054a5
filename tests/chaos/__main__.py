"""`make chaos`: nothing is lost and nothing is sent twice, whatever is done to the program.

`ARGS="killed network --kills 100 --events 50000"`. Everything on this machine, in a temporary folder; it stops by itself,
ends only processes that it has started, all of them when a signal ends it, and exits 1 if a law broke.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.chaos.finding import Finding, Trial, to_stderr
from tests.chaos.group import run_in_group
from tests.chaos.laws import FULL, LAWS, SMALL, Size
from tests.chaos.pipeline import StuckError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBERS = [field.name for field in dataclasses.fields(Size) if field.name != "quick"]
_AT_ONCE = 6
_IN_GROUP = "CHAOS_IN_A_GROUP_OF_ITS_OWN"


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the laws that were named, or all; the table of what was found is the last thing on stdout."""
    chosen = _options().parse_args(arguments)
    numbers = {name: getattr(chosen, name) for name in _NUMBERS if getattr(chosen, name) is not None}
    size = dataclasses.replace(SMALL if chosen.small else FULL, **numbers)
    seed = chosen.seed if chosen.seed is not None else random.randrange(1 << 30)  # noqa: S311 - no secret
    to_stderr(f"seed {seed}")
    found: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        kept = Path(chosen.folder or folder)
        kept.mkdir(parents=True, exist_ok=True)
        trial = Trial(kept, seed, chosen.at_once, to_stderr)
        for name in chosen.law or LAWS:
            to_stderr(f"{name} ...")
            found += tried(name, trial, size)
    show(found, seed)
    return 0 if all(one.ok for one in found) else 1


def tried(name: str, trial: Trial, size: Size) -> list[Finding]:
    """Try one law, and say how it went."""
    started = time.monotonic()
    try:
        found = LAWS[name](trial, size)
    except StuckError as error:
        found = [Finding(name, "", "every process ends", "one did not", [str(error)])]
    took = time.monotonic() - started
    for one in found:
        one.seconds = one.seconds or took
        to_stderr(f"{'ok' if one.ok else 'BROKEN'} {one.law}: {one.numbers}: {one.seen} ({one.seconds:.0f} s)")
    return found


def show(found: Sequence[Finding], seed: int) -> None:
    """The table, and what exactly is broken."""
    table = Table("law", "numbers", "bar", "seen", "ok", "seconds", title=f"chaos, seed {seed}")
    for one in found:
        table.add_row(one.law, one.numbers, one.bar, one.seen, "yes" if one.ok else "NO", f"{one.seconds:.0f}")
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(table)
    for one in found:
        for line in one.broken:
            console.print(f"{one.law} ({one.numbers}): {line}", markup=False)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("law", nargs="*", choices=[*LAWS, []], metavar="LAW", help=", ".join(LAWS))
    parser.add_argument("--small", action="store_true", help="the numbers of the tests")
    parser.add_argument("--seed", type=int, help="repeat the chances of an earlier trial")
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, help="pipelines at once")
    parser.add_argument("--folder", help="keep everything that the pipelines leave behind in this folder")
    for name in _NUMBERS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, help=f"default: {getattr(FULL, name)}")
    return parser


if __name__ == "__main__":
    if _IN_GROUP in os.environ:
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that servers are shut down
        sys.exit(main())
    os.environ[_IN_GROUP] = "1"
    sys.exit(run_in_group([sys.executable, "-m", "tests.chaos", *sys.argv[1:]]))
