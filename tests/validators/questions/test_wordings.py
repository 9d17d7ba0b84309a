from validators.questions import wordings
from validators.questions.actions import ACTIONS


def test_no_word_is_in_two_rows() -> None:
    words = [*ACTIONS.split(), *wordings.THINGS.split()]
    assert {word for word in words if words.count(word) > 1} == set()


def test_what_carries_meaning_is_never_dropped() -> None:
    meaning = {"not", "no", "all", "only", "before", "after", "from", "without", "my", "your"}
    assert not meaning & {*wordings.DROPPED.split(), *wordings.NEUTRAL.replace(":", " ").split()}


def test_roles_and_owners_are_pairs() -> None:
    for table in (wordings.ROLES, wordings.OWNERS, wordings.NUMBERS, wordings.NEUTRAL):
        assert all(pair.count(":") == 1 for pair in table.split())
