from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Companion
from tests.run.here import Here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.singer.pipe import Pipe


@pytest.fixture
def companion(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Companion:
    """The companion's commands, called in this process."""
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    return Companion(tmp_path, capsys)


@pytest.fixture
def here(pipe: Pipe) -> Here:
    return Here(pipe)
