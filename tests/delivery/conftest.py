"""A LinkedIn whose clock stands still, and desks that are closed in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox
from tests.delivery.world import NOW, Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, future_tolerance_ms=10**12, requests_per_minute=10**6) as linkedin:
        yield linkedin


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(answer: Callable[[list[dict[str, Any]]], Any], **more: Any) -> Desk:
        made.append(Desk(tmp_path, answer, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
