"""Builds every object from a configuration.

With its parts, `clients.py`, `privacy.py` and `stores.py`, the only module that knows concrete
classes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from policies.errors import ConfigError, Problem
from policies.policy import Policy, Release
from proxy.answers import build_cache_stages
from proxy.circumstances import Circumstances
from proxy.clients import Meaning, build_askers, build_forwarder, build_tiers
from proxy.config.load import Loaded
from proxy.config.model import Config
from proxy.config.policy import policy_file, read_policy
from proxy.gates import GateMaker
from proxy.handoff.desk import Desk
from proxy.pipeline import Parts, Pipeline
from proxy.privacy import (
    build_discretion,
    build_erasure,
    build_keeper,
    build_redactor,
    build_response_keeper,
    build_unveiler,
    check_privacy,
)
from proxy.records.build import decision_record
from proxy.secrets import derive
from proxy.sinks import build_sinks
from proxy.snapshot import Snapshot
from proxy.stages.authenticate import Authenticate
from proxy.stages.classify import Classify
from proxy.stages.hand_over import HandOver
from proxy.stages.hold import Hold
from proxy.stages.record import Record
from proxy.stages.redact import Redact
from proxy.stages.route import Route
from proxy.stages.settle import Settle
from proxy.stores import Stores, open_stores
from proxy.switch.board import Switchboard
from validators.base import (
    IntentClassifier,
    KnowledgeBase,
    ModelTier,
    Redactor,
    Services,
    ValidatorConfig,
)
from validators.budget import Ledger
from validators.encoder.onnx import OnnxEncoder
from validators.intent.classifier import PolicyClassifier
from validators.intent.collisions import Collision, collisions
from validators.knowledge.knowledge import LexicalKnowledge, load_knowledge
from validators.knowledge.page import Page
from validators.knowledge.parse import parse_sources
from validators.knowledge.reload import ByWords, LiveKnowledge
from validators.knowledge.sources import watched_folders
from validators.load import load_checks
from validators.offload import Offload
from validators.pii.restore import (
    StreamRestorer,
    restore,
    restore_json,
    unknown_placeholders,
)
from validators.run import Check

__all__ = [
    "Overrides",
    "Stores",
    "build",
    "build_knowledge",
    "closest_examples",
    "knowledge_folders",
    "open_stores",
    "read_pages",
]


@dataclass(frozen=True, slots=True)
class Overrides:
    """Parts that tests and evals put in the place of the real ones."""

    redactor: Redactor | None = None
    classifier: IntentClassifier | None = None
    knowledge: KnowledgeBase | None = None


def build(loaded: Loaded, stores: Stores, overrides: Overrides | None = None) -> Snapshot:
    """Build the objects of one configuration. Raises `ConfigError`; then nothing changed."""
    config, given = loaded.config, overrides or Overrides()
    policy = read_policy(loaded)
    _check_tiers(policy, config, policy_file(loaded))
    check_privacy(loaded, policy)
    filling = stores.filling if config.knowledge.dense else None
    knowledge = given.knowledge or LiveKnowledge(partial(build_knowledge, loaded), filling)
    redactor = given.redactor or build_redactor(config, stores, knowledge)
    classifier = given.classifier or build_classifier(policy, stores.offload)
    tiers = build_tiers(loaded, knowledge, stores.offload)
    models = build_askers(tiers, stores.telemetry)
    checks = build_checks(loaded, knowledge, stores.offload, models=models, ledger=stores.ledger)
    gate = GateMaker(
        tiers=tiers,
        checks=checks,
        restore=restore,
        restorer=StreamRestorer,
        telemetry=stores.telemetry,
        release=Release(config.stream.release),
        unknown=unknown_placeholders,
        unveil=build_unveiler(config),
    )
    keeper = build_keeper(config, stores)
    authenticate = Authenticate(stores.keys.entries)
    board = Switchboard(stores.switches, stores.io)
    around = Circumstances(stores.records, stores.io, board.current)
    desk = Desk(
        stores.records.cases,
        sinks=config.handoff.sinks_of,
        cooldown_s=config.handoff.cooldown_s,
    )
    look_up, remember = build_cache_stages(config, stores, knowledge)
    stages = (
        authenticate,
        Redact(
            redactor,
            config.knowledge.trust_system_prompt,
            config.pii.max_characters,
            keeper,
            keeper.pseudonyms,
            config.pii.restore,
        ),
        Hold(desk.standing, stores.io, classifier),
        Classify(classifier, checks, config.handoff.draft, around),
        look_up,
        Route({name: alias.tiers for name, alias in config.aliases.items()}),
        Settle(),
        HandOver(
            stores.records,
            stores.io,
            derive(stores.master, "handoff"),
            config.handoff.environment,
            config.handoff.sinks_of,
            desk=desk,
            search=knowledge.search,
            closeness=Meaning().closeness,
        ),
        remember,
        Record(stores.writer.put, decision_record),
    )
    pipeline = Pipeline(Parts(stages, gate, restore, restore_json, stores.telemetry))

    async def settled() -> None:
        await pipeline.drain()
        await stores.writer.flush(5)

    return Snapshot(
        config=config,
        hash=loaded.hash,
        policy=policy,
        pipeline=pipeline,
        telemetry=stores.telemetry,
        records=stores.records,
        sinks=build_sinks(loaded, stores.io),
        cache=stores.cache,
        knowledge=knowledge,
        redactor=redactor,
        classifier=classifier,
        checks=checks,
        restore=restore,
        metrics=stores.metrics,
        authenticate=authenticate.caller,
        settled=settled,
        erasure=build_erasure(stores.master, stores.vault, stores.records, stores.responses),
        responses=build_response_keeper(config, stores, keeper),
        forwarder=build_forwarder(loaded, tiers, stores.telemetry),
        switchboard=board,
        desk=desk,
        discretion=build_discretion(config, stores, redactor),
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


def build_knowledge(loaded: Loaded) -> LexicalKnowledge:
    """Read and index the configured pages. Raises `KnowledgeError` with all problems."""
    wanted = loaded.config.knowledge
    base = _knowledge_base(loaded)
    return load_knowledge(base, wanted.sources, internal_titles=wanted.internal_titles)


def read_pages(loaded: Loaded) -> tuple[Page, ...]:
    """Read the configured pages without indexing them. Raises `KnowledgeError`."""
    wanted = loaded.config.knowledge
    base = _knowledge_base(loaded)
    return parse_sources(base, wanted.sources, internal_titles=wanted.internal_titles)


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


def build_classifier(policy: Policy, offload: Offload) -> IntentClassifier:
    """Fit the classifier on the policy's examples."""
    return PolicyClassifier(policy, OnnxEncoder(), offload)


def closest_examples(policy: Policy) -> list[Collision]:
    """Return the examples of different intents that mean nearly the same. Takes a second."""
    examples = {name: rule.examples for name, rule in policy.intents.items()}
    return collisions(OnnxEncoder(), examples)


def build_checks(
    loaded: Loaded,
    knowledge: KnowledgeBase,
    offload: Offload,
    *,
    models: Mapping[str, ModelTier] | None = None,
    ledger: Ledger | None = None,
) -> tuple[Check, ...]:
    """Load the configured validators. Without `models` they can ask none of the tiers."""
    config = loaded.config
    if models is None:
        models = build_askers(build_tiers(loaded, knowledge, offload), silent=True)
    services = Services(
        ByWords(knowledge) if isinstance(knowledge, LiveKnowledge) else knowledge,
        offload,
        config.knowledge.passages,
        models,
        Ledger() if ledger is None else ledger,
    )
    blocks = [
        ValidatorConfig(b.name, b.use, b.mode, b.timeout_ms, b.options) for b in config.validators
    ]
    return load_checks(blocks, services, file=str(loaded.path))


def knowledge_folders(loaded: Loaded) -> tuple[Path, ...]:
    """Return the folders to watch for changed pages."""
    return watched_folders(_knowledge_base(loaded), loaded.config.knowledge.sources)
