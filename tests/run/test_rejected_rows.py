"""A row that was kept becomes by the settings of another day what the record itself would."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.cli.rejects.replay_rows import RowsAnew
from target_linkedin_conversions.reporting.rejected_rows import numbered_rows
from target_linkedin_conversions.run.rejected_rows import RowKeeper
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from target_linkedin_conversions.records.event import Event, Refusal

NOW = 1_795_430_400_000
NAMES = ("id", "email", "mail", "at", "account", "contacts", "stage", "amount", "currency", "nr")
FIELDS = {"email": ["mail", "contacts[].mail"], "happened_at": "at", "company": "account.name", "title": "account.job"}
ENTRIES: dict[str, dict[str, Any]] = {
    "by key": {"fields": FIELDS, "key": ["nr"]},
    "a bad field costs": {"fields": FIELDS, "on_bad_field": "reject"},
    "found by name": {"fields": {"happened_at": "at"}, "only": {"column": "amount", "is": [7, 12, "12.50", ""]}},
    "an event id": {"fields": {**FIELDS, "event_id": "nr"}},
}

TEXTS = st.sampled_from(["", "jane@example.com", "7", "12.50", "2026-11-20 10:30:00", "Acme", "n/a", "Ä\u2028x"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-5, 2**40), st.decimals(-9, 9, places=2), TEXTS)
VALUES = st.one_of(
    SCALARS,
    st.fixed_dictionaries({}, optional={"name": SCALARS, "job": SCALARS, "mail": SCALARS}),
    st.lists(st.one_of(SCALARS, st.fixed_dictionaries({"mail": TEXTS})), max_size=2),
)
RECORDS = st.fixed_dictionaries(
    {"id": st.integers(1, 9), "at": st.just(NOW - 60_000)},
    optional={name: VALUES for name in NAMES if name not in {"id", "at"}},
)


def settings_of(entry: dict[str, Any], rules: list[dict[str, Any]]) -> Settings:
    made = {
        "stream": "leads",
        "consent": {"not_required": "a test"},
        "conversion_rule": {"column": "stage", "rules": rules},
    }
    return Settings.load({"dry_run": True, "streams": [{**made, **entry}]})


def told(event: Event) -> tuple[Any, ...]:
    return (
        event.rule,
        event.identity,
        event.hour,
        event.content,
        event.payload,
        event.key,
        event.compared_key,
        event.compared_person,
    )


def codes(refusals: list[Refusal]) -> list[Any]:
    return [(refusal.skipped, sorted(reason.code for reason in refusal.reasons)) for refusal in refusals]


@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("name", ENTRIES)
@settings(max_examples=25)
@given(record=RECORDS)
def test_it_becomes_what_the_record_would(name: str, integer: bool, record: dict[str, Any]) -> None:  # noqa: FBT001
    entry = ENTRIES[name]
    never = settings_of(entry, [{"when": "no such stage", "rule": 101}])
    mended = settings_of({**entry, "conversion_rule": 102}, [])
    schema: dict[str, Any] = {"properties": {column: {} for column in NAMES}}
    schema["properties"]["amount"] = {"type": "integer"} if integer else {}
    data = msgspec.json.Encoder(decimal_format="number").encode(record)
    decoded = msgspec.json.Decoder(float_hook=Decimal).decode(data)

    kept: list[bytes] = []
    first = Streams(never, lambda _: None)
    mapping = first.mapping("leads", schema, ["id"], first.entries_of("leads"))
    refused = mapping.entries[0].events_of(row := mapping.row_type.of(decoded), NOW)
    assert not isinstance(refused, list)
    if getattr(refused, "skipped", ""):
        return
    keeper = RowKeeper("leads", mapping, "here", kept.extend)
    keeper.note(row, refused)  # type: ignore[arg-type]  # its key is there, so it is a refusal
    keeper.write()
    ((_, again),) = numbered_rows(kept, "", pytest.fail)

    today = Streams(mended, lambda _: None)
    direct = today.mapping("leads", schema, ["id"], today.entries_of("leads"))
    expected = direct.entries[0].events_of(direct.row_type.of(decoded), NOW)
    anew = RowsAnew(mended, Streams(mended, lambda _: None), pytest.fail)
    found = anew.mapping(again)
    assert found is not None
    _, events, refusals = anew.made(again, found, NOW)
    if isinstance(expected, list):
        assert list(map(told, events)) == list(map(told, expected))
    else:
        assert codes(refusals) == codes([expected])  # type: ignore[list-item]  # the same
