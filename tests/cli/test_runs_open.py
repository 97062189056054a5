"""`linkedin-conversions runs open`: a run's page, in the browser or by its path."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING

import pytest

from target_linkedin_conversions.cli.runs import opening
from target_linkedin_conversions.reporting.folder import Folder

if TYPE_CHECKING:
    from tests.cli.conftest import Companion

RUN = "20261123T104000Z-0a1b2c3d"
FILES = {(): "last.html", ("--index",): "index.html", (RUN,): f"{RUN}.html"}


class Browser(webbrowser.BaseBrowser):
    """Notes the addresses that it is to show, and shows them unless its name says that it does not."""

    def __init__(self, name: str, asked: list[str]) -> None:
        super().__init__(name)
        self._asked = asked

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002 - the library's
        if "fails" in self.name:
            raise webbrowser.Error
        self._asked.append(url)
        return True


@pytest.fixture
def shown(companion: Companion, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to show, on a terminal, in a folder with pages."""
    for name in FILES.values():
        Folder(str(companion.state_dir)).write(f"runs/{name}", b"<!doctype html>")
    asked: list[str] = []
    monkeypatch.setattr(webbrowser, "get", lambda: Browser("firefox", asked))
    monkeypatch.setattr(opening, "is_terminal", lambda: True)
    return asked


@pytest.mark.parametrize(("arguments", "name"), FILES.items())
def test_on_a_terminal_the_browser_shows_it(
    companion: Companion, shown: list[str], arguments: tuple[str, ...], name: str
) -> None:
    assert companion("runs", "open", *arguments) == (0, "", "")
    assert shown == [(companion.state_dir / "runs" / name).absolute().as_uri()]


@pytest.mark.parametrize("name", ["no browser", "no terminal", "a browser that fails", "/usr/bin/lynx", "www-browser"])
def test_elsewhere_its_path_is_printed(
    companion: Companion, shown: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def get() -> Browser:
        if name == "no browser":
            raise webbrowser.Error
        return Browser(name, shown)

    if name == "no terminal":
        monkeypatch.setattr(opening, "is_terminal", lambda: False)
    monkeypatch.setattr(webbrowser, "get", get)
    assert companion("runs", "open") == (0, f"{companion.state_dir / 'runs' / 'last.html'}\n", "")
    assert shown == []


def test_json_says_where_and_opens_nothing(companion: Companion, shown: list[str]) -> None:
    assert companion.data("runs", "open") == {"page": str(companion.state_dir / "runs" / "last.html")}
    assert shown == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("20200101T000000Z-00000000",), "runs list"),
        (("../../config",), "runs list"),
        (("last",), "runs list"),
        ((RUN, "--index"), "leave out one"),
    ],
)
def test_what_is_not_there_exits_2_with_a_mend(
    companion: Companion, shown: list[str], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = companion("runs", "open", *arguments)
    assert (code, out, words in err) == (2, "", True)
    assert shown == []


@pytest.mark.parametrize("arguments", [(), ("--index",)])
def test_before_the_first_run_there_is_no_page(companion: Companion, arguments: tuple[str, ...]) -> None:
    code, out, err = companion("runs", "open", *arguments)
    assert (code, out, "run the target first" in err) == (2, "", True)


def test_a_folder_on_a_url_is_named_and_not_opened(companion: Companion, shown: list[str]) -> None:
    url = "memory://pages-of-runs"
    Folder(url).write("runs/last.html", b"<!doctype html>")
    ledger = "postgresql://ledger.invalid/none"
    more = {"state_dir": url, "ledger_url": ledger, "private_dir": str(companion.folder)}
    assert companion("runs", "open", **more) == (0, f"{url}/runs/last.html\n", "")
    assert shown == []
