"""Who else comes to the port on which a login waits for the browser: refused, and never in the browser's way for long."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest

from target_linkedin_conversions.admin.authorization import App, Authorization
from target_linkedin_conversions.admin.loopback import Loopback
from target_linkedin_conversions.errors import CredentialError
from target_linkedin_conversions.settings.secret import Secret

PLACES = 16


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def visit(port: int, query: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as browser:
        browser.sendall(f"GET /callback?{query} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        return browser.recv(1000)


@pytest.mark.parametrize(
    "forged",
    ["code=evil", "code=evil&state=", "error=access_denied&state=x", "code=evil&state=%ff%fe", "code=e&state={}x"],
)
def test_a_page_that_brings_another_state_is_refused_and_the_right_answer_waited_for(forged: str) -> None:
    port = free_port()
    uri = f"http://localhost:{port}/callback"
    attempt = Authorization.begin(App("app", Secret("s"), uri), ("rw_conversions",))
    with Loopback(uri, attempt.is_of_this).listening() as page:
        for _ in range(3):
            assert b" 400 " in visit(port, forged.format(attempt.state))
        with pytest.raises(CredentialError, match="its state is another"):
            page.wait(0.01)
        assert b" 200 " in visit(port, f"code=right&state={attempt.state}")
        assert attempt.code_of(page.wait(1)).reveal == "right"


def test_visitors_who_say_little_and_slowly_keep_no_place_for_long() -> None:
    port = free_port()
    done = threading.Event()
    with contextlib.ExitStack() as opened:
        page = opened.enter_context(Loopback(f"http://localhost:{port}/callback").listening())
        visitors = [opened.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(PLACES)]

        def drip() -> None:
            while not done.wait(0.3):
                for visitor in visitors:
                    with contextlib.suppress(OSError):
                        visitor.sendall(b"G")

        threading.Thread(target=drip, daemon=True).start()
        opened.callback(done.set)
        until = time.monotonic() + 15
        answer = b""
        while not answer and time.monotonic() < until:
            time.sleep(0.5)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as browser:
                browser.sendall(f"GET /callback?code=c&state=s HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
                answer = browser.recv(100)
        assert b" 200 " in answer
        assert page.wait(1) == {"code": "c", "state": "s"}


@pytest.mark.parametrize(
    "form",
    [
        "{}#_=_",
        "{}#code=evil&state=evil",
        "\u201c{}\u201d",
        "({}).",
        "[here]({})",
        "\xa0{},",
        "\ufeff{}\u200b",
        "{}&" + "a&" * 500_000,
        "{}&x=" + "a" * 1_000_000,
    ],
    ids=lambda form: form[:12],
)
@pytest.mark.parametrize("ampersand", ["&", "&amp;", "&amp;amp;", "&#38;", "&#x26;"])
@pytest.mark.parametrize("blank", ["", "\n", "\r\n  "])
def test_an_address_that_is_pasted_in_an_odd_form_holds_its_code_as_it_is(
    form: str, ampersand: str, blank: str
) -> None:
    uri = "http://localhost:8585/callback"
    attempt = Authorization.begin(App("app", Secret("s"), uri), ("rw_conversions",))
    address = f"{uri}?co{blank}de=AQT-{blank}code_1{ampersand}state={attempt.state[:9]}{blank}{attempt.state[9:]}"
    begun = time.process_time()
    assert attempt.code_in(form.format(address)).reveal == "AQT-code_1"
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("form", ["=" * 1_000_000, "A" * 1_000_000, "&" * 1_000_000, "http://l/?" + "code=&" * 200_000])
def test_a_megabyte_that_is_no_address_is_refused_at_once(form: str) -> None:
    attempt = Authorization.begin(App("app", Secret("s"), "http://localhost:1/"), ("rw_conversions",))
    begun = time.process_time()
    with pytest.raises(CredentialError):
        attempt.code_in(form)
    assert time.process_time() - begun < 3
