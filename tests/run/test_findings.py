"""What a run finds on its way: the counts of `preview`, as far as they cost nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.readiness.catalogue import CATALOGUE
from target_linkedin_conversions.run.preview.preview import Previewing
from target_linkedin_conversions.run.run import Run
from target_linkedin_conversions.settings import Settings
from tests.readiness.table import BESIDE, CONFIG, DAY, ENTRY, NOW, PLANTERS, ROWS, SCHEMA, Row, clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from target_linkedin_conversions.reporting.report import Report

IN_RUNS = sorted(code for code, kind in CATALOGUE.items() if kind.in_runs)
OF_STREAMS = {"no_key", "consent_to_nobody"}
PLANTED = 7


class Then(Clock):
    """The clock of the table."""

    def now(self) -> int:
        return NOW


def report_of(
    folder: Path, rows: list[Row], key: tuple[str, ...] = ("id",), more: Sequence[Row] = (), **changes: Any
) -> Report:
    """A dry run over rows of the table's stream; `more` are the changes of further entries."""
    merged = {name: value for name, value in {**ENTRY, **changes}.items() if value is not None}
    config = {
        **CONFIG,
        "streams": [merged, *({**merged, **others} for others in more)],
        "state_dir": str(folder),
        "batch_size_rows": 25,
        "max_reject_ratio": 1,
    }
    run = Run(Settings.load(config), Then())
    run.begin()
    schema = {**SCHEMA, "properties": {name: {} for name in rows[0]}}
    mapping = run.streams.mapping("leads", schema, key, run.streams.entries_of("leads"))
    intake = run.intake("leads", mapping)
    run.pause()
    intake.take_all([mapping.row_type.of(row) for row in rows], run.now)
    run.finish()
    return run.conclude(None)


def counts(report: Report) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in report.findings:
        found[one.code] += one.records
    return found


def table() -> list[Row]:
    return [clean(number) for number in range(ROWS)]


def test_a_clean_table_has_no_finding(tmp_path: Path) -> None:
    report = report_of(tmp_path, table())
    assert report.findings == []
    (matched,) = report.readiness
    assert (matched.stream, matched.events, matched.strong, matched.supported, matched.weak) == ("leads", 60, 60, 0, 0)
    assert matched.identifiers_per_event == {"2": 60}


@pytest.mark.parametrize("code", [code for code in IN_RUNS if code not in OF_STREAMS])
def test_a_run_counts_what_preview_counts(tmp_path: Path, code: str) -> None:
    rows = table()
    for plant in BESIDE.get(code, ()):
        plant(rows[0], 0)
    for number in range(1, PLANTED + 1):
        PLANTERS[code][number % len(PLANTERS[code])](rows[number], number)
    report = report_of(tmp_path, rows)
    found = counts(report)
    assert found.pop(code) == PLANTED
    assert not found
    kind = CATALOGUE[code]
    told = [one for one in report.findings if one.code == code]
    assert {(one.stream, one.severity, one.mend) for one in told} == {("leads", kind.severity, kind.mend)}
    assert all(one.sentence.startswith(kind.sentence) for one in told)


TOGETHER = [
    {"closed_at": "soon", "amount": "about ten", "country": "Atlantis"},
    {"stage": "lost", "currency": "EURO"},
    {"stage": "lost", "closed_at": NOW + DAY, "currency": None, "email": "n/a"},
    {"amount": "-5", "email": "n/a", "country": "ZZ"},
    {"stage": "lost", "email": "a" * 32, "hash": "ask her"},
    {"email": "a" * 32, "hash": "ask her"},
    {"email": "a" * 32, "hash": "ask her", "li_fat_id": None, "first": None},
]
"""Several defects on one record, some of which cost its event."""


@pytest.mark.parametrize("defects", TOGETHER)
def test_all_that_is_wrong_with_a_record_is_counted_though_one_of_it_costs_the_event(
    tmp_path: Path, defects: Row
) -> None:
    rows = table()
    for number in range(1, PLANTED + 1):
        rows[number].update(defects)
    found = counts(report_of(tmp_path, rows))
    assert set(found.values()) == {PLANTED}
    wrong = defects.keys() - {"li_fat_id", "first"}
    assert len(found) == len(wrong)
    previewing = Previewing(Settings.load(CONFIG), NOW)
    previewing.schema("leads", SCHEMA, ("id",))
    for row in rows:
        previewing.record("leads", row)
    assert {one.code: one.records for one in previewing.result().findings} == found


def test_a_hash_of_another_kind_is_told_by_the_code_of_its_reason_where_it_is_left_out_or_rejected(
    tmp_path: Path,
) -> None:
    rows = table()
    rows[1].update(email="a" * 32, hash="ask her")
    rows[2].update(email="b" * 40, li_fat_id=None, first=None)
    report = report_of(tmp_path, rows)
    assert [(one.field, one.code, one.records) for one in report.left_out] == [("email", "not_an_email", 1)]
    (rejected,) = [line for line in report.lines if line.outcome == "rejected"]
    assert (rejected.code, rejected.events) == ("no_identifier", 1)


@pytest.mark.parametrize("rule", [[101, 107], {"column": "stage", "rules": [{"when": "MQL", "rule": [101, 107]}]}])
def test_a_record_counts_once_however_many_rules_it_goes_to(tmp_path: Path, rule: Any) -> None:
    rows = table()
    codes = ("close_to_window", "only_one_identifier", "no_strong_identifier", "bad_amount", "event_id_repeats")
    for plant in BESIDE["event_id_repeats"]:
        plant(rows[0], 0)
    for number, code in enumerate(codes * 3, 1):
        PLANTERS[code][0](rows[number], number)
    found = counts(report_of(tmp_path, rows, conversion_rule=rule))
    assert {code: found[code] for code in codes} == dict.fromkeys(codes, 3)


@pytest.mark.parametrize("entries", [2, 3])
@pytest.mark.parametrize("code", [code for code in IN_RUNS if code not in {*OF_STREAMS, "event_id_repeats"}])
def test_a_record_counts_once_however_many_entries_meet_its_defect(tmp_path: Path, code: str, entries: int) -> None:
    rows = table()
    for number in range(1, PLANTED + 1):
        PLANTERS[code][number % len(PLANTERS[code])](rows[number], number)
    found = counts(report_of(tmp_path, rows, more=[{"source": f"again {n}"} for n in range(1, entries)]))
    assert found[code] == PLANTED


def test_nobody_consents_once_by_two_entries(tmp_path: Path) -> None:
    rows = table()
    for row in rows:
        row["ok"] = "no"
    assert counts(report_of(tmp_path, rows, more=[{"source": "again"}]))["consent_to_nobody"] == len(rows)


@pytest.mark.parametrize("code", ["bad_time", "only_one_identifier", "no_strong_identifier", "close_to_window"])
def test_entries_that_share_the_records_count_each_of_theirs(tmp_path: Path, code: str) -> None:
    rows = table()
    for number in range(1, PLANTED + 1):
        PLANTERS[code][number % len(PLANTERS[code])](rows[number], number)
        rows[number]["half"] = number % 2
    for number, row in enumerate(rows):
        row["half"] = number % 2
    halves: list[dict[str, Any]] = [{"only": {"column": "half", "is": [half]}} for half in (0, 1)]
    assert counts(report_of(tmp_path, rows, **halves[0], more=[halves[1]]))[code] == PLANTED


@pytest.mark.parametrize(
    ("code", "field", "column"),
    [
        ("bad_time", "happened_at", "closed_at"),
        ("unknown_currency", "currency", "currency"),
        ("not_an_email", "email", "email, hash"),
        ("unknown_rule_value", "conversion_rule", "stage"),
        ("event_id_repeats", "event_id", "deal"),
        ("close_to_window", "happened_at", "closed_at"),
    ],
)
def test_a_finding_names_the_column(tmp_path: Path, code: str, field: str, column: str) -> None:
    rows = table()
    for plant in BESIDE.get(code, ()):
        plant(rows[0], 0)
    PLANTERS[code][0](rows[1], 1)
    (one,) = [one for one in report_of(tmp_path, rows).findings if one.code == code]
    assert (one.field, one.column) == (field, column)


def test_nobody_consents_where_none_of_twenty_does(tmp_path: Path) -> None:
    rows = [{**row, "ok": "nein"} for row in table()]
    assert counts(report_of(tmp_path / "few", rows[:19])) == {}
    report = report_of(tmp_path / "all", rows)
    assert counts(report) == {"consent_to_nobody": ROWS}
    assert report.findings[0].column == "ok"


@pytest.mark.parametrize(("key", "fields"), [((), {}), (("_sdc_row",), {})])
def test_a_stream_without_a_key_of_its_own_is_a_finding(
    tmp_path: Path, key: tuple[str, ...], fields: dict[str, Any]
) -> None:
    rows = [{**row, "_sdc_row": number} for number, row in enumerate(table())]
    mapped = {name: column for name, column in ENTRY["fields"].items() if name != "event_id"} | fields
    assert counts(report_of(tmp_path, rows, key, fields=mapped))["no_key"] == ROWS
    assert counts(report_of(tmp_path / "mapped", rows, key))["no_key"] == 0


def test_records_whose_key_is_empty_are_counted(tmp_path: Path) -> None:
    rows = table()
    for row in rows[:9]:
        row["id"] = None
    mapped = {name: column for name, column in ENTRY["fields"].items() if name != "event_id"}
    for part, fields in (
        ("own", mapped),
        ("mapped", ENTRY["fields"]),
    ):  # as `preview` counts them, whether an event id is mapped or not
        report = report_of(tmp_path / part, rows, fields=fields)
        assert counts(report) == {"no_key": 9}
        assert report.findings[0].column == "id"


def test_records_whose_key_is_empty_are_counted_where_as_many_columns_are_mapped(tmp_path: Path) -> None:
    rows = [{name: row[name] for name in ("id", "email", "closed_at", "stage", "ok")} for row in table()]
    rows = [{**row, "part": row["id"]} for row in rows]
    for row in rows[:9]:
        row["id"] = row["part"] = None
    rows[9]["part"] = None  # half a key is one
    report = report_of(tmp_path, rows, ("id", "part"), fields={"email": "email", "happened_at": "closed_at"})
    assert counts(report)["no_key"] == 9


def test_an_event_is_strong_supported_or_weak(tmp_path: Path) -> None:
    rows = table()
    for row in rows[:10]:
        row.update(email=None, li_fat_id=None)
    for row in rows[10:14]:
        row.update(email=None, li_fat_id=None, company=None)
    (matched,) = report_of(tmp_path, rows).readiness
    assert (matched.strong, matched.supported, matched.weak) == (46, 10, 4)
    assert matched.identifiers_per_event == {"0": 14, "2": 46}


def test_a_rule_s_first_and_last_time_are_told_in_the_entry_s_zone(tmp_path: Path) -> None:
    rows = [{**clean(number), "closed_at": f"2026-09-{number + 1:02}T12:00:00"} for number in range(9)]
    (rule,) = report_of(tmp_path, rows, timezone="Europe/Berlin").rules
    assert (rule.rule, rule.events, rule.zone, rule.read) == ("101", 9, "Europe/Berlin", False)
    assert (rule.first, rule.last) == ("2026-09-01T12:00:00+02:00", "2026-09-09T12:00:00+02:00")


def test_what_is_refused_is_at_stake_with_its_value(tmp_path: Path) -> None:
    rows = table()
    for row in rows[:4]:
        row.update(closed_at="soon", amount="100.10")
    rows[4].update(closed_at="soon", amount=None)
    found = report_of(tmp_path, rows).at_stake
    refused = [money for money in found if money.outcome == "rejected"]
    assert [(money.currency, money.amount, money.events) for money in refused] == [("EUR", "400.40", 4)]
    (would,) = [money for money in found if money.outcome == "would_send"]
    assert (would.amount, would.events) == ("687.50", 55)


def test_findings_are_the_worst_first(tmp_path: Path) -> None:
    rows = table()
    for number, code in enumerate(["refund", "bad_time", "event_id_repeats", "event_id_repeats"]):
        PLANTERS[code][0](rows[number], number)
    assert [one.severity for one in report_of(tmp_path, rows).findings] == ["stops", "warning", "hint"]


def test_an_old_event_is_close_to_the_window_up_to_its_end(tmp_path: Path) -> None:
    rows = [{**clean(1), "closed_at": NOW - days * DAY, "deal": f"d{days}"} for days in (59, 60, 89, 90)]
    assert counts(report_of(tmp_path, rows)) == {"close_to_window": 2, "too_old": 1}
