"""Building everything from a configuration."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies.errors import ConfigError
from policies.findings import Finding
from policies.policy import Release
from policies.text import Redacted
from proxy.config.load import Loaded, load_config
from proxy.models.extractive import ExtractiveClient
from proxy.models.litellm_client import LiteLLMClient
from proxy.models.openai import OpenAIClient
from proxy.models.scripted import ScriptedClient
from proxy.pipeline import AFTER_THE_GATE, BEHIND_THE_ANSWER, INBOUND
from proxy.telemetry.memory import MemoryTelemetry
from proxy.wiring import (
    Overrides,
    Stores,
    build,
    build_checks,
    build_knowledge,
    knowledge_folders,
    open_stores,
)
from validators.knowledge.reload import LiveKnowledge
from validators.offload import Offload
from validators.testing import FakeRedactor

REPLIES = '[[replies]]\nreply = "Parcels may go back within 30 days of delivery."\n'
KINDS = """
[providers.script]
kind = "scripted"
file = "replies.toml"
[providers.server]
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
[providers.others]
kind = "litellm"
[models.said]
provider = "script"
model = "script-1"
[models.remote]
provider = "server"
model = "remote-1"
timeout_s = 3
[models.far]
provider = "others"
model = "far-1"
[tiers.mixed]
models = ["said", "remote", "far"]
retries = 2
deadline_s = 9
"""

JUDGED = """
[[validators]]
name = "grounding"
use = "grounding"
[validators.options.judge]
tier = "{tier}"
low = 0.0
high = 1.0
usd_per_day = 0.0012
"""
JUDGE = """
[providers.script]
kind = "scripted"
file = "verdicts.toml"
[models.said]
provider = "script"
model = "script-1"
price = { input = 1.0, output = 2.0 }
[tiers.judge]
models = ["said"]
"""


@pytest.fixture
def shop(tmp_path: Path, kit: Any) -> Any:
    """Return a maker of loaded configurations."""

    def make(extra: str = "", config: str = kit.CONFIG) -> Loaded:
        (tmp_path / "pages").mkdir(exist_ok=True)
        (tmp_path / "pages" / "returns.md").write_text(kit.PAGE)
        (tmp_path / "policy.toml").write_text(kit.POLICY)
        (tmp_path / "replies.toml").write_text(REPLIES)
        (tmp_path / "config.toml").write_text(config.format(extra=extra))
        return load_config(tmp_path / "config.toml")

    return make


async def opened(loaded: Loaded) -> Stores:
    return await asyncio.to_thread(open_stores, loaded, MemoryTelemetry())


def fakes(kit: Any) -> Overrides:
    return Overrides(redactor=FakeRedactor({}), classifier=kit.FakeClassifier())


async def test_all_parts_come_from_the_configuration(shop: Any, kit: Any) -> None:
    loaded = shop(KINDS + '[stream]\nrelease = "answer"')
    stores = await opened(loaded)
    try:
        snapshot = build(loaded, stores, fakes(kit))
        gate: Any = snapshot.pipeline.parts.gate
        plan = gate.tiers["mixed"]
        clients = [type(target.client) for target in plan.targets]
        assert clients == [ScriptedClient, OpenAIClient, LiteLLMClient]
        assert (plan.retries, plan.deadline_s, plan.targets[1].timeout_s) == (2, 9, 3)
        assert isinstance(gate.tiers["standard"].targets[0].client, ExtractiveClient)
        assert gate.tiers["standard"].targets[0].price.output == 2.0
        assert gate.release is Release.ANSWER
        names = tuple(stage.name for stage in snapshot.pipeline.parts.stages)
        assert names == INBOUND + AFTER_THE_GATE + BEHIND_THE_ANSWER
        checks = [check.validator.name for check in snapshot.checks]
        assert checks == ["grounding", "sensitive_output"]
        assert snapshot.hash == loaded.hash
        assert snapshot.policy.id == "shop"
        assert isinstance(snapshot.knowledge, LiveKnowledge)
        await snapshot.pipeline.close()
    finally:
        await stores.close()


async def test_what_is_kept_is_kept_for_this_user_only(shop: Any) -> None:
    loaded = shop()
    stores = await opened(loaded)
    await stores.close()
    folder = loaded.folder / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("vault.key", "records.db"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


async def test_the_cache_can_be_turned_off(shop: Any) -> None:
    stores = await opened(shop("[cache]\nenabled = false"))
    await stores.close()
    assert stores.cache is None


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ('[[validators]]\nname = "x"\nuse = "unheard-of"', "validators"),
        ('[[validators]]\nname = "x"\nuse = "policies.turn:Turn"', "validators"),
        ('[[validators]]\nname = "g"\nuse = "grounding"\n[validators.options]\nthreshold = 7', "g"),
        (JUDGED.format(tier="strong"), r"judge\.tier: no tier 'strong'.*those that do: none"),
        (KINDS + JUDGED.format(tier="mixed"), r"judge\.usd_per_.*has no price"),
    ],
)
async def test_a_check_that_can_not_be_loaded_stops_the_start(
    shop: Any, kit: Any, extra: str, named: str
) -> None:
    loaded = shop(extra)
    stores = await opened(loaded)
    try:
        with pytest.raises(ConfigError, match=named):
            build(loaded, stores, fakes(kit))
    finally:
        await stores.close()


@pytest.mark.parametrize(
    ("reply", "aspects"),
    [
        ('reply = "NOT_FOUND"', ["judge_not_found"] * 3),
        ('fail = "503"', ["judge_failed", "judge_budget", "judge_budget"]),
    ],
)
async def test_a_judge_asks_its_tier_and_a_reload_does_not_refill_its_budget(
    shop: Any, kit: Any, make_turn: Any, reply: str, aspects: list[str]
) -> None:
    loaded = shop(JUDGE + JUDGED.format(tier="judge"))
    (loaded.folder / "verdicts.toml").write_text(f"[[replies]]\n{reply}\n")
    stores = await opened(loaded)
    text = Redacted("Parcels may go back within 30 days of delivery.")
    found: list[Finding] = []
    try:
        for _ in range(3):
            snapshot = build(loaded, stores, fakes(kit))
            check = snapshot.checks[0].validator
            assert not check.sends_text_out
            found += await check.check(text, make_turn("returns: how long?"))
            await snapshot.pipeline.close()
    finally:
        await stores.close()
    assert [f.aspect for f in found if f.aspect.startswith("judge_")] == aspects


async def test_only_looking_at_a_configuration_calls_no_model(shop: Any, make_turn: Any) -> None:
    loaded = shop(JUDGE + JUDGED.format(tier="judge"))
    (loaded.folder / "verdicts.toml").write_text('[[replies]]\nreply = "NOT_FOUND"\n')
    offload = Offload(1)
    (check,) = build_checks(loaded, build_knowledge(loaded), offload)
    text = Redacted("Parcels may go back within 30 days of delivery.")
    found = await check.validator.check(text, make_turn("returns: how long?"))
    offload.close()
    assert [f.aspect for f in found if not f.claim] == ["judge_failed"]


async def test_a_policy_that_is_not_valid_stops_the_start(shop: Any, kit: Any) -> None:
    loaded = shop()
    (loaded.folder / "policy.toml").write_text("version = 2\nunknown = 1\n")
    stores = await opened(loaded)
    try:
        with pytest.raises(ConfigError, match=r"policy\.toml:2: unknown"):
            build(loaded, stores, fakes(kit))
    finally:
        await stores.close()


def test_a_data_folder_that_can_not_be_written_says_what_to_do(shop: Any) -> None:
    loaded = shop()
    (loaded.folder / "data").write_text("in the way")
    with pytest.raises(ConfigError, match="data_dir under"):
        open_stores(loaded, MemoryTelemetry())


def test_pages_are_watched_where_they_are(shop: Any) -> None:
    loaded = shop()
    assert knowledge_folders(loaded) == (loaded.folder / "pages",)
    knowledge = loaded.config.knowledge.model_copy(update={"sources": ["pages/*.md", "*.md"]})
    moved = replace(loaded, config=loaded.config.model_copy(update={"knowledge": knowledge}))
    assert loaded.folder in knowledge_folders(moved)
