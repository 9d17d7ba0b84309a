from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policies
from policies.errors import ConfigError
from policies.findings import Reason
from policies.load import load_policy, policy_schema
from policies.policy import OUT_OF_SCOPE, Action, Automation, Money, Priority, Release, Risk

SHIPPED = Path(policies.__file__).parent / "support.toml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.toml"


def told(path: Path, text: str) -> list[str]:
    path.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_policy(path)
    return [str(p).removeprefix(f"{path}:").strip() for p in raised.value.problems]


def test_the_smallest_policy_is_complete(path: Path) -> None:
    path.write_text("version = 1\n")
    policy = load_policy(path)
    assert policy.id == "shop"
    rule = policy.rule("whatever")
    assert rule.automation is Automation.AUTO
    assert rule.min_confidence == 0.70
    assert rule.on_ungrounded is Action.ESCALATE
    assert rule.release is Release.SENTENCE
    assert rule.routing.queue == rule.routing.owner == "support"
    assert policy.actions == {Reason.PROMPT_ATTACK: Action.BLOCK}
    assert not policy.rule(OUT_OF_SCOPE).cache
    for text in (rule.escalation_text, policy.unavailable_text, policy.refusal_text):
        assert text.pick("en")


FULL = """
version = 1
id = "mine"
[defaults]
min_confidence = 0.6
owner = "desk"
sla_minutes = 60
rates = { SEK = 0.1 }
escalation_text = { en = "Hello {reference} {queue} {sla} {{}}", de = "Hallo" }
[intents.refund]
description = "Money back"
examples = ["I want my money back", "refund please"]
automation = "human"
min_confidence = 0.0
max_amount = { value = 100, currency = "EUR" }
release = "answer"
on_ungrounded = "rewrite"
tier = "strong"
cache = false
owner = "billing"
skills = ["refunds"]
priority = "high"
escalation_text = "A refund expert takes over."
[intents.other]
examples = ["other"]
[risks.self_harm]
automation = "immediate"
examples = ["x"]
queue = "care"
escalation_text = "You are not alone."
[risks.angry]
[findings]
prompt_attack = "escalate"
not_in_kb = "block"
"""


def test_every_key_has_its_effect(path: Path) -> None:
    path.write_text(FULL)
    policy = load_policy(path)
    assert policy.id == "mine"
    assert policy.rates == {"SEK": 0.1}
    refund, other = policy.intents["refund"], policy.intents["other"]
    assert refund.examples == ("I want my money back", "refund please")
    assert refund.automation is Automation.HUMAN
    assert (refund.min_confidence, other.min_confidence) == (0.0, 0.6)
    assert refund.max_amount == Money(100, "EUR")
    assert (refund.release, other.release) == (Release.ANSWER, Release.SENTENCE)
    assert (refund.on_ungrounded, other.on_ungrounded) == (Action.REWRITE, Action.ESCALATE)
    assert (refund.tier, refund.cache, other.cache) == ("strong", False, True)
    assert (refund.routing.owner, refund.routing.queue) == ("billing", "billing")
    assert (refund.routing.skills, refund.routing.sla_minutes) == (("refunds",), 60)
    assert (refund.routing.priority, other.routing.priority) == (Priority.HIGH, Priority.NORMAL)
    assert refund.escalation_text.pick("de") == "A refund expert takes over."
    assert other.escalation_text.pick("de") == "Hallo"
    care, angry = policy.risks[Risk.SELF_HARM], policy.risks[Risk.ANGRY]
    assert (care.automation, angry.automation) == (Automation.IMMEDIATE, Automation.HUMAN)
    assert (care.routing.queue, angry.routing.queue) == ("care", "desk")
    assert care.escalation_text is not None
    assert angry.escalation_text is None
    assert policy.actions == {
        Reason.PROMPT_ATTACK: Action.ESCALATE,
        Reason.NOT_IN_KB: Action.BLOCK,
    }


def test_the_version_is_that_of_the_content(path: Path) -> None:
    path.write_text("version = 1\n")
    first = load_policy(path).version
    assert load_policy(path).version == first
    path.write_text("version = 1\n# a remark\n")
    assert load_policy(path).version != first


def test_all_problems_are_told_at_once(path: Path) -> None:
    text = """\
version = 1
[defaults]
min_confidence = 1.5
[intents.refund]
automaton = "human"
automation = "people"
max_amount = { value = -1, curency = "eur" }
[risks.selfharm]
[findings]
not_in_kbb = "escalate"
check_failed = "pass"
"""
    found = told(path, text)
    for start, hint in [
        ("3: defaults.min_confidence:", "less than or equal to 1, got 1.5"),
        ("5: intents.refund.automaton:", "did you mean 'automation'?"),
        ("6: intents.refund.automation:", "got 'people'"),
        ("7: intents.refund.max_amount.value:", "greater than or equal to 0"),
        ("7: intents.refund.max_amount.curency:", "did you mean 'currency'?"),
        ("7: intents.refund.max_amount.currency:", "is required"),
        ("8: risks.selfharm:", "'self_harm'"),
        ("10: findings.not_in_kbb:", "'not_in_kb'"),
        ("11: findings.check_failed:", "got 'pass'"),
    ]:
        assert [line for line in found if line.startswith(start) and hint in line], (start, found)
    assert len(found) == 9


@pytest.mark.parametrize(
    "line",
    [
        "[defaults.rates]\nusd = 1",
        "[defaults.rates]\nUSD = 0",
        "[defaults.rates]\nUSD = inf",
        "[defaults]\nmin_confidence = nan",
        "[defaults]\nsla_minutes = 0",
        '[defaults]\non_ungrounded = "block"',
        '[defaults]\nescalation_text = ""',
        '[defaults]\nescalation_text = " "',
        "[defaults]\nescalation_text = {}",
        '[intents.a]\nexamples = [""]',
        '[intents.a]\nmax_amount = { value = inf, currency = "EUR" }',
        '[intents.a]\nmax_amount = { value = 1, currency = "euro" }',
    ],
)
def test_values_that_can_not_be_meant_are_refused(path: Path, line: str) -> None:
    found = told(path, f"version = 1\n{line}\n")
    assert [text for text in found if text.startswith(("2: ", "3: "))] == found


def test_one_example_under_two_intents_blurs_both(path: Path) -> None:
    text = """\
version = 1
[intents.a]
examples = ["Where is it?", "where  IS it?"]
[intents.b]
examples = ["WHERE is it?"]
"""
    assert told(path, text) == [
        "5: intents.b.examples: 'WHERE is it?' is also an example of intent 'a'; keep it in one"
    ]


def test_an_immediate_intent_is_never_cached(path: Path) -> None:
    text = (
        "version = 1\n[intents]\n"
        'a = { automation = "immediate", cache = true, escalation_text = "A person comes." }\n'
    )
    (found,) = told(path, text)
    assert found.startswith("3: intents.a.cache:")


@pytest.mark.parametrize(
    "text",
    [
        "{ticket}",
        "{}",
        "{0}",
        "{reference",
        "reference}",
        "{reference.x}",
        "{reference[0]}",
        "{reference!r}",
        "{reference:>1000000000}",
        "{reference:{sla}}",
    ],
)
@pytest.mark.parametrize("table", ["defaults", "intents.a", "risks.angry"])
def test_an_escalation_text_has_no_field_but_the_three(path: Path, table: str, text: str) -> None:
    (found,) = told(path, f'version = 1\n[{table}]\nescalation_text = "Hello {text}"\n')
    assert found.startswith(f"3: {table}.escalation_text.en: has a field that is unknown")


@pytest.mark.parametrize("key", ["unavailable_text", "refusal_text", "holding_text"])
def test_texts_that_go_out_as_written_take_no_field(path: Path, key: str) -> None:
    (found,) = told(path, f'version = 1\n[defaults]\n{key}.de = "Ihre {{reference}}"\n')
    assert found.startswith(f"3: defaults.{key}.de: goes out as it is written")
    path.write_text(f'version = 1\n[defaults]\n{key} = "Sorry {{sic}}"\n')
    load_policy(path)


@given(st.text(alphabet="{}refncsla!:.[]0 ", max_size=14))
def test_a_text_that_loads_can_be_filled_in(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(f"version = 1\n[defaults]\nescalation_text = 'A {text}'\n")
    try:
        policy = load_policy(path)
    except ConfigError:
        return
    filled = policy.fallback.escalation_text.pick(None).format(reference="R", queue="Q", sla="S")
    assert filled.startswith("A ")


def test_another_version_is_refused(path: Path) -> None:
    assert told(path, "version = 2\n")[0].startswith("1: version:")
    assert told(path, "id = 'x'\n") == ["version: is required"]


def test_the_schema_names_every_table() -> None:
    properties = policy_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {
        *("version", "id", "defaults", "intents", "risks", "findings"),
        *("rules", "repeat", "hours", "owners"),
    }


IMMEDIATE = ("self_harm", "fraud_in_progress", "legal_threat", "regulator_complaint")
HUMAN = (
    "fraud_claim",
    "dispute",
    "hardship",
    "account_closure",
    "bereavement",
    "minor",
    "asks_for_human",
)
AUTO = (
    "order_status",
    "delivery",
    "returns",
    "refund",
    "payment_date_change",
    "invoice",
    "account_details",
    "product_question",
    "complaint",
    "small_talk",
    "out_of_scope",
)


def test_the_shipped_policy_decides_what_the_contract_says() -> None:
    policy = load_policy(SHIPPED)
    for names, automation in (
        (IMMEDIATE, Automation.IMMEDIATE),
        (HUMAN, Automation.HUMAN),
        (AUTO, Automation.AUTO),
    ):
        assert {n: policy.intents[n].automation for n in names} == dict.fromkeys(names, automation)
    assert policy.intents["refund"].max_amount == Money(100, "EUR")
    assert policy.fallback.on_ungrounded is Action.ESCALATE
    assert set(policy.risks) == set(Risk)
    for risk in (Risk.SELF_HARM, Risk.LEGAL_THREAT, Risk.REGULATOR_COMPLAINT):
        assert policy.risks[risk].automation is Automation.IMMEDIATE


def test_the_shipped_policy_waits_for_the_verdict_where_it_matters() -> None:
    policy = load_policy(SHIPPED)
    for name in ("refund", "payment_date_change", "dispute", "fraud_claim", "hardship"):
        assert policy.intents[name].release is Release.ANSWER, name


def test_an_intent_may_name_how_long_its_answers_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(
        """version = 1
[defaults]
cache_ttl_s = 3600
[intents.returns]
examples = ["how do I return it"]
[intents.delivery]
examples = ["when does it arrive"]
cache_ttl_s = 60
"""
    )
    policy = load_policy(path)
    kept = {name: policy.rule(name).cache_ttl_s for name in ("returns", "delivery", "other")}
    assert kept == {"returns": 3600, "delivery": 60, "other": 3600}
    path.write_text(path.read_text().replace("60\n", "0\n"))
    with pytest.raises(ConfigError, match="cache_ttl_s"):
        load_policy(path)
