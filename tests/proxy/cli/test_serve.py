import resource
from pathlib import Path

from click.testing import CliRunner

from policies.errors import ConfigError
from proxy.cli.serve import _override, command, no_core_files
from proxy.config.load import load_config

CONFIG = """version = 1
[providers.pages]
kind = "extractive"
[models.pages]
provider = "pages"
model = "extractive"
[tiers.standard]
models = ["pages"]
[aliases."*"]
tiers = ["standard"]
"""


def test_flags_win_over_the_file_and_nothing_else_changes(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG + "[server]\nport = 1111\nadmin_port = 2222\n")
    loaded = load_config(path)
    changed = _override(loaded, None, 3333, None)
    assert (changed.config.server.port, changed.config.server.admin_port) == (3333, 2222)
    assert changed.config.server.host == "127.0.0.1"
    assert changed.config.tiers == loaded.config.tiers
    assert loaded.config.server.port == 1111


def test_an_impossible_port_is_a_usage_error() -> None:
    done = CliRunner().invoke(command, ["--port", "70000"])
    assert done.exit_code == 2
    assert "65535" in done.output


def test_a_missing_configuration_stops_before_any_port_is_taken(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--config", str(tmp_path / "absent.toml")])
    assert isinstance(done.exception, ConfigError)


def test_a_crash_leaves_no_file_with_what_was_in_memory() -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        no_core_files()
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
