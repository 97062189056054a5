"""STATE follows delivery: the checkpoint against a model that only counts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.singer.checkpoint import Checkpoint, Segment


@dataclass
class Offered:
    """A checkpoint, what it offered, and whether it may."""

    allowed: bool = True
    states: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.checkpoint = Checkpoint(self.states.append, lambda: self.allowed)


@dataclass
class Model:
    """Every event and STATE in the order they were read; a STATE is safe when all before it have ended."""

    read: list[int | bytes] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)

    @property
    def newest_safe(self) -> bytes | None:
        newest = None
        for item in self.read:
            if isinstance(item, bytes):
                newest = item
            elif item not in self.ended:
                break
        return newest


# A record makes so many events; a STATE repeats the last one or not; some of the open events end.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 4)),
        st.tuples(st.just("state"), st.booleans()),
        st.tuples(st.just("end"), st.integers(1, 5)),
    ),
    max_size=60,
)


@given(steps=STEPS, chance=st.integers())
def test_the_newest_safe_state_is_offered_at_once_and_no_other(steps: list[tuple[str, int]], chance: int) -> None:
    offered, model, dice = Offered(), Model(), random.Random(chance)  # noqa: S311 - which events end, not a secret
    open_events: list[tuple[int, Segment]] = []
    events, states = 0, 0
    for step, amount in steps:
        if step == "record":
            for _ in range(amount):
                events += 1
                open_events.append((events, offered.checkpoint.made(1)))
                model.read.append(events)
        elif step == "state":
            states += 1 if amount or not states else 0
            value = b"%d" % states
            offered.checkpoint.state(value)
            # One that repeats the last says nothing about what came since.
            if value not in model.read:
                model.read.append(value)
        else:
            dice.shuffle(open_events)
            counts: dict[Segment, int] = {}
            for number, segment in [open_events.pop() for _ in range(min(amount, len(open_events)))]:
                model.ended.add(number)
                counts[segment] = counts.get(segment, 0) + 1
            offered.checkpoint.ended(counts)
        newest = model.newest_safe
        assert offered.states[-1:] == ([newest] if newest is not None else [])
    assert offered.states == sorted(set(offered.states), key=int)


@given(steps=st.lists(st.integers(0, 3), min_size=1, max_size=20), when=st.integers(0, 20))
def test_a_state_that_may_not_leave_yet_leaves_as_soon_as_it_may(steps: list[int], when: int) -> None:
    offered = Offered(allowed=False)
    for number, amount in enumerate(steps):
        segment = offered.checkpoint.made(amount)
        offered.checkpoint.state(b"%d" % number)
        offered.allowed = offered.allowed or number == when
        offered.checkpoint.ended({segment: amount})
    assert offered.states == ([b"%d" % number for number in range(when, len(steps))])
    offered.allowed = True
    offered.checkpoint.release()
    assert offered.states[-1] == b"%d" % (len(steps) - 1)
    offered.checkpoint.release()
    assert len(offered.states) == len(set(offered.states))


def test_a_state_before_any_record_is_safe() -> None:
    offered = Offered()
    offered.checkpoint.state(b"1")
    assert offered.states == [b"1"]
    offered.checkpoint.made(1)
    assert offered.states == [b"1"]


def test_an_unchanged_state_covers_nothing_new() -> None:
    offered = Offered()
    offered.checkpoint.state(b"1")
    segment = offered.checkpoint.made(1)
    offered.checkpoint.state(b"1")
    offered.checkpoint.state(b"2")
    assert offered.states == [b"1"]
    offered.checkpoint.ended({segment: 1})
    assert offered.states == [b"1", b"2"]
