"""What a page names outside its own words is there: places, settings, variables, extras, targets of make, parts of a benchmark."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import pytest

from benchmarks.run import SECTIONS
from target_linkedin_conversions.settings.definitions import ENVIRONMENT_PREFIX, SETTINGS
from tests.chaos.laws import LAWS
from tests.docs.pages import PAGES, ROOT, blocks, name_of, prose, spans

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
SECRETIVE = re.compile(r"(?<![\w.])/(work|tmp|home|root|opt)/|\bpypi\.org")
"""Folders of one machine, and hosts of a registry."""


@cache
def anchors(page: Path) -> frozenset[str]:
    """What `#` may lead to, as GitHub makes it of a heading."""
    titles = re.findall(r"^#+ (.*)$", prose(page), flags=re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles)


def told_to_make() -> list[tuple[str, list[str]]]:
    """Every call of make that a page shows, with the words of its `ARGS`."""
    shown = [text for page in PAGES for text in (*blocks(page, "console", "sh", "bash"), *spans(page))]
    calls = {
        call
        for text in shown
        for call in re.findall(r'^make ([a-z][a-z-]*)(?: ARGS="?([^"\n]*))?', text, flags=re.MULTILINE)
    }
    return [(target, re.findall(r"(?<![\w/-])[a-z][a-z-]+", words)) for target, words in sorted(calls)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_within_the_project_leads_to_a_place_and_to_a_heading(page: Path) -> None:
    dead = []
    for link in re.findall(r"\]\((?![a-z]+://)([^)\s]+)\)", prose(page)):
        path, _, anchor = link.partition("#")
        place = page.parent / path if path else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_variable_of_ours_is_a_setting(page: Path) -> None:
    named = set(re.findall(rf"{ENVIRONMENT_PREFIX}([A-Z_]+)", page.read_text()))
    misspelt_on_purpose = {"CHANGELOG.md": {"CONVERSION_DRY_RUN"}}.get(page.name, set())
    assert named - {setting.name.upper() for setting in SETTINGS} - misspelt_on_purpose == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_extra_is_one(page: Path) -> None:
    named = re.findall(r"(?:target-linkedin-conversions|'\.|-e \.)\[([a-z0-9,]+)\]", page.read_text())
    assert {extra for extras in named for extra in extras.split(",")} <= set(PROJECT["optional-dependencies"])


PARTS: dict[str, Iterable[str]] = {"bench": SECTIONS, "chaos": LAWS}


@pytest.mark.parametrize(("target", "words"), told_to_make())
def test_everything_that_make_is_told_to_do_it_knows(target: str, words: list[str]) -> None:
    assert target in TARGETS
    assert set(words) <= set(PARTS.get(target, words))


def test_every_choice_of_tests_that_is_shown_finds_some() -> None:
    shown = [text for page in PAGES for text in (*blocks(page, "console", "sh", "bash"), *spans(page))]
    chosen = {found for text in shown for found in re.findall(r"(tests/[\w/.]+) -k (\w+)", text)}
    assert len(chosen) > 1
    for place, word in sorted(chosen):
        files = [ROOT / place] if (ROOT / place).is_file() else (ROOT / place).rglob("test_*.py")
        assert any(
            word in file.name or word in " ".join(re.findall(r"def (test_\w+)", file.read_text())) for file in files
        ), word


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_of_the_project_that_is_named_is_there(page: Path) -> None:
    paths = {
        path for span in spans(page) for path in re.findall(r"(?<![\w/.])(?:tests|docs|benchmarks)/[\w/.-]*\w", span)
    }
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_folder_of_one_machine(page: Path) -> None:
    assert SECRETIVE.search(page.read_text()) is None
