from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from target_linkedin_conversions.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def strict() -> Iterator[Sandbox]:
    """LinkedIn that refuses what it would take and never match."""
    with Sandbox(lint="reject", requests_per_minute=1_000_000) as running:
        yield running


@pytest.fixture(scope="session")
def faithful() -> Iterator[Sandbox]:
    """LinkedIn as it is."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def linkedin(faithful: Sandbox) -> Sandbox:
    """LinkedIn as it is, before the first request."""
    faithful.reset()
    return faithful


@pytest.fixture(scope="session")
def http() -> Iterator[requests.Session]:
    """Plain HTTP, whatever proxy the environment names."""
    with requests.Session() as session:
        session.trust_env = False
        yield session
