import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import PersonalDataBlocked
from validators.base import PiiSpan, Redaction
from validators.pii.actions import EntityActions
from validators.pii.joined import find_joined
from validators.pii.placeholders import PlaceholderBook
from validators.pii.replace import replace_spans
from validators.pii.restore import restore

KEY = b"0123456789abcdef"
NAME = re.compile("Anna ?Berg|Bo")


def find(text: str) -> Sequence[PiiSpan]:
    return [PiiSpan(m.start(), m.end(), "PERSON", 1.0) for m in NAME.finditer(text)]


def redact(*texts: str, **actions: str) -> Redaction:
    joined = find_joined(texts, range(len(texts)), find)
    book = PlaceholderBook(KEY, "t", "c")
    return replace_spans(texts, list(map(find, texts)), book, EntityActions(actions), joined)


def test_of_a_split_value_the_first_piece_stands_for_the_whole() -> None:
    done = redact("I am Anna", "Berg, hello Bo")
    [name, other] = done.vault
    assert done.texts == (f"I am {name}", f", hello {other}")
    assert done.vault[name] == "Anna Berg"
    assert done.entities == {"PERSON": 2}


def test_a_value_over_many_texts_is_one() -> None:
    done = redact("I am An", "na", " Be", "rg.")
    [name] = done.vault
    assert done.texts == (f"I am {name}", "", "", ".")
    assert done.vault[name] == "Anna Berg"


def test_a_split_value_is_the_same_value_elsewhere() -> None:
    done = redact("Anna", "Berg", "and Anna Berg")
    [name] = done.vault
    assert done.texts == (name, "", f"and {name}")


@pytest.mark.parametrize(("action", "counts"), [("allow", {}), ("only-log", {"PERSON": 1})])
def test_a_split_value_may_be_let_through(action: str, counts: dict[str, int]) -> None:
    done = redact("I am Anna", "Berg", PERSON=action)
    assert done.texts == ("I am Anna", "Berg")
    assert done.entities == counts
    assert not done.vault


def test_a_split_value_may_be_blocked() -> None:
    with pytest.raises(PersonalDataBlocked):
        redact("I am Anna", "Berg", PERSON="block")


@given(
    st.lists(
        st.lists(
            st.sampled_from(["An", "na", " ", "Berg", "Anna Berg", "x", "Bo", "[PERSON_k7q2]"])
        ).map("".join),
        min_size=1,
        max_size=5,
    )
)
def test_no_part_of_a_value_stays_and_all_can_be_restored(texts: list[str]) -> None:
    done = redact(*texts)
    for joiner in ("", " "):
        assert not NAME.search(joiner.join(done.texts))
    assert len(set(done.vault.values())) == len(done.vault)
    back = restore("".join(done.texts), done.vault)
    assert back.replace(" ", "") == "".join(texts).replace(" ", "")
