"""A sandbox whose clock stands still, and a client that speaks plain HTTP to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from target_linkedin_conversions.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_795_430_400_000  # 2026-11-23T10:40:00Z
EMAIL_HASH = "86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"


class Client:
    """What a careful client would send; every call may leave out or replace a part of it."""

    def __init__(self, linkedin: Sandbox) -> None:
        self.linkedin = linkedin
        self.session = requests.Session()
        self.session.trust_env = False

    def event(self, **changes: Any) -> dict[str, Any]:
        """A valid event; a change to None leaves the field out."""
        event = {
            "conversion": "urn:lla:llaPartnerConversion:101",
            "conversionHappenedAt": NOW - 1000,
            "user": {"userIds": [{"idType": "SHA256_EMAIL", "idValue": EMAIL_HASH}]},
        }
        return {name: value for name, value in {**event, **changes}.items() if value is not None}

    def send(
        self, method: str, path: str, *, headers: dict[str, str | None] | None = None, **body: Any
    ) -> requests.Response:
        """Any request, with the usual headers; a header of None is left out."""
        usual: dict[str, str | None] = {
            "Authorization": "Bearer sandbox-token",
            "LinkedIn-Version": "202609",
            "X-Restli-Protocol-Version": "2.0.0",
        }
        wanted = {**usual, **(headers or {})}
        return self.session.request(
            method,
            self.linkedin.url + path,
            headers={name: value for name, value in wanted.items() if value is not None},
            timeout=30,
            allow_redirects=False,
            **body,
        )

    def create(self, event: Any, **headers: str | None) -> requests.Response:
        """A single event."""
        return self.send("POST", "/rest/conversionEvents", headers=_named(headers), json=event)

    def batch(self, events: list[Any], **headers: str | None) -> requests.Response:
        """Many events in one request."""
        return self.send(
            "POST",
            "/rest/conversionEvents",
            headers={"X-RestLi-Method": "BATCH_CREATE", **_named(headers)},
            json={"elements": events},
        )

    def control(self, method: str, path: str, **body: Any) -> requests.Response:
        """A request to the sandbox's own endpoints."""
        return self.session.request(method, f"{self.linkedin.url}/_sandbox{path}", timeout=30, **body)


def _named(headers: dict[str, str | None]) -> dict[str, str | None]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def now() -> int:
    return NOW


@pytest.fixture
def email_hash() -> str:
    return EMAIL_HASH


@pytest.fixture
def linkedin() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def client(linkedin: Sandbox) -> Iterator[Client]:
    client = Client(linkedin)
    yield client
    client.session.close()
