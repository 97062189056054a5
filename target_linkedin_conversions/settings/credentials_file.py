"""`credentials.json`: the login that a person let this program keep, and the refresh token that LinkedIn rotated since.

Mode 0600, in `private_dir`. A login counts where the settings name no token of their own.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import (
    UntrustedError,
    alone_in,
    make_private_folder,
    open_private,
    remove_drafts,
    write_private,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CredentialsFile",
    "Login",
    "Unshown",
    "change_credentials",
    "path_of",
    "read_credentials",
    "unread_login",
    "write_credentials",
]

_NAME = "credentials.json"
_LARGEST = 1 << 20


class Unshown(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of structs whose representation hides their contents, so that no traceback shows them."""

    def __repr__(self) -> str:
        """Its name."""
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Nothing, for rich as well."""
        return []


class Login(Unshown, frozen=True, omit_defaults=True):
    """What a login got: a token, and what refreshes it, all three or none."""

    access_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""

    @property
    def can_refresh(self) -> bool:
        """Whether it holds everything that a refresh needs."""
        return bool(self.client_id and self.client_secret and self.refresh_token)


class CredentialsFile(Unshown, frozen=True, omit_defaults=True):
    """The whole file: a rotated refresh token, a mark of the configured one that it came from, and a login."""

    configured: str = ""
    refresh_token: str = ""
    login: Login | None = None


def path_of(folder: str) -> Path:
    """Where the file is, in a local folder."""
    return Path(folder) / _NAME


def read_credentials(folder: str) -> CredentialsFile | None:
    """What the file holds; None where there is none, or one that makes no sense.

    Raises `ConfigError` where somebody else may have put it there: a token of theirs must not be sent with.
    """
    path = path_of(folder)
    try:
        with os.fdopen(open_private(path), "rb") as file:
            return msgspec.json.decode(file.read(_LARGEST), type=CredentialsFile)
    except UntrustedError as error:
        raise ConfigError("private_dir", f"{path} cannot be read ({error.strerror})", error.mend) from None
    except (OSError, msgspec.DecodeError, ValueError, RecursionError):
        return None


def unread_login(folder: str) -> str:
    """What to say, behind a message, of a file in a local folder that is there and makes no sense; empty where there is none."""
    path = path_of(folder)
    if not path.is_file() or read_credentials(folder) is not None:
        return ""
    return f"; {path} is there and cannot be read as a login: `linkedin-conversions login --save` writes it anew"


def write_credentials(folder: str, kept: CredentialsFile) -> None:
    """Write the file, whatever it held, as `change_credentials` does."""
    change_credentials(folder, lambda _before: kept)


def change_credentials(folder: str, changed: Callable[[CredentialsFile], CredentialsFile]) -> None:
    """Replace the file's contents by `changed` of them: readable by this user alone, complete or not at all.

    No other process writes in between, or a run that keeps a rotated token would undo a login of the same moment.
    Raises `OSError`, and what `read_credentials` raises.
    """
    path = path_of(folder)
    make_private_folder(path.parent)
    with alone_in(path.parent):
        kept = changed(read_credentials(folder) or CredentialsFile())
        remove_drafts(path.parent, path.name)
        write_private(path, msgspec.json.encode(kept))
