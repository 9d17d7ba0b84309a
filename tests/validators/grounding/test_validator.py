from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from policies.findings import ClaimVerdict, Reason, Severity
from policies.knowledge import NO_SCOPE, Origin, Passage
from policies.messages import Message, Role
from policies.policy import Action, Automation, IntentRule, Policy, Release, Routing, Texts
from policies.text import Raw, Redacted
from policies.turn import Answer, Sentence, Turn
from validators.base import Scope, Services, Validator
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
    text = Redacted("You may send unworn things back for a month.")
    asked = turn(policy, "Returns?")
    (alone,) = await Grounding.build(services, {}).check(text, asked)
    (both,) = await Grounding.build(services, {"second_opinion": True}).check(text, asked)
    assert alone.score != both.score


@pytest.mark.parametrize(
    "options", [{"threshold": 2}, {"threshold": "x"}, {"second_opinion": 1}, {"treshold": 0.5}]
)
def test_bad_options_are_refused(offload: Offload, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"threshold|second_opinion"):
        Grounding.build(Services(Shelf(), offload), options)
