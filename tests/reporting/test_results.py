"""The results of a run: one file at its end, parts that can be read whenever it is killed, and nobody else's to read."""

from __future__ import annotations

import stat
import time
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import astuple

from target_linkedin_conversions.delivery.batch import Batch
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.event import Refusal
from target_linkedin_conversions.reporting import results
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.reporting.keys import PublicKeys
from target_linkedin_conversions.reporting.result_lines import result_lines, runs_with_results
from target_linkedin_conversions.reporting.results import GZIP, PARQUET, Results
from tests.reporting.test_keys import event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUN = "20261123T104000Z-0a1b2c3d"


def never(message: str) -> None:
    raise AssertionError(message)


@pytest.fixture(params=[PARQUET, GZIP])
def suffix(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the extra `parquet`, and without."""
    if request.param == GZIP:
        monkeypatch.setattr(results, "find_spec", lambda _name: None)
    return str(request.param)


AT = 1_795_430_400_000


def writing(place: str, run: str = RUN, now: Callable[[], int] = lambda: AT) -> Results:
    return Results(Folder(place), run, PublicKeys(lambda _: "d1"), now)


def ended(log: Results, *numbers: int, outcome: Outcome = Outcome.DELIVERED, code: str = "") -> None:
    events = [event(str(number), f"{number:032x}") for number in numbers]
    log.ended(Batch("101", "deals", events, []), outcome, code)


def read(place: str, run: str = RUN) -> list[tuple[Any, ...]]:
    return [astuple(line) for line in result_lines(Folder(place), run, never)]


def test_every_event_has_its_line_in_the_order_in_which_they_ended(tmp_path: Path, suffix: str) -> None:
    log = writing(str(tmp_path))
    ended(log, 1, 2)
    log.flush()
    log.refused("deals", Refusal(skipped="no_consent", key=(("id", "3"),)), Outcome.SKIPPED, "no_consent")
    ended(log, 4, outcome=Outcome.REJECTED, code="linkedin")
    log.close()
    assert read(str(tmp_path)) == [
        ("deals", '{"id":"1"}', "101", f"{1:032x}", "delivered", "", RUN, AT),
        ("deals", '{"id":"2"}', "101", f"{2:032x}", "delivered", "", RUN, AT),
        ("deals", '{"id":"3"}', "", "", "skipped", "no_consent", RUN, AT),
        ("deals", '{"id":"4"}', "101", f"{4:032x}", "rejected", "linkedin", RUN, AT),
    ]
    assert [path.name for path in (tmp_path / "results").iterdir()] == [RUN + suffix]


@pytest.mark.usefixtures("suffix")
def test_a_run_that_is_killed_leaves_what_it_has_flushed(tmp_path: Path) -> None:
    log = writing(str(tmp_path))
    for number in range(3):
        ended(log, number)
        log.flush()
    ended(log, 4)  # never flushed
    assert [line[1] for line in read(str(tmp_path))] == ['{"id":"0"}', '{"id":"1"}', '{"id":"2"}']
    assert runs_with_results(Folder(str(tmp_path))) == [RUN]


@pytest.mark.usefixtures("suffix")
def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    log = writing(str(tmp_path / "state"))
    ended(log, 1)
    log.flush()
    part = next((tmp_path / "state" / "results" / RUN).iterdir())
    assert stat.S_IMODE(part.stat().st_mode) == 0o600
    ended(log, 2)
    log.close()
    for path in (tmp_path / "state" / "results").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


@pytest.mark.usefixtures("suffix")
def test_behind_a_url_they_are_parts() -> None:
    place = "memory://results-of-a-test"
    log = writing(place)
    ended(log, 1)
    log.flush()
    ended(log, 2)
    log.close()
    assert [line[1] for line in read(place)] == ['{"id":"1"}', '{"id":"2"}']
    assert Folder(place).remove(f"results/{RUN}")
    assert read(place) == []


def test_lines_are_not_held_for_ever_where_no_state_asks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "_MOST_HELD", 3)
    log = writing(str(tmp_path))
    for number in range(7):
        ended(log, number)
    assert len(read(str(tmp_path))) == 6


@pytest.mark.usefixtures("suffix")
def test_nor_is_one_held_for_more_than_a_minute(tmp_path: Path) -> None:
    minutes = [0.0]
    log = writing(str(tmp_path), now=lambda: AT + round(minutes[0] * 60_000))

    def written() -> list[str]:
        return [line[1] for line in read(str(tmp_path))]

    ended(log, 1)
    minutes[0] = 0.9
    ended(log, 2)
    log.flush_old()
    assert written() == []
    minutes[0] = 1
    log.flush_old()
    assert written() == ['{"id":"1"}', '{"id":"2"}']
    ended(log, 3)
    minutes[0] = 2
    ended(log, 4)  # while others end, nobody need ask
    assert len(written()) == 4
    minutes[0] = 9
    log.flush_old()
    assert len(list((tmp_path / "results" / RUN).iterdir())) == 2


@pytest.mark.usefixtures("suffix")
def test_many_parts_become_one_file_with_what_each_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_MOST_HELD", 3)
    log = writing(str(tmp_path))
    codes = ["", "linkedin", "gone", "linkedin", ""]
    for number, code in enumerate(codes):
        ended(log, 2 * number, 2 * number + 1, outcome=Outcome.REJECTED if code else Outcome.DELIVERED, code=code)
        log.refused("others", Refusal(skipped=code or "deleted", key=(("id", "7"),)), Outcome.SKIPPED, code)
        log.flush()
    before = read(str(tmp_path))
    log.close()
    assert read(str(tmp_path)) == before
    assert [line[5] for line in before] == [code for code in codes for _ in range(3)]
    assert [path.is_file() for path in (tmp_path / "results").iterdir()] == [True]


def test_rows_that_are_skipped_one_by_one_are_written_about_as_fast_as_batches(tmp_path: Path) -> None:
    """Each had columns of its own, which took a hundred times as long as a line of a batch: most rows of a load may be skipped."""

    def seconds(log: Results) -> float:
        started = time.thread_time()
        log.flush()
        return time.thread_time() - started

    numbers = range(5000)
    of_batch = writing(str(tmp_path), "20261123T104000Z-00000000")
    ended(of_batch, *numbers)
    seconds(of_batch)  # what is imported
    ended(of_batch, *numbers)
    one_by_one = writing(str(tmp_path), "20261123T104000Z-00000001")
    for number in numbers:
        refusal = Refusal(skipped="deleted", key=(("id", str(number)),))
        one_by_one.refused("deals", refusal, Outcome.SKIPPED, "deleted")
    assert seconds(one_by_one) < 40 * seconds(of_batch)


def test_a_run_without_an_event_leaves_nothing(tmp_path: Path) -> None:
    log = writing(str(tmp_path))
    log.flush()
    log.close()
    assert list(tmp_path.iterdir()) == []


def test_where_they_cannot_be_written_the_run_is_told_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("in the way")
    log = writing(str(tmp_path))
    ended(log, 1)
    with pytest.raises(ConfigError, match="results_log: false"):
        log.flush()
    log.close()


@pytest.mark.parametrize("content", [b"", b"PAR1 not", b"\x1f\x8b broken"])
@pytest.mark.parametrize("ending", [PARQUET, GZIP])
def test_a_file_that_is_broken_is_told_and_hides_no_other(tmp_path: Path, content: bytes, ending: str) -> None:
    log = writing(str(tmp_path))
    ended(log, 1)
    log.flush()
    broken = tmp_path / "results" / RUN / f"000000{ending}"
    broken.write_bytes(content)
    told: list[str] = []
    assert [line.key for line in result_lines(Folder(str(tmp_path)), RUN, told.append)] == ['{"id":"1"}']
    assert told == ([] if content == b"" and ending == GZIP else [f"{broken} cannot be read to its end"])


def test_they_are_gone_after_400_days(tmp_path: Path) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415 - this test alone asks for a day

    whole, killed = writing(str(tmp_path)), writing(str(tmp_path), "20261123T104000Z-ffffffff")
    for log in (whole, killed):
        ended(log, 1)
        log.flush()
    whole.close()
    folder = Folder(str(tmp_path))
    assert folder.remove_older("results", 400, datetime(2027, 12, 28, tzinfo=UTC)) == 0
    assert folder.remove_older("results", 400, datetime(2027, 12, 29, tzinfo=UTC)) == 2
    assert list((tmp_path / "results").iterdir()) == []
