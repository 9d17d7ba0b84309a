"""Decision records and handoffs: what is kept."""
