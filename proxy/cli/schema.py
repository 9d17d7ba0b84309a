"""`handrail schema`."""

import json
from collections.abc import Callable, Mapping

import click

from policies.load import policy_schema
from proxy.config.model import Config
from proxy.schemas.decision import decision_schema
from proxy.schemas.handoff import handoff_schema
from proxy.schemas.result import result_schema

SCHEMAS: Mapping[str, Callable[[], Mapping[str, object]]] = {
    "config": Config.model_json_schema,
    "policy": policy_schema,
    "decision": decision_schema,
    "handoff": handoff_schema,
    "result": result_schema,
}


@click.command("schema")
@click.argument("name", type=click.Choice(list(SCHEMAS)), default="config")
def command(name: str) -> None:
    """Print a JSON Schema: of config.toml, a policy file, or what Handrail writes.

    Editors with TOML support complete and check a file against it.
    """
    click.echo(json.dumps(SCHEMAS[name](), indent=1, ensure_ascii=False))
