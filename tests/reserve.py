"""In the place of the memory that is put aside for a run's end."""

from __future__ import annotations

__all__ = ["Reserve"]


class Reserve:
    """Only remembers that it was given back."""

    released = False

    def release(self) -> None:
        self.released = True
