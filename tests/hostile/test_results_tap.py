"""The tap of results and whatever it is given: one sentence and exit 2, never a traceback; nothing of what was given is repeated."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.result_lines import result_lines
from target_linkedin_conversions.reporting.results import ResultLine
from target_linkedin_conversions.results_tap.tap import main
from tests.singer.pipe import call_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANARY = "canary-7f3a"
RUN = "20261123T104000Z-0a1b2c3d"
ENDED = {"replication_key": "ended"}
NO_JSON = {
    "empty": b"",
    "cut": b'{"a":',
    "binary": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "a_list": b"[1]",
    "null": b"null",
}
CONFIGS = {
    **NO_JSON,
    "a_number": b'{"state_dir": 5}',
    "a_secret_in_a_list": f'{{"ledger_url": ["{CANARY}"]}}'.encode(),
    "a_secret_of_no_url": f'{{"ledger_url": "{CANARY}:::"}}'.encode(),
}
BOOKMARKS: dict[str, Any] = {
    "a_word": "yesterday",
    "a_number": 5,
    "a_year_without_end": "99999-01-01T00:00:00Z",
    "a_list": [1],
    "an_object": {"a": 1},
    "empty": "",
    "controls": f"\x1b[31m\n{CANARY}",
}
STATES = {
    **NO_JSON,
    **{
        name: _state
        for name, value in BOOKMARKS.items()
        if (_state := json.dumps({"bookmarks": {"runs": {**ENDED, "replication_key_value": value}}}).encode())
    },
    "bookmarks_that_are_a_list": b'{"bookmarks": [1]}',
    "bookmarks_that_are_null": b'{"bookmarks": null}',
    "a_stream_that_is_a_list": b'{"bookmarks": {"runs": [1]}}',
    "a_stream_that_is_null": b'{"bookmarks": {"runs": null}}',
}
HARMLESS_STATES = {
    "parts_that_are_a_number": b'{"bookmarks": {"runs": {"partitions": 5}}}',
    "a_deep_one": b'{"bookmarks": {"runs": {"x": ' + b"[" * 500 + b"]" * 500 + b"}}}",
    "the_first_day": b'{"bookmarks": {"runs": {"replication_key": "ended", "replication_key_value": "0001-01-01T00:00:00+14:00"}}}',
    "the_last_day": b'{"bookmarks": {"runs": {"replication_key": "ended", "replication_key_value": "9999-12-31T23:59:59-14:00"}}}',
    "a_whole_line": b'{"type": "STATE", "value": {}}',
}


def _catalog(**entry: Any) -> bytes:
    return json.dumps({"streams": [{"tap_stream_id": "runs", **entry}]}).encode()


CATALOGS = {
    **NO_JSON,
    "streams_that_are_null": b'{"streams": null}',
    "a_stream_that_is_a_number": b'{"streams": [5]}',
    "no_name": b'{"streams": [{}]}',
    "no_schema": _catalog(),
    "no_columns": _catalog(schema={}),
    "a_type_that_is_a_number": _catalog(schema={"properties": {"run": {"type": 5}}}),
    "key_properties_that_are_a_number": _catalog(schema={"properties": {}}, key_properties=5),
    "metadata_that_are_a_number": _catalog(schema={"properties": {}}, metadata=[5]),
    "a_breadcrumb_that_is_a_number": _catalog(schema={"properties": {}}, metadata=[{"breadcrumb": 5, "metadata": {}}]),
}


def tap(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    """The tap in this process; its exit code, and both outputs."""
    heard = io.StringIO()
    monkeypatch.setattr("sys.argv", ["tap-linkedin-conversions-results", *arguments])
    handler = logging.StreamHandler(heard)
    logging.getLogger("tap-linkedin-conversions-results").addHandler(handler)
    try:
        code, out, err = call_here(program=lambda _arguments: main())
    finally:
        logging.getLogger("tap-linkedin-conversions-results").removeHandler(handler)
    return code, out, err + heard.getvalue()


def _told(monkeypatch: pytest.MonkeyPatch, folder: Path, option: str, data: bytes) -> tuple[int, str]:
    monkeypatch.chdir(folder)
    (folder / "config.json").write_text('{"state_dir": "state"}')
    (folder / "given.json").write_bytes(data)
    more = () if option == "--config" else ("--config", "config.json")
    code, out, err = tap(monkeypatch, option, "given.json", *more)
    assert CANARY not in out + err
    assert "\x1b" not in out + err
    return code, err


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_that_is_none_is_one_sentence(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, err = _told(monkeypatch, tmp_path, "--config", CONFIGS[name])
    assert code == 2, err


@pytest.mark.parametrize("name", STATES)
def test_a_state_that_is_none_is_one_sentence(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, err = _told(monkeypatch, tmp_path, "--state", STATES[name])
    assert (code, "--state: " in err) == (2, True), err


@pytest.mark.parametrize("name", HARMLESS_STATES)
def test_what_no_sync_has_written_is_left_aside(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, err = _told(monkeypatch, tmp_path, "--state", HARMLESS_STATES[name])
    assert code == 0, err


@pytest.mark.parametrize("name", CATALOGS)
def test_a_catalog_that_is_none_is_one_sentence(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, err = _told(monkeypatch, tmp_path, "--catalog", CATALOGS[name])
    assert (code, "--catalog: " in err) == (2, True), err


@pytest.mark.parametrize("option", ["--config", "--state", "--catalog"])
def test_a_file_that_is_missing_is_one_sentence(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = tap(monkeypatch, option, "nowhere.json")
    assert (code, f"{option}: the file nowhere.json cannot be read" in err) == (2, True), err


def test_its_own_catalog_and_its_own_state_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text('{"state_dir": "state"}')
    (tmp_path / "catalog.json").write_text(tap(monkeypatch, "--config", "config.json", "--discover")[1])
    given = ("--config", "config.json", "--catalog", "catalog.json")
    code, out, err = tap(monkeypatch, *given)
    assert code == 0, err
    (tmp_path / "state.json").write_text(json.dumps(json.loads(out.splitlines()[-1])["value"]))
    code, _, err = tap(monkeypatch, *given, "--state", "state.json")
    assert code == 0, err


def _of_text(*values: str | None) -> dict[str, Any]:
    return {name: pa.array(values, pa.string()) for name in ResultLine.__struct_fields__}


OTHER_PARQUET: dict[str, Callable[[], dict[str, Any]]] = {
    "other_columns": lambda: {"a": [1]},
    "a_column_less": lambda: {name: column for name, column in _of_text("x").items() if name != "key"},
    "nulls": lambda: {**_of_text("x", None), "time": pa.array([1, None], pa.int64())},
    "times_that_are_words": lambda: _of_text("x"),
    "lists": lambda: {name: [[1]] for name in ResultLine.__struct_fields__},
}


@pytest.mark.parametrize("kind", OTHER_PARQUET)
def test_results_of_another_kind_are_named_and_passed_over(kind: str, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir(mode=0o700)
    pq.write_table(pa.table(OTHER_PARQUET[kind]()), tmp_path / f"results/{RUN}.parquet")
    told: list[str] = []
    assert list(result_lines(Folder(str(tmp_path)), RUN, told.append)) == []
    assert [sentence for sentence in told if sentence.endswith("cannot be read to its end")] == told != []
