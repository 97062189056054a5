"""Calls to LinkedIn's endpoints beside that of events: tried again where that is harmless, and what a refusal means."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from target_linkedin_conversions.admin.permissions import MEND, ROLES_TOLD
from target_linkedin_conversions.delivery.answer import (
    SUCCESS,
    ElementsRefused,
    InDoubt,
    Misdirected,
    NotConnected,
    RequestRefused,
    RuleRefused,
    Throttled,
    TokenRefused,
    VersionRefused,
    read_answer,
)
from target_linkedin_conversions.delivery.auth import token_refused
from target_linkedin_conversions.delivery.retry import Retry
from target_linkedin_conversions.errors import (
    CredentialError,
    QuotaError,
    RuleError,
    UnreachableError,
    VersionError,
)
from target_linkedin_conversions.records.versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.delivery.auth import Tokens
    from target_linkedin_conversions.delivery.client import Client, Received
    from target_linkedin_conversions.delivery.clock import Clock
    from target_linkedin_conversions.errors import TargetError
    from target_linkedin_conversions.settings import Secret

__all__ = ["Calls", "get", "refusal", "token_kind", "with_fresh_token"]

_TRIES = 3
_AGAIN_WITHIN_SECONDS = 30.0
"""A read that fails later than this is not tried again, because one try may take a minute."""

Asked = TypeVar("Asked")


class Calls:
    """LinkedIn's API for a person's commands: every refusal is an error with its mend, an expired token is renewed once."""

    def __init__(self, client: Client, tokens: Tokens, clock: Clock) -> None:
        """Send nothing yet."""
        self.client = client
        self.tokens = tokens
        self.clock = clock

    def read(self, path: str, what: str) -> Received:
        """What stands at a path; `what` is what could not be read, where LinkedIn refuses. Raises `TargetError`."""
        answer = with_fresh_token(
            self.tokens,
            lambda token: get(self.client, path, token, self.clock),
            lambda found: token_kind(found.status, found.body) == "expired",
        )
        if answer.status != HTTPStatus.OK:
            raise refusal(answer, f"{what} cannot be read")
        return answer

    def change(
        self, method: str, path: str, what: str, content: object = None, *, restli_method: str = "", once: bool = False
    ) -> Received:
        """Change something; `once` says that a second try would do it twice. Raises `TargetError`."""

        def ask(token: Secret) -> Received | NotConnected | InDoubt:
            retry = Retry(self.clock, tries=_TRIES)
            while True:
                answer = self.client.change(method, path, token, content, restli_method=restli_method)
                if isinstance(answer, NotConnected):
                    passing = True
                else:
                    passing = not once and (
                        isinstance(answer, InDoubt) or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
                    )
                if not passing or not retry.again():
                    return answer

        answer = with_fresh_token(
            self.tokens,
            ask,
            lambda found: (
                not isinstance(found, NotConnected | InDoubt) and token_kind(found.status, found.body) == "expired"
            ),
        )
        if isinstance(answer, NotConnected):
            raise UnreachableError(f"{what} failed: LinkedIn is not reachable ({answer.cause}); try again later")
        if isinstance(answer, InDoubt) or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            cause = answer.cause if isinstance(answer, InDoubt) else f"status {answer.status}"
            raise UnreachableError(
                f"{what} was sent and not answered ({cause}), so nobody knows whether it was done; "
                "look with `linkedin-conversions rules list` before trying again"
            )
        if answer.status not in SUCCESS:
            raise refusal(answer, f"{what} failed")
        return answer


def with_fresh_token(tokens: Tokens, ask: Callable[[Secret], Asked], is_expired: Callable[[Asked], bool]) -> Asked:
    """LinkedIn's answer, after one refresh where it calls the token expired; raises `CredentialError`."""
    token = tokens.current()
    answer = ask(token)
    if tokens.can_refresh and is_expired(answer):
        answer = ask(tokens.renew(token))
    return answer


def get(client: Client, path: str, token: Secret, clock: Clock) -> Received:
    """One reading, tried again where LinkedIn does not answer; raises `UnreachableError`."""
    retry = Retry(clock, tries=_TRIES)
    until = clock.monotonic() + _AGAIN_WITHIN_SECONDS
    while True:
        answer = client.get(path, token)
        passing = isinstance(answer, NotConnected | InDoubt) or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if not passing or clock.monotonic() > until or not retry.again():
            break
    if isinstance(answer, NotConnected | InDoubt):
        raise UnreachableError(f"LinkedIn does not answer ({answer.cause}); try again later")
    return answer


def token_kind(status: int, body: bytes) -> str:
    """What an answer says is wrong with the token: `expired`, `revoked`, `invalid`, `scope`; empty if nothing."""
    answer = read_answer(status, {}, body, ())
    return answer.kind if isinstance(answer, TokenRefused) else ""


def refusal(received: Received, what: str) -> TargetError:  # noqa: PLR0911 - one table, read top to bottom
    """The error of an answer that is no success, cut by who has to react; no words of LinkedIn's but redacted ones."""
    status = received.status
    match read_answer(status, received.headers, received.body, ()):
        case VersionRefused():
            return VersionError(
                f"{what}: LinkedIn does not serve the version; set linkedin_version, such as {VERSIONS[-1].name}"
            )
        case TokenRefused(kind="scope"):
            return CredentialError(
                f"{what}: the token lacks a scope, or its member the role {ROLES_TOLD} in the ad account; {MEND}"
            )
        case TokenRefused(kind=kind):
            return CredentialError(f"{what}: {token_refused(kind)}; run `linkedin-conversions login`")
        case RuleRefused():
            return RuleError(f"{what}: the ad account or the rule is not visible to this token; check account_id")
        case ElementsRefused() | RequestRefused() as refused:
            words = refused.message if isinstance(refused, RequestRefused) else ""
            said = f", {words}" if words else ""
            return RuleError(f"{what}: LinkedIn refuses the request (status {status}{said}); change what it names")
        case Throttled():
            return QuotaError(
                f"{what}: LinkedIn takes no more calls for now (status 429); try again in a minute or tomorrow"
            )
        case Misdirected() if status == HTTPStatus.NOT_FOUND:
            return RuleError(
                f"{what}: LinkedIn knows nothing of that name (status 404); see `linkedin-conversions rules list`"
            )
        case _:
            return UnreachableError(
                f"{what}: the answer (status {status}) is none that LinkedIn gives; "
                "try again, and check api_url and any proxy in between"
            )
