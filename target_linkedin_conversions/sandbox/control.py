"""`/_sandbox`: look at what came, order faults, move the clock, change the rules of the game."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import msgspec

from target_linkedin_conversions.sandbox import page
from target_linkedin_conversions.sandbox.call import Answer, Call, json_answer
from target_linkedin_conversions.sandbox.faults import Fault, FaultDesk
from target_linkedin_conversions.sandbox.rules import rule_from
from target_linkedin_conversions.sandbox.settings import changed
from target_linkedin_conversions.sandbox.summary import summary_of
from target_linkedin_conversions.sandbox.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.sandbox.linkedin import LinkedIn

__all__ = ["Control"]

PAGE_SIZE = 1000


class TokenOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token to register."""

    token: str
    kind: str = "valid"
    use: str = "access"
    expires_at: int | None = None
    accounts: list[str] | None = None
    scopes: list[str] | None = None


class ClockOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the clock shall stand (epoch ms, None: run), and when versions end (None: never)."""

    now: int | None = None
    offset_ms: int = 0
    versions: dict[str, int | None] = {}


class BrowserEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Event ids that the account's Insight Tag has reported."""

    event_ids: list[str]
    account: str = "urn:li:sponsoredAccount:512345678"


class Control:
    """The sandbox's own endpoints."""

    def __init__(self, linkedin: LinkedIn, desk: FaultDesk) -> None:
        self._linkedin = linkedin
        self._desk = desk
        self._table: dict[tuple[str, str], Callable[[Call], Any]] = {
            ("GET", "received"): self._received,
            ("GET", "summary"): lambda _: summary_of(linkedin),
            ("GET", "requests"): self._requests,
            ("GET", "faults"): lambda _: {"faults": desk.listing()},
            ("POST", "faults"): self._order,
            ("DELETE", "faults"): lambda _: desk.clear(),
            ("GET", "rules"): lambda _: {"rules": list(linkedin.rules.by_id.values())},
            ("POST", "rules"): self._put_rules,
            ("POST", "tokens"): self._put_token,
            ("POST", "clock"): self._move_clock,
            ("GET", "clock"): lambda _: self._clock(),
            ("POST", "settings"): self._change_settings,
            ("GET", "settings"): lambda _: linkedin.settings,
            ("POST", "browser_events"): self._browser_events,
            ("POST", "reset"): lambda _: self.reset(),
        }

    def answer(self, call: Call) -> Answer:
        """Answer one control request; 400 with a sentence where its JSON is wrong."""
        name = call.path.removeprefix("/_sandbox").strip("/")
        if not name and call.method == "GET":
            return page.overview(self._linkedin)
        work = self._table.get((call.method, name))
        if work is None:
            known = sorted(f"{method} /_sandbox/{path}" for method, path in self._table)
            return json_answer(404, {"status": 404, "message": "No such endpoint", "known": known})
        try:
            content = work(call)
        except (msgspec.DecodeError, ValueError) as error:
            return json_answer(400, {"status": 400, "message": str(error)})
        return json_answer(200, {"done": True} if content is None else content)

    def reset(self) -> None:
        """Back to the state at the start, no fault left."""
        self._linkedin.reset()
        self._desk.clear()

    def _received(self, call: Call) -> dict[str, Any]:
        query = _query(call)
        rule = query.get("rule", "").rpartition(":")[2]
        begin, count = int(query.get("start", 0)), int(query.get("count", PAGE_SIZE))
        journal = self._linkedin.journal
        total, page_of_events = 0, []
        for batch, event in journal.received():
            if rule and event["conversion"].rpartition(":")[2] != rule:
                continue
            if begin <= total < begin + count:
                page_of_events.append(
                    {
                        "request": batch.request,
                        "at": batch.at,
                        "version": batch.version,
                        "event": event,
                        "browser_duplicate": self._linkedin.seen_by_browser(event),
                    },
                )
            total += 1
        return {"total": total, "start": begin, "count": count, "events": page_of_events}

    def _requests(self, call: Call) -> dict[str, Any]:
        query = _query(call)
        begin, count = int(query.get("start", 0)), int(query.get("count", PAGE_SIZE))
        requests = list(self._linkedin.journal.requests)
        return {"total": len(requests), "requests": requests[begin : begin + count]}

    def _order(self, call: Call) -> dict[str, Any]:
        given = msgspec.json.decode(call.body, type=Fault | list[Fault])
        for fault in given if isinstance(given, list) else [given]:
            self._desk.order(fault)
        return {"faults": self._desk.listing()}

    def _put_rules(self, call: Call) -> None:
        given = msgspec.json.decode(call.body)
        for rule in given if isinstance(given, list) else [given]:
            self._linkedin.rules.put(rule_from(rule))

    def _put_token(self, call: Call) -> None:
        order = msgspec.json.decode(call.body, type=TokenOrder)
        given = msgspec.structs.asdict(order)
        name = given.pop("token")
        self._linkedin.tokens.known[name] = msgspec.convert(given, Token)

    def _clock(self) -> dict[str, Any]:
        return {"now": self._linkedin.clock(), "versions": self._linkedin.versions.sunsets}

    def _move_clock(self, call: Call) -> dict[str, Any]:
        order = msgspec.json.decode(call.body, type=ClockOrder)
        self._linkedin.clock.move(order.now, order.offset_ms)
        self._linkedin.versions.sunsets.update(order.versions)
        return self._clock()

    def _change_settings(self, call: Call) -> object:
        self._linkedin.settings = changed(self._linkedin.settings, call.body)
        return self._linkedin.settings

    def _browser_events(self, call: Call) -> None:
        order = msgspec.json.decode(call.body, type=BrowserEvents)
        seen = self._linkedin.journal.browser_event_ids
        seen.update((order.account, event_id) for event_id in order.event_ids)


def _query(call: Call) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(call.query).items()}
