import dataclasses
from pathlib import Path

from policies.load import load_policy
from policies.policy import Automation, Policy
from validators.intent.hashing import HashEncoder
from validators.risk.ordinary import OrdinaryModel, ordinary_messages
from validators.risk.patterns import RiskPatterns

ASK = ("the zorblax bites my children", "our zorblax attacked a child", "zorblax attack, help me")


def _with_zorblax(policy: Policy, *more: str, automation: Automation) -> Policy:
    rule = dataclasses.replace(
        policy.intents["delivery"], name="zorblax", examples=(*ASK, *more), automation=automation
    )
    return dataclasses.replace(policy, intents={**policy.intents, "zorblax": rule})


def test_messages_are_many_and_all_different() -> None:
    texts = ordinary_messages()
    assert len(texts) > 500
    assert len({text.casefold() for text in texts}) == len(texts)


def test_phrases_are_quiet_on_ordinary_messages() -> None:
    patterns = RiskPatterns()
    hits = [text for text in ordinary_messages() if patterns.find(text) - {"angry"}]
    assert len(hits) < 0.01 * len(ordinary_messages())


def test_no_ordinary_message_is_also_an_example_that_a_person_must_answer() -> None:
    policy = load_policy(Path(__file__).parents[3] / "policies" / "support.toml")
    grave = {
        text.casefold()
        for rule in policy.intents.values()
        if rule.automation is not Automation.AUTO
        for text in rule.examples
    }
    assert not grave & {text.casefold() for text in ordinary_messages()}


def test_everyday_questions_are_told_from_the_policy_s_own(policy: Policy) -> None:
    model = OrdinaryModel(HashEncoder(), _with_zorblax(policy, automation=Automation.HUMAN))
    everyday = model.share("how long is the warranty on this, and does it include the battery?")
    assert model.share("a zorblax attacked my child") < 0.3 < everyday <= 1


def test_what_a_policy_leaves_to_a_person_is_not_everyday(policy: Policy) -> None:
    text = ordinary_messages()[-1]
    plain = OrdinaryModel(HashEncoder(), _with_zorblax(policy, automation=Automation.HUMAN))
    grave = OrdinaryModel(HashEncoder(), _with_zorblax(policy, text, automation=Automation.HUMAN))
    assert grave.share(text) < 0.5 < plain.share(text)


def test_without_a_person_nothing_has_to_be_told_apart(policy: Policy) -> None:
    model = OrdinaryModel(HashEncoder(), _with_zorblax(policy, automation=Automation.AUTO))
    assert model.share("how long is the warranty?") == 0.0
