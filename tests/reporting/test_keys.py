"""What may stand of a key in results is what may stand of it in the rejects, however fast it is found out."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.delivery.batch import Batch
from target_linkedin_conversions.records import plain_ids
from target_linkedin_conversions.records.event import Event
from target_linkedin_conversions.reporting.keys import DIGEST, PublicKeys

KEYS = PublicKeys(lambda text: sha256(b"salt" + text.encode()).hexdigest()[:16])
HASH = sha256(b"jane@example.com").hexdigest()
UUID = "0b8f3c1e-7a52-4d7e-9f60-3c2b1a0d9e8f"


def event(key: str | None, identity: str = "a" * 32, name: str = "id", **user: Any) -> Event:
    sent = {
        "conversion": "urn:lla:llaPartnerConversion:101",
        "conversionHappenedAt": 1_795_430_400_000,
        "user": {"userIds": [{"idType": "SHA256_EMAIL", "idValue": HASH}], **user},
        "conversionValue": {"currencyCode": "EUR", "amount": "12.50"},
        "eventId": identity,
    }
    return Event("101", identity, 1_795_430_400_000, msgspec.json.encode(sent), 0, None, ((name, key),))


def shown(*events: Event, personal: frozenset[str] = frozenset()) -> list[Any]:
    return [
        json.loads(text)
        for text in KEYS.of_batch(Batch("101", "deals", list(events), [], personal_columns=personal))[0].split("\n")
    ]


def ids(*events: Event) -> list[str]:
    return KEYS.of_batch(Batch("101", "deals", list(events), []))[1]


TEXTS = st.none() | st.one_of(
    st.integers(0, 10**20).map(str),
    st.text(max_size=20),
    st.text("0123456789-. /+", max_size=20),
    st.text("ab1-_,", min_size=1, max_size=8),
    st.lists(st.sampled_from(["4711", "jane", "R2", "doe", "DE89370400440532013000"]), min_size=1, max_size=3).map(
        "-".join
    ),
    st.sampled_from([UUID, HASH, "4711", "0049171555012", "jane@example.com", "null", "", "12.50", "1795430400000"]),
)
USERS = st.fixed_dictionaries(
    {},
    optional={
        "externalIds": st.lists(TEXTS.filter(bool), min_size=1, max_size=1),
        "lead": TEXTS.filter(bool).map(lambda text: f"urn:li:leadGenFormResponse:{text}"),
        "userInfo": st.fixed_dictionaries(
            {
                "companyName": TEXTS.filter(bool),
                "hashedFirstName": st.sampled_from(["jane", "ab", "a1b"]).map(
                    lambda name: sha256(name.encode()).hexdigest()
                ),
            }
        ),
    },
)


@given(st.lists(st.tuples(TEXTS, USERS), min_size=1, max_size=4), st.booleans())
@settings(max_examples=300)
def test_of_a_batch_each_key_is_shown_as_the_rejects_show_it(given: list[tuple[Any, Any]], personal: Any) -> None:
    events = [event(text, **user) for text, user in given]
    columns = frozenset({"id"}) if personal else frozenset()
    assert shown(*events, personal=columns) == [KEYS.of_event(one, columns) for one in events]


@given(
    st.lists(
        st.tuples(TEXTS, USERS, st.sampled_from(["id", "id", "id", "other"]), st.booleans()), min_size=1, max_size=6
    )
)
@settings(max_examples=300)
def test_of_a_batch_of_many_kinds_each_key_is_shown_as_it_is_alone(given: list[tuple[Any, ...]]) -> None:
    events = []
    for text, user, name, is_private in given:
        one = event(text, name=name, **user)
        events.append(msgspec.structs.replace(one, private=frozenset({name}) if is_private else one.private))
    events.append(msgspec.structs.replace(events[0], key=(("id", "7"), ("place", "8"))))
    assert shown(*events) == [KEYS.of_event(one, frozenset()) for one in events]
    assert ids(*events) == [ids(one)[0] for one in events]


@pytest.mark.parametrize("odd", ["00417", "cus_417x", "4711-jane", None])
def test_one_key_of_another_kind_does_not_have_the_others_looked_at_one_by_one(
    odd: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes ten times as long: one row in thousands was enough."""
    alone: list[object] = []
    for place, name in ((PublicKeys, "of_event"), (plain_ids, "names_nobody")):
        looked_at_alone = getattr(place, name)

        def noted(*given: Any, looked_at_alone: Any = looked_at_alone) -> Any:
            alone.append(given)
            return looked_at_alone(*given)

        monkeypatch.setattr(place, name, noted)
    numbers = [event(str(number)) for number in range(4700, 4720)]
    shown(*numbers, event(odd))
    shown(*numbers, event("4711", name="other"))
    assert len(alone) < len(numbers)


WORDS = st.lists(st.sampled_from(["jane", "doe", "R2", "4711", "ab", "a1b"]), min_size=1, max_size=3)
"""Parts of ids that are words, some of which name somebody."""


@given(st.lists(st.tuples(WORDS, st.sampled_from("-_"), USERS, st.booleans()), min_size=1, max_size=4), st.booleans())
@settings(max_examples=300)
def test_of_a_batch_of_words_each_is_shown_as_it_is_alone(given: list[tuple[Any, ...]], are_ids: Any) -> None:
    events = []
    for parts, between, user, is_named in given:
        word = between.join(["x", *parts])
        named = {"title": word.upper()} if is_named else {}
        events.append(event(word, word if are_ids else "a" * 32, **{**user, **named}))
    assert shown(*events) == [KEYS.of_event(one, frozenset()) for one in events]
    assert ids(*events) == [ids(one)[0] for one in events]


@given(st.lists(st.tuples(TEXTS.filter(bool), USERS), min_size=1, max_size=4))
@settings(max_examples=300)
def test_of_a_batch_each_event_id_is_shown_as_it_is_alone(given: list[tuple[Any, Any]]) -> None:
    events = [event("1", text, **user) for text, user in given]
    assert ids(*events) == [ids(one)[0] for one in events]


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("cus_4f", {"userInfo": {"title": "Cus-4F"}}),
        ("0065gAbCdE", {"externalIds": ["0065gabcde"]}),
        ("lead-jane-7", {"userInfo": {"hashedFirstName": sha256(b"jane").hexdigest()}}),
        ("jane2", {"userInfo": {"hashedFirstName": sha256(b"jane2").hexdigest()}}),
        ("ab-cd", {"userInfo": {"hashedFirstName": sha256(b"abcd").hexdigest()}}),
    ],
)
def test_a_word_that_names_somebody_is_a_digest_in_the_midst_of_a_batch(text: str, user: Any) -> None:
    others = [event(f"cus_{number}x", f"cus_{number}x") for number in range(3)]
    events = [*others, event(text, text, **user)]
    (*plain, key), (*plain_ids, identity) = [one["id"] for one in shown(*events)], ids(*events)
    assert plain == plain_ids == ["cus_0x", "cus_1x", "cus_2x"]
    assert key.startswith(DIGEST)
    assert identity.startswith(DIGEST)


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("4711", {"externalIds": ["4711"]}),
        ("4711", {"externalIds": ["\uff14\uff17\uff11\uff11"]}),
        ("4711", {"lead": "urn:li:leadGenFormResponse:4711"}),
        ("4711", {"userInfo": {"companyName": "4711"}}),
    ],
)
def test_a_number_that_the_record_is_identified_by_is_a_digest(text: str, user: Any) -> None:
    ((value,),) = [one.values() for one in shown(event(text, **user))]
    assert value.startswith(DIGEST)


def test_a_number_that_only_stands_somewhere_else_is_shown() -> None:
    assert shown(event("12"), event("1795430400000"), event("4712")) == [
        {"id": "12"},
        {"id": "1795430400000"},
        {"id": "4712"},
    ]


def test_an_event_id_is_shown_as_linkedin_has_it() -> None:
    own = [sha256(str(number).encode()).hexdigest()[:32] for number in range(3)]
    assert ids(*(event("1", one) for one in own)) == own
    assert ids(event("1", UUID), event("2", UUID[::-1])) == [UUID, UUID[::-1]]
    assert ids(event("1", "order-7"), event("2", "4711")) == ["order-7", "4711"]


@pytest.mark.parametrize(
    "identity",
    [HASH, UUID, "order-7", "4711", "c" * 32, "203.0.113.9"],
    ids=["hash", "uuid", "own", "number", "32", "ip"],
)
def test_an_event_id_that_identifies_somebody_is_a_digest(identity: str) -> None:
    (found,) = ids(event("1", identity, externalIds=[identity]))
    assert found.startswith(DIGEST)
    assert identity not in found
