"""What only a person can mend on the way to LinkedIn says so; what may pass is no fault of this machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import trustme
from requests import adapters
from requests.exceptions import InvalidSchema

from target_linkedin_conversions.delivery.answer import InDoubt, NotConnected
from target_linkedin_conversions.delivery.batch import body_of
from target_linkedin_conversions.delivery.client import Client, Received
from target_linkedin_conversions.errors import MachineError, exit_code_of
from target_linkedin_conversions.settings import Secret
from tests.delivery.world import events
from tests.machines.conftest import BUNDLES, HOST
from tests.machines.network import HttpsServer, Proxy, closed_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = Secret("sandbox-token")
BODY = body_of(events("a"))
CANARY = "canary91c2"


class FarAway(Client):
    """Takes every host for another machine: no test asks one that is, and for this one the environment does not count."""

    def _heeds_environment(self, url: str) -> bool:
        return bool(url)


@pytest.fixture
def client() -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(url: str = f"https://{HOST}") -> Client:
        made.append(FarAway(url, url, "202609", connections=2, read_seconds=5))
        return made[-1]

    yield make
    for one in made:
        one.close()


def fault_of(client: Client) -> str:
    """The sentence with which each kind of request stops, the same for all."""
    asks: list[Callable[[], object]] = [
        lambda: client.send_events(BODY, TOKEN),
        lambda: client.get("/rest/conversions?q=account", TOKEN),
        lambda: client.post_form("/oauth/v2/accessToken", {"a": "b"}),
    ]
    found = set()
    for ask in asks:
        with pytest.raises(MachineError) as caught:
            ask()
        assert exit_code_of(caught.value) == 2
        assert caught.value.__suppress_context__
        found.add(str(caught.value))
    (sentence,) = found
    assert CANARY not in sentence
    return sentence


@pytest.mark.parametrize("name", BUNDLES)
def test_whoever_names_the_authority_reaches_linkedin_through_the_proxy(
    client: Any, proxy: Proxy, bundle: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv(name, str(bundle))
    found = client().get("/rest/conversions?q=account", TOKEN)
    assert isinstance(found, Received)
    assert [line.split()[:2] for line in proxy.asked] == [["CONNECT", f"{HOST}:443"]]


def test_an_unknown_authority_is_named_with_the_variable_that_mends_it(
    client: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    sentence = fault_of(client())
    assert sentence.startswith("REQUESTS_CA_BUNDLE: ")
    assert HOST in sentence
    assert "signed by nobody that this machine trusts" in sentence
    assert "PEM" in sentence


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_without_the_authority_is_the_one_to_mend(
    client: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv(name, str(other))
    assert fault_of(client()).startswith(f"{name}: ")


@pytest.mark.parametrize("name", BUNDLES)
@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_bundle_that_is_missing_or_none_is_named(
    client: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / f"{CANARY}.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv(name, str(path))
    sentence = fault_of(client())
    assert sentence.startswith(f"{name}: ")
    assert f"remove the variable {name}" in sentence


@pytest.mark.timeout(20)
def test_a_bundle_that_is_a_pipe_is_named_and_not_waited_for(
    client: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.pem")
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pipe.pem"))
    assert fault_of(client()).startswith("SSL_CERT_FILE: ")


def test_a_certificate_that_has_ended_or_is_another_host_s_is_said_to_be_so(
    client: Any, authority: trustme.CA, linkedin: Any, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    ended = authority.issue_cert(
        HOST,
        not_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_after=datetime(2021, 1, 1, tzinfo=UTC),
    )
    behind = ("127.0.0.1", int(linkedin.url.rpartition(":")[2]))
    for certificate, words in ((ended, "clock"), (authority.issue_cert("proxy.example"), "another host's")):
        with HttpsServer(certificate, behind) as server, Proxy(server.address) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            sentence = fault_of(client())
        assert sentence.startswith("certificate: ")
        assert words in sentence


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(("status", "words"), [(407, "password"), (403, "status 403"), (405, "405"), (511, "511")])
def test_a_proxy_that_refuses_is_named_by_its_variable(
    client: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, name: str, status: int, words: str
) -> None:
    proxy.status = status
    monkeypatch.setenv(name, proxy.url.replace("//", f"//{CANARY}:{CANARY}@"))
    sentence = fault_of(client())
    assert sentence.startswith(f"{name}: ")
    assert words in sentence


PROXIES = {
    "refuses": ("http://127.0.0.1:{port}", "cannot be connected to"),
    "refuses_with_password": ("http://" + CANARY + ":" + CANARY + "@127.0.0.1:{port}", "cannot be connected to"),
    "no_scheme": ("127.0.0.1:{port}", "cannot be connected to"),
    "tls_refuses": ("https://127.0.0.1:{port}", "cannot be connected to"),
    "no_such_name": ("http://" + CANARY + ".invalid:3128", "name is not known"),
    "socks5": ("socks5://127.0.0.1:{port}", "PySocks"),
    "socks5h": ("socks5h://" + CANARY + "@127.0.0.1:{port}", "PySocks"),
    "socks4": ("socks4://127.0.0.1:{port}", "PySocks"),
    "no_host": ("http://", "no proxy's URL"),
    "another_scheme": ("ftp://127.0.0.1:{port}", "no proxy's URL"),
    "port_is_text": ("http://127.0.0.1:" + CANARY, "no proxy's URL"),
    "white_space": ("http://127.0.0.1 " + CANARY + ":{port}", "no proxy's URL"),
    "port_too_large": ("http://127.0.0.1:99999", "no proxy's URL"),
    "label_too_long": ("http://" + CANARY + "a" * 70 + ".example:8080", "no proxy's URL"),
    "in_quotes": ('"http://127.0.0.1:{port}"', "no proxy's URL"),
    "unfilled": ("$PROXY", "URL"),
}


def without_pysocks(*_: object, **__: object) -> NoReturn:
    """What requests does where the package is not installed, as it is here for the browser's driver."""
    raise InvalidSchema("Missing dependencies for SOCKS support.")


@pytest.mark.parametrize(("url", "words"), PROXIES.values(), ids=PROXIES)
def test_a_proxy_that_cannot_be_used_is_named_by_its_variable(
    client: Any, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setattr(adapters, "SOCKSProxyManager", without_pysocks)
    monkeypatch.setenv("HTTPS_PROXY", url.format(port=closed_port()))
    sentence = fault_of(client())
    assert sentence.startswith("HTTPS_PROXY: ")
    assert words in sentence


@pytest.mark.parametrize("scheme", ["socks4", "socks5", "socks5h"])
def test_a_socks_proxy_that_is_not_there_is_named_and_not_linkedin(
    client: Any, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{closed_port()}")
    sentence = fault_of(client())
    assert sentence.startswith("HTTPS_PROXY: the proxy cannot be connected to; ")


def test_a_proxy_that_does_not_speak_tls_is_said_to_be_so(
    client: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http:", "https:"))
    assert "http:// instead of https://" in fault_of(client())


# What may pass


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_proxy_that_cannot_reach_linkedin_now_may_do_so_later(
    client: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    proxy.status = status
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert isinstance(client().send_events(BODY, TOKEN), NotConnected)


def test_a_refused_connection_may_pass(client: Any) -> None:
    for url in (f"https://127.0.0.1:{closed_port()}", f"https://localhost:{closed_port()}"):
        assert isinstance(client(url).send_events(BODY, TOKEN), NotConnected), url


def test_a_tunnel_that_breaks_off_may_pass(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy lets us through to nobody, or to something that does not speak TLS."""
    with Proxy(("127.0.0.1", closed_port())) as elsewhere, Proxy(elsewhere.address) as one:
        for proxy in (elsewhere, one):
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            assert isinstance(client().send_events(BODY, TOKEN), NotConnected)


def test_no_proxy_is_blamed_that_is_not_used(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://")
    monkeypatch.setenv("NO_PROXY", HOST)
    assert isinstance(client(f"https://{HOST}:{closed_port()}").send_events(BODY, TOKEN), NotConnected)


def test_what_has_worked_in_this_run_may_work_again(
    client: Any, proxy: Proxy, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    one = client()
    assert isinstance(one.get("/rest/conversions?q=account", TOKEN), Received)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    assert isinstance(one.send_events(BODY, TOKEN), NotConnected)
    assert isinstance(one.get("/rest/conversions?q=account", TOKEN), InDoubt)


def test_no_variable_counts_for_this_machine_itself(linkedin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in BUNDLES:
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("HTTP_PROXY", "http://")
    one = Client(linkedin.url, linkedin.url, "202609")
    assert isinstance(one.send_events(BODY, TOKEN), Received)
    one.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("variable", [None, "REQUESTS_CA_BUNDLE"])
def test_an_unknown_authority_on_this_machine_itself_is_a_fault_too(
    host: str, variable: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable:
        monkeypatch.setenv(variable, "/nowhere")
    with HttpsServer(trustme.CA().issue_cert(host), ("127.0.0.1", 9)) as server:
        one = Client(f"https://{host}:{server.address[1]}", f"https://{host}:{server.address[1]}", "202609")
        sentence = fault_of(one)
        one.close()
    assert sentence.startswith("certificate: ")
    assert host in sentence
    assert "REQUESTS_CA_BUNDLE" not in sentence
