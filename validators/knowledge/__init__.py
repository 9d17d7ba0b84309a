"""The company's pages: parsed, split into passages, indexed, searched, reloaded."""
