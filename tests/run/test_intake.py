"""A row by several entries of `streams`: each makes of it what it makes, and the row counts once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from target_linkedin_conversions.delivery.batch import Batch, BatchOptions
from target_linkedin_conversions.errors import InputError
from target_linkedin_conversions.records.columns import Columns
from target_linkedin_conversions.records.event import Event, MissingKey, Refusal
from target_linkedin_conversions.records.reasons import Reason
from target_linkedin_conversions.reporting.tally import Tally
from target_linkedin_conversions.run.batcher import Batcher
from target_linkedin_conversions.run.intake import Intake
from target_linkedin_conversions.run.recorder import Recorder
from target_linkedin_conversions.run.stream_mapping import EntryMapping, StreamMapping
from tests.reserve import Reserve


class _Unwritten:
    """In the place of rejects: counts the refusals."""

    def __init__(self) -> None:
        self.refused: list[Refusal] = []

    def write_refusal(self, _stream: str, refusal: Refusal) -> None:
        self.refused.append(refusal)


def event(rule: str, row: Any) -> Event:
    return Event(rule, str(row[0]), 1, b"{}", 0, None, (("id", str(row[0])),))


class Feeding:
    """An intake of entries, each a function of a row, and what came out."""

    def __init__(self, *functions: Any) -> None:
        columns = Columns({})
        columns.optional("id")
        mapping = StreamMapping(
            columns.row_type(()),
            tuple(map(EntryMapping, functions)),
            is_sent=True,
            key_told=lambda _row: ((), frozenset()),
        )
        self.batches: list[Batch] = []
        self.tally, self.rejects = Tally(), _Unwritten()
        nothing: Any = None
        rejects: Any = self.rejects
        options = BatchOptions("deals")
        self.rows_seen: list[int] = []
        batchers = [Batcher(options, 2, self.hand_over, lambda _rule, _events: None) for _ in functions]
        self.intake = Intake(mapping, batchers, Recorder(self.tally, rejects, nothing))

    def hand_over(self, batch: Batch) -> None:
        """As a run does, which tells somebody who looks on how many rows have come."""
        self.intake.count()
        self.rows_seen.append(self.tally.records)
        self.batches.append(batch)

    def take(self, *numbers: int) -> int:
        try:
            self.intake.take_all([(number,) for number in numbers], 0)
        finally:
            self.intake.send_all()
            self.intake.count()
            self.taken = self.intake.counted
        return self.taken

    def sent(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for batch in self.batches:
            found.setdefault(batch.rule, []).extend(event.identity for event in batch.events)
        return found


def created(row: Any, _now: int) -> list[Event]:
    return [event("101", row)]


def won(row: Any, _now: int) -> list[Event] | Refusal:
    if row[0] % 2:
        return Refusal(reasons=(Reason("happened_at", "no_time"),))
    return [event("102", row), event("103", row)]


def test_each_entry_makes_its_events_of_a_row_and_the_row_counts_once() -> None:
    feeding = Feeding(created, won)
    assert feeding.take(1, 2, 3, 4) == 4
    assert feeding.sent() == {"101": ["1", "2", "3", "4"], "102": ["2", "4"], "103": ["2", "4"]}
    assert len(feeding.rejects.refused) == 2


@pytest.mark.parametrize("functions", [(created,), (created, created), (won, created, won)])
def test_one_entry_or_many_count_a_row_once(functions: Any) -> None:
    assert Feeding(*functions).take(1, 2, 3) == 3


@pytest.mark.parametrize(("functions", "seen"), [((created,), [2, 4, 5]), ((won, created), [2, 4, 4, 4, 5])])
def test_a_batch_is_handed_over_when_all_rows_that_it_was_made_of_are_counted(functions: Any, seen: list[int]) -> None:
    feeding = Feeding(*functions)
    assert feeding.take(1, 2, 3, 4, 5) == 5
    assert feeding.rows_seen == seen


@pytest.mark.parametrize("functions", [(created, won), (won, created)])
def test_a_refusal_of_one_entry_hinders_no_other(functions: Any) -> None:
    feeding = Feeding(*functions)
    feeding.take(1)
    assert feeding.sent() == {"101": ["1"]}
    assert len(feeding.rejects.refused) == 1


@pytest.mark.parametrize("others", [0, 1, 2])
def test_a_row_without_its_key_stops_the_run_after_those_before_it(others: int) -> None:
    def keyed(row: Any, now: int) -> list[Event] | MissingKey:
        return MissingKey("id") if row[0] == 3 else created(row, now)

    feeding = Feeding(keyed, *[created] * others)
    with pytest.raises(InputError, match=r"lacks its key property 'id'.*the tap's key_properties"):
        feeding.take(1, 2, 3, 4)
    assert feeding.taken == 2


def test_a_row_that_is_rejected_before_is_so_by_each_entry_that_would_not_skip_it() -> None:
    feeding = Feeding(created, lambda _row, _now: Refusal(skipped="no_consent"), won)
    feeding.intake.refuse_for((2,), [Reason("value", "not_a_number")], 0)
    assert feeding.intake.count() == 1
    assert [refusal.reasons[0].code for refusal in feeding.rejects.refused] == ["not_a_number"] * 2


class _Noting(msgspec.Struct, frozen=True):
    """A refusal that says more of its record than one does today."""

    skipped: str
    noted: tuple[Reason, ...]
    consent: str
    rule: str | None = None


@pytest.mark.parametrize("values", [["t"], ["t", "1", "t"], [f"v{n}" for n in range(30)]])
def test_what_a_refusal_notes_is_counted_as_left_out_and_the_values_without_consent_are_kept(values: list[str]) -> None:
    feeding = Feeding(created)
    recorder = Recorder(feeding.tally, Any, Any)  # type: ignore[arg-type]  # nothing is written of what is skipped
    for value in values:
        refusal: Any = _Noting("no_consent", (Reason("email", "not_an_email"),), value)
        recorder.refused("deals", refusal)
    (left_out,) = feeding.tally.fields()
    assert (left_out.code, left_out.records) == ("not_an_email", len(values))
    (nobody,) = feeding.tally.consent_to_nobody()
    assert nobody.records == len(values)
    assert set(nobody.values) <= {*values, "(others)"}
    assert len(nobody.values) <= 5


def test_rows_for_which_there_is_no_memory_free_what_was_put_aside_before_anything_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_memory(_row: Any, _now: int) -> list[Event]:
        raise MemoryError

    reserve = Reserve()
    monkeypatch.setattr("target_linkedin_conversions.run.intake.RESERVE", reserve)
    with pytest.raises(MemoryError):
        Feeding(no_memory).take(1)
    assert reserve.released
