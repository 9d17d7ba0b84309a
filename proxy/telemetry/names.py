"""Every span, attribute and metric name, in one place.

`gen_ai.*` and `http.*` are OpenTelemetry's semantic conventions; those for generative AI
are still in development, so a renamed one changes here only.
"""

from dataclasses import dataclass

# Spans.
SPAN_SERVER = "POST {route}"
SPAN_PIPELINE = "handrail.pipeline"
SPAN_AUTHENTICATE = "handrail.authenticate"
SPAN_REDACT = "handrail.redact"
SPAN_HOLD = "handrail.hold"
SPAN_CLASSIFY = "handrail.classify"
SPAN_CACHE_LOOKUP = "handrail.cache.lookup"
SPAN_RETRIEVE = "handrail.retrieve"
SPAN_ROUTE = "handrail.route"
SPAN_CHAT = "chat {model}"
SPAN_EMBEDDINGS = "embeddings {model}"
SPAN_MODERATIONS = "moderations {model}"
SPAN_VALIDATE = "handrail.validate {validator}"
SPAN_DECIDE = "handrail.decide"
SPAN_RESTORE = "handrail.restore"
SPAN_HANDOFF = "create handrail.handoff"
SPAN_HANDOFF_SEND = "send handrail.handoff"
SPAN_REMEMBER = "handrail.cache.store"
SPAN_RECORD = "handrail.record"

# Attributes of the server span.
HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"
ERROR_TYPE = "error.type"
TENANT = "handrail.tenant"
BOT = "handrail.bot"
RESULT_ID = "handrail.result.id"

# Attributes of the pipeline and its stages.
POLICY_ID = "handrail.policy.id"
POLICY_VERSION = "handrail.policy.version"
CONFIG_HASH = "handrail.config.hash"
STREAM = "handrail.stream"
PROFILE = "handrail.profile"
SHADOW = "handrail.shadow"
PII_COUNT = "handrail.pii.entity_count"
PII_TYPES = "handrail.pii.entity_types"
PII_RESTORED = "handrail.pii.restored_count"
PII_LEFTOVER = "handrail.pii.leftover_count"
INTENT = "handrail.intent"
INTENT_SCORE = "handrail.intent.score"
RISKS = "handrail.risks"
AUTOMATION = "handrail.automation"
CACHE_STATUS = "handrail.cache.status"
CACHE_KIND = "handrail.cache.kind"
CACHE_SCORE = "handrail.cache.score"
CACHE_AGE = "handrail.cache.age_s"
CACHE_REASON = "handrail.cache.reason"
CACHE_SAVED_INPUT = "handrail.cache.saved_input_tokens"
CACHE_SAVED_OUTPUT = "handrail.cache.saved_output_tokens"
TIER = "handrail.route.tier"
ROUTE_REASON = "handrail.route.reason"
KB_REVISION = "handrail.kb.revision"
KB_HITS = "handrail.kb.hits"
VALIDATOR_NAME = "handrail.validator.name"
VALIDATOR_STAGE = "handrail.validator.stage"
VALIDATOR_OUTCOME = "handrail.validator.outcome"
VALIDATOR_SCORE = "handrail.validator.score"
VALIDATOR_REASON = "handrail.validator.reason_code"
VALIDATOR_SHADOW = "handrail.validator.shadow"
SENTENCE = "handrail.sentence"
ACTION = "handrail.action"
VERDICT = "handrail.verdict"
CONFIDENCE = "handrail.confidence"
REASON = "handrail.reason"
CLAIMS_TOTAL = "handrail.claims.total"
CLAIMS_SUPPORTED = "handrail.claims.supported"
CLAIMS_CONTRADICTED = "handrail.claims.contradicted"
CLAIMS_NOT_FOUND = "handrail.claims.not_found"
CLAIMS_NOT_CHECKABLE = "handrail.claims.not_checkable"
HANDOFF_ID = "handrail.handoff.id"
HANDOFF_REASON = "handrail.handoff.reason"
HANDOFF_OWNER = "handrail.handoff.owner"
HANDOFF_PRIORITY = "handrail.handoff.priority"
HANDOFF_SINK = "handrail.handoff.sink"
HANDOFF_ATTEMPT = "handrail.handoff.attempt"

# Attributes of the model span, and of no other.
GEN_AI_OPERATION = "gen_ai.operation.name"
GEN_AI_PROVIDER = "gen_ai.provider.name"
GEN_AI_REQUEST_MODEL = "gen_ai.request.model"
GEN_AI_REQUEST_STREAM = "gen_ai.request.stream"
GEN_AI_REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens"
GEN_AI_REQUEST_TEMPERATURE = "gen_ai.request.temperature"
GEN_AI_REQUEST_TOP_P = "gen_ai.request.top_p"
GEN_AI_REQUEST_CHOICES = "gen_ai.request.choice.count"
GEN_AI_RESPONSE_ID = "gen_ai.response.id"
GEN_AI_RESPONSE_MODEL = "gen_ai.response.model"
GEN_AI_FINISH_REASONS = "gen_ai.response.finish_reasons"
GEN_AI_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
GEN_AI_INPUT_TOKENS = "gen_ai.usage.input_tokens"
GEN_AI_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
GEN_AI_CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens"
GEN_AI_REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens"
GEN_AI_CONVERSATION = "gen_ai.conversation.id"
GEN_AI_TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - input or output, no secret
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
ATTEMPT = "handrail.attempt"

GEN_AI = "gen_ai."
CONTENT = frozenset(
    {
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.tool.definitions",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "gen_ai.retrieval.query.text",
        "gen_ai.retrieval.documents",
        "url.query",
        "exception.message",
        "exception.stacktrace",
    }
)
"""Attributes that the conventions fill with text; Handrail records none of them."""

EVENT_EVALUATION = "gen_ai.evaluation.result"
EVENT_FIRST_RELEASE = "handrail.first_release"
EVENT_DISCONNECTED = "handrail.client_disconnected"

# Metrics.
REQUEST_DURATION = "http.server.request.duration"
MODEL_DURATION = "gen_ai.client.operation.duration"
MODEL_TOKENS = "gen_ai.client.token.usage"
MODEL_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk"
REQUESTS = "handrail.requests"
OVERHEAD = "handrail.pipeline.overhead.duration"
STAGE_DURATION = "handrail.stage.duration"
VALIDATOR_DURATION = "handrail.validator.duration"
VALIDATOR_OUTCOMES = "handrail.validator.outcomes"
JUDGE_OUTCOMES = "handrail.judge.outcomes"
CACHE_LOOKUPS = "handrail.cache.lookups"
PII_ENTITIES = "handrail.pii.entities"
VAULT_FAILURES = "handrail.vault.failures"
HANDOFFS = "handrail.handoffs"
HANDOFF_DELIVERY = "handrail.handoff.delivery.duration"
HANDOFF_FAILURES = "handrail.handoff.delivery.failures"
HANDOFF_DEAD = "handrail.handoff.dead_letters"
HANDOFF_QUEUE = "handrail.handoff.queue.length"
HANDOFF_AGE = "handrail.handoff.queue.age"
FIRST_CONTENT = "handrail.stream.time_to_first_content"
CONFIG_RELOADS = "handrail.config.reloads"
RECORDS_DROPPED = "handrail.records.dropped"
COST = "handrail.cost"


@dataclass(frozen=True, slots=True)
class Metric:
    """Unit (UCUM), meaning and, for histograms, bucket bounds of a metric."""

    unit: str
    description: str
    buckets: tuple[float, ...] = ()


_MODEL_S = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_HTTP_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60)
_CHECK_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_TOKENS = tuple(float(4**power) for power in range(14))

METRICS = {
    REQUEST_DURATION: Metric("s", "Duration of requests.", _HTTP_S),
    MODEL_DURATION: Metric("s", "Duration of model calls.", _MODEL_S),
    MODEL_TOKENS: Metric("{token}", "Tokens used by model calls.", _TOKENS),
    MODEL_FIRST_CHUNK: Metric("s", "Time to a model's first chunk.", _MODEL_S),
    REQUESTS: Metric("{request}", "Requests by action, verdict and policy."),
    OVERHEAD: Metric("s", "Time spent beside the model.", _HTTP_S),
    STAGE_DURATION: Metric("s", "Duration of pipeline stages.", _CHECK_S),
    VALIDATOR_DURATION: Metric("s", "Duration of checks.", _CHECK_S),
    VALIDATOR_OUTCOMES: Metric("{check}", "Checks by outcome."),
    JUDGE_OUTCOMES: Metric("{claim}", "Doubtful claims by what the judge said, or why it did not."),
    CACHE_LOOKUPS: Metric("{lookup}", "Cache look-ups by status."),
    PII_ENTITIES: Metric("{value}", "Personal values redacted, by type."),
    VAULT_FAILURES: Metric("{call}", "Calls of the vault that failed, by operation."),
    HANDOFFS: Metric("{handoff}", "Handoffs by reason and owner."),
    HANDOFF_DELIVERY: Metric("s", "Duration of handoff deliveries.", _HTTP_S),
    HANDOFF_FAILURES: Metric("{delivery}", "Handoff deliveries that failed."),
    HANDOFF_DEAD: Metric("{delivery}", "Handoff deliveries that were given up."),
    HANDOFF_QUEUE: Metric("{delivery}", "Handoff deliveries by sink, pending and dead."),
    HANDOFF_AGE: Metric("s", "Age of the oldest pending handoff delivery, by sink."),
    FIRST_CONTENT: Metric("s", "Time until the customer saw a first word.", _HTTP_S),
    CONFIG_RELOADS: Metric("{reload}", "Reloads of the configuration by result."),
    RECORDS_DROPPED: Metric("{record}", "Decision records that were not written."),
    COST: Metric("USD", "Cost of model calls."),
}
ANY = Metric("", "")
