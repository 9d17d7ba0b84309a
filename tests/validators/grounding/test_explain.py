import pytest

from policies.knowledge import Origin, Passage
from validators.grounding.align import Pool, Subject
from validators.grounding.compare import Comparison, compare
from validators.grounding.explain import (
    Explanation,
    broken_off,
    explain,
    not_checkable,
    unbacked,
)
from validators.grounding.passages import split
from validators.grounding.reading import Reading

RETURNS = """## Time
You can send unused items back within 14 days of delivery.
Sale items cannot be returned.
Locker returns cost €1.95, home pick-up costs €3.50.
You must keep the receipt for at least 30 days.
The counter closes on Monday at 18:00."""


def comparison(claim: str, *pages: Passage, question: str = "") -> Comparison:
    read, none, asked = Reading(claim), Reading(""), Reading(question)
    shown = pages or (Passage("1", "1", "Returns", RETURNS),)
    units = [unit for passage in shown for unit in split(passage)]
    return compare(Subject(read, read, asked, none, asked), Pool(units))


def explained(claim: str, aspect: str, page: str = RETURNS) -> Explanation:
    return explain(comparison(claim, Passage("1", "1", "Returns", page)), aspect)


@pytest.mark.parametrize(
    ("claim", "aspect", "reason", "quote"),
    [
        (
            "You can send unused items back within 30 days of delivery.",
            "number",
            "The page 'Returns' says 14 days, the answer says 30 days.",
            "You can send unused items back within 14 days of delivery.",
        ),
        (
            "Home pick-up costs €4.50.",
            "number",
            "The page 'Returns' says €3.50, the answer says €4.50.",
            "Locker returns cost €1.95, home pick-up costs €3.50.",
        ),
        (
            "The counter closes on Friday at 18:00.",
            "date",
            "The page 'Returns' says Monday, the answer says Friday.",
            "The counter closes on Monday at 18:00.",
        ),
        (
            "You must keep the receipt for at most 30 days.",
            "number",
            "The page 'Returns' says at least 30 days, the answer says at most 30 days.",
            "You must keep the receipt for at least 30 days.",
        ),
        (
            "Sale items can be returned.",
            "negation",
            (
                "The page 'Returns' says “Sale items cannot be returned”, the answer says the "
                "opposite: “Sale items can be returned”."
            ),
            "Sale items cannot be returned.",
        ),
    ],
)
def test_a_contradiction_names_both_sides_and_the_page(
    claim: str, aspect: str, reason: str, quote: str
) -> None:
    found = explained(claim, aspect)
    assert (found.contradicted, found.aspect, found.reason) == (True, aspect, reason)
    assert found.unit is not None
    assert found.unit.text == quote


@pytest.mark.parametrize(
    ("page", "claim", "aspect", "reason"),
    [
        (
            "Damaged items are replaced if you send a photo.",
            "Damaged items are replaced.",
            "condition",
            "The page 'Returns' adds “if you send a photo”, which the answer leaves out.",
        ),
        (
            "Damaged items are replaced.",
            "Damaged items are replaced if you are a member.",
            "condition",
            "The answer adds “if you are a member”, which the page 'Returns' does not say.",
        ),
        (
            "Damaged items are replaced if you send a photo.",
            "Damaged items are replaced if a manager agrees.",
            "condition",
            "The page 'Returns' says “if you send a photo”, the answer says “if a manager agrees”.",
        ),
        (
            "Selected brands can be exchanged.",
            "All brands can be exchanged.",
            "quantifier",
            (
                "The answer says this of more cases than the page 'Returns', which says "
                "“Selected brands can be exchanged”."
            ),
        ),
        (
            "All brands can be exchanged.",
            "Some brands can be exchanged.",
            "quantifier",
            (
                "The answer says this of fewer cases than the page 'Returns', which says "
                "“All brands can be exchanged”."
            ),
        ),
        (
            "Refunds usually arrive quickly.",
            "Refunds definitely arrive quickly.",
            "modality",
            (
                "The answer is more certain than the page 'Returns', which says "
                "“Refunds usually arrive quickly”."
            ),
        ),
        (
            "You can add a note to the parcel.",
            "You must add a note to the parcel.",
            "modality",
            (
                "The answer makes a duty of what is none in the page 'Returns': "
                "“You can add a note to the parcel”."
            ),
        ),
        (
            "A label is printed for the parcel.",
            "A free label is printed for the parcel, plus a voucher.",
            "benefit",
            (
                "The answer says “A free label is printed for the parcel, plus a voucher”; the "
                "page 'Returns' does not offer that, it says “A label is printed for the parcel”."
            ),
        ),
        (
            "Pack the parcel before you print the label.",
            "Print the label before you pack the parcel.",
            "order",
            (
                "The page 'Returns' gives another order of events: "
                "“Pack the parcel before you print the label”."
            ),
        ),
        (
            "Sale items are repaired.",
            "Sale items are painted and auctioned in Lisbon.",
            "absent",
            (
                "No page was found that says this; the closest, the page 'Returns', says "
                "“Sale items are repaired”."
            ),
        ),
    ],
)
def test_other_differences_name_what_differs(
    page: str, claim: str, aspect: str, reason: str
) -> None:
    found = explained(claim, aspect, page)
    assert (found.contradicted, found.aspect, found.reason) == (False, aspect, reason)
    assert found.unit is not None


def test_another_product_is_named_beside_its_own_page() -> None:
    gold = Passage("1", "1", "Gold Card", "Foreign purchases are free of any surcharge.")
    about = comparison("Foreign purchases are free on the Silver Card.", gold)
    found = explain(about, "product")
    assert found.contradicted
    assert found.reason == (
        "The answer speaks of Silver Card, the closest page of Gold Card: "
        "“Foreign purchases are free of any surcharge”."
    )


def test_another_actor_is_named_beside_the_pages() -> None:
    page = "You send the label to the carrier."
    found = explained("We send the label to the carrier.", "actor", page)
    assert found.contradicted
    assert found.reason == (
        "The page 'Returns' says that the customer does this, the answer says the company: "
        "“You send the label to the carrier”."
    )


def test_a_value_of_another_kind_is_only_missing() -> None:
    found = explained("Returns cost $5.", "absent", "Returns are accepted within 30 days.")
    assert (found.contradicted, found.aspect) == (False, "number")
    assert found.reason == (
        "The answer says $5, and no page that was found does; the closest, the page 'Returns', "
        "says “Returns are accepted within 30 days”."
    )


def test_the_deciding_quote_is_that_of_the_page_with_the_other_value() -> None:
    time = Passage("t", "t", "Refund times", "Refunds for card payments take 5 days.")
    found = explain(comparison("Refunds for card payments take 9 days.", time), "number")
    assert found.unit is not None
    assert found.unit.passage is time


def test_an_absent_topic_has_no_quote() -> None:
    found = explained("Elephants swim well.", "absent")
    assert found == Explanation(False, "absent", "No page was found that says anything about this.")


def test_without_any_page_nothing_breaks() -> None:
    for aspect in ("negation", "product", "condition", "quantifier", "modality", "benefit", "x"):
        none = Passage("1", "1", "", "")
        found = explain(comparison("Sale items can be returned within 9 days.", none), aspect)
        assert not found.contradicted
        assert found.reason.endswith(".")


@pytest.mark.parametrize(
    ("origin", "title", "named"),
    [
        (Origin.ACCOUNT, "account", "The customer's account says 3 May"),
        (Origin.TOOL, "get_plan", "The result of the tool 'get_plan' says 3 May"),
        (Origin.CONTEXT, "", "The text given with the request says 3 May"),
        (Origin.SYSTEM, "system", "The bot's own prompt says 3 May"),
    ],
)
def test_where_it_stands_is_named(origin: Origin, title: str, named: str) -> None:
    fact = Passage("a", "a", title, "The plan renews on 3 May.", origin=origin)
    found = explain(comparison("The plan renews on 9 May.", fact), "date")
    assert found.reason.startswith(named)


def test_what_no_page_decides() -> None:
    assert unbacked("I have refunded [PERSON_gy7w].") == (
        "The answer says “I have refunded [PERSON_gy7w]”; no page, tool result or account fact "
        "backs that."
    )
    assert broken_off("If the item") == (
        "The answer breaks off in the middle of a sentence: “If the item”."
    )
    assert not_checkable("it is not in English") == (
        "This part of the answer can't be compared with the pages: it is not in English."
    )
