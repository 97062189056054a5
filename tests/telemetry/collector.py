"""An OpenTelemetry collector on this machine: OTLP over HTTP, decoded by the protocol's own messages."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MESSAGES: dict[str, Any] = {"/v1/traces": ExportTraceServiceRequest, "/v1/metrics": ExportMetricsServiceRequest}


class Collector:
    """Keeps what it is told; where `hangs` it never answers."""

    def __init__(self) -> None:
        self.traces: list[Any] = []
        self.metrics: list[Any] = []
        self.raw = b""
        self.headers: list[Any] = []
        self.status = 200
        self.answer = b""
        self.location = ""
        self.hangs = False
        self._ended = Event()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if collector.hangs:
                    collector._ended.wait(30)
                collector.raw += body
                collector.headers.append(self.headers)
                found = MESSAGES[self.path].FromString(body)
                (collector.traces if "traces" in self.path else collector.metrics).append(found)
                self.send_response(collector.status)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(collector.answer)))
                if collector.location:
                    self.send_header("Location", collector.location)
                self.end_headers()
                self.wfile.write(collector.answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def resources(self) -> dict[str, str]:
        """What says of whom the spans are."""
        resource = self.traces[0].resource_spans[0].resource
        return {one.key: one.value.string_value for one in resource.attributes}

    @property
    def spans(self) -> list[Any]:
        """Every span."""
        return [
            span
            for request in self.traces
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def points(self, name: str) -> list[tuple[dict[str, Any], Any]]:
        """The points of a metric as they were told last: attributes, and the point."""
        found: list[tuple[dict[str, Any], Any]] = []
        for request in self.metrics:
            for resource in request.resource_metrics:
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        if metric.name == name:
                            kind = getattr(metric, metric.WhichOneof("data"))
                            found = [(attributes_of(point), point) for point in kind.data_points]
        return found

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()


def attributes_of(told: Any) -> dict[str, Any]:
    """The attributes of a span or a point."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in told.attributes}
