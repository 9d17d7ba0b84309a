"""What a check saw. Never what to do about it: that is `decide.py`."""

from dataclasses import dataclass
from enum import StrEnum

from policies.knowledge import Evidence
from policies.text import Redacted

Span = tuple[int, int]
"""Start and end offset in characters, end exclusive."""


class Reason(StrEnum):
    """Why an answer was not passed as it was: one list for results, packets, spans."""

    NOT_IN_KB = "not_in_kb"
    CONTRADICTS_KB = "contradicts_kb"
    LOW_CONFIDENCE = "low_confidence"
    UNBACKED_PROMISE = "unbacked_promise"
    HUMAN_ONLY_INTENT = "human_only_intent"
    IMMEDIATE_INTENT = "immediate_intent"
    AMOUNT_OVER_LIMIT = "amount_over_limit"
    CUSTOMER_ASKED_FOR_HUMAN = "customer_asked_for_human"
    FRUSTRATION = "frustration"
    REPEAT_CONTACT = "repeat_contact"
    SENSITIVE_OUTPUT = "sensitive_output"
    PROMPT_ATTACK = "prompt_attack"
    CHECK_FAILED = "check_failed"
    UPSTREAM_FAILED = "upstream_failed"
    BUDGET_EXHAUSTED = "budget_exhausted"


class Severity(StrEnum):
    """How much a finding weighs: only `fail` changes what the customer gets."""

    INFO = "info"
    WARN = "warn"
    FAIL = "fail"


class ClaimVerdict(StrEnum):
    """What the evidence says about a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement of an answer and what was found about it."""

    text: Redacted
    span: Span
    """Offsets in the whole answer text (with placeholders)."""
    verdict: ClaimVerdict
    score: float
    """Probability that the evidence supports the claim."""
    evidence: tuple[Evidence, ...] = ()
    shared: bool = True
    """False if only this customer's facts support it: such an answer is never cached."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation by one check."""

    check: str
    kind: Reason | None
    """The reason that this finding gives; None for an observation without consequence."""
    severity: Severity
    reason: str = ""
    """One sentence for a person, with placeholders only."""
    score: float | None = None
    span: Span | None = None
    evidence: tuple[Evidence, ...] = ()
    aspect: str = ""
    """What differs, for reports: `number`, `date`, `negation`, `product`, ..."""
    claim: Claim | None = None
    """The claim that was judged; supported claims are findings of severity `info`."""
    choice: int = 0
    sentence: int | None = None
    """Index of the sentence in its choice, set by the gate."""


class Outcome(StrEnum):
    """How a check ended. A check that did not run or broke is never a pass."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    WARN = "warn"
    ERROR = "error"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One run of one check, for traces and records."""

    name: str
    scope: str
    outcome: Outcome
    duration_ms: float
    score: float | None = None
    kind: Reason | None = None
    error_type: str | None = None
    shadow: bool = False
