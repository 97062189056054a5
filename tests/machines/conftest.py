from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import trustme

from tests.machines.network import HttpsServer, Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox

HOST = "127.0.0.1"
NAME = "api.linkedin.test"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *map(str.upper, PROXIES), *BUNDLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_names_but_this_machine_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is unknown here as it would be elsewhere, without anybody being asked for it."""
    known = socket.getaddrinfo

    def lookup(host: Any, *arguments: Any, **named: Any) -> Any:
        if str(host).replace(".", "").isdigit() or host in {"localhost", "::1"}:
            return known(host, *arguments, **named)
        str(host).encode("idna")  # as Python does before it asks
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """An authority that no machine trusts by itself."""
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    """A file with its certificate."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def https(authority: trustme.CA, linkedin: Sandbox) -> Iterator[HttpsServer]:
    """LinkedIn by https, as this machine's address and as a name that only the proxy knows."""
    parts = urlsplit(linkedin.url)
    with HttpsServer(authority.issue_cert(HOST, NAME), (str(parts.hostname), parts.port or 0), NAME) as server:
        yield server


@pytest.fixture
def proxy(https: HttpsServer) -> Iterator[Proxy]:
    """The only way to it."""
    with Proxy(https.address) as found:
        yield found
