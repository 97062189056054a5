"""What a law came to, and what every law is given."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from target_linkedin_conversions.sandbox import Sandbox
from tests.chaos.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
PLENTY = 1_000_000_000
MOST_SHOWN = 5


@dataclass
class Finding:
    """One line of the table: what was tried, what had to be, and what was."""

    law: str
    numbers: str
    bar: str
    seen: str
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the law held."""
        return not self.broken


@dataclass
class Trial:
    """A law's surroundings: a folder of its own, luck that can be repeated, and where it says how far it is."""

    folder: Path
    seed: int
    at_once: int = 4
    say: Callable[[str], None] = lambda _: None

    def luck(self, *names: object) -> random.Random:
        """Chance that is the same for the same seed and names."""
        return random.Random(repr((self.seed, *names)))  # noqa: S311 - a trial must repeat itself

    def place(self, name: str) -> Path:
        """A new folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def all(self, work: Callable[[int], T], count: int, *, at_once: int = 0) -> list[T]:
        """Do it so many times, a few at once; what was found, in order."""
        with ThreadPoolExecutor(at_once or self.at_once) as pool:
            return list(pool.map(work, range(count)))


class Broken(list[str]):
    """What was found broken, named so that a person can look for it."""

    def none(self, what: str, found: Sequence[Any] | set[Any] | dict[Any, Any]) -> None:
        """Nothing of this kind may be."""
        if found:
            shown = ", ".join(str(one) for one in sorted(found, key=str)[:MOST_SHOWN])
            self.append(f"{len(found)} {what}: {shown}")

    def true(self, what: str, *, held: bool) -> None:
        """This must hold."""
        if not held:
            self.append(what)


@contextmanager
def linkedin() -> Iterator[Witness]:
    """A sandbox without limits of its own, and who looks into it."""
    with Sandbox(lint="off", requests_per_minute=PLENTY, requests_per_day=PLENTY) as sandbox:
        yield Witness(sandbox)


def to_stderr(line: str) -> None:
    """How far a law is, for a person who waits."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()
