"""`linkedin-conversions privacy`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.reporting.folder import KEEP_DAYS
from tests.singer.pipe import entry, line_of, schema

if TYPE_CHECKING:
    from tests.cli.conftest import Companion

FIELDS = {
    "email": ["work_email", "home"],
    "first_name": "first",
    "last_name": "last",
    "company": "account.name",
    "event_id": "nr",
}


@pytest.fixture
def mapped(companion: Companion) -> Companion:
    companion.config |= {
        "streams": [entry("deals", fields=FIELDS, consent={"column": "ads", "granted": ["yes"]})],
        "access_token": None,
    }
    return companion


def fields_of(found: Any, stream: int = 0) -> dict[str, Any]:
    return {field["field"]: field for field in found["streams"][stream]["fields"]}


def test_each_field_is_told_with_its_columns_its_form_and_where_it_is_kept(mapped: Companion) -> None:
    found = mapped.data("privacy")
    (stream,) = found["streams"]
    assert (stream["stream"], stream["consent"]) == ("deals", {"column": "ads", "granted": ["yes"]})
    fields = fields_of(found)
    told = {
        name: (tuple(fields[name]["columns"]), fields[name]["leaves_as"], fields[name]["sent_as"]) for name in FIELDS
    }
    assert told == {
        "email": (("work_email", "home"), "hashed", "SHA256_EMAIL"),
        "first_name": (("first",), "hashed", "userInfo.hashedFirstName"),
        "last_name": (("last",), "hashed", "userInfo.hashedLastName"),
        "company": (("account.name",), "plain", "userInfo.companyName"),
        "event_id": (("nr",), "plain", "eventId"),
    }
    kept = {(one["where"], one["days"]) for one in fields["email"]["kept"]}
    assert kept == {("LinkedIn", 180), ("outbox", KEEP_DAYS["outbox"])}
    assert ("ledger", 400) in {(one["where"], one["days"]) for one in fields["event_id"]["kept"]}
    assert "180 days" in found["destination"]["keeps"]
    assert "no call" in found["destination"]["deletes"]


def test_what_the_settings_keep_is_told(mapped: Companion) -> None:
    forms = [one["form"] for one in fields_of(mapped.data("privacy", keep_rejected_rows=True))["email"]["kept"]]
    assert any("in plain" in form for form in forms)
    assert not any("in plain" in one["form"] for one in fields_of(mapped.data("privacy"))["email"]["kept"])
    logged = fields_of(mapped.data("privacy", results_log=True))["event_id"]["kept"]
    assert ("results", KEEP_DAYS["results"]) in {(one["where"], one["days"]) for one in logged}
    shorter = mapped.data("privacy", ledger_keep_days=90)
    assert ("ledger", 90) in {(one["where"], one["days"]) for one in fields_of(shorter)["event_id"]["kept"]}


def test_what_may_be_found_by_its_name_is_told_and_with_a_tap_s_schema_what_is(mapped: Companion) -> None:
    assert fields_of(mapped.data("privacy"))["li_fat_id"]["how"] == "found"
    columns = ("id", "work_email", "home", "first", "last", "account", "nr", "ads", "converted_at")
    path = mapped.folder / "deals.singer"
    path.write_bytes(line_of(schema("deals", *columns)) + b"\n")
    found = fields_of(mapped.data("privacy", str(path)))
    assert "li_fat_id" not in found
    assert (found["happened_at"]["columns"], found["happened_at"]["how"]) == (["converted_at"], "found")


def test_without_entries_it_tells_of_the_one_rule(companion: Companion) -> None:
    (stream,) = companion.data("privacy", conversion_rule=101)["streams"]
    assert (stream["stream"], stream["consent"]) == ("*", {"not_required": "a test"})
    code, _, err = companion("privacy")
    assert (code, "streams" in err) == (2, True)


def test_people_and_the_record_of_processing_read_the_same(mapped: Companion) -> None:
    _, out, _ = mapped("privacy")
    _, page, _ = mapped("privacy", "--markdown")
    for text in (out, page):
        assert "only where ads is yes" in text
        assert "SHA256_EMAIL" in text
        assert "work_email, home" in text
        assert "LinkedIn 180 days" in text
    assert "| email | from work_email, home | hashed | SHA256_EMAIL |" in page
    assert "\x1b" not in out
    assert "…" not in page


def test_a_name_that_would_be_markup_is_none(mapped: Companion) -> None:
    fields = {"email": "a|b<script>"}
    _, page, _ = mapped("privacy", "--markdown", streams=[entry("deals", fields=fields)])
    assert "a\\|b&lt;script>" in page


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "another column": ({"fields": {**FIELDS, "email": ["work_email"]}}, "- stream deals: email leaves hashed"),
    "another field": ({"fields": {**FIELDS, "title": "job"}}, "+ stream deals: title leaves plain as userInfo.title"),
    "plain names": ({"names": "plain"}, "+ stream deals: first_name leaves plain as userInfo.firstName"),
    "another consent": ({"consent": {"not_required": "a contract"}}, "+ stream deals: no consent is asked: a contract"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_thing_that_leaves_exits_2_and_is_named(mapped: Companion, change: str) -> None:
    before = mapped.folder / "privacy.json"
    before.write_text(mapped("privacy", "--json")[1])
    assert mapped("privacy", "--diff", str(before))[:2] == (0, "nothing else leaves than before\n")
    changes, line = CHANGES[change]
    (first,) = mapped.config["streams"]
    code, out, err = mapped("privacy", "--diff", str(before), streams=[{**first, **changes}])
    assert code == 2
    assert line in out
    assert "what leaves has changed" in err
    code, out, _ = mapped("privacy", "--diff", str(before), "--json", streams=[{**first, **changes}])
    assert (code, any(found.startswith(line) for found in json.loads(out)["changes"])) == (2, True)


def test_what_is_kept_longer_is_a_change_and_another_order_is_none(mapped: Companion) -> None:
    before = mapped.folder / "privacy.json"
    before.write_text(mapped("privacy", "--json")[1])
    code, out, _ = mapped("privacy", "--diff", str(before), ledger_keep_days=500)
    assert (code, "+ stream deals: event_id is kept 500 days in ledger" in out) == (2, True)
    (first,) = mapped.config["streams"]
    turned = dict(reversed(first["fields"].items()))
    assert mapped("privacy", "--diff", str(before), streams=[{**first, "fields": turned}])[0] == 0


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_file_that_is_none_of_ours_exits_2_with_the_mend(mapped: Companion, content: bytes) -> None:
    (mapped.folder / "privacy.json").write_bytes(content)
    code, _, err = mapped("privacy", "--diff", str(mapped.folder / "privacy.json"))
    assert (code, "privacy --json" in err) == (2, True)
    assert f"> {mapped.folder}" not in err  # nobody is told to write over a file that they may have named by mistake
    assert mapped("privacy", "--diff", "nowhere.json")[0] == 2


def test_without_anything_that_is_sent_the_setting_is_named_and_no_stream(mapped: Companion) -> None:
    code, _, err = mapped("privacy", streams=[], conversion_rule=None)
    assert (code, "*" in err) == (2, False)
    assert "streams: it is empty" in err


def test_a_difference_repeats_no_address_that_stands_in_the_file(mapped: Companion) -> None:
    before = mapped.data("privacy")
    (stream,) = before["streams"]
    stream["stream"] = "jane.doe@acme.example"
    fields_of(before)["email"]["columns"] = ["jane.doe@acme.example", "work email"]
    stream["consent"]["granted"] = ["b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"]
    (mapped.folder / "privacy.json").write_text(json.dumps(before))
    code, out, err = mapped("privacy", "--diff", str(mapped.folder / "privacy.json"))
    assert code == 2
    assert "acme.example" not in out + err
    assert "b94d27" not in out + err
    assert "work email" in out
    assert "+ stream deals: only where ads is yes\n" in out
