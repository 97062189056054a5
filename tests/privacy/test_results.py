"""What `results_log` keeps holds no value of a person, whichever column is the key or the event id, and however the row ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import astuple

from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.result_lines import result_lines, runs_with_results
from tests.privacy.finder import Finder
from tests.privacy.test_matrix import FIELDS, PERSON, SUPPRESSED, person
from tests.singer.pipe import Pipe, entry, schema, state

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = {"company", "title"}
"""Columns that say who somebody is only beside a name: the rejects show them as keys, too."""
PERSONAL = [
    column
    for columns in FIELDS.values()
    for column in ([columns] if isinstance(columns, str) else columns)
    if column not in NOBODY
]
FINDER = Finder({name: PERSON[name] for name in PERSONAL} | {"suppressed": SUPPRESSED})


def kept(place: Path) -> list[bytes]:
    folder = Folder(str(place))
    return [
        " ".join(map(str, astuple(line))).encode()
        for run in runs_with_results(folder)
        for line in result_lines(folder, run, pytest.fail)
    ]


@pytest.mark.parametrize("column", PERSONAL)
def test_no_value_of_a_person_is_kept(pipe: Pipe, now: int, column: str, tmp_path: Path) -> None:
    suppress = tmp_path / "suppress.txt"
    suppress.write_text(SUPPRESSED + "\n")
    ends: list[dict[str, Any]] = [
        {},
        {"happened_at": None},
        {"consent": "no"},
        {"work_email": SUPPRESSED},
        {"gone": True},
    ]
    names = ("id", "happened_at", "gone", *PERSON)
    rows = [person(now, number, **changes) for number, changes in enumerate(ends)]
    how: dict[str, Any] = {
        "consent": {"column": "consent", "granted": [PERSON["consent"]]},
        "deleted": "gone",
        "fields": {**FIELDS, "event_id": column if column != "first" else "last"},
    }
    pipe.run_here(
        [schema("leads", *names, key=[column]), *rows, state(at=1)],
        streams=[entry(**how)],
        suppress=str(suppress),
        results_log=True,
        max_reject_ratio=1,
    )
    lines = kept(pipe.state_dir)
    assert len(lines) == len(ends)
    assert [(line, found) for line in lines if (found := FINDER.leaks([("results", line)]))] == []


@pytest.mark.parametrize("column", PERSONAL)
def test_nor_of_a_stream_that_no_entry_fits(pipe: Pipe, now: int, column: str) -> None:
    rows = [schema("other", "id", "happened_at", *PERSON, key=[column]), person(now, 1), state(at=1)]
    rows[1] = {**rows[1], "stream": "other"}
    pipe.run_here(rows, streams=[entry("leads")], results_log=True)
    lines = kept(pipe.state_dir)
    assert len(lines) == 1
    assert [(line, found) for line in lines if (found := FINDER.leaks([("results", line)]))] == []
