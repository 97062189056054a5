from __future__ import annotations

from typing import Any

import pytest

from target_linkedin_conversions.sandbox import Sandbox

YEAR = 31_536_000
FORM = {
    "grant_type": "refresh_token",
    "refresh_token": "sandbox-refresh",
    "client_id": "78abc",
    "client_secret": "hush",
}
DEAD = "The provided authorization grant or refresh token is invalid, expired or revoked"


def refresh(client: Any, **changes: str) -> Any:
    return client.send("POST", "/oauth/v2/accessToken", data={**FORM, **changes})


def introspect(client: Any, token: str) -> Any:
    form = {"client_id": "78abc", "client_secret": "hush", "token": token}
    return client.send("POST", "/oauth/v2/introspectToken", data=form)


def test_a_refresh_gives_a_token_that_works_and_keeps_the_refresh_token(client: Any) -> None:
    answer = refresh(client)
    assert answer.status_code == 200
    content = answer.json()
    access = content.pop("access_token")
    assert content == {
        "expires_in": 5_184_000,
        "refresh_token": "sandbox-refresh",
        "refresh_token_expires_in": YEAR,
        "scope": "r_ads,rw_conversions",
        "token_type": "Bearer",
    }
    assert client.create(client.event(), Authorization=f"Bearer {access}").status_code == 201


def test_a_refreshed_token_expires_by_the_sandboxs_clock(client: Any, linkedin: Any) -> None:
    linkedin.configure(access_token_seconds=60)
    access = refresh(client).json()["access_token"]
    linkedin.set_clock(offset_ms=60_000)
    answer = client.create(client.event(), Authorization=f"Bearer {access}")
    assert answer.json()["serviceErrorCode"] == 65602


def test_the_refresh_tokens_own_end_does_not_move_and_bounds_the_access_token(client: Any, linkedin: Any) -> None:
    linkedin.set_clock(offset_ms=(YEAR - 100) * 1000)
    content = refresh(client).json()
    assert (content["expires_in"], content["refresh_token_expires_in"]) == (100, 100)
    linkedin.set_clock(offset_ms=YEAR * 1000)
    assert refresh(client).json()["error_description"] == DEAD


def test_a_rotated_refresh_token_replaces_the_old_one(client: Any, linkedin: Any) -> None:
    linkedin.configure(rotate_refresh_token=True)
    fresh = refresh(client).json()["refresh_token"]
    assert fresh != "sandbox-refresh"
    assert refresh(client).status_code == 400
    assert refresh(client, refresh_token=fresh).status_code == 200


@pytest.mark.parametrize("name", ["grant_type", "refresh_token", "client_id", "client_secret"])
def test_a_missing_parameter_is_named(client: Any, name: str) -> None:
    answer = refresh(client, **{name: ""})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": f'A required parameter "{name}" is missing',
    }


@pytest.mark.parametrize("token", ["garbage", "sandbox-token"])
def test_a_dead_refresh_token_is_invalid_request(client: Any, token: str) -> None:
    answer = refresh(client, refresh_token=token)
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_request", "error_description": DEAD}


def test_client_credentials_are_not_available(client: Any) -> None:
    answer = refresh(client, grant_type="client_credentials")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_wrong_client_is_401(client: Any, linkedin: Any) -> None:
    linkedin.configure(client_id="78abc", client_secret="hush")
    assert refresh(client).status_code == 200
    for wrong in ({"client_id": "other"}, {"client_secret": "other"}):
        answer = refresh(client, **wrong)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_introspection_tells_times_in_seconds(client: Any, now: int) -> None:
    access = refresh(client).json()["access_token"]
    assert introspect(client, access).json() == {
        "active": True,
        "client_id": "78abc",
        "authorized_at": now // 1000,
        "created_at": now // 1000,
        "status": "active",
        "expires_at": now // 1000 + 5_184_000,
        "scope": "r_ads,rw_conversions",
        "auth_type": "3L",
    }


def test_introspection_knows_dead_tokens(client: Any) -> None:
    revoked = introspect(client, "sandbox-revoked").json()
    assert (revoked["active"], revoked["status"]) == (False, "revoked")
    assert introspect(client, "garbage").status_code == 400


def test_the_refresh_token_may_only_see_some_accounts() -> None:
    with Sandbox() as linkedin:
        linkedin.set_token("narrow", use="refresh", accounts=[1])
        assert linkedin.tokens["narrow"].accounts == frozenset({"1"})


def test_other_oauth_paths_are_404(client: Any) -> None:
    assert client.send("POST", "/oauth/v2/other").status_code == 404
    assert client.send("GET", "/oauth/v2/accessToken").status_code == 404
