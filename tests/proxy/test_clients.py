from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.errors import ConfigError
from policies.knowledge import Passage
from proxy.clients import Meaning, build_askers, build_forwarder, build_tiers
from proxy.config.load import Loaded, load_config
from proxy.gates import TierPlan
from proxy.models.asker import SilentAsker
from proxy.models.extractive import ExtractiveClient
from proxy.models.litellm_client import LiteLLMClient
from proxy.models.openai import OpenAIClient
from proxy.models.price import Price
from proxy.models.scripted import ScriptedClient
from proxy.telemetry.memory import MemoryTelemetry
from validators.offload import Offload

CONFIG = """version = 1
[providers.own]
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
system = "vllm"
local = true
[providers.pages]
kind = "extractive"
[providers.play]
kind = "scripted"
file = "replies.toml"
[providers.other]
kind = "litellm"
system = "anthropic"
[models.small]
provider = "own"
model = "small-1"
price = { input = 1.0, output = 2.0 }
timeout_s = 7
[models.words]
provider = "pages"
model = "extractive"
[models.script]
provider = "play"
model = "script"
[models.far]
provider = "other"
model = "claude"
[tiers.standard]
models = ["small", "words"]
retries = 2
deadline_s = 9
[tiers.trial]
models = ["script", "far"]
[aliases."*"]
tiers = ["standard"]
"""


class Shelf:
    revision = "r"

    def search(self, _: str, **__: object) -> tuple[Passage, ...]:
        return ()

    def pages(self, _: object) -> tuple[Passage, ...]:
        return ()


@pytest.fixture
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


def written(folder: Path, replies: str = '[[replies]]\nreply = "Yes."\n') -> Loaded:
    (folder / "config.toml").write_text(CONFIG)
    (folder / "replies.toml").write_text(replies)
    return load_config(folder / "config.toml", {})


def test_each_kind_of_provider_gets_its_client(tmp_path: Path, offload: Offload) -> None:
    tiers = build_tiers(written(tmp_path), Shelf(), offload)
    kinds = {t.name: type(t.client) for plan in tiers.values() for t in plan.targets}
    assert kinds == {
        "small": OpenAIClient,
        "words": ExtractiveClient,
        "script": ScriptedClient,
        "far": LiteLLMClient,
    }


def test_a_tier_keeps_its_order_and_bounds(tmp_path: Path, offload: Offload) -> None:
    plan = build_tiers(written(tmp_path), Shelf(), offload)["standard"]
    small, words = plan.targets
    assert (plan.retries, plan.deadline_s) == (2, 9)
    assert (small.name, small.model, small.timeout_s) == ("small", "small-1", 7)
    assert small.price == Price(1.0, 2.0)
    assert (small.client.system, small.client.local) == ("vllm", True)
    assert (words.name, words.price) == ("words", None)


def test_checks_may_ask_tiers_that_hold_a_language_model(tmp_path: Path, offload: Offload) -> None:
    plans = dict(build_tiers(written(tmp_path), Shelf(), offload))
    words = [t for t in plans["standard"].targets if t.name == "words"]
    askers = build_askers({**plans, "pages": TierPlan(words)})
    assert set(askers) == {"standard", "trial"}
    assert askers["standard"].local
    assert not askers["trial"].local
    assert askers["standard"].most(1_000_000, 0) == 1.0  # the pages alone have no price
    assert type(build_askers(plans, silent=True)["trial"]) is SilentAsker


def test_every_alias_can_forward_to_its_models(tmp_path: Path, offload: Offload) -> None:
    loaded = written(tmp_path)
    tiers = build_tiers(loaded, Shelf(), offload)
    forwarder = build_forwarder(loaded, tiers, MemoryTelemetry())
    assert {n: [t.name for t in ts] for n, ts in forwarder.targets.items()} == {
        "*": ["small", "words"]
    }


def test_a_broken_file_of_replies_stops_the_start(tmp_path: Path, offload: Offload) -> None:
    with pytest.raises(ConfigError, match=r"replies\.toml"):
        build_tiers(written(tmp_path, "[[replies]\n"), Shelf(), offload)


def test_meaning_tells_a_paraphrase_from_another_matter() -> None:
    near, far = Meaning().closeness(
        "When will I get my money back?",
        ["Refunds reach your account within 5 days.", "Sofas are delivered by two people."],
    )
    assert near > far + 0.2
