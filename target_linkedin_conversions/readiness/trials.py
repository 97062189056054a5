"""Finds records that somebody made to try a form: a name, or the part before the `@`, is a word for tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Addresses, Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.rows import Place

__all__ = ["Trials"]

_BEGUN = 3
"""Letters of a word by which most that is no word for tests is told from one."""
_WORDS = frozenset(
    """
    test tester testing tests teste teszt prueba pruebas essai prova deneme testuser testaccount testlead testperson
    testkunde testkontakt testname testmail testemail testtest tst demo dummy fake sample example placeholder
    foo bar baz qux foobar foobaz lorem ipsum bla blabla blah mustermann musterfrau
    asd asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl asdfasdf asdasd sdf sdfsdf dfg fgh jkl qwe qweqwe qwer qwert qwerty
    qwertyuiop qwertz azerty azertyuiop yxcv zxc zxcv zxcvbn abc abcd abcde abcdef abcabc xyz
    тест тестовый тестер テスト 测试 測試 테스트 δοκιμή בדיקה اختبار
    """.split()  # noqa: SIM905 - a list of so many would fill the page
)
"""What no person is called and people write to try a form, in lower case."""
_BESIDE = frozenset(
    {"user", "account", "lead", "person", "customer", "client", "contact", "kunde", "record", "entry", "name"}
)
"""What stands beside such a word and changes nothing: `Test User`."""
_NUMBERED = re.compile(r"((?:test|demo|dummy|asdf|qwert|foobar|prueba)[a-z]*)\d{1,4}").fullmatch
"""A word for tests with its number, `test1`; `bar1990` may be a person."""
_ONE_LETTER = re.compile(r"(?!i)(\w)\1{2,}").fullmatch
"""`xxx`, `aaaa`; the third is `III`."""
_LETTERS = re.compile(r"[^\W\d_]+").findall
_PARTS = re.compile(r"[^.+_-]+").findall
_BEGIN = frozenset(
    {word[:_BEGUN] for word in _WORDS}
    | {word[:2] + mark for word in _WORDS for mark in "-_.+"}
    | {letter * 3 for letter in "abcdefghjklmnopqrstuvwxyz"}
)
"""Most mailboxes begin with nothing of the kind: asked first, at the least cost."""
_BEGIN_OF_NAMES = _BEGIN | {word[:_BEGUN] for word in _BESIDE}
"""The same of names, whose first word may be what stands beside one."""


def _is_word(word: str) -> bool:
    return word in _WORDS or _ONE_LETTER(word) is not None


def _may_begin_a_test(begin: str) -> bool:
    """Whether the first letters of a name may be those of a word for tests; of few names they are, and few differ."""
    begin = begin.lower()
    return not begin.isascii() or not begin.isalpha() or begin in _BEGIN_OF_NAMES


def _is_test(text: str) -> bool:
    """Whether a whole name, numbers and marks aside, is a word for tests."""
    words = _LETTERS(text.lower())
    return any(map(_is_word, words)) and all(word in _BESIDE or _is_word(word) for word in words)


def _is_mailbox_of_a_test(local: str) -> bool:
    """Whether what stands before the `@` is one, whole; part by part."""
    if local[:_BEGUN] not in _BEGIN:
        return False
    words = [numbered[1] if (numbered := _NUMBERED(part)) else part for part in _PARTS(local)]
    return any(map(_is_word, words)) and all(word.isdigit() or word in _BESIDE or _is_word(word) for word in words)


def _is_of_a_test(found: Addresses) -> bool:
    """Whether an address, or one of several, is of a test by what stands before its `@`."""
    if type(found) is str:
        local, at, _ = found.rpartition("@")
        return bool(at) and _is_mailbox_of_a_test(local)
    return type(found) is list and any(map(_is_of_a_test, found))


class Trials:
    """Counts the records of which a name or an address is a test, once each."""

    def __init__(self, names: Sequence[Place], addresses: Sequence[Place]) -> None:
        """Nothing is seen yet."""
        self._names, self._addresses = tuple(names), tuple(addresses)
        self._known, self._begins = Cache(_is_test), Cache(_may_begin_a_test)
        self._records = 0

    def see(self, batch: Batch) -> None:
        """Look at the names and addresses of each record."""
        known, begins, tests = self._known, self._begins, set()
        for place in self._addresses:
            tests.update(
                [
                    at
                    for at, found in enumerate(batch.addresses(place))
                    if found and (type(found) is not str or found[:_BEGUN] in _BEGIN) and _is_of_a_test(found)
                ]
            )
        for place in self._names:
            tests.update(
                [
                    at
                    for at, name in enumerate(batch.columns[place])
                    if type(name) is str and begins[name[:_BEGUN]] and known[name]
                ]
            )
        self._records += len(tests)

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records:
            yield finding("test_record", self._records)
