"""Each page as a person sees it: at every width, in light and dark, printed, and read aloud."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from docs.browser import MISSING, browser
from docs.page_sample import past
from target_linkedin_conversions.reporting.page import index_page, run_page
from tests.reporting.page_samples import LONG, MARKUP, RIGHT_TO_LEFT, cases, comparison
from tests.reporting.test_page import value_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docs.browser import Browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=MISSING or "there is a browser"),
    pytest.mark.filterwarnings("default::ResourceWarning", "default::DeprecationWarning"),
]

CASES = cases()
AXE_RULES = {
    "light": "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']",
    "dark": "{type: 'rule', values: ['color-contrast']}",
}
PAGES = [*CASES, "index", "no-runs", "reconciled"]
WIDTHS = (320, 360, 768, 1280)
SCHEMES = ("light", "dark")
FIGURES = (
    "return [...document.querySelectorAll('data[data-places]')].map(e => [e.value, e.dataset.places, e.textContent])"
)
WIDER = """
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= width) return [];
return [...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 200));
"""
CUT = """
return [...document.querySelectorAll('.page *:not(svg, svg *)')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible').map(e => e.outerHTML.slice(0, 200));
"""
BROKEN = """
return [...document.querySelectorAll('data')].filter(e => e.getClientRects().length > 1).map(e => e.textContent);
"""
"""Figures of which a part stands in the next line, where it reads like another one."""
LARGE = {"forty-rules", "strange-names"}
"""Pages that have nothing that a smaller one has not, and are slow to look through."""
AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: %s})
  .then(found => done(found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))])), error => done(String(error)));
"""


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.fixture(scope="module")
def axe() -> str:
    return files("axe_core_python").joinpath("axe.min.js").read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    for name, (report, runs) in CASES.items():
        (made / f"{name}.html").write_bytes(run_page(report, runs))
    runs = past() * 2
    (made / "index.html").write_bytes(index_page(runs, {run.run for run in runs}))
    (made / "no-runs.html").write_bytes(index_page([], set()))
    compared = comparison(3, ["Demo requested", MARKUP, f"{RIGHT_TO_LEFT} {LONG}"])
    (made / "reconciled.html").write_bytes(index_page(runs, set(), compared))
    return made


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_at_every_width_and_says_nothing_to_the_console(
    window: Browser, folder: Path, name: str
) -> None:
    window.open(folder / f"{name}.html")
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.show_as(width, scheme)
            window.run("document.querySelectorAll('details').forEach(e => e.open = true)")
            assert window.run(WIDER) == [], width
            assert window.run(CUT) == [], width
            assert window.run(BROKEN) == [], width
    assert window.run("return getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 27)"
    window.show_as(794, "light", "print")
    assert (window.run(WIDER), window.run(BROKEN)) == ([], [])
    assert window.printed().startswith(b"%PDF")
    assert (window.console(), window.requests()) == ([], [])


@pytest.mark.parametrize("name", [name for name in PAGES if name not in LARGE])
def test_a_page_can_be_read_aloud_and_by_keyboard_alone(window: Browser, folder: Path, axe: str, name: str) -> None:
    window.open(folder / f"{name}.html")
    window.run("document.querySelectorAll('details').forEach(e => e.open = true)")
    window.run(axe)
    for scheme in SCHEMES:
        window.show_as(360, scheme)
        assert window.wait_for(AXE % AXE_RULES[scheme]) == [], scheme


@pytest.mark.parametrize("name", CASES)
def test_every_figure_that_is_shown_is_the_report_s(window: Browser, folder: Path, name: str) -> None:
    window.open(folder / f"{name}.html")
    data: Any = msgspec.json.decode(msgspec.json.encode(CASES[name][0]))
    for number, places, text in window.run(FIGURES):
        assert (int(number), text) == (value_at(data, places), f"{int(number):,}"), places
