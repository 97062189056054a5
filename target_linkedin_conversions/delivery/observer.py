"""Who watches batches and requests go by, without a say in what becomes of them."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from target_linkedin_conversions.delivery.batch import Batch

__all__ = ["UNOBSERVED", "Attempt", "Observer"]


class Attempt(msgspec.Struct, frozen=True):
    """One request: what its answer meant, its status (0 where none came), and how many of the day were used with it."""

    meaning: str
    status: int
    events: int
    body_bytes: int
    seconds: float
    used_today: int


class Observer(Protocol):
    """Hears of each batch and each request; any sender's thread, never once a record."""

    def batch(self, batch: Batch) -> AbstractContextManager[None]:
        """Entered when a sender takes a batch, left when it has done with it; its requests fall in between, in its thread."""

    def attempted(self, attempt: Attempt) -> None:
        """A request was answered, or was not."""


class _Unobserved:
    """Nobody watches."""

    def batch(self, batch: Batch) -> AbstractContextManager[None]:  # noqa: ARG002 - the protocol's
        return nullcontext()

    def attempted(self, attempt: Attempt) -> None:
        pass


UNOBSERVED = _Unobserved()
