from __future__ import annotations

import os
import threading

import pytest

from target_linkedin_conversions.cpu_affinity import THREADS, CpuAffinity


class Machine:
    """A thread's processors, as an operating system would keep them."""

    def __init__(self, allowed: frozenset[int], current: int = 0) -> None:
        self.may_use, self.on = allowed, current
        self.waiting, self.running, self.share = 0.0, 0.0, 1000.0
        self.moves: list[frozenset[int]] = []

    def allowed(self) -> frozenset[int]:
        return self.may_use

    def current(self) -> int:
        return self.on

    def waited(self) -> float:
        return self.waiting

    def ran(self) -> float:
        self.running += self.share
        return self.running

    def move(self, processors: frozenset[int]) -> None:
        self.moves.append(processors)
        if self.on not in processors:
            self.on = min(processors, default=self.on)

    def move_all(self, processors: frozenset[int]) -> None:
        self.move(processors)


def kept(machine: Machine, pause: float = 0.0) -> CpuAffinity:
    return CpuAffinity(machine, pause=lambda: pause, window=0.0)


def test_a_run_stays_where_it_is_and_may_go_anywhere_after_it() -> None:
    machine = Machine(frozenset({0, 1, 5}), current=5)
    with kept(machine, pause=60.0).keep_together():
        assert machine.moves == [{5}]
    assert machine.moves == [{5}, {0, 1, 5}]


def test_long_work_goes_to_the_other_processors_and_comes_back() -> None:
    machine = Machine(frozenset({0, 1, 5}), current=5)
    processors = kept(machine, pause=60.0)
    with processors.keep_together():
        with processors.elsewhere():
            assert machine.moves[-1] == {0, 1}
        assert machine.moves[-1] == {5}


@pytest.mark.parametrize("allowed", [frozenset(), frozenset({3})])
def test_with_one_processor_or_none_known_nothing_is_moved(allowed: frozenset[int]) -> None:
    machine = Machine(allowed)
    processors = kept(machine, pause=60.0)
    with processors.keep_together(), processors.elsewhere():
        processors.look_around()
    assert machine.moves == []


def test_without_a_run_nothing_is_moved() -> None:
    machine = Machine(frozenset({0, 1}))
    with kept(machine, pause=60.0).elsewhere():
        assert machine.moves == []


def test_a_thread_that_waits_for_its_processor_moves_to_another_and_the_others_follow() -> None:
    machine = Machine(frozenset({0, 1, 5}), current=1)
    processors = kept(machine)
    with processors.keep_together():
        processors.look_around()
        with processors.elsewhere():  # a sender's statement is under way meanwhile
            machine.waiting = 1000.0
            processors.look_around()  # at the end of the window that the first look began
            assert machine.moves[-2:] == [{0, 5}, {0}]
        assert machine.moves[-1] == {0}
        with processors.elsewhere():
            assert machine.moves[-1] == {1, 5}


def test_a_thread_that_waits_little_stays() -> None:
    machine = Machine(frozenset({0, 1}))
    processors = kept(machine)
    machine.waiting = 1000.0  # before the run began
    with processors.keep_together():
        for _ in range(100):
            processors.look_around()
        assert machine.moves == [{0}]


def test_between_its_looks_a_thread_stays_however_long_it_waits() -> None:
    machine = Machine(frozenset({0, 1}))
    processors = kept(machine, pause=60.0)
    with processors.keep_together():
        for machine.waiting in (0.0, 0.0, 1000.0, 2000.0):
            processors.look_around()
        assert machine.moves == [{0}]


def test_a_run_that_waits_for_its_tap_lets_go_and_holds_on_again_when_it_is_behind() -> None:
    machine = Machine(frozenset({0, 1}))
    processors = kept(machine)
    with processors.keep_together():
        machine.share = 0.0
        for _ in range(4):
            processors.look_around()
        assert machine.moves == [{0}, {0, 1}]
        with processors.elsewhere():
            assert len(machine.moves) == 2
        machine.on, machine.share = 1, 1000.0
        for _ in range(4):
            processors.look_around()
        assert machine.moves == [{0}, {0, 1}, {1}]
    assert machine.moves[-1] == {0, 1}


class Strange(Machine):
    def current(self) -> int:
        raise FileNotFoundError

    def move(self, processors: frozenset[int]) -> None:
        super().move(processors)
        raise OSError

    def waited(self) -> float:
        raise FileNotFoundError


def test_a_system_that_tells_and_does_nothing_costs_nothing() -> None:
    processors = kept(Strange(frozenset({0, 1})))
    with processors.keep_together(), processors.elsewhere():
        processors.look_around()


def allowed() -> frozenset[int]:
    """This thread's processors; of systems that do not let a program choose, one that never changes."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset({0})


def test_on_this_machine_a_thread_begins_where_its_run_is() -> None:
    before = allowed()
    seen: list[frozenset[int]] = []
    with THREADS.keep_together():
        thread = threading.Thread(target=lambda: seen.append(allowed()))
        thread.start()
        thread.join()
        here = allowed()
    assert seen == [here]
    assert len(here) == 1
    assert allowed() == before
