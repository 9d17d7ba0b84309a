"""Where handoffs are delivered: one small file per kind of sink."""
