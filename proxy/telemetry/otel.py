"""Traces and metrics by the OpenTelemetry SDK; no provider is made global."""

import logging
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Counter, Histogram
from opentelemetry.metrics import _Gauge as Gauge
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from policies.errors import ConfigError, Problem
from proxy.telemetry.base import Attributes, Span
from proxy.telemetry.names import ANY, ERROR_TYPE, METRICS
from proxy.telemetry.spans import clean, is_model

T = TypeVar("T")

_KINDS = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
}
_TRACES_PATH = "/v1/traces"
_EXPORT_TIMEOUT_S = 5
_GRACE_S = 0.5

log = logging.getLogger("handrail.telemetry")


class OtelSpan:
    """An open span; satisfies `Span`."""

    def __init__(self, span: trace.Span, *, model: bool) -> None:
        """Wrap an SDK span; `model` allows `gen_ai.*` attributes."""
        self.inner = span
        self._model = model
        context = span.get_span_context()
        self.trace_id = trace.format_trace_id(context.trace_id)
        self.span_id = trace.format_span_id(context.span_id)
        self._ended = False

    def set(self, attributes: Attributes) -> None:
        """Add attributes."""
        if self.inner.is_recording():
            self.inner.set_attributes(clean(attributes, model=self._model))

    def event(self, name: str, attributes: Attributes) -> None:
        """Add an event."""
        if self.inner.is_recording():
            self.inner.add_event(name, clean(attributes, model=self._model))

    def fail(self, error_type: str) -> None:
        """Mark the span as failed."""
        if self.inner.is_recording():
            self.set({ERROR_TYPE: error_type})
            self.inner.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """Close the span."""
        if not self._ended:
            self._ended = True
            self.inner.end()


class OtelTelemetry:
    """Satisfies `Telemetry`. Spans are exported in the background, metrics are pulled."""

    def __init__(  # noqa: PLR0913 - settings, each with a default
        self,
        endpoint: str | None = None,
        *,
        console: bool = False,
        service_name: str = "handrail",
        version: str = "",
        headers: Mapping[str, str] | None = None,
        attributes: Mapping[str, str] | None = None,
        close_s: float = 2.5,
    ) -> None:
        """`endpoint` is an OTLP/HTTP collector (`http://host:4318`).

        `console` writes spans to standard error. With neither, spans only have ids.
        `headers` go to the collector, `attributes` describe this service on every span.
        `close_s` is how long closing waits for the collector, in seconds. Raises
        `ConfigError` if the endpoint is no http(s) URL.
        """
        named = {"service.name": service_name, "service.version": version, **(attributes or {})}
        resource = Resource({name: value for name, value in named.items() if value})
        self._tracers = TracerProvider(
            sampler=ALWAYS_ON if endpoint or console else ALWAYS_OFF,
            resource=resource,
            shutdown_on_exit=False,
        )
        self._exporter: OTLPSpanExporter | None = None
        if endpoint:
            self._exporter = OTLPSpanExporter(
                _traces_url(endpoint), headers=headers, timeout=_EXPORT_TIMEOUT_S
            )
            self._tracers.add_span_processor(BatchSpanProcessor(self._exporter))
        if console:
            self._tracers.add_span_processor(
                BatchSpanProcessor(ConsoleSpanExporter(out=sys.stderr))
            )
        self._tracer = self._tracers.get_tracer("handrail", version)
        self._propagator = TraceContextTextMapPropagator()
        self._registry = CollectorRegistry()
        reader: MetricReader = PrometheusMetricReader(
            scope_info_enabled=False, registry=self._registry
        )
        self._meters = MeterProvider(
            metric_readers=[reader], resource=resource, shutdown_on_exit=False
        )
        self._meter = self._meters.get_meter("handrail", version)
        self._close_s = close_s
        self._lock = threading.Lock()
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}
        self._gauges: dict[str, Gauge] = {}

    def start(
        self,
        name: str,
        *,
        parent: Span | None = None,
        kind: str = "internal",
        attributes: Attributes | None = None,
        traceparent: str | None = None,
    ) -> OtelSpan:
        """Open a span; an unknown `kind` is `internal`."""
        model = is_model(kind, name)
        span = self._tracer.start_span(
            name,
            context=self._context(parent, traceparent),
            kind=_KINDS.get(kind, SpanKind.INTERNAL),
            attributes=clean(attributes, model=model),
            record_exception=False,
            set_status_on_exception=False,
        )
        return OtelSpan(span, model=model)

    def _context(self, parent: Span | None, traceparent: str | None) -> Context:
        """Always explicit: an empty context keeps ambient spans out."""
        if isinstance(parent, OtelSpan):
            return trace.set_span_in_context(parent.inner, Context())
        if parent is not None:
            traceparent = f"00-{parent.trace_id}-{parent.span_id}-01"
        if traceparent is None:
            return Context()
        return self._propagator.extract({"traceparent": traceparent.strip()}, Context())

    def count(self, name: str, value: float = 1, attributes: Attributes | None = None) -> None:
        """Add to a counter."""
        metric = METRICS.get(name, ANY)
        counter = self._instrument(
            self._counters,
            name,
            lambda: self._meter.create_counter(name, metric.unit, metric.description),
        )
        counter.add(value, clean(attributes, model=True))

    def measure(self, name: str, value: float, attributes: Attributes | None = None) -> None:
        """Record a value in a histogram."""
        metric = METRICS.get(name, ANY)
        histogram = self._instrument(
            self._histograms,
            name,
            lambda: self._meter.create_histogram(
                name,
                metric.unit,
                metric.description,
                explicit_bucket_boundaries_advisory=metric.buckets or None,
            ),
        )
        histogram.record(value, clean(attributes, model=True))

    def gauge(self, name: str, value: float, attributes: Attributes | None = None) -> None:
        """Set a gauge."""
        metric = METRICS.get(name, ANY)
        gauge = self._instrument(
            self._gauges,
            name,
            lambda: self._meter.create_gauge(name, metric.unit, metric.description),
        )
        gauge.set(value, clean(attributes, model=True))

    def _instrument(self, known: dict[str, T], name: str, make: Callable[[], T]) -> T:
        if (found := known.get(name)) is not None:
            return found
        with self._lock:
            return known.setdefault(name, known.get(name) or make())

    def render_metrics(self) -> tuple[bytes, str]:
        """Return all metrics as Prometheus text, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def close(self) -> None:
        """Send what is left and stop; what no collector took in time is lost."""
        worker = threading.Thread(target=self._shut_down, name="handrail-otel", daemon=True)
        worker.start()
        worker.join(self._close_s)
        if not worker.is_alive():
            return
        log.warning("telemetry: the collector did not take the last spans in time")
        if self._exporter is not None:
            # Ends the pause between two tries.
            self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK gives no type
            worker.join(_GRACE_S)

    def _shut_down(self) -> None:
        self._tracers.shutdown()
        self._meters.shutdown()


def _traces_url(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        problem = Problem("config.toml", None, "telemetry.endpoint", "must be an http(s) URL")
        raise ConfigError(problem)
    return endpoint if parts.path.endswith(_TRACES_PATH) else endpoint.rstrip("/") + _TRACES_PATH
