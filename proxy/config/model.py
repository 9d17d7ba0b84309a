"""Every table and key of config.toml, with its default."""

from typing import Annotated, Literal

from pydantic import Field

from policies.strict import Strict
from proxy.config.pii import Pii
from proxy.config.sinks import Sink

Port = Annotated[int, Field(ge=0, le=65535)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Mode = Literal["enforce", "shadow", "off"]


class Server(Strict):
    """Where to listen, and hard limits."""

    host: str = "127.0.0.1"
    port: Port = 8080
    admin_host: str = "127.0.0.1"
    admin_port: Port = 8081
    max_body_bytes: Annotated[int, Field(ge=1024)] = 8 * 2**20
    shutdown_s: Positive = 30
    check_threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Threads for redaction, retrieval and grounding."""


class Provider(Strict):
    """Someone who serves models."""

    kind: Literal["openai", "litellm", "extractive", "scripted"]
    base_url: str | None = None
    api_key: str | None = None
    system: str | None = None
    """`gen_ai.provider.name` on spans; `openai` for kind openai."""
    local: bool = False
    """Text that goes here does not leave your trust zone."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Sent with each request, for gateways that want more than a key."""
    file: str | None = None
    """For kind scripted: the file of replies."""


class Price(Strict):
    """USD per million tokens."""

    input: Annotated[float, Field(ge=0)]
    output: Annotated[float, Field(ge=0)]
    cached_input: Annotated[float, Field(ge=0)] | None = None


class Model(Strict):
    """One model of one provider."""

    provider: str
    model: str
    price: Price | None = None
    timeout_s: Positive = 60
    """To the first word, and between two."""


class Tier(Strict):
    """Models of about one strength, tried in order."""

    models: Annotated[list[str], Field(min_length=1)]
    retries: Annotated[int, Field(ge=0, le=10)] = 1
    """Further tries per model, for failures that may pass."""
    deadline_s: Positive = 120
    """For all tries together."""


class Alias(Strict):
    """What bots send as `model`."""

    tiers: Annotated[list[str], Field(min_length=1)]
    profile: Literal["support", "utility"] = "support"


class Knowledge(Strict):
    """The company's pages."""

    sources: list[str] = Field(default_factory=lambda: ["knowledge/**/*.md"])
    internal_titles: list[str] = Field(default_factory=list)
    """Regular expressions: pages whose title matches are for agents only."""
    trust_system_prompt: bool = False
    """True: what the bot's own prompt says counts as evidence."""
    watch: bool = True
    """Reload when files change."""
    passages: Annotated[int, Field(ge=1, le=50)] = 8
    dense: bool = True
    """Search by meaning too, as soon as the pages are encoded."""


class PolicyFile(Strict):
    """Where the policy is."""

    file: str = "policies/support.toml"
    calibration: str | None = None
    """File that `handrail calibrate` wrote; without one, claims' scores count as they are."""


class Stores(Strict):
    """Where things are kept."""

    data_dir: str = "data"
    records: str = "sqlite"
    shared: str = "local"


class Auth(Strict):
    """Bots' keys."""

    keys_file: str | None = None
    """Hashed keys, made with `handrail keys add`; `keys.json` in data_dir by default."""
    admin_key: str | None = None
    """Bearer key of the admin port; needed to listen beyond loopback."""


class Expose(Strict):
    """How much a bot sees of the verdict."""

    detail: Literal["off", "summary", "full"] = "summary"


class ValidatorBlock(Strict):
    """One check."""

    name: str
    use: str
    mode: Mode = "enforce"
    timeout_ms: Positive = 2000
    options: dict[str, object] = Field(default_factory=dict)


class Cache(Strict):
    """The answer cache."""

    enabled: bool = True
    ttl_s: Positive = 86400
    """Where an intent names none."""
    size_mb: Annotated[int, Field(ge=1)] = 256
    paraphrases: bool = True
    """Answer questions that ask the same in other words."""
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.8
    """An answer less sure than this is not kept."""
    review: bool = False
    """A person approves each answer before it is given again."""
    wait_s: Positive = 20
    """How long equal questions wait for the one that asks the model."""


class Handoff(Strict):
    """Warm handoffs."""

    environment: str = "production"
    draft: bool = True
    """Let the model draft for the agent where a person answers."""
    cooldown_s: Annotated[float, Field(ge=0)] = 300
    """How long after a handoff was closed a repeat opens it again."""
    reveal_s: Positive = 600
    """How long values that were revealed to an agent may be shown."""
    sinks: dict[str, Sink] = Field(default_factory=dict)
    """Where handoffs are delivered, each to all of them."""

    def sinks_of(self, tenant: str) -> tuple[str, ...]:
        """Return the names of the sinks that take a tenant's handoffs."""
        return tuple(name for name, sink in self.sinks.items() if sink.takes(tenant))


class Stream(Strict):
    """When text leaves."""

    release: Literal["sentence", "answer"] = "sentence"


class Telemetry(Strict):
    """Traces and metrics."""

    service_name: str = "handrail"
    otlp_endpoint: str | None = None
    """OTLP over HTTP, e.g. http://127.0.0.1:4318; off if absent."""
    console: bool = False
    """Print each finished span to standard error."""


class Config(Strict):
    """The whole file."""

    version: Literal[1]
    server: Server = Field(default_factory=Server)
    providers: dict[str, Provider] = Field(default_factory=dict)
    models: dict[str, Model] = Field(default_factory=dict)
    tiers: dict[str, Tier] = Field(default_factory=dict)
    aliases: dict[str, Alias] = Field(default_factory=dict)
    knowledge: Knowledge = Field(default_factory=Knowledge)
    policy: PolicyFile = Field(default_factory=PolicyFile)
    stores: Stores = Field(default_factory=Stores)
    auth: Auth = Field(default_factory=Auth)
    expose: Expose = Field(default_factory=Expose)
    pii: Pii = Field(default_factory=Pii)
    validators: list[ValidatorBlock] = Field(
        default_factory=lambda: [
            ValidatorBlock(name="grounding", use="grounding"),
            ValidatorBlock(name="sensitive_output", use="sensitive_output"),
        ]
    )
    cache: Cache = Field(default_factory=Cache)
    handoff: Handoff = Field(default_factory=Handoff)
    stream: Stream = Field(default_factory=Stream)
    telemetry: Telemetry = Field(default_factory=Telemetry)
