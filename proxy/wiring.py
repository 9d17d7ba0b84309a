"""Builds every object from a configuration. The only module that knows concrete classes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cache.base import CacheStore
from cache.disk import DiskCacheStore
from policies.errors import ConfigError, Problem, StoreError
from policies.load import load_policy
from policies.policy import Policy, Release
from proxy import __version__
from proxy.config.load import Loaded
from proxy.config.model import Config, Model, Provider
from proxy.gates import GateMaker, TierPlan
from proxy.keys import KeyFile
from proxy.models.base import ModelClient
from proxy.models.extractive import ExtractiveClient
from proxy.models.fallback import Target
from proxy.models.litellm_client import LiteLLMClient
from proxy.models.openai import OpenAIClient
from proxy.models.price import Price
from proxy.models.scripted import ScriptedClient
from proxy.pipeline import Parts, Pipeline
from proxy.records.base import RecordStore
from proxy.records.build import decision_record
from proxy.records.sql import SqlRecordStore
from proxy.records.writer import RecordWriter
from proxy.secrets import derive, master_key, private_folder
from proxy.snapshot import Snapshot
from proxy.stages.authenticate import Authenticate
from proxy.stages.classify import Classify
from proxy.stages.hand_over import HandOver
from proxy.stages.look_up import LookUp
from proxy.stages.record import Record
from proxy.stages.redact import Redact
from proxy.stages.remember import Remember
from proxy.stages.route import Route
from proxy.stages.settle import Settle
from proxy.telemetry.base import Telemetry
from proxy.telemetry.otel import OtelTelemetry
from validators.base import IntentClassifier, KnowledgeBase, Redactor, Services, ValidatorConfig
from validators.encoder.onnx import OnnxEncoder
from validators.intent.classifier import PolicyClassifier
from validators.knowledge.knowledge import LexicalKnowledge, load_knowledge
from validators.knowledge.reload import LiveKnowledge
from validators.knowledge.sources import watched_folders
from validators.load import load_checks
from validators.offload import Offload
from validators.pii.detect import PresidioDetector
from validators.pii.redactor import PresidioRedactor
from validators.pii.restore import StreamRestorer, restore, restore_json
from validators.run import Check

Metrics = Callable[[], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class Stores:
    """What outlives a reload: files, connections, threads."""

    data_dir: Path
    master: bytes
    offload: Offload
    io: Offload
    records: RecordStore
    writer: RecordWriter
    cache: CacheStore | None
    keys: KeyFile
    telemetry: Telemetry
    metrics: Metrics

    async def close(self) -> None:
        """Flush and release everything, in the order of importance."""
        await self.writer.flush(10)
        await asyncio.to_thread(self.telemetry.close)
        self.records.close()
        if self.cache is not None:
            self.cache.close()
        self.offload.close()
        self.io.close()


def open_stores(loaded: Loaded, telemetry: Telemetry | None = None) -> Stores:
    """Open files and connections. Raises `ConfigError` that says what to do."""
    config = loaded.config
    folder = private_folder(loaded.folder / config.stores.data_dir)
    master = master_key(folder)
    io = Offload(4, "handrail-io")
    try:
        records = SqlRecordStore(f"sqlite:///{folder / 'records.db'}")
        size = config.cache.size_mb * 2**20
        cache = DiskCacheStore(folder / "cache", size) if config.cache.enabled else None
    except StoreError as error:
        raise ConfigError(Problem(str(folder), None, "", str(error))) from None
    keys_path = config.auth.keys_file
    keys = KeyFile(loaded.find(keys_path) if keys_path else folder / "keys.json")
    metrics: Metrics = lambda: (b"", "text/plain")  # noqa: E731 - a default of one line
    if telemetry is None:
        made = OtelTelemetry(
            config.telemetry.otlp_endpoint,
            console=config.telemetry.console,
            service_name=config.telemetry.service_name,
            version=__version__,
        )
        telemetry, metrics = made, made.render_metrics
    return Stores(
        data_dir=folder,
        master=master,
        offload=Offload(config.server.check_threads),
        io=io,
        records=records,
        writer=RecordWriter(records, io),
        cache=cache,
        keys=keys,
        telemetry=telemetry,
        metrics=metrics,
    )


@dataclass(frozen=True, slots=True)
class Overrides:
    """Parts that tests and evals put in the place of the real ones."""

    redactor: Redactor | None = None
    classifier: IntentClassifier | None = None
    knowledge: KnowledgeBase | None = None


def build(loaded: Loaded, stores: Stores, overrides: Overrides | None = None) -> Snapshot:
    """Build the objects of one configuration. Raises `ConfigError`; then nothing changed."""
    config, given = loaded.config, overrides or Overrides()
    policy_file = loaded.find(config.policy.file)
    policy = load_policy(policy_file)
    _check_tiers(policy, config, policy_file)
    knowledge = given.knowledge or LiveKnowledge(partial(_knowledge, loaded))
    redactor = given.redactor or build_redactor(config, stores, knowledge)
    classifier = given.classifier or build_classifier(policy, stores.offload)
    checks = build_checks(loaded, knowledge, stores.offload)
    clients = {
        name: _client(name, provider, loaded, knowledge, stores.offload)
        for name, provider in config.providers.items()
    }
    gate = GateMaker(
        tiers=_tiers(config, clients),
        checks=checks,
        restore=restore,
        restorer=StreamRestorer,
        telemetry=stores.telemetry,
        release=Release(config.stream.release),
    )
    authenticate = Authenticate(stores.keys.entries)
    stages = (
        authenticate,
        Redact(redactor, config.knowledge.trust_system_prompt),
        Classify(classifier, checks, config.handoff.draft),
        LookUp(knowledge, stores.cache, stores.offload, config.knowledge.passages),
        Route({name: alias.tiers for name, alias in config.aliases.items()}),
        Settle(),
        HandOver(
            stores.records,
            stores.io,
            derive(stores.master, "handoff"),
            config.handoff.environment,
        ),
        Remember(stores.cache, stores.io, config.cache.ttl_s),
        Record(stores.writer.put, decision_record),
    )
    pipeline = Pipeline(Parts(stages, gate, restore, restore_json, stores.telemetry))

    async def settled() -> None:
        await pipeline.drain()
        await stores.writer.flush(5)

    async def close() -> None:
        await pipeline.drain()
        for client in clients.values():
            await client.close()

    return Snapshot(
        config=config,
        hash=loaded.hash,
        policy=policy,
        pipeline=pipeline,
        telemetry=stores.telemetry,
        records=stores.records,
        cache=stores.cache,
        knowledge=knowledge,
        redactor=redactor,
        classifier=classifier,
        checks=checks,
        restore=restore,
        metrics=stores.metrics,
        authenticate=authenticate.caller,
        settled=settled,
        close=close,
    )


def _check_tiers(policy: Policy, config: Config, file: Path) -> None:
    """A tier that nothing defines must stop the start: it would route to a weaker model."""
    problems = [
        Problem(
            str(file),
            None,
            f"intents.{name}.tier",
            f"there is no tier {rule.tier!r}; config.toml has: {', '.join(config.tiers)}",
        )
        for name, rule in policy.intents.items()
        if rule.tier is not None and rule.tier not in config.tiers
    ]
    if problems:
        raise ConfigError(*problems)


def _knowledge(loaded: Loaded) -> LexicalKnowledge:
    wanted = loaded.config.knowledge
    base = _knowledge_base(loaded)
    return load_knowledge(base, wanted.sources, internal_titles=wanted.internal_titles)


def _knowledge_base(loaded: Loaded) -> Path:
    """The configuration's folder; the current one if only there anything matches."""
    sources = loaded.config.knowledge.sources
    bases = (loaded.folder, Path.cwd())
    return next((base for base in bases if _any_match(base, sources)), loaded.folder)


def _any_match(base: Path, sources: Sequence[str]) -> bool:
    return any(
        next(base.glob(source), None) is not None
        for source in sources
        if not Path(source).is_absolute()
    )


def build_redactor(config: Config, stores: Stores, knowledge: KnowledgeBase) -> Redactor:
    """Build the redactor with the knowledge base's own vocabulary as allow-list."""
    vocabulary = knowledge.current.vocabulary() if isinstance(knowledge, LiveKnowledge) else ()
    detector = PresidioDetector(
        regions=config.pii.markets, allowed={*config.pii.allow, *vocabulary}
    )
    key = derive(stores.master, "placeholders")
    return PresidioRedactor(detector, key, stores.offload, timeout_s=config.pii.timeout_s)


def build_classifier(policy: Policy, offload: Offload) -> IntentClassifier:
    """Fit the classifier on the policy's examples."""
    return PolicyClassifier(policy, OnnxEncoder(), offload)


def build_checks(loaded: Loaded, knowledge: KnowledgeBase, offload: Offload) -> tuple[Check, ...]:
    """Load the configured validators."""
    config = loaded.config
    services = Services(knowledge, offload, config.knowledge.passages)
    blocks = [
        ValidatorConfig(b.name, b.use, b.mode, b.timeout_ms, b.options) for b in config.validators
    ]
    return load_checks(blocks, services, file=str(loaded.path))


def _tiers(config: Config, clients: Mapping[str, ModelClient]) -> Mapping[str, TierPlan]:
    targets = {name: _target(name, model, clients) for name, model in config.models.items()}
    return {
        name: TierPlan([targets[m] for m in tier.models], tier.retries, tier.deadline_s)
        for name, tier in config.tiers.items()
    }


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
            return ExtractiveClient(name, knowledge.search, run=offload.run)
        case "scripted":
            return ScriptedClient(name, loaded.find(provider.file or ""))


def knowledge_folders(loaded: Loaded) -> tuple[Path, ...]:
    """Return the folders to watch for changed pages."""
    return watched_folders(_knowledge_base(loaded), loaded.config.knowledge.sources)
