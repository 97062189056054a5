"""A session of requests for those who speak HTTP by a package that takes one: nobody is followed, and answers are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["unfollowing_session"]


def unfollowing_session(look: Callable[[requests.Response], None]) -> requests.Session:
    """Posts to the one that is named and to no other that it names, for headers may be secrets; `look` sees every answer."""
    session = requests.Session()
    session.max_redirects = 0
    session.hooks["response"].append(lambda answer, **_: look(answer))
    return session
