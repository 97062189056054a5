"""A quiet thread is heard by nobody, whatever logs in it; every other thread is heard as before."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING

from target_linkedin_conversions.muted_threads import muted_thread
from tests.telemetry.collector import Collector

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OTHER = logging.getLogger("tests.quiet.other")


def test_a_logger_that_is_new_in_the_thread_is_not_heard_and_another_thread_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    new = "tests.quiet.new_in_the_thread"
    assert new not in logging.root.manager.loggerDict

    def work() -> None:
        logging.getLogger(new).error("canary7f3a")
        OTHER.error("canary7f3b")
        raise ValueError("canary7f3c")  # its traceback would show what it holds

    muted_thread("trial", work).join()
    OTHER.error("heard")
    assert caplog.messages == ["heard"]


def test_a_handler_of_a_library_s_own_logger_does_not_hear_it_either(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tests.quiet.own_handler")
    logger.addHandler(caplog.handler)
    logger.propagate = False
    muted_thread("trial", lambda: logger.error("canary7f3a")).join()
    logger.error("heard")
    assert caplog.messages == ["heard"]
    logger.removeHandler(caplog.handler)


def test_a_process_that_configures_no_logging_hears_nothing_of_a_header_that_is_none(tmp_path: Path) -> None:
    """OpenTelemetry is imported here for the first time, in the thread that reads the header."""
    collector = Collector()
    program = (
        "from target_linkedin_conversions.telemetry.telemetry import Telemetry\n"
        "Telemetry('run', list, 100).begin()\n"
        "import logging; logging.warning('heard')\n"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=canary7f3a,canary7f3b",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    collector.close()
    assert "canary7f3" not in done.stdout + done.stderr
    assert "heard" in done.stderr
