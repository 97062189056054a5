"""The way through the browser: which answer counts, and what each other one means."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from target_linkedin_conversions.admin.authorization import App, Authorization, checked_redirect
from target_linkedin_conversions.admin.loopback import Loopback, is_served
from target_linkedin_conversions.admin.permissions import SCOPES
from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.errors import ConfigError, CredentialError, TargetError, UnreachableError
from target_linkedin_conversions.settings import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_linkedin_conversions.sandbox import Sandbox

HOME = "http://localhost:8585/callback"


def attempt(redirect_uri: str = HOME) -> Authorization:
    return Authorization.begin(App("78abc", Secret("hush"), redirect_uri), SCOPES)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def allowed(linkedin: Sandbox, made: Authorization, decision: str = "allow") -> str:
    """Where the browser ends when a person decides."""
    asked = {
        "response_type": "code",
        "client_id": made.app.client_id,
        "redirect_uri": made.app.redirect_uri,
        "state": made.state,
        "scope": " ".join(made.scopes),
        "decision": decision,
    }
    answer = requests.post(f"{linkedin.url}/oauth/v2/authorization", data=asked, allow_redirects=False, timeout=30)
    return answer.headers["Location"]


@pytest.fixture
def client(linkedin: Sandbox) -> Iterator[Client]:
    made = Client(linkedin.url, linkedin.url, "202609")
    yield made
    made.close()


def test_no_two_attempts_have_one_state() -> None:
    states = {attempt().state for _ in range(100)}
    assert len(states) == 100
    assert min(map(len, states)) >= 40


def test_the_address_that_the_browser_ended_at_gives_a_code_that_gives_a_token(
    linkedin: Sandbox, client: Client
) -> None:
    made = attempt()
    granted = made.exchange(client, made.code_in(allowed(linkedin, made)))
    assert granted.access_token.startswith("sandbox-access-")
    assert "sandbox" not in repr(granted)
    assert made.state not in repr(made)


@pytest.mark.parametrize(
    "form", ["{}", "  {}\n", "http://localhost:8585/callback?{query}", "?{query}", "{query}", "code alone"]
)
def test_it_may_be_pasted_in_any_form_that_holds_the_code(linkedin: Sandbox, client: Client, form: str) -> None:
    made = attempt()
    address = allowed(linkedin, made)
    query = address.partition("?")[2]
    pasted = (
        query.partition("code=")[2].partition("&")[0] if form == "code alone" else form.format(address, query=query)
    )
    assert made.exchange(client, made.code_in(pasted)).access_token


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("code=abc", "its state is another"),
        ("code=abc&state=other", "its state is another"),
        ("error=user_cancelled_login&state=other", "its state is another"),
        ("error=user_cancelled_login&state={state}", "nobody allowed the access"),
        ("error=user_cancelled_authorize&state={state}", "nobody allowed the access"),
        ("error=access_denied&state={state}", "nobody allowed the access"),
        ("error=unauthorized_scope_error&state={state}", "may not ask for the scopes rw_conversions, r_ads"),
        ("error=%3Cscript%3E&error_description=jane%40example.com&state={state}", "did not authorize the app"),
        ("state={state}", "holds no code"),
        ("", "holds no code: it is not the address that the browser ended at"),
        ("hello=world", "allow the access, and take the whole address"),
        ("code=x&state=%ff\udcff", "its state is another"),
    ],
)
def test_every_answer_without_a_code_of_this_attempt_is_a_sentence(query: str, words: str) -> None:
    made = attempt()
    with pytest.raises(CredentialError, match="run `linkedin-conversions login` again") as raised:
        made.code_in(f"{HOME}?{query.format(state=made.state)}")
    assert words in str(raised.value)
    assert not [odd for odd in ("<script>", "jane", "abc", made.state) if odd in str(raised.value)]


@pytest.mark.parametrize("form", ['"{}"', "<{}>", " '{}' ", "`{}`\n"])
def test_it_may_be_pasted_out_of_a_chat_or_a_mail(form: str) -> None:
    made = attempt()
    address = f"{made.app.redirect_uri}?code=sandbox-code-1&amp;state={made.state}"
    assert made.code_in(form.format(address)) == made.code_in(form.format("sandbox-code-1"))


@pytest.mark.parametrize(
    "pasted", ["", " ", "http://[", "http://[::1?code=x", "javascript:alert(1)", "\x00", "a b", "=", "\udcff" * 3]
)
def test_whatever_is_pasted_is_a_code_or_a_sentence(pasted: str) -> None:
    with pytest.raises(CredentialError):
        attempt().code_in(pasted)


def test_a_code_used_twice_and_one_that_expired_are_refused_alike(linkedin: Sandbox, client: Client) -> None:
    made = attempt()
    code = made.code_in(allowed(linkedin, made))
    made.exchange(client, code)
    with pytest.raises(CredentialError, match="works once and for about 30 minutes") as raised:
        made.exchange(client, code)
    assert raised.value.exit_code == 3
    late = made.code_in(allowed(linkedin, made))
    linkedin.set_clock(offset_ms=31 * 60 * 1000)
    with pytest.raises(CredentialError, match="works once"):
        made.exchange(client, late)


def test_another_redirect_address_names_the_one_to_register(linkedin: Sandbox, client: Client) -> None:
    linkedin.configure(redirect_uris=["http://localhost:1/"])
    with pytest.raises(ConfigError, match=f"register exactly {HOME}"):
        attempt().exchange(client, Secret("code"))


def test_a_wrong_app_is_a_wrong_setting(linkedin: Sandbox, client: Client) -> None:
    linkedin.configure(client_secret="other")
    with pytest.raises(ConfigError, match="client_secret: LinkedIn refuses"):
        attempt().exchange(client, Secret("code"))


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ({"kind": "answer_500"}, UnreachableError),
        ({"kind": "answer_429"}, UnreachableError),
        ({"kind": "drop_after"}, UnreachableError),
        ({"kind": "captive_portal"}, TargetError),
        ({"kind": "answer", "status": 200, "body": "[]"}, CredentialError),
        ({"kind": "answer", "status": 200, "body": {"access_token": "a b"}}, CredentialError),
        ({"kind": "answer", "status": 400, "body": {"error": 7}}, CredentialError),
        ({"kind": "answer", "status": 400, "body": "<html>"}, TargetError),
    ],
)
def test_whatever_else_the_oauth_server_answers_is_an_error_with_a_mend(
    linkedin: Sandbox, client: Client, order: dict[str, Any], kind: type[TargetError]
) -> None:
    made = attempt()
    code = made.code_in(allowed(linkedin, made))
    linkedin.faults(path="/oauth/v2/accessToken", **order)
    with pytest.raises(kind, match="; "):
        made.exchange(client, code)


@pytest.mark.parametrize(
    "written",
    [HOME, "http://127.0.0.1:1/", "http://localhost/x?y=1", "https://www.linkedin.com/developers/tools/oauth/redirect"],
)
def test_a_redirect_address_stays_to_the_letter(written: str) -> None:
    assert checked_redirect(written) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "callback",
        "localhost:8585",
        "http://example.com/",
        HOME + "#x",
        "https://a@b.test/",
        "http://localhost:99999/",
        "ftp://x/",
        "https://exa mple.test/",
        "http://[::1",
    ],
)
def test_any_other_is_refused_before_a_browser_opens(written: str) -> None:
    with pytest.raises(ConfigError, match="--redirect-uri"):
        checked_redirect(written)


@pytest.mark.parametrize(
    ("address", "served"),
    [
        (HOME, True),
        ("http://127.0.0.1:9/", True),
        ("https://localhost:9/", False),
        ("http://[::1]:9/", False),
        ("https://x.test/", False),
    ],
)
def test_this_machine_waits_at_its_own_plain_addresses_only(address: str, served: bool) -> None:  # noqa: FBT001
    assert is_served(address) is served


@pytest.fixture
def home() -> Iterator[tuple[str, Callable[[float], dict[str, str]]]]:
    uri = f"http://localhost:{free_port()}/callback"
    with Loopback(uri).listening() as loopback:
        yield uri, loopback.wait


def get(uri: str, **headers: str) -> requests.Response:
    port = uri.partition(":")[2].partition(":")[2].partition("/")[0]
    path = uri.partition(port)[2]
    session = requests.Session()
    session.trust_env = False
    with session:
        return session.get(
            f"http://127.0.0.1:{port}{path}", headers={"Host": f"localhost:{port}", **headers}, timeout=10
        )


def test_the_one_request_that_is_waited_for_is_answered_with_a_plain_page(home: Any) -> None:
    uri, wait = home
    page = get(f"{uri}?code=abc&state=s7")
    assert wait(5) == {"code": "abc", "state": "s7"}
    assert (page.status_code, "abc" in page.text) == (200, False)
    assert page.headers["Content-Security-Policy"] == "default-src 'none'"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_what_linkedin_says_is_escaped_on_the_page(home: Any) -> None:
    page = get(f"{home[0]}?error=x&error_description=%3Cscript%3Ealert(1)%3C/script%3E%1b[31m")
    assert "&lt;script&gt;" in page.text
    assert not [odd for odd in ("<script>", "\x1b") if odd in page.text]


def test_whatever_else_comes_is_refused_and_waited_past(home: Any) -> None:
    uri, wait = home
    port = uri.partition("localhost:")[2].partition("/")[0]
    assert get(f"{uri}?code=evil", Host=f"rebound.example:{port}").status_code == 421
    assert get(f"{uri}?code=evil", Host="localhost").status_code == 421
    with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as twice:
        hosts = f"Host: localhost:{port}\r\nHost: rebound.example\r\n"
        twice.sendall(f"GET /callback?code=evil HTTP/1.1\r\n{hosts}\r\n".encode())
        assert b" 421 " in twice.recv(100)
    assert get(f"{uri}2?code=evil").status_code == 404
    assert get(uri).status_code == 404
    assert get(uri.replace("/callback", "/favicon.ico")).status_code == 404
    posted = requests.post(uri.replace("localhost", "127.0.0.1"), data={"code": "evil"}, timeout=30)
    assert posted.status_code == 501
    assert get(f"{uri}?code=right").status_code == 200
    assert wait(5)["code"] == "right"


def test_only_the_first_answer_counts(home: Any) -> None:
    uri, wait = home
    assert get(f"{uri}?code=first").status_code == 200
    assert get(f"{uri}?code=second").status_code == 409
    assert wait(5) == {"code": "first"}


def test_silent_connections_do_not_keep_the_answer_away(home: Any) -> None:
    uri, wait = home
    port = int(uri.partition("localhost:")[2].partition("/")[0])
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
    try:
        silent[0].sendall(b"GET /callback?code=x HTTP/1.1\r\n")
        assert get(f"{uri}?code=right").status_code == 200
        assert wait(5)["code"] == "right"
    finally:
        for one in silent:
            one.close()


def test_it_listens_on_this_machine_alone(home: Any) -> None:
    port = int(home[0].partition("localhost:")[2].partition("/")[0])
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()][1:]
    mine = {line[1].partition(":")[0] for line in listening if line[1].endswith(f":{port:04X}") and line[3] == "0A"}
    assert mine == {"0100007F"}


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=f"port {port} cannot be listened on"),
            Loopback(f"http://localhost:{port}/").listening(),
        ):
            pytest.fail("it listened")


def test_nobody_who_comes_in_time_is_a_sentence_and_leaves_no_thread() -> None:
    uri = f"http://localhost:{free_port()}/"
    before = threading.active_count()
    with pytest.raises(UnreachableError, match="register exactly"), Loopback(uri).listening() as loopback:
        loopback.wait(0.01)
    assert threading.active_count() == before
