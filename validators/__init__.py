"""Checks: each reports what it sees, none decides. Imports only `policies`."""
