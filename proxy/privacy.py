"""A part of the wiring: what finds, keeps, shows and erases personal data."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from policies.errors import ConfigError, Problem
from policies.policy import Policy
from policies.strict import dotted, line_of, locate, read_toml
from proxy.config.load import Loaded
from proxy.config.model import Config
from proxy.config.pii import longest_handoff_s
from proxy.erasure import Erasure
from proxy.handoff.discretion import Discretion
from proxy.models.unveiled import Unveiler
from proxy.records.base import RecordStore
from proxy.responses.base import ResponseStore
from proxy.responses.keeper import ResponseKeeper
from proxy.secrets import derive, master_key, private_folder
from proxy.stores import Stores, open_records, open_responses, open_vault
from proxy.vault.base import VaultStore
from proxy.vault.keeper import VaultKeeper
from proxy.vault.pseudonyms import Pseudonyms
from validators.base import KnowledgeBase, Redactor
from validators.knowledge.reload import LiveKnowledge
from validators.pii.actions import EntityAction, EntityActions
from validators.pii.detect import PresidioDetector
from validators.pii.live import LiveDetector
from validators.pii.national_forms import ALL_MARKETS
from validators.pii.placeholders import TEXT, TYPES, look_alikes, type_of
from validators.pii.redactor import PresidioRedactor
from validators.pii.restore import restore, restore_json, unknown_placeholders
from validators.pii.veil import Veil, VeilStream


def check_privacy(loaded: Loaded, policy: Policy) -> None:
    """Check what no single key can tell. Raises `ConfigError` with all problems."""
    if problems := list(_problems(loaded.config, policy)):
        lines = dict(locate(read_toml(loaded.path)[1]))
        file = str(loaded.path)
        raise ConfigError(
            *(Problem(file, line_of(lines, place), dotted(place), why) for place, why in problems)
        )


def _problems(config: Config, policy: Policy) -> Iterator[tuple[tuple[str, ...], str]]:
    pii = config.pii
    tables: list[tuple[tuple[str, ...], Mapping[str, str]]] = [(("entities",), pii.entities)]
    tables += [(("tenants", name, "entities"), t.entities) for name, t in pii.tenants.items()]
    tables += [(("providers", name, "entities"), p.entities) for name, p in pii.providers.items()]
    for place, table in tables:
        if why := _unknown(table):
            yield ("pii", *place), why
    for name in pii.providers:
        if why := _foreign(config, name):
            yield ("pii", "providers", name), why
    if pii.vault_ttl_s <= (least := longest_handoff_s(policy)):
        why = f"must be above {least:g} s: the policy gives people that long to take a handoff"
        yield ("pii", "vault_ttl_s"), why


def _unknown(entities: Mapping[str, str]) -> str:
    try:
        EntityActions(entities)
    except ValueError as error:
        return str(error)
    return ""


def _foreign(config: Config, name: str) -> str:
    provider = config.providers.get(name)
    if provider is None:
        return f"there is no provider {name!r}; known: {', '.join(sorted(config.providers))}"
    if provider.local or provider.kind in ("extractive", "scripted"):
        return ""
    return (
        "only a provider within your trust zone may see personal data; if it is one, set "
        f"local = true under [providers.{name}]"
    )


def build_redactor(config: Config, stores: Stores, knowledge: KnowledgeBase) -> Redactor:
    """Build the redactor with the knowledge base's own vocabulary as allow-list."""
    pii = config.pii
    regions = ALL_MARKETS if "*" in pii.markets else pii.markets
    detector = PresidioDetector(regions=regions, allowed=pii.allow)
    vocabulary = knowledge.vocabulary if isinstance(knowledge, LiveKnowledge) else tuple[str]
    return PresidioRedactor(
        LiveDetector(detector, vocabulary, lambda: knowledge.revision),
        derive(stores.master, "placeholders"),
        stores.offload,
        long_texts=stores.long_texts,
        revision=lambda: knowledge.revision,
        timeout_s=pii.timeout_s,
        actions=pii.entities,
        tenants={name: tenant.entities for name, tenant in pii.tenants.items()},
    )


def build_keeper(config: Config, stores: Stores) -> VaultKeeper:
    """Build the vault as requests see it."""
    return VaultKeeper(
        stores.vault,
        build_pseudonyms(stores.master),
        stores.vault_io,
        stores.telemetry,
        timeout_s=config.pii.vault_timeout_s,
    )


def build_response_keeper(config: Config, stores: Stores, vault: VaultKeeper) -> ResponseKeeper:
    """Build what keeps responses, for as long as the vault keeps their values."""
    return ResponseKeeper(
        stores.responses,
        stores.io,
        vault,
        restore,
        restore_json,
        config.pii.vault_ttl_s,
        own_only=config.pii.restore == "own",
    )


def build_pseudonyms(master: bytes) -> Pseudonyms:
    """Build what names conversations and customers whose ids are personal."""
    return Pseudonyms(derive(master, "pseudonyms"))


def build_discretion(config: Config, stores: Stores, redactor: Redactor) -> Discretion:
    """Build what hides and shows the values of a conversation on the desk."""
    return Discretion(
        redactor,
        stores.vault,
        build_pseudonyms(stores.master),
        stores.vault_io,
        restore,
        unknown_placeholders,
        own_only=config.pii.restore == "own",
    )


def build_unveiler(config: Config) -> Unveiler:
    """Build what lets some providers see some values."""
    types = {
        name: frozenset(kind for kind in TYPES - {TEXT} if actions.of(kind) is EntityAction.ALLOW)
        for name, actions in (
            (name, EntityActions(provider.entities))
            for name, provider in config.pii.providers.items()
        )
    }
    return Unveiler(types, _showable, restore_json, Veil, VeilStream)


def _showable(placeholder: str, value: str) -> str | None:
    """Return the type of a value; what looks like a placeholder must never reach a model."""
    return None if look_alikes(value) else type_of(placeholder)


@contextmanager
def open_erasure(loaded: Loaded) -> Iterator[Erasure]:
    """Open vault and records beside a server that may be running, to erase in them.

    Raises `ConfigError` or `StoreError` that says what to do.
    """
    folder = private_folder(loaded.folder / loaded.config.stores.data_dir)
    master = master_key(folder)
    with (
        closing(open_records(folder)) as records,
        closing(open_responses(folder)) as responses,
        closing(open_vault(loaded, folder, master)) as vault,
    ):
        yield build_erasure(master, vault, records, responses)


def build_erasure(
    master: bytes, vault: VaultStore, records: RecordStore, responses: ResponseStore
) -> Erasure:
    """Build what erases customers and conversations."""
    return Erasure(vault, records, build_pseudonyms(master), responses)
