"""What is told of a run: a span for it, its batches and their requests, and the metrics beside them.

All of it by batch or request, never by record; no attribute holds an identifier, a key or a value of a record.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.muted_threads import join_until, muted_thread
from target_linkedin_conversions.records.looks import name_shown
from target_linkedin_conversions.telemetry.collector import ENDPOINT, Collector, problem_of, signals_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from target_linkedin_conversions.delivery.batch import Batch
    from target_linkedin_conversions.delivery.observer import Attempt
    from target_linkedin_conversions.reporting.report import Line, Report

__all__ = ["MOST_SECONDS", "Telemetry"]

logger = logging.getLogger(__name__)

MOST_SECONDS = 3.0
"""For all that is left to tell when a run has ended; a collector that is dead costs no more."""
_PREFIX = "linkedin_conversions"
_GOOD = range(200, 300)
"""Statuses of an answer that is no error."""


class Telemetry:
    """Watches one run; nothing is imported, measured or sent where the environment names no collector."""

    def __init__(self, run: str, lines: Callable[[], Iterable[Line]], requests_per_day: int) -> None:
        """`lines` are the counts of the run as they are whenever they are asked for."""
        self._run = run
        self._lines = lines
        self._per_day = requests_per_day
        self._collector: Collector | None = None
        self._left = requests_per_day
        self._attempts: Any = None
        self._seconds: Any = None
        self._ages: Any = None
        self._span: Any = None

    def begin(self) -> None:
        """Find the collector; where there can be none, one warning says so."""
        signals = signals_wanted(os.environ)
        if not signals:
            return
        problem = problem_of(os.environ)
        if not problem:
            made: list[Collector] = []
            muted_thread("telemetry", lambda: made.append(Collector(signals))).join()
            problem = "" if made else "one of the variables OTEL_* holds what OpenTelemetry cannot use"
        if problem:
            logger.warning("no telemetry is sent: %s", problem)
            return
        self._collector = made[0]
        self._make_instruments(made[0].meter)
        self._span = made[0].tracer.start_span("run", attributes={f"{_PREFIX}.run": self._run})

    def _make_instruments(self, meter: Any) -> None:  # noqa: ANN401 - the SDK's own type
        self._attempts = meter.create_counter(f"{_PREFIX}.requests", "{request}", "Requests by what LinkedIn answered")
        self._seconds = meter.create_histogram(f"{_PREFIX}.request.duration", "s", "From a request to its answer")
        self._ages = meter.create_histogram(
            f"{_PREFIX}.event.age", "s", "From the oldest event of a batch to its sending"
        )
        meter.create_observable_counter(
            f"{_PREFIX}.events", [self._observe_events], "{event}", "Events and rows by how they ended"
        )
        meter.create_observable_gauge(
            f"{_PREFIX}.quota.left", [self._observe_quota], "{request}", "Requests left of this UTC day"
        )

    def _observe_events(self, _options: object) -> Iterator[Any]:
        from opentelemetry.metrics import Observation  # noqa: PLC0415 - only where a collector is named

        ended: Counter[tuple[str, str]] = Counter()
        for line in self._lines():
            ended[line.outcome, line.code] += line.events
        for (outcome, code), events in ended.items():
            yield Observation(events, {"outcome": str(outcome), "code": code})

    def _observe_quota(self, _options: object) -> Iterator[Any]:
        from opentelemetry.metrics import Observation  # noqa: PLC0415 - only where a collector is named

        yield Observation(self._left)

    # What the senders do

    @contextmanager
    def batch(self, batch: Batch) -> Iterator[None]:
        """A span for the batch, below that of the run."""
        if self._collector is None:
            yield
            return
        from opentelemetry import trace  # noqa: PLC0415 - only where a collector is named

        oldest = min(event.happened_at for event in batch.events)
        attributes = {"stream": name_shown(batch.stream), "rule": batch.rule, "events": len(batch.events)}
        self._ages.record(max(0.0, time.time() - oldest / 1000))
        with self._collector.tracer.start_as_current_span(
            "batch",
            context=trace.set_span_in_context(self._span),
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                _fail(span, type(error).__name__)
                raise

    def attempted(self, attempt: Attempt) -> None:
        """A span for the request, below that of its batch, and its metrics."""
        if self._collector is None:
            return
        self._left = max(0, self._per_day - attempt.used_today)
        answer = {"status": attempt.status, "meaning": attempt.meaning}
        self._attempts.add(1, answer)
        self._seconds.record(attempt.seconds, answer)
        ended = time.time_ns()
        attributes = {**answer, "events": attempt.events, "body.bytes": attempt.body_bytes}
        started = ended - int(attempt.seconds * 1e9)
        span = self._collector.tracer.start_span("request", attributes=attributes, start_time=started)
        if attempt.status not in _GOOD:  # 0 where no answer came
            _fail(span, attempt.meaning)
        span.end(ended)

    # The end

    def end(self, report: Report, give_up: Callable[[], bool] = lambda: False) -> None:
        """Tell how the run ended, and what is left; whatever the collector does, it is not waited for longer."""
        collector = self._collector
        if collector is None:
            return
        self._collector = None
        self._span.set_attributes({"outcome": report.outcome, "exit_code": report.exit_code, "records": report.records})
        if report.exit_code:
            _fail(self._span, report.outcome)
        self._span.set_attributes({f"events.{outcome}": number for outcome, number in report.counts.items()})
        self._span.end()
        ending = muted_thread("telemetry", collector.shut_down)
        join_until(ending, time.monotonic() + MOST_SECONDS, give_up)
        if ending.is_alive() or collector.failed:
            logger.warning(
                "the collector that %s names did not take all telemetry; check that it runs and speaks OTLP over HTTP",
                ENDPOINT,
            )


def _fail(span: Any, why: str) -> None:  # noqa: ANN401 - the SDK's own type
    """Mark a span as an error, which is what collectors look and alert by."""
    from opentelemetry import trace  # noqa: PLC0415 - only where a collector is named

    span.set_status(trace.StatusCode.ERROR, why)
