"""The authorization page and its codes: strict about the address, the app, the scopes, and how often."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

HOME = "http://localhost:8585/callback"
ASKED = {
    "response_type": "code",
    "client_id": "78abc",
    "redirect_uri": HOME,
    "state": "s7",
    "scope": "rw_conversions r_ads",
}
FORM = {"grant_type": "authorization_code", "redirect_uri": HOME, "client_id": "78abc", "client_secret": "hush"}
DEAD = "The provided authorization grant or refresh token is invalid, expired or revoked"


def page(client: Any, **changes: Any) -> Any:
    asked = {name: value for name, value in {**ASKED, **changes}.items() if value is not None}
    return client.send("GET", f"/oauth/v2/authorization?{urlencode(asked)}")


def decide(client: Any, decision: str = "allow", **changes: Any) -> dict[str, str]:
    answer = client.send("POST", "/oauth/v2/authorization", data={**ASKED, **changes, "decision": decision})
    assert answer.status_code == 302
    address, _, query = answer.headers["Location"].partition("?")
    assert address == changes.get("redirect_uri", HOME)
    return {name: values[0] for name, values in parse_qs(query).items()}


def exchange(client: Any, code: str, **changes: str) -> Any:
    return client.send("POST", "/oauth/v2/accessToken", data={**FORM, "code": code, **changes})


def test_the_page_asks_and_an_allowed_code_becomes_a_token_that_works(client: Any) -> None:
    shown = page(client)
    assert shown.status_code == 200
    assert all(word in shown.text for word in ("r_ads", "rw_conversions", "78abc", 'value="allow"'))
    said = decide(client)
    assert said["state"] == "s7"
    granted = exchange(client, said["code"]).json()
    assert (granted["expires_in"], granted["scope"], granted["token_type"]) == (
        5_184_000,
        "r_ads,rw_conversions",
        "Bearer",
    )
    bearer = f"Bearer {granted['access_token']}"
    assert client.create(client.event(), Authorization=bearer).status_code == 201
    refreshed = client.send(
        "POST",
        "/oauth/v2/accessToken",
        data={**FORM, "grant_type": "refresh_token", "refresh_token": granted["refresh_token"]},
    )
    assert refreshed.json()["scope"] == "r_ads,rw_conversions"


def test_not_every_app_is_given_a_refresh_token(client: Any, linkedin: Any) -> None:
    linkedin.configure(gives_refresh_token=False)
    assert "refresh_token" not in exchange(client, decide(client)["code"]).json()


def test_cancelling_goes_back_with_an_error_and_the_state(client: Any) -> None:
    said = decide(client, "cancel")
    assert (said["error"], said["state"], "code" in said) == ("user_cancelled_authorize", "s7", False)


def test_a_scope_that_the_app_may_not_ask_for_goes_back_with_an_error(client: Any, linkedin: Any) -> None:
    linkedin.configure(app_scopes=("r_ads",))
    answer = page(client)
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["unauthorized_scope_error"]


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": HOME + "/"},
        {"redirect_uri": "http://localhost:8586/callback"},
        {"redirect_uri": None},
        {"client_id": "other"},
        {"client_id": None},
        {"response_type": "token"},
        {"scope": None},
    ],
)
def test_a_wrong_request_shows_an_error_and_leads_nowhere(client: Any, linkedin: Any, changes: Any) -> None:
    linkedin.configure(redirect_uris=(HOME,), client_id="78abc")
    assert page(client).status_code == 200
    answer = page(client, **changes)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize("address", ["callback", "ftp://localhost/x", HOME + "#part", "javascript:alert(1)"])
def test_an_address_is_absolute_and_without_a_fragment(client: Any, address: str) -> None:
    assert page(client, redirect_uri=address).status_code == 400


def test_what_is_asked_for_is_escaped_on_the_page(client: Any) -> None:
    shown = page(client, state='"><script>alert(1)</script>', client_id="<b>")
    assert "<script>" not in shown.text
    assert "<b>" not in shown.text


def test_a_code_works_once(client: Any) -> None:
    code = decide(client)["code"]
    assert exchange(client, code).status_code == 200
    again = exchange(client, code)
    assert (again.status_code, again.json()["error_description"]) == (400, DEAD)


def test_a_code_lives_for_half_an_hour(client: Any, linkedin: Any) -> None:
    young, old = decide(client)["code"], decide(client)["code"]
    linkedin.set_clock(offset_ms=30 * 60 * 1000 - 1)
    assert exchange(client, young).status_code == 200
    linkedin.set_clock(offset_ms=30 * 60 * 1000)
    assert exchange(client, old).status_code == 400


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"redirect_uri": HOME + "2"}, 400, "invalid_redirect_uri"),
        ({"client_id": "other"}, 400, "invalid_request"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"redirect_uri": ""}, 400, "invalid_request"),
    ],
)
def test_a_code_belongs_to_its_app_and_its_address(client: Any, changes: Any, status: int, error: str) -> None:
    answer = exchange(client, decide(client)["code"], **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_wrong_secret_is_401_and_the_code_is_not_spent(client: Any, linkedin: Any) -> None:
    linkedin.configure(client_secret="hush")
    code = decide(client)["code"]
    assert exchange(client, code, client_secret="other").status_code == 401
    assert exchange(client, code).status_code == 200


def test_a_token_does_what_its_scopes_allow(client: Any, linkedin: Any) -> None:
    linkedin.set_token("events", scopes=["rw_conversions"])
    linkedin.set_token("ads", scopes=["r_ads"])
    users = "/rest/adAccountUsers?q=authenticatedUser"
    for token, events, accounts in (("events", 201, 403), ("ads", 403, 200)):
        bearer: dict[str, str | None] = {"Authorization": f"Bearer {token}"}
        assert client.create(client.event(), **bearer).status_code == events
        assert client.send("GET", users, headers=bearer).status_code == accounts
