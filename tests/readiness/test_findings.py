from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.readiness.catalogue import CATALOGUE
from target_linkedin_conversions.run.preview.preview import Previewing
from target_linkedin_conversions.settings import Settings
from tests.readiness.table import BESIDE, CONFIG, DAY, ENTRY, NOW, PLANTERS, ROWS, SCHEMA, Row, clean, digest

if TYPE_CHECKING:
    from target_linkedin_conversions.run.preview.findings import Previewed

BY_THE_STREAM = {"shared_address", "work_only", "times_alike", "no_key", "consent_to_nobody"}
"""Findings that a stream has as a whole."""


def previewed(rows: list[Row], names: tuple[str, ...] = ("id",), **entry: Any) -> Previewed:
    merged = {name: value for name, value in {**ENTRY, **entry}.items() if value is not None}
    previewing = Previewing(Settings.load({**CONFIG, "streams": [merged]}), NOW)
    known = {**{key: {} for key in rows[0]}, **SCHEMA["properties"]}
    previewing.schema("leads", {**SCHEMA, "properties": known}, names)
    for row in rows:
        previewing.record("leads", row)
    return previewing.result()


def counts(found: Previewed) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in found.findings:
        total[one.code] += one.records
    return dict(total)


def table() -> list[Row]:
    return [clean(number) for number in range(ROWS)]


def test_a_clean_table_has_no_finding() -> None:
    found = previewed(table())
    assert found.findings == []
    assert found.streams[0].readiness.strong == found.records == ROWS


def test_every_finding_has_a_planter_or_is_one_of_a_stream() -> None:
    assert CATALOGUE.keys() == PLANTERS.keys() | BY_THE_STREAM


@pytest.mark.parametrize("code", PLANTERS)
@settings(max_examples=4)
@given(data=st.data())
def test_planting_some_defects_of_a_kind_changes_its_count_by_as_many_and_no_other(
    code: str, data: st.DataObject
) -> None:
    rows = table()
    for plant in BESIDE.get(code, ()):
        plant(rows[0], 0)
    chosen = data.draw(st.sets(st.integers(1, ROWS - 1), max_size=15))
    for number in chosen:
        data.draw(st.sampled_from(PLANTERS[code]))(rows[number], number)
    assert counts(previewed(rows)) == ({code: len(chosen)} if chosen else {})


@settings(max_examples=10)
@given(st.dictionaries(st.integers(1, ROWS - 1), st.sampled_from(sorted(PLANTERS)), max_size=40))
def test_defects_of_all_kinds_are_counted_beside_one_another(planted: dict[int, str]) -> None:
    rows = table()
    for code, planters in BESIDE.items():
        if code in planted.values():
            planters[0](rows[0], 0)
    for number, code in planted.items():
        PLANTERS[code][number % len(PLANTERS[code])](rows[number], number)
    assert counts(previewed(rows)) == Counter(planted.values())


@settings(max_examples=25)
@given(
    planted=st.dictionaries(st.integers(0, ROWS - 1), st.sampled_from(sorted(PLANTERS)), max_size=20),
    repeated=st.lists(st.tuples(st.integers(0, ROWS - 1), st.sampled_from(["", "id", "amount"])), max_size=20),
    together=st.integers(1, ROWS + 1),
    stages=st.lists(st.sampled_from(["MQL", "won", "both", "lost"]), min_size=1, max_size=5),
)
def test_the_result_is_the_same_however_many_records_are_inspected_together(
    planted: dict[int, str], repeated: list[tuple[int, str]], together: int, stages: list[str]
) -> None:
    rows = table()
    for number, code in planted.items():
        PLANTERS[code][number % len(PLANTERS[code])](rows[number], number)
    for number, row in enumerate(rows):
        row["stage"] = stages[number % len(stages)]
    for number, changed in repeated:
        rows.append({**rows[number], **({changed: len(rows)} if changed else {})})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("target_linkedin_conversions.run.preview.stream.TOGETHER", 1)
        one_by_one = previewed(rows)
        patch.setattr("target_linkedin_conversions.run.preview.stream.TOGETHER", together)
        assert previewed(rows) == one_by_one


@pytest.mark.parametrize("shared", [20, 21, 40])
def test_an_address_is_shared_on_more_than_twenty_records(shared: int) -> None:
    rows = table()
    for row in rows[:shared]:
        row["email"] = "Rep@firm.de"
    assert counts(previewed(rows)) == ({"shared_address": shared} if shared > 20 else {})


def test_an_address_on_few_of_many_records_is_not_shared() -> None:
    rows = [clean(number) for number in range(2200)]
    for row in rows[:22]:
        row["email"] = "rep@firm.de"
    assert counts(previewed(rows)) == {}
    rows[22]["email"] = "rep@firm.de"
    assert counts(previewed(rows)) == {"shared_address": 23}


def test_addresses_are_all_at_work_until_one_is_private() -> None:
    rows = table()
    for number, row in enumerate(rows):
        row["email"] = f"p{number}@firm{number}.de"
    assert counts(previewed(rows)) == {"work_only": ROWS}
    rows[3]["email"] = "p@gmx.at"
    assert counts(previewed(rows)) == {}


@pytest.mark.parametrize(("alike", "found"), [(60, {}), (61, {"times_alike": 61})])
def test_times_are_alike_where_over_half_are_of_one_second(alike: int, found: dict[str, int]) -> None:
    rows = [clean(number) for number in range(120)]
    for number, row in enumerate(rows[:alike]):
        row["closed_at"] = NOW - DAY - NOW % 1000 + number
    assert counts(previewed(rows)) == found


def test_days_are_not_times_that_are_alike() -> None:
    rows = [clean(number) for number in range(120)]
    for row in rows:
        row["closed_at"] = "2026-09-01"
    assert counts(previewed(rows)) == {}


def test_nobody_consents_where_none_of_twenty_does() -> None:
    rows = table()
    for row in rows:
        row["ok"] = "no"
    assert counts(previewed(rows)) == {"consent_to_nobody": ROWS}
    assert counts(previewed(rows[:19])) == {}
    rows[5]["ok"] = "yes"
    assert counts(previewed(rows)) == {}


@pytest.mark.parametrize(
    ("key", "entry"), [((), None), (("_sdc_row",), None), (("id",), ["line number"]), (("_airbyte_raw_id",), None)]
)
def test_a_stream_without_a_key_or_with_a_row_number_has_none(key: tuple[str, ...], entry: list[str] | None) -> None:
    rows = [
        {**row, "_sdc_row": row["id"], "line number": row["id"], "_airbyte_raw_id": f"r-{row['id']}"} for row in table()
    ]
    without_id = {**ENTRY["fields"], "event_id": False}
    assert counts(previewed(rows, key, key=entry, fields=without_id)) == {"no_key": ROWS}
    assert counts(previewed(rows, ("id",), fields=without_id)) == {}


def test_an_empty_key_is_none() -> None:
    rows = table()
    rows[1]["deal"], rows[2]["deal"], rows[3]["deal"] = "", None, "#N/A"
    assert counts(previewed(rows, key=["deal"], fields={**ENTRY["fields"], "event_id": False})) == {"no_key": 3}


def test_a_click_id_that_is_mapped_may_stand_in_a_page_too() -> None:
    rows = table()
    for row in rows:
        row["page"] = f"https://acme.com/?li_fat_id={row['li_fat_id']}&utm_source=linkedin"
    assert counts(previewed(rows)) == {}


def test_every_value_that_no_case_fits_is_told_but_for_personal_ones() -> None:
    rows = table()
    for number, row in enumerate(rows[:30]):
        row["stage"] = f"p{number}@firm.de" if number % 2 else "SQL"
    found = [one for one in previewed(rows).findings if one.code == "unknown_rule_value"]
    assert [one.records for one in found] == [15, 15]
    assert "firm.de" not in msgspec.json.encode(found).decode()


def test_a_rules_column_that_is_empty_is_told_as_a_run_tells_it() -> None:
    rows = table()
    rows[1]["stage"], rows[2]["stage"], rows[3]["stage"] = None, "", "SQL"
    found = [one for one in previewed(rows).findings if one.code == "unknown_rule_value"]
    assert [one.records for one in found] == [2, 1]
    assert "it is empty" in found[0].sentence


@settings(max_examples=10)
@given(st.sampled_from(sorted(PLANTERS)), st.integers(1, ROWS - 1))
def test_no_finding_holds_a_value_of_a_person(code: str, number: int) -> None:
    rows = table()
    PLANTERS[code][number % len(PLANTERS[code])](rows[number], number)
    told = msgspec.json.encode(previewed(rows).findings).decode()
    for field in ("email", "plain_email", "hash", "first", "last", "company", "deal"):
        value = rows[number][field]
        assert not value or len(str(value)) < 5 or str(value) not in told


def test_the_hash_of_the_normal_address_is_right() -> None:
    rows = table()
    for number, row in enumerate(rows):
        row.update(email=None, plain_email=f" Person{number}@Gmail.com", hash=digest(f"person{number}@gmail.com"))
        row["owner_email"] = "Rep@firm.de"
    found = counts(previewed(rows))
    assert "hash_disagrees" not in found
    assert "hash_unnormalised" not in found


def test_a_record_goes_through_every_entry_of_its_stream_and_a_defect_counts_once() -> None:
    previewing = Previewing(Settings.load({**CONFIG, "streams": [ENTRY, {**ENTRY, "conversion_rule": 201}]}), NOW)
    previewing.schema("leads", SCHEMA, ("id",))
    for row in table():
        row["country"] = "Atlantis"
        previewing.record("leads", row)
    found = previewing.result()
    assert counts(found) == {"unknown_country": ROWS, "value_in_several_rules": ROWS}
    assert (found.streams[0].records, found.streams[0].events) == (ROWS, 2 * ROWS)


@pytest.mark.parametrize("odd", [(1, 1), (2, 2), (3, 1), (0, 2)])
@pytest.mark.parametrize("takes_all", [False, True])
def test_entries_that_share_the_records_add_up_and_one_that_takes_them_all_counts_none_twice(
    odd: tuple[int, int],
    takes_all: bool,  # noqa: FBT001 - a column of the table
) -> None:
    parts = [{**ENTRY, "only": {"column": "stage", "is": [stage]}} for stage in ("MQL", "won")]
    entries = [*parts, *([{**ENTRY, "conversion_rule": 301}] if takes_all else [])]
    previewing = Previewing(Settings.load({**CONFIG, "streams": entries}), NOW)
    previewing.schema("leads", SCHEMA, ("id",))
    for number in range(ROWS):
        part = number % 2
        broken = {"closed_at": "soon", "email": f"info@firm{number}.de"} if number // 2 < odd[part] else {}
        previewing.record("leads", {**clean(number), "stage": ("MQL", "won")[part], **broken})
    found = counts(previewing.result())
    assert (found["bad_time"], found["role_address"]) == (sum(odd), sum(odd))


DEFECTS: dict[str, Row] = {
    "bad_time": {"closed_at": "soon"},
    "too_old": {"closed_at": NOW - 100 * DAY},
    "close_to_window": {"closed_at": NOW - 70 * DAY},
    "in_future": {"closed_at": NOW + 100 * DAY},
    "unknown_currency": {"currency": "EURO"},
    "bad_amount": {"amount": "much"},
    "refund": {"amount": "-1"},
    "unknown_country": {"country": "Atlantis"},
    "hash_of_nothing": {"first": digest("")},
    "unknown_rule_value": {"stage": "none"},
    "no_strong_identifier": {"email": None},
}
"""Each defect of what a record becomes; one is told of a record that an entry takes."""
ADMISSIONS: list[Row] = [
    {},
    {"consent": {"column": "page"}},
    {"consent": {"not_required": "theirs"}, "only": {"column": "title", "is": ["a"]}},
    {"deleted": "plain_email"},
    {"not_before": "2026-07-01T00:00:00Z"},
    {"conversion_rule": {"column": "title", "rules": [{"when": "a", "rule": 201}], "otherwise": "skip"}},
    {"conversion_rule": {"column": "title", "rules": [{"when": "b", "rule": 301}, {"when": "a", "skip": True}]}},
    {"on_bad_field": "reject"},
    {"on_too_old": "reject"},
]
"""Entries that take some records each, and neither all nor what the others leave."""


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(range(len(ADMISSIONS))), min_size=2, max_size=4, unique=True),
    st.lists(
        st.tuples(
            st.sampled_from(sorted(DEFECTS)), st.booleans(), st.booleans(), st.booleans(), st.sampled_from("abc")
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_entries_that_overlap_count_each_record_with_a_defect_once(admissions: list[int], planted: list[Any]) -> None:
    """As many as the same records have one by one, each before all of the entries."""
    fields = {**ENTRY["fields"], "event_id": False}
    stages = ["MQL", "won", "both"]
    rules = [{"column": "stage", "rules": [{"when": stages, "rule": 401 + number}]} for number in admissions]
    entries = [
        {**ENTRY, "fields": fields, "conversion_rule": rule, **ADMISSIONS[number]}
        for number, rule in zip(admissions, rules, strict=True)
    ]
    rows = []
    for number, (code, here, there, gone, title) in enumerate(planted):
        row = {**clean(number), "ok": here, "page": there, "title": title, "plain_email": gone or None}
        rows.append({**row, **DEFECTS[code]})

    def found(some: list[Row]) -> Counter[str]:
        previewing = Previewing(Settings.load({**CONFIG, "streams": entries}), NOW)
        previewing.schema("leads", SCHEMA, ("id",))
        for row in some:
            previewing.record("leads", row)
        told = counts(previewing.result())
        return Counter({code: told[code] for code in (*DEFECTS, "only_one_identifier") if code in told})

    assert found(rows) == sum((found([row]) for row in rows), Counter())


@pytest.mark.parametrize(
    ("other", "records"),
    [
        ({"conversion_rule": 201}, ROWS),
        ({"conversion_rule": 101}, 0),
        ({"conversion_rule": {"rule": 201, "value": False}}, 0),
        ({"conversion_rule": 201, "fields": {**ENTRY["fields"], "value": False}}, 0),
        ({"conversion_rule": 201, "only": {"column": "stage", "is": ["lost"]}}, 0),
    ],
)
def test_a_value_that_several_entries_send_to_several_rules_is_counted(other: Row, records: int) -> None:
    previewing = Previewing(Settings.load({**CONFIG, "streams": [ENTRY, {**ENTRY, **other}]}), NOW)
    previewing.schema("leads", SCHEMA, ("id",))
    for row in table():
        previewing.record("leads", row)
    assert counts(previewing.result()).get("value_in_several_rules", 0) == records


def test_a_schema_that_changes_loses_no_count() -> None:
    previewing = Previewing(Settings.load(CONFIG), NOW)
    for part in range(2):
        previewing.schema("leads", {**SCHEMA, "properties": {**SCHEMA["properties"], f"new{part}": {}}}, ("id",))
        for number in range(part * 10, part * 10 + 10):
            previewing.record("leads", {**clean(number), "amount": "-1" if number % 2 else "1"})
    found = previewing.result()
    assert counts(found) == {"refund": 10}
    assert sum(one.events for one in found.streams[0].outcomes) == found.streams[0].records == 20
