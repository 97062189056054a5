"""A full batch with any of its events bad: exactly the others are delivered, within a bound of requests."""

from __future__ import annotations

import tempfile
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.settings import Secret
from tests.delivery.world import NOW, Desk, QuickClock, deliver, event, settings_for

if TYPE_CHECKING:
    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.sandbox import Sandbox

BAD: dict[str, dict[str, Any]] = {
    "against the schema": {"phone": "1"},
    "too old": {"conversionHappenedAt": 1},
    "nobody": {"user": {"userIds": []}},
}
COUNT = 5000
GOOD = [event(str(number)) for number in range(COUNT)]
FEW = settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PLACES = st.integers(0, COUNT - 1)


def with_bad(bad: dict[int, str]) -> list[Event]:
    return [event(str(number), **BAD[bad[number]]) if number in bad else one for number, one in enumerate(GOOD)]


@pytest.mark.slow
@FEW
@given(bad=st.dictionaries(PLACES, st.sampled_from(sorted(BAD)), max_size=50))
def test_of_a_full_batch_exactly_the_events_that_linkedin_names_are_not_delivered(
    bad: dict[int, str], linkedin: Sandbox
) -> None:
    linkedin.reset()
    linkedin.set_clock(NOW)
    with tempfile.TemporaryDirectory() as folder:
        receipt = deliver(with_bad(bad), settings_for(Path(folder), linkedin), clock=QuickClock())
    assert receipt.stopped_by is None
    assert {one["eventId"] for one in linkedin.received} == {str(n) for n in range(COUNT) if n not in bad}
    assert len(linkedin.received) == COUNT - len(bad)
    assert sum(receipt.counts.values()) == COUNT
    assert receipt.counts.get("rejected:linkedin", 0) == len(bad)
    assert len(linkedin.requests) == 1 + len(set(bad.values()))


@pytest.mark.slow
@FEW
@given(bad=st.dictionaries(PLACES, st.sampled_from(sorted(BAD)), max_size=50))
def test_of_a_full_batch_exactly_the_bad_events_are_not_delivered_when_no_answer_names_them(
    bad: dict[int, str], linkedin: Sandbox
) -> None:
    assume(not {0, 1 + (COUNT - 1) // 2, COUNT - 1} <= bad.keys())
    linkedin.reset()
    linkedin.set_clock(NOW)
    linkedin.configure(requests_per_minute=1_000_000)
    client = Client(linkedin.url, linkedin.url, "202609")

    def wordless(found: list[dict[str, Any]]) -> Any:
        received = client.send_events(msgspec.json.encode({"elements": found}), Secret("sandbox-token"))
        assert isinstance(received, Received)
        return received if received.status == 200 else (400, {"message": "Something is wrong", "status": 400})

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), wordless)
        desk.send(with_bad(bad))
        desk.close()
    client.close()
    assert {one["eventId"] for one in linkedin.received} == {str(n) for n in range(COUNT) if n not in bad}
    assert len(linkedin.received) == COUNT - len(bad)
    assert desk.ear.ends() == {str(n): "rejected" if n in bad else "delivered" for n in range(COUNT)}
    assert desk.sender.sendings.requests <= 5 + 2 * len(bad) * log2(COUNT)
