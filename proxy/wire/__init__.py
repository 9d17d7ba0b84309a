"""Wire formats: what bots send and receive, around one pipeline."""
