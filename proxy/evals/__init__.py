"""Measures the configured objects against labelled data: one module per kind of data."""
