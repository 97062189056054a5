"""Sends a claimed batch, attempt after attempt, and does what each answer leads to.

`advance` takes a claimed batch through one request and returns what is left to do: nothing, the
claimed without what was refused, or parts of it. Quota is spent before each request. Where an
answer refuses a batch and names no event, `bisection.py` finds the bad ones.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, assert_never

import msgspec

from target_linkedin_conversions.delivery import answer as answers
from target_linkedin_conversions.delivery.auth import NEW_TOKEN
from target_linkedin_conversions.delivery.batch import RefusedByLinkedIn, body_of
from target_linkedin_conversions.delivery.bisection import Bisection
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.delivery.observing import UNOBSERVED, Attempt
from target_linkedin_conversions.delivery.retry import Retry
from target_linkedin_conversions.delivery.sendings import Sendings
from target_linkedin_conversions.delivery.waits import Waits
from target_linkedin_conversions.durations import MINUTE_MS
from target_linkedin_conversions.errors import (
    CredentialError,
    MachineError,
    QuotaError,
    UnreachableError,
    VersionError,
)
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.ledger import DaySpent, Quota, Reserved, Status, Wait
from target_linkedin_conversions.ledger.quota import ROOM_MS
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import BY_LINKEDIN, RESENT
from target_linkedin_conversions.records.versions import VERSIONS
from target_linkedin_conversions.records.window import OLDEST_MS, TOO_OLD

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.claimed import ClaimedBatch
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.delivery.observing import Observer
    from target_linkedin_conversions.delivery.send_once import SendOnce

__all__ = ["Policy", "Sender"]

logger = logging.getLogger(__name__)

_LONGEST_PAUSE = 60.0
_LONGEST_THROTTLE = 300.0
_LONG_WAIT_MS = 5_000
_LONGEST_LOOK_AWAY_MS = MINUTE_MS


class Policy(msgspec.Struct, frozen=True):
    """What the person decided about retries, the day's quota and events in doubt."""

    retry_for_seconds: float
    max_resends: int
    wait_for_day: bool
    holds: Callable[[str], bool]
    version: str


class Sender:
    """Requests, answers and reactions; shared by all sender threads."""

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
        """Nothing is sent yet; `observer` hears of every request and its answer."""
        self._client = client
        self._tokens = tokens
        self._quota = quota
        self._send_once = send_once
        self._clock = clock
        self._policy = policy
        self.stopped_rules: dict[str, str] = {}
        """Why none of a rule's events leaves any more: LinkedIn's words, or what was found before it was asked."""
        self._stopped_beforehand: list[str] = []
        self.sendings = Sendings()
        self.waits = Waits(clock)
        self._counted = (0, 0)
        """The latest UTC day on which a request was counted here, and its most requests."""
        self._counting = Lock()
        self._observer = observer
        self._waiting: set[int] = set()
        self._bisection = Bisection(self)

    @property
    def used_today(self) -> int:
        """Requests of the UTC day under this quota, whoever sent them, as of the last one here; 0 where none was counted."""
        return self._counted[1]

    def is_stopped(self, rule: str) -> bool:
        """Whether LinkedIn has refused this rule as such."""
        return rule in self.stopped_rules

    def stop_beforehand(self, rule: str, why: str) -> None:
        """None of a rule's events leaves, for LinkedIn would take none: a sentence says why, and the mend."""
        if rule not in self.stopped_rules:
            self.stopped_rules[rule] = why
            self._stopped_beforehand.append(rule)
            logger.error("rule %s stops, and its events stay for the next run: %s", rule, why)

    def stopped_message(self) -> str:
        """What stopped rules: found beforehand, or refused by LinkedIn."""
        refused = {rule: why for rule, why in self.stopped_rules.items() if rule not in self._stopped_beforehand}
        sentences = [self.stopped_rules[rule] for rule in self._stopped_beforehand]
        if refused:
            told = "; ".join(f"rule {rule}: {message}" for rule, message in refused.items())
            sentences.append(
                f"LinkedIn refuses conversion rules, not events ({told}); check the rule's id, that it is enabled, "
                "its method, and that the token may use its ad account"
            )
        return ". ".join(sentences)

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
        """Leave a claimed batch unsent: without this worker its events are free."""
        if claimed.entry not in self._waiting:
            self.not_taken(claimed)

    def attempt(self, claimed: ClaimedBatch) -> tuple[answers.Answer, ClaimedBatch]:
        """One request, its quota spent before; the meaning of its answer, and the batch as one that was sent once more."""
        begun, reserved = self._spend_quota(claimed)
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
        if started + seconds - begun > ROOM_MS / 1000:
            self._quota.count_late(reserved)
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
        self._observer.attempted(Attempt(type(found).__name__, code, count, len(body), seconds, self.used_today))
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
        """What is left to send after an answer; one of its own is to be tried again."""
        match answer:
            case answers.Taken():
                self._send_once.conclude(claimed, Status.DELIVERED)
                self._delivered(claimed)
                return []
            case answers.PartlyTaken():
                return self._partly_taken(claimed, answer, retry)
            case answers.ElementsRefused(refused):
                self.reject(claimed, refused, taken=False)
                left = claimed.without(list(refused))
                return [left] if left.batch.events else []
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
        """Tell that LinkedIn took the events, and of which it may hold two."""
        self._send_once.settle(claimed, Outcome.DELIVERED, code=RESENT if claimed.doubtful else "")

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
        refused, passing, doubtful = answer.refused, answer.passing, answer.doubtful
        if not passing and not doubtful:
            self.reject(claimed, refused, taken=True)
            self._delivered(claimed.without(list(refused)))
            return []
        gone = {*refused, *passing, *doubtful}
        taken = [i for i in range(len(claimed.batch.events)) if i not in gone]
        parts = {Status.DELIVERED: taken, Status.WAITING: passing, Status.IN_DOUBT: doubtful}
        split = [*parts.values(), list(refused)]
        done, rest, unknown, bad = self._send_once.divide(claimed, split, [*parts, Status.WAITING])
        self.sendings.divided(claimed, len([part for part in split if part]))
        self._delivered(done)
        if refused:
            self.reject(bad, dict(enumerate(refused.values())), taken=False)
        again = [self._again(rest, retry, "it fails for single events")] if passing else []
        if not doubtful:
            return again[0]
        left = self._in_doubt(unknown, retry, "status 500 of single events")
        return left if not again and not isinstance(left, list) else [*again, *_parts_of(left)]

    def stop_rule(self, claimed: ClaimedBatch, message: str) -> list[ClaimedBatch]:
        """LinkedIn refuses the rule as such: none of its events leaves any more."""
        self.not_taken(claimed)
        self.stopped_rules.setdefault(claimed.batch.rule, message)
        logger.error("rule %s is refused by LinkedIn and stops: %s", claimed.batch.rule, message)
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
        raise CredentialError(f"LinkedIn refuses the access token as {kind}; {NEW_TOKEN}")

    def _throttled(self, claimed: ClaimedBatch, seconds: float | None, retry: Retry, *, day: bool) -> ClaimedBatch:
        if day and self._quota.spend_day():
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
                "`rejects replay --in-doubt` sends it again; the next run goes on with all others",
            )
        if not retry.again(cause=f"LinkedIn ({cause})"):
            raise UnreachableError(f"LinkedIn does not answer ({cause}); the next run goes on where this one stopped")
        return claimed

    def _smaller(self, claimed: ClaimedBatch) -> list[ClaimedBatch]:
        """Halve what is too large; where a single event is, something in between takes no requests of ours."""
        count = len(claimed.batch.events)
        if count > 1:
            return self.divide(claimed, [range(count // 2, count), range(count // 2)])
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
        """Settle the events that grew too old while they waited."""
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

    def _spend_quota(self, claimed: ClaimedBatch) -> tuple[float, Reserved]:
        """Spend one request of the minute's and the day's quota, waiting where that is the policy; when, and which."""
        told = False
        begun = self._clock.monotonic()
        while not isinstance(reserved := self._quota.reserve(), Reserved):
            self.put_back(claimed)
            pause = self._pause_for(reserved)
            if not told and pause > _LONG_WAIT_MS:
                logger.info("waiting for quota: %.0f seconds", pause / 1000)
                told = True
            with self.waits.on("quota", pause / 1000):
                if self._clock.wait(pause / 1000):
                    raise QuotaError("the run stopped while it waited for quota")
            begun = self._clock.monotonic()
        with self._counting:  # two threads may come back from the ledger the other way round
            self._counted = max(self._counted, (reserved.day, reserved.used_today))
        return begun, reserved

    def _pause_for(self, spent: Wait | DaySpent) -> int:
        """Milliseconds until the quota is asked again; raises `QuotaError` where the day is not waited for."""
        if isinstance(spent, Wait):
            return spent.milliseconds
        if not self._policy.wait_for_day:
            raise QuotaError(
                "requests_per_day is spent for this UTC day; the next run goes on, or set on_quota_exhausted: wait"
            )
        return min(spent.milliseconds, _LONGEST_LOOK_AWAY_MS)


def _parts_of(left: list[ClaimedBatch] | ClaimedBatch) -> list[ClaimedBatch]:
    return left if isinstance(left, list) else [left]


def _unsent(claimed: ClaimedBatch) -> Status:
    return Status.IN_DOUBT if claimed.doubtful else Status.WAITING
