"""What LinkedIn says of the access token: status, scope, and when it ends.

Never a reason to stop: introspection has answered 400 for a token that worked (measured),
and calls a Direct-API token invalid.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

import msgspec

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.response_fields import decoded

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.settings import Secret, Settings

__all__ = ["CLIENT_REFUSED", "Introspection", "introspect"]

_PATH = "/oauth/v2/introspectToken"
_LAST_SECOND = 4_102_444_800
"""The year 2100: no token lives for so long, and later ones are no dates everywhere."""
CLIENT_REFUSED = "client_refused"
"""The status where LinkedIn refuses the app's own credentials, not the token."""


class Introspection(msgspec.Struct, frozen=True):
    """LinkedIn's own view of a token; `expires_at` in epoch seconds."""

    active: bool = False
    status: str = ""
    expires_at: Annotated[int, msgspec.Meta(ge=0, le=_LAST_SECOND)] | None = None
    scope: str | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes by name; empty where LinkedIn does not say."""
        return frozenset((self.scope or "").replace(",", " ").split())


def introspect(settings: Settings, client: Client, token: Secret) -> Introspection | None:
    """LinkedIn's introspection of the token; None where there is no app, no answer, or none that can be read."""
    if settings.client_id is None or settings.client_secret is None:
        return None
    form: dict[str, str | Secret] = {
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "token": token,
    }
    answer = client.post_form(_PATH, form)
    if isinstance(answer, NotConnected | InDoubt):
        return None
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return Introspection(status=CLIENT_REFUSED)
    if answer.status != HTTPStatus.OK:
        return None
    return decoded(answer.body, Introspection)
