"""A headless Chromium that shows pages: for their tests, and for the screenshots in the docs."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

__all__ = ["MISSING", "Browser", "browser"]

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
_OWN = ("data:", "chrome:", "chrome-untrusted:")
"""What no page of ours asks anybody for: the browser's own pages, such as that of a new tab, ask for the latter two."""
_PROGRAM, _DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = (
    "" if _PROGRAM and _DRIVER else "no Chromium with its driver is here: apt-get install chromium chromium-driver"
)
"""Why no browser can be started; empty where one can."""


class Browser:
    """One window; each page is opened in it after the other."""

    def __init__(self, driver: Chrome) -> None:
        """`driver` is selenium's, just started."""
        self._driver = driver
        self._page = ""

    def open(self, page: Path) -> None:
        """Show a file, and forget what earlier pages said and asked for."""
        self._said("browser")
        self._said("performance")
        self._page = page.absolute().as_uri()
        self._driver.get(self._page)

    def show_as(self, width: int, scheme: str = "light", media: str = "screen", height: int = 900) -> None:
        """Lay the page out for so many pixels, by a colour scheme, on a screen or for print."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the script returns
        """What a script returns, in the page."""
        return self._driver.execute_script(script, *arguments)

    def wait_for(self, script: str) -> Any:  # noqa: ANN401 - the same
        """What a script hands to its last argument, a function."""
        return self._driver.execute_async_script(script)

    def console(self) -> list[str]:
        """What the console said since the page was opened."""
        return [entry["message"] for entry in self._said("browser")]

    def requests(self) -> list[str]:
        """What the page asked for, itself left out."""
        messages = [json.loads(entry["message"])["message"] for entry in self._said("performance")]
        asked = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if url != self._page and not url.startswith(_OWN)]

    def _said(self, kind: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self._driver.get_log(kind)  # type: ignore[no-untyped-call]
        return found

    def printed(self) -> bytes:
        """The page as a PDF on A4."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69}
        return b64decode(self._driver.execute_cdp_cmd("Page.printToPDF", paper)["data"])

    def picture(self, height: int | None = None) -> bytes:
        """The page as a PNG, the whole of it or its first pixels."""
        size = self.run("const e = document.documentElement; return [e.clientWidth, e.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], height or size[1]), "scale": 1}
        asked = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        return b64decode(self._driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"])


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with a new profile, closed at the end."""
    from selenium import webdriver  # noqa: PLC0415 - only where there is a browser to drive

    with TemporaryDirectory(prefix="chromium-") as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = _PROGRAM or ""
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=_DRIVER))
        try:
            yield Browser(driver)
        finally:
            driver.quit()
