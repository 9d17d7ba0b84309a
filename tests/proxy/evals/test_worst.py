from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.knowledge import Evidence
from policies.text import Redacted
from proxy.evals.grounding import Case, Seen
from proxy.evals.rows import Row
from proxy.evals.worst import worst, worst_lines


def seen(score: float, reason: str = "") -> Seen:
    text = Redacted("Refunds take\na year.")
    page = Evidence("p1", "Refunds", "Refunds take five days.")
    claim = Claim(text, (0, len(text)), ClaimVerdict.NOT_FOUND, score, (page,))
    kind = Reason.NOT_IN_KB
    found = Finding("grounding", kind, Severity.FAIL, reason, evidence=(page,), claim=claim)
    return Seen(score, "ungrounded", 1, 1.0, found)


def case(number: int, *, supported: bool) -> Case:
    return Case(
        f"Answer {number}.", supported, "Why?", "number", f"g{number}", row=Row("f", number, {})
    )


CASES = [case(1, supported=True), case(2, supported=False), case(3, supported=True)]


def test_the_farthest_from_the_truth_come_first() -> None:
    found = worst(CASES, [seen(0.9), seen(0.8), seen(0.1)], 2)
    assert [entry["id"] for entry in found] == ["g3", "g2"]
    assert found[0]["label"] == "supported"
    assert found[1]["score"] == 0.8


def test_each_shows_question_answer_claim_quote_and_reason() -> None:
    [entry] = worst(CASES[:1], [seen(0.2, "The page says five days.")], 10)
    assert entry["line"] == 1
    assert entry["page"] == "Refunds"
    assert entry["quote"] == "Refunds take five days."
    lines = worst_lines([entry])
    assert lines[1] == "  1. line 1 g1: supported by label, scored 0.2, ungrounded, kind number"
    assert "       claim     Refunds take a year." in lines
    assert "       reason    The page says five days." in lines


def test_an_answer_that_claims_nothing_has_no_claim_to_show() -> None:
    [entry] = worst(CASES[1:2], [Seen(1.0, "not_checked", 0, 1.0, None)], 1)
    assert (entry["claim"], entry["quote"], entry["reason"]) == ("", "", "")
    assert not any("claim" in line for line in worst_lines([entry]))
