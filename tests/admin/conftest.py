"""A LinkedIn whose clock stands still, and a look at it that needs no waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.admin.preflight import Preflight, preflight
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.delivery.clock import Clock
from target_linkedin_conversions.sandbox import Sandbox
from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = 1_795_430_400_000  # 2026-11-23T10:40:00Z
DAY = 86_400_000


class StillClock(Clock):
    """Stands at a time; a wait is noted and takes none."""

    def __init__(self, now: int = NOW) -> None:
        super().__init__()
        self._now = now
        self.waits: list[float] = []

    def now(self) -> int:
        return self._now

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return super().wait(0)


class Look:
    """One preflight a call, over the settings of a config that is sound."""

    def __init__(self, linkedin: Sandbox, folder: Path) -> None:
        self.linkedin = linkedin
        self.folder = folder
        self.clock = StillClock()

    def __call__(self, **changes: Any) -> Preflight:
        config = {
            "access_token": "sandbox-token",
            "account_id": "512345678",
            "api_url": self.linkedin.url,
            "oauth_url": self.linkedin.oauth_url,
            "conversion_rule": 101,
            "consent": {"not_required": "a test"},
            "state_dir": str(self.folder),
            **changes,
        }
        settings = Settings.load({name: value for name, value in config.items() if value is not None})
        client = Client(settings.api_url, settings.oauth_url, settings.linkedin_version)
        try:
            return preflight(settings, client, Tokens(settings, client, self.clock), self.clock)
        finally:
            client.close()

    def codes(self, **changes: Any) -> list[str]:
        return [finding.code for finding in self(**changes).findings]

    def paths(self) -> list[str]:
        """What was asked of LinkedIn's API."""
        return [request.path for request in self.linkedin.requests]


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW) as linkedin:
        yield linkedin


@pytest.fixture
def look(linkedin: Sandbox, tmp_path: Path) -> Look:
    return Look(linkedin, tmp_path)
