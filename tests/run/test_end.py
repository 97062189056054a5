"""Whatever a part of a run raises in its end, the others end too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.rehearsal import Rehearsal
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.reporting.append_only import AppendOnlyFile, in_use
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.singer.target import TargetLinkedInConversions
from tests.delivery.world import settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.delivery.batch import Listener
    from target_linkedin_conversions.settings import Settings

REFUSED = Refusal(reasons=(Reason("email", "missing"),), rule="101", key=(("id", "7"),))


class Failing(Rehearsal):
    """A destination that cannot be closed."""

    def __init__(self, settings: Settings, run: str, listener: Listener) -> None:
        super().__init__(settings, run, listener)
        self.left = False

    def close(self, _seconds: float) -> None:
        raise RuntimeError("broken")

    def leave(self) -> None:
        super().leave()
        self.left = True


@pytest.fixture
def run(tmp_path: Path) -> Run:
    settings = settings_for(tmp_path, dry_run=True)
    return Run(settings, destination=lambda name, listener: Failing(settings, name, listener))


def rejected(run: Run, folder: Path) -> Path:
    """The rejects of a run, open."""
    run.begin()
    run.recorder.refused("deals", REFUSED)
    run.recorder.flush()
    path = folder / "rejects" / f"{run.name}.jsonl"
    assert is_open(path)
    return path


def is_open(path: Path) -> bool:
    with path.open("rb") as file:
        return in_use(file)


def test_its_files_are_closed_and_its_ledger_left_though_its_destination_breaks(run: Run, tmp_path: Path) -> None:
    path = rejected(run, tmp_path)
    with pytest.raises(RuntimeError, match="broken"):
        run.conclude(None)
    assert not is_open(path)
    assert isinstance(destination := run._destination, Failing)  # noqa: SLF001 - what it left shows nowhere else
    assert destination.left


def test_what_cannot_be_written_any_more_is_closed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, os.strerror(28))

    path = rejected(run, tmp_path)
    run.recorder.refused("deals", REFUSED)
    monkeypatch.setattr(AppendOnlyFile, "add", full)
    with pytest.raises(RuntimeError, match="broken"):
        run.conclude(None)
    assert not is_open(path)


def test_a_target_lets_go_of_its_input_though_its_run_breaks(run: Run) -> None:
    target = TargetLinkedInConversions(run=run)
    source = target._reader._source  # noqa: SLF001 - whose pipe shows nowhere else
    source.open()
    target.began()
    with pytest.raises(RuntimeError, match="broken"):
        target.failed(RuntimeError("first"))
    assert source._wake_read == source._wake_write == -1  # noqa: SLF001
