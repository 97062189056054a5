"""One request to LinkedIn: headers, TLS, and what came back, if anything.

One `requests.Session` for all threads: its pool holds a connection a sender; it keeps no
cookies, follows no redirect, and verifies TLS always. What of the environment counts (proxies,
certificates) is decided for each request: nothing for this machine itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import msgspec
import requests
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util import Retry

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.connection import BoundedAdapter, TooLargeError, body_of_answer
from target_linkedin_conversions.delivery.machine import ca_bundle, machine_fault
from target_linkedin_conversions.delivery.response_fields import answered_at
from target_linkedin_conversions.loopback import is_loopback
from target_linkedin_conversions.settings.secret import Secret

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["Client", "Received"]

EVENTS_PATH = "/rest/conversionEvents"
CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
_TOO_LARGE = "the answer is larger than 8 MiB"
_NO_CONNECTION = frozenset(kind.__name__ for kind in (NewConnectionError, ConnectTimeoutError, NameResolutionError))
_SUPPORT_ID = re.compile(r"[A-Za-z0-9+/_-]{16,36}={0,2}")
"""As long as a UUID in base64 or hexadecimal: no address, and no hash of one."""


class Received(msgspec.Struct, frozen=True):
    """A complete answer; its representation hides the body, which may hold a token."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        """The status alone."""
        return f"Received({self.status}, …)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The same for rich, which shows local variables in tracebacks."""
        return [("status", self.status)]

    @property
    def support_id(self) -> str:
        """LinkedIn's own id of the request, for its support; empty where the header holds anything else."""
        found = self.headers.get("X-LI-UUID", "")
        return found if _SUPPORT_ID.fullmatch(found) else ""


class _Body:
    """A request's body that records whether reading it has begun.

    It is read only when the connection stands and the head is sent: what fails before
    cannot have reached LinkedIn, whatever the error is called. It is handed on as a view of
    memory, which shows in no traceback.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.left = False

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[memoryview]:
        self.left = True
        yield memoryview(self._data)


class _Hidden(str):
    """A header's text that shows in no traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "…"


class _Bearer(requests.auth.AuthBase):
    """Sets the token so that no `.netrc` entry can replace it (measured)."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = _Hidden(f"Bearer {self._token.reveal}")
        return request


class Client:
    """Speaks HTTP with LinkedIn; every failure is an answer, but `MachineError` where only a person can mend it.

    Once LinkedIn has answered, this machine is set up right, and whatever fails then may pass.
    """

    def __init__(
        self,
        api_url: str,
        oauth_url: str,
        version: str,
        *,
        connections: int = 1,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        """Make the session; nothing is sent."""
        self._api_url = api_url
        self._oauth_url = oauth_url
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.trust_env = False
        adapter = BoundedAdapter(
            pool_connections=2,
            pool_maxsize=connections,
            pool_block=False,
            max_retries=Retry(0, read=False),
        )
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._answered: set[str] = set()
        self.answered_at: int | None = None
        """When LinkedIn last answered, by its own clock, in epoch milliseconds."""
        self._headers = {
            "LinkedIn-Version": version,
            "X-Restli-Protocol-Version": "2.0.0",
            "User-Agent": "target-linkedin-conversions",
            # An answer is small, and one that unpacks to gigabytes is none.
            "Accept-Encoding": "identity",
        }

    @classmethod
    def of(cls, settings: Settings, connections: int = 1) -> Client:
        """A client of the LinkedIn, and the version of it, that the settings name."""
        return cls(settings.api_url, settings.oauth_url, settings.linkedin_version, connections=connections)

    def send_events(self, body: bytes, token: Secret) -> Received | NotConnected | InDoubt:
        """Post a batch of events."""
        headers = {
            "Content-Type": "application/json",
            "X-RestLi-Method": "BATCH_CREATE",
            **self._headers,
        }
        return self._request("POST", self._api_url + EVENTS_PATH, headers, token=token, body=_Body(body))

    def get(self, path_and_query: str, token: Secret) -> Received | NotConnected | InDoubt:
        """Read from LinkedIn's API."""
        return self._request("GET", self._api_url + path_and_query, self._headers, token=token)

    def change(
        self, method: str, path_and_query: str, token: Secret, content: object = None, *, restli_method: str = ""
    ) -> Received | NotConnected | InDoubt:
        """Change something through LinkedIn's API: `content` is sent as JSON, None sends no body."""
        named = {"X-RestLi-Method": restli_method} if restli_method else {}
        if content is None:
            return self._request(method, self._api_url + path_and_query, {**self._headers, **named}, token=token)
        headers = {"Content-Type": "application/json", **self._headers, **named}
        body = _Body(msgspec.json.encode(content))
        return self._request(method, self._api_url + path_and_query, headers, token=token, body=body)

    def post_form(self, path: str, form: Mapping[str, str | Secret]) -> Received | NotConnected | InDoubt:
        """Post a form to the OAuth server."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            **{name: self._headers[name] for name in ("User-Agent", "Accept-Encoding")},
        }
        return self._request("POST", self._oauth_url + path, headers, body=_form(form))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        token: Secret | None = None,
        body: _Body | None = None,
    ) -> Received | NotConnected | InDoubt:
        auth = _Bearer(token) if token is not None else _no_auth
        by_environment = self._heeds_environment(url)
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body,  # type: ignore[arg-type]  # a view of memory is as good as bytes
                auth=auth,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                proxies=get_environ_proxies(url) if by_environment else {},
                verify=ca_bundle() if by_environment else True,
            ) as response:
                self._answered.add(urlsplit(url).netloc)
                self.answered_at = answered_at(response.headers)
                return Received(response.status_code, response.headers, body_of_answer(response))
        except TooLargeError:
            return InDoubt(_TOO_LARGE)
        except Exception as error:  # noqa: BLE001 - every failure is an answer
            self._raise_fault(error, url, body)
            cause = self._cause(error, url)
            return NotConnected(cause) if body is not None and not body.left else InDoubt(cause)

    def _cause(self, error: Exception, url: str) -> str:
        """The name of an error, with the host where that could not be reached; behind a proxy nobody knows which host that was."""
        name = _innermost(error)
        is_direct = not (self._heeds_environment(url) and select_proxy(url, get_environ_proxies(url)))
        return f"{name} at {urlsplit(url).netloc.rpartition('@')[2]}" if name in _NO_CONNECTION and is_direct else name

    def _heeds_environment(self, url: str) -> bool:
        """Whether the environment's proxies and certificates count for a URL; they are for other machines."""
        return not is_loopback(urlsplit(url).hostname or "")

    def _raise_fault(self, error: Exception, url: str, body: _Body | None) -> None:
        """Raise `MachineError` where nothing can leave before a person has mended this machine."""
        left = body is not None and body.left
        if left or urlsplit(url).netloc in self._answered:
            return
        fault = machine_fault(error, url, by_environment=self._heeds_environment(url))
        if fault is not None:
            raise fault from None


def _form(form: Mapping[str, str | Secret]) -> _Body:
    plain = ((name, value.reveal if isinstance(value, Secret) else value) for name, value in form.items())
    return _Body(urlencode(list(plain)).encode())


def _innermost(error: BaseException) -> str:
    """The name of the innermost error that requests or urllib3 wrapped, never its text."""
    wraps = (requests.exceptions.RequestException, HTTPError)
    while isinstance(error, wraps):
        inside = (getattr(error, "reason", None), *error.args)
        nested = next((one for one in inside if isinstance(one, Exception)), None)
        if nested is None:
            break
        error = nested
    return type(error).__name__


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sends nothing, so that no `.netrc` entry is looked up."""
    return request
