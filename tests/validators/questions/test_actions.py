from validators.questions.actions import ACTIONS


def test_no_word_is_in_two_rows() -> None:
    words = ACTIONS.split()
    assert sorted(words) == sorted(set(words))
