"""One request to LinkedIn: headers, TLS, and what came back, if anything.

One `requests.Session` for all threads: its pool holds a connection a sender; it keeps no
cookies, follows no redirect, and verifies TLS always.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import Retry

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.settings.values import Secret, is_loopback

__all__ = ["Client", "Received"]

EVENTS_PATH = "/rest/conversionEvents"
CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
LARGEST_ANSWER = 8 * 1024 * 1024


class Received(msgspec.Struct, frozen=True):
    """A complete answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def support_id(self) -> str:
        """LinkedIn's own id of the request, for its support."""
        return self.headers.get("X-LI-UUID", "")


class _Bearer(requests.auth.AuthBase):
    """Sets the token so that no `.netrc` entry can replace it (measured)."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.reveal}"
        return request


class Client:
    """Speaks HTTP with LinkedIn; raises nothing, every failure is an answer."""

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
        self._session.trust_env = not is_loopback(urlsplit(api_url).hostname or "")
        adapter = HTTPAdapter(
            pool_connections=2,
            pool_maxsize=connections,
            pool_block=False,
            max_retries=Retry(0, read=False),
        )
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._headers = {
            "LinkedIn-Version": version,
            "X-Restli-Protocol-Version": "2.0.0",
            "User-Agent": "target-linkedin-conversions",
        }

    def send_events(self, body: bytes, token: Secret) -> Received | NotConnected | InDoubt:
        """Post a batch of events."""
        headers = {
            "Content-Type": "application/json",
            "X-RestLi-Method": "BATCH_CREATE",
            **self._headers,
        }
        return self._request("POST", self._api_url + EVENTS_PATH, headers, token=token, data=body)

    def get(self, path_and_query: str, token: Secret) -> Received | NotConnected | InDoubt:
        """Read from LinkedIn's API."""
        return self._request("GET", self._api_url + path_and_query, self._headers, token=token)

    def post_form(self, path: str, form: Mapping[str, str]) -> Received | NotConnected | InDoubt:
        """Post a form to the OAuth server."""
        return self._request(
            "POST",
            self._oauth_url + path,
            {"User-Agent": self._headers["User-Agent"]},
            data=dict(form),
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _request(  # noqa: PLR0911 - every failure is an answer
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        token: Secret | None = None,
        data: bytes | dict[str, str] | None = None,
    ) -> Received | NotConnected | InDoubt:
        auth = _Bearer(token) if token is not None else _no_auth
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                data=data,
                auth=auth,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = response.raw.read(LARGEST_ANSWER + 1, decode_content=True)
                if len(body) > LARGEST_ANSWER:
                    return InDoubt("the answer is larger than 8 MiB")
                expected = response.headers.get("Content-Length", "")
                if expected.isdigit() and "Content-Encoding" not in response.headers and len(body) < int(expected):
                    return InDoubt("the answer was cut off")
                return Received(response.status_code, response.headers, body)
        except (
            requests.exceptions.SSLError,
            requests.exceptions.ProxyError,
            requests.exceptions.ConnectTimeout,
        ) as error:
            return NotConnected(type(error).__name__)
        except requests.exceptions.ConnectionError as error:
            return _lost_connection(error)
        except (requests.exceptions.RequestException, OSError, ValueError) as error:
            return InDoubt(type(error).__name__)
        except Exception as error:  # noqa: BLE001 - urllib3 raises its own while the body is read
            return InDoubt(type(error).__name__)


def _lost_connection(error: requests.exceptions.ConnectionError) -> NotConnected | InDoubt:
    """Whether a connection failed before it carried the body, or while it did."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, NewConnectionError | NameResolutionError | ConnectTimeoutError):
        return NotConnected(type(reason).__name__)
    return InDoubt(type(reason).__name__ if isinstance(reason, Exception) else "ConnectionError")


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sends nothing, so that no `.netrc` entry is looked up."""
    return request
