import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.errors import ConfigError
from proxy.cli.options import load, log_to_stderr

CONFIG = """version = 1
[providers.own]
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
api_key = "sk-in-clear"
[models.small]
provider = "own"
model = "small"
[tiers.standard]
models = ["small"]
[aliases."*"]
tiers = ["standard"]
"""


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_warnings_are_printed_and_hold_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    assert load(path).config.tiers["standard"].models == ["small"]
    said = capsys.readouterr().err
    assert "providers.own.api_key" in said
    assert "sk-in-clear" not in said


def test_a_missing_file_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "config.toml")


def test_own_lines_are_heard_and_what_presidio_meets_is_not(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr()
    logging.getLogger("handrail.start").info("ready")
    logging.getLogger("presidio-analyzer").warning("Anna Berg")
    logging.getLogger("some.library").info("chatter")
    said = capsys.readouterr().err
    assert "ready" in said
    assert "Anna" not in said
    assert "chatter" not in said
    assert len(root.handlers) == 1
