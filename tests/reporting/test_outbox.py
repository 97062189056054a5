"""The outbox is rewritten whole, by one process at a time, and loses no line."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.reporting.append_only import AppendOnlyFile
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.journal import Journal
from target_linkedin_conversions.reporting.outbox import Outbox, outbox_events, outbox_runs
from target_linkedin_conversions.reporting.outbox_file import OutboxFile, Place, Settled
from tests.delivery.world import event

RUN = "20261123T104000Z-0a1b2c3d"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    found = Folder(str(tmp_path))
    journal = Journal(found, f"outbox/{RUN}.jsonl")
    outbox = Outbox(journal, "https://api.linkedin.com")
    for number in range(4):
        outbox.keep("deals", event(str(number)), Outcome.REJECTED, frozenset({"id"}))
    journal.close()
    return found


def never(message: str) -> None:
    raise AssertionError(message)


def identities(folder: Folder) -> list[str]:
    return [kept.event.identity for kept in outbox_events(folder, RUN, never)]


def rewritten(folder: Folder, *settled: int) -> None:
    file = OutboxFile(folder, RUN)
    assert file.hold()
    try:
        file.drop(bytes(number in settled for number in range(4)))
    finally:
        file.release()


def test_an_event_comes_back_as_it_went_in(folder: Folder) -> None:
    kept = next(outbox_events(folder, RUN, never))
    assert kept.event == event("0")
    assert kept.line.private == ("id",)
    assert outbox_runs(folder) == [RUN]


def test_only_settled_lines_go_and_the_file_stays_private(folder: Folder, tmp_path: Path) -> None:
    rewritten(folder, 1, 2)
    assert identities(folder) == ["0", "3"]
    assert stat.S_IMODE((tmp_path / "outbox" / f"{RUN}.jsonl").stat().st_mode) == 0o600


def test_a_file_without_a_line_left_is_gone(folder: Folder) -> None:
    rewritten(folder, 0, 1, 2, 3)
    assert folder.names("outbox") == []
    assert OutboxFile(folder, RUN).hold()


def test_a_fault_while_it_is_rewritten_leaves_it_as_it_was(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match="cannot be rewritten"):
        rewritten(folder, 0)
    monkeypatch.undo()
    assert identities(folder) == ["0", "1", "2", "3"]


def test_what_a_crash_left_of_a_rewriting_goes_with_the_next_one(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "outbox" / f".{RUN}.jsonl.0123456789abcdef.draft").write_bytes(b"half")
    rewritten(folder, 0, 1, 2, 3)
    assert list((tmp_path / "outbox").iterdir()) == []


def test_a_file_is_held_by_one_at_a_time(folder: Folder) -> None:
    first, second = OutboxFile(folder, RUN), OutboxFile(folder, RUN)
    assert first.hold()
    assert not second.hold()
    first.release()
    assert second.hold()
    second.release()


def test_a_run_that_writes_holds_its_file(folder: Folder) -> None:
    with folder.append(f"outbox/{RUN}.jsonl"):
        assert not OutboxFile(folder, RUN).hold()


def test_lines_that_were_cut_are_told_once_and_hide_no_other(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "outbox" / f"{RUN}.jsonl"
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first, "{", *rest, json.dumps({**json.loads(first), "event": {}}), '{"outc']))
    told: list[str] = []
    assert len(list(outbox_events(folder, RUN, told.append))) == 4
    assert told == [f"line 2 of {path} cannot be read, nor can 2 more"]


def test_a_repeated_line_ends_with_the_first_one_whichever_ends_first() -> None:
    settled = Settled()
    settled.follow(Place("b", 3), Place("a", 0))
    settled.ended({Place("a", 0): 1, None: 2})
    settled.follow(Place("b", 5), Place("a", 0))
    settled.follow(Place("b", 6), Place("a", 1))
    assert (settled.of("a"), settled.of("b"), settled.of("c")) == (b"\1", b"\0\0\0\1\0\1", b"")


def test_a_journal_that_lost_lines_never_says_that_they_are_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, os.strerror(28))

    journal = Journal(Folder(str(tmp_path)), f"rejects/{RUN}.jsonl")
    journal.write(b"{}")
    monkeypatch.setattr(Folder, "append", full)
    with pytest.raises(ConfigError, match="cannot be written"):
        journal.flush()
    monkeypatch.undo()
    with pytest.raises(ConfigError, match="cannot be written"):
        journal.flush()
    journal.close()


def test_lines_that_could_not_be_written_do_not_fail_once_more_when_the_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    lines = AppendOnlyFile(path)
    handle = next(int(one.name) for one in Path("/proc/self/fd").iterdir() if os.path.realpath(one) == str(path))
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, handle)
    os.close(full)
    with pytest.raises(OSError, match="No space left"):
        lines.add(b"{}\n")
    lines.close()
