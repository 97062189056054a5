"""What to do with a new login: keep it in the file that runs read, show it once, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.cli.asking import at_the_keyboard, heard, is_terminal
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.private_files import mend_of
from target_linkedin_conversions.reporting.folder import Folder
from target_linkedin_conversions.settings.credentials_file import CredentialsFile, Login, path_of, write_credentials

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["Place", "has_own_token", "keep", "wanted_place"]


class Place(msgspec.Struct, frozen=True):
    """Whether a login is kept in the file, and whether its secrets are printed."""

    keeps: bool
    shows: bool


def wanted_place(settings: Settings, *, save: bool | None, show: bool, made_here: bool) -> Place:
    """What the person chose, asked before a token is made; raises `ConfigError` where the new token would be lost."""
    if save is not None or show or not made_here:
        return Place(bool(save), show)
    if not is_terminal():
        problem = "nothing says what becomes of the token, and there is no terminal to ask on"
        raise ConfigError("--save", problem, "pass --save to keep it in credentials.json, or --show to print it")
    tell_user(
        f"The login can be kept in {path_of(settings.private_dir)}, for this user alone (k),\n"
        "or be shown here once, to be put where your secrets are (s).",
        err=True,
    )
    try:
        kinds = click.Choice(["k", "s"], case_sensitive=False)
        answer = heard("--save", lambda: click.prompt("Keep or show", type=kinds, err=True))
    except click.Abort as ended:
        click.echo(err=True)
        if at_the_keyboard(ended):
            raise
        raise ConfigError("--save", "nobody answered", "answer, or pass --save or --show") from None
    return Place(answer == "k", answer == "s")


def has_own_token(settings: Settings, kept: CredentialsFile | None) -> bool:
    """Whether the settings name a token themselves, and not only through the login that was kept before."""
    login = Login() if kept is None or kept.login is None else kept.login
    named = {one.reveal for one in (settings.access_token, settings.refresh_token) if one is not None}
    return bool(named - {login.access_token, login.refresh_token})


def keep(settings: Settings, made: Login) -> None:
    """Write the login for the runs that use these settings; raises `ConfigError`.

    What LinkedIn rotated of an earlier one is of no more use.
    """
    Folder(settings.private_dir, "private_dir").prepare()
    try:
        write_credentials(settings.private_dir, CredentialsFile(login=made))
    except OSError as error:
        problem = f"{path_of(settings.private_dir)} cannot be written ({error.strerror})"
        raise ConfigError("private_dir", problem, mend_of(error, "name a folder that this user may write to")) from None
