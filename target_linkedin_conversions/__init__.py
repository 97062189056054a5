"""Delivers conversion events to LinkedIn's Conversions API: a Singer target, a companion for people, and `deliver`.

`deliver(rows, settings, *, stream, key=(), schema=None) -> Receipt` does in Python what a load does.
Importing this package imports nothing else; each name brings what it needs when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_linkedin_conversions.errors import ConfigError
    from target_linkedin_conversions.python.delivering import deliver
    from target_linkedin_conversions.python.receipt import Receipt
    from target_linkedin_conversions.settings import Settings

__all__ = ["ConfigError", "Receipt", "Settings", "deliver"]

_PLACES = {
    "ConfigError": "errors",
    "Receipt": "python.receipt",
    "Settings": "settings",
    "deliver": "python.delivering",
}


def __getattr__(name: str) -> object:
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{place}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
