"""A `requests` session for packages that accept one: it follows no redirect, and bounds and inspects every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from urllib3.exceptions import HTTPError

from target_linkedin_conversions.delivery.connection import BoundedAdapter, TooLargeError, body_of_answer

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["session_without_redirects"]


class _WholeAnswers(BoundedAdapter):
    """Reads every answer itself, for requests would read one without end."""

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - those of the class
        """The answer with its body; raises `requests.RequestException`."""
        try:
            response = super().send(*args, **{**kwargs, "stream": True})
            with response:
                response._content = body_of_answer(response)  # noqa: SLF001 - where requests keeps what it has read
        except (TooLargeError, HTTPError) as error:
            raise requests.RequestException(type(error).__name__) from None
        return response


def session_without_redirects(look: Callable[[requests.Response], None] = lambda _: None) -> requests.Session:
    """A session that follows no redirect, because headers may hold secrets; `look` is called with every answer.

    No answer takes more time than the request allows for one read, nor more memory than one of LinkedIn's.
    """
    session = requests.Session()
    session.max_redirects = 0
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        session.mount(scheme, _WholeAnswers())
    session.hooks["response"].append(lambda answer, **_: look(answer))
    return session
