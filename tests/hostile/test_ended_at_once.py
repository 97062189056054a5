"""A program that is ended while it still imports what it needs: its exit code, one line, and no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from tests.singer.pipe import environment

ROOT = Path(__file__).parents[2]
SCRIPTS: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
SLOW = "import os, time\nos.write(1, b'importing')\ntime.sleep(60)\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("script", [*SCRIPTS, "-m"])
def test_a_program_that_still_imports_ends_without_a_traceback(
    script: str, number: signal.Signals, tmp_path: Path
) -> None:
    for name in ("click", "singer_sdk"):
        (tmp_path / f"{name}.py").write_text(SLOW)
    module, _, function = SCRIPTS.get(script, "").partition(":")
    started = ["-m", "target_linkedin_conversions"]
    if module:
        started = ["-c", f"import sys; from {module} import {function}; sys.exit({function}())"]
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    with subprocess.Popen(
        [sys.executable, *started],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PYTHONPATH=paths),
    ) as program:
        assert program.stdout is not None
        assert program.stdout.read(9) == b"importing"
        program.send_signal(number)
        _, err = program.communicate(timeout=20)
    is_target = "target" in script or script == "-m"
    told = [*err.decode().splitlines()]
    if number == signal.SIGINT or is_target:
        assert program.returncode == 128 + number, told
        assert len(told) == 1, told
        assert told[0].startswith("outcome=terminated exit=") == is_target
    else:
        assert program.returncode == -number
        assert told == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_signal_that_is_switched_off_stays_so(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a program that a shell has started in the background."""
    module, _, function = SCRIPTS[script].partition(":")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    found: list[object] = []
    main = "cli.main" if function == "companion" else "results_tap.tap" if function == "results_tap" else "singer.main"
    monkeypatch.setattr(
        f"target_linkedin_conversions.{main}.main", lambda: found.append(signal.getsignal(signal.SIGINT))
    )
    others = signal.getsignal(signal.SIGTERM)
    try:
        getattr(import_module(module), function)()
        assert found == [signal.SIG_IGN]
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, others)
