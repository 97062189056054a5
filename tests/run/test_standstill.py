"""A process in which one thread computes and lets no other in is ended by the operating system, and one that works is not."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.singer.pipe import ROOT

_PROGRAM = """
import re, sys, threading, time
from target_linkedin_conversions.run.process import standstill
from target_linkedin_conversions.run.process.signals import listen_for_signals
standstill._MOST_SECONDS, signals_turn = 1.0, 0.1
from target_linkedin_conversions.run.process import signals
signals.TURN_SECONDS = signals_turn

class Run:
    terminated, opening = None, False

listen_for_signals(Run())
time.sleep(0.3)
{work}
print("went on")
"""
_ALONE = "thread = threading.Thread(target=re.match, args=('(a+)+$', 'a' * 60 + 'b'), daemon=True); thread.start(); thread.join()"
"""No other thread gets a turn while an expression is matched."""
_TOGETHER = "until = time.process_time() + 2.5\nwhile time.process_time() < until: pass"


def ended(work: str) -> subprocess.CompletedProcess[str]:
    """The end of such a process."""
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(work=work)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        timeout=60,
    )


@pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this operating system has no timer of a process's own time"
)
def test_a_process_in_which_no_other_thread_gets_on_is_ended_and_tells_where_it_was() -> None:
    done = ended(_ALONE)
    assert (done.returncode, done.stdout) == (-signal.SIGVTALRM, "")
    assert "most recent call first" in done.stderr


def test_a_process_that_computes_and_lets_others_in_goes_on() -> None:
    done = ended(_TOGETHER)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


@pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this operating system has no timer of a process's own time"
)
def test_behind_a_run_a_process_may_compute_as_it_likes() -> None:
    run_before = "with signals.ending_by_signals(Run()): time.sleep(0.3)\ntime.sleep(0.3)\nprint(*signals.signal.getitimer(signals.signal.ITIMER_VIRTUAL))"
    done = ended(run_before)
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "0.0 0.0", "")
