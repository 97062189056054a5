"""`linkedin-conversions login`: through the browser, by hand, and with a token that is there."""

from __future__ import annotations

import io
import json
import re
import socket
import stat
import sys
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.cli.terminal import Terminal, missing_from

if TYPE_CHECKING:
    from pathlib import Path

    from target_linkedin_conversions.sandbox import Sandbox
    from tests.cli.conftest import Companion

SECRET = "canary-secret-77"
APP = {"client_id": "78abc", "client_secret": SECRET}
LINKEDINS_OWN = "https://www.linkedin.com/developers/tools/oauth/redirect"


@pytest.fixture
def linkedin(running: Sandbox, companion: Companion) -> Sandbox:
    running.reset()
    running.set_clock(versions={"202609": None})
    running.configure(client_id="78abc", client_secret=SECRET)
    urls = {"api_url": running.url, "oauth_url": running.url}
    companion.config = {**urls, "state_dir": str(companion.state_dir)}
    return running


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def decided(address: str, decision: str = "allow", **changes: str) -> str:
    """Where a browser goes from LinkedIn's page when a person decides."""
    fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(address, timeout=30, allow_redirects=False)
        if page.status_code == 200:
            answer = session.post(
                address.partition("?")[0], data={**fields, "decision": decision}, allow_redirects=False, timeout=10
            )
            page = answer
        where = urlsplit(page.headers["Location"])
        said = {name: values[0] for name, values in parse_qs(where.query).items()}
        return where._replace(query=urlencode({**said, **changes})).geturl()


class Screen(io.StringIO):
    """A stderr that a browser looks at: it goes where the first address leads, once one is shown."""

    def __init__(self, decision: str = "allow", **changes: str) -> None:
        super().__init__()
        self._decision, self._changes = decision, changes
        self._seen = threading.Event()
        self._browser = threading.Thread(target=self._browse, daemon=True)
        self._browser.start()

    def write(self, text: str) -> int:
        done = super().write(text)
        if "Waiting for the browser" in self.getvalue():
            self._seen.set()
        return done

    def _browse(self) -> None:
        if self._seen.wait(30):
            (address,) = re.findall(r"^http\S+", self.getvalue(), flags=re.MULTILINE)[:1]
            home = urlsplit(decided(address, self._decision, **self._changes))
            with requests.Session() as session:
                session.trust_env = False
                here = home._replace(netloc=f"127.0.0.1:{home.port}").geturl()
                session.get(here, headers={"Host": home.netloc}, timeout=30)


def through_browser(
    companion: Companion, port: int, monkeypatch: pytest.MonkeyPatch, screen: Screen, *options: str, **settings: Any
) -> tuple[int, str, str]:
    """A login whose browser comes back by a port; exit code, what is said, and what is asked."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", screen)
        code, out, _ = companion("login", "--port", str(port), "--timeout", "20", *options, **{**APP, **settings})
    return code, out, screen.getvalue()


@pytest.mark.usefixtures("linkedin")
def test_a_login_is_kept_and_later_commands_and_runs_use_it(
    companion: Companion, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = through_browser(companion, port, monkeypatch, Screen(), "--save")
    assert code == 0, err
    assert "scopes: r_ads, rw_conversions" in out
    assert "✓ the access token ends on" in out
    assert "ad account 512345678: CAMPAIGN_MANAGER" in out
    assert "Set account_id to the accounts whose rules you use: 512345678" in out
    assert "ACCOUNT_BILLING_ADMIN" in err
    kept = companion.state_dir / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    login = json.loads(kept.read_text())["login"]
    assert set(login) == {"access_token", "client_id", "client_secret", "refresh_token"}
    assert not [secret for secret in (SECRET, login["access_token"], login["refresh_token"]) if secret in out + err]
    assert len(companion.data("rules", "list", account_id=512345678)["rules"]) == 6
    assert companion.data("check", conversion_rule=101, account_id=512345678, consent={"not_required": "x"})["ok"]


def test_a_kept_login_refreshes_itself_and_stays_when_linkedin_rotates(
    companion: Companion, linkedin: Sandbox, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    through_browser(companion, port, monkeypatch, Screen(), "--save")
    kept = companion.state_dir / "credentials.json"
    login = json.loads(kept.read_text())["login"]
    linkedin.configure(rotate_refresh_token=True)
    for _ in range(2):
        linkedin.set_token(login["access_token"], "expired")
        assert companion("rules", "list", account_id=512345678)[0] == 0
        assert json.loads(kept.read_text())["login"] == login
    assert json.loads(kept.read_text())["refresh_token"] != login["refresh_token"]
    assert companion("rules", "list", account_id=512345678, access_token="sandbox-revoked")[0] == 3


@pytest.mark.usefixtures("linkedin")
def test_secrets_are_printed_where_they_are_asked_for_and_then_nothing_is_kept(
    companion: Companion, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = through_browser(companion, port, monkeypatch, Screen(), "--show", "--reporting")
    assert code == 0
    values = dict(line.split("=", 1) for line in out.splitlines() if line.startswith("TARGET_"))
    assert set(values) == {
        f"TARGET_LINKEDIN_CONVERSIONS_{name}"
        for name in ("ACCESS_TOKEN", "REFRESH_TOKEN", "CLIENT_ID", "CLIENT_SECRET")
    }
    assert "r_ads_reporting" in out
    assert values["TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN"] not in err
    assert not companion.state_dir.exists()


@pytest.mark.usefixtures("linkedin")
def test_json_holds_what_was_found_and_secrets_only_on_request(
    companion: Companion, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = through_browser(companion, port, monkeypatch, Screen(), "--save", "--json")
    found = json.loads(out)
    assert found["accounts"] == [{"id": "512345678", "role": "CAMPAIGN_MANAGER", "usable": True}]
    assert found["scopes"] == ["r_ads", "rw_conversions"]
    assert found["saved"] == str(companion.state_dir / "credentials.json")
    assert "secrets" not in found
    _, out, _ = through_browser(companion, port, monkeypatch, Screen(), "--show", "--json")
    assert set(json.loads(out)["secrets"]) == set(json.loads(out)["settings"])


@pytest.mark.parametrize(
    "wrong",
    [
        ("cancel", {}, 3, "nobody allowed the access"),
        ("allow", {"state": "forged"}, 3, "its state is another"),
        ("allow", {"code": "sandbox-code-of-another"}, 3, "works once and for about 30 minutes"),
    ],
)
def test_what_comes_back_wrong_is_a_sentence_and_nothing_is_kept(
    companion: Companion,
    linkedin: Sandbox,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    wrong: tuple[str, dict[str, str], int, str],
) -> None:
    decision, changes, code, words = wrong
    # A forged state is waited past until the time is over, for the right answer may still come.
    seconds = "4" if "state" in changes else "20"
    screen = Screen(decision, **changes)
    ended, out, err = through_browser(companion, port, monkeypatch, screen, "--save", "--timeout", seconds)
    assert (ended, out, words in err) == (code, "", True)
    assert not companion.state_dir.exists()
    assert linkedin.received == []


def test_a_scope_that_the_app_may_not_ask_for_names_the_product(
    companion: Companion, linkedin: Sandbox, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkedin.configure(app_scopes=["r_ads"])
    code, _, err = through_browser(companion, port, monkeypatch, Screen(), "--save")
    assert (code, "add the product Conversions API" in err) == (3, True)


def test_a_role_that_sends_nothing_is_said(
    companion: Companion, linkedin: Sandbox, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkedin.configure(role="VIEWER")
    _, out, _ = through_browser(companion, port, monkeypatch, Screen(), "--save")
    assert "! ad account 512345678: VIEWER, which sends no events" in out
    assert "Set account_id" not in out


def test_a_token_that_could_not_be_looked_at_is_kept_all_the_same(
    companion: Companion, linkedin: Sandbox, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkedin.faults("reset", path="/rest/", times=20)
    monkeypatch.setattr("target_linkedin_conversions.delivery.clock.Clock.wait", lambda *_: False)
    code, out, _ = through_browser(companion, port, monkeypatch, Screen(), "--save")
    assert (code, "could not be looked at" in out) == (0, True)
    assert (companion.state_dir / "credentials.json").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--save"),
        (["--save"], "--client-id"),
        (["--save", "--client-id", "78abc"], "client_secret"),
        (["--save", "--redirect-uri", "http://example.com/"], "--redirect-uri"),
        (["--save", "--redirect-uri", "callback"], "--redirect-uri"),
        (["--token"], "--token"),
    ],
)
@pytest.mark.usefixtures("linkedin")
def test_what_is_missing_is_named_where_nobody_can_be_asked(
    companion: Companion, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    code, out, err = companion("login", *options)
    assert (code, out, words in err) == (2, "", True)


@pytest.mark.usefixtures("linkedin")
def test_a_token_of_the_settings_that_comes_first_is_pointed_out(
    companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    for settings, warned in (({}, False), ({}, False), ({"access_token": "sandbox-other"}, True)):
        monkeypatch.setattr(sys, "stdin", io.StringIO("sandbox-direct"))
        code, out, _ = companion("login", "--token", "--save", **settings)
        assert (code, "which comes first" in out) == (0, warned)


@pytest.mark.usefixtures("linkedin")
def test_the_secret_of_another_app_is_not_sent(companion: Companion) -> None:
    code, _, err = companion("login", "--save", "--client-id", "other", **APP)
    assert (code, "client_secret" in err) == (2, True)


@pytest.mark.usefixtures("linkedin")
def test_a_token_as_an_argument_is_refused_and_not_repeated(companion: Companion) -> None:
    code, out, err = companion("login", "--token", "AQXcanary")
    assert (code, out, "AQXcanary" in err, "make a new one" in err) == (2, "", False, True)


@pytest.mark.parametrize("options", [["--paste"], ["--redirect-uri", LINKEDINS_OWN]])
@pytest.mark.usefixtures("linkedin")
def test_without_a_terminal_nothing_can_be_pasted(companion: Companion, options: list[str]) -> None:
    code, _, err = companion("login", "--save", *options, **APP)
    assert (code, "there is no terminal to paste on" in err) == (2, True)


@pytest.mark.usefixtures("linkedin")
def test_a_taken_port_and_a_browser_that_never_comes_are_sentences(companion: Companion, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        code, _, err = companion("login", "--save", "--port", str(port), **APP)
        assert (code, f"port {port} cannot be listened on" in err) == (2, True)
    code, _, err = companion("login", "--save", "--port", str(port), "--timeout", "1", **APP)
    assert (code, f"register exactly http://localhost:{port}/callback" in err) == (5, True)


@pytest.mark.usefixtures("linkedin")
def test_a_token_from_stdin_is_checked_and_kept_on_request(
    companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("sandbox-direct\n"))
    code, out, err = companion("login", "--token")
    assert (code, "sandbox-direct" in out + err) == (0, False)
    assert "TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN" in out
    assert not companion.state_dir.exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO("sandbox-direct"))
    assert companion("login", "--token", "--save")[0] == 0
    assert json.loads((companion.state_dir / "credentials.json").read_text()) == {
        "login": {"access_token": "sandbox-direct"}
    }
    assert companion("rules", "list", account_id=512345678)[0] == 0


@pytest.mark.parametrize("piped", ["", "\n", "  \r\n"])
def test_an_empty_stdin_is_called_so_and_both_ways_to_give_a_token_are_named(
    companion: Companion, monkeypatch: pytest.MonkeyPatch, piped: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(piped))
    code, _, err = companion("login", "--token", "--save")
    assert (code, "nothing came through stdin" in err, "on a terminal" in err) == (2, True, True)


@pytest.mark.parametrize(
    ("token", "code", "words"),
    [
        ("sandbox-revoked", 3, "revoked"),
        ("sandbox-unknown", 3, "invalid"),
        ("Bearer sandbox-x", 2, "Bearer"),
        ("sandbox-…", 2, "cut off"),
        ("two lines\nof it", 2, "white space"),
    ],
)
@pytest.mark.usefixtures("linkedin")
def test_a_token_that_does_not_work_is_not_kept(
    companion: Companion, monkeypatch: pytest.MonkeyPatch, token: str, code: int, words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(token))
    ended, out, err = companion("login", "--token", "--save")
    assert (ended, out, words in err) == (code, "", True)
    assert not companion.state_dir.exists()


def test_a_direct_token_that_lists_no_accounts_is_a_warning(
    companion: Companion, linkedin: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkedin.set_token("direct", scopes=["rw_conversions"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("direct"))
    code, out, _ = companion("login", "--token")
    assert code == 0
    assert "! the ad accounts cannot be read: the token lacks a scope" in out
    assert "reaches no ad account that could be listed" in out


def written(folder: Path, linkedin: Sandbox) -> str:
    path = folder / "config.json"
    path.write_text(
        json.dumps({"api_url": linkedin.url, "oauth_url": linkedin.url, "state_dir": str(folder / "state")})
    )
    return str(path)


BROWSER = f"""#!{sys.executable}
import sys, urllib.parse, requests
address = sys.argv[1]
fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
answer = requests.post(address.partition("?")[0], data=dict(fields, decision="allow"), allow_redirects=False, timeout=30)
home = urllib.parse.urlsplit(answer.headers["Location"])
requests.get(home._replace(netloc=f"127.0.0.1:{{home.port}}").geturl(), headers={{"Host": home.netloc}}, timeout=30)
"""


@pytest.mark.slow
def test_a_person_before_a_terminal_logs_in_through_the_browser(tmp_path: Path, linkedin: Sandbox, port: int) -> None:
    browser = tmp_path / "browser"
    browser.write_text(BROWSER)
    browser.chmod(0o755)
    arguments = ("login", "--config", written(tmp_path, linkedin), "--port", str(port))
    with Terminal(*arguments, folder=tmp_path, BROWSER=f"{browser} %s", NO_PROXY="*") as terminal:
        terminal.until("Keep or show").type("k")
        terminal.until("Client id of the app").type("78abc")
        terminal.until("Client secret of the app", hidden=True).type(SECRET)
        terminal.until("Open this address and allow the access:").until("Waiting for the browser")
        assert terminal.end() == 0, terminal.transcript
    assert missing_from(terminal.transcript, "token.md") == []
    assert SECRET not in terminal.transcript
    assert json.loads((tmp_path / "state" / "credentials.json").read_text())["login"]["refresh_token"]


@pytest.mark.slow
def test_a_person_pastes_the_address_where_nothing_can_listen(tmp_path: Path, linkedin: Sandbox) -> None:
    arguments = (
        "login",
        "--config",
        written(tmp_path, linkedin),
        "--redirect-uri",
        LINKEDINS_OWN,
        "--show",
        "--client-id",
        "78abc",
    )
    with Terminal(*arguments, folder=tmp_path, BROWSER="/nowhere/browser %s", PATH=str(tmp_path)) as terminal:
        terminal.until("Client secret of the app", hidden=True).type(SECRET)
        terminal.until("Paste the address", hidden=True)
        (address,) = re.findall(r"^http\S+", terminal.transcript, flags=re.MULTILINE)
        ended_at = decided(address)
        terminal.type(ended_at)
        assert terminal.end() == 0, terminal.transcript
    assert "No browser could be opened here" in terminal.transcript
    assert parse_qs(urlsplit(ended_at).query)["code"][0] not in terminal.transcript
    assert "TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN=sandbox-access-" in terminal.transcript


@pytest.mark.slow
def test_a_person_types_a_token_that_the_screen_does_not_show(tmp_path: Path, linkedin: Sandbox) -> None:
    with Terminal("login", "--token", "--save", "--config", written(tmp_path, linkedin), folder=tmp_path) as terminal:
        terminal.until("Token", hidden=True).type("sandbox-" + "x" * 1000)
        assert terminal.end() == 0, terminal.transcript
    assert "xxxx" not in terminal.transcript
    assert len(json.loads((tmp_path / "state" / "credentials.json").read_text())["login"]["access_token"]) == 1008


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--token", "--reporting"], "--reporting does nothing beside --token"),
        (["--token", "--port", "9000"], "--port does nothing beside --token"),
        (["--token", "--client-id", "78abc"], "--client-id does nothing beside --token"),
        (["--paste", "--timeout", "9"], "--timeout does nothing beside --paste"),
        (["--port", "9000", "--redirect-uri", "http://localhost:9001/"], "--port does nothing beside --redirect-uri"),
    ],
)
def test_an_option_that_another_makes_idle_is_refused(companion: Companion, options: list[str], words: str) -> None:
    code, _, err = companion("login", *options, "--save")
    assert (code, words in err) == (2, True)
