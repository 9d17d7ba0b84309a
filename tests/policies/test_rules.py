from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import rules
from policies.decide import decide
from policies.decision import Decision, Deliver, HandOff, rank
from policies.findings import Reason
from policies.hours import Hours, parse_spans, zone
from policies.policy import (
    Automation,
    Condition,
    Money,
    Policy,
    Release,
    Repeat,
    Risk,
    RiskRule,
    Routing,
)
from policies.turn import Classification

MONDAY_10 = 1767607200.0
DESK = Hours(zone("UTC"), {0: parse_spans("09:00-18:00")})
HUMAN = Automation.HUMAN


def seen(intent: str = "refund", **changes: Any) -> Classification:
    return Classification(intent, 0.9, **changes)


def reason(decision: Decision) -> Reason | None:
    return None if isinstance(decision, Deliver) else decision.reason


ROWS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"intents": frozenset({"refund"})}, {}, {"classification": seen("other")}),
    (
        {"risks": frozenset({Risk.ANGRY})},
        {"classification": seen(risks={Risk.ANGRY: 0.6})},
        {"classification": seen(risks={Risk.HARDSHIP: 0.6})},
    ),
    (
        {"sentiment_below": -0.5},
        {"classification": seen(sentiment=-0.6)},
        {"classification": seen(sentiment=-0.5)},
    ),
    ({"contacts_from": 2}, {"contacts": 2}, {"contacts": 1}),
    (
        {"channels": frozenset({"WhatsApp"})},
        {"scope": {"channel": "whatsapp"}},
        {"scope": {"channel": "web"}},
    ),
    ({"hours": "open"}, {"created": MONDAY_10}, {"created": MONDAY_10 + 43200}),
    ({"hours": "closed"}, {"created": MONDAY_10 + 43200}, {"created": MONDAY_10}),
    (
        {"amount_above": Money(50, "EUR")},
        {"classification": seen(amounts=(Money(51, "EUR"),))},
        {"classification": seen(amounts=(Money(50, "EUR"),))},
    ),
]


@pytest.mark.parametrize(("asked", "so", "not_so"), ROWS)
def test_a_row_holds_where_what_it_names_is_so(
    make: Any, asked: dict[str, Any], so: dict[str, Any], not_so: dict[str, Any]
) -> None:
    policy = make.policy(conditions=(Condition("row", HUMAN, **asked),), hours=DESK)
    base = {"policy": policy, "classification": seen()}
    assert isinstance(decide(policy, make.turn(**{**base, **so})), HandOff)
    assert isinstance(decide(policy, make.turn(**{**base, **not_so})), Deliver)


def test_all_that_a_row_names_must_be_so(make: Any) -> None:
    row = Condition("row", HUMAN, risks=frozenset({Risk.ANGRY}), contacts_from=2)
    policy = make.policy(conditions=(row,))
    angry = seen(risks={Risk.ANGRY: 0.6})
    for contacts, classification, holds in [
        (2, angry, True),
        (1, angry, False),
        (2, seen(), False),
    ]:
        turn = make.turn(policy=policy, contacts=contacts, classification=classification)
        assert rules.holds(policy, turn, row) is holds


@pytest.mark.parametrize(
    ("asked", "facts", "expected"),
    [
        ({"contacts_from": 2}, {"contacts": 2}, Reason.REPEAT_CONTACT),
        ({"sentiment_below": 0.5}, {}, Reason.FRUSTRATION),
        (
            {"amount_above": Money(1, "EUR")},
            {"classification": seen(amounts=(Money(2, "EUR"),))},
            Reason.AMOUNT_OVER_LIMIT,
        ),
        ({"intents": frozenset({"refund"})}, {}, Reason.HUMAN_ONLY_INTENT),
    ],
)
def test_a_row_gives_the_reason_that_it_rests_on(
    make: Any, asked: dict[str, Any], facts: dict[str, Any], expected: Reason
) -> None:
    policy = make.policy(conditions=(Condition("row", HUMAN, **asked),))
    turn = make.turn(**{"policy": policy, "classification": seen(), **facts})
    assert reason(decide(policy, turn)) is expected


def test_a_row_can_ask_for_more_confidence(make: Any) -> None:
    row = Condition("row", intents=frozenset({"refund"}), min_confidence=0.95)
    policy = make.policy(conditions=(row,))
    turn = make.turn(policy=policy, classification=seen(), findings=(make.claim(0.9),))
    assert reason(decide(policy, turn)) is Reason.LOW_CONFIDENCE
    lax = replace(policy, conditions=(replace(row, min_confidence=0.1),))
    assert rules.min_confidence(lax, turn) == 0.7
    assert isinstance(decide(lax, turn), Deliver)


@pytest.mark.parametrize(
    ("contacts", "intent", "expected"),
    [(3, "refund", True), (2, "refund", False), (4, "hello", False), (3, None, True)],
)
def test_who_comes_back_gets_a_person(
    make: Any, contacts: int, intent: str | None, expected: bool
) -> None:
    policy = make.policy(repeat=Repeat(3, 14, frozenset({"hello"})))
    classification = seen(intent) if intent else None
    decision = decide(
        policy, make.turn(policy=policy, contacts=contacts, classification=classification)
    )
    assert reason(decision) is (Reason.REPEAT_CONTACT if expected else None)


@pytest.mark.parametrize(
    ("locale", "language", "covered"),
    [
        (None, None, True),
        ("en-GB", None, True),
        ("de_AT", None, False),
        ("de", "en", True),
        ("en", "pl", False),
        ("en", "und", False),
    ],
)
def test_an_uncovered_language_goes_to_a_person_without_a_model(
    make: Any, locale: str | None, language: str | None, covered: bool
) -> None:
    policy = make.policy(languages=("en",))
    turn = make.turn(policy=policy, locale=locale, classification=seen(language=language))
    assert rules.covered(policy, turn) is covered
    assert rules.may_draft(policy, turn) is covered
    expected = None if covered else Reason.HUMAN_ONLY_INTENT
    assert reason(decide(policy, turn)) is expected
    assert turn.release is (Release.SENTENCE if covered else Release.ANSWER)


def test_a_policy_without_languages_takes_any(make: Any) -> None:
    policy = make.policy()
    assert rules.covered(policy, make.turn(policy=policy, locale="pl"))


@pytest.mark.parametrize(
    ("locale", "language", "first"),
    [("de-AT", "de", "de-AT"), ("en", "de", "de"), ("de-AT", None, "de-AT"), (None, "sv", "sv")],
)
def test_texts_are_in_the_language_that_is_spoken(
    make: Any, locale: str | None, language: str | None, first: str
) -> None:
    turn = make.turn(locale=locale, classification=seen(language=language))
    assert rules.locales(turn)[0] == first


@pytest.mark.parametrize(
    ("tightened", "intent", "expected"),
    [
        ({"refund"}, "refund", True),
        ({"refund"}, "other", False),
        ({"*"}, "other", True),
        ({"*"}, None, True),
        ({"out_of_scope"}, None, True),
    ],
)
def test_what_an_operator_tightened_goes_to_people(
    make: Any, tightened: set[str], intent: str | None, expected: bool
) -> None:
    classification = seen(intent) if intent else None
    turn = make.turn(tightened=frozenset(tightened), classification=classification)
    assert isinstance(decide(turn.policy, turn), HandOff) is expected
    assert (turn.automation is HUMAN) is expected


conditions = st.builds(
    Condition,
    name=st.just("row"),
    automation=st.sampled_from(Automation),
    intents=st.frozensets(st.sampled_from(["refund", "other"])),
    risks=st.frozensets(st.sampled_from(Risk)),
    sentiment_below=st.none() | st.floats(-1, 1),
    contacts_from=st.none() | st.integers(1, 5),
    channels=st.frozensets(st.sampled_from(["web", "sms"])),
    hours=st.sampled_from([None, "open", "closed"]),
    amount_above=st.none() | st.builds(Money, st.floats(0, 200), st.sampled_from(["EUR", "XAU"])),
    min_confidence=st.floats(0, 1),
)
turns = st.fixed_dictionaries(
    {
        "classification": st.none()
        | st.builds(
            Classification,
            intent=st.sampled_from(["refund", "other"]),
            score=st.just(0.9),
            risks=st.dictionaries(st.sampled_from(Risk), st.just(0.9)),
            sentiment=st.floats(-1, 1),
            amounts=st.lists(
                st.builds(Money, st.floats(0, 300), st.sampled_from(["EUR", "XAU"]))
            ).map(tuple),
            language=st.sampled_from([None, "en", "de", "und"]),
        ),
        "contacts": st.integers(1, 6),
        "scope": st.sampled_from([{}, {"channel": "web"}, {"channel": "SMS"}]),
        "created": st.floats(0, 2e9),
        "locale": st.sampled_from([None, "en", "de-AT"]),
        "tightened": st.frozensets(st.sampled_from(["refund", "*"])),
    }
)


def full(make: Any, rows: list[Condition]) -> Policy:
    risks = {Risk.HARDSHIP: RiskRule(Risk.HARDSHIP, (), HUMAN, Routing(), None)}
    policy: Policy = make.policy(
        conditions=tuple(rows), languages=("en",), repeat=Repeat(3), hours=DESK, risks=risks
    )
    return policy


@given(facts=turns, rows=st.lists(conditions, max_size=4), more=conditions, score=st.floats(0, 1))
def test_a_further_row_never_makes_anything_more_permissive(
    make: Any, facts: dict[str, Any], rows: list[Condition], more: Condition, score: float
) -> None:
    policy, stricter = full(make, rows), full(make, [*rows, more])
    turn = make.turn(policy=policy, findings=(make.claim(score),), **facts)
    assert rank(decide(stricter, turn)) >= rank(decide(policy, turn))
    order = list(Automation).index
    assert order(rules.automation(stricter, turn)) >= order(rules.automation(policy, turn))
    assert rules.may_draft(policy, turn) or not rules.may_draft(stricter, turn)


@given(facts=turns, rows=st.lists(conditions, max_size=3), risk=st.sampled_from(Risk))
def test_more_trouble_never_makes_anything_more_permissive(
    make: Any, facts: dict[str, Any], rows: list[Condition], risk: Risk
) -> None:
    policy = full(make, rows)
    turn = make.turn(policy=policy, **facts)
    before = rank(decide(policy, turn))
    worse = [turn.but(contacts=turn.contacts + 1), turn.but(tightened=turn.tightened | {"*"})]
    if (known := turn.classification) is not None:
        changed = [
            replace(known, risks={**known.risks, risk: 0.9}),
            replace(known, amounts=(*known.amounts, Money(1e6, "EUR"))),
            replace(known, sentiment=-1.0),
        ]
        worse += [turn.but(classification=c) for c in changed]
    assert all(rank(decide(policy, t)) >= before for t in worse)


@given(facts=turns, rows=st.lists(conditions, max_size=4))
def test_what_goes_to_a_person_is_released_whole(
    make: Any, facts: dict[str, Any], rows: list[Condition]
) -> None:
    turn = make.turn(policy=full(make, rows), **facts)
    if turn.automation is not Automation.AUTO:
        assert turn.release is Release.ANSWER
        assert isinstance(decide(turn.policy, turn), HandOff)
