"""What no text that people read may say: one of several, or `1 were`."""

from __future__ import annotations

import re

__all__ = ["NOUNS", "wrongly_many"]

NOUNS = (
    "addresses|batches|campaigns|cases|characters|columns|conversions|currencies|days|deliveries|elements|events|files|findings|hours|"
    "identifiers|identities|lines|minutes|payloads|people|records|rejects|requests|rows|rules|runs|seconds|sheets|streams|"
    "times|tokens|values|warnings"
)
_MARKS = re.compile(r"<[^<>]*>")
_SEVERAL_OF_ONE = re.compile(rf"(?<![\w.,:+/=-])1 (?:(?:(?!of\b)[a-z]+ ){{0,2}}?(?:{NOUNS})|were)\b(?! of 1\b)")
_NAMED = re.compile(r"\b(case|column|exit|line|part|row|rule|sheet|version) 1 ", re.IGNORECASE)


def wrongly_many(text: str) -> list[str]:
    """The places where a text, or a page, has `1 records` or the like."""
    return _SEVERAL_OF_ONE.findall(_NAMED.sub(r"\1 A ", _MARKS.sub("", text)))
