"""The demo and these tests can reach nothing but this machine."""

from __future__ import annotations

import pytest

from docs.demo.guard import NotLoopbackError, clean_environment, require_loopback


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:1"])
def test_this_machine_is_accepted(url: str) -> None:
    assert require_loopback(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://api.linkedin.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://10.0.0.1:8080",
        "http://0.0.0.0:8080",
        "127.0.0.1:8080",
        "",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(NotLoopbackError):
        require_loopback(url)


def test_no_setting_of_the_callers_is_inherited() -> None:
    callers = {
        "PATH": "/bin",
        "TARGET_LINKEDIN_CONVERSIONS_API_URL": "https://api.linkedin.com",
        "TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN": "real",
        "MELTANO_HUB_URL": "https://hub.example.com",
        "PGHOST": "db.example.com",
    }
    kept = clean_environment(callers)
    assert kept["PATH"] == "/bin"
    assert not {"PGHOST"} & kept.keys()
    assert not [name for name in kept if name.startswith("TARGET_LINKEDIN_CONVERSIONS_")]
    assert "example.com" not in kept["MELTANO_HUB_URL"]
