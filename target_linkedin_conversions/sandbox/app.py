"""The ASGI application: guard the door, read the request, answer it or break it as ordered."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import ClientDisconnect, Request

from target_linkedin_conversions.sandbox import oauth, wire
from target_linkedin_conversions.sandbox.call import Answer, Call, Taken, json_answer
from target_linkedin_conversions.sandbox.control import Control
from target_linkedin_conversions.sandbox.journal import RequestSeen
from target_linkedin_conversions.sandbox.linkedin import answer_headers
from target_linkedin_conversions.sandbox.refusals import not_found

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from target_linkedin_conversions.sandbox.faults import Fault, FaultDesk
    from target_linkedin_conversions.sandbox.linkedin import LinkedIn

__all__ = ["Front"]

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
MOST_BODY_BYTES = 16 << 20
"""5,000 events of LinkedIn's largest form are a fifth of it."""
NO_ANSWER = Taken(json_answer(0, {}))


class Front:
    """Everything a client can reach on the sandbox's port."""

    def __init__(self, linkedin: LinkedIn, desk: FaultDesk) -> None:
        self._linkedin = linkedin
        self._desk = desk
        self._control = Control(linkedin, desk)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers={name: value for name, value in request.headers.items()},  # noqa: C416
            body=b"",
            at=0,
        )
        try:
            refusal = _stranger(call)
            body = None if refusal is not None else await _body(request)
        except ClientDisconnect:
            return
        if body is None:
            refusal = refusal or json_answer(413, {"status": 413, "message": "The sandbox takes bodies up to 16 MB"})
            headers = [*refusal.headers, ("Connection", "close")]  # the rest of the request is not read
            await wire.send_answer(send, refusal.status, headers, refusal.body)
            return
        call = msgspec.structs.replace(call, body=body, at=self._linkedin.clock())
        if call.path.startswith("/_sandbox"):
            answer = self._control.answer(call)
            await wire.send_answer(send, answer.status, answer.headers, answer.body)
        else:
            await self._as_linkedin(call, scope[wire.TRANSPORT], receive, send)

    async def _as_linkedin(self, call: Call, transport: asyncio.Transport, receive: Receive, send: Send) -> None:
        fault = self._desk.next(call.method, call.path)
        if fault is not None and fault.delay:
            before = self._linkedin.journal
            await asyncio.sleep(fault.delay)
            if self._linkedin.journal is not before:  # a reset came meanwhile: the journal must not show this request
                await wire.close(transport, receive)
                return
            call = msgspec.structs.replace(call, at=self._linkedin.clock())
        taken, headers = self._handled(call, fault)
        answer = taken.answer
        if fault is not None and fault.kind == "interim":
            transport.write(wire.INTERIM)
        if fault is None or not fault.cuts:
            await wire.send_answer(send, answer.status, headers, answer.body)
        elif fault.kind == "reset":
            await wire.reset(transport, receive)
        elif fault.kind in {"drop_before", "drop_after"}:
            await wire.close(transport, receive)
        else:
            head = wire.head_of(answer.status, headers, answer.body)
            if fault.kind == "truncate":
                transport.write(wire.truncated(head, answer.body, fault.keep_bytes))
                await wire.close(transport, receive)
            else:
                await wire.drip(transport, receive, head + answer.body, fault.seconds)

    def _handled(self, call: Call, fault: Fault | None) -> tuple[Taken, list[tuple[str, str]]]:
        """Let LinkedIn see the request, unless a fault comes first, and note it in the log."""
        number = self._linkedin.next_number()
        if fault is not None and fault.kind == "element_failures":
            call = msgspec.structs.replace(call, failing=fault.statuses)
        taken = self._answered(call, number) if fault is None or fault.takes else NO_ANSWER
        replaced = fault.answer(call.version) if fault is not None else None
        if replaced is not None:
            taken = msgspec.structs.replace(taken, answer=replaced)
        cut = fault is not None and fault.cuts and fault.kind != "slow_drip"
        token_text, _ = self._linkedin.tokens.access(call.headers.get("authorization", ""), call.at)
        self._linkedin.journal.log(
            RequestSeen(
                number=number,
                at=call.at,
                method=call.method,
                path=call.path,
                restli_method=call.restli_method,
                version=call.version,
                status=0 if cut else taken.answer.status,
                elements=taken.elements,
                taken=taken.taken,
                token_known=self._linkedin.tokens.knows(token_text),
                fault=None if fault is None else fault.kind,
            ),
        )
        stranger = fault.answers_for if fault is not None else ""
        headers = [("Content-Type", stranger)] if stranger else answer_headers(call, taken.answer)
        return taken, [("Date", formatdate(call.at / 1000, usegmt=True)), *headers]

    def _answered(self, call: Call, number: int) -> Taken:
        if call.path.startswith("/rest/"):
            return self._linkedin.answer(call, number)
        if call.path.startswith("/oauth/v2/"):
            return Taken(oauth.answer(call, self._linkedin))
        return Taken(not_found(call.path))


async def _body(request: Request) -> bytes | None:
    """The request's body, None where it is longer than any that is answered; what is too long is read no further."""
    parts: list[bytes] = []
    left = MOST_BODY_BYTES
    async for part in request.stream():
        left -= len(part)
        if left < 0:
            return None
        parts.append(part)
    return b"".join(parts)


def _stranger(call: Call) -> Answer | None:
    """The refusal of a web page that tries to reach the sandbox through somebody's browser.

    Its own name may point here, but it cannot forge `Host`; nor `Origin`, if it posts.
    """
    if _host_name(call.headers.get("host", "")) not in LOCAL_NAMES:
        message = "The sandbox answers to 127.0.0.1 and localhost only"
        return json_answer(421, {"status": 421, "message": message})
    origin = call.headers.get("origin")
    if origin is not None and _host_name(origin.partition("://")[2]) not in LOCAL_NAMES:
        message = "The sandbox takes nothing from pages of other sites"
        return json_answer(403, {"status": 403, "message": message})
    return None


def _host_name(host: str) -> str:
    name, _, port = host.rpartition(":")
    return (name if port.isdigit() and name else host).lower()
