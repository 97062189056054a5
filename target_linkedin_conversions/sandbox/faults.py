"""Faults to order: what goes wrong, for which requests, how often."""

from __future__ import annotations

import random
from typing import Any, Literal

import msgspec

from target_linkedin_conversions.sandbox import refusals
from target_linkedin_conversions.sandbox.call import Answer, json_answer

__all__ = ["Fault", "FaultDesk", "FaultKind"]

FaultKind = Literal[
    "answer",
    "delay",
    "drop_before",
    "drop_after",
    "reset",
    "truncate",
    "slow_drip",
    "element_failures",
    "answer_401_revoked",
    "answer_401_expired",
    "answer_426",
    "answer_429",
    "answer_429_day",
    "answer_500",
    "answer_502",
    "answer_503",
    "answer_504",
    "answer_504_after_taking",
    "captive_portal",
    "interim",
]

_ANSWERS: dict[str, Answer] = {
    "answer_401_revoked": refusals.token("revoked"),
    "answer_401_expired": refusals.token("expired"),
    "answer_429": refusals.throttled(day=False),
    "answer_429_day": refusals.throttled(day=True),
    "answer_500": json_answer(500, {"status": 500, "code": "INTERNAL_ERROR", "message": "Internal Server Error"}),
    "answer_502": Answer(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
    "answer_503": Answer(503, b"<html><body><h1>503 Service Unavailable</h1></body></html>"),
    "answer_504": Answer(504, b"<html><body><h1>504 Gateway Time-out</h1></body></html>"),
}
_ANSWERS["answer_504_after_taking"] = _ANSWERS["answer_504"]

_ANSWERS["captive_portal"] = Answer(200, b"<html><body><h1>Welcome to the hotel's network</h1></body></html>")

_TAKING = frozenset(
    {"delay", "drop_after", "truncate", "slow_drip", "element_failures", "answer_504_after_taking", "interim"}
)
_CUTS = frozenset({"drop_before", "drop_after", "reset", "truncate", "slow_drip"})


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One order.

    `times` requests are hit (default: one, or without end where there is a `probability`), after
    the first `skip` matching ones went by. `path` is a prefix, `method` an HTTP method. `delay`
    is seconds before anything happens, with any kind. `status`, `body`, `headers` are for
    `answer`; `statuses` (index to status) for `element_failures`; `keep_bytes` (of the body) for
    `truncate`; `seconds` (in all) for `slow_drip`. `take` overrides whether the events are taken.
    """

    kind: FaultKind
    times: int | None = None
    probability: float | None = None
    seed: int = 0
    skip: int = 0
    path: str = "/rest/conversionEvents"
    method: str | None = None
    delay: float = 0.0
    status: int = 500
    body: Any = None
    headers: dict[str, str] = {}
    statuses: dict[int, int] = msgspec.field(default_factory=lambda: {0: 400})
    keep_bytes: int | None = None
    seconds: float = 5.0
    take: bool | None = None

    @property
    def takes(self) -> bool:
        """Whether the request is handled as usual, its events taken, before the fault shows."""
        return self.kind in _TAKING if self.take is None else self.take

    @property
    def cuts(self) -> bool:
        """Whether the connection does not survive it."""
        return self.kind in _CUTS

    @property
    def answers_for(self) -> str:
        """`text/html` where somebody else answers in LinkedIn's place, with none of its headers; else empty."""
        return "text/html" if self.kind == "captive_portal" else ""

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one this order is about."""
        return path.startswith(self.path) and self.method in {None, method}

    def answer(self, version: str) -> Answer | None:
        """The answer that replaces the real one, if this kind has one."""
        if self.kind == "answer_426":
            return refusals.version_not_active(version)
        if self.kind == "answer":
            headers = tuple(self.headers.items())
            if self.body is None or isinstance(self.body, str):
                return Answer(self.status, (self.body or "").encode(), headers)
            return json_answer(self.status, self.body, headers=headers)
        return _ANSWERS.get(self.kind)


class Order:
    """A fault and how much of it is left."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.fired = 0
        self.left = fault.times if fault.times is not None or fault.probability else 1
        self._skip = fault.skip
        self._random = random.Random(fault.seed)  # noqa: S311 - a rehearsal must repeat itself

    def fires(self) -> bool:
        """Whether it hits this (matching) request; counts if so."""
        if self.left == 0:
            return False
        if self._skip:
            self._skip -= 1
            return False
        chance = self.fault.probability
        if chance is not None and self._random.random() >= chance:
            return False
        self.fired += 1
        if self.left is not None:
            self.left -= 1
        return True


class FaultDesk:
    """Takes orders and hands each request at most one fault, the oldest order first."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def order(self, fault: Fault) -> None:
        """Add an order behind those that wait."""
        self.orders.append(Order(fault))

    def clear(self) -> None:
        """Cancel everything."""
        self.orders.clear()

    def next(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if one was ordered."""
        for order in self.orders:
            if order.fault.matches(method, path) and order.fires():
                return order.fault
        return None

    def listing(self) -> list[dict[str, Any]]:
        """Every order as data: the fault, how often it fired, how often it still will."""
        return [{"fault": order.fault, "fired": order.fired, "left": order.left} for order in self.orders]
