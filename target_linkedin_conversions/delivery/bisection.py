"""Bisection: finds the events of a batch that a refusal does not name: probe three, then halve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from target_linkedin_conversions.delivery import answer as answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.delivery.parcel import Parcel
    from target_linkedin_conversions.delivery.retry import Retry

__all__ = ["BatchSender", "Bisection"]

_PROBES = 3


class BatchSender(Protocol):
    """Who sends what a bisection asks, and reacts to every other answer."""

    def is_stopped(self, rule: str) -> bool:
        """Whether LinkedIn has refused this rule as such."""

    def attempt(self, parcel: Parcel) -> answers.Answer:
        """One request and the meaning of its answer."""

    def react(self, parcel: Parcel, answer: answers.Answer, retry: Retry) -> list[Parcel] | Parcel:
        """What is left to send after an answer; a parcel of its own is to be tried again."""

    def reject(self, parcel: Parcel, refused: dict[int, tuple[str, ...]], *, taken: bool) -> None:
        """Reject the named events."""

    def not_taken(self, parcel: Parcel) -> None:
        """Note that no request is under way."""

    def stop_rule(self, parcel: Parcel, message: str) -> list[Parcel]:
        """LinkedIn refuses the rule as such."""

    def divide(self, parcel: Parcel, parts: Sequence[Sequence[int]]) -> list[Parcel]:
        """Parcels of their own for the parts of one."""


class Bisection:
    """Tells a bad event from a bad rule, and one event from another."""

    def __init__(self, sender: BatchSender) -> None:
        """Nothing is sent yet."""
        self._sender = sender

    def parts(self, parcel: Parcel, message: str, retry: Retry) -> list[Parcel]:
        """What is left to send of a parcel that was refused for `message`."""
        count = len(parcel.batch.events)
        if count == 1:
            self._sender.reject(parcel, {0: (message,)}, taken=False)
            return []
        if not parcel.probed and count > _PROBES:
            return self._probe(parcel, retry)
        return self._halves(parcel)

    def _probe(self, parcel: Parcel, retry: Retry) -> list[Parcel]:
        """Three single events far apart: refused alike, it is no event's fault and the rule stops."""
        refused: list[tuple[Parcel, str]] = []
        rest = parcel
        for number in range(_PROBES):
            count = len(rest.batch.events)
            place = (0, count // 2, count - 1)[number]
            single, rest = self._sender.divide(rest, [[place], [i for i in range(count) if i != place]])
            found = self._try_single(single, retry)
            if isinstance(found, str):
                refused.append((single, found))
                continue
            if self._sender.is_stopped(parcel.batch.rule):
                return []
            self._reject_singles(refused)
            return [*([rest] if refused else self._halves(rest)), *found]
        if len({message for _, message in refused}) == 1:
            return self._sender.stop_rule(rest, refused[0][1])
        self._reject_singles(refused)
        return [rest]

    def _try_single(self, single: Parcel, retry: Retry) -> str | list[Parcel]:
        """Send one event until it is judged: why it alone is refused, or what is left to send."""
        while True:
            answer = self._sender.attempt(single)
            if isinstance(answer, answers.RequestRefused):
                self._sender.not_taken(single)
                return answer.message or f"status {answer.status}"
            left = self._sender.react(single, answer, retry)
            if isinstance(left, list):
                return left
            single = left

    def _reject_singles(self, refused: Sequence[tuple[Parcel, str]]) -> None:
        for single, message in refused:
            self._sender.reject(single, {0: (message,)}, taken=False)

    def _halves(self, parcel: Parcel) -> list[Parcel]:
        count = len(parcel.batch.events)
        return self._sender.divide(parcel, [range(count // 2, count), range(count // 2)])
