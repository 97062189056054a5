"""Inputs that a fuzzer makes from what the code did with the last ones."""

from __future__ import annotations

import platform
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.singer.pipe import ROOT, environment
from tests.size import sized

if TYPE_CHECKING:
    from pathlib import Path

RUNS = sized(120, 100_000)


@pytest.mark.skipif((sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the fuzzer has no wheel here")
@pytest.mark.timeout(RUNS)
def test_no_input_that_the_fuzzer_finds_breaks_a_law(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.fuzz", "--runs", str(RUNS), "--folder", str(tmp_path)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=environment(),
        timeout=RUNS,
    )
    told = done.stderr.decode(errors="replace")[-4000:]
    assert done.returncode == 0, told
    assert "DONE" in told
