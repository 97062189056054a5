"""What the delivery tests share: a clock that needs no waiting, events, and an ear for how they end."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.batch import Batch
from target_linkedin_conversions.delivery.client import Received
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.delivery.delivery import Delivery
from target_linkedin_conversions.delivery.rehearsal import Rehearsal
from target_linkedin_conversions.delivery.send_once import LedgerSendOnce
from target_linkedin_conversions.delivery.sender import Policy, Sender
from target_linkedin_conversions.ledger import Ledger, Status, tables
from target_linkedin_conversions.records.event import Event
from target_linkedin_conversions.run.run import new_run_id
from target_linkedin_conversions.settings import Settings
from target_linkedin_conversions.urns import RULE_URN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
    from target_linkedin_conversions.delivery.destination import Destination
    from target_linkedin_conversions.outcomes import Outcome
    from target_linkedin_conversions.records.reasons import Reason
    from target_linkedin_conversions.sandbox import Sandbox
    from target_linkedin_conversions.settings import Secret

NOW = 1_795_430_400_000  # 2026-11-23T10:40:00Z
DAY = 86_400_000
ORIGIN = "https://api.linkedin.com"


class QuickClock(Clock):
    """Waiting takes no time, it only passes; `waits` says how long each was."""

    def __init__(self, now: int = NOW) -> None:
        super().__init__()
        self.random.seed(1)
        self._lock = Lock()
        self._now = now
        self.waits: list[float] = []
        self.on_wait: Callable[[float], None] = lambda _: None

    def now(self) -> int:
        return self._now

    def monotonic(self) -> float:
        return self._now / 1000

    def wait(self, seconds: float) -> bool:
        if super().wait(0):
            return True
        with self._lock:
            self.waits.append(seconds)
            self._now += int(seconds * 1000)
        self.on_wait(seconds)
        return super().wait(0.001)

    def pass_by(self, milliseconds: int) -> None:
        with self._lock:
            self._now += milliseconds


def event(identity: str, rule: str = "101", *, at: int = NOW - 1000, content: int = 0, **extra: Any) -> Event:
    """A valid event known by `identity`, which is also its event id; `extra` goes into its payload."""
    payload = {
        "conversion": RULE_URN + rule,
        "conversionHappenedAt": at,
        "user": {"userIds": [{"idType": "GOOGLE_AID", "idValue": f"aid-{identity}"}]},
        "eventId": identity,
        **extra,
    }
    return Event(rule, identity, at, msgspec.json.encode(payload), content, at // DAY, (("id", identity),))


def events(*identities: str | int, rule: str = "101") -> list[Event]:
    return [event(str(identity), rule) for identity in identities]


def batch_of(found: Sequence[Event], *, reject_too_old: bool = False) -> Batch:
    return Batch(found[0].rule, "deals", list(found), [one.identity for one in found], reject_too_old)


class Ear:
    """Hears how each event ends, and that it ends once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.heard: list[tuple[str, str, str, tuple[str, ...]]] = []

    def settled(
        self,
        batch: Batch,
        outcome: Outcome,
        *,
        code: str = "",
        reasons: Sequence[Sequence[Reason]] = (),
    ) -> None:
        assert len(batch.tickets) == len(batch.events) > 0
        assert not reasons or len(reasons) == len(batch.events)
        with self._lock:
            for index, one in enumerate(batch.events):
                told = tuple(reason.message for reason in reasons[index]) if reasons else ()
                self.heard.append((one.identity, str(outcome), code, told))

    def repeated(self, stream: str, events: int) -> None:
        assert stream
        assert events >= 0

    def ends(self) -> dict[str, str]:
        """How each identity ended, its first event only."""
        return {identity: outcome for identity, outcome, _, _ in reversed(self.heard)}

    def counts(self) -> dict[str, int]:
        return dict(Counter(outcome for _, outcome, _, _ in self.heard))

    def reasons(self) -> dict[str, tuple[str, ...]]:
        return {identity: told for identity, outcome, _, told in self.heard if outcome == "rejected"}

    def codes(self) -> Counter[str]:
        return Counter(f"{outcome}:{code}" for _, outcome, code, _ in self.heard)


def settings_for(folder: Path, linkedin: Sandbox | None = None, **more: Any) -> Settings:
    url = linkedin.url if linkedin else "http://127.0.0.1:9"
    config = {
        "access_token": "sandbox-token",
        "api_url": url,
        "oauth_url": url,
        "state_dir": str(folder),
        "requests_per_minute": 100_000,
        "consent": {"not_required": "a test"},
        "shutdown_seconds": 5,
        **more,
    }
    return Settings.load({name: value for name, value in config.items() if value is not None})


Answering = "Callable[[list[dict[str, Any]]], tuple[int, Any] | Received | NotConnected | InDoubt]"


class Stub:
    """In the client's place: answers by the events it is sent, and keeps what was sent."""

    def __init__(self, answer: Callable[[list[dict[str, Any]]], Any]) -> None:
        self._answer = answer
        self.sent: list[list[str]] = []

    def send_events(self, body: bytes, token: Secret) -> Received | NotConnected | InDoubt:
        assert token.reveal
        found = msgspec.json.decode(body)["elements"]
        self.sent.append([one["eventId"] for one in found])
        answer = self._answer(found)
        if isinstance(answer, tuple):
            status, content = answer
            return Received(status, {"X-LI-UUID": "AAYQ3b7T0fVg8mHn+Xz/4w=="}, msgspec.json.encode(content))
        return answer  # type: ignore[no-any-return]


def taken(found: Sequence[object]) -> tuple[int, Any]:
    return 200, {"elements": [{"status": 201}] * len(found)}


class Desk:
    """Sender over a real ledger and a stub, with all that is needed to look into both."""

    def __init__(
        self,
        folder: Path,
        answer: Callable[[list[dict[str, Any]]], Any],
        *,
        holds: bool = False,
        wait_for_day: bool = False,
        retry_for_seconds: float = 900,
        max_resends: int = 2,
        per_day: int = 1_000_000,
        run: str = "run-1",
        **settings: Any,
    ) -> None:
        self.clock = QuickClock()
        self.ear = Ear()
        self.stub = Stub(answer)
        self.ledger = Ledger(
            None, folder, run=run, quota_key="q", per_minute=1_000_000, per_day=per_day, clock=self.clock.now
        )
        self.ledger.open()
        client: Any = self.stub
        self.tokens = Tokens(settings_for(folder, **settings), client, self.clock)
        self.send_once = LedgerSendOnce(self.ledger, ORIGIN, self.ear, lambda _: holds)
        policy = Policy(retry_for_seconds, max_resends, wait_for_day, lambda _: holds, "202609")
        self.sender = Sender(client, self.tokens, self.ledger.quota, self.send_once, self.clock, policy)

    def send(self, found: Sequence[Event], **batch: Any) -> None:
        """What a sender thread does with a batch."""
        parts, waiting = self.send_once.clear(batch_of(found, **batch))
        assert waiting is None
        while parts:
            parts[-1:] = self.sender.advance(parts[-1])

    def statuses(self) -> dict[str, Status]:
        """Where the ledger says each batch with events is, by the identity of its events."""
        with self.ledger.database.transaction() as connection:
            rows = connection.execute(
                tables.deliveries.join(tables.batches, tables.deliveries.c.batch == tables.batches.c.id).select()
            ).all()
        return {row.digest.hex(): Status(row.status) for row in rows}

    def status(self, one: Event) -> Status | None:
        (digest,) = self.ledger.digests(ORIGIN, one.rule, [(one.identity, one.hour)])
        return self.statuses().get(digest.hex())

    def close(self) -> None:
        self.ledger.close()


class Receipt(msgspec.Struct, frozen=True):
    """How many events ended how, by outcome and code, and what stopped the delivery."""

    counts: dict[str, int]
    stopped_by: Exception | None = None


def deliver(found: Iterable[Event], settings: Settings, *, clock: Clock | None = None) -> Receipt:
    """What a run does with events that are at hand, without a run."""
    ear = Ear()
    run = new_run_id()
    delivery: Destination = Rehearsal(settings, run, ear) if settings.dry_run else Delivery(settings, run, ear, clock)
    made, stopped = list(found), None  # all of them first: a run that stops early leaves the later ones unsent too
    by_rule: dict[str, list[Event]] = {}
    try:
        delivery.start()
        for one in made:
            waiting = by_rule.setdefault(one.rule, [])
            waiting.append(one)
            if len(waiting) >= settings.batch_size_rows:
                delivery.carry(batch_of(by_rule.pop(one.rule)))
        for waiting in by_rule.values():
            delivery.carry(batch_of(waiting))
        delivery.finish()
    except Exception as error:  # noqa: BLE001 - the receipt carries it
        stopped = error
    finally:
        delivery.close(settings.shutdown_seconds)
        delivery.leave()
    counts = Counter(f"{outcome}:{code}" if code else outcome for _, outcome, code, _ in ear.heard)
    if unsent := len(made) - counts.total():
        counts["unsent"] = unsent
    return Receipt(dict(counts), stopped)
