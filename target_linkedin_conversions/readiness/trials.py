"""Records that somebody made to try a form: a name, or what stands before the `@`, is a word for tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from target_linkedin_conversions.readiness.finding import finding
from target_linkedin_conversions.records.cache import Cache
from target_linkedin_conversions.records.normalise import read_addresses
from target_linkedin_conversions.records.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.readiness.finding import Batch, Finding
    from target_linkedin_conversions.records.columns import Place, Value

__all__ = ["Trials"]

_WORDS = frozenset(
    {
        *("test", "tester", "testing", "tests", "testuser", "asdf", "asdfg", "asdfgh", "asdfasdf", "qwerty", "qwertz"),
        *("qwer", "foo", "bar", "baz", "foobar", "demo", "dummy", "xxx", "fake", "sample", "mustermann", "musterfrau"),
    }
)


_TEST_AT = re.compile(rf"\s*(?:{'|'.join(sorted(_WORDS))})\s*@", re.IGNORECASE).match


def _is_test(text: str) -> bool:
    return all(word in _WORDS for word in words) if (words := text.lower().split()) else False


def _is_of_a_test(value: Value) -> bool:
    """Whether an address, or one of several, is of a test by what stands before its `@`."""
    if type(value) is str:
        if _TEST_AT(value):
            return True
        if value.count("@") < 2:  # noqa: PLR2004 - one address
            return False
    found = read_addresses(value) if value and type(value) is not Reason else ()
    return isinstance(found, list) and any(isinstance(one, str) and one.partition("@")[0] in _WORDS for one in found)


class Trials:
    """Counts the records of which a name or an address is a test, once each."""

    def __init__(self, names: Sequence[Place], addresses: Sequence[Place]) -> None:
        """Nothing is seen yet."""
        self._names, self._addresses = tuple(names), tuple(addresses)
        self._known = Cache(_is_test)
        self._records = 0

    def see(self, batch: Batch) -> None:
        """Look at the names and addresses of each record."""
        rows, known, found = batch.rows, self._known, set()
        for place in self._addresses:
            values = [row[place] for row in rows]
            found.update([at for at, value in enumerate(values) if value is not None and _is_of_a_test(value)])
        for place in self._names:
            values = [row[place] for row in rows]
            found.update([at for at, value in enumerate(values) if type(value) is str and known[value]])
        self._records += len(found)

    def findings(self) -> Iterator[Finding]:
        """One, if there are any."""
        if self._records:
            yield finding("test_record", self._records)
