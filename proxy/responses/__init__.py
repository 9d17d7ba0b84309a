"""Responses that can be continued by their id: kept redacted, their values in the vault."""
