"""How an event ends is said by the enum, and typed as a string nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import target_linkedin_conversions
from target_linkedin_conversions.outcomes import Outcome

PACKAGE = Path(target_linkedin_conversions.__file__).parent
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "outcomes.py"]
OTHER_MEANINGS = {("cli/rejects/replay.py", "skipped")}
"""What only has the same name: a key of the JSON that `rejects replay --dry-run` prints."""


def texts(path: Path) -> set[str]:
    """Every text that stands in a file, but for those in docstrings and comments."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_outcome_is_typed_as_a_string(path: Path) -> None:
    typed = {(str(path.relative_to(PACKAGE)), text) for text in texts(path) & set(Outcome)}
    assert typed <= OTHER_MEANINGS


def test_they_are_the_words_of_the_report() -> None:
    words = "delivered already_delivered skipped rejected in_doubt would_send unsent"
    assert " ".join(Outcome) == words
