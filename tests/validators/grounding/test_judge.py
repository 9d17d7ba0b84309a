from collections.abc import Sequence

import pytest

from policies.findings import ClaimVerdict, Reason
from policies.knowledge import Audience, Origin, Passage
from validators.grounding.judge import Judgement, judge, weakest
from validators.grounding.rules import load

RULES = load()
RETURNS = Passage(
    "r",
    "r",
    "Returns and damaged items",
    "Unused items can be returned within 30 days of delivery for a full refund. Damaged items are "
    "replaced free of charge when they are reported within 14 days with a photo. "
    "A prepaid label is e-mailed within 24 hours.",
)
SHIPPING = Passage("s", "s", "Shipping", "Standard delivery takes 3 to 5 business days.")
QUESTION = "My tent arrived broken. What can I do?"
ANSWER = (
    "Thank you for reaching out, and I am sorry for the trouble. According to our returns policy "
    "you can return any unused item within 30 days of delivery for a full refund, and damaged "
    "items are replaced free of charge when reported within 14 days with a photo. "
    "Standard delivery takes 3 to 5 business days."
)


def judged(answer: str, *passages: Passage, question: str = QUESTION) -> list[Judgement]:
    return judge(answer, question, passages or (RETURNS, SHIPPING), rules=RULES)


def test_a_faithful_answer_is_supported_claim_by_claim() -> None:
    found = judged(ANSWER)
    assert [j.verdict for j in found] == [ClaimVerdict.SUPPORTED] * 3
    assert all(j.kind is None and j.evidence for j in found)
    assert all(ANSWER[j.statement.start : j.statement.end] == j.statement.text for j in found)


@pytest.mark.parametrize(
    ("old", "new", "aspect"),
    [
        ("30 days", "60 days", "number"),
        ("14 days", "14 weeks", "number"),
        ("3 to 5 business days", "2 to 3 business days", "number"),
        ("free of charge", "for a fee", "negation"),
        ("you can return", "you cannot return", "negation"),
    ],
)
def test_near_misses_are_contradicted(old: str, new: str, aspect: str) -> None:
    bad = [j for j in judged(ANSWER.replace(old, new)) if j.kind]
    assert [(j.verdict, j.kind, j.aspect) for j in bad] == [
        (ClaimVerdict.CONTRADICTED, Reason.CONTRADICTS_KB, aspect)
    ]


def test_the_reason_names_both_values_and_quotes_the_page() -> None:
    bad = next(j for j in judged(ANSWER.replace("30 days", "60 days")) if j.kind)
    assert bad.reason == (
        "The page 'Returns and damaged items' says 30 days, the answer says 60 days."
    )
    assert "30 days" in bad.evidence[0].quote
    assert bad.evidence[0].source_id == "r"


def test_an_absent_topic_is_not_found() -> None:
    (found,) = judged("Gift vouchers earn triple loyalty points in December.")
    assert (found.verdict, found.kind) == (ClaimVerdict.NOT_FOUND, Reason.NOT_IN_KB)


def test_without_evidence_nothing_is_supported() -> None:
    found = judge(ANSWER, QUESTION, [], rules=RULES)
    assert found
    assert all(j.kind for j in found)


def test_an_internal_page_supports_and_quotes_nothing() -> None:
    secret = Passage("i", "i", "Fees", "Agents may waive $40 fees.", audience=Audience.INTERNAL)
    (found,) = judged("Agents may waive $40 fees.", secret)
    assert found.kind is Reason.NOT_IN_KB
    assert found.evidence == ()


@pytest.mark.parametrize(
    "answer", ["I have refunded your order in full.", "I'll send you a new tent today."]
)
def test_a_personal_commitment_is_unbacked(answer: str) -> None:
    (found,) = judged(answer)
    assert found.kind is Reason.UNBACKED_PROMISE
    assert found.score <= 0.1


def test_a_tool_result_backs_a_commitment_for_this_customer_only() -> None:
    result = Passage(
        "t", "t", "refund", "Order refunded in full: your order was refunded.", origin=Origin.TOOL
    )
    (found,) = judged("I have refunded your order in full.", result)
    assert found.verdict is ClaimVerdict.SUPPORTED
    assert not found.shared


def test_a_commitment_that_the_page_makes_itself_is_supported() -> None:
    (found,) = judged("We will e-mail a prepaid label within 24 hours.")
    assert found.verdict is ClaimVerdict.SUPPORTED
    assert found.shared


def test_what_the_customer_said_about_themselves_is_not_judged() -> None:
    assert judged("You ordered a two-person tent.", question="I ordered a two-person tent.") == []


def test_the_customers_number_proves_no_policy() -> None:
    (found,) = judged(
        "You can return unused items within 60 days of delivery for a full refund.",
        question="Can I return it within 60 days?",
    )
    assert found.kind is Reason.CONTRADICTS_KB


class Agreeing:
    def __init__(self, answer: float) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def support(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        self.asked += pairs
        return [self.answer for _ in pairs]


def test_a_second_opinion_moves_doubtful_claims_only() -> None:
    doubtful = "Label costs are always covered by the shop."
    before = weakest(judged(doubtful))
    assert before is not None
    assert 0.3 < before < 0.9
    for opinion, moved in ((0.0, -1), (1.0, 1)):
        second = Agreeing(opinion)
        after = weakest(judge(doubtful, QUESTION, [RETURNS], rules=RULES, second=second))
        assert after is not None
        assert (after - before) * moved > 0
        asked, shown = second.asked[0]
        assert asked == f"{QUESTION} {doubtful}"
        assert RETURNS.title in shown
        assert "prepaid label" in shown
    sure = Agreeing(0.0)
    judge(SHIPPING.text, QUESTION, [SHIPPING], rules=RULES, second=sure)
    assert sure.asked == []


def test_a_bare_yes_claims_what_was_asked() -> None:
    (found,) = judged("Yes, you can.", question="Can I pay with cryptocurrency?")
    assert found.kind


def test_a_bare_yes_to_a_foreign_question_is_far_from_sure() -> None:
    for reply in ("Absolutely.", "Yes, that's correct.", "No, you don't."):
        (found,) = judged(reply, question="Do you ship elephants to Lisbon by boat?")
        assert found.score < 0.6


def test_a_sentence_that_breaks_off_is_not_found() -> None:
    for end in ("The item", "If", "In the case of items with"):
        *_, found = judged(f"{SHIPPING.text} {end}")
        assert (found.verdict, found.kind) == (ClaimVerdict.NOT_FOUND, Reason.NOT_IN_KB)
        assert found.score <= 0.2


def test_a_lead_in_is_no_claim() -> None:
    text = "What you can do about a broken tent:\n- Report it within 14 days with a photo."
    (found,) = judged(text)
    assert found.statement.text.startswith("Report")


@pytest.mark.parametrize(
    "text",
    [
        "The tent is a cryptocurrency wallet, known as Ether.",
        "Delivery is a non-profit organization that provides a financial incentive to charities.",
    ],
)
def test_an_invented_definition_is_not_supported(text: str) -> None:
    assert all(j.score < 0.65 and j.kind for j in judged(text))


def test_a_vague_assurance_without_a_page_is_unbacked() -> None:
    (found,) = judged("We can work with you to get you back on track with a new adventure.")
    assert found.kind is Reason.UNBACKED_PROMISE


def test_the_pages_own_words_are_nearly_certain() -> None:
    assert all(j.score >= 0.9 for j in judged(f"{RETURNS.text} {SHIPPING.text}", question=""))


def test_a_clause_before_another_is_not_broken_off() -> None:
    page = Passage("1", "1", "Plans", "The Gold plan is one you commit to. You pay in advance.")
    found = judge(
        "The Gold plan is one you commit to, and you pay in advance.", "", [page], rules=RULES
    )
    assert not any("breaks off" in j.reason or j.aspect == "absent" for j in found)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("You have at most 30 days to ask.", "You have at least 30 days to ask."),
        ("The Nest costs $240, the Pro $340.", "The Nest costs $340, the Pro $240."),
        ("Most of the selected brands are washed.", "Every brand is washed."),
    ],
)
def test_the_right_of_a_pair_scores_higher(right: str, wrong: str) -> None:
    text = (
        "You have at most 30 days to ask. The Nest costs $240, the Pro $340. "
        "Most of the selected brands are washed."
    )
    page = Passage("1", "1", "Terms", text)
    (good,) = judge(right, "", [page], rules=RULES)
    (bad,) = judge(wrong, "", [page], rules=RULES)
    assert bad.score < good.score - 0.2


def test_no_opinion_lifts_a_claim_that_a_number_disputes() -> None:
    wrong = "Returns are accepted within 60 days of delivery."
    (alone,) = judge(wrong, QUESTION, [RETURNS], rules=RULES)
    (sure,) = judge(wrong, QUESTION, [RETURNS], rules=RULES, second=Agreeing(0.999))
    (unsure,) = judge(wrong, QUESTION, [RETURNS], rules=RULES, second=Agreeing(0.001))
    assert sure.score == alone.score
    assert unsure.score <= alone.score
