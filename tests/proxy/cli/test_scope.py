import json

import click
import pytest
from click.testing import CliRunner

from proxy.cli.scope import scope_option


@click.command()
@scope_option
def show(scope: dict[str, str]) -> None:
    click.echo(json.dumps(scope))


def test_pairs_become_a_mapping() -> None:
    done = CliRunner().invoke(show, ["--scope", "market=DE", "--scope", "plan=a=b"])
    assert json.loads(done.output) == {"market": "DE", "plan": "a=b"}
    assert json.loads(CliRunner().invoke(show, []).output) == {}


@pytest.mark.parametrize("text", ["market", "=DE", "market=", ""])
def test_what_is_no_pair_is_a_usage_error(text: str) -> None:
    assert CliRunner().invoke(show, ["--scope", text]).exit_code == 2
