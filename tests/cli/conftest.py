"""The companion called in this process, and config files for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli.main import main
from target_linkedin_conversions.sandbox import Sandbox
from tests.numbers import wrongly_many
from tests.singer.pipe import Pipe, exit_code, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Companion:
    """`linkedin-conversions ARGUMENTS --config FILE`: exit code, stdout and stderr."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.state_dir = folder / "state"
        self._capsys = capsys
        self.config: dict[str, Any] = {
            "access_token": "sandbox-token",
            "state_dir": str(self.state_dir),
            "consent": {"not_required": "a test"},
        }

    def __call__(self, *arguments: str, **settings: Any) -> tuple[int, str, str]:
        path = self.folder / "config.json"
        config = {name: value for name, value in {**self.config, **settings}.items() if value is not None}
        path.write_text(json.dumps(config))
        code = exit_code(main, [*arguments, "--config", str(path)])
        out, err = self._capsys.readouterr()
        assert wrongly_many(out + err) == []
        return code, out, err

    @property
    def options(self) -> str:
        """What a command that is told to be typed names beside its own words."""
        return f"--config {self.folder / 'config.json'}"

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


@pytest.fixture
def before_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed comes in through a text that is set as stdin."""
    monkeypatch.setattr("target_linkedin_conversions.cli.asking.is_terminal", lambda: True)


class Past:
    """Runs of the target against a sandbox, and what a replay then does in the same folder."""

    def __init__(self, pipe: Pipe, companion: Companion) -> None:
        self.pipe = pipe
        self.linkedin = pipe.linkedin
        self.companion = companion
        pipe.config |= {"on_in_doubt": "hold", "retry_for_seconds": 1, "requests_per_minute": 100_000}
        companion.config = pipe.config
        self.state_dir = companion.state_dir = pipe.state_dir

    def deliver(self, *numbers: int, stream: str = "leads", **settings: Any) -> str:
        """A run that delivers these records; its name."""
        now = self.linkedin.now()
        done = self.pipe.run_here(
            [schema(stream), *[record(now, number, stream) for number in numbers], state(at=1)],
            **settings,
        )
        name: str = done.report["run"]
        return name

    def rejected(self, *numbers: int, **settings: Any) -> str:
        """A run of which LinkedIn rejects each event."""
        self.linkedin.faults("element_failures", statuses=dict.fromkeys(range(len(numbers)), 400), times=1)
        return self.deliver(*numbers, **settings)

    def in_doubt(self, *numbers: int, **settings: Any) -> str:
        """A run whose events LinkedIn takes without an answer."""
        self.linkedin.faults("drop_after", times=1)
        return self.deliver(*numbers, **settings)

    def replay(self, *arguments: str, **settings: Any) -> tuple[int, dict[str, int]]:
        """Exit code of a replay and its events by outcome."""
        code, _, err = self.companion("rejects", "replay", *arguments, **settings)
        report = json.loads((self.state_dir / "runs" / "last.json").read_bytes())
        assert f"run={report['run']}" in err.splitlines()[-1]
        assert err.splitlines()[-1].startswith(f"outcome={report['outcome']} exit={code} ")
        return code, {name: count for name, count in report["counts"].items() if count}

    def report(self) -> dict[str, Any]:
        """The report of the last run."""
        found: dict[str, Any] = json.loads((self.state_dir / "runs" / "last.json").read_bytes())
        return found

    def kept(self, *outcomes: str) -> list[str]:
        """The keys of what the outbox holds."""
        files = sorted((self.state_dir / "outbox").glob("*.jsonl"))
        lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        return [line["key"][0][1] for line in lines if not outcomes or line["outcome"] in outcomes]

    def received(self) -> list[int]:
        """The times of what LinkedIn took, by how long ago: they tell the records apart."""
        return sorted(event["conversionHappenedAt"] for event in self.linkedin.received)


@pytest.fixture(scope="session")
def running_for_replays() -> Iterator[Sandbox]:
    with Sandbox() as linkedin:
        yield linkedin


@pytest.fixture
def past(tmp_path: Path, running_for_replays: Sandbox, companion: Companion) -> Past:
    running_for_replays.reset()
    return Past(Pipe(tmp_path, running_for_replays), companion)
