"""What docs/token.md says of scopes, roles, addresses and errors is what the code asks for and knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from target_linkedin_conversions.admin.permissions import REPORTING_SCOPE, ROLES, SCOPES
from target_linkedin_conversions.cli.login.command import login
from target_linkedin_conversions.sandbox import oauth, refusals

PAGE = (Path(__file__).parents[2] / "docs" / "token.md").read_text()
OPTIONS = {option for parameter in login.params for option in (*parameter.opts, *parameter.secondary_opts)}


def test_scopes_and_roles_are_those_that_are_asked_for() -> None:
    assert set(re.findall(r"^\| `(r[a-z_]+)` \|", PAGE, flags=re.MULTILINE)) == {*SCOPES, REPORTING_SCOPE}
    assert all(f"`{role}`" in PAGE for role in ROLES)


def test_the_address_to_register_is_the_one_that_is_waited_at() -> None:
    port = next(parameter.default for parameter in login.params if parameter.name == "port")
    assert f"`http://localhost:{port}/callback`" in PAGE


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE))))
def test_every_option_named_is_one(option: str) -> None:
    assert option in OPTIONS


@pytest.mark.parametrize("kind", ["unknown", "revoked", "expired", "empty"])
def test_the_words_of_a_refused_token_are_linkedins(kind: str) -> None:
    body = refusals.token(kind).body.decode()
    (message,) = re.findall(r'"message":"([^"]+)"', body)
    assert f"`{message}`" in PAGE


def test_the_words_of_a_dead_code_are_linkedins() -> None:
    assert f"`{oauth.DEAD_GRANT}`" in PAGE


def test_every_source_is_used_and_every_mark_has_its_source() -> None:
    listed = set(re.findall(r"^(\d+)\. LinkedIn", PAGE.partition("## Sources")[2], flags=re.MULTILINE))
    assert set(re.findall(r"\[(\d+)\]", PAGE)) == listed
