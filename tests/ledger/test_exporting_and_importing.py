"""A ledger that moves keeps all it knew, or nothing moves."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from target_linkedin_conversions.durations import DAY_MS
from target_linkedin_conversions.errors import ConfigError, LedgerError
from target_linkedin_conversions.ledger import Ledger, Status, exporting, pruning, tables
from target_linkedin_conversions.ledger.database import Database
from target_linkedin_conversions.ledger.export_format import (
    Batch,
    Deliveries,
    Header,
    Line,
    QuotaDay,
    Trailer,
    checked_header,
)
from target_linkedin_conversions.ledger.exporting import export_lines
from target_linkedin_conversions.ledger.importing import Imported, import_lines
from target_linkedin_conversions.ledger.statistics import statistics
from tests.ledger.conftest import digests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.ledger.conftest import Workers

DAY = DAY_MS


def batch(ledger: Ledger, status: Status, *names: object, rule: str = "101", content: int = 0) -> int:
    """Events of one rule, brought to a status."""
    claim = ledger.claims.claim(rule, digests(*names), [content] * len(names), resend=True)
    ledger.batches.mark(claim.batch_again or claim.batch, status)
    return claim.batch


def lines_of(ledger: Ledger | Database) -> list[Line]:
    return list(export_lines(ledger.database if isinstance(ledger, Ledger) else ledger))


def take(database: Database, lines: Iterable[Line]) -> Imported:
    following = iter(lines)
    return import_lines(database, checked_header(next(following, None)), following)


def known(database: Database) -> dict[bytes, tuple[str, str, int, int, bool]]:
    """Rule, status, content, time and whether it was sent again, of every event; nobody is delivering."""
    lines = lines_of(database)
    batches = {line.id: line for line in lines if isinstance(line, Batch)}
    return {
        bytes.fromhex(digest): (of.rule, of.status, content, of.created, of.resent)
        for line in lines
        if isinstance(line, Deliveries)
        for digest, entry, content in line.rows
        for of in [batches[entry]]
    }


def statuses(database: Database) -> dict[str, str]:
    return {digest.lstrip(b"-").decode(): values[1] for digest, values in known(database).items()}


class Another:
    """A place for a second ledger, on the same kind of database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: list[Database] = []

    def __call__(self, name: str = "another") -> Database:
        database = Database(None, self.folder / name)
        database.open()
        self._open.append(database)
        return database

    def close(self) -> None:
        for database in self._open:
            database.close()


@pytest.fixture
def another(tmp_path: Path) -> Any:
    found = Another(tmp_path)
    yield found
    found.close()


def every_status(workers: Workers) -> Ledger:
    """A ledger that has seen everything, and another worker of it that is alive."""
    first = workers("first")
    batch(first, Status.LEAVING, "a", "b")
    batch(first, Status.WAITING, "free")
    first.close()
    ledger = workers("second")
    batch(ledger, Status.DELIVERED, "a", content=5)
    batch(ledger, Status.DELIVERED, "c", "d", rule="102", content=-(2**63))
    batch(ledger, Status.IN_DOUBT, "e")
    with ledger.database.transaction() as connection:
        connection.execute(insert(tables.quota_days).values(quota_key="q", day=20_000, used=7))
    return ledger


MOVED = {"a": "delivered", "b": "in_doubt", "c": "delivered", "d": "delivered", "e": "in_doubt", "free": "waiting"}


def test_what_moves_keeps_status_rule_content_time_and_key(workers: Any, another: Any) -> None:
    ledger = every_status(workers)
    ledger.close()
    source, copy = workers.database(), another()
    assert take(copy, lines_of(source)) == Imported(adopted=True, new=6, raised=0, known=0, batches=5, quota_days=1)
    assert (copy.key, known(copy)) == (source.key, known(source))
    assert statuses(copy) == MOVED
    assert known(copy)[digests("a")[0]][4], "it had been sent again"
    assert statistics(copy).rules == statistics(source).rules


def test_what_moves_on_and_comes_back_was_known(workers: Any, another: Any) -> None:
    ledger = every_status(workers)
    ledger.close()
    source, copy = workers.database(), another()
    take(copy, lines_of(source))
    assert take(source, lines_of(copy)).known == 6
    assert statuses(source) == MOVED


def test_an_import_into_either_kind_lets_runs_go_on(workers: Any, another: Any) -> None:
    origin = another("origin")
    ledger = Ledger(None, origin.path.parent, run="old", quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    batch(ledger, Status.DELIVERED, 1, 2)
    batch(ledger, Status.LEAVING, 3)
    ledger.close()
    take(workers.database(), lines_of(origin))
    run = workers("new")
    claim = run.claims.claim("101", digests(1, 2, 3, 4), [0] * 4, resend=True)
    assert (claim.delivered, claim.again, claim.fresh) == ([0, 1], [2], [3])
    assert run.digests("o", "101", [("x", None)]) == ledger.digests("o", "101", [("x", None)])
    batch(run, Status.DELIVERED, 5)


def test_what_a_live_worker_does_is_in_doubt_elsewhere(workers: Any) -> None:
    ledger = workers()
    batch(ledger, Status.LEAVING, "leaving")
    batch(ledger, Status.WAITING, "waiting")
    batch(ledger, Status.DELIVERED, "delivered")
    assert statuses(ledger.database) == {"leaving": "in_doubt", "waiting": "in_doubt", "delivered": "delivered"}


def test_an_export_sees_one_moment_and_stops_no_run(workers: Any) -> None:
    ledger = workers()
    batch(ledger, Status.DELIVERED, *range(5))
    with closing(export_lines(workers.database())) as lines:
        first = next(lines)
        batch(ledger, Status.DELIVERED, *range(5, 9))
        *_, last = lines
    assert isinstance(first, Header)
    assert last == Trailer(0, 1, 5)


RANKED = (None, Status.WAITING, Status.IN_DOUBT, Status.DELIVERED)
"""From what is outweighed by all others to what always wins."""


def test_a_ledger_with_the_same_key_is_merged_and_of_two_statuses_the_heavier_one_stays(
    workers: Any, another: Any
) -> None:
    source, copy = workers.database(), another()
    take(copy, lines_of(source))
    of_copy = Ledger(None, copy.path.parent, run="copy", quota_key="q", per_minute=1, per_day=1)
    of_copy.open()
    ours = workers("ours")
    pairs = [(one, two) for one in range(4) for two in range(4)]
    for ledger, side in ((ours, 0), (of_copy, 1)):
        for weight, status in enumerate(RANKED):
            if status is not None:
                batch(ledger, status, *[f"{pair[0]}-{pair[1]}" for pair in pairs if pair[side] == weight])
        ledger.close()
    done = take(source, lines_of(copy))
    assert (done.adopted, done.new, done.raised, done.known) == (False, 3, 3, 6)
    heavier = {f"{one}-{two}": RANKED[max(one, two)] for one, two in pairs}
    expected = {name: status.name.lower() for name, status in heavier.items() if status is not None}
    # The names of digests are padded with the same sign.
    assert {name.strip("-"): status for name, status in statuses(source).items()} == expected
    assert statistics(source).identities == len(expected)


def test_an_import_that_is_repeated_changes_nothing(workers: Any, another: Any) -> None:
    every_status(workers).close()
    source, copy = workers.database(), another()
    lines = lines_of(source)
    take(copy, lines)
    before = known(copy)
    assert take(copy, lines) == Imported(adopted=False, new=0, raised=0, known=6, batches=0, quota_days=1)
    assert known(copy) == before
    assert statistics(copy).rules == statistics(source).rules


def test_of_a_day_the_larger_count_of_requests_is_kept(workers: Any, another: Any) -> None:
    source, copy = workers.database(), another()
    for database, used in ((source, {1: 5, 2: 9, 3: 1}), (copy, {1: 8, 2: 3})):
        with database.transaction() as connection:
            rows = [{"quota_key": "q", "day": day, "used": number} for day, number in used.items()]
            connection.execute(insert(tables.quota_days), rows)
    take(source, lines_of(copy))
    with source.transaction() as connection:
        assert {row.day: row.used for row in connection.execute(select(tables.quota_days))} == {1: 8, 2: 9, 3: 1}


def test_a_ledger_with_another_key_takes_nothing(workers: Any, another: Any) -> None:
    ledger = workers()
    batch(ledger, Status.DELIVERED, "mine")
    ledger.close()
    source, copy = workers.database(), another()
    key = source.key
    with pytest.raises(ConfigError, match=r"another key.*name an empty state_dir, or another ledger_url"):
        take(source, lines_of(copy))
    source.read_key()
    assert (source.key, statuses(source)) == (key, {"mine": "delivered"})


def test_while_a_run_is_alive_nothing_is_imported(workers: Any, another: Any) -> None:
    workers("alive")
    with pytest.raises(LedgerError, match="a run is using the ledger"):
        take(workers.database(), lines_of(another()))


def test_a_worker_that_was_only_slow_sends_nothing_after_an_import(workers: Any, another: Any) -> None:
    slow = workers("slow")
    with slow.database.transaction() as connection:
        connection.execute(update(tables.workers).values(leased_until=1))
    take(workers.database(), lines_of(another()))
    with pytest.raises(LedgerError, match="no sign of life"):
        slow.claims.claim("101", digests("x"), [0], resend=True)


def test_a_run_that_opens_the_ledger_while_it_takes_another_key_goes_on_with_that(
    workers: Any, another: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, target = another(), workers.database()
    late = Ledger(workers.url, workers.folder, run="late", quota_key="q", per_minute=1, per_day=1)
    join = late.lease.join

    def join_late() -> None:
        take(target, lines_of(copy))
        join()

    monkeypatch.setattr(late.lease, "join", join_late)
    with closing(late):
        late.open()
        assert late.database.key == copy.key


CUTS: dict[str, Callable[[list[Any]], list[Any]]] = {
    "the trailer is missing": lambda lines: lines[:-1],
    "a line is missing": lambda lines: [*lines[:-2], lines[-1]],
    "it ends after the header": lambda lines: lines[:1],
    "nothing is left": lambda _: [],
    "the header is missing": lambda lines: lines[1:],
    "something follows": lambda lines: [*lines, lines[-1]],
    "there are two headers": lambda lines: [lines[0], *lines],
    "a batch comes twice": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "an identity comes twice": lambda lines: [*lines[:-1], lines[-2], lines[-1]],
    "its batch is not there": lambda lines: [*lines[:-2], Deliveries([("f" * 32, 4711, 0)]), lines[-1]],
    "a digest is too short": lambda lines: [*lines[:-2], Deliveries([("ff", 1, 0)]), lines[-1]],
    "a digest is none": lambda lines: [*lines[:-2], Deliveries([("x" * 32, 1, 0)]), lines[-1]],
    "a status is unknown": lambda lines: [lines[0], Batch(1, "101", "lost", 0), *lines[1:]],
    "the key is none": lambda lines: [header(key="ab"), *lines[1:]],
    "it is of a newer release": lambda lines: [header(schema_version=99), *lines[1:]],
    "it is of a newer format": lambda lines: [header(format=99), *lines[1:]],
}


def header(**changes: Any) -> Header:
    values = {"format": 1, "schema_version": 2, "key": "00" * 32, "created": 0, "exported": 0, "identities": 0}
    return Header(**{**values, **changes})


@pytest.mark.parametrize("cut", CUTS)
def test_lines_that_were_cut_or_changed_leave_the_ledger_as_it_was(workers: Any, another: Any, cut: str) -> None:
    origin = another()
    ledger = Ledger(None, origin.path.parent, run="r", quota_key="q", per_minute=1, per_day=1)
    ledger.open()
    batch(ledger, Status.DELIVERED, 1, 2)
    batch(ledger, Status.IN_DOUBT, 3)
    ledger.close()
    with origin.transaction() as connection:
        connection.execute(insert(tables.quota_days).values(quota_key="q", day=1, used=1))
    target = workers.database()
    key = target.key
    with pytest.raises(ConfigError, match=r"^FILE: "):
        take(target, CUTS[cut](lines_of(origin)))
    target.read_key()
    assert (target.key, lines_of(target)[1:]) == (key, [Trailer()])


def test_a_ledger_made_for_an_import_that_failed_is_none_again(workers: Any) -> None:
    database = workers.database()
    database.forget()
    assert workers.database().is_new
    used = workers()
    used.close()
    database.forget()
    assert not workers.database().is_new, "somebody has used it meanwhile"


def test_a_line_holds_a_bounded_number_of_identities(workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_ROWS", 4)
    ledger = workers()
    batch(ledger, Status.DELIVERED, *range(10, 20))
    told: list[tuple[int, int]] = []
    lines = list(export_lines(ledger.database, lambda done, total: told.append((done, total))))
    assert [len(line.rows) for line in lines if isinstance(line, Deliveries)] == [4, 4, 2]
    assert told == [(4, 10), (8, 10), (10, 10)]


def aged(ledger: Ledger, entry: int, days: float) -> None:
    with ledger.database.transaction() as connection:
        created = ledger.database.now(connection) - int(days * DAY)
        connection.execute(update(tables.batches).where(tables.batches.c.id == entry).values(created=created))


def test_older_batches_of_another_ledger_are_pruned_before_those_that_were_here(workers: Any, another: Any) -> None:
    origin = another()
    folder = origin.path.parent
    first = Ledger(None, folder, run="r", quota_key="q", per_minute=1, per_day=1)
    first.open()
    aged(first, batch(first, Status.DELIVERED, "old"), 500)
    first.close()
    with origin.transaction() as connection:
        connection.execute(update(tables.workers).values(leased_until=0))
    target = workers.database()
    take(target, lines_of(header_only(origin, folder)))
    here = workers("here")
    batch(here, Status.DELIVERED, "new")
    here.close()
    take(target, lines_of(origin))
    run = workers("run")
    while run.pruning.step():
        pass
    run.close()
    assert statuses(target) == {"new": "delivered"}
    assert not run_again(workers)


def header_only(origin: Database, folder: Path) -> Any:
    """A ledger with the key of another one and nothing else."""
    copy = Database(None, folder / "empty")
    copy.open()
    with copy.transaction() as connection:
        connection.execute(update(tables.meta).where(tables.meta.c.name == "key").values(value=origin.key))
    copy.close()
    copy = Database(None, folder / "empty")
    copy.open()
    return copy


def run_again(workers: Any) -> bool:
    """Whether the next run finds something to prune."""
    found: bool = workers("next").pruning.step()
    return found


def test_an_import_ends_a_round_of_pruning_rather_than_lose_what_it_brought(
    workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "SLICE", 2)
    ledger = workers()
    aged(ledger, batch(ledger, Status.DELIVERED, *range(10, 19)), 500)
    lines = lines_of(ledger)
    assert ledger.pruning.step()
    assert ledger.pruning.step()
    ledger.close()
    target = workers.database()
    done = take(target, lines)
    assert (done.new, done.known) == (2, 7)
    assert not statistics(target).pruning
    run = workers("run")
    while run.pruning.step():
        pass
    with target.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.deliveries)) == 0


@pytest.mark.slow
@given(
    st.dictionaries(
        st.binary(min_size=16, max_size=16),
        st.tuples(st.sampled_from(list(Status)), st.sampled_from(["1", "22"]), st.integers(-(2**63), 2**63 - 1)),
        max_size=12,
    ),
    st.dictionaries(st.tuples(st.text(max_size=5), st.integers(0, 40_000)), st.integers(0, 10**6), max_size=4),
)
@hypothesis_settings(max_examples=25)
def test_any_ledger_comes_through_its_lines_as_it_was(
    rows: dict[bytes, tuple[Status, str, int]], quota: dict[tuple[str, int], int]
) -> None:
    quota = {(key.replace("\0", ""), day): used for (key, day), used in quota.items() if key.isprintable()}
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(None, Path(folder), run="r", quota_key="q", per_minute=1, per_day=1)
        ledger.open()
        for digest, (status, rule, content) in rows.items():
            ledger.batches.mark(ledger.claims.claim(rule, [digest], [content], resend=True).batch, status)
        with ledger.database.transaction() as connection:
            for (key, day), used in quota.items():
                connection.execute(insert(tables.quota_days).values(quota_key=key, day=day, used=used))
        ledger.lease.leave()
        lines = lines_of(ledger)
        with closing(Database(None, Path(folder) / "copy")) as copy:
            copy.open()
            take(copy, lines)
            assert known(copy) == known(ledger.database)
            assert [line for line in lines_of(copy) if isinstance(line, QuotaDay)] == [
                line for line in lines if isinstance(line, QuotaDay)
            ]
            assert lines_of(copy)[-1] == lines[-1]
        ledger.close()
