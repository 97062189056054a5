"""Inputs that a fuzzer makes from what the code did with the last ones."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.singer.pipe import ROOT, environment
from tests.size import sized

if TYPE_CHECKING:
    from pathlib import Path

RUNS = sized(120, 100_000)
SECONDS = sized(100, 240)
"""After which the fuzzer ends, however many inputs it has tried."""
_TO_END = 200
_WHY = re.compile(r"^.*(?:Uncaught|libFuzzer:|SUMMARY|Error: ).*$", re.MULTILINE)
"""The lines in which the fuzzer says why it ended; a summary of many tests shows the first line alone."""


_GROWN = "import subprocess, sys; big = bytearray(b'.') * (2300 << 20); del big; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
"""A process that has held more than the fuzzer may, and starts it, as a test process does behind thousands of tests."""


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the fuzzer has no wheel here")
@pytest.mark.timeout(SECONDS + _TO_END)
def test_no_input_that_the_fuzzer_finds_breaks_a_law(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _GROWN,
            sys.executable,
            "-m",
            "tests.hostile.fuzz",
            "--runs",
            str(RUNS),
            "--seconds",
            str(SECONDS),
            "--folder",
            str(tmp_path),
        ],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=environment(),
        timeout=SECONDS + _TO_END - 10,
    )
    told = done.stderr.decode(errors="replace")
    why = f"exit {done.returncode}: {' / '.join(_WHY.findall(told)) or told[-300:]}\n{told[-4000:]}"
    assert done.returncode == 0, why
    assert "DONE" in told, why
