"""The pages of the project, cut into what is shown in blocks and what is said in sentences."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["GENERATED", "PAGES", "ROOT", "blocks", "name_of", "prose", "spans"]

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/*/README.md"), *ROOT.glob("docs/recipes/*/*.md")]
)
GENERATED = ("commands.md", "reasons.md", "settings.md")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def name_of(page: Path) -> str:
    """A page as a test's parameter is called."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[str]:
    """What stands between fences of one of the languages."""
    return [text for language, text in _BLOCK.findall(page.read_text()) if language in languages]


def prose(page: Path) -> str:
    """The page without its blocks."""
    return _BLOCK.sub("", page.read_text())


def spans(page: Path) -> list[str]:
    """What stands in backticks within sentences and tables, each in one line."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(page))]
