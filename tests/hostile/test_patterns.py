"""Time grows with a stranger's text and no faster: every pattern, and every function that takes a text."""

from __future__ import annotations

import gc
import signal
import time
from base64 import b64encode
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.delivery.answer import read_answer
from target_linkedin_conversions.delivery.redaction import Redaction, redacted
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.guessing.labels import words_of
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records import consent, money, normalise
from target_linkedin_conversions.records.column_names import FOUND_BY_NAME
from target_linkedin_conversions.records.constants import as_marks
from target_linkedin_conversions.records.declared_columns import DeclaredColumns
from target_linkedin_conversions.records.encoded import encodes_address, holds_encoded_address
from target_linkedin_conversions.records.identifying import identifies
from target_linkedin_conversions.records.looks import looks_personal, name_shown
from target_linkedin_conversions.records.paths import as_declared
from target_linkedin_conversions.records.spellings import holds_address, spellings
from target_linkedin_conversions.records.text import comparable, is_email_shaped
from target_linkedin_conversions.records.timestamps import milliseconds
from target_linkedin_conversions.singer.validation import TapSchema
from target_linkedin_conversions.tables.header import column_names
from tests.hostile.patterns import LONGEST, TEXTS, asked, long_text
from tests.size import sized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _named_column(text: str) -> None:
    with suppress(ConfigError):  # an address, in whatever writing, is no name
        column_names([text], "leads.csv")


FUNCTIONS: dict[str, Callable[[str], object]] = {
    **{
        name: getattr(normalise, name)
        for name in ("click_id", "country", "email", "hashed_name", "hex_digest", "ip_address_hashed", "lead")
    },
    **{name: getattr(normalise, name) for name in ("ip_address_plain", "normal_email", "normal_name", "two_names")},
    "plain_name": lambda text: normalise.plain_name(text, "first_name"),
    "own_id": normalise.own_id,
    "the_name_of_a_column_in_a_file": _named_column,
    "words_of_a_column": words_of,
    "as_declared": lambda text: as_declared("größe", [text]),
    "plain_words": lambda text: normalise.plain_words(text, "title"),
    "addresses_in": normalise.addresses_in,
    "hashes_in": normalise.hashes_in,
    "ad_id": normalise.ad_id("google_aid"),
    "comparable": comparable,
    "encodes_address": encodes_address,
    "holds_encoded_address": holds_encoded_address,
    "holds_address": holds_address,
    "spellings": spellings,
    "currency": money.currency,
    "is_deleted": lambda text: consent.is_deleted(text, milliseconds),
    "is_email_shaped": is_email_shaped,
    "looks_personal": looks_personal,
    "name_shown": name_shown,
    "printable": printable,
    "redacted": redacted,
    "redacted_of_a_value": lambda text: redacted(text, [text[:1000], "jane"]),
    "identifies": lambda text: identifies(text, b"", [text]),
    "as_marks": lambda text: as_marks(text.encode()),
}
MARKS = ["\u0301\u0315", "\u0315\u0301\u0323", "\ufdfa", "\u1100\u1161", "e\u0301\u0327"]
"""Combining marks in an order that a Unicode form has to mend, and characters that grow to 18."""
SOME = [text for text in TEXTS if text in "a7 @.\u0301\uff20/{'\":-%"]


@contextmanager
def within(seconds: float, what: object) -> Iterator[None]:
    """Fail where the processor was busy for longer; end what would take for ever."""

    def over(*_: object) -> None:
        raise AssertionError(f"{what} takes for ever")

    before = signal.signal(signal.SIGALRM, over)
    gc.disable()  # what it would look through is all that the tests before have left
    signal.setitimer(signal.ITIMER_REAL, 20 * seconds)
    started = time.process_time()
    try:
        yield
        took = time.process_time() - started
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        gc.enable()
        signal.signal(signal.SIGALRM, before)
    assert took < seconds, f"{what} took {took:.1f} s"


@pytest.mark.parametrize("at", range(3))
def test_every_pattern_reads_a_million_characters_of_each_class_in_a_second(at: int) -> None:
    for name, ask, reads_bytes in asked()[at::3]:
        for repeated in sized(SOME[::2], TEXTS):
            text = long_text(repeated)
            with within(1, (name, repeated)):
                ask(text.encode() if reads_bytes else text)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_a_text_reads_a_million_characters_in_a_second(name: str) -> None:
    for repeated in sized([*SOME[::5], *MARKS[:3]], [*TEXTS, *MARKS]):
        for text in (long_text(repeated, ""), long_text(repeated, "@example.com")):
            with within(1, (name, repeated)):
                FUNCTIONS[name](text)


def test_a_long_name_of_a_column_is_folded_once_whatever_is_looked_for() -> None:
    columns = DeclaredColumns({"properties": {"\u0301" * LONGEST: {}, "E-Mail": {}}})
    with within(1, "found by name"):
        assert [columns.found(field) for field in FOUND_BY_NAME for _ in range(20)].count(("E-Mail",)) == 20


@pytest.mark.parametrize("cell", ["a", "", "\u0323\u0301", "a (2)"])
def test_a_header_of_very_many_columns_is_read_in_a_second(cell: str) -> None:
    with within(1, cell):
        names, _ = column_names([*[cell] * 50_000, "last"], "leads.csv")
    assert len(set(names)) == 50_001


@pytest.mark.parametrize(
    "repeated", ["{", "{a", '"', "\u0301\u0315", "a.", "Index: 0, ERROR :: ", "batchIndex=", "%25"]
)
@pytest.mark.parametrize("status", [200, 400, 403, 422])
def test_an_answer_with_a_long_message_is_read_in_a_second(repeated: str, status: int) -> None:
    body = ('{"message": ' + _json(repeated * 300_000)[:1_900_000].rstrip("\\") + '"}').encode()
    sent = b'{"user":{"userIds":[{"idType":"SHA256_EMAIL","idValue":"abcdef"}]}}'
    with within(2, repeated):
        read_answer(status, {}, body, [sent])


def test_a_message_of_encoded_words_is_compared_with_all_that_was_sent_in_a_second() -> None:
    sent = [b'{"user":{"userIds":[{"idType":"SHA256_EMAIL","idValue":"%032x"}]}}' % number for number in range(5000)]
    message = " ".join(b64encode(b"%06d" % number).decode() for number in range(1100))
    redaction = Redaction(sent)
    with within(1, "a message"):
        redaction.of_all(message)


def _json(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"')


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"x": {"type": "string", "pattern": "^(a+)+$"}}},
        {"properties": {"x": {"anyOf": [{"pattern": "^(a|aa)+$"}, {"type": "null"}]}}},
        {"patternProperties": {"^(a+)+$": {"type": "string"}}, "additionalProperties": False},
        {"propertyNames": {"pattern": "^(a|a?)+$"}},
        {"allOf": [{"patternProperties": {"^(a+)+$": {}}}], "unevaluatedProperties": False},
    ],
)
def test_a_pattern_of_the_taps_own_is_never_evaluated(schema: dict[str, Any]) -> None:
    evil = "a" * 5000 + "!"
    with within(1, schema):
        assert TapSchema("leads", {"type": "object", **schema}).fits({"x": evil, evil: "y"})


def test_what_a_tap_says_beside_its_patterns_is_still_held() -> None:
    assert not TapSchema("leads", {"properties": {"x": {"type": "string", "pattern": "a"}}}).fits({"x": 1})
    assert not TapSchema("leads", {"properties": {"x": {}}, "additionalProperties": False}).fits({"y": 1})


def test_all_patterns_of_the_package_are_found() -> None:
    assert len({name.rpartition(".")[0] for name, _, _ in asked()}) > 40
    assert len(long_text("ab")) > LONGEST
