"""A run on a machine that cannot reach LinkedIn exits as the fault says, and keeps nothing in doubt."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.machines.conftest import NAME
from tests.machines.network import Proxy, closed_port
from tests.singer.pipe import COMPANION, MODULE, Ended, Pipe, as_bytes, environment, record, schema, state

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox


class Elsewhere(Pipe):
    """A LinkedIn with a name that nobody but a proxy on this machine knows: `.test` leads nowhere."""

    def config_file(self, **settings: Any) -> Path:
        path = self.folder / "config.json"
        named = {"api_url": f"https://{NAME}", "oauth_url": f"https://{NAME}"}
        path.write_text(json.dumps({**self.config, **named, "retry_for_seconds": 0, **settings}))
        return path

    def load(self, now: int, proxy: str, **variables: str) -> Ended:
        lines = as_bytes([schema(), record(now, 1), state(at=1)])
        done = self._process([*MODULE, "--config", str(self.config_file())], proxy, lines, variables)
        return self._ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    def check(self, proxy: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        config = str(self.config_file(account_id=512345678))
        return self._process([*COMPANION, "check", "--config", config], proxy, b"", variables)

    def _process(
        self, command: list[str], proxy: str, lines: bytes, variables: dict[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        assert "127.0.0.1" in proxy, "a test reaches nothing but this machine"
        return subprocess.run(
            command,
            input=lines,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=self.folder,
            env=environment(HTTPS_PROXY=proxy, **variables),
        )


@pytest.fixture
def pipe(tmp_path: Path, linkedin: Sandbox) -> Elsewhere:
    return Elsewhere(tmp_path, linkedin)


def assert_stopped(done: Ended, *words: str) -> None:
    assert done.code == 2, done.stderr
    assert done.last.startswith("outcome=machine exit=2")
    assert done.report["outcome"] == "machine"
    for word in words:
        assert word in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "the next run" not in done.stderr


def test_through_a_proxy_with_an_authority_that_is_named_events_are_delivered(
    pipe: Elsewhere, linkedin: Sandbox, proxy: Proxy, bundle: Path
) -> None:
    done = pipe.load(linkedin.now(), proxy.url, SSL_CERT_FILE=str(bundle))
    assert (done.code, done.counts) == (0, {"delivered": 1}), done.stderr
    assert [json.loads(line) for line in done.states] == [{"at": 1}]


def test_an_unknown_authority(pipe: Elsewhere, linkedin: Sandbox, proxy: Proxy, bundle: Path) -> None:
    assert_stopped(pipe.load(linkedin.now(), proxy.url), "REQUESTS_CA_BUNDLE: ", NAME)
    mended = pipe.load(linkedin.now(), proxy.url, REQUESTS_CA_BUNDLE=str(bundle))
    assert (mended.code, mended.counts) == (0, {"delivered": 1}), mended.stderr
    assert [line["code"] for line in mended.report["lines"]] == [""]


def test_a_proxy_that_wants_a_password_stops_the_check_too(pipe: Elsewhere, linkedin: Sandbox, proxy: Proxy) -> None:
    proxy.status = 407
    assert_stopped(pipe.load(linkedin.now(), proxy.url), "HTTPS_PROXY: ", "407")
    done = pipe.check(proxy.url)
    assert done.returncode == 2
    assert b"Error: HTTPS_PROXY: " in done.stderr


def test_a_bundle_that_is_not_there_stops_the_check_too(pipe: Elsewhere, linkedin: Sandbox, proxy: Proxy) -> None:
    assert_stopped(pipe.load(linkedin.now(), proxy.url, CURL_CA_BUNDLE="/nowhere/x"), "CURL_CA_BUNDLE: ")
    assert pipe.check(proxy.url, CURL_CA_BUNDLE="/nowhere/x").returncode == 2


def test_a_proxy_that_is_not_there_and_one_that_needs_a_package(
    pipe: Elsewhere, linkedin: Sandbox, tmp_path: Path
) -> None:
    port = closed_port()
    assert_stopped(pipe.load(linkedin.now(), f"http://127.0.0.1:{port}"), "HTTPS_PROXY: ")
    missing = tmp_path / "missing"
    missing.mkdir()
    (missing / "socks.py").write_text("raise ImportError\n")  # as where PySocks is not installed
    paths = os.pathsep.join(filter(None, (str(missing), os.environ.get("PYTHONPATH"))))
    done = pipe.load(linkedin.now(), f"socks5://127.0.0.1:{port}", PYTHONPATH=paths)
    assert_stopped(done, "HTTPS_PROXY: ", "PySocks")


def test_a_proxy_that_cannot_reach_linkedin_now_is_the_next_run_s_affair(
    pipe: Elsewhere, linkedin: Sandbox, proxy: Proxy, bundle: Path
) -> None:
    proxy.status = 503
    done = pipe.load(linkedin.now(), proxy.url, SSL_CERT_FILE=str(bundle))
    assert done.code == 5, done.stderr
    assert done.last.startswith("outcome=unreachable exit=5")
