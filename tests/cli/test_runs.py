"""`linkedin-conversions runs`, and the companion's frame."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]

from target_linkedin_conversions.cli.main import COMMANDS, main
from target_linkedin_conversions.sandbox import Sandbox
from tests.singer.pipe import Ended, Pipe, environment, exit_code, record, schema, state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCRIPT = str(Path(sys.executable).parent / "linkedin-conversions")
CANARY = "canary-of-a-driver"
Call = "Callable[..., tuple[int, str, str]]"


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    with Sandbox() as linkedin:
        yield Pipe(tmp_path, linkedin)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("os.umask", lambda _mask: 0)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = exit_code(main, arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def past(pipe: Pipe) -> list[Ended]:
    """A run that delivered, and one that spent the quota."""
    now = pipe.linkedin.now()
    good = pipe.run_here([schema(), record(now, 1), record(now, 2, email="nobody"), state(at=2)])
    spent = pipe.run_here([schema(), record(now, 3), record(now, 4)], requests_per_day=1, batch_size_rows=1)
    assert (good.code, spent.code) == (0, 4)
    return [good, spent]


def test_list_names_every_run_the_oldest_first(call: Any, pipe: Pipe, past: list[Ended]) -> None:
    config = str(pipe.file())
    code, out, _ = call("runs", "list", "--config", config, "--json")
    found = json.loads(out)
    assert code == 0
    assert {run["run"]: run["exit_code"] for run in found} == {done.report["run"]: done.code for done in past}
    assert [run["run"] for run in found] == sorted(run["run"] for run in found)
    code, out, _ = call("runs", "list", "--config", config)
    assert code == 0
    for done in past:
        assert done.report["run"] in out


def test_last_shows_the_last_run_and_exits_with_its_code_only_if_asked(
    call: Any, pipe: Pipe, past: list[Ended]
) -> None:
    config = str(pipe.file())
    code, out, _ = call("runs", "last", "--config", config, "--json")
    assert (code, json.loads(out)) == (0, past[1].report)
    code, out, _ = call("runs", "last", "--config", config, "--exit-code")
    assert (code, "quota" in out, past[1].report["message"] in out.replace("\n", "")) == (4, True, True)


def test_show_tells_one_run_with_its_reasons(call: Any, pipe: Pipe, past: list[Ended]) -> None:
    config = str(pipe.file())
    name = past[0].report["run"]
    code, out, _ = call("runs", "show", name, "--config", config, "--json")
    assert (code, json.loads(out)) == (0, past[0].report)
    code, out, _ = call("runs", "show", name, "--config", config)
    assert code == 0
    for word in (name, "done (exit 0)", "delivered", "rejected", "leads", "rejects"):
        assert word in out


def test_no_token_is_needed_to_look_at_runs(call: Any, pipe: Pipe, past: list[Ended]) -> None:
    assert past
    assert call("runs", "last", "--config", str(pipe.file(access_token=None)))[0] == 0


def test_the_environment_may_say_where_the_runs_are(
    call: Any, pipe: Pipe, past: list[Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_STATE_DIR", str(pipe.state_dir))
    monkeypatch.setenv("TARGET_LINKEDIN_CONVERSIONS_DRY_RUN", "false")
    code, out, _ = call("runs", "last", "--config", "ENV", "--json")
    assert (code, json.loads(out)["run"]) == (0, past[1].report["run"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("runs", "last"), "run the target first"),
        (("runs", "show", "20260101T000000Z-00000000"), "runs list"),
        (("runs", "show", "../../config"), "runs list"),
    ],
)
def test_what_is_not_there_exits_2_with_a_mend(call: Any, pipe: Pipe, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = call(*arguments, "--config", str(pipe.file()))
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert words in err


@pytest.mark.parametrize(
    ("state_dir", "words"),
    [
        ("memory://nothing-here", "name a folder or a bucket as state_dir"),
        ("file:///nothing-here", "run the target first"),
        ("s3", "check that its runs have this very state_dir"),
    ],
)
@pytest.mark.parametrize("command", ["last", "open"])
def test_a_folder_behind_a_url_that_holds_nothing_is_told_in_words_that_are_true_of_it(
    call: Any, pipe: Pipe, request: pytest.FixtureRequest, state_dir: str, words: str, command: str
) -> None:
    place = request.getfixturevalue("s3") if state_dir == "s3" else state_dir
    config = str(pipe.file(state_dir=place, ledger_url="postgresql://db/ledger", private_dir=str(pipe.state_dir)))
    code, out, err = call("runs", command, "--config", config)
    assert (code, out, words in err) == (2, "", True)


@pytest.mark.parametrize("command", ["last", "list", "open"])
def test_a_storage_that_does_not_answer_is_told_to_whoever_looks_as_to_a_run(
    call: Any, pipe: Pipe, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ConnectionError(CANARY)

    monkeypatch.setattr(MemoryFileSystem, "ls", refused)
    config = str(pipe.file(state_dir="memory://no-answer", ledger_url="postgresql://db/ledger", private_dir="."))
    code, out, err = call("runs", command, "--config", config)
    assert (code, out) == (5, "")
    assert "memory://no-answer does not answer" in err
    assert "run the same again once it does" in err
    assert CANARY not in err


def test_without_runs_the_list_is_empty(call: Any, pipe: Pipe) -> None:
    assert call("runs", "list", "--config", str(pipe.file()), "--json") == (0, "[]\n", "")
    assert "no run has left a report in " in call("runs", "list", "--config", str(pipe.file()))[1]


def test_a_report_that_is_broken_is_said_so_and_does_not_hide_the_others(
    call: Any, pipe: Pipe, past: list[Ended]
) -> None:
    broken = pipe.state_dir / "runs" / "20200101T000000Z-00000000.json"
    broken.write_text('{"run": 1')
    config = str(pipe.file())
    code, out, err = call("runs", "show", broken.stem, "--config", config)
    assert (code, out, "cannot be read" in err) == (2, "", True)
    code, out, _ = call("runs", "list", "--config", config, "--json")
    assert (code, len(json.loads(out))) == (0, len(past))


def changed(report: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps(report | changes).encode()


NO_REPORT: dict[str, Callable[[dict[str, Any]], bytes | None]] = {
    "cut": lambda report: changed(report)[:200],
    "empty": lambda _: b"",
    "no object": lambda _: b"[]",
    "no text": lambda _: bytes(range(256)),
    "nested": lambda _: b'{"x":' + b"[" * 100_000,
    "foreign": lambda _: b'{"name": "package", "version": 2}',
    "a later version's": lambda report: changed(report, lines=[{"outcome": "teleported"}]),
    "another exit code": lambda report: changed(report, exit_code=1 << 40),
    "below zero": lambda report: changed(report, counts={"delivered": -1}),
    "a folder": lambda _: None,
    "too long": lambda report: changed(report, pad="x" * (1 << 26)),
}


def put(place: Path, content: bytes | None) -> None:
    place.unlink()
    if content is None:
        place.mkdir()
    else:
        place.write_bytes(content)


@pytest.mark.parametrize("kind", NO_REPORT)
def test_whatever_last_json_is_the_newest_report_that_can_be_read_is_shown_with_one_warning(
    call: Any, pipe: Pipe, past: list[Ended], kind: str
) -> None:
    newest = max((done.report for done in past), key=lambda report: report["run"])
    put(pipe.state_dir / "runs" / "last.json", NO_REPORT[kind](past[1].report))
    config = str(pipe.file())
    code, out, err = call("runs", "last", "--config", config, "--json")
    assert (code, json.loads(out)) == (0, newest)
    assert len(err.splitlines()) == 1
    assert "last.json cannot be read" in err
    assert "move it away" in err
    assert call("runs", "last", "--config", config, "--exit-code")[0] == newest["exit_code"]
    assert call("rejects", "list", "--config", config)[0] == 0


@pytest.mark.parametrize("kind", NO_REPORT)
def test_a_report_that_is_none_hides_no_other_and_stops_neither_command_nor_run(
    call: Any, pipe: Pipe, past: list[Ended], kind: str
) -> None:
    newest = max((done.report for done in past), key=lambda report: report["run"])
    put(pipe.state_dir / "runs" / f"{newest['run']}.json", NO_REPORT[kind](newest))
    config = str(pipe.file())
    code, out, err = call("runs", "list", "--config", config, "--json")
    assert (code, len(json.loads(out)), "cannot be read" in err) == (0, len(past) - 1, True)
    assert call("runs", "show", newest["run"], "--config", config)[0] == 2
    assert call("check", "--config", config)[0] == 0
    done = pipe.run_here([schema(), record(pipe.linkedin.now(), 9)])
    assert (done.code, done.counts) == (0, {"delivered": 1})


def test_what_lies_where_a_file_should_is_one_sentence_with_its_place(call: Any, pipe: Pipe, past: list[Ended]) -> None:
    (pipe.state_dir / "runs" / "index.html").unlink()
    (pipe.state_dir / "outbox").mkdir()
    (pipe.state_dir / "outbox" / f"{past[0].report['run']}.jsonl").mkdir()
    code, _, err = call("rejects", "list", past[0].report["run"], "--config", str(pipe.file()))
    assert code == 2
    assert len(err.splitlines()) == 1
    assert "it cannot be used (it is no regular file)" in err


def test_nobody_is_told_the_exit_code_of_an_earlier_run_for_that_of_the_last(
    call: Any, pipe: Pipe, past: list[Ended]
) -> None:
    names = sorted(done.report["run"] for done in past)
    for name in ("last", names[-1]):
        (pipe.state_dir / "runs" / f"{name}.json").write_bytes(b"")
    config = str(pipe.file())
    code, out, err = call("runs", "last", "--config", config, "--exit-code")
    assert (code, out, names[0] in err) == (2, "", True)
    code, out, _ = call("runs", "last", "--config", config, "--json")
    assert (code, json.loads(out)["run"]) == (0, names[0])
    (pipe.state_dir / "runs" / f"{names[0]}.json").write_bytes(b"")
    code, out, err = call("runs", "last", "--config", config)
    assert (code, out, "no report in" in err) == (2, "", True)


@pytest.mark.parametrize(("leased_until", "word"), [(0, "left no report"), (1 << 60, "goes on")])
def test_nobody_is_told_the_exit_code_of_an_earlier_run_for_that_of_one_without_a_report(
    call: Any, pipe: Pipe, past: list[Ended], leased_until: int, word: str
) -> None:
    config = str(pipe.file())
    last = max(done.report["run"] for done in past)
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute(
            "INSERT INTO workers (run, leased_until, told) VALUES (?, ?, 0)",
            (later := "29990101T000000Z-00000000", leased_until),
        )
    code, out, err = call("runs", "last", "--config", config, "--json")
    assert (code, json.loads(out)["run"]) == (0, last)
    assert f"run {later} began later and " in err
    assert word in err
    code, out, err = call("rejects", "list", "--config", config, "--json")
    assert (code, json.loads(out)["run"], f"run {later} began later and " in err) == (0, last, True)
    code, out, err = call("runs", "last", "--config", config, "--exit-code")
    assert (code, out, last in err, later in err) == (2, "", True, True)
    (pipe.state_dir / "runs" / f"{later}.json").write_bytes(changed(past[0].report, run=later))
    code, out, err = call("runs", "last", "--config", config, "--exit-code")
    assert (code, err) == (4, "")


@pytest.mark.parametrize(("leased_until", "word"), [(0, "left no report"), (1 << 60, "goes on")])
def test_a_first_run_that_was_killed_is_told_as_that(call: Any, pipe: Pipe, leased_until: int, word: str) -> None:
    config = str(pipe.file())
    assert pipe.run_here([schema()]).code == 0
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE workers SET run = ?, leased_until = ?", ("29990101T000000Z-00000000", leased_until))
    told = f"run 29990101T000000Z-00000000 began and {word}"
    shutil.rmtree(pipe.state_dir / "runs")
    code, out, err = call("runs", "last", "--config", config)
    assert (code, out, told in err) == (2, "", True)
    assert told in call("rejects", "list", "--config", config)[2]
    code, out, err = call("runs", "list", "--config", config, "--json")
    assert (code, json.loads(out), told in err) == (0, [], True)


def test_a_ledger_that_cannot_be_read_hides_no_report(call: Any, pipe: Pipe, past: list[Ended]) -> None:
    (pipe.state_dir / "ledger.sqlite").write_bytes(b"no ledger" * 999)
    code, _, err = call("runs", "last", "--config", str(pipe.file()), "--exit-code")
    assert (code, err) == (past[1].code, "")


def test_a_report_under_the_name_of_another_run_is_none(call: Any, pipe: Pipe, past: list[Ended]) -> None:
    copy = pipe.state_dir / "runs" / "20200101T000000Z-00000000.json"
    copy.write_bytes(changed(past[0].report))
    _, out, err = call("runs", "list", "--config", str(pipe.file()), "--json")
    assert len(json.loads(out)) == len(past)
    assert "names another run" in err


def test_what_a_report_says_moves_no_cursor(call: Any, pipe: Pipe, past: list[Ended]) -> None:
    evil = "\x1b[2J\u202eevil"
    report = changed(past[1].report, message=evil, outcome=evil, rejects=evil)
    (pipe.state_dir / "runs" / "last.json").write_bytes(report)
    code, out, _ = call("runs", "last", "--config", str(pipe.file()))
    assert (code, "\u202e" in out, r"\x1b[2J\u202eevil" in out) == (0, False, True)


def test_a_wrong_setting_exits_2(call: Any, pipe: Pipe) -> None:
    code, _, err = call("runs", "last", "--config", str(pipe.file(batch_size_rows="canary")))
    assert (code, "batch_size_rows" in err, "canary" in err) == (2, True, False)


# The frame


def test_help_names_every_command(call: Any) -> None:
    code, out, _ = call("--help")
    assert code == 0
    for command in COMMANDS:
        assert f"  {command}" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(call: Any, command: str) -> None:
    code, out, _ = call(command, "--help")
    assert (code, "Usage: linkedin-conversions" in out) == (0, True)


def test_an_unknown_command_exits_2(call: Any) -> None:
    code, _, err = call("nonsense")
    assert (code, "No such command" in err) == (2, True)


def test_the_script_is_installed_and_has_a_version() -> None:
    done = subprocess.run([SCRIPT, "--version"], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.startswith("linkedin-conversions, version ")


def test_help_imports_neither_the_sdk_nor_the_sandbox_s_server() -> None:
    look = (
        "import sys; from target_linkedin_conversions.cli.main import program; "
        "program.main(['--version'], standalone_mode=False); "
        "print([m for m in ('singer_sdk', 'starlette', 'sqlalchemy', 'requests') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=20, env=environment()
    )
    assert done.stdout.splitlines()[-1] == "[]"
