"""Traces and metrics: one module imports OpenTelemetry, one holds all names."""
