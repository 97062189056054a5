"""LinkedIn's authorization page: the member allows or cancels, and the browser goes back with a code or an error."""

from __future__ import annotations

import secrets
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from target_linkedin_conversions.sandbox.call import Answer

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox.call import Call
    from target_linkedin_conversions.sandbox.settings import SandboxSettings

__all__ = ["CODE_MS", "PATH", "Code", "Codes", "answer", "is_registered"]

PATH = "/oauth/v2/authorization"
CODE_MS = 30 * 60 * 1000
"""A code is valid for about 30 minutes (documented)."""
_FIELDS = ("response_type", "client_id", "redirect_uri", "state", "scope")
_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
)


class Code(msgspec.Struct, frozen=True):
    """What a code was given for; it ends at `expires_at` (epoch ms) and works once."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    expires_at: int


class Codes:
    """The authorization codes of one sandbox that nobody has used yet."""

    def __init__(self) -> None:
        self._open: dict[str, Code] = {}

    def give(self, code: Code) -> str:
        """Note a code under a new name."""
        name = f"sandbox-code-{secrets.token_hex(16)}"
        self._open[name] = code
        return name

    def take(self, name: str, now: int) -> Code | None:
        """The code of a name, once, if it still lives."""
        code = self._open.pop(name, None)
        return code if code is not None and now < code.expires_at else None


def answer(call: Call, codes: Codes, settings: SandboxSettings) -> Answer:
    """Show the page (GET), or send the browser back with what the member chose (POST, `decision`)."""
    asked = call.form if call.method == "POST" else _query(call)
    problem = _problem(asked, settings)
    if problem:  # an address that is not registered is never gone to
        return _page("Bummer, something went wrong.", f"<p>{escape(problem)}</p>", status=400)
    scopes = frozenset(asked["scope"].replace(",", " ").split())
    unknown = sorted(scopes - set(settings.app_scopes))
    if unknown:
        description = f"Scope {unknown[0]!r} is not authorized for your application"
        return _back(asked, error="unauthorized_scope_error", error_description=description)
    if call.method != "POST":
        return _page("Allow access?", _form(asked, scopes))
    if asked.get("decision") != "allow":
        description = "The user cancelled the authorization"
        return _back(asked, error="user_cancelled_authorize", error_description=description)
    code = Code(asked["client_id"], asked["redirect_uri"], scopes, call.at + CODE_MS)
    return _back(asked, code=codes.give(code))


def _query(call: Call) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(call.query, keep_blank_values=True).items()}


def _problem(asked: dict[str, str], settings: SandboxSettings) -> str:
    """Why LinkedIn shows an error instead of going anywhere; empty if it does not (texts ours but the first's sense)."""
    for name in ("response_type", "client_id", "redirect_uri", "scope"):
        if not asked.get(name):
            return f'You need to pass the "{name}" parameter'
    if asked["response_type"] != "code":
        return 'The "response_type" parameter should be "code"'
    if settings.client_id not in {None, asked["client_id"]}:
        return "The passed in client_id is invalid"
    if not is_registered(asked["redirect_uri"], settings):
        return "The redirect_uri does not match the registered value"
    return ""


def is_registered(redirect_uri: str, settings: SandboxSettings) -> bool:
    """Whether the app has registered an address: to the letter, absolute, without `#` (documented)."""
    parts = urlsplit(redirect_uri)
    absolute = parts.scheme in {"http", "https"} and bool(parts.netloc) and "#" not in redirect_uri
    return absolute and (settings.redirect_uris is None or redirect_uri in settings.redirect_uris)


def _back(asked: dict[str, str], **said: str) -> Answer:
    """Send the browser to the redirect address, with the state that came."""
    if asked.get("state"):
        said["state"] = asked["state"]
    joined = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return Answer(302, headers=(("Location", f"{asked['redirect_uri']}{joined}{urlencode(said)}"),))


def _form(asked: dict[str, str], scopes: frozenset[str]) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in _FIELDS if name in asked
    )
    wanted = "".join(f"<li>{escape(scope)}</li>" for scope in sorted(scopes))
    buttons = "".join(
        f'<button name="decision" value="{choice}">{choice.title()}</button> ' for choice in ("allow", "cancel")
    )
    return (
        f"<p>App {escape(asked['client_id'])} asks for:</p><ul>{wanted}</ul>"
        f'<form method="post" action="{PATH}">{hidden}{buttons}</form>'
    )


def _page(title: str, content: str, *, status: int = 200) -> Answer:
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>LinkedIn sandbox</title><h1>{title}</h1>{content}</html>"
    )
    return Answer(status, text.encode(), _HEADERS)
