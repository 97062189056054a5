"""`preview --expect`: rows, and what must become of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from target_linkedin_conversions.cli.preview.command import preview
from target_linkedin_conversions.errors import ConfigError

if TYPE_CHECKING:
    from click.testing import Result

DOCS = Path(__file__).parents[2] / "docs" / "preview.md"
CASES, SETTING = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)


@pytest.fixture
def run(tmp_path: Path) -> Any:
    config, file = tmp_path / "config.json", tmp_path / "cases.yml"
    config.write_text(json.dumps(yaml.safe_load(SETTING)))

    def run(text: str, *arguments: str) -> Result:
        file.write_text(text)
        return CliRunner().invoke(preview, ["--config", str(config), "--expect", str(file), *arguments])

    return run


def test_the_example_of_the_docs_holds(run: Any) -> None:
    done = run(CASES)
    assert (done.exit_code, done.stdout) == (0, "4 cases, all hold\n")


@pytest.mark.parametrize(
    ("old", "new", "path", "expected", "came"),
    [
        (
            "conversion: 103\n",
            "conversion: 104\n",
            "payload.conversion",
            "partnerconversion:104",
            "partnerconversion:103",
        ),
        ('amount: "129.50"}\n', 'amount: "130"}\n', "payload.conversionValue.amount", "130", "129.50"),
        (
            "idValue: jane.doe@example.com",
            "idValue: jane@example.com",
            "payload.user.userIds[0].idValue",
            "",
            "something else",
        ),
        (
            "conversionHappenedAt: 2026-11-20T10:30",
            "conversionHappenedAt: 2026-11-20T11:30",
            "payload.conversionHappenedAt",
            "2026-11-20T11:30",
            "2026-11-20T10:30",
        ),
        ("skipped: no_consent", "skipped: deleted", "skipped", "deleted", "no_consent"),
        ("skipped: no_consent", "payload: {conversion: 103}", "payloads", "1 payload", "no_consent"),
        ("rejected: no_time", "rejected: [no_time, bad_time]", "rejected", "bad_time, no_time", "no_time"),
        ("rejected: no_time", "skipped: too_old", "skipped", "too_old", "no_time"),
        ("left_out: [bad_amount]", "left_out: []", "left_out", "nothing", "bad_amount"),
        ("now: 2026-11-27T10:00:00Z", "now: 2027-11-27T10:00:00Z", "payloads", "1 payload", "too_old"),
    ],
)
def test_a_difference_names_its_path_and_what_came(
    run: Any, old: str, new: str, path: str, expected: str, came: str
) -> None:
    assert old in CASES
    done = run(CASES.replace(old, new), "--json")
    found = json.loads(done.stdout)
    differences = [one for result in found["results"] for one in result["differences"]]
    first = next(one for one in differences if one["path"] == path)
    assert done.exit_code == 2
    assert found["cases"] == 4
    assert found["failed"] == sum(not result["holds"] for result in found["results"]) >= 1
    assert expected.lower() in first["expected"].lower()
    assert came.lower() in first["came"].lower()


def test_a_difference_for_people_shows_no_value_of_a_person_that_the_file_does_not_hold(run: Any) -> None:
    done = run(CASES.replace("idValue: jane.doe@example.com", 'idValue: "0000"'))
    assert done.exit_code == 2
    assert "a won deal is sent with its value" in done.stdout
    assert "payload.user.userIds[0].idValue" in done.stdout
    assert not re.search(r"[0-9a-f]{64}", done.stdout)
    assert done.stdout.endswith("4 cases, 1 of 4 does not hold\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cases: [", "is no YAML in line"),
        ("cases: []\n", "has no cases"),
        ("stream: a\ncases: []\nstream: b\n", "a name stands twice in one mapping"),
        ("[]\n", "is no file of cases"),
        ("cases: [{row: {secret: 1}, expect: {skipped: x}}]\n", "cases[0]: nothing says of which stream"),
        ("stream: leads\ncases: [{row: {secret: 1}, expect: {}}]\n", "it expects nothing"),
        ("stream: leads\ncases: [{row: {secret: 1}, expct: {}}]\n", "unknown field `expct`"),
        ("stream: leads\ncases: [{row: {secret: 1}, expect: {skipped: 7}}]\n", "$.cases[0].expect.skipped"),
        ("stream: leads\ncases: [{name: no, row: {secret: 1}, expect: {skipped: x}}]\n", 'in quotes, as in name: "no"'),
        (
            "stream: other\ncases: [{row: {closed_at: 1}, expect: {skipped: deleted}}]\n",
            "no entry of streams fits 'other'",
        ),
        ("stream: leads\nnow: soon\ncases: [{row: {secret: 1}, expect: {skipped: x}}]\n", "now: it cannot be read"),
        ("stream: leads\ncases: [{row: !!python/object/apply:os.getcwd [], expect: {skipped: x}}]\n", "is no YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_place(run: Any, text: str, words: str) -> None:
    done = run(text)
    assert isinstance(done.exception, ConfigError)
    assert words in str(done.exception)
    assert "secret" not in str(done.exception)


def test_a_key_that_a_row_lacks_is_a_difference(run: Any) -> None:
    done = run(CASES.replace("key: [id]", "key: [order_id]"), "--json")
    assert {one["path"] for result in json.loads(done.stdout)["results"] for one in result["differences"]} == {"row"}


def test_cases_stand_for_themselves(run: Any) -> None:
    done = run(CASES)
    twice = run(CASES + CASES.partition("cases:\n")[2])
    assert (done.exit_code, twice.exit_code) == (0, 0)
    assert twice.stdout == "8 cases, all hold\n"


def test_an_input_beside_cases_is_refused(run: Any) -> None:
    assert run(CASES, "leads.csv").exit_code == 2


def test_an_address_in_the_file_is_not_repeated_by_what_does_not_hold(run: Any) -> None:
    wrong = CASES.replace("idValue: jane.doe@example.com", "idValue: jane@acme.example").replace(
        "name: a won deal is sent with its value", "name: deal of jane@acme.example"
    )
    for asked in ((), ("--json",)):
        done = run(wrong, *asked)
        assert (done.exit_code, "acme.example" in done.stdout + done.stderr) == (2, False)
        assert "payload.user.userIds[0].idValue" in done.stdout
    done = run("stream: leads\ncases: [{row: {}, jane@acme.example: 1, expect: {}}]\n")
    assert isinstance(done.exception, ConfigError)
    assert "acme.example" not in str(done.exception)


def test_an_event_id_of_our_own_is_told_as_it_was_expected(run: Any) -> None:
    made = "0123456789abcdef0123456789abcdef"
    done = run(CASES.replace("      conversion: 103\n", f"      conversion: 103\n      eventId: {made}\n"))
    assert (done.exit_code, made in done.stdout) == (2, True)
