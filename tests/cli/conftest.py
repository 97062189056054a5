"""The companion called in this process, and config files for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


class Companion:
    """`linkedin-conversions ARGUMENTS --config FILE`: exit code, stdout and stderr."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.state_dir = folder / "state"
        self._capsys = capsys
        self.config: dict[str, Any] = {"access_token": "sandbox-token", "state_dir": str(self.state_dir)}

    def __call__(self, *arguments: str, **settings: Any) -> tuple[int, str, str]:
        path = self.folder / "config.json"
        config = {name: value for name, value in {**self.config, **settings}.items() if value is not None}
        path.write_text(json.dumps(config))
        try:
            main([*arguments, "--config", str(path)])
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        out, err = self._capsys.readouterr()
        return code, out, err

    def data(self, *arguments: str, **settings: Any) -> Any:
        """What a command says with `--json`."""
        code, out, err = self(*arguments, "--json", **settings)
        assert (code, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def companion(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Companion:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    return Companion(tmp_path, capsys)
