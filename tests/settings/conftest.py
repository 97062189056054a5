"""Settings with the one credential that every configuration needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    Load = Callable[..., Settings]

PREFIX = "TARGET_LINKEDIN_CONVERSIONS_"


@pytest.fixture
def load() -> Load:
    """Settings from a config and from variables without our prefix."""

    def read(config: dict[str, Any] | None = None, **environment: str) -> Settings:
        named = {PREFIX + name.upper(): value for name, value in environment.items()}
        return Settings.load(
            {"access_token": "sandbox-token", "consent": {"not_required": "a test"}, **(config or {})}, named
        )

    return read


@pytest.fixture
def entry(load: Load) -> Callable[..., Any]:
    """The first entry of `streams`, from its keys."""

    def read(**keys: Any) -> Any:
        return load({"streams": [{"stream": "orders", "conversion_rule": 101, **keys}]}).streams[0]

    return read
