"""Whether a text is Japanese in Shift_JIS, as Excel and older systems of Japan write it: also of a few words."""

from __future__ import annotations

import re

__all__ = ["is_shift_jis"]

_CODEC = "cp932"
_JAPANESE = re.compile("[\u3001-\u30ff\u3220-\u33ff\u4e00-\u9fff\uf900-\ufaff\uff01-\uff5e]+")
"""Kana, kanji, their signs and wide letters."""
_NARROW = re.compile("[\uff61-\uff9f]{3,}")
"""Words in narrow kana, each a single byte; any other text is full of them when it is read so, but seldom of several in a row."""
_ASCII_LETTER = re.compile("[A-Za-z]")
_LEADS = range(0x81, 0xA0)
"""First bytes of kana and of most kanji: signs in Windows-1252, where letters lie above them."""
_ASCII = 0x80
_ALMOST_ALL, _MOST = 0.9, 0.8


def is_shift_jis(lines: bytes) -> bool:
    """Whether whole lines beyond ASCII make sense as Shift_JIS, and their letters stand in words of their own."""
    try:
        text = lines.decode(_CODEC)
    except UnicodeDecodeError:
        return False
    runs = list(_JAPANESE.finditer(text))
    letters = "".join(run.group() for run in runs)
    narrow = sum(map(len, _NARROW.findall(text)))
    if not letters or len(letters) + min(narrow, len(letters)) < _ALMOST_ALL * sum(
        ord(mark) >= _ASCII for mark in text
    ):
        return False
    leads = sum(mark.encode(_CODEC)[0] in _LEADS for mark in letters)
    alone = sum(
        not _ASCII_LETTER.search(text[run.start() - 1 : run.start()] + text[run.end() : run.end() + 1]) for run in runs
    )
    return 2 * leads >= len(letters) and alone >= _MOST * len(runs)
