"""The lines of an input come whole, and one without an end is not waited for, wherever the input comes from."""

from __future__ import annotations

import io
from itertools import chain

import pytest

from target_linkedin_conversions.singer import lines
from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.lines import of_file

LONGEST = 1 << 12
PIECE = 1 << 8


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", LONGEST)
    monkeypatch.setattr(lines, "_PIECE", PIECE)


class Endless(io.RawIOBase):
    """A file of one line that never ends."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"x" * size


def test_a_line_of_a_file_that_does_not_end_is_refused_before_it_fills_the_memory() -> None:
    endless = Endless()
    with pytest.raises(InvalidLineError):
        list(of_file(endless))  # type: ignore[arg-type]  # of a file's methods it is only read by one
    assert endless.given <= LONGEST + PIECE


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, LONGEST - PIECE])
def test_lines_come_whole_however_they_lie_in_the_pieces(length: int, end: str) -> None:
    text = "\n".join(["ä" * (length // 2), "b" * length, "", "c"]) + end
    whole = io.BytesIO(text.encode()).readlines()
    assert list(chain.from_iterable(of_file(io.BytesIO(text.encode())))) == whole
    assert list(chain.from_iterable(of_file(io.StringIO(text)))) == whole
