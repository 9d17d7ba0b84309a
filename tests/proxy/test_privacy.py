import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policies.errors import ConfigError
from policies.load import load_policy
from policies.turn import Vault
from proxy.cli.parts import NoKnowledge
from proxy.config.load import Loaded, load_config
from proxy.privacy import (
    build_keeper,
    build_redactor,
    build_unveiler,
    check_privacy,
    open_erasure,
)
from proxy.stores import open_stores
from proxy.telemetry.memory import MemoryTelemetry
from validators.knowledge.knowledge import load_knowledge
from validators.knowledge.reload import LiveKnowledge

CONFIG = """version = 1
[providers.far]
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
[providers.near]
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
local = true
[providers.pages]
kind = "extractive"
[models.small]
provider = "near"
model = "m"
[tiers.standard]
models = ["small"]
[aliases."*"]
tiers = ["standard"]
[policy]
file = "policy.toml"
"""
Write = Callable[[str], Loaded]


@pytest.fixture
def write(tmp_path: Path, kit: Any) -> Write:
    def write_(more: str) -> Loaded:
        (tmp_path / "policy.toml").write_text(kit.POLICY)
        (tmp_path / "config.toml").write_text(CONFIG + more)
        return load_config(tmp_path / "config.toml", {})

    return write_


def told(loaded: Loaded) -> list[str]:
    try:
        check_privacy(loaded, load_policy(loaded.folder / "policy.toml"))
    except ConfigError as error:
        return [f"{p.key}: {p.message}" for p in error.problems]
    return []


@pytest.mark.parametrize(
    "more",
    [
        "",
        "[pii.providers.near.entities]\nPERSON = 'allow'",
        "[pii.providers.pages.entities]\nNATIONAL_ID = 'allow'",
        "[pii.tenants.shop.entities]\n'*' = 'only-log'\nSE_PERSONNUMMER = 'block'",
        "[pii]\nvault_ttl_s = 14401",
    ],
)
def test_what_can_work_is_taken(write: Write, more: str) -> None:
    assert told(write(more)) == []


@pytest.mark.parametrize(
    ("more", "start"),
    [
        ("[pii.entities]\nPERSONS = 'allow'", "pii.entities: unknown type"),
        ("[pii.tenants.a.entities]\nNAME = 'allow'", "pii.tenants.a.entities: unknown type"),
        ("[pii.providers.near.entities]\nX = 'allow'", "pii.providers.near.entities: unknown type"),
        (
            "[pii.providers.far.entities]\nPERSON = 'allow'",
            "pii.providers.far: only a provider within",
        ),
        ("[pii.providers.no.entities]\nPERSON = 'allow'", "pii.providers.no: there is no provider"),
        ("[pii]\nvault_ttl_s = 14400", "pii.vault_ttl_s: must be above 14400 s"),
    ],
)
def test_what_can_not_work_is_told(write: Write, more: str, start: str) -> None:
    loaded = write(more)
    [problem] = told(loaded)
    assert problem.startswith(start)
    with pytest.raises(ConfigError, match=r"config\.toml:2\d: pii"):
        check_privacy(loaded, load_policy(loaded.folder / "policy.toml"))


class Client:
    system = "fake"
    local = True

    def __init__(self, provider: str) -> None:
        self.provider = provider


def test_a_provider_sees_what_it_may_see_and_no_other_sees_anything(write: Write) -> None:
    config = write(
        "[pii.providers.near.entities]\nPERSON = 'allow'\nNATIONAL_ID = 'allow'\nNL_BSN = 'redact'"
    ).config
    unveil = build_unveiler(config)
    names = ("PERSON_a2aa", "SE_PERSONNUMMER_a2aa", "NL_BSN_a2aa", "EMAIL_ADDRESS_a2aa")
    vault = Vault({f"[{name}]": "Ada" for name in names})
    near: Any = Client("near")
    seeing: Any = unveil(near, vault)
    assert set(seeing._values) == {"[PERSON_a2aa]", "[SE_PERSONNUMMER_a2aa]"}
    far: Any = Client("far")
    assert unveil(far, vault) is far
    assert unveil(near, Vault({"[NL_BSN_a2aa]": "x"})) is near


@pytest.mark.parametrize("name", ["[TEXT_a2aa]", "[PERSON_b2bb]"])
def test_what_a_customer_typed_like_a_placeholder_is_shown_to_no_model(
    write: Write, name: str
) -> None:
    unveil = build_unveiler(write("[pii.providers.near.entities]\n'*' = 'allow'").config)
    near: Any = Client("near")
    assert unveil(near, Vault({name: "person_k7q2 Street"})) is near
    assert unveil(near, Vault({"[PERSON_b2bb]": "Ada"})) is not near


async def test_each_tenant_is_redacted_as_it_wants(write: Write) -> None:
    loaded = write(
        "[pii]\nmarkets = ['GB']\n[pii.entities]\nEMAIL_ADDRESS = 'redact'\n"
        "[pii.tenants.open.entities]\nEMAIL_ADDRESS = 'allow'"
    )
    stores = await asyncio.to_thread(open_stores, loaded, MemoryTelemetry())
    try:
        redactor = await asyncio.to_thread(build_redactor, loaded.config, stores, NoKnowledge())
        for tenant, kept in (("open", True), ("default", False)):
            done = await redactor.redact(
                ["write to ada@shop.example"], tenant=tenant, conversation_id=None
            )
            assert ("ada@" in done.texts[0]) is kept
    finally:
        await stores.close()


async def test_values_outlive_the_server_and_can_be_erased_beside_it(write: Write) -> None:
    loaded = write("")
    stores = await asyncio.to_thread(open_stores, loaded, MemoryTelemetry())
    keeper = build_keeper(loaded.config, stores)
    values = Vault({"[PERSON_a2aa]": "Ada"})
    await keeper.remember("t", "c", values, customer_ref="ann", before=0)
    await stores.close()
    again = await asyncio.to_thread(open_stores, loaded, MemoryTelemetry())
    keeper = build_keeper(loaded.config, again)
    assert dict(await keeper.recall("t", "c")) == dict(values)
    with open_erasure(loaded) as erasure:
        assert (await asyncio.to_thread(erasure.customer, "t", "ann")).values == 1
    assert dict(await keeper.recall("t", "c")) == {}
    await again.close()


async def test_names_on_changed_pages_are_no_longer_redacted_without_a_restart(
    write: Write, tmp_path: Path
) -> None:
    loaded = write("")
    page = tmp_path / "kb" / "page.md"
    page.parent.mkdir()
    page.write_text("# Delivery\n\nTwo days.")
    knowledge = LiveKnowledge(lambda: load_knowledge(tmp_path, ["kb/*.md"]))
    stores = open_stores(loaded, MemoryTelemetry())
    try:
        redactor = await asyncio.to_thread(build_redactor, loaded.config, stores, knowledge)
        text = "is the Tessa Lund in stock"
        before = await redactor.redact([text], tenant="t", conversation_id="c")
        page.write_text("# Tessa Lund in White\n\nA lamp.")
        page.with_name("care.md").write_text("# Care of the Tessa Lund\n\nDust it.")
        assert knowledge.reload().changed
        after = await redactor.redact([text], tenant="t", conversation_id="c")
    finally:
        await stores.close()
    assert "Tessa" not in before.texts[0]
    assert after.texts[0] == text
