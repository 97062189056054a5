"""A tap that goes on from a STATE: several streams in turn, schemas that change, a STATE now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos.rows import STREAMS, Bookmarks, Table, generation, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

OVERLAP = 2
"""Rows before its bookmark that a tap reads again, as those do that ask for `>=`."""
MOST_IN_TURN = 60
STATE_CHANCE = 0.6
FAVOUR = 0.95
"""How often the stream that a tap prefers comes next."""


def messages(
    table: Table, bookmarks: Bookmarks, luck: Random, *, overlap: int = OVERLAP, preferred: str = ""
) -> Iterator[bytes]:
    """Pieces of Singer input, each a few rows of one stream; the last STATE ends it."""
    at = {stream: max(0, bookmarks.get(stream, 0) - overlap) for stream in STREAMS}
    told: dict[str, int] = {}
    while left := [stream for stream in STREAMS if at[stream] < table.rows]:
        stream = preferred if preferred in left and luck.random() < FAVOUR else luck.choice(left)
        piece = []
        for row in range(at[stream], min(table.rows, at[stream] + luck.randint(1, MOST_IN_TURN))):
            if told.get(stream) != generation(row):
                told[stream] = generation(row)
                piece.append(schema(stream, told[stream]))
            piece.append(table.record(stream, row))
            at[stream] = row + 1
        if luck.random() < STATE_CHANCE:
            piece.append(state(at))
        yield b"".join(piece)
    yield state(at)
