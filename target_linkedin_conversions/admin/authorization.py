"""OAuth's authorization-code flow: the address a person opens, what comes back from it, and the token for its code.

Source: LinkedIn's page on the authorization code flow, and what was measured of its errors.
"""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from target_linkedin_conversions.admin.permissions import REPORTING_SCOPE
from target_linkedin_conversions.delivery.auth import TOKEN_PATH, Granted, answered, granted_by
from target_linkedin_conversions.delivery.response_fields import decoded, is_of_linkedin
from target_linkedin_conversions.errors import ConfigError, CredentialError, UnreachableError
from target_linkedin_conversions.loopback import is_loopback
from target_linkedin_conversions.settings.credentials_file import Unshown
from target_linkedin_conversions.settings.secret import Secret

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.client import Client, Received

__all__ = ["App", "Authorization", "checked_redirect"]

_PATH = "/oauth/v2/authorization"
_AGAIN = "run `linkedin-conversions login` again"
_AROUND = "\"'<>()[]`\u2018\u2019\u201c\u201d\u201e\xab\xbb\u200b\ufeff.,;"
"""What stands around an address that came through a chat or a mail, beside blanks."""
_AMPERSAND = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
"""As a page's source writes one, or a mail that quotes it once more."""
_BARE_CODE = re.compile(r"[A-Za-z0-9._~+/-]{1,4096}={0,2}")
_WORD = re.compile(r"[a-z_]{1,60}")


class App(msgspec.Struct, frozen=True):
    """A developer's app, and the address that it has registered for the way back."""

    client_id: str
    client_secret: Secret
    redirect_uri: str


class _Problem(msgspec.Struct):
    error: str = ""


class Authorization(Unshown, frozen=True):
    """One attempt: the scopes that are asked for, and the state by which its answer is known."""

    app: App
    scopes: tuple[str, ...]
    state: str

    @classmethod
    def begin(cls, app: App, scopes: tuple[str, ...]) -> Authorization:
        """An attempt with a state that nobody can guess."""
        return cls(app, scopes, secrets.token_urlsafe(32))

    def address(self, oauth_url: str) -> str:
        """What the person opens in a browser."""
        asked = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": self.app.redirect_uri,
            "state": self.state,
            "scope": " ".join(self.scopes),
        }
        return f"{oauth_url}{_PATH}?{urlencode(asked)}"

    def code_in(self, written: str) -> Secret:
        """The code in the address that the browser ended at, or a code alone, as LinkedIn's own page shows it.

        Raises `CredentialError` where the address is not the answer to this attempt, or holds no code.
        """
        text = written.strip().strip(_AROUND)
        if _BARE_CODE.fullmatch(text):
            return Secret(text)
        # No address holds a blank: a mail has broken the line there.
        text = _AMPERSAND.sub("&", "".join(text.split()))
        return self.code_of({name: values[0] for name, values in parse_qs(_query_of(text)).items()})

    def is_of_this(self, said: dict[str, str]) -> bool:
        """Whether parameters that came back carry the state of this attempt."""
        return secrets.compare_digest(said.get("state", "").encode("utf-8", "replace"), self.state.encode())

    def code_of(self, said: dict[str, str]) -> Secret:
        """The code among the parameters that the browser brought back; raises `CredentialError`."""
        if not said.keys() & {"code", "error"}:
            raise CredentialError(
                f"what came back holds no code: it is not the address that the browser ended at; {_AGAIN}, allow the access, and take "
                "the whole address of the page that comes then"
            )
        if not self.is_of_this(said):
            raise CredentialError(
                f"what came back is not the answer to this login (its state is another); {_AGAIN}, and use the browser's "
                "newest tab"
            )
        if "error" in said:
            raise CredentialError(self._refused(said["error"]))
        if not said.get("code"):
            raise CredentialError(f"what came back holds no code; {_AGAIN}")
        return Secret(said["code"])

    def _refused(self, error: str) -> str:
        """What an error of the authorization page means."""
        if "cancel" in error or error == "access_denied":
            return f"nobody allowed the access; {_AGAIN} and choose Allow"
        if "scope" in error:
            wanted = ", ".join(self.scopes)
            return (
                f"the app may not ask for the scopes {wanted}; add the product Conversions API to it in LinkedIn's "
                f"developer portal{', and one for reporting' if REPORTING_SCOPE in self.scopes else ''}, and {_AGAIN}"
            )
        word = f" ({error})" if _WORD.fullmatch(error) else ""
        return f"LinkedIn did not authorize the app{word}; check the app in LinkedIn's developer portal, and {_AGAIN}"

    def exchange(self, client: Client, code: Secret) -> Granted:
        """The token for a code, which works once; raises `TargetError`."""
        app = self.app
        form: dict[str, str | Secret] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": app.redirect_uri,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
        }
        answer = answered(client.post_form(TOKEN_PATH, form))
        if isinstance(answer, UnreachableError):
            raise UnreachableError(f"{answer}; {_AGAIN}")
        if answer.status != HTTPStatus.OK and is_of_linkedin(answer.headers, answer.body):
            raise self._not_granted(answer)
        return granted_by(answer)

    def _not_granted(self, answer: Received) -> Exception:
        problem = decoded(answer.body, _Problem)
        error = problem.error if problem is not None else ""
        if error == "invalid_client":
            mend = "copy both again from the Auth page of the app"
            return ConfigError("client_secret", "LinkedIn refuses client_id and client_secret", mend)
        if error == "invalid_redirect_uri":
            return _other_redirect(self.app.redirect_uri)
        return CredentialError(
            f"LinkedIn does not take the code (status {answer.status}): each works once and for about 30 minutes, with the "
            f"redirect address that it was asked for with; {_AGAIN}"
        )


def _query_of(text: str) -> str:
    """The query of an address, or the text itself where it is none."""
    try:
        return urlsplit(text).query or text.lstrip("?")
    except ValueError:
        return ""


def _other_redirect(redirect_uri: str) -> ConfigError:
    problem = "it is not the address that the app has registered"
    return ConfigError("--redirect-uri", problem, f"register exactly {redirect_uri} on the Auth page of the app")


def checked_redirect(written: str) -> str:
    """A redirect address that LinkedIn can take: absolute, without `#`, https but on this machine; raises `ConfigError`."""
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    plain = parts.scheme == "http" and is_loopback(host)
    odd = "#" in written or "@" in parts.netloc or not written.isascii() or not written.isprintable() or " " in written
    if not host or odd or not (plain or parts.scheme == "https"):
        problem = "expected an absolute https address without #, or http on localhost"
        raise ConfigError("--redirect-uri", problem, "give the one that the app has registered, to the letter")
    return written
