"""config.toml: the written form, checked strictly. Objects are built in `wiring.py`."""
