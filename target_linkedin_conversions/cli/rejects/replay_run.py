"""Replaying the outbox: which events leave again, through the same delivery as a run's.

A line leaves the outbox when its event has ended and what became of it is on disk: so a
crash may replay an event, which the ledger then knows, and never loses one.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.cli.past_runs import outbox_of
from target_linkedin_conversions.cli.rejects.replay_rows import RowsAnew, RowsOfReplay, SettledLines
from target_linkedin_conversions.delivery.batch import Batch, BatchOptions
from target_linkedin_conversions.errors import RuleError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.plan import entries_for
from target_linkedin_conversions.records.reasons import BY_LINKEDIN
from target_linkedin_conversions.records.window import OLDEST_MS
from target_linkedin_conversions.reporting.outbox import digest_of, outbox_events
from target_linkedin_conversions.reporting.outbox_file import OutboxFile, Settled
from target_linkedin_conversions.reporting.rejected_rows import rows_of_run
from target_linkedin_conversions.run.streams import Streams
from target_linkedin_conversions.run.suppress import suppress_list
from target_linkedin_conversions.settings import rules_of
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_linkedin_conversions.records.event import Event
    from target_linkedin_conversions.reporting.outbox import OutboxEvent, OutboxLine
    from target_linkedin_conversions.reporting.outbox_file import Place
    from target_linkedin_conversions.reporting.rejected_rows import RejectedRow
    from target_linkedin_conversions.run.batcher import Batcher
    from target_linkedin_conversions.run.run import Run
    from target_linkedin_conversions.settings import Settings, StreamEntry

__all__ = ["Replay", "Wanted", "rehearsed"]

_FILES_AT_ONCE = 64
"""Outbox files that are held open before they are rewritten."""
_PAUSE = 1000
"""Lines between two looks at signals and senders."""


class Wanted(msgspec.Struct, frozen=True):
    """Which lines of the outbox a person asked for; `origin` is where events are bound for now."""

    origin: str
    in_doubt: bool = False
    rule: str | None = None
    stream: str | None = None

    def takes(self, line: OutboxLine) -> bool:
        """Whether a line is asked for, wherever it was bound for."""
        if line.outcome != Outcome.REJECTED and not (self.in_doubt and line.outcome == Outcome.IN_DOUBT):
            return False
        return self.rule in {None, line.rule} and self.stream in {None, line.stream}

    def takes_row(self, row: RejectedRow) -> bool:
        """Whether a rejected row is asked for: it has no rule yet, so that none can be asked for."""
        return self.rule is None and self.stream in {None, row.stream}

    def is_elsewhere(self, line: OutboxLine) -> bool:
        """Whether a line was bound for another `api_url`, such as a sandbox, or does not say for which."""
        return line.origin != self.origin


class Sieve:
    """Decides by today's settings whether an event of the outbox may be sent."""

    def __init__(self, settings: Settings, suppressed: frozenset[str]) -> None:
        """`suppressed` are the digests of the suppress list."""
        self._settings = settings
        self._suppressed = suppressed

    def skipped(self, kept: OutboxEvent) -> str:
        """Why an event must not be sent, empty where it may; e-mail domains cannot be read from hashes."""
        entry = self._entry(kept.line.stream, kept.line.rule)
        not_before = entry.not_before if entry and entry.not_before is not None else self._settings.not_before
        if not_before is not None and kept.event.happened_at < not_before:
            return "before_start"
        emails = {found.id_value for found in kept.sent.user.user_ids if found.id_type == "SHA256_EMAIL"}
        return "suppressed" if emails & self._suppressed else ""

    def rejects_too_old(self, stream: str, rule: str) -> bool:
        """Whether an event that is too old is rejected rather than skipped."""
        entry = self._entry(stream, rule)
        return ((entry and entry.on_too_old) or self._settings.on_too_old) == "reject"

    def _entry(self, stream: str, rule: str) -> StreamEntry | None:
        """The entry that made the event: of several for its stream the one that names its rule."""
        entries = entries_for(stream, self._settings.streams)
        return next((entry for entry in entries if rule in rules_of([entry])), entries[0] if entries else None)


class Replay:
    """One run over the outbox."""

    def __init__(self, run: Run, wanted: Wanted) -> None:
        """Hear how the run's events end; nothing is opened."""
        self._run = run
        self._wanted = wanted
        self._settings = run.settings
        self._folder = outbox_of(run.settings)
        self._sieve = Sieve(run.settings, frozenset())
        self._settled = Settled()
        self._held: list[OutboxFile] = []
        self._batchers: dict[tuple[str, tuple[str, ...], bool, bool], Batcher] = {}
        self._seen: dict[bytes, Place] | None = None if run.settings.send_once else {}
        self._elsewhere = 0
        lines = SettledLines(self._settled)
        self._rows = RowsOfReplay(run, lines, self._settled)
        run.follow(lines)

    def send(self, runs: Sequence[str]) -> None:
        """Send what these runs kept, the newest first, for it is what the source said last."""
        self._sieve = Sieve(self._settings, self._run.streams.suppressed)
        for run in sorted(runs, reverse=True):
            self._send_file(OutboxFile(self._folder, run))
            if len(self._held) >= _FILES_AT_ONCE:
                self._drain()
        self._drain()
        self._rows.tell()
        if self._elsewhere:
            self._run.warn(
                f"{how_many(self._elsewhere, 'event')} of the outbox {'is' if self._elsewhere == 1 else 'are'} for another api_url, or for none that is named, and {'stays' if self._elsewhere == 1 else 'stay'} there"
            )

    def clear(self) -> None:
        """Take what has ended out of the outbox, once its ends are on disk; raises `ConfigError`, losing nothing."""
        ended = [(file, self._settled.of(file.run)) for file in self._held]
        try:
            self._run.recorder.flush()
            for file, settled in ended:
                file.drop(settled)
        finally:
            for file in self._held:
                file.release()
            self._held.clear()

    def _send_file(self, file: OutboxFile) -> None:
        if not file.hold():
            self._run.warn(f"{file.place} is in use by another run or replay; its events stay for the next replay")
            return
        self._held.append(file)
        taken = 0
        for place, kept in file.events(self._run.warn):
            if place.number % _PAUSE == 0:
                self._run.pause()
            taken += self._take(place, kept)
        for place, row in file.rows(self._run.warn):
            if place.number % _PAUSE == 0:
                self._run.pause()
            taken += self._take_row(place, row)
        if not taken:
            self._held.pop().release()

    def _take(self, place: Place, kept: OutboxEvent) -> bool:
        """Put an event into its batch, or skip it; whether its line was asked for."""
        line, event = kept.line, kept.event
        if not self._wanted.takes(line):
            return False
        if self._wanted.is_elsewhere(line):
            self._elsewhere += 1
            return False
        # Only LinkedIn rejects what was an event already; without the code another reason's rows would count as taken up.
        code = BY_LINKEDIN if line.outcome is Outcome.REJECTED else ""
        self._run.tally.count_replayed(line.stream, line.rule, line.outcome, code)
        if self._is_repeated(place, event):
            return True
        self._run.tally.count_records(line.stream, 1)
        self._run.tally.count_made(line.stream, line.rule, 1)
        if skipped := self._sieve.skipped(kept):
            # The settings may change again, so the line stays: a ticket that is no `Place` settles nothing.
            batch = Batch(line.rule, line.stream, [event], [None])
            self._run.recorder.settled(batch, Outcome.SKIPPED, code=skipped)
            return True
        self._put(place, line, event)
        return True

    def _take_row(self, place: Place, row: RejectedRow) -> bool:
        """Map a rejected row anew, where it was asked for; whether its line may go."""
        if not self._wanted.takes_row(row):
            return False
        if row.origin != self._wanted.origin:
            self._elsewhere += 1
            return False
        may_go = self._rows.take(place, row)
        if may_go:
            self._run.tally.count_replayed(row.stream, "", Outcome.REJECTED, row.codes[0] if row.codes else "")
        return may_go

    def _is_repeated(self, place: Place, event: Event) -> bool:
        """Whether an event came before, where no ledger knows; its line ends as the first one does."""
        if self._seen is None:
            return False
        first = self._seen.setdefault(digest_of(event), place)
        if first is not place:
            self._settled.follow(place, first)
        return first is not place

    def _put(self, place: Place, line: OutboxLine, event: Event) -> None:
        """Put an event into the batcher for its batch options."""
        reject_too_old = self._sieve.rejects_too_old(line.stream, line.rule)
        name = (line.stream, line.private, line.outcome == Outcome.IN_DOUBT, reject_too_old)
        batcher = self._batchers.get(name)
        if batcher is None:
            stream, private, in_doubt, _ = name
            options = BatchOptions(stream, reject_too_old, frozenset(private), in_doubt)
            batcher = self._batchers[name] = self._run.batcher(options)
        batcher.put(event, place)

    def _drain(self) -> None:
        """Wait until all that was taken is settled, and take it out of the outbox."""
        # In doubt first: a person asked for these by name.
        for name in sorted(self._batchers, key=lambda name: not name[2]):
            self._batchers[name].send_all()
        with suppress(RuleError):  # it ends the run after the other rules are done
            self._run.settle()
        self._run.check()
        self.clear()


def rehearsed(
    settings: Settings, wanted: Wanted, runs: Sequence[str], unreadable: Callable[[str], None]
) -> Counter[tuple[str, str, str, str]]:
    """How many events a replay would send or skip: by stream, rule, how they ended, and why they would be skipped.

    One that several runs kept counts once, as the newest kept it.
    """
    found: Counter[tuple[str, str, str, str]] = Counter()
    sieve = Sieve(settings, suppress_list(settings.suppress))
    folder, now = outbox_of(settings), wall_clock()
    oldest = now - OLDEST_MS
    found.update(_rehearsed_rows(settings, wanted, runs, unreadable, now))
    seen: set[bytes] = set()
    for run in sorted(runs, reverse=True):
        for kept in outbox_events(folder, run, unreadable):
            if wanted.takes(kept.line) and not wanted.is_elsewhere(kept.line) and _is_new(digest_of(kept.event), seen):
                why = sieve.skipped(kept) or ("too_old" if kept.event.happened_at < oldest else "")
                found[kept.line.stream, kept.line.rule, kept.line.outcome, why] += 1
    return found


def _is_new(digest: bytes, seen: set[bytes]) -> bool:
    """Whether an event is seen for the first time."""
    known = len(seen)
    seen.add(digest)
    return len(seen) > known


def _rehearsed_rows(
    settings: Settings, wanted: Wanted, runs: Sequence[str], unreadable: Callable[[str], None], now: int
) -> Iterator[tuple[str, str, str, str]]:
    """The same of rejected rows: each event that they have by now, or why one has none."""
    streams = Streams(settings, unreadable)
    streams.suppressed = suppress_list(settings.suppress)
    anew = RowsAnew(settings, streams, unreadable)
    for run in runs:
        for kept in rows_of_run(outbox_of(settings), run, unreadable):
            if not wanted.takes_row(kept) or kept.origin != wanted.origin or anew.may_repeat(kept):
                continue
            mapping = anew.mapping(kept)
            if mapping is None:
                continue
            _, events, refusals = anew.made(kept, mapping, now)
            rejected = [refusal.reasons[0].code for refusal in refusals if not refusal.skipped]
            if rejected or not events:
                yield kept.stream, "", Outcome.REJECTED, rejected[0] if rejected else refusals[0].skipped
            else:
                yield from ((kept.stream, event.rule, Outcome.REJECTED, "") for event in events)
