"""The answer cache. Imports only `policies`."""
