"""A clean CRM table, and a planter for each defect: what one does to some of its rows changes one count."""

from __future__ import annotations

from hashlib import md5, sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_790_000_000_000
DAY = 86_400_000
ROWS = 60
Row = dict[str, Any]
FIRST = ("Anna", "Jörg", "Maria José", "Łukasz", "Zoë", "Tim")
LAST = ("Müller", "O'Brien", "Šimić", "Garcia", "Nguyễn", "Lee-Smith")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        key: {}
        for key in (
            *("id", "email", "plain_email", "hash", "first", "last", "company", "title", "country", "closed_at"),
            *("amount", "currency", "li_fat_id", "page", "stage", "ok", "deal"),
        )
    },
}
ENTRY: dict[str, Any] = {
    "stream": "leads",
    "consent": {"column": "ok"},
    "conversion_rule": {
        "column": "stage",
        "rules": [
            {"when": "MQL", "rule": 101},
            {"when": "won", "rule": [102, {"rule": 103, "value": False}]},
            {"when": "both", "rule": [104, 105]},
        ],
    },
    "fields": {
        "email": ["email", "hash"],
        "first_name": "first",
        "last_name": "last",
        "company": "company",
        "title": "title",
        "country": "country",
        "happened_at": "closed_at",
        "value": "amount",
        "event_id": "deal",
    },
}
CONFIG: dict[str, Any] = {"dry_run": True, "streams": [ENTRY]}


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def clean(number: int) -> Row:
    """A row with nothing wrong; half of the addresses are private ones."""
    domain = "gmail.com" if number % 2 else f"firm{number}.de"
    return {
        "id": number,
        "email": f"person{number}@{domain}",
        "plain_email": None,
        "hash": None,
        "first": FIRST[number % len(FIRST)],
        "last": LAST[number % len(LAST)],
        "company": f"Firm {number % 7} AG",
        "title": "Geschäftsführer",
        "country": "DE",
        "closed_at": NOW - DAY * (1 + number % 50) - number * 1000,
        "amount": "12.50",
        "currency": "EUR",
        "li_fat_id": f"{number:08x}-9c0d-4e1f-8a2b-3c4d5e6f7a8b",
        "page": "https://acme.com/thanks?utm_source=google",
        "stage": "MQL",
        "ok": True,
        "deal": f"deal-{number}",
    }


def _set(**values: object) -> Callable[[Row, int], None]:
    return lambda row, _number: row.update(values)


def _hash_beside(plain: str, hashed: str) -> Callable[[Row, int], None]:
    def plant(row: Row, number: int) -> None:
        address = plain.format(number)
        row.update(email=None, plain_email=address, hash=digest(hashed.format(number)))

    return plant


def _address(form: str) -> Callable[[Row, int], None]:
    return lambda row, number: row.update(email=form.format(number))


PLANTERS: dict[str, list[Callable[[Row, int], None]]] = {
    "hash_unnormalised": [
        _hash_beside("Person{}@Gmail.com", "Person{}@Gmail.com"),
        _hash_beside("p{}@a.de ", "p{}@a.de "),
    ],
    "hash_disagrees": [_hash_beside("person{}@gmail.com", "nobody{}@gmail.com")],
    "hash_of_nothing": [_set(email=None, hash=digest("")), _set(email=None, hash=digest("null").upper())],
    "not_sha256": [
        lambda row, number: row.update(email=md5(str(number).encode(), usedforsecurity=False).hexdigest()),
        _set(email="A" * 40),
        _set(email="0x" + "b" * 128),
    ],
    "not_an_email": [_set(email="n/a"), _set(email="ask his office"), _set(email="a@@b"), _set(email=17)],
    "reserved_domain": [_address("p{}@example.com"), _address("p{}@mail.Example.ORG"), _address("p{}@acme.test")],
    "disposable_domain": [_address("p{}@mailinator.com"), _address("p{}@x.guerrillamail.com")],
    "domain_typo": [
        _address("p{}@gmial.com"),
        _address("p{}@HOTMIAL.com"),
        _address("p{}@outlok.com"),
        _address("p{}@gmail.co"),
    ],
    "role_address": [_address("info@firm{}.de"), _address("No-Reply@firm{}.de"), _address("sales@firm{}.de")],
    "test_record": [_set(first="Test"), _set(last="ASDF"), _address("qwerty@firm{}.de"), _set(first="foo", last="bar")],
    "mojibake": [
        _set(last="MÃ¼ller"),
        _set(company="CafÃ© GmbH"),
        _set(title="GeschÃ¤ftsfÃ¼hrer"),
        _set(first="J\ufffdrg"),
    ],
    "honorific_in_name": [
        _set(first="Dr. Anna"),
        _set(first="Prof. Dr. Jörg"),
        _set(first="Frau Maria"),
        _set(first="mr Tim"),
    ],
    "name_is_email": [_set(first="anna.b@firm.de"), _set(last="b@firm.de")],
    "two_words_no_last_name": [_set(first="Anna Berg", last=None), _set(first="Jean Luc Picard", last=" ")],
    "only_one_identifier": [_set(li_fat_id=None), _set(email=None)],
    "no_strong_identifier": [_set(email=None, li_fat_id=None)],
    "click_id_unmapped": [
        lambda row, number: row.update(page=f"https://acme.com/?li_fat_id=other-{number:012}&x=1"),
        lambda row, number: row.update({"hs_li_fat_id": f"other-{number:012}"}),
    ],
    "click_id_lost": [
        _set(page="https://acme.com/?utm_source=linkedin&utm_medium=cpc", li_fat_id=None, email="a@gmail.com;b@gmx.de"),
        _set(page="acme.com/a?x=1&UTM_Source=LinkedIn", li_fat_id=None, email="c@gmail.com;d@gmx.de"),
    ],
    "close_to_window": [_set(closed_at=NOW - 61 * DAY), _set(closed_at=NOW - 89 * DAY)],
    "too_old": [_set(closed_at=NOW - 91 * DAY), _set(closed_at="2019-01-01")],
    "in_future": [_set(closed_at=NOW + DAY // 12), _set(closed_at=NOW + 30 * DAY)],
    "bad_time": [_set(closed_at="last Tuesday"), _set(closed_at="2026-13-45"), _set(closed_at="soon")],
    "unknown_currency": [_set(currency="EURO"), _set(currency="XXQ")],
    "value_without_currency": [_set(currency=None), _set(currency="")],
    "bad_amount": [_set(amount="1.234,56"), _set(amount="about ten")],
    "unknown_country": [_set(country="Atlantis"), _set(country="ZZ")],
    "refund": [_set(amount="-5"), _set(amount=-0.01)],
    "event_id_repeats": [_set(deal="deal-of-a-row-before")],
    "unknown_rule_value": [_set(stage="SQL"), _set(stage="lost"), _set(stage="weiß nicht")],
    "value_in_several_rules": [_set(stage="both")],
}
"""What makes a row have a defect, by its code, in more than one way where there are several."""
BESIDE = {"event_id_repeats": [_set(deal="deal-of-a-row-before")]}
"""What one other row must hold so that the defect is one."""
