"""What the reader of messages leaves behind."""

from __future__ import annotations

import gc
import io
import weakref
from typing import TYPE_CHECKING, NoReturn

import pytest

from target_linkedin_conversions.singer.errors import InvalidLineError
from target_linkedin_conversions.singer.reader import LineReader

if TYPE_CHECKING:
    from collections.abc import Iterator


class Nobody:
    """Listens and takes nothing."""

    now = 0

    def straight(self, stream: str | None) -> None:
        """No stream goes straight to anybody."""

    def began(self) -> None:
        """Reading begins."""

    def paused(self) -> None:
        """Between two chunks."""

    def longest_silence(self) -> None:
        """Wait for ever."""

    def failed(self, error: BaseException) -> None:
        """Told, and not kept."""


@pytest.fixture
def nothing_collected() -> Iterator[None]:
    """No garbage is looked for meanwhile."""
    gc.disable()
    yield
    gc.enable()


def _read(text: bytes) -> NoReturn:
    reader = LineReader(Nobody())
    try:
        reader.process_lines(io.BytesIO(text), {})
    finally:
        reader.close()
    raise AssertionError("it was read")


@pytest.mark.usefixtures("nothing_collected")
@pytest.mark.parametrize("text", [b"{" * 1000, b'{"type": "RECORD"}\n', b"x" * (65 << 20)])
def test_a_line_that_ends_a_run_is_gone_with_its_error(text: bytes) -> None:
    """A process that runs many times would keep each, up to 64 MiB, until garbage is looked for among all it holds."""
    kept = None
    try:
        _read(text)
    except InvalidLineError as error:
        kept = weakref.ref(error)
    assert kept is not None
    assert kept() is None
