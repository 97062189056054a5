"""Records that are right and still not sent: no consent, deleted, excluded, suppressed."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.records.suppressed import digests_of

if TYPE_CHECKING:
    from collections.abc import Callable


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("held", [True, "true", " TRUE ", "granted", "Granted", 1, "1", 1.0])
def test_a_granted_value_is_consent(stream: Callable[..., Any], held: Any) -> None:
    asked = stream(consent={"column": "ads", "granted": [True, "granted", 1]})
    assert len(asked.events(ads=held)) == 1


@pytest.mark.parametrize("held", [None, ..., "", "  ", False, "false", 0, "yes", "denied", [True], {"a": True}])
def test_anything_else_null_and_missing_too_is_no_consent(stream: Callable[..., Any], held: Any) -> None:
    asked = stream(consent={"column": "ads", "granted": [True, "granted", 1]})
    assert asked.skipped(ads=held) == "no_consent"


@pytest.mark.parametrize(
    "yes", [True, "true", " TRUE ", 1, 1.0, "1", "1.0", "t", "y", "Yes", "on", "granted", "GRANTED"]
)
def test_without_a_list_every_spelling_of_true_is_consent(stream: Callable[..., Any], yes: Any) -> None:
    assert len(stream(consent={"column": "ads"}).events(ads=yes)) == 1


@pytest.mark.parametrize(
    "no", [False, 0, "f", "no", "off", "denied", None, "", "2", "true,", ["true"], "granted later"]
)
def test_without_a_list_nothing_else_is(stream: Callable[..., Any], no: Any) -> None:
    assert stream(consent={"column": "ads"}).skipped(ads=no) == "no_consent"


@pytest.mark.parametrize(
    "held",
    [
        ",C0001,C0004,",
        "C0004",
        "c0001|c0004",
        "C0001; C0004",
        ["C0001", "C0004"],
        '["C0001", "C0004"]',
        " C0004 ",
        "C0004,",
        "C0001 C0004",
        "C0001\u00a0C0004\tC0003",
        "C0001:1,C0004:1",
        "C0001:0,C0004:1,C0002:0",
        "C0001:0 C0004:true",
        ["C0004:1"],
        '["C0001:0","C0004:1"]',
    ],
)
def test_a_list_that_holds_the_value_grants(stream: Callable[..., Any], held: Any) -> None:
    asked = stream(consent={"column": "groups", "contains": "C0004"})
    assert len(asked.events(groups=held)) == 1


@pytest.mark.parametrize(
    "held",
    [
        ",C0001,C00040,",
        "",
        None,
        [],
        ["C0001"],
        '["C0001"',
        {"C0004": True},
        "C0001:1,C0004:0",
        "no C0004",
        "C0004:",
        "C0004:2",
        ["C0004:0"],
        "C00041 C0001",
        True,
    ],
)
def test_a_list_without_the_value_does_not(stream: Callable[..., Any], held: Any) -> None:
    assert stream(consent={"column": "groups", "contains": ["C0004", 4]}).skipped(groups=held) == "no_consent"


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ("Closed Won", "closed\u00a0won"),
        ("caf\u00e9", "cafe\u0301"),
        ("a b", " A \t\u2003b "),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_comparisons_see_through_white_space_and_the_way_accents_are_written(
    stream: Callable[..., Any], wanted: str, held: str
) -> None:
    assert len(stream(consent={"column": "ads", "granted": [wanted]}).events(ads=held)) == 1
    by_column = {"column": "stage", "rules": [{"when": wanted, "rule": 102}]}
    assert stream(conversion_rule=by_column).event(stage=held).rule == "102"


def test_only_what_the_entry_asks_for_is_sent(stream: Callable[..., Any]) -> None:
    live = stream(["livemode"], only={"column": "livemode", "is": [True]})
    assert len(live.events(livemode=True)) == len(live.events(livemode="true")) == 1
    assert {live.skipped(livemode=other) for other in (False, None, "test")} == {"filtered"}


@pytest.mark.parametrize(
    "mark", ["d", "D", "delete", "DELETE", "trashed", "ja", "Oui", "s\u00ed", "tak", "\u306f\u3044"]
)
def test_a_deletion_mark_is_read_as_logs_of_changes_and_other_languages_write_it(
    stream: Callable[..., Any], mark: str
) -> None:
    assert stream(deleted=["gone"]).skipped(gone=mark) == "deleted"


@pytest.mark.parametrize("kept", ["c", "u", "r", "INSERT", "update", "nein", "non", "active", "nie"])
def test_what_a_log_of_changes_says_was_done_otherwise_is_none(stream: Callable[..., Any], kept: str) -> None:
    assert len(stream(deleted=["gone"]).events(gone=kept)) == 1


@pytest.mark.parametrize("zeros", ["0000-00-00 00:00:00", "0000-00-00", "0", 0, "00:00:00", False, "f", ""])
def test_a_deletion_mark_of_zeros_is_none(stream: Callable[..., Any], zeros: Any) -> None:
    assert len(stream(deleted=["gone"]).events(gone=zeros)) == 1


@pytest.mark.parametrize(
    "mark",
    [
        *("IsDeleted", "isDeleted", "archived", "deleted_at", "_fivetran_deleted", "archivedAt", "removed_at"),
        *(
            "_ab_cdc_deleted_at",
            "is_deleted__c",
            "IsDeleted__c",
            "removedAt",
            "__hevo__marked_deleted",
            "_PEERDB_IS_DELETED",
        ),
        *(
            "_stitch_deleted",
            "_sdc_is_deleted",
            "DELETED_FLAG",
            "date_deleted",
            "deleted_date",
            "deletion_time",
            "trashed",
        ),
        *("discarded_at", "soft_deleted", "hard_deleted_at", "delete_flag", "LVORM", "deletedDateTime", "archivedOn"),
        *("__op", "_dms_op", "Op", "_change_type", "METADATA$ACTION"),
    ],
)
def test_a_deletion_mark_of_a_known_source_is_named_and_not_used(stream: Callable[..., Any], mark: str) -> None:
    loud = stream([mark])
    assert any(repr(mark) in warning and "deleted" in warning for warning in loud.plan.warnings)
    assert len(loud.events(**{mark: True})) == 1
    told = stream(deleted=[mark])
    assert told.skipped(**{mark: True}) == "deleted"
    assert not any(repr(mark) in warning for warning in told.plan.warnings)
    assert not any(repr(mark) in warning for warning in stream([mark], deleted=False).plan.warnings)


@pytest.mark.parametrize(
    "other",
    [
        "deleted_by",
        "deleted_items",
        "archive",
        "email_deleted",
        "delivered_at",
        "removed_from",
        "delete_after",
        "op",
        "opp",
    ],
)
def test_a_column_about_something_else_is_no_deletion_mark(stream: Callable[..., Any], other: str) -> None:
    assert not any(repr(other) in warning for warning in stream([other]).plan.warnings)


def test_consent_may_be_nested(stream: Callable[..., Any]) -> None:
    asked = stream(consent={"column": "consents.ads"})
    assert len(asked.events(consents={"ads": True})) == 1
    assert asked.skipped(consents={}) == asked.skipped(consents=None) == "no_consent"


def test_an_entry_that_says_why_needs_no_consent_and_no_warning(stream: Callable[..., Any]) -> None:
    free = stream(consent={"not_required": "contract"})
    assert len(free.events()) == 1
    assert free.plan.warnings == ()


def test_a_consent_column_that_an_open_schema_lacks_grants_nothing_and_is_named(stream: Callable[..., Any]) -> None:
    asked = stream(
        schema={"properties": {"id": {}, "email": {}, "happened_at": {}}, "additionalProperties": True},
        consent={"column": "ads"},
    )
    assert asked.skipped() == "no_consent"
    assert any("'ads'" in warning for warning in asked.plan.warnings)


DELETED = ["2026-11-01T00:00:00Z", "2026-11-01", 1_793_534_400, True, "true", "yes", 1, "x", "Deleted"]
NOT_DELETED = [None, ..., "", "  ", False, "false", "FALSE", 0, 0.0, "0", "no", [1]]
NEITHER = [
    *("0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01", "1970-01-01T00:00:00Z", "1970-01-01 00:00:00+00"),
    *("null", "NULL", "n/a", "NaT", "#N/A", "active", "undefined", "off", "9999-12-31", "9999-12-31T23:59:59Z"),
    *("1900-01-01", 0.0, -1, 3, {"a": True}),
]
LISTS_THAT_DELETE: list[Any] = [
    *([True], [False, True], ["true"], ["2026-11-01T00:00:00Z"], ["", "archived"], [{"$date": 1_793_534_400_000}]),
    *("[true]", ' ["2026-11-01"]'),
]
LISTS_THAT_DELETE_NOTHING: list[Any] = [
    *([], [False], [None], [""], [1], [7, 3], [1_793_534_400], ["active"], [[True]], [{"id": 1}], [{"a": True}]),
    *("[]", "[1]", "[false]", '["no"]', "[object Object]", "{}", '{"a": true}', {"a": True, "b": 1}),
]
OTHER_TIMES = [
    "11/21/2026",
    "Sat, 21 Nov 2026 10:00:00 GMT",
    "21.11.2026 10:00",
    "2026-W47-5",
    "20261121",
    1_795_701_000_000,
]


@pytest.mark.parametrize("held", NEITHER, ids=map(repr, NEITHER))
def test_a_mark_that_is_neither_true_nor_a_time_deletes_nothing(stream: Callable[..., Any], held: Any) -> None:
    assert len(stream(deleted="gone").events(gone=held)) == 1


@pytest.mark.parametrize("held", LISTS_THAT_DELETE, ids=repr)
def test_a_list_says_that_the_record_is_gone_where_one_of_it_does(stream: Callable[..., Any], held: Any) -> None:
    assert stream(deleted="gone").skipped(gone=held) == "deleted"


@pytest.mark.parametrize("held", LISTS_THAT_DELETE_NOTHING, ids=repr)
def test_a_list_of_numbers_and_an_object_delete_nothing(stream: Callable[..., Any], held: Any) -> None:
    assert len(stream(deleted="gone").events(gone=held)) == 1


@pytest.mark.parametrize("held", OTHER_TIMES)
def test_a_time_in_any_form_says_that_the_record_is_gone(stream: Callable[..., Any], held: Any) -> None:
    assert stream(deleted="gone").skipped(gone=held) == "deleted"


def test_a_time_in_the_entry_s_own_form_does_so_too(stream: Callable[..., Any]) -> None:
    assert stream(deleted="gone", time_format="%d/%m/%y").skipped(gone="21/11/26") == "deleted"


@pytest.mark.parametrize("held", DELETED)
def test_a_record_that_the_source_deleted_is_skipped(stream: Callable[..., Any], held: Any) -> None:
    assert stream().skipped(_sdc_deleted_at=held) == "deleted"
    assert stream(deleted="gone").skipped(gone=held) == "deleted"
    assert stream(deleted=["gone", "is_deleted"]).skipped(gone=None, is_deleted=held) == "deleted"


@pytest.mark.parametrize("held", NOT_DELETED)
def test_a_record_that_is_not_deleted_is_sent(stream: Callable[..., Any], held: Any) -> None:
    assert len(stream().events(_sdc_deleted_at=held)) == 1
    assert len(stream(deleted=["gone", "is_deleted"]).events(gone=held, is_deleted=held)) == 1


def test_other_columns_replace_the_default_one(stream: Callable[..., Any]) -> None:
    assert len(stream(deleted="gone").events(_sdc_deleted_at="2026-11-01")) == 1


def test_deleted_false_looks_at_nothing(stream: Callable[..., Any]) -> None:
    assert len(stream(deleted=False).events(_sdc_deleted_at="2026-11-01")) == 1


def test_a_deleted_record_is_that_and_nothing_else(stream: Callable[..., Any]) -> None:
    asked = stream(consent={"column": "ads"})
    assert asked.skipped(_sdc_deleted_at=True, ads=None, happened_at=None) == "deleted"


@pytest.mark.parametrize(
    "address", ["joe@example.com", "JOE@Example.COM ", "Joe <joe@example.com>", "joe\uff20example.com"]
)
def test_own_staff_is_excluded(stream: Callable[..., Any], address: str) -> None:
    staff = stream(settings={"exclude_email_domains": ["@Example.com"]}, fields={"email": ["email", "other"]})
    assert staff.skipped(email=address) == "excluded"
    assert staff.skipped(email="jane@example.org", other=address) == "excluded"
    assert len(staff.events(email="jane@example.org")) == 1


def test_a_domain_excludes_itself_and_no_other(stream: Callable[..., Any], jane_hash: str) -> None:
    staff = stream(settings={"exclude_email_domains": "example.com"})
    for address in ("joe@sub.example.com", "joe@notexample.com", "joe@example.com.example.org", jane_hash):
        assert len(staff.events(email=address)) == 1


@pytest.mark.parametrize("form", [str, str.upper, r"\x{}".format])
def test_whoever_is_suppressed_is_never_sent_plain_or_hashed(
    stream: Callable[..., Any], form: Callable[[str], str], jane: str, jane_hash: str
) -> None:
    guarded = stream(suppressed=frozenset({jane_hash}), fields={"email": ["email", "other"]})
    assert guarded.skipped(email=form(jane_hash)) == "suppressed"
    assert guarded.skipped(email=f" {jane.upper()}") == "suppressed"
    assert guarded.skipped(email="joe@example.org", other=jane) == "suppressed"
    assert len(guarded.events(email="joe@example.org")) == 1


def test_a_sixth_address_that_is_not_sent_still_suppresses_the_person(stream: Callable[..., Any]) -> None:
    columns = list("abcdef")
    values = {column: f"{column}@example.org" for column in columns}
    guarded = stream(suppressed=frozenset({sha256("f@example.org")}), fields={"email": columns})
    assert guarded.skipped(**values) == "suppressed"
    assert len(guarded.events(**{**values, "f": "g@example.org"})) == 1


LISTED = [
    "jane.doe@example.com/b@example.net",
    "b@example.net/jane.doe@example.com",
    "mailto:jane.doe@example.com?x",
    "jane.doe@example.com?",
    "SMTP:jane.doe@example.com",
    "smtp:a@example.net;SMTP:jane.doe@example.com",
    "jane.doe%40example.com",
    "jane.doe%2540example.com",
    "jane.doe&#64;example.com",
    "jane.doe&commat;example.com",
    "jane.doe@example.com\\nb@example.net",
    "b@example.net\\njane.doe@example.com",
    "<a href='mailto:jane.doe@example.com'>",
    "jane.doe(at)example.com",
    "jane.doe [at] example [dot] com",
    "jane.doe at example.com",
    "\u300cjane.doe@example.com\u300d",
    "\u3010jane.doe@example.com\u3011",
    "email=jane.doe@example.com",
    "https://example.net/?a=1&e=jane.doe@example.com&b=2",
    "jane.doe\uff20example\uff0ecom",
    "*jane.doe@example.com*",
    ["x", {"deep": ["to jane.doe@example.com!"]}],
    "x " * 30_000 + "jane.doe&#64;example.com" + " y" * 9_000,
]


@pytest.mark.parametrize("cell", LISTED, ids=range(len(LISTED)))
def test_every_address_in_a_mapped_column_counts_for_who_is_held_back(
    stream: Callable[..., Any], cell: Any, jane_hash: str
) -> None:
    fields = {"email": "mail", "external_id": "crm"}
    listed = stream(fields=fields, suppressed=frozenset({jane_hash}))
    assert listed.skipped(mail=cell, crm="C-77") == "suppressed"
    staff = stream(fields=fields, settings={"exclude_email_domains": ["example.com"]})
    assert staff.skipped(mail=cell, crm="C-77") == "excluded"


@pytest.mark.parametrize("form", ["sha256:{}", "sha256={}", "SHA-256 {}", "x|{}|y", '{{"hash": "{}"}}'])
def test_a_listed_hash_counts_whatever_stands_around_it(stream: Callable[..., Any], form: str, jane_hash: str) -> None:
    listed = stream(fields={"email": "mail", "external_id": "crm"}, suppressed=frozenset({jane_hash}))
    assert listed.skipped(mail=form.format(jane_hash.upper()), crm="C-77") == "suppressed"
    encoded = base64.urlsafe_b64encode(bytes.fromhex(jane_hash)).decode().rstrip("=")
    assert listed.skipped(mail=form.format(encoded), crm="C-77") == "suppressed"
    assert len(listed.events(mail=form.format(sha256("joe")), crm="C-77")) == 1


@pytest.mark.parametrize(
    ("domain", "address"),
    [
        ("m\u00fcller.de", "a@xn--mller-kva.de"),
        ("xn--mller-kva.de", "a@m\u00fcller.de"),
        ("m\u00fcller.de", "A@MU\u0308LLER.DE"),
        ("b\u00fccher.example", "a@XN--BCHER-KVA.example"),
    ],
)
def test_an_international_domain_is_the_same_in_both_forms(
    stream: Callable[..., Any], domain: str, address: str
) -> None:
    staff = stream(settings={"exclude_email_domains": [domain]})
    assert staff.skipped(email=address) == "excluded"


@pytest.mark.parametrize("address", ["o'brien@example.com", "jane+tag@example.com", "x-jane@example.com"])
def test_nobody_is_held_back_for_another(stream: Callable[..., Any], address: str) -> None:
    others = frozenset({sha256("brien@example.com"), sha256("tag@example.com"), sha256("jane@example.com")})
    assert len(stream(suppressed=others).events(email=address)) == 1


@pytest.mark.parametrize(
    "held", ["C0004:0,C0004:1", "C0004,C0004:0", ["C0004", "C0004:0"], "C0004:1|C0004:false", "C0004,C0004:denied"]
)
def test_a_list_that_also_says_no_grants_nothing(stream: Callable[..., Any], held: Any) -> None:
    assert stream(consent={"column": "groups", "contains": "C0004"}).skipped(groups=held) == "no_consent"


@pytest.mark.parametrize("held", ["{C0001,C0004}", '{"C0001","C0004"}', "C0004,C0001:0"])
def test_a_list_as_databases_write_it_grants(stream: Callable[..., Any], held: Any) -> None:
    assert len(stream(consent={"column": "groups", "contains": "C0004"}).events(groups=held)) == 1


@pytest.mark.parametrize("held", ["20-NOV-26", "20-NOV-26 10.30.00 AM", "11/20/26", "20.11.26", "20-11-26"])
def test_a_day_that_cannot_be_read_says_that_the_record_is_gone(stream: Callable[..., Any], held: Any) -> None:
    assert stream(deleted="gone").skipped(gone=held) == "deleted"


@pytest.mark.parametrize(
    "line",
    [
        "jane.doe@example.com\tJane",
        "jane.doe@example.com Jane Doe",
        "Jane jane.doe@example.com",
        "jane.doe @example.com",
        "kim@example.com  jane.doe@example.com",
    ],
)
def test_white_space_in_a_line_of_the_list_lets_nobody_through(line: str, jane_hash: str) -> None:
    assert jane_hash in digests_of([line])
