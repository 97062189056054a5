"""Answers of services that are told an alert: bounded, and followed nowhere, for the message is for the one that is named.

apprise asks by the functions of `requests`, which read an answer without end and follow it to any machine. It takes no
session, so its modules are given functions that ask by one of ours: in our own threads, for others may use apprise too.
"""

from __future__ import annotations

import sys
from functools import partial
from types import ModuleType
from typing import Any

from target_linkedin_conversions.delivery.no_redirects import session_without_redirects
from target_linkedin_conversions.muted_threads import is_muted

__all__ = ["bound_answers"]

_NAME = "requests"
_METHODS = ("delete", "get", "head", "options", "patch", "post", "put")


def bound_answers(package: str) -> None:
    """Bound what the modules of a package that are imported by now are answered."""
    for name, module in list(sys.modules.items()):
        found = getattr(module, _NAME, None) if name.partition(".")[0] == package else None
        if isinstance(found, ModuleType) and found.__name__ == _NAME:
            setattr(module, _NAME, _Bounded(found))


class _Bounded:
    """In the place of the module `requests`, which it is but for what it asks."""

    def __init__(self, requests: ModuleType) -> None:
        self._requests = requests
        for method in _METHODS:
            setattr(self, method, partial(self.request, method.upper()))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module offers
        return getattr(self._requests, name)

    def request(self, method: str, url: str, **kwargs: Any) -> Any:  # noqa: ANN401 - those of the function
        """What the function of that name answers."""
        if not is_muted():
            return self._requests.request(method, url, **kwargs)
        with session_without_redirects() as session:
            return session.request(method, url, **kwargs)
