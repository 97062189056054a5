"""Records that somebody made to try a form: a name, or what stands before the `@`, is a word for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.batch import Addresses, Batch
    from target_linkedin_conversions.readiness.finding import Finding
    from target_linkedin_conversions.records.columns import Place

__all__ = ["Trials"]

_WORDS = frozenset(
    {
        *("test", "tester", "testing", "tests", "testuser", "asdf", "asdfg", "asdfgh", "asdfasdf", "qwerty", "qwertz"),
        *("qwer", "foo", "bar", "baz", "foobar", "demo", "dummy", "xxx", "fake", "sample", "mustermann", "musterfrau"),
        *("asd", "asdfghj", "asdfghjkl", "abcd", "blah", "example", "lorem", "qwe", "testtest"),
    }
)


def _is_test(text: str) -> bool:
    return all(word in _WORDS for word in words) if (words := text.lower().split()) else False


def _is_of_a_test(found: Addresses) -> bool:
    """Whether an address, or one of several, is of a test by what stands before its `@`."""
    if type(found) is str:
        return found.partition("@")[0] in _WORDS
    return type(found) is list and any(map(_is_of_a_test, found))


class Trials:
    """Counts the records of which a name or an address is a test, once each."""

    def __init__(self, names: Sequence[Place], addresses: Sequence[Place]) -> None:
        """Nothing is seen yet."""
        self._names, self._addresses = tuple(names), tuple(addresses)
        self._known = Cache(_is_test)
        self._records = 0

    def see(self, batch: Batch) -> None:
        """Look at the names and addresses of each record."""
        known, tests = self._known, set()
        for place in self._addresses:
            tests.update([at for at, found in enumerate(batch.addresses(place)) if found and _is_of_a_test(found)])
        for place in self._names:
            tests.update([at for at, name in enumerate(batch.columns[place]) if type(name) is str and known[name]])
        self._records += len(tests)

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records:
            yield finding("test_record", self._records)
