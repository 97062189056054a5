"""The findings over tables of other shapes: nested columns, JSON in texts, several addresses, other spellings, no key."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import pytest

from target_linkedin_conversions.run.preview.preview import Previewing
from target_linkedin_conversions.settings import Settings
from tests.readiness.table import DAY, NOW
from tests.readiness.test_findings import counts, previewed, table

Row = dict[str, Any]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def found_in(
    rows: list[Row], fields: dict[str, Any], *, key: tuple[str, ...] = ("id",), **entry: Any
) -> dict[str, int]:
    """The counts of a table whose entry maps these fields; a row has a time of its own unless it brings one."""
    merged = {
        "stream": "leads",
        "conversion_rule": 101,
        "consent": {"not_required": "a test"},
        "fields": {"happened_at": "at", **fields},
        **entry,
    }
    previewing = Previewing(Settings.load({"dry_run": True, "streams": [merged]}), NOW)
    names = dict.fromkeys(("id", "at", *(name for row in rows for name in row)))
    previewing.schema("leads", {"properties": {name: {} for name in names}}, key)
    for number, row in enumerate(rows):
        previewing.record("leads", {"id": number, "at": NOW - DAY - number * 1000, **row})
    return counts(previewing.result())


def private(number: int) -> str:
    return f"person{number}@gmail.com"


# Hashes


@pytest.mark.parametrize(
    "beside",
    [
        lambda plain: {"login": plain},
        lambda plain: {"contact": {"email": plain}},
        lambda plain: {"contact": json.dumps({"mail": [plain]})},
        lambda plain: {"kontakt": [{"adresse": plain}]},
        lambda plain: {"Email Address": plain},
    ],
)
@pytest.mark.parametrize("written", ["Jane.Doe@Gmail.com", " jane.doe@gmail.com", "JANE.DOE@GMAIL.COM"])
def test_a_hash_of_the_address_as_it_stands_is_found_wherever_that_stands(beside: Any, written: str) -> None:
    rows = [{"hashed": digest(written).upper(), **beside(written)} for _ in range(3)]
    assert found_in(rows, {"email": "hashed"}).get("hash_unnormalised") == 3


@pytest.mark.parametrize(
    "hashed",
    [
        digest,
        lambda text: digest(text).upper(),
        lambda text: "0x" + digest(text),
        lambda text: "\\x" + digest(text),
        lambda text: base64.b64encode(sha256(text.encode()).digest()).decode(),
        lambda text: base64.urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("="),
        lambda text: [digest(text)],
    ],
)
def test_the_right_hash_in_any_writing_has_no_finding(hashed: Any) -> None:
    rows = [{"hashed": hashed(private(number)), "email": private(number).title()} for number in range(5)]
    assert found_in(rows, {"email": "hashed"}) == {}


def test_a_hash_is_compared_with_all_addresses_of_the_person_and_with_nobody_else_s() -> None:
    rows = [{"hashed": digest(private(n)), "work_email": "x@firm.de", "private_email": private(n)} for n in range(4)]
    assert found_in(rows, {"email": "hashed"}) == {}
    rows = [
        {"hashed": digest(private(n)), "owner_email": "rep@firm.de", "billing_email": "b@firm.de"} for n in range(4)
    ]
    assert found_in(rows, {"email": "hashed"}) == {}
    rows = [{"hashed": digest(private(n)), "work_email": "x@firm.de"} for n in range(4)]
    assert found_in(rows, {"email": "hashed"}) == {"hash_disagrees": 4}


@pytest.mark.parametrize(
    "nothing", ["", " ", "   ", "\t", "\n", "null", "NULL", "None", "N/A", "n/a", "undefined", "(not set)", "Not Set"]
)
def test_a_hash_of_nothing_is_one_in_any_writing(nothing: str) -> None:
    rows = [{"hashed": digest(nothing).upper(), "first": "Anna", "last": "Berg"}]
    found = found_in(rows, {"email": "hashed", "first_name": "first", "last_name": "last"})
    assert found == {"hash_of_nothing": 1}


# Addresses


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (["a@gmail.com", "info@firm.de"], {"role_address": 1}),
        ([{"value": "a@gmail.com"}, {"value": "b@mailinator.com"}], {"disposable_domain": 1}),
        ('["a@gmail.com", "b@gmial.com"]', {"domain_typo": 1}),
        ("{a@gmail.com,b@acme.test}", {"reserved_domain": 1}),
        ("a@gmail.com; b@example.org", {"reserved_domain": 1}),
        ("a@gmail.com sales@firm.de", {"role_address": 1}),
        ("Jane Doe <JANE@GMIAL.COM>", {"domain_typo": 1}),
        ("mailto:info@firm.de", {"role_address": 1, "work_only": 1}),
        ("Do-Not-Reply@firm.de", {"role_address": 1, "work_only": 1}),
        ("no.reply+7@firm.de", {"role_address": 1, "work_only": 1}),
        ("infos@firm.de", {"work_only": 1}),
        ("kern@corp.internal, b@gmail.com", {"reserved_domain": 1}),
        ("Some One <test@gmail.com>", {"test_record": 1}),
        ("mailto:demo@gmail.com", {"test_record": 1}),
        ("contest@gmail.com", {}),
        ("jane%40gmail.com", {}),
        ("jane＠gmail.com", {}),
        ("max@müller.de", {"work_only": 1}),
        (["d41d8cd98f00b204e9800998ecf8427e", "a@gmail.com"], {"not_sha256": 1}),
        ("d41d8cd98f00b204e9800998ecf8427e;a@gmail.com", {"not_sha256": 1}),
        ("a@gmail.com;0x" + "AB" * 20, {"not_sha256": 1}),
        ("d41d8cd98f00b204e9800998ecf8427e d41d8cd98f00b204e9800998ecf8427f", {"not_sha256": 1}),
        ('["d41d8cd98f00b204e9800998ecf8427e"]', {"not_sha256": 1}),
        ('{"email": "d41d8cd98f00b204e9800998ecf8427e"}', {"not_sha256": 1}),
        ({"value": "d41d8cd98f00b204e9800998ecf8427e"}, {"not_sha256": 1}),
        ([{"email": "d41d8cd98f00b204e9800998ecf8427e"}, "n/a", "b@gmail.com"], {"not_sha256": 1, "not_an_email": 1}),
        ("order 1f0e2d3c4b5a69788796a5b4c3d2e1f0 of Jane", {"not_an_email": 1}),
        ("d41d8cd98f00b204e9800998ecf8427", {"not_an_email": 1}),
        (["n/a", "a@gmail.com"], {"not_an_email": 1}),
        ("0X" + "AB" * 20, {"not_sha256": 1}),
        ("", {}),
        ("   ", {}),
        (None, {}),
        ([], {}),
        (True, {"not_an_email": 1}),
        ({"no": "address"}, {"not_an_email": 1}),
    ],
)
def test_an_address_in_any_shape_is_looked_at(value: Any, codes: dict[str, int]) -> None:
    row = {"mail": value, "click": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}
    found = found_in([row], {"email": "mail", "li_fat_id": "click"})
    found.pop("only_one_identifier", None)  # of what is empty
    assert found == codes


@pytest.mark.parametrize(
    "domain",
    [
        *("gmial.com", "hotmial.com", "outlok.com", "gmail.con", "yaho.co.uk", "hotmal.de", "t-onlin.de", "iclod.com"),
        *("aol.con", "live.cmo", "me.con", "gmx.xom"),
    ],
)
def test_a_provider_misspelt_by_one_edit_is_found(domain: str) -> None:
    assert found_in([{"email": f"a@{domain}"}], {}) == {"domain_typo": 1}


@pytest.mark.parametrize(
    "domain",
    [
        *("gmx.de", "gmx.at", "hotmail.fr", "ymail.com", "web.de", "yahoo.co.jp", "aol.com", "me.com"),
        *("outlook.com.br", "yahoo.co.id", "yahoo.com.sg", "hotmail.co.th"),
    ],
)
def test_a_well_known_provider_is_no_slip_of_another(domain: str) -> None:
    assert found_in([{"email": f"a@{domain}"}], {}) == {}


def test_an_address_shared_by_two_columns_of_nested_lists_is_counted_by_record() -> None:
    rows = [{"emails": [{"value": "Rep@gmail.com"}, {"value": "rep@gmail.com"}]} for _ in range(21)]
    assert found_in(rows, {"email": "emails[].value"}) == {"shared_address": 21}
    assert found_in(rows[:20], {"email": "emails[].value"}) == {}


def test_a_shared_hash_is_shared_in_any_writing() -> None:
    rows = [{"hash": digest("rep@gmail.com").upper() if n % 2 else digest("rep@gmail.com")} for n in range(30)]
    assert found_in(rows, {"email": "hash"}) == {"shared_address": 30}


def of_addresses(rows: list[dict[str, Any]], fields: dict[str, Any]) -> dict[str, int]:
    return {code: records for code, records in found_in(rows, fields).items() if code != "only_one_identifier"}


def test_a_hash_beside_its_address_is_the_same_address_and_alone_another() -> None:
    both = {"email": ["mail", "hash"]}

    def row(number: int, address: str) -> dict[str, str]:
        return {"mail": address, "hash": digest(address), "company": f"Firm {number}"}

    people = [row(number, f"p{number}@firm{number}.de") for number in range(60)]
    assert of_addresses(people, both) == {"work_only": 60}
    assert of_addresses([*people, row(60, "p60@gmail.com")], both) == {}
    people[3]["mail"] = ""
    assert of_addresses(people, both) == {}, "nobody knows where the address of a hash is"
    shared = [row(number, "rep@gmail.com") for number in range(25)]
    assert of_addresses(shared, both) == {"shared_address": 25}
    shared = [{**one, "mail": "" if number < 23 else one["mail"]} for number, one in enumerate(shared)]
    assert of_addresses(shared, both) == {"shared_address": 23}


def test_an_address_that_stands_in_two_columns_of_a_record_is_on_one_record() -> None:
    rows = [{"mail": "Rep@gmail.com", "other": "rep@gmail.com"} for _ in range(21)]
    assert of_addresses(rows, {"email": ["mail", "other"]}) == {"shared_address": 21}
    assert of_addresses(rows[:20], {"email": ["mail", "other"]}) == {}


# Names


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        ("Anna\u00a0Berg", None, {"two_words_no_last_name": 1}),
        ("Anna Berg", "n/a", {"two_words_no_last_name": 1}),
        ("Anna Berg", "\t", {"two_words_no_last_name": 1}),
        ("Anna Maria", "Berg", {}),
        ("PROF. DR. ANNA", "Berg", {"honorific_in_name": 1}),
        ("Herrn Max", "Berg", {"honorific_in_name": 1}),
        ("Drew", "Frau", {}),
        ("Misha", "Berg", {}),
        ("TEST", "Berg", {"test_record": 1}),
        ("Testa", "Fooks", {}),
        ("Max", "Mustermann", {"test_record": 1}),
        ("MÃ¤x", "BÃ¶rg", {"mojibake": 2}),
        ("Anna", "anna＠firm.de", {"name_is_email": 1}),
        ("Ænna", "Ó Súilleabháin", {}),
        ("JĂłzef", "GĂłrski", {"mojibake": 2}),
        ("M\x81ller", "ÄŒapek", {"mojibake": 2}),
        ("Ştefan", "TĂŞNAD", {}),
        ("Frl. Anna", "Berg", {"honorific_in_name": 1}),
        ("Priv.-Doz. Anna", "Berg", {"honorific_in_name": 1}),
        ("Dott.ssa Anna", "Berg", {"honorific_in_name": 1}),
        ("Ladyna Anna", "Berg", {}),
    ],
)
def test_names_of_any_kind(first: str, last: str | None, codes: dict[str, int]) -> None:
    row = {"email": "a@gmail.com", "person": {"first": first, "last": last}}
    assert found_in([row], {"first_name": "person.first", "last_name": "person.last"}) == codes


def test_a_title_behind_the_last_name_and_its_comma_stands_before_a_first_name() -> None:
    rows = [{"email": "a@gmail.com", "who": who} for who in ("Berg, Dr. Anna", "Frau Anna", "Berg, Anna", "Anna Berg")]
    assert found_in(rows, {"full_name": "who"}) == {"honorific_in_name": 2}


def test_one_of_several_addresses_of_a_test_makes_a_test_record_once() -> None:
    rows: list[Row] = [
        {"mail": "a@gmail.com;test@firm.de", "first": "Test", "last": "Tester"},
        {"mail": ["demo@firm.de", "b@gmx.de"]},
    ]
    assert found_in(rows, {"email": "mail", "first_name": "first", "last_name": "last"}) == {"test_record": 2}


# Identifiers


def test_a_click_id_that_is_none_leaves_an_event_with_a_single_identifier_or_none_that_is_strong() -> None:
    fields = {"email": "email", "li_fat_id": "click", "first_name": "first", "last_name": "last"}
    names = {"first": "Anna", "last": "Berg"}
    assert found_in([{**names, "email": "a@gmail.com", "click": "undefined"}], fields) == {"only_one_identifier": 1}
    assert found_in([{"email": " ", "click": "undefined", **names}], fields) == {"no_strong_identifier": 1}
    assert found_in([{"email": "n/a", "click": None, **names}], fields) == {"not_an_email": 1}


@pytest.mark.parametrize(
    "carrier",
    [
        {"utm": {"li_fat_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}},
        {"utm": '{"li_fat_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}'},
        {"Cookie": "x=1; li_fat_id=a1b2c3d4-e5f6-7890-abcd-ef1234567890"},
        {"page": "https://a.io/?q=%3Fli_fat_id%3Da1b2c3d4-e5f6-7890-abcd-ef1234567890"},
        {"LinkedIn Click ID": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"},
        {"linkedin_fat_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"},
        {"LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"},
        {"event_params": [{"key": "li_fat_id", "value": {"string_value": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}}]},
    ],
)
def test_a_click_id_that_nothing_maps_is_found_wherever_it_stands(carrier: Row) -> None:
    rows = [{"email": private(number), **(carrier if number < 3 else {})} for number in range(7)]
    assert found_in(rows, {}) == {"click_id_unmapped": 3}


def test_a_click_id_that_a_path_maps_is_not_unmapped() -> None:
    rows = [{"email": private(n), "utm": {"li_fat_id": f"a1b2c3d4-e5f6-7890-abcd-{n:012}"}} for n in range(5)]
    assert found_in(rows, {"li_fat_id": "utm.li_fat_id"}) == {}


def test_a_landing_page_lost_its_id_where_linkedin_marked_it() -> None:
    pages = [
        "https://a.io/?UTM_SOURCE=LinkedIn",
        "a.io/?x=1&amp;utm_source=linkedin",
        "https://a.io/?li_fat_id=",
        "utm_source=linkedin&utm_medium=cpc",
        "https://a.io/?x=1;utm_source=linkedin",
        "https://a.io/?utm_source=google",
        "https://a.io/?x_utm_source=linkedin",
    ]
    rows = [{"email": private(number), "landing": {"page": page}} for number, page in enumerate(pages)]
    assert found_in(rows, {}) == {"click_id_lost": 5}


# Times, ids, keys, consent


@pytest.mark.parametrize(("records", "alike", "found"), [(99, 99, 0), (100, 50, 0), (100, 51, 51), (1000, 501, 501)])
def test_times_are_alike_from_a_hundred_records_and_a_half_of_them_on(records: int, alike: int, found: int) -> None:
    rows: list[Row] = [{"email": private(n)} for n in range(records)]
    for number, row in enumerate(rows[:alike]):
        row["at"] = f"2026-09-20T10:00:00.{number % 1000:03}Z"
    assert found_in(rows, {}) == ({"times_alike": found} if found else {})


@pytest.mark.parametrize("day", ["2026-09-20", 20260920, 46285, "46285"])
def test_days_in_any_writing_are_no_times_that_are_alike(day: Any) -> None:
    assert found_in([{"email": private(n), "at": day} for n in range(150)], {}) == {}


@pytest.mark.parametrize("key", [("id",), ()])
def test_all_but_the_first_of_each_event_id_repeat_it(key: tuple[str, ...]) -> None:
    rows = [{"email": private(n), "order": order} for n, order in enumerate("AABACCD")]
    assert found_in(rows, {"event_id": "order"}, key=key) == {"event_id_repeats": 3}


def test_a_record_that_comes_again_repeats_no_event_id() -> None:
    rows = [{"id": 7, "email": private(1), "order": "A", "at": NOW - DAY} for _ in range(5)]
    assert found_in(rows, {"event_id": "order"}) == {}
    assert found_in(rows, {"event_id": "order"}, key=()) == {}


@pytest.mark.parametrize("empty", [None, "", "null", "NULL"])
def test_a_key_of_nothing_is_none(empty: Any) -> None:
    rows = [{"email": private(n), "number": empty if n < 4 else n} for n in range(9)]
    assert found_in(rows, {}, key=("number",)) == {"no_key": 4}
    ids = {"event_id": "order"}
    assert found_in([{**row, "order": f"A-{n}"} for n, row in enumerate(rows)], ids, key=("number",)) == {"no_key": 4}
    half = [{"email": private(n), "number": empty, "line": n} for n in range(9)]
    assert found_in(half, {}, key=("line", "number")) == {}


@pytest.mark.parametrize("refuse", ["no", "false", False, 0, None, "denied"])
def test_a_consent_that_grants_nobody_is_told_from_twenty_records_on(refuse: Any) -> None:
    rows = [{"email": private(n), "ok": refuse} for n in range(20)]
    consent: Row = {"column": "ok"}
    assert found_in(rows, {}, consent=consent) == {"consent_to_nobody": 20}
    assert found_in(rows[:19], {}, consent=consent) == {}
    assert found_in([*rows, {"email": private(99), "ok": "Yes"}], {}, consent=consent) == {}


def test_records_that_are_gone_say_nothing_of_consent() -> None:
    rows = [{"email": private(n), "ok": "no", "gone": n < 5} for n in range(24)]
    assert found_in(rows, {}, consent={"column": "ok"}, deleted="gone") == {}


def test_counts_are_the_same_however_many_records_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = table() * 3
    for number, row in enumerate(rows):
        row.update(
            deal=f"deal-{number % 50}",
            li_fat_id=None if number % 7 else "undefined",
            amount="-1" if number % 5 else "1",
        )
    together = previewed(rows)
    monkeypatch.setattr("target_linkedin_conversions.run.preview.stream.TOGETHER", 1)
    assert previewed(rows) == together
