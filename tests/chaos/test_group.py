"""A signal ends a trial and everything that the trial has started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.chaos.group import run_in_group
from tests.singer.pipe import environment

if TYPE_CHECKING:
    from pathlib import Path

STUBBORN = "import os, signal; signal.signal(15, signal.SIG_IGN); os.close(1); signal.pause()"
"""Holds its stderr open until it is killed."""
TRIAL = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {STUBBORN!r}])
print("started", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_leaves_nothing_that_the_trial_has_started(number: int, tmp_path: Path) -> None:
    (tmp_path / "trial.py").write_text(TRIAL)
    work = f"import sys; from tests.chaos.group import run_in_group; sys.exit(run_in_group([sys.executable, {str(tmp_path / 'trial.py')!r}], 1.0))"
    process = subprocess.Popen(
        [sys.executable, "-c", work], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        process.stdout.readline()
        os.kill(process.pid, number)
        process.stderr.read()  # ends only when the last process that holds it is gone
        assert process.wait(20) == 128 + number


def test_without_a_signal_its_exit_code_is_handed_on() -> None:
    assert run_in_group([sys.executable, "-c", "raise SystemExit(3)"]) == 3
