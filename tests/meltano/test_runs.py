"""What Meltano keeps between runs, and what it passes on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.meltano.project import ROWS, TARGET, streams

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.meltano.project import Project

pytestmark = pytest.mark.slow


def test_a_dry_run_then_a_real_run_on_the_same_state_delivers_every_row_once(
    project: Project, linkedin: Sandbox
) -> None:
    project.write(**project.connection, streams=streams())
    rehearsed = project.run(dry_run="true")
    assert (rehearsed["counts"]["would_send"], linkedin.received) == (9, [])
    real = project.run()
    assert (real["records"], real["counts"]["delivered"]) == (ROWS, 9)
    again = project.run()
    assert (again["records"], again["counts"].get("delivered", 0)) == (0, 0)
    assert linkedin.summary()["taken_twice"] == []


def test_exit_codes_that_meltano_run_hides_are_those_of_the_plugin_commands(
    project: Project, linkedin: Sandbox
) -> None:
    # Only with an account can the token be tried before the first event.
    wrong = {"access_token": "wrong", "account_id": 512345678}
    project.write(**project.connection | wrong, streams=streams())
    done = project.meltano("run", "tap-file", TARGET)
    assert done.returncode == 1
    assert "outcome=credential exit=3" in done.stderr
    # By log_parser: what is an error in the target's log is one in Meltano's, and the page is named beside it.
    assert re.search(rf"\[error\s*\] {TARGET}\s+LinkedIn refuses the access token", done.stderr)
    assert re.search(rf"\[info\s*\] {TARGET}\s+page: {project.state_dir}/runs/\S+\.html", done.stderr)
    assert linkedin.received == []
    last = project.meltano("invoke", f"{TARGET}:last")
    assert last.returncode == 3, last.stderr
    check = project.meltano("invoke", f"{TARGET}:check")
    assert check.returncode == 3, check.stderr
    mended = project.meltano("invoke", f"{TARGET}:check", access_token="sandbox-token")
    assert mended.returncode == 0, mended.stderr


def test_meltano_config_test_finds_a_working_loader_and_sends_nothing(project: Project, linkedin: Sandbox) -> None:
    project.write(**project.connection, streams=streams())
    done = project.meltano("config", "test", TARGET)
    # Meltano 4.4.1 may still exit 1: it terminates a process that has already ended.
    assert "Test data was written to your target system" in done.stderr
    assert [request for request in linkedin.requests if request.method == "POST"] == []
