from collections.abc import Mapping, Sequence

import pytest

from policies.errors import ConfigError
from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.knowledge import NO_SCOPE, Passage
from policies.policy import Policy
from policies.text import Redacted
from policies.turn import Turn
from proxy.evals.grounding import (
    Judge,
    deciding,
    judge_answer,
    parse,
    probability,
    run,
    run_seen,
    scored,
)
from proxy.evals.rows import Row
from validators.base import Scope
from validators.run import Check

PAGES = {"fees": "Returns are free.", "times": "Refunds take five days."}


class Pages:
    """Two pages; a search finds those that share a word."""

    revision = "r1"

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        del scope, limit
        words = set(query.casefold().split())
        return [p for p in self.pages(list(PAGES)) if words & set(p.text.casefold().split())]

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        return [Passage(f"{i}#0", i, i, PAGES[i]) for i in source_ids if i in PAGES]


class Verbatim:
    """A sentence is supported if a passage holds it word for word."""

    name = "verbatim"
    scope = Scope.SENTENCE
    sends_text_out = False

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        if "hello" in text.casefold():
            return ()
        if "break" in text:
            raise RuntimeError
        held = any(text.strip() in p.text for p in (*turn.sources, *turn.evidence))
        verdict = ClaimVerdict.SUPPORTED if held else ClaimVerdict.NOT_FOUND
        claim = Claim(text, (0, len(text)), verdict, 0.9 if held else 0.1)
        if held:
            return [Finding(self.name, None, Severity.INFO, claim=claim)]
        return [Finding(self.name, Reason.NOT_IN_KB, Severity.FAIL, claim=claim)]


@pytest.fixture
def judge(policy: Policy) -> Judge:
    checks = (Check(Verbatim()),)
    return Judge(policy, Pages(), given=checks, retrieving=checks)


def line(**data: object) -> Row:
    return Row("f", 8, {"answer": "Returns are free.", "label": "supported", **data})


def test_a_line_is_read() -> None:
    case = parse(line(context=["x"], kind="number", question="q"))
    assert case.supported
    assert (case.context, case.kind, case.question) == (("x",), "number", "q")
    assert parse(line(label="unsupported")).doc_ids is None
    with pytest.raises(ConfigError, match="f:8: label: must be one of supported, unsupported"):
        parse(line(label="yes"))
    with pytest.raises(ConfigError, match="f:8: context: must be a list"):
        parse(line(context="x"))


async def test_what_a_line_brings_is_all_the_evidence(judge: Judge) -> None:
    assert probability(await judge_answer(parse(line(context=["Returns are free."])), judge)) == 0.9
    assert probability(await judge_answer(parse(line(context=["Else."])), judge)) == 0.1
    assert probability(await judge_answer(parse(line(context=[])), judge)) == 0.1
    assert probability(await judge_answer(parse(line(doc_ids=["fees"])), judge)) == 0.9
    assert probability(await judge_answer(parse(line(doc_ids=["times"])), judge)) == 0.1


async def test_without_evidence_it_is_retrieved(judge: Judge, policy: Policy) -> None:
    asked = line(question="Are returns free?")
    assert probability(await judge_answer(parse(asked), judge)) == 0.9
    forced = Judge(policy, Pages(), judge.given, judge.retrieving, retrieve=True)
    wrong = line(question="Are returns free?", doc_ids=["times"])
    assert probability(await judge_answer(parse(wrong), forced)) == 0.9


async def test_a_page_that_is_not_known_names_the_line(judge: Judge) -> None:
    with pytest.raises(ConfigError, match="f:8: doc_ids: the configured knowledge has no page x"):
        await judge_answer(parse(line(doc_ids=["fees", "x"])), judge)


async def test_an_answer_that_claims_nothing_is_supported(judge: Judge) -> None:
    assert probability(await judge_answer(parse(line(answer="Hello!")), judge)) == 1.0


async def test_an_answer_that_could_not_be_checked_is_not_supported(judge: Judge) -> None:
    result = await run([parse(line(answer="Hello! I break.", context=[]))], judge)
    assert result.predictions == ({"score": 0.0, "verdict": "error"},)
    assert result.figures["check_failed"] == 1
    assert result.figures["check_errors"] == {"RuntimeError": 1}


async def test_the_weakest_sentence_decides(judge: Judge) -> None:
    case = parse(line(answer="Returns are free. Pigs can fly.", doc_ids=["fees"]))
    result = await run([case], judge)
    assert result.predictions == ({"score": 0.1, "verdict": "partly_grounded"},)
    assert result.figures["threshold"] == 0.7


async def test_the_costs_are_per_claim_and_per_typical_answer(judge: Judge) -> None:
    four = "Returns are free. Refunds take five days. Pigs can fly. Cats can swim."
    cases = [parse(line(answer=four, doc_ids=["fees"])), parse(line(doc_ids=["fees"]))]
    result, seen = await run_seen(cases, judge)
    assert [one.claims for one in seen] == [4, 1]
    assert result.figures["claims_per_item"] == 2.5
    assert result.figures["answers_of_4_claims"]["n"] == 1
    assert result.figures["answers_of_4_claims"]["cpu_ms"] == pytest.approx(
        seen[0].cpu_ms, abs=1e-4
    )


async def test_the_weakest_claim_decides_unless_something_was_not_checked(judge: Judge) -> None:
    turn = await judge_answer(
        parse(line(answer="Returns are free. Pigs can fly.", doc_ids=["fees"])), judge
    )
    found = deciding(turn)
    assert found is not None
    assert found.claim is not None
    assert found.claim.text.startswith("Pigs")
    broken = Finding("language", Reason.CHECK_FAILED, Severity.FAIL, "not in English")
    assert deciding(turn.adding(broken)) is broken
    assert deciding(await judge_answer(parse(line(answer="Hello!")), judge)) is None


async def test_what_was_read_by_nobody_is_not_supported(judge: Judge) -> None:
    turn = await judge_answer(parse(line(doc_ids=["fees"])), judge)
    text = Redacted("Ja.")
    unread = Claim(text, (0, 3), ClaimVerdict.NOT_CHECKABLE, 0.0)
    assert probability(turn) == 0.9
    failed = Finding("grounding", Reason.CHECK_FAILED, Severity.FAIL, claim=unread)
    assert probability(turn.adding(failed)) == 0.0


def test_a_line_without_an_id_is_named_by_its_words() -> None:
    named, unnamed = parse(line(id="g1")), parse(line(question="q"))
    first, second = scored([named, unnamed], [0.9, 0.1])
    assert (first.name, first.supported, first.score) == ("g1", True, 0.9)
    assert second.name == "q\nReturns are free."
