import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry import context, metrics, trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from policies.errors import ConfigError
from proxy.telemetry import names
from proxy.telemetry.otel import OtelTelemetry

PARENT = "b7ad6b7169203331"
HEADER = f"00-0af7651916cd43dd8448eb211c80319c-{PARENT}-01"


class Collector:
    """A small OTLP/HTTP collector that keeps what it gets."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], ExportTraceServiceRequest]] = []
        self.release = threading.Event()
        self.release.set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.release.wait()
                parsed = ExportTraceServiceRequest.FromString(body)
                collector.requests.append((self.path, dict(self.headers), parsed))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def spans(self) -> dict[str, Any]:
        return {
            span.name: span
            for _, _, request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}


def test_spans_reach_the_collector_as_they_were_told(collector: Collector) -> None:
    telemetry = OtelTelemetry(
        collector.url, version="1.2", headers={"x-key": "k"}, attributes={"site": "eu"}
    )
    root = telemetry.start("POST /v1/chat/completions", kind="server", traceparent=HEADER)
    child = telemetry.start("chat small", parent=root, kind="client")
    child.set({names.GEN_AI_PROVIDER: "openai", names.INTENT: "x" * 500})
    child.fail("TimeoutError")
    child.end()
    root.set({names.GEN_AI_PROVIDER: "openai", names.ACTION: "pass"})
    root.event(names.EVENT_FIRST_RELEASE, {names.SENTENCE: 0})
    root.end()
    telemetry.close()

    path, headers, request = collector.requests[0]
    assert path == "/v1/traces"
    assert headers["x-key"] == "k"
    resource = attributes(request.resource_spans[0].resource)
    assert resource == {"service.name": "handrail", "service.version": "1.2", "site": "eu"}
    sent_root, sent_child = (
        collector.spans[n] for n in ("POST /v1/chat/completions", "chat small")
    )
    assert sent_root.parent_span_id.hex() == PARENT
    assert sent_root.trace_id.hex() == root.trace_id
    assert sent_root.kind == sent_root.SPAN_KIND_SERVER
    assert attributes(sent_root) == {names.ACTION: "pass"}
    assert [event.name for event in sent_root.events] == [names.EVENT_FIRST_RELEASE]
    assert sent_child.parent_span_id.hex() == root.span_id
    assert sent_child.status.code == sent_child.status.STATUS_CODE_ERROR
    assert sent_child.status.message == ""
    told = attributes(sent_child)
    assert told[names.GEN_AI_PROVIDER] == "openai"
    assert told[names.ERROR_TYPE] == "TimeoutError"
    assert len(told[names.INTENT]) == 200


def test_a_full_endpoint_is_used_as_it_is(collector: Collector) -> None:
    telemetry = OtelTelemetry(f"{collector.url}/tenant/v1/traces")
    telemetry.start("root").end()
    telemetry.close()
    assert collector.requests[0][0] == "/tenant/v1/traces"


def test_closing_does_not_wait_for_a_collector_that_hangs(
    collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    collector.release.clear()
    telemetry = OtelTelemetry(collector.url, close_s=0.05)
    telemetry.start("root").end()
    telemetry.close()
    assert collector.requests == []
    assert "did not take the last spans" in caplog.text


def test_a_collector_that_is_down_fails_nothing_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    telemetry = OtelTelemetry("http://127.0.0.1:9", close_s=0.05)
    span = telemetry.start("root")
    span.end()
    telemetry.count(names.REQUESTS)
    assert b"handrail_requests_total" in telemetry.render_metrics()[0]
    telemetry.close()
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("endpoint", ["localhost:4318", "grpc://collector", "http://"])
def test_an_endpoint_that_is_no_url_is_a_configuration_error(endpoint: str) -> None:
    with pytest.raises(ConfigError, match=r"telemetry\.endpoint"):
        OtelTelemetry(endpoint)


def test_the_console_shows_spans_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry = OtelTelemetry(console=True)
    telemetry.start("handrail.decide", attributes={names.ACTION: "pass"}).end()
    telemetry.close()
    shown = capsys.readouterr()
    assert "handrail.decide" in shown.err
    assert shown.out == ""


def test_metrics_are_prometheus_text() -> None:
    telemetry = OtelTelemetry()
    telemetry.count(names.REQUESTS, 2, {names.ACTION: "pass"})
    telemetry.count(names.REQUESTS, attributes={names.ACTION: "pass"})
    telemetry.measure(names.VALIDATOR_DURATION, 0.002, {names.VALIDATOR_NAME: "grounding"})
    telemetry.measure(names.MODEL_DURATION, 1.0, {names.GEN_AI_PROVIDER: "openai"})
    body, content_type = telemetry.render_metrics()
    lines = body.decode().splitlines()
    assert content_type.startswith("text/plain")
    assert 'handrail_requests_total{handrail_action="pass"} 3.0' in lines
    bucket = 'handrail_validator_name="grounding",le="0.0025"'
    assert f"handrail_validator_duration_seconds_bucket{{{bucket}}} 1.0" in lines
    provider = 'gen_ai_provider_name="openai"'
    assert f"gen_ai_client_operation_duration_seconds_sum{{{provider}}} 1.0" in lines
    telemetry.close()


def test_two_instances_share_nothing() -> None:
    one, two = OtelTelemetry(), OtelTelemetry()
    one.count(names.REQUESTS)
    assert b"handrail_requests_total" in one.render_metrics()[0]
    assert b"handrail_requests_total" not in two.render_metrics()[0]
    one.close()
    two.close()


def test_nothing_is_made_global() -> None:
    before = trace.get_tracer_provider(), metrics.get_meter_provider()
    telemetry = OtelTelemetry()
    span = telemetry.start("root")
    assert (trace.get_tracer_provider(), metrics.get_meter_provider()) == before
    assert trace.get_current_span() is trace.INVALID_SPAN
    span.end()
    telemetry.close()


def test_a_span_of_the_surroundings_is_no_parent() -> None:
    telemetry = OtelTelemetry()
    ambient = telemetry.start("ambient")
    token = context.attach(trace.set_span_in_context(ambient.inner))
    assert telemetry.start("root").trace_id != ambient.trace_id
    context.detach(token)
    telemetry.close()


def test_many_threads_may_count() -> None:
    telemetry = OtelTelemetry()

    def work() -> None:
        for _ in range(100):
            telemetry.count(names.REQUESTS)
            telemetry.measure(names.OVERHEAD, 0.01)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    body = telemetry.render_metrics()[0].decode()
    assert "handrail_requests_total 800.0" in body
    assert "handrail_pipeline_overhead_duration_seconds_count 800.0" in body
    telemetry.close()


def test_a_gauge_shows_its_last_value() -> None:
    telemetry = OtelTelemetry()
    telemetry.gauge(names.HANDOFF_QUEUE, 5, {"status": "pending"})
    telemetry.gauge(names.HANDOFF_QUEUE, 2, {"status": "pending"})
    text = telemetry.render_metrics()[0].decode()
    telemetry.close()
    [line] = [line for line in text.splitlines() if line.startswith("handrail_handoff_queue")]
    assert 'status="pending"' in line
    assert line.endswith(" 2.0")
