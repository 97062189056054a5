"""`linkedin-conversions login`: from an app, or a token of Campaign Manager, to settings that work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import msgspec

from target_linkedin_conversions.admin.authorization import App, checked_redirect
from target_linkedin_conversions.admin.permissions import REPORTING_SCOPE, ROLES_TOLD, SCOPES
from target_linkedin_conversions.cli.asking import ask, heard, is_terminal
from target_linkedin_conversions.cli.config import config_option, load_settings
from target_linkedin_conversions.cli.json_output import json_option
from target_linkedin_conversions.cli.login.browser import granted_login
from target_linkedin_conversions.cli.login.saving import has_own_token, keep, wanted_place
from target_linkedin_conversions.cli.login.shown import look_at, tell
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings.credentials import app_id, app_secret, token
from target_linkedin_conversions.settings.credentials_file import Login, read_credentials
from target_linkedin_conversions.settings.secret import Secret
from target_linkedin_conversions.usage import refuse_idle

if TYPE_CHECKING:
    from target_linkedin_conversions.settings import Settings

__all__ = ["login"]

_PORT = 8585
_MOST_BYTES = 1 << 16
_OF_APPS = frozenset({"client_id", "port", "redirect_uri", "paste", "reporting", "no_browser", "timeout"})
"""The options of a login by an app."""


@click.command(context_settings={"allow_extra_args": True})
@click.pass_context
@config_option
@click.option(
    "--token",
    "by_token",
    is_flag=True,
    help="Take a token that you have: at a prompt that shows nothing, or from stdin.",
)
@click.option("--client-id", help="The app's client id; else the setting, or asked for.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=_PORT,
    show_default=True,
    help="The port of the redirect address http://localhost:PORT/callback.",
)
@click.option(
    "--redirect-uri", metavar="URI", help="The address that the app has registered, if it is another; to the letter."
)
@click.option("--paste", is_flag=True, help="Listen on no port: ask for the address that the browser ended at.")
@click.option("--reporting", is_flag=True, help=f"Ask for {REPORTING_SCOPE} too, which `reconcile` needs.")
@click.option("--no-browser", is_flag=True, help="Open no browser: only say which address to open.")
@click.option(
    "--timeout", type=click.IntRange(1, 3600), default=300, show_default=True, help="Seconds to wait for the browser."
)
@click.option("--save/--no-save", default=None, help="Keep the login in credentials.json (0600), where runs find it.")
@click.option("--show", is_flag=True, help="Print the secrets, once, as NAME=value.")
@json_option("One JSON object instead of sentences.")
def login(
    context: click.Context,
    config: tuple[str, ...],
    by_token: bool,
    client_id: str | None,
    port: int,
    redirect_uri: str | None,
    paste: bool,
    reporting: bool,
    no_browser: bool,
    timeout: int,
    save: bool | None,
    show: bool,
    as_json: bool,
) -> None:
    r"""Get a token for LinkedIn, check it, and say what to set.

    By an app of your own: its product Conversions API allows the scopes rw_conversions (events and rules) and r_ads (ad
    accounts and campaigns); r_ads_reporting, which reconcile needs, only with --reporting. Register the redirect address
    on the app's Auth page, to the letter: http://localhost:8585/callback, or another by --redirect-uri. Or by --token:
    one that Campaign Manager's Direct API made. Your role in the ad account must be ACCOUNT_BILLING_ADMIN,
    ACCOUNT_MANAGER, CAMPAIGN_MANAGER or CREATIVE_MANAGER.

    Secrets are printed with --show only, and kept in a file with --save only; of an app's login it asks which, where
    neither is given.

    \b
    Examples:
      linkedin-conversions login --save
      linkedin-conversions login --config config.json --no-browser --paste --show
      linkedin-conversions login --token --save
    """
    if context.args:
        problem = "it takes no secret as an argument, for others can see that, and the shell's history keeps it"
        raise ConfigError(
            "login", problem, "give nothing, and it asks, or pipe it in; if it was a token, make a new one"
        )
    _refuse_idle(context, by_token=by_token, paste=paste, redirect_uri=redirect_uri)
    settings = load_settings(config)
    redirect = checked_redirect(redirect_uri or f"http://localhost:{port}/callback")
    before = read_credentials(settings.private_dir)
    place = wanted_place(settings, save=save, show=show, made_here=not by_token)
    if by_token:
        made = Login(access_token=_given_token().reveal)
    else:
        scopes = (*SCOPES, REPORTING_SCOPE) if reporting else SCOPES
        click.echo(f"Scopes: {', '.join(scopes)}. Role in the ad account: {ROLES_TOLD}.", err=True)
        app = App(_client_id(settings, client_id), _client_secret(settings, client_id), redirect)
        client = Client.of(settings)
        try:
            made = granted_login(
                client, app, scopes, settings.oauth_url, paste=paste, browser=not no_browser, seconds=timeout
            )
        finally:
            client.close()
    if place.keeps and not by_token:
        keep(settings, made)  # before it is looked at: a code works once, and what it gave must not be lost
    facts = look_at(_with(settings, made))
    if place.keeps and has_own_token(settings, before):
        facts.warnings.append("the settings name a token of their own, which comes first; remove it there")
    if place.keeps and by_token:
        keep(settings, made)
    tell(facts, made, settings, place, as_json=as_json)


def _refuse_idle(context: click.Context, *, by_token: bool, paste: bool, redirect_uri: str | None) -> None:
    """Refuse what another option makes idle: who asks for a scope beside a token would believe that it was granted."""
    if by_token:
        refuse_idle(context, _OF_APPS, "beside --token, which takes a token that you have")
    if paste:
        refuse_idle(context, {"timeout"}, "beside --paste, which waits as long as you do")
    if redirect_uri is not None:
        refuse_idle(context, {"port"}, "beside --redirect-uri, which names the port")


def _given_token() -> Secret:
    """A token from a prompt without echo, or from stdin where that is no terminal; raises `ConfigError`."""
    if is_terminal():
        return token(
            ask(
                "Token",
                "--token",
                hidden=True,
                otherwise="pipe it in: `linkedin-conversions login --token < token.txt`",
            ),
            "--token",
        )
    piped = heard("--token", lambda: sys.stdin.read(_MOST_BYTES))
    if not piped.strip():
        mend = "pipe the token in (`linkedin-conversions login --token --save < token.txt`), or call it on a terminal, where it asks"
        raise ConfigError("--token", "nothing came through stdin, from where it is read", mend)
    if len(piped) == _MOST_BYTES:
        raise ConfigError("--token", "more came through stdin than any token has", "pipe in the token alone")
    return token(piped, "--token")


def _client_id(settings: Settings, client_id: str | None) -> str:
    return app_id(client_id or settings.client_id or ask("Client id of the app", "--client-id"), "--client-id")


def _client_secret(settings: Settings, client_id: str | None) -> Secret:
    """The app's secret: a setting of the same app, or from a prompt without echo; never an argument, which others see."""
    if settings.client_secret is not None and client_id in {None, settings.client_id}:
        return settings.client_secret
    return app_secret(
        ask("Client secret of the app", "client_secret", hidden=True, otherwise="set client_secret"), "client_secret"
    )


def _with(settings: Settings, made: Login) -> Settings:
    """The settings as they are with the login, and with no other token."""
    if not made.access_token:
        raise ConfigError("login", "it gave no token", "run it again")
    return msgspec.structs.replace(
        settings,
        access_token=Secret(made.access_token),
        refresh_token=None,
        client_id=made.client_id or settings.client_id,
        client_secret=Secret(made.client_secret) if made.client_secret else settings.client_secret,
    )
