"""Which streams came and which entries fit them, and what to say where an entry fits none."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import first_few
from target_linkedin_conversions.nearest import A_LITTLE_ALIKE, nearest
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.reporting.way_back import FedBy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from target_linkedin_conversions.settings import StreamEntry

__all__ = ["StreamMatching"]

_MOST_NAMED = 10
_OTHERWISE = "give an entry the name of the stream as the tap writes it, or select the stream in the tap"


class StreamMatching:
    """The streams that came in a run, beside the entries that should send them."""

    def __init__(self, entries: Sequence[StreamEntry]) -> None:
        """Start with no stream seen."""
        self._entries = entries
        self._used: set[str] = set()
        self._taken: dict[str, str] = {}
        """Entries that fit a stream which another entry took: the place of each, and the place of the one that took the stream."""
        self._unfit: dict[str, None] = {}
        """Streams that no entry fits, in the order of arrival, by the name that may be shown, as in the tally."""

    def note(self, stream: str, fitting: Iterable[StreamEntry]) -> None:
        """Note that the schema of a stream came, and which entries send it; none where no entry fits its name."""
        places = [entry.place for entry in fitting]
        self._used.update(places)
        if not places:
            self._unfit[name_shown(stream)] = None
            return
        for entry in self._entries:
            if entry.place not in self._used and fnmatchcase(stream, entry.stream):
                self._taken.setdefault(entry.place, places[0])

    @property
    def none_fits(self) -> bool:
        """Whether streams came and no entry fits any of them."""
        return bool(self._unfit) and not self._used

    def check(self, with_records: Iterable[str]) -> None:
        """Raise `ConfigError` where no entry fits any stream, though some of them brought records."""
        lost = [stream for stream in with_records if stream in self._unfit]
        if not lost or not self.none_fits:
            return
        names = list(dict.fromkeys(entry.stream for entry in self._entries))
        came = first_few([*map(repr, lost)], _MOST_NAMED)
        raise ConfigError(
            "streams",
            f"no entry fits a stream that brought records; the streams that came: {came}",
            _meant(names, lost) or _OTHERWISE,
        )

    def absent(self) -> list[str]:
        """A warning for each entry whose stream never came, where others did."""
        if not self._used:
            return []
        return [self._why(entry) for entry in self._entries if entry.place not in self._used]

    def _why(self, entry: StreamEntry) -> str:
        """Why an entry sent nothing, and what to do."""
        taker = self._taken.get(entry.place)
        if taker is None:
            meant = _meant([entry.stream], list(self._unfit))
            # STATE goes past the rows of that stream, for another one is sent.
            once = f" Mend it, and {FedBy.TAP.again}, for the tap's bookmark is past what came" if meant else ""
            return f"{entry.place}: no stream {entry.stream!r} came in this run; {meant or _OTHERWISE}{once}"
        return (
            f"{entry.place}: what {entry.stream!r} fits was taken by {taker}; an exact name comes before a pattern, and an "
            "earlier pattern before a later one: put it first, give it the stream's exact name, or remove it"
        )


def _meant(names: Sequence[str], streams: Sequence[str]) -> str:
    """The pattern that somebody meant by a regular expression, or the nearest pair of a configured name and a stream's; empty where none is near."""
    for name in names:
        pattern = name.replace(".*", "*").replace(".+", "*").strip("^$")
        if pattern != name and any(fnmatchcase(stream, pattern) for stream in streams):
            return f"did you mean {pattern!r} where the entry says {name!r}? A pattern is no regular expression"
    for name in names:
        if meant := nearest(name, streams, alike=A_LITTLE_ALIKE):
            return f"did you mean {meant!r} where the entry says {name!r}?"
    return ""
