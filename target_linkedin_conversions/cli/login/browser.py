"""The way through the browser: an address is opened, and what LinkedIn says comes back by a port or by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from target_linkedin_conversions.admin.authorization import App, Authorization
from target_linkedin_conversions.admin.loopback import Loopback, is_served
from target_linkedin_conversions.cli.asking import ask, is_terminal
from target_linkedin_conversions.cli.browsing import opened
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.credentials_file import Login

if TYPE_CHECKING:
    from target_linkedin_conversions.delivery.client import Client
    from target_linkedin_conversions.settings.secret import Secret

__all__ = ["granted_login"]


def granted_login(
    client: Client, app: App, scopes: tuple[str, ...], oauth_url: str, *, paste: bool, browser: bool, seconds: float
) -> Login:
    """What LinkedIn grants to the app once a person has allowed it; raises `TargetError`."""
    attempt = Authorization.begin(app, scopes)
    address = attempt.address(oauth_url)
    by_port = is_served(app.redirect_uri) and not paste
    if not by_port and not is_terminal():
        raise ConfigError(
            "--paste", "there is no terminal to paste on", "register http://localhost:PORT/callback, and use --port"
        )
    code = (
        _by_port(attempt, address, browser=browser, seconds=seconds)
        if by_port
        else _by_hand(attempt, address, browser=browser)
    )
    granted = attempt.exchange(client, code)
    refresh = granted.refresh_token if isinstance(granted.refresh_token, str) else ""
    return Login(
        access_token=granted.access_token,
        client_id=app.client_id,
        client_secret=app.client_secret.reveal,
        refresh_token=refresh,
    )


def _by_port(attempt: Authorization, address: str, *, browser: bool, seconds: float) -> Secret:
    with Loopback(attempt.app.redirect_uri, attempt.is_of_this).listening() as loopback:
        _open(address, browser=browser)
        click.echo(f"Waiting for the browser at {attempt.app.redirect_uri} ...", err=True)
        return attempt.code_of(loopback.wait(seconds))


def _by_hand(attempt: Authorization, address: str, *, browser: bool) -> Secret:
    _open(address, browser=browser)
    question = "Paste the address that the browser ended at (it is not shown)"
    return attempt.code_in(
        ask(question, "--paste", hidden=True, otherwise="register http://localhost:PORT/callback and leave out --paste")
    )


def _open(address: str, *, browser: bool) -> None:
    """Say the address, and open it where there is a browser and a person before it."""
    click.echo(f"Open this address and allow the access:\n{address}", err=True)
    if not browser or not is_terminal() or opened(address):
        return
    click.echo(
        "No browser could be opened here; open the address in any that can reach this machine, or use --paste.",
        err=True,
    )
