"""A ledger that was carried here, damaged, moved away or put back: known as such, and never trusted blindly."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from target_linkedin_conversions.cli.main import program
from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.errors import ConfigError, LedgerError, exit_code_of
from target_linkedin_conversions.ledger import Ledger
from target_linkedin_conversions.ledger.integrity import integrity
from target_linkedin_conversions.sandbox import Sandbox
from tests.singer.pipe import Ended, Pipe, record, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "5f" * 8 + "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(lint="off") as sandbox:
        yield sandbox


@pytest.fixture
def pipe(tmp_path: Path, running: Sandbox) -> Pipe:
    running.reset()
    return Pipe(tmp_path, running)


def run(pipe: Pipe, *numbers: int, **settings: Any) -> Ended:
    midnight = pipe.linkedin.now() // DAY_MS * DAY_MS  # the same in every run: the time is part of an event's identity
    return pipe.run_here([schema(), *(record(midnight, n) for n in numbers)], **settings)


def companion(pipe: Pipe, *arguments: str, **settings: Any) -> tuple[int, str]:
    """Exit code and output of a command."""
    done = CliRunner().invoke(program, [*arguments, "--config", str(pipe.file("companion.json", **settings))])
    assert done.exception is None or isinstance(done.exception, SystemExit | ConfigError | LedgerError), done.exception
    code = exit_code_of(done.exception) if isinstance(done.exception, ConfigError | LedgerError) else done.exit_code
    return code, done.output + str(done.exception or "")


# What an import takes


HEADER = {
    "type": "header",
    "format": 1,
    "schema_version": 3,
    "key": bytes(range(32)).hex(),
    "created": 1,
    "exported": 1,
    "identities": 1,
    "first_batch": 1,
    "last_batch": 1,
}
BATCH = {"type": "batch", "id": 1, "rule": "101", "status": "delivered", "created": 1}
QUOTA = {"type": "quota", "key": "q", "day": 1, "used": 1}
ROWS = {"type": "deliveries", "rows": [["00" * 16, 1, 0]]}
TRAILER = {"type": "trailer", "quota_days": 1, "batches": 1, "deliveries": 1}
WHOLE = (HEADER, QUOTA, BATCH, ROWS, TRAILER)
FORGED: list[tuple[int, dict[str, Any]]] = [
    *((0, {"created": value}) for value in (10**30, -1, 2**63, 253_402_300_800_000, 1.5, None)),
    *((0, {"key": value}) for value in ("", "00" * 32, "ab" * 32, "00" * 31, "zz" * 32, "0" * 10_000, None)),
    *((0, {"exported": 10**30}) for _ in "x"),
    *((0, {name: 2**63}) for name in ("identities", "first_batch", "last_batch", "oldest", "newest")),
    (0, {"first_batch": 2}),
    (0, {"check": "00" * 16, "key": ""}),
    *((1, {"key": value}) for value in ("", "x" * 1000)),
    *((1, {"day": value}) for value in (10**30, -1, 10**9)),
    *((1, {"used": value}) for value in (10**30, -1, 2**31)),
    *((2, {"rule": value}) for value in ("", "x" * 1000)),
    *((2, {"created": value}) for value in (10**30, -1)),
    *((2, {"id": value}) for value in (10**30, 2**63, -(2**63))),
    *((3, {"rows": [["00" * 16, 1, value]]}) for value in (10**30, 2**63, -1)),
    *((3, {"rows": [[value, 1, 0]]}) for value in ("", "00" * 1000, "00" * 15)),
    (4, {"deliveries": 10**30}),
]


def lines_of(*changed: tuple[int, dict[str, Any]]) -> bytes:
    lines = [dict(line) for line in WHOLE]
    for index, change in changed:
        lines[index] |= change
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@pytest.mark.parametrize("forged", FORGED, ids=[f"{WHOLE[i]['type']} {str(change)[:30]}" for i, change in FORGED])
def test_a_value_that_no_ledger_holds_is_not_imported_and_leaves_none(pipe: Pipe, forged: Any) -> None:
    file = pipe.folder / "ledger.jsonl"
    file.write_bytes(lines_of(forged))
    code, said = companion(pipe, "ledger", "import", str(file))
    assert code == 2, said
    assert run(pipe, 1).code == 0


def test_the_lines_that_were_forged_above_are_taken_as_they_were(pipe: Pipe) -> None:
    (pipe.folder / "ledger.jsonl").write_bytes(lines_of())
    assert companion(pipe, "ledger", "import", str(pipe.folder / "ledger.jsonl"))[0] == 0


@pytest.mark.parametrize("piece", [b" ", b"[", b'{"type":"header",', b"\0"])
def test_a_small_file_that_unpacks_to_a_line_without_end_is_read_no_further(pipe: Pipe, piece: bytes) -> None:
    file = pipe.folder / "ledger.jsonl.gz"
    with gzip.open(file, "wb", compresslevel=1) as packed:
        packed.write(lines_of().splitlines()[0] + b"\n")
        for _ in range(30):
            packed.write(piece * ((1 << 20) // len(piece)))
    code, said = companion(pipe, "ledger", "import", str(file))
    assert (code, "its line 2 is longer" in said) == (2, True), said


# What is damaged


def edited(pipe: Pipe, statement: str) -> None:
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite", isolation_level=None)) as connection:
        connection.execute(statement)


DAMAGED = {
    "a status": "UPDATE batches SET status = 67",
    "a status that is text": "UPDATE batches SET status = 'x'",
    "a time": "UPDATE batches SET created = 1e30",
    "a count": "UPDATE batches SET events = events + 64",
    "a digest that is a number": "UPDATE deliveries SET digest = 1000000000000000 WHERE digest = (SELECT min(digest) FROM deliveries)",
    "a digest": "UPDATE deliveries SET digest = x'00' WHERE digest = (SELECT min(digest) FROM deliveries)",
    "a batch": "UPDATE deliveries SET batch = batch + 1024",
}


@pytest.mark.parametrize("statement", DAMAGED.values(), ids=DAMAGED)
def test_rows_that_no_run_has_written_are_found_and_never_a_fault_of_the_program(pipe: Pipe, statement: str) -> None:
    run(pipe, 1, 2)
    code, said = companion(pipe, "ledger", "check")
    assert (code, said.startswith("sound: ")) == (0, True)
    edited(pipe, statement)
    assert "sound" not in companion(pipe, "ledger", "check")[1]
    code, said = companion(pipe, "ledger", "check", "--json")
    assert code == 2
    found = json.loads(said.splitlines()[0])
    assert (found["sound"], found["problems"] != []) == (False, True)
    assert run(pipe, 1, 2, 3).code in {0, 2}
    assert companion(pipe, "ledger", "stats")[0] in {0, 2}
    assert companion(pipe, "ledger", "export", str(pipe.state_dir / "exported.jsonl"))[0] in {0, 2}


@pytest.mark.parametrize(
    "rule", ["canary.7f3a@private.example", "n" * 100_000, "\x1b[31m\noutcome=done exit=0", "[/x]"]
)
def test_a_rule_that_somebody_else_wrote_is_shown_as_any_name(pipe: Pipe, rule: str) -> None:
    run(pipe, 1)
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE batches SET rule = ?", (rule,))
    for more in ((), ("--json",)):
        code, said = companion(pipe, "ledger", "stats", *more)
        assert (code, rule in said, "canary" in said) == (0, rule == "[/x]", False), said
        assert max(map(len, said.splitlines())) < 2000


def refuses_with(pipe: Pipe, name: str, value: float | bytes) -> None:
    """A run made the ledger, somebody gave one of its facts this value: the next run ends with exit 2 and one sentence."""
    run(pipe, 1)
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
    done = run(pipe, 1)
    assert done.code == 2, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["created", "version", "key", "last_run"])
@pytest.mark.parametrize("value", [2**62, 10**15 + 0.5])
def test_a_ledger_whose_own_facts_are_numbers_fills_no_memory(pipe: Pipe, name: str, value: float) -> None:
    """So many bytes `bytes` would make of a whole one."""
    refuses_with(pipe, name, value)


@pytest.mark.parametrize("name", ["created", "version", "key"])
@pytest.mark.parametrize("value", [b"1" * 31, b"x", b"", b"-1", b"\xff\xfe"])
def test_a_ledger_whose_own_facts_are_damaged_ends_each_run_with_exit_2(pipe: Pipe, name: str, value: bytes) -> None:
    refuses_with(pipe, name, value)
    assert run(pipe, 1, dry_run=True).code == 2


def test_another_programs_database_is_no_ledger_and_gets_no_table_of_ours(pipe: Pipe) -> None:
    pipe.state_dir.mkdir(mode=0o700)
    path = pipe.state_dir / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as theirs, theirs:
        theirs.execute("CREATE TABLE places (url TEXT)")
    done = run(pipe, 1)
    assert (done.code, done.report["outcome"], pipe.linkedin.received) == (2, "ledger", [])
    assert "is another program's database" in done.stderr
    assert companion(pipe, "ledger", "init")[0] == 2
    with closing(sqlite3.connect(path)) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("places",)]


def test_a_flipped_byte_anywhere_in_the_file_is_exit_2_or_nothing(pipe: Pipe) -> None:
    run(pipe, *range(1, 60))
    path = pipe.state_dir / "ledger.sqlite"
    whole = path.read_bytes()
    found = 0
    written = [
        place for place, byte in enumerate(whole) if byte and place > len("SQLite")
    ]  # the rest of a page holds nothing yet
    for place in written[:: len(written) // 24]:
        broken = bytearray(whole)
        broken[place] ^= 0x41
        path.write_bytes(broken)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        code, said = companion(pipe, "ledger", "check")
        assert code in {0, 2}, said
        done = run(pipe, 1)
        assert done.code in {0, 2}, (place, done.stderr)
        found += code == 2
    assert found > 3


@pytest.mark.parametrize("content", [b"no database at all " * 100, None], ids=["another file", "cut"])
def test_a_file_that_is_no_ledger_at_all_is_judged_and_nobody_sent_round(pipe: Pipe, content: bytes | None) -> None:
    run(pipe, 1, 2)
    path = pipe.state_dir / "ledger.sqlite"
    path.write_bytes(path.read_bytes()[:3000] if content is None else content)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    code, said = companion(pipe, "ledger", "check")
    assert (code, "ledger check" in said, "move it away" in said) == (2, False, True), said
    code, said = companion(pipe, "ledger", "check", "--json")
    found = json.loads(said.splitlines()[0])
    assert (code, found["sound"], found["looked_at"], len(found["problems"])) == (2, False, [], 1)


def test_a_ledger_of_a_newer_release_is_not_called_damaged(pipe: Pipe) -> None:
    run(pipe, 1)
    edited(pipe, "UPDATE meta SET value = '999' WHERE name = 'version'")
    code, said = companion(pipe, "ledger", "check")
    assert (code, "damaged" in said, "newer" in said) == (2, False, True), said


def test_a_ledger_on_postgresql_is_looked_at_by_its_rows(postgresql_url: str, tmp_path: Path) -> None:
    ledger = Ledger(postgresql_url, tmp_path, run="r", quota_key="q", per_minute=10, per_day=10)
    ledger.open()
    ledger.claims.claim("101", [b"x" * 16], [0], resend=True)
    found = integrity(ledger.database)
    assert (found.problems, found.looked_at) == ([], ["batches and identities"])
    with ledger.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE batches SET status = 67, events = 7")
    assert len(integrity(ledger.database).problems) == 2
    ledger.close()


# What is not there any more


def delete(path: Path) -> None:
    path.unlink()


def rename(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


def replace(path: Path) -> None:
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def move_the_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


def link(path: Path) -> None:
    shutil.copy(path, path.with_name("copy"))
    path.unlink()
    path.symlink_to("copy")


@pytest.mark.parametrize("away", [delete, rename, replace, move_the_folder, link])
def test_a_ledger_that_is_taken_away_under_a_run_stops_it_before_the_next_batch(
    tmp_path: Path, away: Callable[[Path], None]
) -> None:
    ledger = Ledger(None, tmp_path / "state", run="r", quota_key="q", per_minute=10, per_day=10)
    ledger.open()
    ledger.claims.claim("101", [b"x" * 16], [0], resend=True)
    ledger.quota.reserve()
    away(tmp_path / "state" / "ledger.sqlite")
    for use in (
        lambda: ledger.claims.claim("101", [b"y" * 16], [0], resend=True),
        ledger.quota.reserve,
        ledger.lease.heartbeat,
    ):
        with pytest.raises(LedgerError, match="deleted, renamed or replaced") as stop:
            use()
        assert exit_code_of(stop.value) == 2
    ledger.close()


# What is put back


def put_back(pipe: Pipe) -> None:
    """Run once, keep a copy of the ledger, run again, and put the copy back."""
    path, kept = pipe.state_dir / "ledger.sqlite", pipe.folder / "kept"
    assert run(pipe, 1).code == 0
    shutil.copy(path, kept)
    assert run(pipe, 2).code == 0
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(kept, path)


def test_an_older_copy_beside_newer_reports_is_a_warning_once(pipe: Pipe) -> None:
    put_back(pipe)
    done = run(pipe, 3)
    assert done.code == 0, done.stderr
    assert "is an older copy" in done.stderr
    assert "ledger import" in done.stderr
    assert [warning for warning in done.report["warnings"] if "older copy" in warning]
    assert "is an older copy" not in run(pipe, 4).stderr


def test_an_older_copy_stops_a_run_that_requires_the_ledger_until_it_is_mended(pipe: Pipe) -> None:
    put_back(pipe)
    before = len(pipe.linkedin.received)
    for _ in range(2):
        done = run(pipe, 3, require_ledger=True)
        assert done.code == 2, done.stderr
        assert "ledger mark" in done.stderr
    assert run(pipe, 3, dry_run=True).code == 0
    assert run(pipe, 3, require_ledger=True).code == 2
    assert len(pipe.linkedin.received) == before
    exported = pipe.folder / "exported.jsonl"
    assert companion(pipe, "ledger", "export", str(exported))[0] == 0
    assert companion(pipe, "ledger", "import", str(exported))[0] == 0
    assert run(pipe, 3, require_ledger=True).code == 0


@pytest.mark.parametrize("report", [b"", b"{", b"\xff", b"[1]", b'{"run": 7}', b'{"run": "9", "requests": "x"}'])
def test_a_report_that_is_none_says_nothing_of_the_ledger(pipe: Pipe, report: bytes) -> None:
    assert run(pipe, 1).code == 0
    (pipe.state_dir / "runs" / "29991231T000000Z-00000000.json").write_bytes(report)
    assert "older copy" not in run(pipe, 2).stderr


# A key that is kept apart


def meta(pipe: Pipe) -> dict[str, bytes]:
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as connection:
        return dict(connection.execute("SELECT name, value FROM meta").fetchall())


def test_a_key_apart_is_nowhere_in_the_ledger_and_finds_what_was_delivered(pipe: Pipe) -> None:
    assert run(pipe, 1, ledger_key=KEY).counts == {"delivered": 1}
    assert run(pipe, 1, ledger_key=KEY).counts == {"already_delivered": 1}
    rows = meta(pipe)
    assert "key" not in rows
    assert len(rows["key_check"]) == 16
    database = Ledger(None, pipe.state_dir, run="r", quota_key="q", per_minute=1, per_day=1).database
    assert KEY.encode() not in database.path.read_bytes()  # type: ignore[union-attr]  # it is a file


@pytest.mark.parametrize("other", [None, KEY[::-1], KEY + "0"])
def test_a_ledger_is_opened_with_its_own_key_only(pipe: Pipe, other: str | None) -> None:
    run(pipe, 1, ledger_key=KEY)
    done = run(pipe, 1, ledger_key=other)
    assert done.code == 2
    assert "ledger_key" in done.stderr
    assert KEY not in done.stderr
    assert run(pipe, 1, ledger_key=other, dry_run=True).code == 2
    assert companion(pipe, "ledger", "stats", ledger_key=other)[0] == 2
    assert len(pipe.linkedin.received) == 1


def test_a_ledger_that_holds_its_key_is_not_opened_with_one_apart(pipe: Pipe) -> None:
    run(pipe, 1)
    done = run(pipe, 1, ledger_key=KEY)
    assert (done.code, "holds a key of its own" in done.stderr) == (2, True)


@pytest.mark.parametrize("key", ["short", "a" * 40, "with a space in it, and long enough", "$LEDGER_KEY", "é" * 32])
def test_a_text_that_is_no_key_is_refused_and_not_shown(pipe: Pipe, key: str) -> None:
    done = run(pipe, 1, ledger_key=key)
    assert done.code == 2
    assert "ledger_key: " in done.stderr
    assert key == "$LEDGER_KEY" or key not in done.stderr


def test_a_ledger_with_a_key_apart_moves_to_one_with_the_same_key_and_no_other(pipe: Pipe) -> None:
    run(pipe, 1, 2, ledger_key=KEY)
    file = pipe.folder / "moved.jsonl"
    assert companion(pipe, "ledger", "export", str(file), ledger_key=KEY)[0] == 0
    assert json.loads(file.read_bytes().splitlines()[0])["key"] == ""
    there = str(pipe.folder / "there")
    for other in (None, KEY[::-1]):
        code, said = companion(pipe, "ledger", "import", str(file), state_dir=there, ledger_key=other)
        assert (code, "ledger_key" in said) == (2, True)
    assert companion(pipe, "ledger", "import", str(file), state_dir=there, ledger_key=KEY)[0] == 0
    assert run(pipe, 1, 2, state_dir=there, ledger_key=KEY).code == 0
    assert len(pipe.linkedin.received) == 2


def test_a_file_with_another_key_is_not_imported_into_a_ledger_with_a_key_apart(pipe: Pipe) -> None:
    run(pipe, 1)
    file = pipe.folder / "moved.jsonl"
    assert companion(pipe, "ledger", "export", str(file))[0] == 0
    there = str(pipe.folder / "there")
    assert companion(pipe, "ledger", "import", str(file), state_dir=there, ledger_key=KEY)[0] == 2
    assert run(pipe, 1, state_dir=there, ledger_key=KEY).code == 0


@pytest.mark.parametrize("table", ["batches", "deliveries", "workers", "quota_days"])
def test_a_table_that_was_taken_away_is_not_made_anew_and_empty(pipe: Pipe, table: str) -> None:
    """Without its batches no event would be known as delivered, and all be sent again."""
    assert run(pipe, 1).counts == {"delivered": 1}
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute(f"DROP TABLE {table}")
    code, out = companion(pipe, "ledger", "check")
    assert (code, f"the table {table} is missing" in out) == (2, True)
    done = run(pipe, 1)
    assert (done.code, done.report["outcome"], len(pipe.linkedin.received)) == (2, "ledger", 1)
    assert f"lacks its table {table}; nothing more is sent" in done.stderr


def test_a_ledger_whose_key_was_taken_away_gets_no_new_one(pipe: Pipe) -> None:
    """With another key no digest in it would be found again, and all be sent again."""
    assert run(pipe, 1).counts == {"delivered": 1}
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("DELETE FROM meta")
    for asked in ("init", "check", "stats", "export"):
        code, out = companion(pipe, "ledger", asked)
        assert (code, "has lost its key" in out) == (2, True), (asked, out)
    done = run(pipe, 1)
    assert (done.code, done.report["outcome"], len(pipe.linkedin.received)) == (2, "ledger", 1)
    assert "has lost its key (meta is empty); nothing more is sent" in done.stderr


def test_a_column_that_another_has_renamed_is_found(pipe: Pipe) -> None:
    run(pipe, 1)
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("ALTER TABLE batches RENAME COLUMN rule TO ruel")
    code, out = companion(pipe, "ledger", "check")
    assert (code, "the table batches lacks its column rule" in out) == (2, True)


@pytest.mark.parametrize("value", [5, 1.5, "text"])
def test_a_key_of_another_kind_is_a_damaged_key_to_every_command(pipe: Pipe, value: object) -> None:
    run(pipe, 1)
    with closing(sqlite3.connect(pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE meta SET value = ? WHERE name = 'key'", [value])
    for asked in ("check", "stats", "export"):
        code, out = companion(pipe, "ledger", asked)
        assert (code, "the key of the ledger" in out) == (2, True), (asked, out)
