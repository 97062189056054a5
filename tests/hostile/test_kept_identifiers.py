"""What a run keeps says of nobody who it is: keys, values that chose no rule, echoes of LinkedIn."""

from __future__ import annotations

import base64
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import msgspec
import pytest

from target_linkedin_conversions.delivery.redaction import Redaction
from target_linkedin_conversions.records.looks import looks_personal, name_shown
from target_linkedin_conversions.reporting.rejects import DIGEST, Rejects
from target_linkedin_conversions.reporting.tally import MOSTLY_DIFFERENT, Tally
from tests.records.conftest import stream_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.reporting.journal import Journal

HASH = sha256(b"jane@example.com")
URL_SAFE = base64.urlsafe_b64encode(b"\xfb\xff" * 16).decode()
PERSONAL = {
    "ipv6": "2001:db8::7",
    "ipv6_in_full": "2001:0db8:0000:0000:0000:ff00:0042:8329",
    "ipv6_in_brackets_with_port": "[2001:db8::7]:443",
    "ipv6_of_ipv4": "::ffff:203.0.113.9",
    "ip_and_port": "203.0.113.9:8080",
    "ip_in_words": "from 203.0.113.9 today",
    "telephone": "+49 171 5550123",
    "telephone_without_plus": "49 171 5550123",
    "telephone_of_zeros": "0049171555012",
    "telephone_with_dots": "171.555.0123.4",
    "telephone_american": "(555) 123-4567",
    "telephone_as_a_link": "tel:+49-171-5550123",
    "iban": "DE89370400440532013000",
    "iban_in_groups": "gb29 NWBK 6016 1331 9268 19",
    "base64url": URL_SAFE,
    "base64url_without_padding": URL_SAFE.rstrip("="),
    "base64_of_md5": base64.b64encode(b"0123456789abcdef").decode(),
    "postgresql_hash": "\\x" + HASH.hexdigest(),
    "sql_server_hash": "0x" + HASH.hexdigest().upper(),
    "hash_behind_a_word": "crm:" + HASH.hexdigest(),
    "md5": "0123456789abcdef0123456789ABCDEF",
    "written_at": "jane(at)example.com",
    "written_at_with_blanks": "jane [AT] example [dot] com",
    "written_in_words": "jane at example dot com",
    "full_width": "jane\uff20example.com",
    "escaped_twice": quote(quote("jane@example.com")),
    "escaped_for_html_in_a_url": "jane%26%2364%3Bexample.com",
    "escaped_in_json": "jane\\u0040example.com",
    "telephone_and_a_mark": "+49 171 5550123 ;",
    "telephone_in_a_sentence": "lost, call +1 (415) 555-2671 again",
    "telephone_in_brackets": "<(030) 1234567>",
    "escaped_in_json_twice": "jane\\\\u0040example.com",
}
PLAIN = [
    "4711",
    "A-100",
    "closed_won",
    "SQL",
    "2026-11-27",
    "27.11.2026",
    "12:30:45",
    "6f1e2d3c-1111-4222-8333-444455556666",
]
PLAIN += [
    "1234567890123",
    "stage 3 of 7",
    "7.5",
    "12345678.25",
    "gid://shopify/Order/12345",
    "crm:17",
    "0.25",
    "v1.2.3",
    "score +100",
    "MQL+SQL",
    "+10 20 30",
]


@pytest.mark.parametrize("text", PERSONAL.values(), ids=PERSONAL)
def test_what_looks_personal_is_known_by_its_looks(text: str) -> None:
    assert looks_personal(text)
    assert looks_personal(f"  {text}\n")
    assert text not in name_shown(text)


@pytest.mark.parametrize("text", PLAIN)
def test_an_id_a_date_and_a_stage_are_told(text: str) -> None:
    assert not looks_personal(text)
    assert name_shown(text) == text


STAGE = {"column": "stage", "rules": [{"when": "MQL", "rule": 101}]}
PERSON: dict[str, Any] = {"first": "Jördis", "last": "Kanary-Łuk", "email": "Jane.Doe@Example.com", "ext": "Cust-77A"}
FIELDS = {"first_name": "first", "last_name": "last", "email": "email", "external_id": "ext"}
OF_THE_RECORD = [
    "jördis",
    "KANARY-ŁUK",
    "Kanary-Łuk, Jördis",
    "cust-77a",
    "crm|CUST-77A",
    quote("Jördis"),
    "J\\u00f6rdis",
    "J&ouml;rdis",
]


@pytest.mark.parametrize("text", [*OF_THE_RECORD, *list(PERSONAL.values())[::3]])
def test_a_key_or_a_value_that_chose_no_rule_is_not_told_where_it_names_the_person(text: str) -> None:
    refusal = stream_of(conversion_rule=STAGE, fields=FIELDS, key=["deal"]).refusal(**PERSON, stage=text, deal=text)
    assert refusal.unmatched in {"(looks personal)", "(an e-mail address)"}
    lines: list[bytes] = []
    _rejects(lines).write_refusal("leads", refusal)
    assert msgspec.json.decode(lines[0])["key"]["deal"].startswith(DIGEST)


def test_a_hash_behind_what_is_cut_is_seen() -> None:
    refusal = stream_of(conversion_rule=STAGE).refusal(stage="lost " * 11 + HASH.hexdigest())
    assert refusal.unmatched == "(looks personal)"


def test_a_column_whose_values_mostly_differ_is_not_listed() -> None:
    tally = Tally()
    for number in range(50):
        tally.count_unmatched("leads", f"Jane Doe {number}")
    (one,) = tally.unmatched_values()
    assert (one.value, one.records) == (MOSTLY_DIFFERENT, 50)
    for stage in ("lost", "won", "open") * 4:
        tally.count_unmatched("deals", stage)
    assert [(one.value, one.records) for one in tally.unmatched_values() if one.stream == "deals"] == [
        ("lost", 4),
        ("won", 4),
        ("open", 4),
    ]


ECHOED = {"firstName": "Jördis", "lastName": "Straße", "companyName": "Kanary & Söhne"}
PAYLOAD = msgspec.json.encode(
    {
        "user": {
            "userIds": [{"idType": "ACXIOM_ID", "idValue": "kanaryAxiom"}],
            "userInfo": ECHOED,
            "externalIds": ["Cust-77A"],
            "lead": "urn:li:leadGenFormResponse:kanary-lead",
        }
    }
)


@pytest.mark.parametrize(
    "change",
    [
        str,
        str.upper,
        str.lower,
        str.casefold,
        quote,
        lambda text: quote(quote(text)),
        lambda text: text.replace("&", "&amp;"),
        quote_plus,
        lambda text: text.replace(" ", "+"),
        lambda text: b64encode(text.encode()).decode(),
        lambda text: urlsafe_b64encode(f"id={text}".encode()).decode().rstrip("="),
        lambda text: text.encode().hex(),
        lambda text: quote(b64encode(text.encode()).decode(), safe=""),
    ],
)
@pytest.mark.parametrize("value", [*ECHOED.values(), "kanaryAxiom", "Cust-77A"])
def test_linkedins_echo_is_hidden_in_any_case_and_escape(value: str, change: Callable[[str], str]) -> None:
    told_of = Redaction([PAYLOAD]).of_one(0, f"ERROR :: /user/x :: value {change(value)} is not allowed")
    words = {value.casefold(), value.lower(), change(value).casefold()}
    assert not any(word in told_of.casefold() for word in words), told_of


@pytest.mark.parametrize("words", ["required field is missing", "conversionHappenedAt should be within", "deadbeef"])
def test_words_that_could_be_read_as_base64_stay(words: str) -> None:
    assert Redaction([PAYLOAD]).of_one(0, words) == words


def test_an_address_in_base64_is_hidden_though_only_its_hash_was_sent() -> None:
    told = Redaction([PAYLOAD]).of_one(0, f"value {b64encode(b'jane.doe@private.example').decode()} is odd")
    assert told == "value … is odd"


@pytest.mark.parametrize("before", [0, 250, 9_950, 9_990, 9_999])
def test_an_echo_is_looked_at_before_the_message_is_cut(before: int) -> None:
    message = "x " * (before // 2) + "Kanary & Söhne " + "jane.doe@example.com " + HASH.hexdigest()
    for text in (message, '"' + "y" * before + '" ' + "Kanary & Söhne jane.doe@example.com " + HASH.hexdigest()):
        shown = Redaction([PAYLOAD]).of_one(0, text)
        assert len(shown) <= 300
        assert not any(part in shown for part in ("Kanary", "jane", HASH.hexdigest()[:8])), shown


class _Lines:
    def __init__(self, lines: list[bytes]) -> None:
        self.write = lines.append


def _rejects(lines: list[bytes]) -> Rejects:
    journal: Journal = _Lines(lines)  # type: ignore[assignment]
    return Rejects(journal, "20261127T000000Z-00000000", lambda text: sha256(text.encode()).hexdigest()[:16])
