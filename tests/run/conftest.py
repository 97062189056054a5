from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.cli.conftest import Companion
from tests.singer.pipe import Pipe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox() as linkedin:
        yield linkedin


@pytest.fixture
def linkedin(running: Sandbox) -> Sandbox:
    """LinkedIn, as it is before the first request."""
    running.reset()
    return running


@pytest.fixture
def now(linkedin: Sandbox) -> int:
    return linkedin.now()


@pytest.fixture
def pipe(tmp_path: Path, linkedin: Sandbox) -> Pipe:
    return Pipe(tmp_path, linkedin)


@pytest.fixture
def companion(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Companion:
    """The companion's commands, called in this process."""
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    return Companion(tmp_path, capsys)
