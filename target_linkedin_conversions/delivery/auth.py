"""The access token: given, or refreshed before it expires, once for all threads."""

from __future__ import annotations

import logging
import os
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.retry import Retry
from target_linkedin_conversions.durations import MINUTE_MS
from target_linkedin_conversions.errors import ConfigError, CredentialError, UnreachableError
from target_linkedin_conversions.private_files import (
    UntrustedError,
    make_private_folder,
    open_private,
    remove_drafts,
    write_private,
)
from target_linkedin_conversions.settings import Secret, Settings
from target_linkedin_conversions.settings.credentials import flaw_of_token

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.delivery.clock import Clock

__all__ = ["Tokens"]

logger = logging.getLogger(__name__)

TOKEN_PATH = "/oauth/v2/accessToken"  # noqa: S105 - a path
_EARLY_MS = 5 * MINUTE_MS
_TRIES = 4
_PASSING = frozenset({408, 429})
_SERVER_ERROR = 500
_OK = 200


class _Granted(msgspec.Struct):
    access_token: str
    expires_in: int | None = None
    refresh_token: str | None = None
    refresh_token_expires_in: int | None = None


class _Credentials(msgspec.Struct):
    """What `credentials.json` holds: a rotated token, and which configured one it came from."""

    configured: str
    refresh_token: str


class Tokens:
    """Hands out the token to send with; raises `CredentialError` when none can be had."""

    def __init__(self, settings: Settings, client: Client, clock: Clock) -> None:
        """Read nothing yet."""
        self._settings = settings
        self._client = client
        self._clock = clock
        self._lock = Lock()
        self._token = settings.access_token
        self._expires: int | None = None
        self._refresh_expires: int | None = None
        self._path = Path(settings.private_dir) / "credentials.json"

    @property
    def can_refresh(self) -> bool:
        """Whether a refresh token is configured."""
        return self._settings.refresh_token is not None

    @property
    def expires(self) -> int | None:
        """When the access token ends, in epoch milliseconds; known after a refresh."""
        return self._expires

    @property
    def refresh_expires(self) -> int | None:
        """When the refresh token ends, in epoch milliseconds; known after a refresh that says so."""
        return self._refresh_expires

    @property
    def at_hand(self) -> bool:
        """Whether `current` has a token at once, without asking LinkedIn for it."""
        return self._token is not None and (self._expires is None or self._clock.now() < self._expires - _EARLY_MS)

    def current(self) -> Secret:
        """The token to send with, refreshed first where it is missing or about to expire."""
        token = self._token
        return token if token is not None and self.at_hand else self.renew(token)

    def renew(self, stale: Secret | None) -> Secret:
        """A new token; one refresh serves every thread that found the same one stale."""
        with self._lock:
            if self._token is not stale and self._token is not None:
                return self._token
            if not self.can_refresh:
                message = "the access token has expired and cannot be refreshed; create a new one and set access_token, or set refresh_token"
                raise CredentialError(message)
            granted = self._refresh()
            self._token = Secret(granted.access_token)
            self._expires = self._end(granted.expires_in)
            self._refresh_expires = self._end(granted.refresh_token_expires_in)
            if granted.refresh_token:
                self._keep(granted.refresh_token)
            return self._token

    def _end(self, seconds: int | None) -> int | None:
        return self._clock.now() + seconds * 1000 if seconds else None

    def _refresh(self) -> _Granted:
        settings = self._settings
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._refresh_token(),
            "client_id": settings.client_id or "",
            "client_secret": settings.client_secret.reveal if settings.client_secret else "",
        }
        retry = Retry(self._clock, tries=_TRIES)
        while True:
            answer = self._client.post_form(TOKEN_PATH, form)
            if isinstance(answer, NotConnected | InDoubt):
                cause = answer.cause
            elif answer.status == _OK:
                return self._granted(answer.body)
            elif answer.status < _SERVER_ERROR and answer.status not in _PASSING:
                message = (
                    f"LinkedIn refused the refresh token (status {answer.status}); log in again and set refresh_token"
                )
                raise CredentialError(message)
            else:
                cause = f"status {answer.status}"
            if not retry.again():
                message = f"LinkedIn's OAuth server does not answer ({cause})"
                raise UnreachableError(message)

    def _granted(self, body: bytes) -> _Granted:
        try:
            granted = msgspec.json.decode(body, type=_Granted)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            message = "LinkedIn's OAuth server answered something else than a token; check oauth_url"
            raise CredentialError(message) from None
        if flaw_of_token(granted.access_token) is not None:
            message = "LinkedIn's OAuth server answered with a text that no token is written like; check oauth_url, or log in again"
            raise CredentialError(message)
        return granted

    def _refresh_token(self) -> str:
        """The rotated token that was kept, unless a new one has been configured since."""
        configured = self._settings.refresh_token
        if configured is None:
            return ""
        try:
            with os.fdopen(open_private(self._path), "rb") as file:
                credentials = msgspec.json.decode(file.read(), type=_Credentials)
        except UntrustedError as error:  # a token that somebody else has put there must not be sent with
            raise ConfigError("private_dir", f"{self._path} cannot be read ({error.strerror})", error.mend) from None
        except (OSError, msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            return configured.reveal
        return credentials.refresh_token if credentials.configured == _mark(configured) else configured.reveal

    def _keep(self, refresh_token: str) -> None:
        """Write the rotated token; where that fails, this run has its access token and goes on."""
        configured = self._settings.refresh_token
        if configured is None or refresh_token == configured.reveal:
            return
        try:
            self._write(configured, refresh_token)
        except OSError as error:
            logger.error(
                "LinkedIn replaced the refresh token and %s cannot be written (%s); "
                "check private_dir, and log in again if the next run cannot refresh",
                self._path,
                error.strerror,
            )

    def _write(self, configured: Secret, refresh_token: str) -> None:
        """Write the rotated token, readable by this user alone, complete or not at all."""
        make_private_folder(self._path.parent)
        remove_drafts(self._path.parent, self._path.name)
        write_private(self._path, msgspec.json.encode(_Credentials(_mark(configured), refresh_token)))


def _mark(token: Secret) -> str:
    return blake2b(token.reveal.encode(), digest_size=16).hexdigest()
