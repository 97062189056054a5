"""The access token: given, or refreshed before it expires, once for all threads."""

from __future__ import annotations

import logging
from hashlib import blake2b
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.response_fields import decoded, is_of_linkedin, who_answered, whole_number
from target_linkedin_conversions.delivery.retry import Retry
from target_linkedin_conversions.durations import MINUTE_MS
from target_linkedin_conversions.errors import CredentialError, UnreachableError
from target_linkedin_conversions.settings import Secret, Settings
from target_linkedin_conversions.settings.credentials import flaw_of_token
from target_linkedin_conversions.settings.credentials_file import Unshown, change_credentials, path_of, read_credentials

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.client import Client, Received
    from target_linkedin_conversions.delivery.clock import Clock

__all__ = ["NEW_TOKEN", "TOKEN_PATH", "Granted", "Tokens", "answered", "granted_by", "token_refused"]

logger = logging.getLogger(__name__)

NEW_TOKEN = "create a new one (`linkedin-conversions login`) and set access_token"  # noqa: S105 - a mend
"""What a person does about a token that is dead."""
TOKEN_PATH = "/oauth/v2/accessToken"  # noqa: S105 - a path
_EARLY_MS = 5 * MINUTE_MS
_TRIES = 4
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


_LONGEST_LIFE = 10 * 366 * 86_400
"""Seconds; LinkedIn's tokens live for 60 and 365 days."""


class Granted(Unshown, frozen=True):
    """LinkedIn's answer; what it says beside the token is looked at where it is used."""

    access_token: str
    expires_in: Any = None
    refresh_token: Any = None
    refresh_token_expires_in: Any = None


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
        self._path = path_of(settings.private_dir)

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
        """The token to send with; it is refreshed first where it is missing or about to expire."""
        token = self._token
        return token if token is not None and self.at_hand else self.renew(token)

    def renew(self, stale: Secret | None) -> Secret:
        """Get a new token; one refresh serves every thread that found the same token stale."""
        with self._lock:
            if self._token is not stale and self._token is not None:
                return self._token
            if not self.can_refresh:
                flaw = (
                    "no access token is set"
                    if stale is None
                    else "the access token has expired and cannot be refreshed"
                )
                raise CredentialError(f"{flaw}; {NEW_TOKEN}, or set refresh_token")
            granted = self._refresh()
            self._token = Secret(granted.access_token)
            self._expires = self._end(granted.expires_in)
            self._refresh_expires = self._end(granted.refresh_token_expires_in)
            if granted.refresh_token:
                self._keep(granted)
            return self._token

    def _end(self, said: object) -> int | None:
        """When a lifetime from now ends; None where LinkedIn names none, or one too long for a token."""
        seconds = whole_number(said, 1, _LONGEST_LIFE)
        return None if seconds is None else self._clock.now() + seconds * 1000

    def _refresh(self) -> Granted:
        settings = self._settings
        form: dict[str, str | Secret] = {
            "grant_type": "refresh_token",
            "refresh_token": self._refresh_token(),
            "client_id": settings.client_id or "",
            "client_secret": settings.client_secret or "",
        }
        retry = Retry(self._clock, tries=_TRIES)
        while True:
            answer = answered(self._client.post_form(TOKEN_PATH, form))
            if not isinstance(answer, UnreachableError):
                return granted_by(answer)
            if not retry.again():
                raise answer

    def _refresh_token(self) -> Secret:
        """The rotated token that was kept, unless a new one has been configured since."""
        configured = self._settings.refresh_token
        if configured is None:
            return Secret("")
        kept = read_credentials(self._settings.private_dir)
        if kept is None or kept.configured != _mark(configured) or flaw_of_token(kept.refresh_token):
            return configured
        return Secret(kept.refresh_token)

    def _keep(self, granted: Granted) -> None:
        """Write the rotated token; where that fails, the run goes on with the access token it has."""
        configured = self._settings.refresh_token
        if configured is None or granted.refresh_token == configured.reveal:
            return
        if not isinstance(granted.refresh_token, str) or flaw_of_token(granted.refresh_token) is not None:
            logger.error("LinkedIn's OAuth server gave a refresh token that none is written like; it is not kept")
            return
        try:
            self._write(configured, Secret(granted.refresh_token))
        except OSError as error:
            logger.error(
                "LinkedIn replaced the refresh token and %s cannot be written (%s); "
                "check private_dir, and log in again if the next run cannot refresh",
                self._path,
                error.strerror,
            )

    def _write(self, configured: Secret, refresh_token: Secret) -> None:
        """Write the rotated token beside whatever login is kept."""
        rotated = {"configured": _mark(configured), "refresh_token": refresh_token.reveal}
        change_credentials(self._settings.private_dir, lambda kept: msgspec.structs.replace(kept, **rotated))


def token_refused(kind: str) -> str:
    """What is said of an access token that LinkedIn refuses as `expired`, `revoked` or `invalid`."""
    return f"LinkedIn refuses the access token as {kind}"


def answered(asked: Received | NotConnected | InDoubt) -> Received | UnreachableError:
    """What LinkedIn's OAuth server answers, or the error of what is no answer, but may be one later."""
    if isinstance(asked, NotConnected | InDoubt):
        cause = asked.cause
    elif asked.status >= HTTPStatus.INTERNAL_SERVER_ERROR or asked.status in _PASSING:
        cause = f"status {asked.status}"
    else:
        return asked
    return UnreachableError(f"LinkedIn's OAuth server does not answer ({cause})")


def granted_by(answer: Received) -> Granted:
    """What a token answer grants; raises where it grants nothing."""
    if not is_of_linkedin(answer.headers, answer.body):
        told = who_answered(answer.headers)
        raise UnreachableError(
            f"status {answer.status}{f' ({told})' if told else ''} is no answer of LinkedIn's OAuth server; "
            "check oauth_url and any proxy or login page in between"
        )
    if answer.status != HTTPStatus.OK:
        raise CredentialError(
            f"LinkedIn refused the refresh token (status {answer.status}); log in again and set refresh_token"
        )
    granted = decoded(answer.body, Granted)
    if granted is None:
        raise CredentialError("LinkedIn's OAuth server answered something else than a token; check oauth_url")
    if flaw_of_token(granted.access_token) is not None:
        message = "LinkedIn's OAuth server answered with a text that no token is written like; check oauth_url, or log in again"
        raise CredentialError(message)
    return granted


def _mark(token: Secret) -> str:
    return blake2b(token.reveal.encode(), digest_size=16).hexdigest()
