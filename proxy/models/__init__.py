"""Model clients: one protocol over every provider."""
