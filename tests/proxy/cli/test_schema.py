import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from proxy.cli.schema import SCHEMAS

Run = Callable[..., Any]


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_every_schema_is_valid(run: Run, name: str) -> None:
    printed = run("schema", name)
    assert printed.code == 0
    Draft202012Validator.check_schema(json.loads(printed.out))


def test_the_written_files_satisfy_their_schemas(run: Run, config: Path) -> None:
    for name, path in (
        ("config", config),
        ("policy", config.parent / "policies" / "support.toml"),
    ):
        schema = json.loads(run("schema", name).out)
        table = tomllib.loads(path.read_text())
        assert [e.message for e in Draft202012Validator(schema).iter_errors(table)] == []


def test_the_configuration_is_what_most_want(run: Run) -> None:
    assert json.loads(run("schema").out)["properties"]["server"]


def test_an_unknown_schema_is_a_usage_error(run: Run) -> None:
    assert run("schema", "nothing").code == 2
