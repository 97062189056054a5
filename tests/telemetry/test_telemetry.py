"""Metrics and spans of a run over OTLP, heard by the protocol's own messages; where no collector is named, nothing at all."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from target_linkedin_conversions import deliver
from target_linkedin_conversions.telemetry import telemetry
from target_linkedin_conversions.telemetry.collector import problem_of, signals_wanted
from tests.telemetry.collector import Collector, attributes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.singer.pipe import Pipe

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    found = Collector()
    monkeypatch.setenv(ENDPOINT, found.url)
    yield found
    found.close()


def load(pipe: Pipe, *numbers: int, **more: Any) -> Any:
    now = pipe.linkedin.now()
    rows = [{"id": n, "email": f"canary.{n}@example.com", "happened_at": now - 60_000 - n} for n in numbers]
    rows.append({"id": 999_999, "email": "canary.none", "happened_at": None})
    return deliver(rows, {**pipe.config, **more}, stream="leads", key=("id",))


def test_a_run_its_batches_and_their_requests_are_spans_below_one_another(pipe: Pipe, collector: Collector) -> None:
    receipt = load(pipe, 1, 2, 3, batch_size_rows=2)
    spans = collector.spans
    (run,) = [span for span in spans if span.name == "run"]
    batches = [span for span in spans if span.name == "batch"]
    requests = [span for span in spans if span.name == "request"]
    assert [len(batches), len(requests)] == [2, 2]
    assert {span.parent_span_id for span in batches} == {run.span_id}
    assert {span.parent_span_id for span in requests} == {span.span_id for span in batches}
    assert {span.trace_id for span in spans} == {run.trace_id}
    assert attributes_of(run)["linkedin_conversions.run"] == receipt.run
    assert attributes_of(run)["events.delivered"] == 3
    assert sorted(attributes_of(span)["events"] for span in batches) == [1, 2]
    assert all(span.end_time_unix_nano >= span.start_time_unix_nano > 0 for span in spans)
    assert collector.resources["service.name"] == "target-linkedin-conversions"


@pytest.mark.parametrize(
    ("fault", "more", "run", "requests"),
    [
        (None, {}, (0, ""), [(0, "")]),
        ("answer_503", {}, (0, ""), [(2, "Busy"), (0, "")]),
        (None, {"access_token": "unknown", "preflight": False}, (2, "credential"), [(2, "TokenRefused")]),
    ],
)
def test_what_went_wrong_is_an_error_to_whoever_looks_by_that(
    pipe: Pipe, collector: Collector, fault: Any, more: Any, run: Any, requests: Any
) -> None:
    """OpenTelemetry knows three codes of a span's status: 0 unset, 1 good, 2 an error."""
    if fault:
        pipe.linkedin.faults(fault, times=1)
    load(pipe, 1, **more)
    told = [(span.name, (span.status.code, span.status.message)) for span in collector.spans]
    assert [status for name, status in told if name == "run"] == [run]
    assert [status for name, status in told if name == "request"] == requests


def test_metrics_tell_events_requests_latency_quota_and_age(pipe: Pipe, collector: Collector) -> None:
    load(pipe, 1, 2, 3, batch_size_rows=2, requests_per_day=100)
    events = {
        (told["outcome"], told["code"]): point.as_int for told, point in collector.points("linkedin_conversions.events")
    }
    assert events["delivered", ""] == 3
    assert sum(events.values()) == 4
    ((answer, requests),) = collector.points("linkedin_conversions.requests")
    assert (answer, requests.as_int) == ({"status": 200, "meaning": "Taken"}, 2)
    ((_, seconds),) = collector.points("linkedin_conversions.request.duration")
    assert seconds.count == 2
    ((_, left),) = collector.points("linkedin_conversions.quota.left")
    assert left.as_int == 98
    ((_, age),) = collector.points("linkedin_conversions.event.age")
    assert age.sum / age.count >= 60


def test_nothing_that_is_told_holds_a_key_an_identifier_or_a_value(pipe: Pipe, collector: Collector) -> None:
    pipe.linkedin.faults("element_failures", statuses={0: 400}, times=1)
    load(pipe, 123_456, 2, batch_size_rows=1)
    assert collector.spans
    assert not [
        text for text in (b"canary", b"123456", b"999999", b"example.com", b"sandbox-token") if text in collector.raw
    ]


@pytest.mark.parametrize("how", ["gone", "refuses", "hangs"])
def test_a_dead_collector_costs_a_warning_and_a_bounded_while(
    pipe: Pipe, collector: Collector, how: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telemetry, "MOST_SECONDS", 1.0)
    if how == "gone":
        monkeypatch.setenv(ENDPOINT, "http://canary:secret@127.0.0.1:1")
    collector.status, collector.hangs = 400, how == "hangs"
    begun = time.monotonic()
    receipt = load(pipe, 1)
    assert receipt.exit_code == 0
    assert time.monotonic() - begun < 8  # not the half minute that the SDK would wait
    said = [one for one in caplog.records if one.name.partition(".")[0] != "werkzeug" and one.levelname != "INFO"]
    assert {one.name.partition(".")[0] for one in said} == {"target_linkedin_conversions"}
    assert sum("did not take all telemetry" in one.getMessage() for one in said) == 1
    assert "canary:secret" not in caplog.text


@pytest.mark.parametrize("how", ["in part", "sends elsewhere"])
def test_what_a_collector_takes_in_part_or_sends_elsewhere_is_said_once_and_followed_nowhere(
    pipe: Pipe, collector: Collector, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    if how == "in part":
        told = ExportTraceServiceResponse()
        told.partial_success.rejected_spans = 3
        told.partial_success.error_message = "canary7f3a"
        collector.answer = told.SerializeToString()
    else:
        collector.status, collector.location = 307, "/canary7f3a"
    assert load(pipe, 1).exit_code == 0
    assert sum("did not take all telemetry" in one.getMessage() for one in caplog.records) == 1
    assert "canary7f3a" not in caplog.text
    assert len(collector.headers) == 2


def test_what_the_environment_says_of_the_resource_counts_and_what_it_says_wrongly_is_not_logged(
    pipe: Pipe, collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "canary7f3a,service.name=crm")
    load(pipe, 1)
    assert collector.resources["service.name"] == "crm"
    assert collector.resources["telemetry.sdk.language"] == "python"
    assert "canary7f3a" not in caplog.text


def test_headers_and_name_come_from_the_environment_and_a_header_that_is_none_is_not_logged(
    pipe: Pipe, collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=canary7f3a,canary7f3b")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "loads")
    load(pipe, 1)
    assert collector.headers[0]["x-api-key"] == "canary7f3a"
    assert collector.resources["service.name"] == "loads"
    assert "canary7f3" not in caplog.text


def test_telemetry_to_this_machine_goes_through_no_proxy(
    pipe: Pipe, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    load(pipe, 1)
    assert collector.spans


@pytest.mark.parametrize(
    ("environment", "signals"),
    [
        ({}, set()),
        ({ENDPOINT: ""}, set()),
        ({ENDPOINT: " "}, set()),
        ({ENDPOINT: "http://x"}, {"traces", "metrics"}),
        ({ENDPOINT: "http://x", "OTEL_SDK_DISABLED": "TRUE"}, set()),
        ({ENDPOINT: "http://x", "OTEL_TRACES_EXPORTER": "none"}, {"metrics"}),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x"}, {"traces"}),
    ],
)
def test_the_environment_says_what_is_told(environment: dict[str, str], signals: set[str]) -> None:
    assert signals_wanted(environment) == signals


def test_without_the_package_one_warning_names_the_extra(
    pipe: Pipe, collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    assert load(pipe, 1).exit_code == 0
    assert "target-linkedin-conversions[otel]" in caplog.text
    assert collector.raw == b""


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:4318", "grpc://h:4317", "ftp://h", "no url", "http:/x", "http://[::1", "http://h:99999"]
)
def test_an_endpoint_that_is_none_of_http_is_said_before_anything_is_sent(endpoint: str) -> None:
    for name in (ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        problem = problem_of({name: endpoint})
        assert problem.startswith(f"{name} is no URL of HTTP")
        assert endpoint not in problem
    assert problem_of({ENDPOINT: " https://otel.example.com/otlp "}) == ""


def test_another_protocol_is_said_to_be_none_of_ours() -> None:
    assert "http/protobuf" in problem_of({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})


def test_a_variable_that_opentelemetry_cannot_use_is_a_warning_without_its_value(
    pipe: Pipe, collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "-7")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "canary7f3a")
    assert load(pipe, 1).exit_code == 0
    assert "no telemetry is sent" in caplog.text
    assert "canary7f3a" not in caplog.text
    assert collector.raw == b""
