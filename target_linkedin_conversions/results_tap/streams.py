"""The streams: runs, their lines, rejects, results, rules, and the last reconciliation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from singer_sdk.streams import Stream

from target_linkedin_conversions.epoch import utc_of
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.reporting.rejects import reject_lines
from target_linkedin_conversions.reporting.result_lines import result_lines
from target_linkedin_conversions.wall_clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from singer_sdk import Tap

    from target_linkedin_conversions.reporting.report import Report
    from target_linkedin_conversions.results_tap.past import EndedRun, Past

__all__ = ["STREAMS", "OfPast"]

_LOOK_BACK = dt.timedelta(hours=1)
"""So long before its bookmark a stream begins: a report carries the time of its run's end, which is a little before it can be read."""
_KILLED = "killed"
"""The outcome of a run that left no report."""

_COUNTS = (str(Outcome.DELIVERED), str(Outcome.IN_DOUBT), "resent")
"""What the ledger counts of a rule, by the names of its statistics."""

_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER: dict[str, Any] = {"type": "integer"}
_MAYBE_NUMBER: dict[str, Any] = {"type": ["integer", "null"]}
_TRUTH: dict[str, Any] = {"type": ["boolean", "null"]}
_MAYBE_SHARE: dict[str, Any] = {"type": ["number", "null"]}
_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
_MAYBE_TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}


class OfPast(Stream):
    """A stream of what past runs left."""

    columns: ClassVar[Mapping[str, Any]]
    """The JSON schema of each column."""
    is_sorted = True
    """Runs come in the order in which they ended, so that a sync that is interrupted goes on where it was."""
    check_sorted = False
    """Those of the look-back lie before the bookmark."""

    def __init__(self, tap: Tap, past: Past) -> None:
        """Read nothing yet."""
        self._past = past
        schema = {"type": "object", "properties": dict(self.columns), "required": list(self.primary_keys)}
        super().__init__(tap, schema=schema)

    def post_process(self, row: dict[str, Any], context: Mapping[str, Any] | None = None) -> dict[str, Any]:  # noqa: ARG002 - the SDK's signature
        """The row with every column, also those of which nothing is known."""
        return dict.fromkeys(self.columns) | row

    def runs(self) -> Iterator[EndedRun]:
        """The runs that ended since the bookmark, and a little before it."""
        since = self.get_starting_timestamp(None)
        if since is not None and since > utc_of(wall_clock()):
            since = None  # a clock that was ahead wrote it, and what has ended since lies before it
        for one in self._past.ended:
            if (
                since is None or since - (one.told or one.ended) <= _LOOK_BACK
            ):  # no time lies so early that this is none
                yield one


class Runs(OfPast):
    """A row a run, and one a job of several, whose parts name it as their `job`: those without one count each event once."""

    name = "runs"
    primary_keys: ClassVar[list[str]] = ["run"]
    replication_key = "ended"
    columns: ClassVar[Mapping[str, Any]] = {
        "run": _TEXT,
        "started": _MAYBE_TIME,
        "ended": _TIME,
        "outcome": _TEXT,
        "exit_code": _MAYBE_NUMBER,
        "message": _MAYBE_TEXT,
        "job": _MAYBE_TEXT,
        "dry_run": _TRUTH,
        "version": _MAYBE_TEXT,
        "linkedin_version": _MAYBE_TEXT,
        "seconds": _MAYBE_SHARE,
        "requests": _MAYBE_NUMBER,
        "records": _MAYBE_NUMBER,
        "events": _MAYBE_NUMBER,
        **{str(outcome): _MAYBE_NUMBER for outcome in Outcome},
        "warnings": {"type": ["array", "null"], "items": _TEXT},
    }

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002 - the SDK's signature
        """Every run; of one that was killed only that it was."""
        for one in self.runs():
            told = {"run": one.run, "ended": one.ended.isoformat(), "outcome": _KILLED, "job": one.job}
            yield told if one.report is None else told | _of_report(one.report)


def _of_report(report: Report) -> dict[str, Any]:
    names = (
        "started",
        "outcome",
        "exit_code",
        "message",
        "dry_run",
        "version",
        "linkedin_version",
        "seconds",
        "requests",
        "records",
        "events",
        "warnings",
    )
    return {name: getattr(report, name) for name in names} | {
        str(outcome): report.counts.get(outcome, 0) for outcome in Outcome
    }


class RunLines(OfPast):
    """How many events of a run's streams and rules ended so, and why; rule and code may be empty, which many a warehouse takes for null."""

    name = "run_lines"
    primary_keys: ClassVar[list[str]] = ["run", "line"]
    replication_key = "ended"
    columns: ClassVar[Mapping[str, Any]] = {
        "run": _TEXT,
        "line": _NUMBER,
        **dict.fromkeys(("stream", "rule", "outcome", "code"), _TEXT),
        "ended": _TIME,
        "job": _MAYBE_TEXT,
        "events": _NUMBER,
        "meaning": _MAYBE_TEXT,
    }

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002 - the SDK's signature
        """Every line of every report."""
        for one in self.runs():
            lines = one.report.lines if one.report is not None else ()
            for number, line in enumerate(lines, 1):
                about = {"run": one.run, "line": number, "ended": one.ended.isoformat(), "job": one.job}
                yield about | msgspec.to_builtins(line)


class Rejects(OfPast):
    """A row a record or event that was rejected, with its first reason; `key` is JSON, `key_value` the value of a key of one column."""

    name = "rejects"
    primary_keys: ClassVar[list[str]] = ["run", "line"]
    replication_key = "ended"
    columns: ClassVar[Mapping[str, Any]] = {
        "run": _TEXT,
        "line": _NUMBER,
        "ended": _TIME,
        "stream": _TEXT,
        "key": _TEXT,
        "key_value": _MAYBE_TEXT,
        "rule": _MAYBE_TEXT,
        "field": _MAYBE_TEXT,
        "code": _MAYBE_TEXT,
        "message": _MAYBE_TEXT,
        "codes": {"type": "array", "items": _TEXT},
        "happened_at": _MAYBE_TIME,
        "value": _MAYBE_TEXT,
    }

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002 - the SDK's signature
        """Every line of every run's rejects."""
        for one in self.runs():
            for number, line in enumerate(reject_lines(self._past.folder, one.run, self._past.warn), 1):
                first = line.reasons[0] if line.reasons else None
                at = line.event.happened_at
                yield {
                    "run": one.run,
                    "line": number,
                    "ended": one.ended.isoformat(),
                    "stream": line.stream,
                    "key": msgspec.json.encode(line.key).decode(),
                    "key_value": _only_value(line.key),
                    "rule": line.rule,
                    "field": first and first.field,
                    "code": first and first.code,
                    "message": first and first.message,
                    "codes": [reason.code for reason in line.reasons],
                    "happened_at": None if at is None else _timestamp(at),
                    "value": line.event.value,
                }


class Results(OfPast):
    """A row an event, or a record that yielded none, of runs with `results_log`; `key` and `key_value` as in the rejects."""

    name = "results"
    primary_keys: ClassVar[list[str]] = ["run", "line"]
    replication_key = "ended"
    columns: ClassVar[Mapping[str, Any]] = {
        "run": _TEXT,
        "line": _NUMBER,
        "ended": _TIME,
        "stream": _TEXT,
        "key": _TEXT,
        "key_value": _MAYBE_TEXT,
        "rule": _TEXT,
        "event_id": _TEXT,
        "outcome": _TEXT,
        "code": _TEXT,
        "time": _MAYBE_TIME,
    }

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002 - the SDK's signature
        """Every line of every run's results."""
        for one in self.runs():
            for number, line in enumerate(result_lines(self._past.folder, one.run, self._past.warn), 1):
                yield {
                    "run": one.run,
                    "line": number,
                    "ended": one.ended.isoformat(),
                    "stream": line.stream,
                    "key": line.key,
                    "key_value": _only_value(_key_of(line.key)),
                    "rule": line.rule,
                    "event_id": line.event_id,
                    "outcome": line.outcome,
                    "code": line.code,
                    "time": _timestamp(line.time),
                }


class ConversionRules(OfPast):
    """A row a rule: what the ledger holds of it, and what LinkedIn said of it when `reconcile` was last asked."""

    name = "conversion_rules"
    primary_keys: ClassVar[list[str]] = ["rule"]
    columns: ClassVar[Mapping[str, Any]] = {
        "rule": _TEXT,
        "name": _MAYBE_TEXT,
        "type": _MAYBE_TEXT,
        "enabled": _TRUTH,
        "campaigns": _MAYBE_NUMBER,
        "click_window": _MAYBE_NUMBER,
        "view_window": _MAYBE_NUMBER,
        **dict.fromkeys(_COUNTS, _MAYBE_NUMBER),
    }

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002 - the SDK's signature
        """Every rule that either knows."""
        facts = self._past.reconciliation.rules if self._past.reconciliation is not None else []
        found: dict[str, dict[str, Any]] = {}
        for one in facts:
            told = msgspec.to_builtins(one)
            found[one.id] = {"rule": told.pop("id"), **told}
        for held in self._past.rules:
            counts = {name: getattr(held, name) for name in _COUNTS}
            rule = name_shown(held.rule)  # the ledger's file may be another program's work
            found.setdefault(rule, {"rule": rule}).update(counts)
        yield from found.values()


class Reconciliations(OfPast):
    """A row a rule and day of what `reconcile` last said."""

    name = "reconciliation"
    primary_keys: ClassVar[list[str]] = ["rule", "day"]
    replication_key = "made"
    columns: ClassVar[Mapping[str, Any]] = {
        "rule": _TEXT,
        "day": _DAY,
        "made": _TIME,
        "name": _MAYBE_TEXT,
        "source": _MAYBE_NUMBER,
        "sent": _NUMBER,
        "counted": _NUMBER,
        "after_click": _NUMBER,
        "after_view": _NUMBER,
        "complete": _TRUTH,
        "gap": _MAYBE_SHARE,
    }

    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002 - the SDK's signature
        """Every row; all of them each time, for each question replaces the one before."""
        said = self._past.reconciliation
        if said is not None:
            yield from ({"made": said.made, **msgspec.to_builtins(row)} for row in said.rows)


STREAMS: tuple[type[OfPast], ...] = (Runs, RunLines, Rejects, Results, ConversionRules, Reconciliations)
"""Every stream, in the order in which people read them."""


def _timestamp(milliseconds: int) -> str | None:
    """A time in epoch milliseconds, as RFC 3339; None where it is no date."""
    try:
        return utc_of(milliseconds).isoformat()
    except OverflowError:
        return None


def _key_of(text: str) -> dict[str, str | None]:
    try:
        return msgspec.json.decode(text, type=dict[str, str | None])
    except msgspec.DecodeError:
        return {}


def _only_value(key: Mapping[str, str | None]) -> str | None:
    """The value of a key of one column, None of any other."""
    return next(iter(key.values())) if len(key) == 1 else None
