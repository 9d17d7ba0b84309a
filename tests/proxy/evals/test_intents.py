import pytest

from policies.errors import ConfigError
from policies.policy import OUT_OF_SCOPE, Policy
from policies.turn import Classification
from proxy.evals.intents import Case, Guess, parse, read, run, score, taught
from proxy.evals.rows import Row


class Always:
    async def classify(self, conversation: object) -> Classification:
        del conversation
        return Classification("refund", 0.9)


def test_a_line_is_read() -> None:
    assert parse(Row("f", 1, {"text": "a", "intent": "b"})) == Case("a", "b")
    with pytest.raises(ConfigError, match="f:2: intent"):
        parse(Row("f", 2, {"text": "a"}))


def test_a_policy_is_taught_the_first_examples_of_each_intent(policy: Policy) -> None:
    cases = [Case("a1", "a"), Case("b1", "b"), Case("a2", "a"), Case("a3", "a")]
    learnt = taught(policy, cases, 2)
    assert {n: r.examples for n, r in learnt.intents.items()} == {"a": ("a1", "a2"), "b": ("b1",)}
    assert taught(policy, cases, None).intents["a"].examples == ("a1", "a2", "a3")
    assert learnt.risks == policy.risks


def test_the_best_real_intent_is_read_from_a_rejected_text() -> None:
    seen = Classification(OUT_OF_SCOPE, 0.2, False, (("refund", 0.2), ("dispute", 0.1)))
    assert read(seen) == Guess("refund", 0.2, in_scope=False)


def test_what_resembles_the_examples_of_out_of_scope_scores_low() -> None:
    seen = Classification(OUT_OF_SCOPE, 0.9, False, ((OUT_OF_SCOPE, 0.9), ("refund", 0.05)))
    assert read(seen) == Guess("refund", 0.05, in_scope=False)
    assert read(Classification(OUT_OF_SCOPE, 0.0, False)) == Guess(OUT_OF_SCOPE, 0.0, False)


def test_accuracy_counts_what_is_in_scope() -> None:
    cases = [Case("1", "a"), Case("2", "a"), Case("3", "b"), Case("4", OUT_OF_SCOPE)]
    guesses = [Guess("a", 0.9, True), Guess("b", 0.8, True), Guess("b", 0.7, False)]
    figures = score(cases, [*guesses, Guess("a", 0.1, False)])
    assert figures["accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["accuracy_of_accepted"] == 0.5
    assert figures["accepted"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["out_of_scope_recall"] == 1
    assert figures["out_of_scope_rejected"] == 1
    assert figures["threshold"] == 0.7


def test_intents_that_were_never_predicted_are_listed() -> None:
    figures = score([Case("1", "a"), Case("2", "z")], [Guess("a", 1, True), Guess("a", 1, True)])
    assert figures["unknown_intents"] == {"z": 1}
    assert figures["out_of_scope_recall"] is None


async def test_a_run_classifies_every_line() -> None:
    result = await run([Case("1", "refund"), Case("2", "other")], Always())
    assert result.figures["n"] == 2
    assert result.figures["accuracy"] == 0.5
    assert result.predictions[0] == {"intent": "refund", "score": 0.9, "in_scope": True}
