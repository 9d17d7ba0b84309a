from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from policies.findings import Finding, Reason, Severity
from policies.knowledge import NO_SCOPE, Audience, Origin, Passage
from policies.load import load_policy
from policies.messages import Message, Role
from policies.text import Raw, Redacted
from policies.turn import Turn, Vault
from validators.base import Services
from validators.offload import Offload
from validators.pii.output import SensitiveOutput

POLICY = load_policy(Path("policies/support.toml"))


class Pages:
    """A knowledge base of one page, which every search finds."""

    revision = "1"

    def __init__(self, text: str = "", audience: Audience = Audience.CUSTOMER) -> None:
        self.page = Passage("p#0", "p", "", text, audience=audience)

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        assert query
        assert limit
        del scope
        return [self.page]

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        return [self.page for _ in source_ids]

    def vocabulary(self) -> Sequence[str]:
        return ["Fjell Outdoor"]


@pytest.fixture(scope="module")
def offload() -> Iterator[Offload]:
    pool = Offload()
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages()


@pytest.fixture(scope="module")
def validator(offload: Offload, pages: Pages) -> SensitiveOutput:
    return SensitiveOutput.build(Services(pages, offload), {"allow": ["Nora Berg"]})


def turn(said: str = "", vault: Mapping[str, str] | None = None, *passages: Passage) -> Turn:
    return Turn(
        id="hr_1",
        request_id="r",
        created=0,
        received=Raw(None),
        policy=POLICY,
        conversation=(Message(Role.USER, Redacted(said)),),
        vault=Vault(vault),
        sources=passages,
    )


async def check(
    validator: SensitiveOutput, text: str, about: Turn | None = None
) -> Sequence[Finding]:
    return await validator.check(Redacted(text), about or turn())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Your card 4111 1111 1111 1111 was charged.", "credit_card"),
        ("We refund to DE89 3704 0044 0532 0130 00.", "iban_code"),
        ("Write to sarah.connor@example.org.", "email_address"),
        ("The courier's number is +46 70 174 06 35.", "phone_number"),
        ("It went to 17 High St, Leeds LS1 4AB.", "address"),
        ("The order belongs to Michael Andersson.", "person"),
        ("The number 811228-9874 is on file.", "se_personnummer"),
        ("Her social security number is 536-90-4399.", "us_ssn"),
    ],
)
async def test_personal_data_of_unknown_origin_fails(
    validator: SensitiveOutput, text: str, kind: str
) -> None:
    (finding,) = await check(validator, text)
    assert finding.kind is Reason.SENSITIVE_OUTPUT
    assert finding.severity is Severity.FAIL
    assert finding.aspect == kind
    assert finding.span is not None
    value = text[slice(*finding.span)]
    assert len(value) > 5
    assert value not in finding.reason


@pytest.mark.parametrize(
    "text",
    [
        "You can return it within 30 days of delivery.",
        "Thanks, Anna! Your order 48213 is on its way.",
        "Pay with Visa or Mastercard; it costs 1,299.00 SEK.",
        "I am Nora Berg, the assistant of Fjell Outdoor.",
        "It arrives between November 15, 2025 and January 15, 2026.",
        "Hello [PERSON_k7q2], I can help with that.",
        "",
    ],
)
async def test_ordinary_answers_pass(validator: SensitiveOutput, text: str) -> None:
    assert list(await check(validator, text, turn(vault={"[PERSON_k7q2]": "Ada"}))) == []


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Call us on 0800 555 0137.", "Phone: +44 800 5550137"),
        ("Mail help@fjell.example.", "Contact HELP@FJELL.EXAMPLE at any time."),
        ("Send it to 17 High St, Leeds LS1 4AB.", "Returns: 17 High St\nLeeds LS1 4AB"),
        ("Ask for Michael Andersson.", "Our head of returns, Michael  Andersson, helps."),
    ],
)
async def test_what_a_page_or_fact_states_may_be_said(
    validator: SensitiveOutput, text: str, source: str
) -> None:
    for origin in (Origin.KNOWLEDGE, Origin.ACCOUNT, Origin.TOOL):
        passage = Passage("s#0", "s", "", source, origin=origin)
        assert list(await check(validator, text, turn("", None, passage))) == []
    assert await check(validator, text)


async def test_what_this_conversation_holds_may_be_said(validator: SensitiveOutput) -> None:
    text = "We write to jo@example.org."
    assert (
        list(await check(validator, text, turn(vault={"[EMAIL_ADDRESS_k7q2]": "jo@example.org"})))
        == []
    )
    assert list(await check(validator, text, turn("use JO@example.org"))) == []


async def test_an_internal_page_is_no_permission(validator: SensitiveOutput) -> None:
    text = "Call Michael Andersson on +46 70 174 06 35."
    page = Passage("s#0", "s", "", text, audience=Audience.INTERNAL)
    assert len(await check(validator, text, turn("", None, page))) == 2


async def test_the_knowledge_base_is_asked_before_a_value_fails(offload: Offload) -> None:
    text = "Call us on 0800 555 0137."
    for audience, count in ((Audience.CUSTOMER, 0), (Audience.INTERNAL, 1)):
        services = Services(Pages("Helpline 0800 555 0137", audience), offload)
        validator = SensitiveOutput.build(services, {})
        assert len(await check(validator, text)) == count
        assert len(await check(validator, text, turn().but(use_knowledge=False))) == 1


async def test_an_unknown_placeholder_fails_with_its_place(validator: SensitiveOutput) -> None:
    text = "Dear [PERSON_k7q2] and [PERSON_z3z3], hello."
    (finding,) = await check(validator, text, turn(vault={"[PERSON_k7q2]": "Ada"}))
    assert finding.kind is Reason.SENSITIVE_OUTPUT
    assert finding.span is not None
    assert text[slice(*finding.span)] == "[PERSON_z3z3]"


@pytest.mark.parametrize(
    "options", [{"market": ["SE"]}, {"allow": "Nora"}, {"ner": "yes"}, {"markets": [1]}]
)
def test_wrong_options_are_refused(offload: Offload, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"option|list of strings|true or false"):
        SensitiveOutput.build(Services(Pages(), offload), options)


async def test_a_value_of_somebody_else_fails_where_it_is_withheld(
    validator: SensitiveOutput,
) -> None:
    vault = Vault({"[PERSON_a2aa]": "Ada Byron", "[PERSON_b2bb]": "Bo Ek"})
    asked = turn("hi [PERSON_a2aa]", vault).but(withheld=frozenset({"[PERSON_b2bb]"}))
    assert await validator.check(Redacted("Dear [PERSON_a2aa]."), asked) == []
    [finding] = await validator.check(Redacted("Ask person_b2bb or [PERSON_a2aa]."), asked)
    assert (finding.kind, finding.aspect) == (Reason.SENSITIVE_OUTPUT, "somebody_else")
    assert finding.span == (4, 15)
    plain = await validator.check(Redacted("Ask Ms Bo Ek."), asked)
    assert all("Bo Ek" not in found.reason for found in plain)
    [finding] = await validator.check(Redacted("[PERSON_zz22]"), asked)
    assert finding.aspect == "placeholder"
