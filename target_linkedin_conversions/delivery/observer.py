"""The interface for telemetry: is told of batches and requests, and influences none of them."""

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
    """Is told of each batch and each request, never of single records; called from any sender's thread."""

    def batch(self, batch: Batch) -> AbstractContextManager[None]:
        """A context around the work on one batch; its requests fall within, in the same thread."""

    def attempted(self, attempt: Attempt) -> None:
        """A request has ended, with an answer or without."""


class _Unobserved:
    """Ignores everything."""

    def batch(self, batch: Batch) -> AbstractContextManager[None]:  # noqa: ARG002 - the protocol's
        return nullcontext()

    def attempted(self, attempt: Attempt) -> None:
        pass


UNOBSERVED = _Unobserved()
