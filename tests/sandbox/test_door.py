from __future__ import annotations

import socket
from typing import Any

import pytest


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_local_names_are_let_in(client: Any, linkedin: Any, name: str) -> None:
    for host in (name, f"{name}:{linkedin.port}"):
        answer = client.send("GET", "/_sandbox/summary", headers={"Host": host})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "localhost.evil.example", ""],
)
@pytest.mark.parametrize("path", ["/_sandbox/received", "/rest/conversionEvents", "/"])
def test_any_other_name_is_421(client: Any, host: str, path: str) -> None:
    answer = client.send("GET", path, headers={"Host": host})
    assert answer.status_code == 421
    assert "127.0.0.1" in answer.json()["message"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_a_page_of_another_site_is_403(client: Any, linkedin: Any, origin: str) -> None:
    client.create(client.event())
    answer = client.send("POST", "/_sandbox/reset", headers={"Origin": origin})
    assert answer.status_code == 403
    assert len(linkedin.received) == 1
    assert client.send("POST", "/_sandbox/reset", headers={"Origin": linkedin.url}).ok


def test_it_listens_on_127_0_0_1_only(linkedin: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.settimeout(1)
        # All of 127.0.0.0/8 is this machine; a socket bound to every address would answer.
        with pytest.raises(OSError, match="refused"):
            other.connect(("127.0.0.2", linkedin.port))
