import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.restore import restore, restore_json
from validators.pii.veil import Veil, VeilStream

VALUES = {
    "[PERSON_k7q2]": "Anna von Berg",
    "[PERSON_b2bb]": "Bo Berg",
    "[IBAN_CODE_a2aa]": "DE89 3704 0044",
    "[EMAIL_ADDRESS_c2cc]": "anna@shop.example",
}
VEIL = Veil(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear Anna von Berg!", "Dear [PERSON_k7q2]!"),
        ("ANNA  VON\nBERG", "[PERSON_k7q2]"),
        ("Dear Anna, dear Bo Berg", "Dear [PERSON_k7q2], dear [PERSON_b2bb]"),
        ("Ms Berg", "Ms [PERSON_k7q2]"),
        ("DE8937040044 and de89-3704.0044", "[IBAN_CODE_a2aa] and [IBAN_CODE_a2aa]"),
        ("anna@shop.example", "[EMAIL_ADDRESS_c2cc]"),
        ("von anna bergamot Annabelle", "von anna bergamot Annabelle"),
        ("[PERSON_k7q2] [PERSON_zz22]", "[PERSON_k7q2] [PERSON_zz22]"),
    ],
)
def test_values_become_their_placeholders(text: str, expected: str) -> None:
    assert VEIL(text) == expected


def test_json_stays_json() -> None:
    arguments = json.dumps({"a": "Anna von Berg", "b": json.dumps(["Bo Berg"]), "n": 1})
    hidden = json.loads(VEIL.json(arguments))
    assert hidden == {"a": "[PERSON_k7q2]", "b": '["[PERSON_b2bb]"]', "n": 1}
    assert VEIL.json('{ "a":1.0 }') == '{ "a":1.0 }'
    assert VEIL.json('{"a": "Anna von Be') == '{"a": "[PERSON_k7q2] von Be'


def test_an_empty_veil_hides_nothing() -> None:
    assert not Veil({})
    assert Veil({})("Anna") == "Anna"
    assert not Veil({"[PASSPORT_a2aa]": "--"})


PIECES = st.sampled_from(
    [
        "Anna",
        "Anna von Berg",
        "Bo",
        " ",
        "Berg",
        "DE89",
        "3704",
        "0044",
        "-",
        "anna@shop.example",
        "x",
        "[PERSON_k7q2]",
        "é",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@settings(max_examples=300)
@given(TEXTS, st.data())
def test_a_stream_hides_as_the_whole_however_it_is_cut(text: str, data: st.DataObject) -> None:
    text = text * data.draw(st.integers(1, 4))
    whole = VEIL(text)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    for parts in (pieces, list(text)):
        stream = VeilStream(VEIL)
        assert "".join(map(stream.feed, parts)) + stream.flush() == whole


@given(TEXTS)
def test_no_whole_value_stays(text: str) -> None:
    hidden = f" {VEIL(text)} "
    assert " Anna von Berg " not in hidden
    assert VEIL(hidden) == hidden


@given(
    st.dictionaries(st.text(max_size=3), st.sampled_from([*VALUES, "plain", "a [PERSON_k7q2]."]))
)
def test_hiding_undoes_restoring(value: dict[str, Any]) -> None:
    arguments = json.dumps(value)
    assert json.loads(VEIL.json(restore_json(arguments, VALUES))) == value
    text = " ".join(value.values())
    assert VEIL(restore(text, VALUES)) == text
