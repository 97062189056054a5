"""Access and refresh tokens: which the sandbox knows, and how long each lives."""

from __future__ import annotations

import secrets
from typing import Literal

import msgspec

__all__ = ["REFRESH_SECONDS", "Token", "TokenKind", "TokenRegistry", "TokenUse"]

TokenKind = Literal["valid", "revoked", "expired", "no_scope", "unknown"]
TokenUse = Literal["access", "refresh"]
Refused = Literal["revoked", "expired", "unknown", "empty"]

DEFAULT_TOKEN = "sandbox-token"  # noqa: S105 - opens nothing but this sandbox
DEFAULT_REFRESH_TOKEN = "sandbox-refresh"  # noqa: S105 - the same
ANY_TOKEN = "sandbox-"  # noqa: S105 - the same
REFRESH_SECONDS = 31_536_000
SCOPE = "r_ads,rw_conversions"
"""What a token that may do everything is said to have: the scopes that most have."""


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One token; `expires_at` is epoch ms; `accounts` the account ids it can see, `scopes` what it may do (None: all)."""

    kind: TokenKind = "valid"
    use: TokenUse = "access"
    expires_at: int | None = None
    accounts: frozenset[str] | None = None
    scopes: frozenset[str] | None = None
    authorized_at: int = 0

    @property
    def scope(self) -> str:
        """Its scopes as LinkedIn writes them."""
        return SCOPE if self.scopes is None else ",".join(sorted(self.scopes))

    def sees(self, account: str) -> bool:
        """Whether the token may see an account, given as URN or id."""
        return self.accounts is None or account.rpartition(":")[2] in self.accounts

    def may(self, scope: str) -> bool:
        """Whether the token has a scope."""
        return self.kind != "no_scope" and (self.scopes is None or scope in self.scopes)


VALID = Token()


class TokenRegistry:
    """Every token of one sandbox. Any access token that begins with `sandbox-` is valid."""

    def __init__(self, now: int) -> None:
        self.known: dict[str, Token] = {
            DEFAULT_TOKEN: VALID,
            "sandbox-revoked": Token(kind="revoked"),
            "sandbox-expired": Token(kind="expired"),
            "sandbox-no-scope": Token(kind="no_scope"),
            "sandbox-unknown": Token(kind="unknown"),
            "sandbox-no-reporting": Token(scopes=frozenset({"r_ads", "rw_conversions"})),
            DEFAULT_REFRESH_TOKEN: Token(use="refresh", expires_at=now + REFRESH_SECONDS * 1000, authorized_at=now),
        }

    def access(self, authorization: str, now: int) -> tuple[str, Token | Refused]:
        """The token of an `Authorization` header, and what it is worth at `now` (epoch ms)."""
        scheme, _, text = authorization.partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or not text:
            return "", "empty"
        token = self.known.get(text, VALID if text.startswith(ANY_TOKEN) else None)
        if token is None or token.use != "access":
            return text, "unknown"
        return text, _worth(token, now)

    def knows(self, text: str) -> bool:
        """Whether a token is registered, whatever it is worth, or valid by its name."""
        return text in self.known or text.startswith(ANY_TOKEN)

    def refresh(self, text: str, now: int) -> Token | None:
        """The refresh token, if it is one that still works."""
        token = self.known.get(text)
        if token is None or token.use != "refresh" or isinstance(_worth(token, now), str):
            return None
        return token

    def mint(self, token: Token) -> str:
        """Register a token under a new name."""
        text = f"{ANY_TOKEN}{token.use}-{secrets.token_hex(16)}"
        self.known[text] = token
        return text


def _worth(token: Token, now: int) -> Token | Refused:
    if token.kind in {"revoked", "unknown", "expired"}:
        return token.kind
    if token.expires_at is not None and now >= token.expires_at:
        return "expired"
    return token
