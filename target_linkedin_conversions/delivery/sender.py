"""Sends a claimed batch, attempt after attempt, and reacts to each answer.

`advance` takes a claimed batch through one request and returns what is left to do: nothing, the
claimed without what was refused, or parts of it. Quota is spent before each request. Where an
answer refuses a batch and names no event, `bisection.py` finds the bad ones.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, assert_never

import msgspec

from target_linkedin_conversions.delivery import answer as answers
from target_linkedin_conversions.delivery.auth import NEW_TOKEN, token_refused
from target_linkedin_conversions.delivery.batch import RefusedByLinkedIn, body_of
from target_linkedin_conversions.delivery.bisection import Bisection
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.delivery.observer import UNOBSERVED, Attempt
from target_linkedin_conversions.delivery.request_quota import RequestQuota
from target_linkedin_conversions.delivery.retry import Retry
from target_linkedin_conversions.delivery.sendings import Sendings
from target_linkedin_conversions.delivery.stopped_rules import StoppedRules
from target_linkedin_conversions.delivery.waits import Waits
from target_linkedin_conversions.errors import (
    CredentialError,
    MachineError,
    UnreachableError,
    VersionError,
)
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.ledger import Quota, Status
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import BY_LINKEDIN, RESENT
from target_linkedin_conversions.records.versions import VERSIONS
from target_linkedin_conversions.records.window import OLDEST_MS, TOO_OLD

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.claimed import ClaimedBatch
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.delivery.observer import Observer
    from target_linkedin_conversions.delivery.send_once import SendOnce

__all__ = ["Policy", "Sender"]

logger = logging.getLogger(__name__)

_LONGEST_PAUSE = 60.0
_LONGEST_THROTTLE = 300.0


class Policy(msgspec.Struct, frozen=True):
    """The settings for retries, the day's quota and events in doubt."""

    retry_for_seconds: float
    max_resends: int
    wait_for_day: bool
    holds: Callable[[str], bool]
    version: str


class Sender:
    """Sends requests and reacts to answers; shared by all sender threads."""

    def __init__(  # noqa: PLR0913 - what it is assembled of
        self,
        client: Client,
        tokens: Tokens,
        quota: Quota,
        send_once: SendOnce,
        clock: Clock,
        policy: Policy,
        *,
        observer: Observer = UNOBSERVED,
    ) -> None:
        """Send nothing yet; `observer` is told of every request and its answer."""
        self._client = client
        self._tokens = tokens
        self._send_once = send_once
        self._clock = clock
        self._policy = policy
        self.stopped_rules = StoppedRules()
        self.sendings = Sendings()
        self.waits = Waits(clock)
        self.quota = RequestQuota(quota, clock, self.waits, wait_for_day=policy.wait_for_day)
        self._observer = observer
        self._waiting: set[int] = set()
        self._taken: set[str] = set()
        """Rules of which LinkedIn took an event."""
        self._bisection = Bisection(self)

    def is_stopped(self, rule: str) -> bool:
        """Whether LinkedIn has refused this rule as such."""
        return rule in self.stopped_rules

    def advance(self, claimed: ClaimedBatch) -> list[ClaimedBatch]:
        """Send a claimed batch until an answer settles it or splits it; the parts still to be sent."""
        retry = Retry(self._clock, self._policy.retry_for_seconds, waits=self.waits)
        while True:
            claimed = self._without_aged(claimed)
            if not claimed.batch.events:
                return []
            if self.is_stopped(claimed.batch.rule):
                self.put_back(claimed)
                return []
            answer, claimed = self.attempt(claimed)
            left = self.react(claimed, answer, retry)
            if isinstance(left, list):
                return left
            claimed = left

    def put_back(self, claimed: ClaimedBatch) -> None:
        """Leave a claimed batch unsent; its events are free when this worker has ended."""
        if claimed.entry not in self._waiting:
            self.not_taken(claimed)

    def attempt(self, claimed: ClaimedBatch) -> tuple[answers.Answer, ClaimedBatch]:
        """Spend quota and send one request; returns the meaning of its answer, and the batch with one more sending counted."""
        spent = self.quota.spend(lambda: self.put_back(claimed))
        if not self._tokens.at_hand:
            self.put_back(claimed)
        token = self._tokens.current()
        if claimed.entry in self._waiting:
            self._send_once.conclude(claimed, Status.LEAVING)
            self._waiting.discard(claimed.entry)
        body = body_of(claimed.batch.events)
        claimed = self.sendings.leaves(claimed)
        started = self._clock.monotonic()
        try:
            received = self._client.send_events(body, token)
        except MachineError:
            self.not_taken(claimed)
            raise
        seconds = self._clock.monotonic() - started
        self.sendings.seconds.append(seconds)
        self.quota.answered(spent, started + seconds)
        count = len(claimed.batch.events)
        found: answers.Answer
        if isinstance(received, Received):
            sent = [event.payload for event in claimed.batch.events]
            found = answers.read_answer(received.status, received.headers, received.body, sent)
            code, status, support = received.status, str(received.status), received.support_id
        else:
            found, code, status, support = received, 0, received.cause, ""
        logger.info(
            "batch rule=%s events=%d bytes=%d answer=%s meaning=%s seconds=%.2f linkedin_id=%s",
            claimed.batch.rule,
            count,
            len(body),
            status,
            type(found).__name__,
            seconds,
            support,
        )
        self._observer.attempted(Attempt(type(found).__name__, code, count, len(body), seconds, self.quota.used_today))
        if isinstance(found, answers.TokenRefused) and found.kind == "expired" and self._tokens.can_refresh:
            self.not_taken(claimed)
            self._tokens.renew(token)
        return found, claimed

    def react(  # noqa: C901, PLR0911, PLR0912 - one table: every answer has its line
        self,
        claimed: ClaimedBatch,
        answer: answers.Answer,
        retry: Retry,
    ) -> list[ClaimedBatch] | ClaimedBatch:
        """Do what an answer asks for, and return what is still to be sent.

        A list holds the parts that each get a new retry budget, empty where all is settled; a single batch is to be
        tried again within the present one.
        """
        match answer:
            case answers.Taken():
                with self._delivered_whatever_happens(claimed):
                    self._send_once.conclude(claimed, Status.DELIVERED)
                return []
            case answers.PartlyTaken():
                return self._partly_taken(claimed, answer, retry)
            case answers.ElementsRefused(refused):
                self.reject(claimed, refused, taken=False)
                left = claimed.without(list(refused))
                return [left] if left.batch.events else []
            case answers.EachRefused():
                return self._each_refused(claimed, answer, retry)
            case answers.RequestRefused(status, message):
                return self._bisection.parts(claimed, message or f"status {status}", retry)
            case answers.TooLarge():
                return self._smaller(claimed)
            case answers.RuleRefused(message):
                return self.stop_rule(claimed, message)
            case answers.TokenRefused(kind, message):
                return self._token_refused(claimed, kind, message or "status 403", retry)
            case answers.VersionRefused(message):
                self.not_taken(claimed)
                raise VersionError(
                    f"linkedin_version {self._policy.version} is not served ({message}); set linkedin_version "
                    f"to one that is: this release knows {VERSIONS[0].name} to {VERSIONS[-1].name}",
                )
            case answers.Misdirected(status, who, doubtful):
                self.not_taken(msgspec.structs.replace(claimed, doubtful=claimed.doubtful or doubtful))
                told = f" ({who})" if who else ""
                raise UnreachableError(
                    f"status {status}{told} is no answer of LinkedIn's events endpoint; "
                    "check api_url and any proxy or login page in between",
                )
            case answers.Throttled(seconds, day):
                return self._throttled(claimed, seconds, retry, day=day)
            case answers.Busy(status):
                return self._again(claimed, retry, f"status {status}")
            case answers.NotConnected(cause):
                return self._again(claimed, retry, cause)
            case answers.InDoubt(cause):
                return self._in_doubt(claimed, retry, cause)
            case other:
                assert_never(other)

    # Reactions

    def _delivered(self, claimed: ClaimedBatch) -> None:
        """Settle events as delivered; with the code `resent` those of which LinkedIn may hold two."""
        if claimed.batch.events:
            self._taken.add(claimed.batch.rule)
        self._send_once.settle(claimed, Outcome.DELIVERED, code=RESENT if claimed.doubtful else "")

    @contextmanager
    def _delivered_whatever_happens(self, taken: ClaimedBatch) -> Iterator[None]:
        """Settle events as delivered after the ledger was told so, or could not be: LinkedIn has them all the same."""
        try:
            yield
        finally:
            self._delivered(taken)

    def reject(self, claimed: ClaimedBatch, refused: dict[int, tuple[str, ...]], *, taken: bool) -> None:
        """Reject the named events with LinkedIn's reasons; the ledger forgets them."""
        gone = claimed.only(list(refused))
        if taken or len(refused) == len(claimed.batch.events):
            self._send_once.conclude(claimed, Status.DELIVERED, gone)
        else:
            self.not_taken(claimed, gone)
        reasons = [[RefusedByLinkedIn("", BY_LINKEDIN, text) for text in texts] for texts in refused.values()]
        self._send_once.settle(gone, Outcome.REJECTED, code=BY_LINKEDIN, reasons=reasons)

    def _partly_taken(
        self, claimed: ClaimedBatch, answer: answers.PartlyTaken, retry: Retry
    ) -> list[ClaimedBatch] | ClaimedBatch:
        """Settle what was taken and what was refused; what failed for a passing cause is tried again."""
        refused, doubtful, blameless = answer.refused, answer.doubtful, answer.blameless
        passing = [index for index in answer.passing if index not in blameless]
        if not answer.passing and not doubtful:
            with self._delivered_whatever_happens(claimed.without(list(refused))):
                self.reject(claimed, refused, taken=True)
            return []
        gone = {*refused, *answer.passing, *doubtful}
        taken = [i for i in range(len(claimed.batch.events)) if i not in gone]
        split = [taken, passing, blameless, doubtful, list(refused)]
        statuses = [Status.DELIVERED, Status.WAITING, Status.WAITING, Status.IN_DOUBT, Status.WAITING]
        with self._delivered_whatever_happens(claimed.only(taken)):
            _, rest, unblamed, unknown, bad = self._send_once.divide(claimed, split, statuses)
        unblamed = msgspec.structs.replace(unblamed, beside_taken=claimed.beside_taken or bool(taken))
        self.sendings.divided(claimed, len([part for part in split if part]))
        if refused:
            self.reject(bad, dict(enumerate(refused.values())), taken=False)
        waiting = [part for part in (rest, unblamed) if part.batch.events]
        again = [self._again(part, retry, "it fails for single events") for part in waiting]
        left = self._in_doubt(unknown, retry, "status 500 of single events") if doubtful else []
        if not isinstance(left, list) or left:
            return left if not again and not isinstance(left, list) else [*again, *_parts_of(left)]
        return again[0] if len(again) == 1 else again

    def _each_refused(
        self, claimed: ClaimedBatch, answer: answers.EachRefused, retry: Retry
    ) -> list[ClaimedBatch] | ClaimedBatch:
        """Stop what LinkedIn blames; but where it took others of the same request, these events are bad themselves."""
        if not claimed.beside_taken:
            blames = answer.blames
            if (
                isinstance(blames, answers.TokenRefused)
                and blames.kind == "scope"
                and self._taken - {claimed.batch.rule}
            ):
                # A token that other rules are open to lacks a role on this one's ad account.
                blames = answers.RuleRefused(blames.message or "status 403")
            return self.react(claimed, blames, retry)
        if retry.once("refused alone"):
            return self._again(claimed, retry, "it refuses single events")
        self.reject(claimed, answer.refused, taken=False)
        return []

    def stop_rule(self, claimed: ClaimedBatch, message: str) -> list[ClaimedBatch]:
        """Stop a rule that LinkedIn refuses as such: none of its events is sent any more."""
        self.not_taken(claimed)
        self.stopped_rules.stop_refused(claimed.batch.rule, message)
        return []

    def _token_refused(self, claimed: ClaimedBatch, kind: str, message: str, retry: Retry) -> ClaimedBatch:
        self.not_taken(claimed)
        if kind == "scope":
            raise CredentialError(
                f"the token lacks a permission ({message}); it needs the scope rw_conversions, which the app's product "
                "Conversions API gives, and a role on the ad account above viewer; "
                "run `linkedin-conversions login`, which asks for the one and shows the other",
            )
        if kind == "expired" and self._tokens.can_refresh and retry.once("expired"):
            return claimed
        if kind == "revoked" and retry.once("revoked"):
            logger.warning("the token is said to be revoked, which a new one may be for a minute; waiting once")
            with self.waits.on("a new token to be known to LinkedIn", _LONGEST_PAUSE):
                if not self._clock.wait(_LONGEST_PAUSE):
                    return claimed
        raise CredentialError(f"{token_refused(kind)}; {NEW_TOKEN}")

    def _throttled(self, claimed: ClaimedBatch, seconds: float | None, retry: Retry, *, day: bool) -> ClaimedBatch:
        if day and self.quota.spend_day():
            self.not_taken(claimed)
            retry.begin_anew()
            return claimed
        return self._again(claimed, retry, "status 429", min(seconds or 0.0, _LONGEST_THROTTLE))

    def _again(self, claimed: ClaimedBatch, retry: Retry, cause: str, at_least: float = 0.0) -> ClaimedBatch:
        """Try again after a pause, as long as the policy allows."""
        self.not_taken(claimed)
        if not retry.again(at_least, f"LinkedIn ({cause})"):
            raise UnreachableError(
                f"LinkedIn does not take events ({cause}); the next run goes on where this one stopped"
            )
        return claimed

    def _in_doubt(self, claimed: ClaimedBatch, retry: Retry, cause: str) -> list[ClaimedBatch] | ClaimedBatch:
        """Hold the events, or send them again, as the policy says for their rule."""
        claimed = msgspec.structs.replace(claimed, doubtful=True, resent=claimed.resent + claimed.doubtful)
        self.not_taken(claimed)
        if not claimed.batch.resend and self._policy.holds(claimed.batch.rule):
            self._send_once.settle(claimed, Outcome.IN_DOUBT, code="no_answer")
            return []
        if claimed.resent >= self._policy.max_resends:
            self._send_once.settle(claimed, Outcome.IN_DOUBT, code="resent_in_vain")
            times = "once" if claimed.sent == 1 else how_many(claimed.sent, "time")
            raise UnreachableError(
                f"LinkedIn does not answer ({cause}), and a batch was sent {times}; it is in doubt and "
                "`linkedin-conversions rejects replay --in-doubt` sends it again; the next run goes on with all others",
            )
        if not retry.again(cause=f"LinkedIn ({cause})"):
            raise UnreachableError(f"LinkedIn does not answer ({cause}); the next run goes on where this one stopped")
        return claimed

    def _smaller(self, claimed: ClaimedBatch) -> list[ClaimedBatch]:
        """Halve a batch that is too large; a single event cannot be, so something in between refuses our requests."""
        if len(claimed.batch.events) > 1:
            return self._bisection.halve(claimed)
        self.not_taken(claimed)
        raise MachineError(
            "proxy",
            f"a body of {len(body_of(claimed.batch.events)):,} bytes, a single event's, is refused as too large "
            "(status 413): a proxy in between limits bodies",
            "raise its limit for requests to LinkedIn to a few MiB, or lead them past it",
        )

    def divide(self, claimed: ClaimedBatch, parts: Sequence[Sequence[int]]) -> list[ClaimedBatch]:
        """Claimed batches of their own for the parts of one that was refused; no request is under way for them."""
        made = self._send_once.divide(claimed, parts, [_unsent(claimed)] * len(parts))
        self._waiting.update(part.entry for part in made)
        self.sendings.divided(claimed, len(made))
        return made

    def not_taken(self, claimed: ClaimedBatch, released: ClaimedBatch | None = None) -> None:
        """Note that no request is under way: without this worker the claimed batch is free, or in doubt if it was before."""
        self._send_once.conclude(claimed, _unsent(claimed), released)
        self._waiting.add(claimed.entry)

    # Before a request

    def _without_aged(self, claimed: ClaimedBatch) -> ClaimedBatch:
        """Settle the events that became too old while they waited, and return the rest."""
        oldest = self._clock.now() - OLDEST_MS
        aged = [i for i, event in enumerate(claimed.batch.events) if event.happened_at < oldest]
        if not aged:
            return claimed
        gone = claimed.only(aged)
        self.not_taken(claimed, gone)
        if claimed.batch.reject_too_old:
            self._send_once.settle(gone, Outcome.REJECTED, code=TOO_OLD.code, reasons=[[TOO_OLD]] * len(aged))
        else:
            self._send_once.settle(gone, Outcome.SKIPPED, code=TOO_OLD.code)
        return claimed.without(aged)


def _parts_of(left: list[ClaimedBatch] | ClaimedBatch) -> list[ClaimedBatch]:
    return left if isinstance(left, list) else [left]


def _unsent(claimed: ClaimedBatch) -> Status:
    return Status.IN_DOUBT if claimed.doubtful else Status.WAITING
