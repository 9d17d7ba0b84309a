import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import proxy
from policies.strict import Strict
from proxy.config.model import Config

SMALL = """
version = 1
[server]
host = "127.0.0.1"
port = 8080
admin_port = 8081
[providers.local]
kind = "openai"
base_url = "http://127.0.0.1:9100/v1"
api_key = "none"
[models.small]
provider = "local"
model = "mock-model"
price = { input = 0.15, output = 0.60 }
[tiers.standard]
models = ["small"]
[aliases."*"]
tiers = ["standard"]
profile = "support"
[knowledge]
sources = ["knowledge/**/*.md"]
[policy]
file = "policies/support.toml"
[stores]
data_dir = "data"
records = "sqlite"
shared = "local"
"""


def test_the_file_of_the_contract_is_complete() -> None:
    config = Config.model_validate(tomllib.loads(SMALL))
    assert config.models["small"].price is not None
    assert config.stream.release == "sentence"
    used = [(block.name, block.use) for block in config.validators]
    assert used == [("grounding", "grounding"), ("sensitive_output", "sensitive_output")]


def test_without_anything_the_documented_defaults_hold() -> None:
    config = Config(version=1)
    assert (config.server.host, config.server.port, config.server.admin_port) == (
        "127.0.0.1",
        8080,
        8081,
    )
    assert config.server.admin_host == "127.0.0.1"
    assert config.server.max_body_bytes == 8388608
    assert config.expose.detail == "summary"
    assert not config.knowledge.trust_system_prompt
    assert config.auth.admin_key is None


def tables(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for child in model.__subclasses__():
        yield from tables(child)


def test_every_table_refuses_unknown_keys() -> None:
    found = [t for t in tables(Strict) if t.__module__.startswith(f"{proxy.__name__}.config")]
    assert len(found) > 15
    for table in found:
        assert table.model_config.get("extra") == "forbid", table.__name__
        assert table.model_config.get("allow_inf_nan") is False, table.__name__


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"server": {"port": 70000}},
        {"server": {"port": -1}},
        {"server": {"max_body_bytes": 10}},
        {"server": {"check_threads": 0}},
        {"server": {"shutdown_s": float("inf")}},
        {"providers": {"a": {"kind": "gpt"}}},
        {"models": {"a": {"provider": "p"}}},
        {"models": {"a": {"provider": "p", "model": "m", "timeout_s": 0}}},
        {"models": {"a": {"provider": "p", "model": "m", "price": {"input": -1, "output": 1}}}},
        {"tiers": {"a": {"models": []}}},
        {"tiers": {"a": {"models": ["m"], "retries": 11}}},
        {"aliases": {"a": {"tiers": []}}},
        {"aliases": {"a": {"tiers": ["t"], "profile": "other"}}},
        {"knowledge": {"passages": 0}},
        {"pii": {"markets": ["Germany"]}},
        {"validators": [{"name": "a", "use": "b", "mode": "on"}]},
        {"validators": [{"name": "a", "use": "b", "timeout_ms": 0}]},
        {"validators": [{"name": "a"}]},
        {"expose": {"detail": "all"}},
        {"stream": {"release": "word"}},
        {"cache": {"ttl_s": 0}},
    ],
)
def test_values_that_can_not_be_meant_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"version": 1, **changes})


def test_a_number_may_come_from_a_reference_and_thus_as_text() -> None:
    config = Config.model_validate({"version": 1, "server": {"port": "9000"}})
    assert config.server.port == 9000
