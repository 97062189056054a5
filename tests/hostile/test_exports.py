"""An export of the ledger takes the place of a file that somebody named, and of nothing else."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.cli.ledger.file import write_lines
from target_linkedin_conversions.cli.main import main as companion
from target_linkedin_conversions.errors import ConfigError
from tests.singer.pipe import call_here, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.singer.pipe import Pipe


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("way", ["as it is", "by a link", "through a folder"])
def test_no_export_takes_the_place_of_its_ledger(end: str, way: str, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    for more in ("", end):
        ledger.with_name(ledger.name + more).write_bytes(b"held")
    named = ledger.with_name(ledger.name + end)
    if way == "by a link":
        named = tmp_path / "link"
        named.symlink_to(ledger.name + end)
    if way == "through a folder":
        (tmp_path / "folder").symlink_to(".")
        named = tmp_path / "folder" / (ledger.name + end)
    with pytest.raises(ConfigError, match="the ledger itself"):
        write_lines(str(named), [], ledger, replace=True)
    assert ledger.with_name(ledger.name + end).read_bytes() == b"held"


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_what_was_delivered_is_known_after_an_export_over_the_ledger(force: list[str], pipe: Pipe) -> None:
    lines = [schema(), record(pipe.linkedin.now(), 1), state(n=1)]
    assert pipe.run_here(lines).code == 0
    place = str(pipe.state_dir / "ledger.sqlite")
    code, _, err = call_here("ledger", "export", place, *force, "--config", str(pipe.file()), program=companion)
    assert (code, "the ledger itself; name another file" in err) == (2, True), err
    assert pipe.run_here(lines).counts == {"already_delivered": 1}


def test_no_export_takes_the_place_of_what_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match="no regular file"):
        write_lines(str(pipe), [], None, replace=True)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_export_takes_the_place_of_a_link_and_not_of_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"held")
    link = tmp_path / "link"
    link.symlink_to("other")
    with pytest.raises(ConfigError, match="exists"):
        write_lines(str(link), [], None, replace=False)
    write_lines(str(link), [], None, replace=True)
    assert not link.is_symlink()
    assert (tmp_path / "other").read_bytes() == b"held"


def test_a_link_to_nothing_is_something_that_exists(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("nowhere")
    with pytest.raises(ConfigError, match="exists"):
        write_lines(str(link), [], None, replace=False)
