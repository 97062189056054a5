"""In which encoding a text file is written: by its mark, by what is valid, at last by a guess of charset-normalizer."""

from __future__ import annotations

import codecs
import re
from bisect import bisect
from itertools import accumulate
from typing import IO

import msgspec
from charset_normalizer import from_bytes

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.tables.shift_jis import is_shift_jis

__all__ = ["Encoding", "bad_line", "detected", "named", "not_in"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "cp932", "gb18030", "big5", "euc_kr"),
    *("cp1255", "cp1256"),
)
"""What programs for offices write where it is no Unicode."""
_WESTERN = "cp1252"
"""The commonest of them: another one must be clearly better."""
_CLEARLY = 0.1
_MOST_CHAOS = 0.4
_BLOCK = 1 << 20
_EVIDENCE = 1 << 14
"""Bytes of words with letters beyond ASCII that a guess is made of."""
_WORDS = re.compile(rb"[A-Za-z' -]{0,20}[\x80-\xff][A-Za-z\x80-\xff' -]{0,40}")
_SIGN_IN_A_WORD = re.compile(r"[£¥¯³¹][a-zà-ÿ]|[a-z][¼¾¿¹³£][a-z]|[A-Za-z]{3}³|œæ|[a-z]iê(?!\w)|[øØ][íì]|[a-z]õ(?!\w)")
"""What Central European letters are where they are read as Windows-1252: `£ukasz`, `Pawe³`, `Wartoœæ`, `Imiê`, `Jiøí`, `Gyõzõ`."""
_TURKISH = "cp1254"
_TURKISH_ALONE = frozenset("ĞğİıŞş")
"""Letters that Windows-1252 reads as Icelandic ones: `Þükrü` for a Turkish name."""
_NEVER_ICELANDIC = frozenset("ÇçÜü")
_TURKISH_LETTERS = _TURKISH_ALONE | _NEVER_ICELANDIC | frozenset("ÖöÂâÎîÛû")
_NAMES = {
    "cp932": "Shift_JIS",
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "mac_roman": "Mac Roman",
}
_ASCII = 0x80
_TO_TRY = (
    "--encoding shift_jis (Japanese), gb18030 (Chinese), euc_kr (Korean), windows-1251 (Cyrillic) or windows-1252 "
    "(Western); the program that wrote it names it where it exports, and with the right one --dry-run shows the header as it is"
)
"""How to find out what no guess tells."""


class Encoding(msgspec.Struct, frozen=True):
    """The name of a codec, and whether nothing but a guess says so."""

    codec: str
    is_guess: bool = False

    @property
    def shown(self) -> str:
        """As people call it."""
        known = _NAMES.get(self.codec, self.codec.replace("cp125", "Windows-125").replace("_", "-").upper())
        known = known.replace("WINDOWS", "Windows")
        return f"{known} (guessed)" if self.is_guess else known


def named(name: str) -> Encoding:
    """The encoding that a person names; raises `ConfigError` where there is none of that name."""
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # some codecs are for bytes
    except (LookupError, ValueError):
        mend = "name one such as utf-8, windows-1252 or utf-16"
        raise ConfigError("--encoding", "there is no such encoding", mend) from None
    return Encoding("utf-8-sig" if codec.name == "utf-8" else codec.name)


def detected(file: IO[bytes], name: str) -> Encoding:
    """The encoding of a file, all of which is looked at, a block at a time; raises `ConfigError` with the line that fits none."""
    file.seek(0)
    head = file.read(_BLOCK)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec)
    if unmarked := _utf_16(head):
        return Encoding(unmarked)
    evidence = _what_is_no_utf_8(file)
    if evidence is None:
        return Encoding("utf-8")
    text = evidence.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if sum(ord(mark) >= _ASCII for mark in text) - bad > bad:
        raise not_in(file, Encoding("utf-8"), name)
    return Encoding("cp932", is_guess=True) if is_shift_jis(_lines_beyond_ascii(head)) else _guessed(evidence)


def _lines_beyond_ascii(head: bytes) -> bytes:
    """The first whole lines that are not all ASCII: of two bytes that are one letter neither is cut off."""
    lines = head.splitlines(keepends=True)
    found = [line for line in (lines if len(head) < _BLOCK else lines[:-1]) if not line.isascii()]
    sizes = [*accumulate(map(len, found))]
    return b"".join(found[: max(1, bisect(sizes, _EVIDENCE))])


def _utf_16(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    odd, even = head[1::2], head[::2]
    if not odd:
        return ""
    for codec, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros.count(0) > len(zeros) // 3 and not others.count(0):
            return codec
    return ""


def _what_is_no_utf_8(file: IO[bytes]) -> bytes | None:
    """Words beyond ASCII of a file that is not all UTF-8, None of one that is."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid = True
    evidence = b""
    while block := file.read(_BLOCK):
        if not block.isascii() and len(evidence) < _EVIDENCE:
            evidence += b"\n".join(_WORDS.findall(block))[: _EVIDENCE - len(evidence)]
        if valid:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                valid = False
        elif len(evidence) >= _EVIDENCE:
            break
    try:
        decoder.decode(b"", final=valid)
    except UnicodeDecodeError:
        valid = False
    return None if valid else evidence


def _guessed(evidence: bytes) -> Encoding:
    """The encoding of which the words make most sense; Windows-1252 unless another makes clearly more."""
    if _decodes(evidence, _WESTERN) and not any(_is_letter_beyond_ascii(mark) for mark in evidence.decode(_WESTERN)):
        return Encoding(_WESTERN, is_guess=True)  # only signs, such as that of the euro
    chaos: dict[str, float] = {}
    for match in from_bytes(evidence, cp_isolation=[*_GUESSED], threshold=_MOST_CHAOS):
        for codec in (match.encoding, *match.could_be_from_charset):  # those that read the same
            chaos.setdefault(codec, match.chaos)
    words = {codec: found for codec, found in chaos.items() if not _has_a_sign_in_a_word(evidence, codec)}
    chaos = words or chaos
    best = min(chaos, key=lambda codec: chaos[codec], default=_WESTERN)
    western = chaos.get(_WESTERN, 1.0 if chaos else 0.0)
    codec = best if western - chaos.get(best, 0.0) >= _CLEARLY else _WESTERN
    if codec == _WESTERN and _is_turkish(evidence):
        codec = _TURKISH
    return Encoding(codec if _decodes(evidence, codec) else best, is_guess=True)


def _has_a_sign_in_a_word(evidence: bytes, codec: str) -> bool:
    return _SIGN_IN_A_WORD.search(evidence.decode(codec, "replace")) is not None


def _is_turkish(evidence: bytes) -> bool:
    """Whether every letter beyond ASCII is a Turkish one, with some that no Icelandic word has: the two look alike otherwise."""
    letters = {mark for mark in evidence.decode(_TURKISH, "replace") if _is_letter_beyond_ascii(mark)}
    return bool(letters & _TURKISH_ALONE and letters & _NEVER_ICELANDIC) and letters <= _TURKISH_LETTERS


def _is_letter_beyond_ascii(mark: str) -> bool:
    return ord(mark) >= _ASCII and mark.isalpha()


def _decodes(evidence: bytes, codec: str) -> bool:
    try:
        evidence.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def not_in(file: IO[bytes], encoding: Encoding, name: str) -> ConfigError:
    """The error of a file that holds bytes which its encoding does not know, with the line of the first."""
    place = f"{name}, line {bad_line(file, encoding.codec)}"
    known = Encoding(encoding.codec).shown
    mend = f"mend that line, save the file as CSV UTF-8, or name what it is written in: {_TO_TRY}"
    return ConfigError(place, f"there is a character that is not written in {known}", mend)


def bad_line(file: IO[bytes], codec: str) -> int:
    """The number of the line with the first bytes that a codec cannot read; of the last one where it can."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    lines = 1
    while True:
        block = file.read(_BLOCK)
        try:
            lines += decoder.decode(block, final=not block).count("\n")
        except UnicodeDecodeError as error:
            before: bytes = error.object[: error.start]
            return lines + before.decode(codec, "ignore").count("\n")
        if not block:
            return lines
