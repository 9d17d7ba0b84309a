"""Doors for stronger models: a local transformer, or a language model asked as a judge."""
