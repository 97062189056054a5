"""`linkedin-conversions ledger init`, `stats`, `export` and `import`."""

from __future__ import annotations

import gzip
import json
import sqlite3
import stat
import subprocess
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.cli.ledger import export
from target_linkedin_conversions.ledger import Ledger, Status
from target_linkedin_conversions.ledger.tables import SCHEMA_VERSION
from target_linkedin_conversions.settings import Settings
from tests.singer.pipe import COMPANION, environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Companion, Past


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, companion: Companion) -> Companion:
    """The companion with a ledger on SQLite, or on PostgreSQL."""
    if request.param == "postgresql":
        companion.config["ledger_url"] = request.getfixturevalue("postgresql_url")
    return companion


def opened(companion: Companion) -> Ledger:
    """A worker in the ledger that the companion's settings name."""
    settings = Settings.load(companion.config)
    ledger = Ledger(
        settings.ledger_url,
        companion.state_dir,
        run="r",
        quota_key=settings.quota_key,
        per_minute=1000,
        per_day=1000,
    )
    ledger.open()
    return ledger


def delivered(companion: Companion, *names: object, status: Status = Status.DELIVERED, requests: int = 0) -> None:
    with closing(opened(companion)) as ledger:
        digests = [str(name).encode().rjust(16, b"-") for name in names]
        ledger.batches.mark(ledger.claims.claim("101", digests, [0] * len(names), resend=True).batch, status)
        for _ in range(requests):
            ledger.quota.reserve()


# init


def test_init_makes_the_ledger_once_and_says_where_and_since_when(anywhere: Companion) -> None:
    first = anywhere.data("ledger", "init", require_ledger=True)
    again = anywhere.data("ledger", "init", require_ledger=True)
    assert (first.pop("made"), again.pop("made")) == (True, False)
    assert first == again
    assert set(first) == {"ledger", "kind", "created", "schema_version", "upgraded_from"}
    assert (first["schema_version"], first["upgraded_from"]) == (SCHEMA_VERSION, None)
    code, out, _ = anywhere("ledger", "init")
    assert code == 0
    assert out.startswith(f"ledger {first['ledger']}, kept since {first['created'][:10]} ")


def test_a_run_that_requires_a_ledger_starts_after_init(past: Past) -> None:
    past.pipe.config["require_ledger"] = True
    past.deliver(1)
    assert past.report()["outcome"] == "config"
    past.companion("ledger", "init")
    past.deliver(1)
    assert past.report()["counts"] == {"delivered": 1}


def test_init_keeps_the_folder_private_and_out_of_version_control(companion: Companion) -> None:
    companion("ledger", "init")
    assert stat.S_IMODE((companion.state_dir / "ledger.sqlite").stat().st_mode) == 0o600
    assert (companion.state_dir / ".gitignore").read_text().strip() == "*"


def test_init_upgrades_a_ledger_of_an_earlier_release(companion: Companion) -> None:
    companion("ledger", "init")
    with closing(sqlite3.connect(companion.state_dir / "ledger.sqlite")) as file:
        file.executescript(
            "ALTER TABLE batches DROP COLUMN resent; ALTER TABLE batches DROP COLUMN days; ALTER TABLE workers DROP COLUMN told;"
            "UPDATE meta SET value = CAST('1' AS BLOB) WHERE name = 'version'",
        )
    code, out, _ = companion("ledger", "init")
    assert (code, out.splitlines()[-1]) == (0, f"upgraded from version 1 to {SCHEMA_VERSION}")
    assert companion.data("ledger", "init")["upgraded_from"] is None


def test_a_state_dir_on_a_url_needs_a_ledger_url(companion: Companion) -> None:
    for command in ("init", "stats"):
        code, _, err = companion("ledger", command, state_dir="memory://x", private_dir=str(companion.folder))
        assert (code, "set ledger_url to a PostgreSQL database" in err) == (2, True)


# stats


def test_stats_tell_what_the_ledger_holds(anywhere: Companion) -> None:
    delivered(anywhere, 1, 2, 3, requests=4)
    delivered(anywhere, 4, status=Status.IN_DOUBT)
    found = anywhere.data("ledger", "stats")
    rule = {"rule": "101", "delivered": 3, "leaving": 0, "waiting": 0, "free": 0, "in_doubt": 1, "resent": 0}
    assert found["rules"] == [{**rule, "batches": 2}]
    assert (found["identities"], found["exact"], found["delivered"], found["in_doubt"]) == (4, True, 3, 1)
    assert (found["quota_used_today"], found["requests_per_day"]) == (4, 300_000)
    assert (found["workers"], found["workers_alive"], found["pruning"]) == (2, 0, False)
    assert found["bytes"] > 4000
    assert found["ledger_exists"] is True
    assert found["created"] <= found["oldest_batch"] <= found["newest_batch"]
    code, out, _ = anywhere("ledger", "stats")
    assert code == 0
    assert "4 identities in" in out
    assert "4 of 300,000 requests spent today (UTC)" in out


def test_stats_of_an_empty_ledger_are_short(companion: Companion) -> None:
    companion("ledger", "init")
    code, out, _ = companion("ledger", "stats")
    assert code == 0
    assert "0 identities in" in out
    assert "0 runs alive of 0 in the ledger" in out


def test_stats_make_no_ledger(anywhere: Companion) -> None:
    found = anywhere.data("ledger", "stats")
    assert (found["ledger_exists"], set(found)) == (False, {"ledger", "kind", "ledger_exists"})
    assert f"`linkedin-conversions ledger init {anywhere.options}` makes it" in anywhere("ledger", "stats")[1]
    assert not companion_made_anything(anywhere)


def companion_made_anything(companion: Companion) -> bool:
    found: bool = companion.data("ledger", "stats")["ledger_exists"] or companion.state_dir.exists()
    return found


def test_no_command_shows_the_password_of_the_ledger(companion: Companion, postgresql_url: str, tmp_path: Path) -> None:
    head, _, query = postgresql_url.partition("?")
    url = f"{head.replace('postgres:', 'postgres:s3cret-word')}?{query}"
    assert "s3cret-word" in url
    for command in (["init"], ["stats"], ["export", str(tmp_path / "x.jsonl")], ["import", str(tmp_path / "x.jsonl")]):
        for more in ([], ["--json"]):
            _, out, err = companion("ledger", *command, *more, ledger_url=url)
            assert "s3cret" not in out + err
            assert "linkedin" not in err.lower().replace("linkedin-conversions", "")


# export and import


def moved(companion: Companion, name: str) -> dict[str, Any]:
    """Settings of a second ledger."""
    return {"state_dir": str(companion.folder / name), "ledger_url": None}


@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger.jsonl.gz"])
def test_a_ledger_moves_as_a_file_for_this_user_alone(anywhere: Companion, name: str) -> None:
    delivered(anywhere, 1, 2, 3, requests=2)
    delivered(anywhere, 4, status=Status.IN_DOUBT)
    file = anywhere.folder / name
    told = anywhere.data("ledger", "export", str(file))
    assert (told["identities"], told["batches"], told["quota_days"], told["file"]) == (4, 2, 1, str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    data = file.read_bytes()
    lines = (gzip.decompress(data) if name.endswith(".gz") else data).splitlines()
    assert [json.loads(line)["type"] for line in lines] == [
        "header",
        "quota",
        "batch",
        "batch",
        "deliveries",
        "trailer",
    ]
    before = anywhere.data("ledger", "stats")
    there = moved(anywhere, "there")
    done = anywhere.data("ledger", "import", str(file), **there)
    assert (done["new"], done["adopted"], done["batches"], done["quota_days"]) == (4, True, 2, 1)
    after = anywhere.data("ledger", "stats", **there)
    for name_ in ("identities", "delivered", "in_doubt", "rules", "quota_used_today", "created"):
        assert after[name_] == before[name_]
    assert (anywhere.folder / "there" / ".gitignore").exists()


def test_people_are_told_what_moved_and_that_the_file_is_secret(companion: Companion) -> None:
    delivered(companion, 1, 2)
    file = str(companion.folder / "ledger.jsonl")
    code, out, _ = companion("ledger", "export", file)
    assert (code, "2 identities in 1 batch exported from" in out, "keep it secret" in out) == (0, True, True)
    code, out, _ = companion("ledger", "import", file, **moved(companion, "there"))
    assert (code, out.startswith("2 identities imported into")) == (0, True)
    assert "taken over the file's key" in out
    assert "2 were known" in companion("ledger", "import", file)[1]


def test_a_single_event_is_told_as_one(companion: Companion) -> None:
    delivered(companion, 1)
    file = str(companion.folder / "ledger.jsonl")
    companion("ledger", "export", file)
    assert "1 was known" in companion("ledger", "import", file)[1]


def test_a_file_that_is_there_is_only_replaced_by_force(companion: Companion) -> None:
    delivered(companion, 1)
    file = companion.folder / "ledger.jsonl"
    file.write_text("mine")
    code, _, err = companion("ledger", "export", str(file))
    assert (code, "add --force" in err, file.read_text()) == (2, True, "mine")
    assert companion("ledger", "export", str(file), "--force")[0] == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(companion.folder.glob(".*"))


def test_an_export_to_stdout_is_an_import_from_stdin(companion: Companion) -> None:
    delivered(companion, 1, 2)
    data = b""
    for arguments, settings in (
        (["export"], companion.config),
        (["import", "-", "--json"], {**companion.config, **moved(companion, "there")}),
    ):
        path = companion.folder / "c.json"
        path.write_text(json.dumps(settings))
        command = [*COMPANION, "ledger", *arguments, "--config", str(path)]
        data = subprocess.run(
            command, input=data, stdout=subprocess.PIPE, check=True, timeout=60, env=environment()
        ).stdout
    assert json.loads(data)["new"] == 2


def test_an_export_to_stdout_leaves_no_room_for_json(companion: Companion) -> None:
    delivered(companion, 1)
    code, out, err = companion("ledger", "export", "--json")
    assert (code, out, "name a FILE" in err) == (2, "", True)


def test_without_a_ledger_nothing_is_exported_and_none_is_made(anywhere: Companion) -> None:
    file = anywhere.folder / "ledger.jsonl"
    code, _, err = anywhere("ledger", "export", str(file))
    assert (code, "linkedin-conversions ledger init" in err, file.exists()) == (2, True, False)
    assert not companion_made_anything(anywhere)


def test_a_file_that_was_cut_is_refused_and_leaves_no_ledger(anywhere: Companion) -> None:
    delivered(anywhere, *range(50))
    for name in ("whole.jsonl", "whole.jsonl.gz"):
        file = anywhere.folder / name
        anywhere("ledger", "export", str(file))
        data = file.read_bytes()
        for size in (0, 20, len(data) // 2, len(data) - 12):
            cut = anywhere.folder / f"cut-{name}"
            cut.write_bytes(data[:size])
            there = moved(anywhere, f"there-{name}-{size}")
            code, out, err = anywhere("ledger", "import", str(cut), **there)
            assert (code, out, "nothing was imported" in err) == (2, "", True), (name, size)
            assert not anywhere.data("ledger", "stats", **there)["ledger_exists"]


def test_a_file_that_is_no_export_is_refused_before_a_ledger_is_made(companion: Companion) -> None:
    path = companion.folder / "other.jsonl"
    path.write_text('{"type": "SCHEMA"}\n')
    for file in (path, companion.folder / "missing.jsonl"):
        code, _, err = companion("ledger", "import", str(file))
        assert (code, err.startswith("Error: FILE: ")) == (2, True)
    assert not companion.state_dir.exists()


def test_another_key_exits_2_with_the_mend(companion: Companion) -> None:
    delivered(companion, 1)
    file = str(companion.folder / "ledger.jsonl")
    companion("ledger", "export", file)
    there = moved(companion, "there")
    delivered(SimpleNamespace(config={**companion.config, **there}, state_dir=companion.folder / "there"), 2)  # type: ignore[arg-type]
    code, _, err = companion("ledger", "import", file, **there)
    assert (code, "name an empty state_dir, or another ledger_url" in err) == (2, True)


def test_while_a_run_is_alive_nothing_is_imported(companion: Companion) -> None:
    delivered(companion, 1)
    file = str(companion.folder / "ledger.jsonl")
    companion("ledger", "export", file)
    with closing(opened(companion)):
        code, _, err = companion("ledger", "import", file)
    assert (code, "wait until it has ended" in err) == (2, True)


def test_a_file_that_cannot_be_written_exits_2(companion: Companion) -> None:
    delivered(companion, 1)
    code, _, err = companion("ledger", "export", str(companion.folder / "missing" / "x.jsonl"))
    assert (code, "cannot be written" in err) == (2, True)


def test_only_long_work_tells_how_far_it_is(companion: Companion, monkeypatch: pytest.MonkeyPatch) -> None:
    delivered(companion, 1, 2)
    file = str(companion.folder / "ledger.jsonl")
    assert companion("ledger", "export", file)[2] == ""
    monkeypatch.setattr(export, "_EVERY_SECONDS", 0.0)
    assert companion("ledger", "export", file, "--force")[2] == "2 of about 2 identities exported\n"
    assert companion("ledger", "import", file)[2] == "2 of about 2 identities imported\n"


@pytest.mark.parametrize("command", ["init", "stats", "mark", "export", "import"])
def test_every_command_has_a_help_with_examples(companion: Companion, command: str) -> None:
    code, out, _ = companion("ledger", command, "--help")
    assert code == 0
    assert "Examples:\n  " in out or "Examples:\n    " in out
    assert "--json" in out


def test_the_words_of_the_table_are_explained(past: Past) -> None:
    past.deliver(1, 2)
    _, out, _ = past.companion("ledger", "stats")
    assert "delivered: LinkedIn took them" in out
    assert "in doubt:" not in out
