"""What old runs left is removed by the run's name; last.json and foreign files stay."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.reporting.folder import KEEP_DAYS, Folder, run_of
from target_linkedin_conversions.run.run import Run, new_run_id
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
FOREIGN = (
    *("last.json", "notes.txt", "20200101.jsonl", "20200101T000000Z.jsonl", "20200101T000000Z-0a1b2c3d.bak"),
    *("20209901T000000Z-0a1b2c3d.jsonl", "x-20200101T000000Z-0a1b2c3d.jsonl"),
)


@pytest.fixture(params=["local", "memory"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path) if request.param == "local" else f"memory://{tmp_path.name}-age"


def run(days: float, now: datetime = NOW) -> str:
    return new_run_id(int((now - timedelta(days=days)).timestamp() * 1000))


@pytest.mark.parametrize(("under", "suffix"), [("rejects", ".jsonl"), ("runs", ".json"), ("runs", ".html")])
def test_what_is_older_goes_and_the_rest_stays(root: str, under: str, suffix: str) -> None:
    folder = Folder(root)
    young, old = f"{run(29.9)}{suffix}", f"{run(30.1)}{suffix}"
    for name in (young, old, *FOREIGN):
        folder.write(f"{under}/{name}", b"x\n")
    assert folder.remove_older(under, 30, NOW) == 1
    assert folder.names(under) == sorted([young, *FOREIGN])
    assert folder.remove_older(under, 30, NOW) == 0


def test_the_time_of_the_file_does_not_count(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    young, old = run(1), run(31)
    for name in (young, old):
        folder.write(f"rejects/{name}.jsonl", b"")
    os.utime(tmp_path / f"rejects/{young}.jsonl", (0, 0))
    folder.remove_older("rejects", 30, NOW)
    assert folder.names("rejects") == [f"{young}.jsonl"]


def test_on_a_url_the_parts_of_a_run_go_together(tmp_path: Path) -> None:
    folder = Folder(f"memory://{tmp_path.name}-parts")
    young, old = run(1), run(31)
    for name in (young, old):
        for part in (1, 2):
            folder.write(f"rejects/{name}/{part:06}.jsonl", b"")
    folder.remove_older("rejects", 30, NOW)
    assert folder.names("rejects") == [young]
    assert len(folder.names(f"rejects/{young}")) == 2


def test_a_local_folder_named_like_a_run_is_nobodys_of_ours(tmp_path: Path) -> None:
    kept = tmp_path / "rejects" / run(31)
    kept.mkdir(parents=True)
    assert Folder(str(tmp_path)).remove_older("rejects", 30, NOW) == 0
    assert kept.exists()


def test_a_folder_that_is_not_there_yet_is_not_made(root: str) -> None:
    assert Folder(root).remove_older("rejects", 30, NOW) == 0
    if "://" not in root:
        assert list(Path(root).iterdir()) == []


@pytest.mark.parametrize("suffix", ["", ".json", ".jsonl", ".html"])
def test_a_file_is_known_by_the_run_it_is_named_after(suffix: str) -> None:
    name = run(0)
    assert run_of(name + suffix) == name
    assert [run_of(foreign) for foreign in FOREIGN if not foreign.startswith("202099")] == [None] * 6


@pytest.fixture
def begun() -> Iterator[Callable[[Path], Run]]:
    runs: list[Run] = []

    def begin(folder: Path) -> Run:
        settings = {"state_dir": str(folder / "state"), "private_dir": str(folder / "private"), "dry_run": True}
        runs.append(Run(Settings.load(settings)))
        runs[-1].begin()
        return runs[-1]

    yield begin
    for one in runs:
        one.conclude(None)


def test_a_run_removes_what_is_old_where_it_is_kept(tmp_path: Path, begun: Callable[[Path], Run]) -> None:
    now = datetime.now(UTC)
    state, private = Folder(str(tmp_path / "state")), Folder(str(tmp_path / "private"))
    kept = {
        "rejects": f"{run(29, now)}.jsonl",
        "outbox": f"{run(29, now)}.jsonl",
        "runs": f"{run(399, now)}.json",
    }
    for under, name in kept.items():
        folder = private if under == "outbox" else state
        folder.write(f"{under}/{name}", b"")
        folder.write(f"{under}/{run(KEEP_DAYS[under] + 1, now)}{Path(name).suffix}", b"")
    state.write("runs/last.json", b"{}")
    begun(tmp_path)
    assert state.names("rejects") == [kept["rejects"]]
    assert private.names("outbox") == [kept["outbox"]]
    assert state.names("runs") == [kept["runs"], "last.json"]


def test_a_file_that_cannot_be_removed_costs_no_run(
    tmp_path: Path, begun: Callable[[Path], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "not yours")

    Folder(str(tmp_path / "private")).write(f"outbox/{run(40, datetime.now(UTC))}.jsonl", b"")
    monkeypatch.setattr(Path, "unlink", refuse)
    (warning,) = [text for text in begun(tmp_path).warnings if "cannot be removed" in text]
    assert "outbox of more than 30 days ago cannot be removed (PermissionError)" in warning


def test_a_folder_that_cannot_be_opened_still_stops_the_run(tmp_path: Path) -> None:
    config = {"state_dir": "nosuch://x", "private_dir": str(tmp_path), "dry_run": True}
    with pytest.raises(ConfigError):
        Run(Settings.load(config)).begin()
