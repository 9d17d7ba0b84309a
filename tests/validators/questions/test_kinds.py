import pytest

from validators.questions.kinds import BOTH, NEITHER, POLAR, modes, settled

ACTIONS = frozenset({"deliver", "refund"})


@pytest.mark.parametrize(
    ("kind", "concepts", "expected"),
    [
        ("want", {"cancel", "order"}, ("how", {"cancel", "order"})),
        ("yes", {"deliver", "free"}, (POLAR, {"deliver", "fee"})),
        ("can", {"deliver", "fee", "charge"}, (POLAR, {"deliver", "fee"})),
        ("yes", {"require", "receipt"}, ("need", {"receipt"})),
        ("what", {"fee", "deliver"}, ("cost", {"deliver"})),
        ("what", {"fee", "card"}, ("cost", {"fee", "card"})),
        ("what", {"fee", "cover"}, ("what", {"fee", "cover"})),
        ("what", {"warranty", "period"}, ("span", {"warranty"})),
        ("what", {"hour", "shop"}, ("when", {"open", "shop"})),
        ("what", {"hour", "#24"}, ("what", {"hour", "#24"})),
        ("when", {"refund", "arrive"}, ("dur", {"refund", "arrive"})),
        ("span", {"deliver"}, ("dur", {"deliver"})),
        ("span", {"contract"}, ("span", {"contract"})),
        ("where", {"find", "iban"}, ("how", {"find", "iban"})),
        ("place", {"change", "pin"}, ("where", {"change", "pin"})),
        ("where", {"refund"}, ("where", {"refund"})),
    ],
)
def test_what_one_kind_says_the_other_means(
    kind: str, concepts: set[str], expected: tuple[str, set[str]]
) -> None:
    assert settled(kind, frozenset(concepts), ACTIONS) == expected


def test_whether_one_may_is_not_whether_it_is_so() -> None:
    assert not modes("can", NEITHER, ACTIONS) & modes("yes", NEITHER, ACTIONS)
    assert modes("canget", NEITHER, ACTIONS) == BOTH
    assert not modes("canget", NEITHER, ACTIONS) & modes("doi", NEITHER, ACTIONS)
    assert modes("yes", frozenset({"possible"}), ACTIONS) == {"can"}
    assert modes("yes", frozenset({"available", "pet"}), ACTIONS) == {"is"}
    assert modes("yes", frozenset({"available", "deliver"}), ACTIONS) == BOTH
    assert modes("how", frozenset({"fee"}), ACTIONS) == NEITHER
