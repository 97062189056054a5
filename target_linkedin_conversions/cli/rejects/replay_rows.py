"""Rejected rows of the outbox, mapped anew by the settings of today: by the one mapping, into the run that replays."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.records.event import MissingKey
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.records.plan import entries_for
from target_linkedin_conversions.run.progress import Untracked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_linkedin_conversions.records.event import Event, Refusal
    from target_linkedin_conversions.records.rows import Row
    from target_linkedin_conversions.reporting.outbox_file import Place, Settled
    from target_linkedin_conversions.reporting.rejected_rows import RejectedRow
    from target_linkedin_conversions.run.intake import Intake
    from target_linkedin_conversions.run.run import Run
    from target_linkedin_conversions.run.stream_mapping import StreamMapping
    from target_linkedin_conversions.run.streams import Streams
    from target_linkedin_conversions.settings import Settings

__all__ = ["RowsAnew", "RowsOfReplay", "SettledLines"]

_DIGEST_BYTES = 16
_encode = msgspec.json.Encoder(decimal_format="number", order="sorted").encode

Alike = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""What rows have in common that one mapping reads: stream, source, key, columns, and those that are not found."""


class RowsAnew:
    """What the settings of today make of rejected rows; nothing is sent or counted here."""

    def __init__(self, settings: Settings, streams: Streams, warn: Callable[[str], None]) -> None:
        """`warn` is told, once for all rows that are alike, why they cannot be mapped."""
        self._settings = settings
        self._streams = streams
        self._warn = warn
        self._known: dict[Alike, StreamMapping | None] = {}

    def mapping(self, kept: RejectedRow) -> StreamMapping | None:
        """How a row is mapped now; None where the settings say nothing of its stream, or name columns that were not kept."""
        alike = (kept.stream, kept.source, kept.key, tuple(kept.row), kept.not_found)
        if alike not in self._known:
            self._known[alike] = self._mapping(kept)
        return self._known[alike]

    def _mapping(self, kept: RejectedRow) -> StreamMapping | None:
        if self._settings.streams and not entries_for(kept.stream, self._settings.streams):
            self._warn(
                f"rejected rows of stream {name_shown(kept.stream)} stay in the outbox: no entry of streams fits its name"
            )
            return None
        try:
            entries = self._streams.entries_of(kept.stream)
            return self._streams.mapping(kept.stream, kept.schema, kept.key, entries, source=kept.source)
        except ConfigError as error:
            self._warn(
                f"rejected rows of stream {name_shown(kept.stream)} stay in the outbox, for they hold only the columns that were "
                f"mapped when they came ({error}); to map others, run once with --full-refresh"
            )
            return None

    def made(self, kept: RejectedRow, mapping: StreamMapping, now: int) -> tuple[Row, list[Event], list[Refusal]]:
        """The row, and all that today's entries make of it."""
        row = mapping.row_type.of(kept.record)
        made = mapping.made_of(row, now)
        events, refusals = ([], []) if isinstance(made, MissingKey) else made
        return row, events, refusals

    def may_repeat(self, kept: RejectedRow) -> bool:
        """Whether an event of the row may have been sent by another entry, which nobody would know."""
        return kept.entries > 1 and not self._settings.send_once


class SettledLines(Untracked):
    """Follows the run: each event's ticket is the place of its line."""

    def __init__(self, settled: Settled) -> None:
        """`row` is the line of which events are made now."""
        self._settled = settled
        self.row: Place | None = None

    def made(self, events: int) -> Place | None:
        """Count events of the row that is mapped now; its line is settled when the last of them has ended."""
        if self.row is not None:
            self._settled.expect(self.row, events)
        return self.row

    def ended(self, counts: Mapping[Place, int]) -> None:
        """Settle a line once all of its events have ended."""
        self._settled.ended(counts)


class RowsOfReplay:
    """Feeds rejected rows to the run where today's settings make events of them; all others stay in the outbox."""

    def __init__(self, run: Run, lines: SettledLines, settled: Settled) -> None:
        """`lines` follow the run."""
        self._run = run
        self._lines = lines
        self._settled = settled
        self._anew = RowsAnew(run.settings, run.streams, run.warn)
        self._intakes: dict[int, Intake] = {}
        self._seen: dict[bytes, Place | None] = {}
        self._stay: Counter[str] = Counter()

    def take(self, place: Place, kept: RejectedRow) -> bool:
        """Map a row and put its events into their batches; whether its line may go with them."""
        digest = blake2b(_encode([kept.stream, kept.source, kept.row]), digest_size=_DIGEST_BYTES).digest()
        if digest in self._seen:
            return self._follow(place, self._seen[digest])
        self._seen[digest] = None
        mapping = self._anew.mapping(kept)
        if mapping is None:
            return False
        if self._anew.may_repeat(kept):
            self._run.warn(
                "rejected rows of a stream with several entries stay in the outbox: with send_once: false nobody knows "
                "which of their events were sent; set send_once: true, or run once with --full-refresh"
            )
            return False
        row, events, refusals = self._anew.made(kept, mapping, self._run.now)
        rejected = [refusal for refusal in refusals if not refusal.skipped]
        if rejected or not events:
            self._stay[(rejected or refusals)[0].skipped or rejected[0].reasons[0].code] += 1
            return False
        self._seen[digest] = place
        self._feed(place, kept, mapping, row)
        return True

    def tell(self) -> None:
        """Warn of the rows that stay, by reason."""
        if self._stay:
            causes = ", ".join(f"{number} {code}" for code, number in self._stay.most_common())
            self._run.warn(
                f"{how_many(self._stay.total(), 'rejected row stays', 'rejected rows stay')} in the outbox, with no event by "
                f"the settings of today either ({causes}); mend the settings and replay again, or run once with --full-refresh"
            )
            self._stay.clear()

    def _follow(self, place: Place, first: Place | None) -> bool:
        """Let a repeated row's line be settled together with the first one's."""
        if first is not None:
            self._settled.follow(place, first)
        return first is not None

    def _feed(self, place: Place, kept: RejectedRow, mapping: StreamMapping, row: Row) -> None:
        intake = self._intakes.get(id(mapping))
        if intake is None:
            intake = self._intakes[id(mapping)] = self._run.intake(kept.stream, mapping)
        self._settled.expect(place, 1)  # the row itself, so that no event of it is the last before all are made
        self._lines.row = place
        try:
            intake.take_all((row,), self._run.now)
        finally:
            self._lines.row = None
            self._settled.ended({place: 1})
            intake.count()
