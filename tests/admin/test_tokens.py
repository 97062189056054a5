"""What is known of the token: refreshed once, introspected without ever being stopped by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import CredentialError
from tests.admin.conftest import DAY, NOW

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox import Sandbox
    from tests.admin.conftest import Look

INTROSPECT = "/oauth/v2/introspectToken"
APP = {"client_id": "app", "client_secret": "secret"}
REFRESH = {**APP, "refresh_token": "sandbox-refresh"}


def test_an_expired_token_is_refreshed_once(look: Look, linkedin: Sandbox) -> None:
    found = look(access_token="sandbox-expired", account_id=[512345678, 2], **REFRESH)
    assert found.stop is None
    minted = [token for token in linkedin.tokens if token.startswith("sandbox-access-")]
    assert len(minted) == 1


def test_without_an_access_token_one_is_had_first(look: Look) -> None:
    found = look(access_token=None, **REFRESH)
    assert found.findings == ()
    assert [(life.token, life.days) for life in found.lives] == [("access", 60), ("refresh", 365)]


def test_a_dead_refresh_token_stops_the_run(look: Look, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-refresh", "revoked", use="refresh")
    found = look(access_token=None, **REFRESH)
    assert isinstance(found.stop, CredentialError)
    assert [finding.code for finding in found.findings] == ["token_dead"]


def test_a_revoked_token_is_not_refreshed(look: Look) -> None:
    assert isinstance(look(access_token="sandbox-revoked", **REFRESH).stop, CredentialError)


def test_the_end_of_the_token_is_known_from_introspection(look: Look, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", expires_at=NOW + 40 * DAY)
    found = look(**APP)
    assert found.findings == ()
    assert [str(life) for life in found.lives] == ["the access token ends on 2027-01-02, in 40 days"]


def test_without_an_app_nothing_is_introspected(look: Look, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", expires_at=NOW + 2 * DAY)
    assert look().lives == ()
    assert look(client_id="app").lives == ()


@pytest.mark.parametrize(("days", "codes"), [(15, []), (14, ["access_token_ends"]), (0, ["access_token_ends"])])
def test_two_weeks_before_its_end_a_token_is_warned_of(
    look: Look, linkedin: Sandbox, days: int, codes: list[str]
) -> None:
    linkedin.set_token("sandbox-token", expires_at=NOW + days * DAY + 3_600_000)
    found = look(**APP)
    assert [finding.code for finding in found.findings] == codes
    assert found.stop is None


@pytest.mark.parametrize(("days", "codes"), [(15, []), (14, ["refresh_token_ends"])])
def test_two_weeks_before_its_end_a_refresh_token_is_warned_of(
    look: Look, linkedin: Sandbox, days: int, codes: list[str]
) -> None:
    linkedin.set_token("sandbox-refresh", use="refresh", expires_at=NOW + days * DAY)
    assert look.codes(access_token=None, **REFRESH) == codes


def test_a_token_that_can_be_refreshed_is_not_warned_of(look: Look, linkedin: Sandbox) -> None:
    linkedin.set_token("sandbox-token", expires_at=NOW + DAY)
    assert look.codes(**REFRESH) == []


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "answer", "status": 400, "body": {"error": "invalid_request"}},
        {"kind": "answer", "status": 500, "body": "oops"},
        {"kind": "answer", "status": 200, "body": "<html>"},
        {"kind": "answer", "status": 200, "body": {"active": "yes"}},
        {"kind": "drop_before"},
        {"kind": "drop_after"},
    ],
)
def test_an_introspection_that_fails_is_ignored(look: Look, linkedin: Sandbox, order: dict[str, Any]) -> None:
    linkedin.faults(path=INTROSPECT, **order)
    assert look.codes(**APP) == []
    assert [order["fired"] for order in linkedin.ordered_faults] == [1]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"active": False}, "token_not_active"),
        ({"active": False, "status": "revoked"}, "token_not_active"),
        ({"active": True, "status": "active", "scope": "r_ads,r_basicprofile"}, "scope_missing"),
    ],
)
def test_an_introspection_against_a_token_that_works_is_a_warning(
    look: Look, linkedin: Sandbox, body: dict[str, Any], code: str
) -> None:
    linkedin.faults("answer", status=200, body=body, path=INTROSPECT)
    found = look(**APP)
    assert [finding.code for finding in found.findings] == [code]
    assert found.stop is None


@pytest.mark.parametrize("scope", ["r_ads,rw_conversions", "r_ads rw_conversions", "", None])
def test_scopes_are_read_with_commas_or_spaces_and_may_be_missing(
    look: Look, linkedin: Sandbox, scope: str | None
) -> None:
    linkedin.faults("answer", status=200, body={"active": True, "scope": scope}, path=INTROSPECT)
    assert look.codes(**APP) == []


def test_a_wrong_client_secret_is_a_warning(look: Look, linkedin: Sandbox) -> None:
    linkedin.configure(client_secret="another")
    found = look(**APP)
    assert [finding.code for finding in found.findings] == ["client_refused"]
    assert found.stop is None


def test_what_linkedin_says_of_a_status_is_not_repeated(look: Look, linkedin: Sandbox) -> None:
    linkedin.faults("answer", status=200, body={"active": False, "status": "jane@example.com"}, path=INTROSPECT)
    assert "jane" not in str(look(**APP))
