import os
import subprocess
import sys

import pytest

from proxy import __version__
from proxy.cli.main import cli, main


def test_every_command_can_be_loaded_and_explains_itself() -> None:
    context = cli.make_context("handrail", [], resilient_parsing=True)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str()


def test_an_unknown_command_is_a_usage_error() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["sevre"])
    assert caught.value.code == 2


def test_a_broken_configuration_is_one_line_and_exit_code_1(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "--config", f"{tmp_path}/absent.toml"])
    assert caught.value.code == 1
    said = capsys.readouterr()
    assert "absent.toml" in said.err + said.out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from proxy.cli.main import cli; "
        "print([m for m in ('spacy', 'litellm', 'onnxruntime', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "proxy", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"handrail, version {__version__}"
