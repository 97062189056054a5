"""Opens a page in a browser that has a window of its own."""

from __future__ import annotations

import webbrowser
from pathlib import PurePath

__all__ = ["opened"]

_IN_THE_TERMINAL = frozenset({"elinks", "links", "lynx", "w3m", "www-browser"})
"""Browsers of text: they take the terminal that this program asks its questions on, and LinkedIn's page does not work in them."""


def opened(address: str) -> bool:
    """Whether a browser took the page."""
    try:
        browser = webbrowser.get()
        name = PurePath(str(getattr(browser, "name", ""))).name
        return name not in _IN_THE_TERMINAL and browser.open(address)
    except (webbrowser.Error, OSError):
        return False
