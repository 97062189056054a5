"""`linkedin-conversions quota`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.ledger.database import Database
from target_linkedin_conversions.ledger.quota import Quota
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Companion


def spend(folder: Path, key: str, requests: int) -> None:
    with closing(Database(None, folder)) as database:
        database.open()
        for _ in range(requests):
            Quota(database, key, 1000, 1000).reserve()


def test_it_tells_what_is_spent_and_what_is_left(companion: Companion) -> None:
    spend(companion.state_dir, "mine", 3)
    found = companion.data("quota", quota_key="mine", requests_per_day=10)
    assert (found["used_today"], found["left_today"], found["requests_per_day"]) == (3, 7, 10)
    _, out, _ = companion("quota", quota_key="mine", requests_per_day=10)
    assert out.startswith("3 of 10 requests spent today (UTC), 7 left\ncounted for mine in ")


def test_large_numbers_are_written_alike(companion: Companion) -> None:
    spend(companion.state_dir, "mine", 3)
    _, out, _ = companion("quota", quota_key="mine", requests_per_day=300_000)
    assert out.startswith("3 of 300,000 requests spent today (UTC), 299,997 left\n")


def test_nothing_is_left_of_a_limit_that_was_lowered(companion: Companion) -> None:
    spend(companion.state_dir, "mine", 3)
    assert companion.data("quota", quota_key="mine", requests_per_day=1)["left_today"] == 0


def test_another_key_has_a_quota_of_its_own(companion: Companion) -> None:
    spend(companion.state_dir, "mine", 3)
    assert companion.data("quota", quota_key="other")["used_today"] == 0


def test_asking_spends_nothing(companion: Companion) -> None:
    spend(companion.state_dir, "mine", 3)
    assert [companion.data("quota", quota_key="mine")["used_today"] for _ in range(3)] == [3, 3, 3]


def test_a_ledger_that_is_not_there_is_not_created(companion: Companion) -> None:
    found = companion.data("quota")
    assert (found["used_today"], found["ledger_exists"]) == (0, False)
    assert "does not exist yet" in companion("quota")[1]
    assert not companion.state_dir.exists()


def test_an_empty_database_does_not_become_a_ledger(companion: Companion) -> None:
    companion.state_dir.mkdir()
    path = companion.state_dir / "ledger.sqlite"
    path.touch()
    assert companion.data("quota")["ledger_exists"] is False
    assert companion.data("quota")["ledger_exists"] is False


def test_a_file_that_is_no_ledger_exits_2(companion: Companion) -> None:
    companion.state_dir.mkdir()
    (companion.state_dir / "ledger.sqlite").write_text("this is no database, but a text " * 40)
    code, _, err = companion("quota")
    assert code == 2
    assert "cannot be used" in err


def test_a_key_made_of_the_token_is_masked(companion: Companion) -> None:
    key = Settings.load(companion.config).quota_key
    spend(companion.state_dir, key, 2)
    found = companion.data("quota")
    assert found["used_today"] == 2
    assert found["key"] == f"token {key[:4]}…"
    assert key not in companion("quota")[1]


@pytest.mark.parametrize("setting", ["client_id", "quota_key"])
def test_a_key_of_ones_own_is_shown(companion: Companion, setting: str) -> None:
    assert companion.data("quota", **{setting: "app-78abc"})["key"] == "app-78abc"


def test_without_credentials_it_works_too(companion: Companion) -> None:
    assert companion.data("quota", access_token=None, quota_key="mine")["used_today"] == 0
