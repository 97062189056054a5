"""The laws that are tests of their own, with far more inputs than those tests try every day."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.chaos.finding import Finding
from tests.singer.pipe import ROOT

if TYPE_CHECKING:
    from tests.chaos.finding import Trial

_SUMMARY = re.compile(r"^(?P<failed>\d+ failed, )?(?P<passed>\d+) passed")


_PROCESSES = "2"
"""How many share a suite, so that it can be run before each release: less than 20 minutes on two processors."""
_COLUMNS = "300"
"""So wide a terminal has room for why a test failed."""
_LONGEST = "900"
"""Seconds after which a test hangs: with so many more inputs one takes minutes."""


def hostile_input(trial: Trial) -> list[Finding]:
    """Hypothesis with 1,000 inputs a law, atheris for four minutes, files of a gigabyte: a quarter of an hour."""
    return [_suite(trial, "hostile input", "tests/hostile", "no crash but exit 7, bounded memory")]


def privacy(trial: Trial) -> list[Finding]:
    """Canary values in every field, by every way, at every log level, under every fault."""
    return [_suite(trial, "privacy", "tests/privacy", "0 occurrences in any form")]


def _suite(trial: Trial, law: str, folder: str, bar: str) -> Finding:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider"),
            *("-n", _PROCESSES, "--timeout", _LONGEST, folder),
        ],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "CHAOS": "full", "COLUMNS": _COLUMNS, "TMPDIR": str(trial.folder)},
        text=True,
    )
    lines = done.stdout.splitlines() or ["no test ran"]
    broken = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    if done.returncode and not broken:
        broken = [f"pytest ended with {done.returncode}: {lines[-1]}"]
    summary = _SUMMARY.match(lines[-1])
    return Finding(law, f"{summary['passed']} tests passed" if summary else "no tests", bar, lines[-1], broken)
