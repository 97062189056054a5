"""Opens LinkedIn's API for a command, and closes it when the command ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from target_linkedin_conversions.admin.calls import Calls
from target_linkedin_conversions.delivery.auth import Tokens
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.delivery.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_linkedin_conversions.settings import Settings

__all__ = ["calls_of"]


@contextmanager
def calls_of(settings: Settings) -> Iterator[Calls]:
    """Calls with the token of the settings."""
    client, clock = Client.of(settings), Clock()
    try:
        yield Calls(client, Tokens(settings, client, clock), clock)
    finally:
        client.close()
