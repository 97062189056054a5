"""Text that a stranger wrote, made so that it can only be read: it moves no cursor, begins no line, turns no text around.

Asked where names come in (streams, columns, settings) and where messages are shown, so that nothing
between has to think of it.
"""

from __future__ import annotations

import json
import re
import shlex

__all__ = [
    "LONGEST",
    "as_argument",
    "printable",
    "printable_json",
    "printable_lines",
    "printable_yaml",
    "without_unseen",
    "writable",
]

LONGEST = 100
"""Characters of a name that are shown."""

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""C0, C1, separators of lines, marks of direction, of no width or of nothing, and halves of characters."""
_UNPRINTABLE_BUT_LINES = re.compile(rf"(?!\n){_UNPRINTABLE.pattern}")
_NO_YAML = re.compile(rf"{_UNPRINTABLE.pattern}|[\ufffe\uffff]")
_DELETE, _DELETED = "\x7f", "\\u007f"
"""The one control character that JSON leaves as it is."""
_LONGEST_PATH = 500
_OF_ITSELF = re.compile(r"[\w@%+=:,./ -]+")
"""A path of which a shell reads nothing but blanks as its own."""


def printable(text: str, longest: int = LONGEST) -> str:
    r"""The text in one line, what nobody sees of it escaped (`\x1b`, `\u202e`), and cut, which `…` says."""
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    return shown if shown.isascii() and shown.isprintable() else _UNPRINTABLE.sub(_escaped, shown)


def printable_lines(text: str) -> str:
    """A text of several lines of ours, what nobody sees of them escaped; not cut."""
    return _UNPRINTABLE_BUT_LINES.sub(_escaped, text)


def printable_json(text: str) -> str:
    """JSON that says the same, what nobody sees of its texts escaped as JSON does."""
    if text.isascii() and _DELETE not in text:
        return text
    return _UNPRINTABLE_BUT_LINES.sub(
        lambda found: _DELETED if found[0] == _DELETE else json.dumps(found[0])[1:-1], text
    )


def printable_yaml(text: str) -> str:
    """JSON as YAML reads it, what nobody sees of its texts escaped: YAML takes no character by its two halves."""
    return _NO_YAML.sub(_as_yaml, text)


def writable(text: str) -> str:
    r"""A text that a file can hold: half of a character, as a file's name that is no UTF-8 gives one, is escaped (`\udcff`)."""
    return text.encode("utf-8", "backslashreplace").decode()


def without_unseen(text: str) -> str:
    """A text without what nobody sees of it."""
    return _UNPRINTABLE.sub("", text)


def as_argument(path: str) -> str:
    """A path as it stands in a command that a person copies: a shell runs nothing of it, and reads it as no option."""
    shown = printable(f"./{path}" if path.startswith("-") else path, _LONGEST_PATH)
    if _OF_ITSELF.fullmatch(shown):
        return f'"{shown}"' if " " in shown else shown
    return shlex.quote(shown)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004 - as Python writes them


def _as_yaml(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004 - as YAML reads them
