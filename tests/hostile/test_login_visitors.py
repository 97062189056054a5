"""Who else comes to the port on which a login waits for the browser: refused, and never in the browser's way for long."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

from target_linkedin_conversions.admin.loopback import Loopback

PLACES = 16


def test_visitors_who_say_little_and_slowly_keep_no_place_for_long() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
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
