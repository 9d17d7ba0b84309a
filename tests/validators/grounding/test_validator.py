from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from policies.errors import UpstreamError
from policies.findings import ClaimVerdict, Reason, Severity
from policies.knowledge import NO_SCOPE, Origin, Passage
from policies.messages import Message, Role
from policies.policy import Action, Automation, IntentRule, Policy, Release, Routing, Texts
from policies.text import Raw, Redacted
from policies.turn import Answer, Sentence, Turn
from validators.base import ModelAnswer, Scope, Services, Validator
from validators.grounding.adapters.llm_judge import LlmJudge
from validators.grounding.rules import Rules
from validators.grounding.validator import Grounding
from validators.offload import Offload

RETURNS = Passage(
    "r", "r", "Returns", "Unused items can be returned within 30 days of delivery.", uri="/returns"
)


class Shelf:
    """A knowledge base that returns what it holds and remembers what it was asked."""

    revision = "1"

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages
        self.asked: list[tuple[str, Mapping[str, str], int]] = []

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        self.asked.append((query, scope, limit))
        return self.passages

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        return [p for p in self.passages if p.source_id in source_ids]


@pytest.fixture
async def offload() -> AsyncIterator[Offload]:
    pool = Offload(workers=1)
    yield pool
    pool.close()


def turn(policy: Policy, *said: str, evidence: tuple[Passage, ...] = ()) -> Turn:
    return Turn(
        id="hr_1",
        request_id="r1",
        created=0.0,
        received=Raw(None),
        policy=policy,
        scope={"market": "de"},
        conversation=tuple(Message(Role.USER, Redacted(s)) for s in said),
        evidence=evidence,
    )


@pytest.fixture
def policy() -> Policy:
    rule = IntentRule(
        "default", (), Automation.AUTO, 0.7, None, Release.SENTENCE, Action.ESCALATE, False, None,
        Routing(), Texts({}),
    )  # fmt: skip
    return Policy(id="p", version="1", intents={}, fallback=rule, risks={})


def test_it_is_a_validator_of_sentences(offload: Offload) -> None:
    check: Validator = Grounding(Shelf(), offload)
    assert (check.name, check.scope, check.sends_text_out) == ("grounding", Scope.SENTENCE, False)


async def test_it_asks_with_question_and_sentence_in_scope(
    offload: Offload, policy: Policy
) -> None:
    shelf = Shelf(RETURNS)
    check = Grounding(shelf, offload, passages=3)
    await check.check(Redacted("Unused items can be returned."), turn(policy, "Returns?"))
    assert shelf.asked == [("Returns? Unused items can be returned.", {"market": "de"}, 3)]


async def test_it_asks_nothing_where_the_knowledge_is_not_to_be_used(
    offload: Offload, policy: Policy
) -> None:
    shelf = Shelf(RETURNS)
    asked = turn(policy, "Returns?").but(use_knowledge=False)
    (found,) = await Grounding(shelf, offload).check(
        Redacted("Unused items can be returned."), asked
    )
    assert shelf.asked == []
    assert found.kind is Reason.NOT_IN_KB


async def test_a_supported_claim_is_an_observation_with_its_quote(
    offload: Offload, policy: Policy
) -> None:
    text = Redacted("Unused items can be returned within 30 days.")
    (found,) = await Grounding(Shelf(RETURNS), offload).check(text, turn(policy, "Returns?"))
    assert (found.severity, found.kind) == (Severity.INFO, None)
    assert found.claim is not None
    assert found.claim.verdict is ClaimVerdict.SUPPORTED
    assert found.span == found.claim.span == (0, len(text))
    assert found.evidence[0].uri == "/returns"


async def test_a_contradiction_fails(offload: Offload, policy: Policy) -> None:
    text = Redacted("Unused items can be returned within 60 days.")
    (found,) = await Grounding(Shelf(RETURNS), offload).check(text, turn(policy, "Returns?"))
    assert (found.severity, found.kind) == (Severity.FAIL, Reason.CONTRADICTS_KB)
    assert found.aspect == "number"


async def test_politeness_has_no_finding(offload: Offload, policy: Policy) -> None:
    check = Grounding(Shelf(RETURNS), offload)
    assert await check.check(Redacted("Thank you!"), turn(policy, "Returns?")) == []


@pytest.mark.parametrize(
    "text",
    [
        "Sie können unbenutzte Artikel innerhalb von 30 Tagen an uns zurücksenden.",
        "return it " * 20_000,
        '{"days": 30, "free": [true, false]}',
    ],
)
async def test_what_cannot_be_read_goes_to_a_person(
    offload: Offload, policy: Policy, text: str
) -> None:
    shelf = Shelf(RETURNS)
    (found,) = await Grounding(shelf, offload).check(Redacted(text), turn(policy, "?"))
    assert (found.severity, found.kind) == (Severity.FAIL, Reason.CHECK_FAILED)
    assert shelf.asked == []


async def test_account_facts_support_this_customer_only(offload: Offload, policy: Policy) -> None:
    fact = Passage("a", "a", "account", "Your plan renews on 3 May.", origin=Origin.ACCOUNT)
    now = turn(policy, "When does my plan renew?", evidence=(fact,))
    (found,) = await Grounding(Shelf(), offload).check(Redacted("Your plan renews on 3 May."), now)
    assert found.claim is not None
    assert found.claim.verdict is ClaimVerdict.SUPPORTED
    assert not found.claim.shared


@pytest.mark.parametrize(("trusted", "failed"), [(False, True), (True, False)])
async def test_system_text_is_evidence_only_if_trusted(
    offload: Offload, policy: Policy, *, trusted: bool, failed: bool
) -> None:
    prompt = Passage("p", "p", "system", RETURNS.text, origin=Origin.SYSTEM)
    check = Grounding(Shelf(), offload, trust_system_prompt=trusted)
    (found,) = await check.check(Redacted(RETURNS.text), turn(policy, "?", evidence=(prompt,)))
    assert (found.kind is not None) is failed


async def test_the_customer_proves_no_policy(offload: Offload, policy: Policy) -> None:
    now = turn(policy, "Unused items can be returned within 60 days.", "Is that right?")
    check = Grounding(Shelf(RETURNS), offload)
    (found,) = await check.check(Redacted("Unused items can be returned within 60 days."), now)
    assert found.kind is Reason.CONTRADICTS_KB


async def test_the_sentence_before_is_known(offload: Offload, policy: Policy) -> None:
    before = Sentence(Redacted("Thirty days is what you have."), 0)
    now = turn(policy, "Returns?").but(answers=(Answer(sentences=(before,)),))
    check = Grounding(Shelf(RETURNS), offload)
    assert await check.check(Redacted("They can be returned unused."), now)


async def test_too_many_claims_are_not_passed(offload: Offload, policy: Policy) -> None:
    text = Redacted("; ".join(["unused items can be returned"] * 100))
    found = await Grounding(Shelf(RETURNS), offload).check(text, turn(policy, "?"))
    assert found[-1].kind is Reason.CHECK_FAILED


async def test_the_second_opinion_is_asked_where_the_options_say_so(
    offload: Offload, policy: Policy
) -> None:
    services = Services(Shelf(RETURNS), offload)
    text = Redacted("You may send unworn things back within a month.")
    asked = turn(policy, "Can I return a jumper?")
    (alone,) = await Grounding.build(services, {"second_opinion": False}).check(text, asked)
    (both,) = await Grounding.build(services, {"second_opinion": True}).check(text, asked)
    (shipped,) = await Grounding.build(services, {}).check(text, asked)
    assert alone.score != both.score
    assert shipped.score == both.score


class Tier:
    """A tier that says one word, or fails."""

    def __init__(self, said: str, *, local: bool = False) -> None:
        self.said = said
        self.local = local
        self.asked: list[str] = []

    async def ask(
        self,
        instructions: str,
        text: Redacted,
        *,
        parameters: Mapping[str, float | str],
        timeout_s: float,
    ) -> ModelAnswer:
        del instructions, parameters, timeout_s
        self.asked.append(text)
        if not self.said:
            raise UpstreamError("down", kind="connection")
        return ModelAnswer(self.said)

    def most(self, characters: int, tokens: int) -> float | None:
        return 0.001 * bool(characters + tokens)


EVEN = Rules(0.0, {}, {})
"""Rules that find every claim as likely as not."""


def judged_by(tier: Tier | None, offload: Offload, **options: object) -> Grounding:
    services = Services(Shelf(RETURNS), offload, models={"strong": tier} if tier else {})
    wanted = {"tier": "strong", "usd_per_day": 1, **options}
    judge = LlmJudge.build(wanted, services, threshold=0.6) if tier else None
    return Grounding(services.knowledge, offload, threshold=0.6, rules=EVEN, judge=judge)


@pytest.mark.parametrize(
    ("said", "verdict", "score"),
    [("SUPPORTED", ClaimVerdict.SUPPORTED, 0.9), ("NOT_FOUND", ClaimVerdict.NOT_FOUND, 0.1)],
)
async def test_a_judge_moves_a_doubtful_claim_and_leaves_a_trace(
    offload: Offload, policy: Policy, said: str, verdict: ClaimVerdict, score: float
) -> None:
    text = Redacted("Unused items can be returned within 30 days of delivery.")
    claim, trace = await judged_by(Tier(said), offload).check(text, turn(policy, "Returns?"))
    assert claim.claim is not None
    assert claim.claim.verdict is verdict
    assert claim.claim.score == pytest.approx(score)
    assert (claim.kind is None) is (verdict is ClaimVerdict.SUPPORTED)
    assert (trace.kind, trace.severity, trace.claim) == (None, Severity.INFO, None)
    assert (trace.aspect, trace.span) == (f"judge_{said.lower()}", (0, len(text)))


async def test_a_judge_that_fails_leaves_the_rules_verdict_and_a_warning(
    offload: Offload, policy: Policy
) -> None:
    for text in map(Redacted, ("Unused items can be returned.", "Sofas are painted blue.")):
        asked = turn(policy, "Returns?")
        (alone,) = await judged_by(None, offload).check(text, asked)
        claim, *traces = await judged_by(Tier(""), offload).check(text, asked)
        assert claim == alone
        assert [t.severity for t in traces] == [Severity.WARN] * len(traces)
        assert {t.aspect for t in traces} <= {"judge_failed"}


async def test_an_answer_has_so_many_calls_whatever_its_sentences(
    offload: Offload, policy: Policy
) -> None:
    tier = Tier("SUPPORTED")
    check = judged_by(tier, offload, max_calls=2)
    now = turn(policy, "Returns?")
    aspects = []
    for _ in range(4):
        found = await check.check(Redacted("Unused items can be returned."), now)
        aspects += [f.aspect for f in found if f.claim is None]
        now = now.adding(*found)
    assert len(tier.asked) == 2
    assert aspects[:2] == ["judge_supported"] * 2
    assert set(aspects[2:]) <= {"judge_limit"}


@pytest.mark.parametrize("local", [True, False])
def test_a_hosted_judge_is_declared(offload: Offload, *, local: bool) -> None:
    assert judged_by(Tier("SUPPORTED", local=local), offload).sends_text_out is not local
    assert not Grounding.build(Services(Shelf(), offload), {}).sends_text_out


async def test_the_customers_words_do_not_reach_the_judge(offload: Offload, policy: Policy) -> None:
    tier = Tier("SUPPORTED")
    asked = turn(policy, "I am [PERSON_k7q2] of Secret Street; can unused items be returned?")
    await judged_by(tier, offload).check(Redacted("Unused items can be returned."), asked)
    assert tier.asked
    assert not any("Secret" in text or "k7q2" in text for text in tier.asked)


def test_a_model_of_ones_own_needs_the_optional_packages_or_a_folder(offload: Offload) -> None:
    options = {"second_opinion": {"model": "no/such/folder"}}
    with pytest.raises(ValueError, match=r"second_opinion\.model .*(optional packages|no/such)"):
        Grounding.build(Services(Shelf(), offload), options)


@pytest.mark.parametrize(
    "options",
    [
        {"judge": {"tier": "nowhere"}},
        {"judge": True},
        {"judge": {}},
        {"second_opinion": {"modle": "x"}},
        {"second_opinion": "x"},
    ],
)
def test_bad_options_of_stronger_models_are_refused(
    offload: Offload, options: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"judge|second_opinion"):
        Grounding.build(Services(Shelf(), offload), options)


@pytest.mark.parametrize(
    "options", [{"threshold": 2}, {"threshold": "x"}, {"second_opinion": 1}, {"treshold": 0.5}]
)
def test_bad_options_are_refused(offload: Offload, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"threshold|second_opinion"):
        Grounding.build(Services(Shelf(), offload), options)
