from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject
from validators.grounding.compare import Comparison, compare
from validators.grounding.explain import explain
from validators.grounding.passages import split
from validators.grounding.reading import Reading


def comparison(claim: str, page: str) -> Comparison:
    read, none = Reading(claim), Reading("")
    return compare(
        Subject(read, read, none, none, none), Pool(split(Passage("1", "1", "Rules", page)))
    )


def test_a_differing_value_is_named_on_both_sides() -> None:
    found = comparison(
        "Returns are accepted within 60 days.", "Returns are accepted within 30 days."
    )
    assert explain(found, "absent") == (
        True,
        "number",
        "the page says 30 days, the answer says 60 days",
    )


def test_a_value_of_another_kind_is_only_missing() -> None:
    found = comparison("Returns cost $5.", "Returns are accepted within 30 days.")
    assert explain(found, "absent") == (False, "number", "no page says $5 about this")


def test_a_flipped_statement_is_a_contradiction() -> None:
    found = comparison("Sale items cannot be returned.", "Sale items can be returned.")
    assert explain(found, "absent")[:2] == (True, "negation")


def test_an_absent_topic_contradicts_nothing() -> None:
    found = comparison("Elephants swim well.", "Sale items can be returned.")
    assert explain(found, "absent") == (False, "absent", "no page was found that says this")
