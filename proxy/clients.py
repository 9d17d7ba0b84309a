"""A part of the wiring: from providers, models and tiers to what can be called."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from proxy.config.load import Loaded
from proxy.config.model import Model, Provider
from proxy.gates import TierPlan
from proxy.models.asker import SilentAsker, TierAsker
from proxy.models.base import ModelClient
from proxy.models.extractive import ExtractiveClient
from proxy.models.fallback import Target
from proxy.models.forward import Forwarder
from proxy.models.litellm_client import LiteLLMClient
from proxy.models.openai import OpenAIClient
from proxy.models.price import Price
from proxy.models.scripted import ScriptedClient
from proxy.telemetry.base import Telemetry
from validators.base import KnowledgeBase, ModelTier
from validators.encoder.onnx import OnnxEncoder
from validators.intent.encoder import Encoder, MemoEncoder
from validators.offload import Offload


class Meaning:
    """Closeness of texts by the sentence encoder, loaded when it is first asked for."""

    @cached_property
    def _encoder(self) -> Encoder:
        return MemoEncoder(OnnxEncoder(), capacity=20_000)

    def closeness(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the cosine of each text to the question. Blocking."""
        vectors = self._encoder.encode([question, *texts])
        return [float(value) for value in vectors[1:] @ vectors[0]]


def build_tiers(
    loaded: Loaded, knowledge: KnowledgeBase, offload: Offload
) -> Mapping[str, TierPlan]:
    """Build every tier. Raises `ConfigError` for a file of replies that can't be read."""
    config = loaded.config
    clients = {
        name: _client(name, provider, loaded, knowledge, offload)
        for name, provider in config.providers.items()
    }
    targets = {name: _target(name, model, clients) for name, model in config.models.items()}
    return {
        name: TierPlan([targets[m] for m in tier.models], tier.retries, tier.deadline_s)
        for name, tier in config.tiers.items()
    }


def build_forwarder(
    loaded: Loaded, tiers: Mapping[str, TierPlan], telemetry: Telemetry
) -> Forwarder:
    """Return what serves embeddings and moderations."""
    models = {
        name: [target for tier in alias.tiers for target in tiers[tier].targets]
        for name, alias in loaded.config.aliases.items()
    }
    return Forwarder(models, telemetry)


def build_askers(
    tiers: Mapping[str, TierPlan], telemetry: Telemetry | None = None, *, silent: bool = False
) -> Mapping[str, ModelTier]:
    """Return the tiers that checks may ask: those with a language model.

    The embedded provider of pages answers every question with a page, so it can judge
    nothing and is left out. `silent`: none is called.
    """
    kind = SilentAsker if silent else TierAsker
    models = {
        name: [t for t in plan.targets if not isinstance(t.client, ExtractiveClient)]
        for name, plan in tiers.items()
    }
    return {name: kind(targets, telemetry) for name, targets in models.items() if targets}


def _target(name: str, model: Model, clients: Mapping[str, ModelClient]) -> Target:
    price = Price(**model.price.model_dump()) if model.price else None
    return Target(name, clients[model.provider], model.model, model.timeout_s, price)


def _client(
    name: str, provider: Provider, loaded: Loaded, knowledge: KnowledgeBase, offload: Offload
) -> ModelClient:
    match provider.kind:
        case "openai":
            return OpenAIClient(
                name,
                provider.base_url or "",
                provider.api_key,
                system=provider.system or "openai",
                local=provider.local,
                headers=provider.headers,
            )
        case "litellm":
            return LiteLLMClient(name, provider.system or "", provider.api_key, provider.base_url)
        case "extractive":
            return ExtractiveClient(
                name, knowledge.search, closeness=Meaning().closeness, run=offload.run
            )
        case "scripted":
            return ScriptedClient(name, loaded.find(provider.file or ""))
