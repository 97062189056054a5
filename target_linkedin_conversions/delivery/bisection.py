"""Bisection: finds the events of a batch that a refusal does not name: probe three, then halve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from target_linkedin_conversions.delivery import answer as answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_linkedin_conversions.delivery.claimed import ClaimedBatch
    from target_linkedin_conversions.delivery.retry import Retry

__all__ = ["BatchSender", "Bisection"]

_PROBES = 3


class BatchSender(Protocol):
    """What a bisection needs of the sender: requests, and the reaction to every other answer."""

    def is_stopped(self, rule: str) -> bool:
        """Whether LinkedIn has refused this rule as such."""

    def attempt(self, claimed: ClaimedBatch) -> tuple[answers.Answer, ClaimedBatch]:
        """Send one request; returns the meaning of its answer, and the batch with one more sending counted."""

    def react(self, claimed: ClaimedBatch, answer: answers.Answer, retry: Retry) -> list[ClaimedBatch] | ClaimedBatch:
        """React to an answer; returns what is left to send, as one claimed batch where it is to be tried again."""

    def reject(self, claimed: ClaimedBatch, refused: dict[int, tuple[str, ...]], *, taken: bool) -> None:
        """Reject the named events."""

    def not_taken(self, claimed: ClaimedBatch) -> None:
        """Note that no request is under way."""

    def stop_rule(self, claimed: ClaimedBatch, message: str) -> list[ClaimedBatch]:
        """Stop a rule that LinkedIn refuses as such."""

    def divide(self, claimed: ClaimedBatch, parts: Sequence[Sequence[int]]) -> list[ClaimedBatch]:
        """Claimed batches of their own for the parts of one."""


class Bisection:
    """Finds out whether an event or the rule is bad, and which event."""

    def __init__(self, sender: BatchSender) -> None:
        """Nothing is sent yet."""
        self._sender = sender

    def parts(self, claimed: ClaimedBatch, message: str, retry: Retry) -> list[ClaimedBatch]:
        """Search a claimed batch that was refused with `message`; returns what is left to send."""
        count = len(claimed.batch.events)
        if count == 1:
            self._sender.reject(claimed, {0: (message,)}, taken=False)
            return []
        if not claimed.probed and count > _PROBES:
            return self._probe(claimed, retry)
        return self.halve(claimed)

    def _probe(self, claimed: ClaimedBatch, retry: Retry) -> list[ClaimedBatch]:
        """Send three single events that lie far apart: where all are refused alike, the rule is at fault and stops."""
        refused: list[tuple[ClaimedBatch, str]] = []
        rest = claimed
        for number in range(_PROBES):
            count = len(rest.batch.events)
            place = (0, count // 2, count - 1)[number]
            single, rest = self._sender.divide(rest, [[place], [i for i in range(count) if i != place]])
            found = self._try_single(single, retry)
            if isinstance(found, str):
                refused.append((single, found))
                continue
            if self._sender.is_stopped(claimed.batch.rule):
                return []
            self._reject_singles(refused)
            return [*([rest] if refused else self.halve(rest)), *found]
        if len({message for _, message in refused}) == 1:
            return self._sender.stop_rule(rest, refused[0][1])
        self._reject_singles(refused)
        return [rest]

    def _try_single(self, single: ClaimedBatch, retry: Retry) -> str | list[ClaimedBatch]:
        """Send one event until LinkedIn judges it; returns why it is refused, or what is left to send."""
        while True:
            answer, single = self._sender.attempt(single)
            if isinstance(answer, answers.RequestRefused):
                self._sender.not_taken(single)
                return answer.message or f"status {answer.status}"
            left = self._sender.react(single, answer, retry)
            if isinstance(left, list):
                return left
            single = left

    def _reject_singles(self, refused: Sequence[tuple[ClaimedBatch, str]]) -> None:
        for single, message in refused:
            self._sender.reject(single, {0: (message,)}, taken=False)

    def halve(self, claimed: ClaimedBatch) -> list[ClaimedBatch]:
        """Halve a claimed batch of at least two events; the first half stands last, because the last part is sent first."""
        count = len(claimed.batch.events)
        return self._sender.divide(claimed, [range(count // 2, count), range(count // 2)])
