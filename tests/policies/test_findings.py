from dataclasses import FrozenInstanceError

import pytest

from policies.findings import Claim, ClaimVerdict, Finding, Outcome, Reason, Severity
from policies.text import Redacted


def test_reasons_are_those_of_the_public_contract() -> None:
    assert " ".join(Reason) == (
        "not_in_kb contradicts_kb low_confidence unbacked_promise human_only_intent "
        "immediate_intent amount_over_limit customer_asked_for_human frustration repeat_contact "
        "sensitive_output prompt_attack check_failed upstream_failed budget_exhausted"
    )


def test_outcomes_are_those_of_the_public_schema() -> None:
    assert set(Outcome) == {"pass", "fail", "warn", "error", "not_run"}


def test_what_was_found_can_not_be_changed_afterwards() -> None:
    finding = Finding("check", Reason.NOT_IN_KB, Severity.FAIL)
    claim = Claim(Redacted("It holds."), (0, 9), ClaimVerdict.SUPPORTED, 0.9)
    with pytest.raises(FrozenInstanceError):
        finding.severity = Severity.INFO  # type: ignore[misc]  # the point
    with pytest.raises(FrozenInstanceError):
        claim.score = 1.0  # type: ignore[misc]  # the point
