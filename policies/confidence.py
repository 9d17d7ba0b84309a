"""One probability that the whole answer is supported."""

from collections.abc import Sequence

from policies.findings import Claim, ClaimVerdict, Reason, Severity
from policies.policy import Policy
from policies.turn import Turn


def confidence(turn: Turn, policy: Policy | None = None) -> float | None:
    """Return the probability that a careful reader would call every claim supported.

    The weakest claim decides: claims of one answer stand on the same passages, so their
    errors are far from independent and a product would punish long answers. The policy's
    calibration (by default that of the turn's own policy) turns its score, and what the
    others add, into a probability that never rises with a further claim. None if the
    answer holds no checkable claim.
    """
    scores = claim_scores(turn)
    calibration = (policy or turn.policy).calibration
    return calibration.probability(scores, turn.intent) if scores else None


def claim_scores(turn: Turn) -> Sequence[float]:
    """Return the score of each checkable claim as a probability, in their order."""
    return [
        support(claim) for claim in turn.claims if claim.verdict is not ClaimVerdict.NOT_CHECKABLE
    ]


def support(claim: Claim) -> float:
    """Return a claim's score as a probability, 0..1; what is no number supports nothing."""
    # In this order `max` turns NaN, which compares false with everything, into 0.
    return min(1.0, max(0.0, claim.score))


def verdict(turn: Turn) -> str:
    """Summarise the claims: the value of the header X-Handrail-Verdict."""
    if any(run.error_type for run in turn.checks if not run.shadow):
        return "error"
    if any(f.kind is Reason.CHECK_FAILED and f.severity is Severity.FAIL for f in turn.findings):
        return "not_checked"  # part of it could not be read, so nobody knows about the whole
    judged = [c.verdict for c in turn.claims if c.verdict is not ClaimVerdict.NOT_CHECKABLE]
    if not judged:
        return "not_checked"
    supported = sum(v is ClaimVerdict.SUPPORTED for v in judged)
    if supported == len(judged):
        return "grounded"
    return "partly_grounded" if supported else "ungrounded"
