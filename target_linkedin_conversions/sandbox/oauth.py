"""LinkedIn's OAuth endpoints: the authorization page, codes and refresh tokens to access tokens, introspection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.sandbox import authorization
from target_linkedin_conversions.sandbox.call import Answer, Call, json_answer
from target_linkedin_conversions.sandbox.refusals import not_found
from target_linkedin_conversions.sandbox.tokens import REFRESH_SECONDS, Token, TokenRegistry

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox.linkedin import LinkedIn
    from target_linkedin_conversions.sandbox.settings import SandboxSettings

__all__ = ["DEAD_GRANT", "answer"]

_REFRESH_FORM = ("grant_type", "refresh_token", "client_id", "client_secret")
_CODE_FORM = ("grant_type", "code", "redirect_uri", "client_id", "client_secret")
_INTROSPECT_FORM = ("client_id", "client_secret", "token")
DEAD_GRANT = "The provided authorization grant or refresh token is invalid, expired or revoked"


def answer(call: Call, linkedin: LinkedIn) -> Answer:
    """Answer one request to `/oauth/v2`."""
    if call.path == authorization.PATH and call.method in {"GET", "POST"}:
        return authorization.answer(call, linkedin.codes, linkedin.settings)
    if call.method != "POST":
        return not_found(call.path)
    if call.path == "/oauth/v2/accessToken":
        if call.form.get("grant_type") == "authorization_code":
            return _exchange(call, linkedin)
        return _refresh(call, linkedin.tokens, linkedin.settings)
    if call.path == "/oauth/v2/introspectToken":
        return _introspect(call, linkedin.tokens, linkedin.settings)
    return not_found(call.path)


def _exchange(call: Call, linkedin: LinkedIn) -> Answer:
    """Exchange a code, which works once, for the app and the address that it was given for."""
    form, settings = call.form, linkedin.settings
    refusal = _form_error(form, _CODE_FORM, settings)
    if refusal is not None:
        return refusal
    if not authorization.is_registered(form["redirect_uri"], settings):
        return _error(400, "invalid_redirect_uri", "The redirect_uri does not match the registered value")
    code = linkedin.codes.take(form["code"], call.at)
    if code is None or code.client_id != form["client_id"]:
        return _error(400, "invalid_request", DEAD_GRANT)
    if code.redirect_uri != form["redirect_uri"]:
        return _error(400, "invalid_redirect_uri", "The redirect_uri does not match the one of the code")
    life = settings.access_token_seconds
    token = Token(expires_at=call.at + life * 1000, scopes=code.scopes, authorized_at=call.at)
    content: dict[str, object] = {
        "access_token": linkedin.tokens.mint(token),
        "expires_in": life,
        "scope": ",".join(sorted(code.scopes)),
        "token_type": "Bearer",
    }
    if settings.gives_refresh_token:
        ends = call.at + REFRESH_SECONDS * 1000
        refresh = Token(use="refresh", expires_at=ends, scopes=code.scopes, authorized_at=call.at)
        content |= {"refresh_token": linkedin.tokens.mint(refresh), "refresh_token_expires_in": REFRESH_SECONDS}
    return json_answer(200, content)


def _refresh(call: Call, tokens: TokenRegistry, settings: SandboxSettings) -> Answer:
    """Exchange a refresh token; its own end date does not move (documented)."""
    form = call.form
    refusal = _form_error(form, _REFRESH_FORM, settings)
    if refusal is not None:
        return refusal
    if form["grant_type"] != "refresh_token":
        return _error(400, "unsupported_grant_type", "Only authorization_code and refresh_token work in the sandbox")
    given = form["refresh_token"]
    refresh = tokens.refresh(given, call.at)
    if refresh is None:
        return _error(400, "invalid_request", DEAD_GRANT)
    left = settings.access_token_seconds
    ends = refresh.expires_at
    if ends is not None:
        left = min(left, (ends - call.at) // 1000)
    access = tokens.mint(
        Token(
            expires_at=call.at + left * 1000,
            accounts=refresh.accounts,
            scopes=refresh.scopes,
            authorized_at=call.at,
        )
    )
    if settings.rotate_refresh_token:
        tokens.known[given] = Token(kind="revoked", use="refresh", expires_at=ends)
        given = tokens.mint(refresh)
    content: dict[str, object] = {
        "access_token": access,
        "expires_in": left,
        "refresh_token": given,
        "scope": refresh.scope,
        "token_type": "Bearer",
    }
    if ends is not None:
        content["refresh_token_expires_in"] = (ends - call.at) // 1000
    return json_answer(200, content)


def _introspect(call: Call, tokens: TokenRegistry, settings: SandboxSettings) -> Answer:
    """Say what a token is worth; all times in seconds (documented)."""
    form = call.form
    refusal = _form_error(form, _INTROSPECT_FORM, settings)
    if refusal is not None:
        return refusal
    _, known = tokens.access(f"Bearer {form['token']}", call.at)
    if isinstance(known, Token):
        content: dict[str, object] = {
            "active": True,
            "client_id": form["client_id"],
            "authorized_at": known.authorized_at // 1000,
            "created_at": known.authorized_at // 1000,
            "status": "active",
            "scope": known.scope,
            "auth_type": "3L",
        }
        if known.expires_at is not None:
            content["expires_at"] = known.expires_at // 1000
        return json_answer(200, content)
    if known == "unknown":
        return _error(400, "invalid_request", "The token is not known")
    return json_answer(200, {"active": False, "status": known, "auth_type": "3L"})


def _form_error(form: dict[str, str], names: tuple[str, ...], settings: SandboxSettings) -> Answer | None:
    """The refusal of a form that lacks a field or comes from an unknown client."""
    for name in names:
        if not form.get(name):
            return _error(400, "invalid_request", f'A required parameter "{name}" is missing')
    if not _client_is_known(form, settings):
        return _error(401, "invalid_client", "Client authentication failed")
    return None


def _client_is_known(form: dict[str, str], settings: SandboxSettings) -> bool:
    return settings.client_id in {None, form["client_id"]} and settings.client_secret in {
        None,
        form["client_secret"],
    }


def _error(status: int, code: str, description: str) -> Answer:
    return json_answer(status, {"error": code, "error_description": description})
