"""One thing is one wherever people read: nothing writes a number and a plural side by side by itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import target_linkedin_conversions
from target_linkedin_conversions.how_many import days_of_window, how_many
from tests.numbers import NOUNS, wrongly_many

PACKAGE = Path(target_linkedin_conversions.__file__).parent
SANDBOX = PACKAGE / "sandbox"
ANSWERS = PACKAGE / "delivery" / "answer.py"
"""Its words of LinkedIn's answers are those of the conformance table."""
NEVER_ONE = {"most", "needed", "rate", "seconds", "shown"}
"""Names of what is always more, or a list of numbers."""
SAID = re.compile(rf" (?:(?!of |to |numbers )[a-z]+ )?(?:{NOUNS})\b(?![/=])")
IN_A_PAGE = re.compile(rf"\}}\}} (?:[a-z]+ )?(?:{NOUNS})\b")


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("record",), "0 records"),
        (1, ("record",), "1 record"),
        (2, ("record",), "2 records"),
        (1_234_567, ("record",), "1,234,567 records"),
        (1, ("batch", "batches"), "1 batch"),
        (21, ("batch", "batches"), "21 batches"),
        (1, ("row was", "rows were"), "1 row was"),
        (0, ("row was", "rows were"), "0 rows were"),
    ],
)
def test_the_word_fits_the_number(number: int, words: tuple[str, ...], said: str) -> None:
    assert how_many(number, *words) == said
    assert not wrongly_many(said)


def test_a_window_is_said_in_days_where_it_is_known() -> None:
    assert [days_of_window(days) for days in (1, 30, None)] == ["1 day", "30 days", "an unknown time"]


@pytest.mark.parametrize(
    "text",
    ["1 records", "in 1 batches", "wait for 1 more events.", "<b>1</b> conversions", "took 1 days, then"],
)
def test_what_is_wrong_is_found(text: str) -> None:
    assert wrongly_many(text)


@pytest.mark.parametrize(
    "text",
    [
        "11 records",
        "1,001 rows",
        "1 of 3 rows",
        "line 1 holds no events",
        "0.1 seconds",
        "20:01 runs",
        "1 row",
        "1 rejected row and 2 events",
    ],
)
def test_what_is_right_is_let_be(text: str) -> None:
    assert not wrongly_many(text)


def test_no_sentence_of_the_code_writes_a_plural_by_itself() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if SANDBOX not in file.parents and file != ANSWERS]
    assert [f"{file.relative_to(PACKAGE)}: {said}" for file in files for said in written_by_hand(file)] == []


def test_no_page_writes_a_plural_by_itself() -> None:
    pages = list(PACKAGE.rglob("*.jinja"))
    assert pages
    assert [found for page in pages for found in IN_A_PAGE.findall(page.read_text())] == []


def written_by_hand(file: Path) -> list[str]:
    """Every number in a text of this file that a plural follows, unless it is a constant."""
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.JoinedStr):
            for number, text in zip(node.values, node.values[1:], strict=False):
                if isinstance(number, ast.FormattedValue) and isinstance(text, ast.Constant) and not is_fixed(number):
                    found += SAID.findall(str(text.value)) if SAID.match(str(text.value)) else []
    return found


def is_fixed(number: ast.FormattedValue) -> bool:
    """Whether a constant of the code is said, or another number that is never one."""
    names = {one.id for one in ast.walk(number.value) if isinstance(one, ast.Name)}
    return any(name.isupper() or name in NEVER_ONE for name in names)
