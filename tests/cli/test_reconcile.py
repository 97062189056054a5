"""`reconcile`, end to end: rows through the target, LinkedIn's lag and rates, and why the numbers differ."""

from __future__ import annotations

import html
import io
import json
import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.admin.source import by_rule
from target_linkedin_conversions.cli.reconcile.source_counts import source_counts
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings
from tests.reporting.test_page import Page, value_at
from tests.singer.pipe import Pipe, entry, record, schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Companion

DAY = 86_400_000


@pytest.fixture(scope="module")
def linkedin_of_reports() -> Iterator[Sandbox]:
    with Sandbox(reporting_lag_hours=0) as linkedin:
        yield linkedin


class Month:
    """Loads into a sandbox, and the questions after them."""

    def __init__(self, pipe: Pipe, companion: Companion) -> None:
        self.pipe, self.companion, self.linkedin = pipe, companion, pipe.linkedin
        self.now = pipe.linkedin.now()
        pipe.config["account_id"] = 512345678
        companion.config = pipe.config

    def load(self, *records: dict[str, Any], **settings: Any) -> dict[str, Any]:
        done = self.pipe.run_here([schema("leads", "id", "email", "happened_at", "ads_consent"), *records], **settings)
        assert done.code in {0, 6}, done.stderr
        return done.report

    def rows(self, numbers: range, days: int = 5, **changes: Any) -> list[dict[str, Any]]:
        at = self.now - days * DAY
        return [record(self.now, number, **{"happened_at": at + number, **changes}) for number in numbers]

    def ask(self, *arguments: str, **settings: Any) -> dict[str, Any]:
        code, out, err = self.companion("reconcile", *arguments, "--json", **settings)
        assert (code, err) == (0, "")
        found: dict[str, Any] = json.loads(out)
        return found

    def day(self, days: int) -> str:
        return datetime.fromtimestamp((self.now - days * DAY) / 1000, UTC).date().isoformat()


@pytest.fixture
def month(tmp_path: Path, linkedin_of_reports: Sandbox, companion: Companion) -> Month:
    linkedin_of_reports.reset()
    return Month(Pipe(tmp_path, linkedin_of_reports), companion)


def test_sent_and_counted_stand_side_by_side_by_day_and_rule(month: Month) -> None:
    month.load(*month.rows(range(8), days=5), *month.rows(range(8, 10), days=6))
    found = month.ask("--days", "7")
    figures = [(row["rule"], row["name"], row["day"], row["sent"], row["counted"], row["gap"]) for row in found["rows"]]
    assert figures == [
        ("101", "Lead (server)", month.day(6), 2, 2, 0.0),
        ("101", "Lead (server)", month.day(5), 8, 8, 0.0),
    ]
    (total,) = found["totals"]
    assert (total["sent"], total["counted"], total["source"]) == (10, 10, None)
    assert (found["from"], found["to"]) == (month.day(6), month.day(0))
    assert json.loads((month.pipe.state_dir / "runs" / "reconcile.json").read_bytes()) == found


def test_what_was_just_sent_is_not_complete_however_old_it_is(month: Month) -> None:
    month.load(*month.rows(range(2)))
    assert [row["complete"] for row in month.ask()["rows"]] == [False]
    assert month.ask()["complete_until"] == month.day(4)


def test_the_source_and_all_that_was_lost_add_up(month: Month, tmp_path: Path) -> None:
    month.linkedin.configure(match_rate=0.5, attribution_seed=3)
    consent = {"streams": [entry(consent={"column": "ads_consent"})]}
    month.load(
        *month.rows(range(20), ads_consent=True),
        *month.rows(range(20, 23), ads_consent=False),
        *month.rows(range(23, 25), ads_consent=True, email=None),
        *month.rows(range(25, 26), ads_consent=True, days=95),
        **consent,
    )
    counts = tmp_path / "counts.csv"
    counts.write_text(f"day;rule;count\n{month.day(5)};101;27\n{month.day(95)};101;1\n")
    found = month.ask("--source", str(counts), "--days", "100", **consent)
    steps = {(step["step"], step["code"]): step["events"] for step in found["steps"]}
    counted = steps["counted", ""]
    assert 0 < counted < 20
    assert steps == {
        ("source", ""): 28,
        ("never_came", ""): -2,
        ("came", ""): 26,
        ("skipped", "no_consent"): -3,
        ("skipped", "too_old"): -1,
        ("rejected", "no_identifier"): -2,
        ("accepted", ""): 20,
        ("sent", ""): 20,
        ("not_complete", ""): counted - 20,
        ("counted", ""): counted,
    }
    assert [row["source"] for row in found["rows"]] == [1, 27]
    assert {mend["code"] for mend in found["mends"]} == {"no_consent", "no_identifier", "never_came", "too_old"}


def test_the_rates_and_the_lag_of_linkedin_show_in_the_gap(month: Month) -> None:
    month.linkedin.configure(reporting_lag_hours=72)
    month.load(*month.rows(range(50)))
    young = month.ask()["totals"][0]["counted"]
    month.linkedin.set_clock(offset_ms=3 * DAY)
    assert young < month.ask()["totals"][0]["counted"] == 50


def test_a_rule_that_nobody_knows_is_told_with_those_that_there_are(month: Month) -> None:
    month.load(*month.rows(range(3)))
    code, _, err = month.companion("reconcile", "--rule", "110")
    assert code == 2
    assert "--rule: rule 110 is in none of the ad accounts; there are 1" in err
    assert "101 Lead (server)" in err
    assert month.ask("--rule", "102")["totals"] == []


def test_a_rule_that_was_deleted_since_is_named_with_what_was_sent_to_it(month: Month) -> None:
    month.load(*month.rows(range(3)))
    assert "any more" not in " ".join(month.ask()["unknown"])
    month.linkedin.add_rule(101, account="urn:li:sponsoredAccount:999")
    month.linkedin.configure(match_rate=0)
    for asked in ((), ("--rule", "101")):
        (note,) = (one for one in month.ask(*asked)["unknown"] if "no rule 101 (3 sent, 0 counted) any more" in one)
        page = (month.pipe.state_dir / "runs" / "index.html").read_text()
        assert html.unescape(page).count(note) == 1


def test_where_nothing_is_counted_and_no_day_is_complete_it_is_told_to_wait_first(month: Month) -> None:
    month.linkedin.configure(match_rate=0)
    month.load(*month.rows(range(3)))
    (told,) = (one for one in month.ask()["unknown"] if one.startswith("LinkedIn shows no conversion"))
    assert "none of them is complete yet: ask again 72 hours after the load" in told


def test_a_source_that_counts_by_days_of_another_zone_is_told_so(month: Month, tmp_path: Path) -> None:
    month.load(*month.rows(range(4)), *month.rows(range(4, 6), days=4))
    counts = tmp_path / "counts.csv"
    counts.write_text(f"day;rule;count\n{month.day(5)};101;3\n{month.day(4)};101;3\n")
    assert "as many as were sent, but on other days" in " ".join(month.ask("--source", str(counts))["unknown"])
    counts.write_text(f"day;rule;count\n{month.day(5)};101;4\n{month.day(4)};101;3\n")
    assert "other days" not in " ".join(month.ask("--source", str(counts))["unknown"])


@pytest.mark.parametrize(
    ("counts", "notes"),
    [
        ("{5},101,8\n{6},102,2\n", []),
        ("{5},101,8\n{6},102,0\n", []),
        ("{5},101,8\n{6},101,0\n", ["has no count of rule 102 (2 sent)"]),
        ("{5},101,8\n{5},102,2\n", ["2 events were sent of other days", "let it count all days from {29} to {0}"]),
        ("", ["has no count of rule 101 (8 sent), 102 (2 sent)"]),
    ],
)
def test_rules_and_days_that_the_source_does_not_count_are_named(
    month: Month, tmp_path: Path, counts: str, notes: list[str]
) -> None:
    month.load(*month.rows(range(8), days=5))
    month.load(*month.rows(range(8, 10), days=6), streams=[entry(rule=102)])
    days = [month.day(days) for days in range(30)]
    path = tmp_path / "counts.csv"
    path.write_text("day,rule,count\n" + counts.format(*days))
    said = [one for one in month.ask("--source", str(path))["unknown"] if "does not count" in one]
    assert len(said) == bool(notes)
    assert all(note.format(*days) in said[0] for note in notes)


def test_a_day_of_which_the_tap_read_too_little_is_named_though_other_losses_hide_it(
    month: Month, tmp_path: Path
) -> None:
    consent = {"streams": [entry(consent={"column": "ads_consent"})]}
    month.load(
        *month.rows(range(6), ads_consent=True),
        *month.rows(range(6, 8), days=4, ads_consent=True),
        *month.rows(range(8, 14), days=4, ads_consent=None),  # which the source does not count
        **consent,
    )
    counts = tmp_path / "counts.csv"
    counts.write_text(f"day;rule;count\n{month.day(5)};101;6\n{month.day(4)};101;7\n")
    (note,) = [one for one in month.ask("--source", str(counts), **consent)["unknown"] if "most of what" in one]
    assert f"is of {month.day(4)}, of which the source counts 7 and 2 were sent" in note
    counts.write_text(f"day;rule;count\n{month.day(5)};101;6\n{month.day(4)};101;3\n")
    assert "most of what" not in " ".join(month.ask("--source", str(counts), **consent)["unknown"])


def test_a_row_that_is_skipped_after_its_rule_was_chosen_counts_for_the_rule(month: Month) -> None:
    of_two = {"column": "ads_consent", "rules": [{"when": "a", "rule": 101}, {"when": "b", "rule": 102}]}
    settings = {"streams": [entry(rule=of_two)], "exclude_email_domains": ["own.example"]}
    month.load(
        *month.rows(range(3), ads_consent="a"),
        *month.rows(range(3, 5), ads_consent="b", days=95),
        *month.rows(range(6, 7), ads_consent="b", email="boss@own.example"),
        **settings,
    )
    found = month.ask("--rule", "102", "--days", "100", **settings)
    lost = {step["code"]: (step["events"], step["rules"]) for step in found["steps"] if step["step"] == "skipped"}
    assert lost == {"too_old": (-2, {"102": 2}), "excluded": (-1, {"102": 1})}
    assert not [one for one in found["unknown"] if "before a rule was known" in one]


def test_rows_that_were_sent_again_after_a_wrong_event_id_was_mended_count_once(month: Month) -> None:
    rows = [
        {**one, "record": {**one["record"], "ads_consent": f"campaign {at % 3}"}}
        for at, one in enumerate(month.rows(range(9)))
    ]
    wrong = {"streams": [entry(fields={"event_id": "ads_consent"})]}
    assert month.load(*rows, **wrong)["counts"] == {"already_delivered": 6, "delivered": 3}
    assert {mend["code"] for mend in month.ask(**wrong)["mends"]} == {"same_id_other_key"}
    mended = {"streams": [entry(fields={"event_id": False})]}
    month.load(*rows, *month.rows(range(20, 24)), **mended)
    found = month.ask(**mended)
    steps = {step["step"]: step["events"] for step in found["steps"]}
    assert (steps["came"], steps["accepted"], steps["sent_anew"], steps["sent"]) == (13, 13, 3, 16)
    assert sum(one["sent"] for one in found["totals"]) == len(month.linkedin.received) == 16
    assert found["mends"] == []
    page = html.unescape((month.pipe.state_dir / "runs" / "index.html").read_text())
    assert "Taken once more, under another event id" in page


def test_what_a_killed_run_delivered_was_read_too(month: Month, tmp_path: Path) -> None:
    month.load(*month.rows(range(5)))
    (report,) = (month.pipe.state_dir / "runs").glob("2*.json")
    killed = report.stem
    report.unlink()
    with closing(sqlite3.connect(month.pipe.state_dir / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE workers SET told = 0")
    done = month.load(*month.rows(range(8)))
    assert [(one["run"], one["delivered"]) for one in done["earlier"]] == [(killed, 5)]
    counts = tmp_path / "counts.csv"
    counts.write_text(f"day;rule;count\n{month.day(5)};101;8\n")
    steps = {step["step"]: step["events"] for step in month.ask("--source", str(counts))["steps"]}
    assert steps == {"source": 8, "came": 8, "accepted": 8, "sent": 8, "counted": 8}


def test_what_was_lost_stays_told_where_a_run_meets_again_what_a_killed_one_delivered(month: Month) -> None:
    consent = {"streams": [entry(consent={"column": "ads_consent"})]}
    month.load(
        *month.rows(range(5), ads_consent=True), *month.rows(range(5, 7), ads_consent=False, email="a@b.de"), **consent
    )
    before = set((month.pipe.state_dir / "runs").glob("2*.json"))
    month.load(*month.rows(range(10, 30), ads_consent=True), **consent)
    (killed,) = set((month.pipe.state_dir / "runs").glob("2*.json")) - before
    killed.unlink()
    month.load(*month.rows(range(10, 30), ads_consent=True), **consent)
    found = month.ask(**consent)
    assert {step["code"]: step["events"] for step in found["steps"] if step["step"] == "skipped"} == {"no_consent": -2}
    assert not any("took up again" in sentence for sentence in found["unknown"])


def test_a_rule_without_a_campaign_is_named_with_what_it_costs(month: Month) -> None:
    month.linkedin.add_rule(105, campaigns=())
    month.load(*month.rows(range(4)), streams=[entry(rule=105)])
    found = month.ask("--rule", "105")
    assert found["mends"] == [
        {
            "code": "rule_without_campaign",
            "events": 4,
            "mend": "link rule 105 to campaigns in Campaign Manager: without one no ad gets credit",
        }
    ]
    assert "LinkedIn shows no conversion of these accounts" in found["unknown"][0]


def test_without_a_ledger_the_reports_say_what_was_sent(month: Month) -> None:
    month.load(*month.rows(range(3)), send_once=False)
    found = month.ask(send_once=False)
    assert sum(row["sent"] for row in found["rows"]) == 3
    assert any("Of 3 events the ledger knows only the day of sending" in sentence for sentence in found["unknown"])


def test_what_a_ledger_cannot_know_any_more_is_said_where_more_is_counted(month: Month) -> None:
    month.load(*month.rows(range(3)))
    assert not any("The ledger knows" in sentence for sentence in month.ask("--rule", "0101")["unknown"])
    (month.pipe.state_dir / "ledger.sqlite").unlink()
    month.load()
    found = month.ask()
    assert [(row["sent"], row["counted"]) for row in found["rows"]] == [(0, 3)]
    assert any(f"since {month.day(0)}: it was made then" in sentence for sentence in found["unknown"])
    assert any("this ledger does not know" in step["meaning"] for step in found["steps"])


def test_events_in_doubt_that_are_counted_are_not_taken_for_those_of_another_ledger(month: Month) -> None:
    month.linkedin.faults("drop_after", times=1)
    month.load(*month.rows(range(3)), on_in_doubt="hold")
    found = month.ask()
    assert [(row["sent"], row["counted"]) for row in found["rows"]] == [(0, 3)]
    assert not any("The ledger knows" in sentence for sentence in found["unknown"])


def test_the_time_zone_of_the_machine_changes_no_day(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = (month.now // DAY - 33) * DAY  # in the weeks in which clocks are put back
    month.load(*(record(month.now, n, happened_at=midnight + n * 3_600_000 - 1) for n in range(50)))
    answers = []
    try:
        for zone in ("UTC", "America/Los_Angeles", "Pacific/Kiritimati"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            answers.append([(row["day"], row["sent"], row["counted"]) for row in month.ask("--days", "60")["rows"]])
    finally:
        monkeypatch.undo()
        time.tzset()
    assert answers[0] == [
        (month.day(34), 1, 1),
        (month.day(33), 24, 24),
        (month.day(32), 24, 24),
        (month.day(31), 1, 1),
    ]
    assert answers[1] == answers[2] == answers[0]


@pytest.mark.parametrize("width", ["80", "200"])
def test_the_tables_can_be_read(month: Month, monkeypatch: pytest.MonkeyPatch, width: str, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", width)
    month.linkedin.add_rule(101, name="Lead [red]of a long name\x1b[2J that goes on and on and on")
    month.load(*month.rows(range(3)), *month.rows(range(3, 5), email=None))
    counts = tmp_path / "counts.jsonl"
    counts.write_text(json.dumps({"date": month.day(5), "rule": 101, "count": 6}) + "\n")
    code, out, err = month.companion("reconcile", "--source", str(counts))
    assert (code, err) == (0, "")
    tables = [line for line in out.splitlines() if set(line) & set("│┃┏└├")]
    assert tables
    assert max(map(len, tables)) <= int(width)
    assert "\x1b" not in out
    assert re.search(rf"{month.day(5)} │ 101 Lead", out)
    assert "no_identifier" in out
    assert "up to 30 days after a click, 7 days after a view" in out
    assert "72 hours" in out


SINGER = [
    {"type": "SCHEMA", "stream": "counts", "schema": {"properties": {}}, "key_properties": ["day"]},
    {"type": "RECORD", "stream": "counts", "record": {"day": "2026-11-01T00:00:00Z", "rule": "urn:x:101", "count": 2}},
    {"type": "RECORD", "stream": "counts", "record": {"day": "2026-11-01", "rule": 101.0, "count": "3"}},
]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "Day,Rule,Count\n2026-11-01,101,5\n", {("101", 20758): 5}),
        ("a.tsv", "date\tconversion_rule\tevents\n2026-11-01\t101\t5\n", {("101", 20758): 5}),
        ("a.csv", "day,count\n2026-11-01,5\n2026-11-01,1\n", {("101", 20758): 6}),
        ("a.singer", "\n".join(map(json.dumps, SINGER)), {("101", 20758): 5}),
        ("a.singer", "\n".join(map(json.dumps, [*SINGER, SINGER[2] | {"record": {"day": "2026-11-01", "rule": 101, "count": 7}}])), {("101", 20758): 9}),
        ("a.csv", "day,rule,count\n", {}),
        ("a.csv", "\ufeffTag;Regel;Anzahl\n01.11.2026;101;1.009\n02.11.26;0101;9,0\n", {("101", 20758): 1009, ("101", 20759): 9}),
        ("a.csv", 'COUNT, Conversion Rule ,Conversion-Date\n"1,009",101.0,11/13/2026\n1 009,101,11/1/2026\n', {("101", 20770): 1009, ("101", 20758): 1009}),
        ("a.csv", "day,rule,count\n20261101,urn:lla:llaPartnerConversion:101,9.00\n", {("101", 20758): 9}),
        ("a.csv", "day,rule,count\n2026-11-01 00:00:00+02:00,lead  (SERVER),0\n", {("101", 20758): 0}),
        ("a.csv", "day,rule_name,rule_id,n\n1 Nov 2026,Nobody knows,101,4\n", {("101", 20758): 4}),
    ],
)  # fmt: skip
def test_a_source_may_be_any_of_the_files_that_people_have(
    tmp_path: Path, name: str, content: str, expected: dict[tuple[str, int], int]
) -> None:
    path = tmp_path / name
    path.write_text(content)
    counts = source_counts(str(path), Settings.load({"dry_run": True}), "101")
    assert by_rule(counts, {"101": "Lead (server)", "102": "Other"}) == expected


def test_a_person_may_say_which_column_is_which_and_how_dates_are_written(month: Month, tmp_path: Path) -> None:
    month.load(*month.rows(range(3)))
    path = tmp_path / "counts.csv"
    path.write_text("wann;wieviel\n04/11/2026;3\n")
    span = ("--from", "2026-11-01", "--to", "2026-11-26", "--rule", "101", "--source", str(path))
    code, _, err = month.companion("reconcile", *span)
    assert (code, "--map day=COLUMN" in err) == (2, True)
    code, _, err = month.companion("reconcile", *span, "--map", "day=Wannn")
    assert (code, "no column called as --map day= names it" in err) == (2, True)
    maps = ("--map", "day=Wann", "--map", "count=wieviel")
    code, _, err = month.companion("reconcile", *span, *maps)
    assert (code, "name it with --date-order dmy" in err) == (2, True)
    found = month.ask(*span, *maps, "--date-order", "mdy")
    assert [row["day"] for row in found["rows"] if row["source"]] == []
    assert any("The source counts 3 on other days" in sentence for sentence in found["unknown"])
    found = month.ask(*span, *maps, "--date-order", "dmy")
    assert [(row["day"], row["source"]) for row in found["rows"] if row["source"]] == [("2026-11-04", 3)]
    code, _, err = month.companion("reconcile", *span, "--map", "when=wann")
    assert (code, "--map" in err) == (2, True)


def test_a_rule_of_the_source_that_nobody_knows_is_named(month: Month, tmp_path: Path) -> None:
    month.load(*month.rows(range(1)))
    path = tmp_path / "counts.csv"
    path.write_text(f"day,rule,count\n{month.day(5)},424242,9\n")
    assert any(
        "rule 424242, which is none of these" in sentence for sentence in month.ask("--source", str(path))["unknown"]
    )


def test_what_is_piped_in_is_read_as_a_file_is_and_nothing_is_not_zero(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    month.load(*month.rows(range(1)))
    lines = [SINGER[0], {**SINGER[1], "record": {"day": month.day(5), "rule": 101, "count": 4}}]
    for content in ("\n".join(map(json.dumps, lines)), f"day,count,rule\n{month.day(5)},4,101\n"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content.encode()))))
        assert [row["source"] for row in month.ask("--source", "-")["rows"]] == [4]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO())))
    code, _, err = month.companion("reconcile", "--source", "-")
    assert (code, "nothing came in" in err) == (2, True)


CANARY = "canary"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (f"day,rule,count\n{CANARY},101,5\n", 7, "the day in row 1"),
        (f"day,rule,count\n{CANARY},101,5\n", 7, "counts.csv (its header is not counted)"),
        (f"day,rule,count\n2026-11-01,{CANARY},5\n", 7, "the rule in row 1"),
        ("day,rule,count\n2026-11-01,101,5\n2026-11-01,101,-5\n", 7, "the count in row 2"),
        (f"day,rule,count\n2026-11-01,101,{CANARY}\n", 7, "the count in row 1"),
        ("day,rule,count\n2026-11-01,101,1.5\n", 7, "the count in row 1"),
        ("day,rule,count\n2026-11-01,101,NaN\n", 7, "the count in row 1"),
        ("day,rule,count\n2026-11-01,101,1e999999\n", 7, "the count in row 1"),
        ('day,rule,count\n2026-11-01,101,"1,000"\n', 7, "without a mark"),
        (f"day,rule,count\n2026-11-01{CANARY},101,5\n", 7, "the day in row 1"),
        ("day,rule,count\n2026-11-01,,5\n", 7, "the rule in row 1"),
        ("day,rule,count\n2026-11-01,101,\n", 7, "the count in row 1"),
        ("day,rule,count\n2026-11-01,101,5\n2026-11-02,101,5,7,8\n", 7, "the first in line 3"),
        ("tage,rule,count\n", 2, "no column day"),
        ("rule,count\n101,5\n", 2, "no column day"),
        ("day,rule\n2026-11-01,5\n", 2, "no column count"),
        ("", 2, "the file is empty"),
    ],
)
def test_a_source_that_is_none_is_named_by_its_row_and_never_by_its_value(
    month: Month, tmp_path: Path, content: str, code: int, words: str
) -> None:
    month.load(*month.rows(range(1)))
    path = tmp_path / "counts.csv"
    path.write_text(content)
    ended, out, err = month.companion("reconcile", "--source", str(path))
    assert (ended, out) == (code, "")
    assert words in err
    assert CANARY not in err


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "words"),
    [
        (("--days", "3", "--from", "2026-11-01"), {}, 2, "--days"),
        (("--to", "2026-11-01"), {}, 2, "--to"),
        (("--from", "yesterday"), {}, 2, "--from"),
        (("--from", "2026-11-05", "--to", "2026-11-01"), {}, 2, "--from"),
        (("--from", "2020-01-01"), {}, 2, "more than 400 days"),
        (("--from", "2999-01-01"), {}, 2, "ahead of today"),
        (("--rule", "lead"), {}, 2, "--rule"),
        (("--source", "nowhere.csv"), {}, 2, "nowhere.csv"),
        ((), {"account_id": None}, 2, "account_id"),
        ((), {"access_token": None, "dry_run": True}, 2, "access_token"),
        ((), {"access_token": "sandbox-no-reporting"}, 3, "r_ads_reporting"),
        ((), {"access_token": "sandbox-revoked"}, 3, "revoked"),
        ((), {"state_dir": "nowhere"}, 2, "there is no ledger"),
    ],
)
def test_what_keeps_it_from_an_answer_is_one_sentence_with_its_exit_code(
    month: Month,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    settings: dict[str, Any],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(month.pipe.folder)
    month.load(*month.rows(range(1)))
    ended, out, err = month.companion("reconcile", *arguments, **settings)
    assert (ended, out) == (code, ""), err
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_the_list_of_runs_does_not_take_it_for_a_run(month: Month) -> None:
    month.load(*month.rows(range(1)))
    month.ask()
    assert len(month.companion.data("runs", "list")) == 1


def test_the_page_of_the_runs_shows_it_and_no_run_takes_it_away(month: Month) -> None:
    month.load(*month.rows(range(3)))
    index = month.pipe.state_dir / "runs" / "index.html"
    assert "What LinkedIn counts" not in index.read_text()
    made = month.ask()
    for _ in range(2):
        figures = Page(index.read_bytes()).figures
        assert figures
        assert all((number, text) == (value_at(made, places), f"{number:,}") for number, places, text in figures)
        month.load()
