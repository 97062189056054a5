"""A sandbox inside this process, for tests and for the command line."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, TypeVar

import msgspec

from target_linkedin_conversions.sandbox.clock import Clock, wall_clock
from target_linkedin_conversions.sandbox.faults import Fault, FaultDesk, FaultKind
from target_linkedin_conversions.sandbox.linkedin import LinkedIn
from target_linkedin_conversions.sandbox.rules import Rule, default_rules, rule_from
from target_linkedin_conversions.sandbox.settings import LintMode, SandboxSettings
from target_linkedin_conversions.sandbox.summary import summary_of
from target_linkedin_conversions.sandbox.tokens import Token, TokenKind, TokenUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from target_linkedin_conversions.sandbox.journal import RequestSeen
    from target_linkedin_conversions.sandbox.server import Server
    from target_linkedin_conversions.sandbox.versions import Sunset

__all__ = ["Sandbox"]

T = TypeVar("T")
PATIENCE = 30.0


class Sandbox:
    """LinkedIn on 127.0.0.1, from `with Sandbox() as linkedin:` to the end of the block.

    `rules` are ids, URNs or objects with `id` (default: 101 to 104, a disabled 901, a browser's
    902). `clock` gives epoch ms. `versions` adds versions or moves their end (epoch ms, None:
    never). Everything that is read here is a copy and safe from any thread.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        rules: Iterable[int | str | Rule | dict[str, Any]] | None = None,
        clock: Clock = wall_clock,
        versions: Mapping[str, Sunset] | None = None,
        lint: LintMode = "report",
        **settings: Any,  # noqa: ANN401 - the fields of SandboxSettings, which checks them
    ) -> None:
        wanted = msgspec.convert({"lint": lint, **settings}, SandboxSettings)
        registry = default_rules() if rules is None else tuple(rule_from(rule) for rule in rules)
        self._linkedin = LinkedIn(wanted, registry, clock, versions or {})
        self._desk = FaultDesk()
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None

    def __enter__(self) -> Self:
        """Start, and return when requests are answered."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop at once."""
        self.stop()

    def start(self) -> Self:
        """Listen on 127.0.0.1 in a thread of its own.

        Raises:
            ModuleNotFoundError: starlette or uvicorn is not installed.
            OSError: the port is taken.

        """
        # Imported here, so that importing the package needs neither starlette nor uvicorn.
        from target_linkedin_conversions.sandbox.app import Front  # noqa: PLC0415
        from target_linkedin_conversions.sandbox.server import (  # noqa: PLC0415
            Server,
            listening_socket,
        )

        sock = listening_socket(self._port)
        self._port = sock.getsockname()[1]
        server = Server(Front(self._linkedin, self._desk), sock)
        ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(server, ready)),
            name="linkedin-sandbox",
            daemon=True,
        )
        self._thread.start()
        ready.result(PATIENCE)
        return self

    def stop(self) -> None:
        """End the server and its thread; what was received can still be read."""
        loop, thread, stopping = self._loop, self._thread, self._stopping
        if loop is None or thread is None or stopping is None:
            return
        loop.call_soon_threadsafe(stopping.set)
        thread.join(PATIENCE)
        self._loop = self._thread = self._stopping = None

    async def _serve(self, server: Server, ready: Future[None]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            await server.start()
        except BaseException as error:  # noqa: BLE001 - the caller's thread raises it
            ready.set_exception(error)
            return
        ready.set_result(None)
        await self._stopping.wait()
        await server.stop()

    def _within(self, work: Callable[[], T]) -> T:
        """Run `work` on the event loop, which alone touches the state; after the end, here."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or thread is threading.current_thread():
            return work()
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - the caller's thread raises it
                done.set_exception(error)

        loop.call_soon_threadsafe(run)
        return done.result(PATIENCE)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def url(self) -> str:
        """What stands for `https://api.linkedin.com`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def oauth_url(self) -> str:
        """What stands for `https://www.linkedin.com`."""
        return self.url

    @property
    def received(self) -> list[dict[str, Any]]:
        """Every event taken, in order, as it was sent."""
        batches = self._within(lambda: list(self._linkedin.journal.batches))
        return [event for batch in batches for event in batch.events()]

    @property
    def requests(self) -> list[RequestSeen]:
        """Every request to LinkedIn's endpoints, in order, cut ones too (their status is 0)."""
        return self._within(lambda: list(self._linkedin.journal.requests))

    @property
    def rules(self) -> dict[int, Rule]:
        """The rules by id."""
        return self._within(lambda: dict(self._linkedin.rules.by_id))

    @property
    def tokens(self) -> dict[str, Token]:
        """The registered tokens; any other that begins with `sandbox-` is valid too."""
        return self._within(lambda: dict(self._linkedin.tokens.known))

    @property
    def settings(self) -> SandboxSettings:
        """The settings now in force."""
        return self._within(lambda: self._linkedin.settings)

    def now(self) -> int:
        """The sandbox's time in epoch ms."""
        return self._within(self._linkedin.clock)

    def summary(self) -> dict[str, Any]:
        """The same numbers as `GET /_sandbox/summary`."""
        return self._within(lambda: summary_of(self._linkedin))

    def faults(self, kind: FaultKind, **order: Any) -> None:  # noqa: ANN401 - the fields of Fault
        """Order a fault: `linkedin.faults("drop_after", times=2)`."""
        fault = msgspec.convert({"kind": kind, **order}, Fault)
        self._within(lambda: self._desk.order(fault))

    @property
    def ordered_faults(self) -> list[dict[str, Any]]:
        """Each order with `fault`, `fired` and `left`."""
        return self._within(self._desk.listing)

    def clear_faults(self) -> None:
        """Cancel every order."""
        self._within(self._desk.clear)

    def add_rule(self, rule: int | str | Rule | dict[str, Any], **fields: Any) -> Rule:  # noqa: ANN401
        """Add or replace a rule: `add_rule(105, type="PURCHASE")`, in Python's or JSON's names."""
        made = msgspec.structs.replace(rule_from(rule), **fields)
        self._within(lambda: self._linkedin.rules.put(made))
        return made

    def set_token(
        self,
        token: str,
        kind: TokenKind = "valid",
        *,
        use: TokenUse = "access",
        expires_at: int | None = None,
        accounts: Iterable[int | str] | None = None,
        scopes: Iterable[str] | None = None,
    ) -> None:
        """Register a token; `expires_at` in epoch ms, `accounts` are the ids it can see, `scopes` what it may do."""
        seen = None if accounts is None else frozenset(str(a).rpartition(":")[2] for a in accounts)
        may = None if scopes is None else frozenset(scopes)
        made = Token(kind=kind, use=use, expires_at=expires_at, accounts=seen, scopes=may)
        self._within(lambda: self._linkedin.tokens.known.__setitem__(token, made))

    def set_clock(
        self,
        now: int | None = None,
        *,
        offset_ms: int = 0,
        versions: Mapping[str, Sunset] | None = None,
    ) -> None:
        """Stop the clock at `now` (epoch ms; None: let it run), shifted; move versions' ends."""

        def move() -> None:
            self._linkedin.clock.move(now, offset_ms)
            self._linkedin.versions.sunsets.update(versions or {})

        self._within(move)

    def configure(self, **settings: Any) -> None:  # noqa: ANN401 - the fields of SandboxSettings
        """Change settings while it runs."""

        def change() -> None:
            current = msgspec.structs.asdict(self._linkedin.settings)
            self._linkedin.settings = msgspec.convert({**current, **settings}, SandboxSettings)

        self._within(change)

    def browser_saw(self, *event_ids: str, account: str | None = None) -> None:
        """Let the account's Insight Tag report event ids: LinkedIn then drops ours (documented)."""
        whose = account or next(iter(self.rules.values())).account
        seen = self._linkedin.journal.browser_event_ids
        self._within(lambda: seen.update((whose, event_id) for event_id in event_ids))

    def reset(self) -> None:
        """Back to the state at the start: nothing taken, no fault, the first settings and clock."""

        def begin_again() -> None:
            self._linkedin.reset()
            self._desk.clear()

        self._within(begin_again)
