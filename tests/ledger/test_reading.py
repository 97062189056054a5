"""A ledger that is only read: nothing is made, upgraded, or left beside it, whoever writes to it meanwhile."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b
from struct import unpack
from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import LedgerError
from target_linkedin_conversions.ledger import Ledger, Status
from target_linkedin_conversions.ledger.checksums import contents_of_records, is_other_record, is_same_content
from tests.ledger.test_upgrades import FIRST, SECOND, of_version_1

if TYPE_CHECKING:
    from pathlib import Path

NEW = b"c" * 16


def reader(workers: Any) -> Ledger:
    return Ledger(workers.url, workers.folder, run="reader", quota_key="q", per_minute=1, per_day=1)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_where_there_is_no_ledger_none_is_made(workers: Any) -> None:
    one = reader(workers)
    assert one.database.open_to_read() is False
    assert "ledger.sqlite" not in files(workers.folder)


def test_an_empty_file_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").touch()
    one = Ledger(None, tmp_path, run="reader", quota_key="q", per_minute=1, per_day=1)
    assert one.database.open_to_read() is False
    assert files(tmp_path) == {"ledger.sqlite": b""}


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "in_use"])
def test_what_another_worker_wrote_is_read_and_its_files_stay_as_they_are(workers: Any, *, closed: bool) -> None:
    ledger = workers()
    batch = ledger.claims.claim("101", [FIRST], [7], resend=True).batch
    ledger.batches.mark(batch, Status.DELIVERED)
    ledger.claims.claim("101", [SECOND], [7], resend=True)
    if closed:
        ledger.close()
    before = files(workers.folder)
    one = reader(workers)
    assert one.database.open_to_read() is True
    claim = one.claims.peek([FIRST, SECOND, NEW, FIRST], [7, 7, 7, 8])
    assert (claim.delivered, claim.changed, claim.fresh) == ([0], [3], [2])
    assert (claim.again if closed else claim.elsewhere) == [1]
    assert one.database.key == ledger.database.key
    one.database.close()
    assert files(workers.folder).keys() == before.keys()
    if closed:
        assert files(workers.folder) == before


def test_what_is_written_while_it_is_read_is_seen(workers: Any) -> None:
    workers().close()
    one = reader(workers)
    one.database.open_to_read()
    ledger = workers()
    ledger.batches.mark(ledger.claims.claim("101", [FIRST], [7], resend=True).batch, Status.DELIVERED)
    assert one.claims.peek([FIRST], [7]).delivered == [0]
    one.database.close()


def test_a_ledger_of_version_1_is_read_and_not_upgraded(workers: Any) -> None:
    of_version_1(workers.url, workers.folder)
    before = files(workers.folder)
    one = reader(workers)
    assert one.database.open_to_read() is True
    claim = one.claims.peek([FIRST, SECOND, NEW], [7, 7, 7], resend=False)
    assert (claim.delivered, claim.in_doubt, claim.fresh) == ([0], [1], [2])
    one.database.close()
    assert files(workers.folder) == before


def test_nothing_can_be_written_through_it(workers: Any) -> None:
    workers().close()
    one = reader(workers)
    one.database.open_to_read()
    with pytest.raises(LedgerError):
        one.claims.claim("101", [FIRST], [7], resend=True)
    one.database.close()


def test_what_is_no_ledger_or_of_a_newer_release_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(LedgerError):
        Ledger(None, tmp_path, run="r", quota_key="q", per_minute=1, per_day=1).database.open_to_read()
    of_version_1(None, tmp_path / "newer")
    with sqlite3.connect(tmp_path / "newer" / "ledger.sqlite") as file:
        file.execute("UPDATE meta SET value = x'3939' WHERE name = 'version'")
    file.close()
    with pytest.raises(LedgerError, match="newer release"):
        Ledger(None, tmp_path / "newer", run="r", quota_key="q", per_minute=1, per_day=1).database.open_to_read()


# Check sums


@pytest.mark.parametrize("content", [0, 7, 2**32 - 1])
def test_a_key_s_check_sum_leaves_that_of_the_content_as_it_is(content: int) -> None:
    bare, one, same, other, elsewhere = contents_of_records(
        b"k" * 32,
        [FIRST, FIRST, FIRST, FIRST, SECOND],
        [content] * 5,
        ["", '["1"]', '["1"]', '["2"]', '["1"]'],
        [""] * 5,
    )
    assert bare == content
    assert one == same != other
    assert one != elsewhere
    assert 0 <= max(one, other) < 2**63
    assert all(is_same_content(content, found) for found in (bare, one, other))
    assert not is_same_content(one, one ^ 1)
    assert is_other_record(one, other)
    assert not is_other_record(one, same)
    assert not is_other_record(bare, one)
    assert not is_other_record(one, bare)


def test_a_record_is_another_by_its_key_if_both_have_one_and_else_by_its_person() -> None:
    records = [("1", "a"), ("1", "b"), ("2", "a"), ("", "a"), ("", "b"), ("", "")]
    keys, people = zip(*records, strict=True)
    found = contents_of_records(b"k" * 32, [FIRST] * 6, [7] * 6, keys, people)
    others = {
        (one, other)
        for one, first in zip(records, found, strict=True)
        for other, second in zip(records, found, strict=True)
        if is_other_record(first, second)
    }
    expected = {
        (one, other)
        for one in records
        for other in records
        if (one[0] != other[0] if one[0] and other[0] else one[1] != other[1] and one[1] and other[1])
    }
    assert others == expected


@pytest.mark.parametrize(("before", "now"), [(("1", ""), ("1", "a")), (("a", ""), ("", "a"))], ids=["key", "person"])
def test_a_check_sum_of_an_earlier_release_s_31_bits_is_still_of_the_same_record(before: Any, now: Any) -> None:
    """Where a stream had no key its person stood in the place of one; both numbers are of the same kind."""
    for number in range(500):
        digest = number.to_bytes(16, "big")
        inner = blake2b(digest_size=32, key=b"k" * 32, person=b"content-key").digest()
        held = unpack(">I", blake2b(inner + digest + before[0].encode(), digest_size=4).digest())[0] & (1 << 31) - 1
        (found,) = contents_of_records(b"k" * 32, [digest], [7], [now[0]], [now[1]])
        (other,) = contents_of_records(b"k" * 32, [digest], [7], [now[0] and "2"], ["z"])
        assert not is_other_record(held << 32 | 7, found)
        assert is_other_record(held << 32 | 7, other)


def test_an_event_of_another_key_is_told_from_one_with_another_value(workers: Any) -> None:
    ledger = workers()

    def sums(*keys: str, content: int = 7) -> list[int]:
        return ledger.contents([FIRST] * len(keys), [content] * len(keys), keys, [""] * len(keys))  # type: ignore[no-any-return]

    ledger.batches.mark(ledger.claims.claim("101", [FIRST], sums("a"), resend=True).batch, Status.DELIVERED)
    for found, kind in (
        (sums("a"), "delivered"),
        (sums("a", content=8), "changed"),
        (sums("b"), "other_key"),
        (sums("b", content=8), "other_key"),
        (sums(""), "delivered"),
        ([8], "changed"),
    ):
        assert getattr(ledger.claims.claim("101", [FIRST], found, resend=True), kind) == [0], kind


def test_an_identity_of_an_earlier_release_has_no_other_key(workers: Any) -> None:
    of_version_1(workers.url, workers.folder)
    ledger = workers()
    assert ledger.claims.claim("101", [FIRST], ledger.contents([FIRST], [7], ["a"], ["b"]), resend=True).delivered == [
        0
    ]
    assert ledger.claims.claim("101", [FIRST], ledger.contents([FIRST], [8], ["a"], ["b"]), resend=True).changed == [0]


def test_what_was_certainly_not_taken_is_known_by_the_value_that_is_sent_then(workers: Any) -> None:
    first = workers()
    first.batches.mark(first.claims.claim("101", [FIRST], [5], resend=True).batch, Status.WAITING)
    first.close()
    second = workers()
    claim = second.claims.claim("101", [FIRST], [6], resend=True)
    assert claim.fresh == [0]
    second.batches.mark(claim.batch, Status.DELIVERED)
    assert second.claims.peek([FIRST], [6]).delivered == [0]
    assert second.claims.peek([FIRST], [5]).changed == [0]
