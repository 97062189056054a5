"""Shows what a token may do and which settings to set; secrets only where they are asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
import msgspec

from target_linkedin_conversions.admin.accounts import Account, accounts_of
from target_linkedin_conversions.admin.permissions import ROLES_TOLD
from target_linkedin_conversions.admin.preflight import preflight
from target_linkedin_conversions.cli.linkedin import calls_of
from target_linkedin_conversions.cli.telling import tell_user
from target_linkedin_conversions.errors import LONGEST_MESSAGE, CredentialError, TargetError
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.settings.credentials_file import path_of
from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX

if TYPE_CHECKING:
    from target_linkedin_conversions.cli.login.saving import Place
    from target_linkedin_conversions.settings import Settings
    from target_linkedin_conversions.settings.credentials_file import Login

__all__ = ["TokenFacts", "look_at", "tell"]

_SECRETS = ("access_token", "refresh_token", "client_id", "client_secret")


class TokenFacts(msgspec.Struct, frozen=True):
    """What LinkedIn says of a token: its scopes, when it ends, the accounts it reaches, and what is wrong."""

    scopes: list[str]
    lives: list[str]
    accounts: list[Account]
    warnings: list[str]


def look_at(settings: Settings) -> TokenFacts:
    """Ask LinkedIn about the token of the settings; raises `CredentialError` where LinkedIn refuses it."""
    with calls_of(settings) as calls:
        try:
            found = preflight(settings, calls.client, calls.tokens, calls.clock)
        except TargetError as error:
            return TokenFacts([], [], [], [f"the token could not be looked at: {error}"])
        if isinstance(found.stop, CredentialError):
            raise found.stop
        warnings = [str(one) for one in found.findings if one.code != "rules_not_read"]
        accounts: list[Account] = []
        try:
            accounts += accounts_of(calls)
        except TargetError as error:
            warnings.append(str(error))
    return TokenFacts(list(found.scopes), list(map(str, found.lives)), accounts, warnings)


def tell(facts: TokenFacts, made: Login, settings: Settings, place: Place, *, as_json: bool) -> None:
    """Print what was found, the names of the settings, and their values only where they are asked for."""
    values = {name: str(getattr(made, name)) for name in _SECRETS if getattr(made, name)}
    names = {f"{ENVIRONMENT_PREFIX}{name.upper()}": value for name, value in values.items()}
    saved = str(path_of(settings.private_dir)) if place.keeps else None
    if as_json:
        told: dict[str, Any] = {**msgspec.to_builtins(facts), "settings": list(names), "saved": saved}
        click.echo(json.dumps({**told, **({"secrets": names} if place.shows else {})}))
        return
    for line in _lines(facts):
        tell_user(printable(line, LONGEST_MESSAGE))
    if saved:
        click.echo(f"Kept in {saved}: runs with this state_dir use it where their settings name no token.")
    if place.shows:
        click.echo("Put these where your secrets are; they are not shown again:")
        for name, value in names.items():
            click.echo(f"{name}={value}")
    elif not saved:
        click.echo(f"Set it as {', '.join(names)}, best where your secrets are.")
    usable = [account.id for account in facts.accounts if account.usable]
    if usable and not settings.account_id:
        click.echo(f"Set account_id to the accounts whose rules you use: {', '.join(usable)}")


def _lines(facts: TokenFacts) -> list[str]:
    lines = [f"✓ {life}" for life in facts.lives]
    if facts.scopes:
        lines.append(f"✓ scopes: {', '.join(facts.scopes)}")
    lines += [f"! {warning}" for warning in facts.warnings]
    for account in facts.accounts:
        if account.usable:
            lines.append(f"✓ ad account {account.id}: {account.role}")
        else:
            lines.append(
                f"! ad account {account.id}: {account.role or 'no role'}, which sends no events; it must be {ROLES_TOLD}"
            )
    if not facts.accounts:
        lines.append("! the token reaches no ad account that could be listed")
    return lines
