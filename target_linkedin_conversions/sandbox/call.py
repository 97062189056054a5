"""What comes in and what goes out: one request, one answer, both frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qs

import msgspec

__all__ = ["BATCH", "Answer", "Call", "Taken", "json_answer"]

Origin = Literal["service", "gateway", "none"]

BATCH = "BATCH_CREATE"
NO_FAILURES: Mapping[int, int] = {}


class Call(msgspec.Struct, frozen=True):
    """One HTTP request as the service sees it; header names are lower case, `at` is epoch ms.

    `failing` maps indices of a batch to the status that LinkedIn shall answer for them: it comes
    from an ordered fault, never from the client.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    at: int = 0
    failing: Mapping[int, int] = NO_FAILURES

    @property
    def restli_method(self) -> str:
        """The `X-RestLi-Method` header in upper case, empty where there is none."""
        return self.headers.get("x-restli-method", "").strip().upper()

    @property
    def version(self) -> str:
        """The `LinkedIn-Version` header, empty where there is none."""
        return self.headers.get("linkedin-version", "").strip()

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form-encoded body; of a repeated field the first."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}


class Answer(msgspec.Struct, frozen=True):
    """One HTTP answer; `origin` says which error header LinkedIn would set on it."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    origin: Origin = "none"


def json_answer(
    status: int,
    content: object,
    *,
    origin: Origin = "none",
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Give `content` as a JSON answer."""
    return Answer(
        status=status,
        body=msgspec.json.encode(content),
        headers=(("Content-Type", "application/json"), *headers),
        origin=origin,
    )


class Taken(msgspec.Struct, frozen=True):
    """What came of one request: the answer, how many events it held and how many were taken."""

    answer: Answer
    elements: int | None = None
    taken: int = 0
