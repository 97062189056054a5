"""Where telemetry goes: what the environment says of a collector, and OpenTelemetry's own SDK that speaks with it.

The SDK reads its variables itself (endpoint, headers, certificates, service name); here stands only whether it is used.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from target_linkedin_conversions.delivery.no_redirects import session_without_redirects
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.loopback import never_through_a_proxy

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ENDPOINT", "Collector", "problem_of", "signals_wanted"]

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_NAME = "target-linkedin-conversions"
_EXPORT_SECONDS = 2.0
"""For one request to the collector, with what the exporter tries again."""
_EVERY_MS = 60_000.0
_PROTOCOL = "http/protobuf"
_ENDPOINTS = {signal: f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT" for signal in ("traces", "metrics")}


def signals_wanted(environment: Mapping[str, str]) -> frozenset[str]:
    """Which of `traces` and `metrics` the environment names a collector for."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return frozenset()
    return frozenset(
        signal
        for signal, endpoint in _ENDPOINTS.items()
        if (environment.get(ENDPOINT, "").strip() or environment.get(endpoint, "").strip())
        and environment.get(f"OTEL_{signal.upper()}_EXPORTER", "otlp").strip().lower() == "otlp"
    )


def problem_of(environment: Mapping[str, str]) -> str:
    """Why no telemetry can be sent though a collector is named, and the mend; empty where it can."""
    protocol = environment.get("OTEL_EXPORTER_OTLP_PROTOCOL", "").strip() or _PROTOCOL
    if protocol != _PROTOCOL:
        return (
            f"only {_PROTOCOL} is spoken; set OTEL_EXPORTER_OTLP_PROTOCOL to it, and the endpoint's port (mostly 4318)"
        )
    for name in (ENDPOINT, *_ENDPOINTS.values()):
        if environment.get(name, "").strip() and not _is_http(environment[name]):
            return (
                f"{name} is no URL of HTTP; write it as http://HOST:4318, with https:// where it is another machine's"
            )
    try:
        import opentelemetry.exporter.otlp.proto.http  # noqa: PLC0415 - only where a collector is named
        import opentelemetry.sdk  # noqa: F401, PLC0415 - the same
    except ImportError:
        return f"OpenTelemetry is not installed; {install('otel')}, or remove {ENDPOINT}"
    return ""


class Collector:
    """The SDK's providers, of this run alone: an application's own are not touched."""

    def __init__(self, signals: frozenset[str]) -> None:
        """Make exporters and the threads that feed them; raises whatever the SDK finds wrong with its variables."""
        from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - only where a collector is named
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415 - the same
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the same

        never_through_a_proxy()
        self.failed = False
        """Whether the collector did not take something."""
        # `Resource.create` asks in threads of its own, which are heard, and the process detector for its command line.
        ours = {"service.name": _NAME, "telemetry.sdk.language": "python", "telemetry.sdk.name": "opentelemetry"}
        resource = Resource(ours).merge(OTELResourceDetector().detect())
        readers = [self._metric_reader()] if "metrics" in signals else []
        self._meters = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
        self._tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        if "traces" in signals:
            self._tracers.add_span_processor(self._span_processor())
        self.meter: Any = self._meters.get_meter(_NAME, _version())
        self.tracer: Any = self._tracers.get_tracer(_NAME, _version())

    def shut_down(self) -> None:
        """Send what is left."""
        self._tracers.shutdown()
        self._meters.shutdown(timeout_millis=_EXPORT_SECONDS * 1000)

    def _span_processor(self) -> Any:  # noqa: ANN401 - the SDK's own type, imported only here
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - the same
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult  # noqa: PLC0415 - the same

        exporter = OTLPSpanExporter(timeout=_EXPORT_SECONDS, session=session_without_redirects(self._look))
        self._watch(exporter, SpanExportResult.SUCCESS)
        return BatchSpanProcessor(exporter)

    def _metric_reader(self) -> Any:  # noqa: ANN401 - the SDK's own type, imported only here
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415 - the same
        from opentelemetry.sdk.metrics.export import (  # noqa: PLC0415 - the same
            MetricExportResult,
            PeriodicExportingMetricReader,
        )

        exporter = OTLPMetricExporter(timeout=_EXPORT_SECONDS, session=session_without_redirects(self._look))
        self._watch(exporter, MetricExportResult.SUCCESS)
        return PeriodicExportingMetricReader(exporter, export_interval_millis=_EVERY_MS)

    def _watch(self, exporter: Any, success: object) -> None:  # noqa: ANN401 - either exporter
        """Notice when an export fails, which the SDK only logs."""
        export = exporter.export

        def watched(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - either exporter's arguments
            try:
                result = export(*args, **kwargs)
            except BaseException:
                self.failed = True
                raise
            self.failed = self.failed or result is not success
            return result

        exporter.export = watched

    def _look(self, answer: Any) -> None:  # noqa: ANN401 - of requests
        """Notice an answer that sends elsewhere, and one that takes only a part, at neither of which the SDK looks."""
        self.failed = self.failed or answer.is_redirect or _is_partial(answer.content)


def _is_http(endpoint: str) -> bool:
    try:
        found = urlsplit(endpoint.strip())
        return found.scheme.lower() in {"http", "https"} and bool(found.hostname) and found.port != 0
    except ValueError:
        return False


def _is_partial(answer: bytes) -> bool:
    """Whether a collector says that it has rejected some; spans and points stand in the same place of the message."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415 - only where a collector is named
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse  # noqa: PLC0415 - the same

    try:
        return bool(ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans)
    except DecodeError:
        return False


def _version() -> str:
    try:
        return version(_NAME)
    except PackageNotFoundError:
        return "unknown"
