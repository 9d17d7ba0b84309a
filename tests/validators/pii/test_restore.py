import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.pii.restore import (
    StreamRestorer,
    restore,
    restore_json,
    unknown_placeholders,
)

VAULT = {
    "[PERSON_k7q2]": "Ada Byron",
    "[PERSON_k7q3ab]": 'Bo "B" Ek\\',
    "[EMAIL_ADDRESS_a2bc]": "ada@example.org",
    "[TEXT_z5zz]": "[PERSON_k7q2]",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear [PERSON_k7q2],", "Dear Ada Byron,"),
        ("Dear PERSON_k7q2,", "Dear Ada Byron,"),
        ("dear [person_K7Q2]!", "dear Ada Byron!"),
        ("PERSON_k7q2's card", "Ada Byron's card"),
        ("[PERSON_k7q2]\u2019s card", "Ada Byron\u2019s card"),
        ("<PERSON_k7q2> {{PERSON_k7q2}} <<PERSON_k7q2>>", "Ada Byron Ada Byron Ada Byron"),
        ("[[PERSON_k7q2]] <[PERSON_k7q2]>", "[Ada Byron] <Ada Byron>"),
        ("**[PERSON\\_k7q2]**", "**Ada Byron**"),
        ("(PERSON_k7q2)", "(Ada Byron)"),
        ("x[PERSON_k7q2]y", "xAda Byrony"),
        ("mailto:EMAIL_ADDRESS_a2bc", "mailto:ada@example.org"),
        ("[TEXT_z5zz]", "[PERSON_k7q2]"),
    ],
)
def test_restores_however_the_model_writes_it(text: str, expected: str) -> None:
    assert restore(text, VAULT) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[PERSON_k7q4]",
        "PERSON_k7q",
        "PERSON_k7q2a",
        "xPERSON_k7q2",
        "PERSON k7q2",
        "PERSON_k7q3a",
        "",
    ],
)
def test_never_guesses(text: str) -> None:
    assert restore(text, VAULT) == text


def test_unknown_placeholders_are_listed() -> None:
    text = "[PERSON_k7q2] [PERSON_aa22] person_bb33 person_name"
    assert unknown_placeholders(text, VAULT) == ["[PERSON_aa22]", "person_bb33"]


FRAGMENTS = st.sampled_from(
    [
        "[",
        "]",
        "[[",
        "]]",
        "<",
        ">",
        "{",
        "}",
        "PERSON",
        "person",
        "_",
        "\\_",
        "\\",
        "k7q2",
        "k7q3ab",
        "K7Q2",
        "a",
        " ",
        "'s",
        "EMAIL_ADDRESS",
        "_a2bc",
        "[PERSON_k7q2]",
        "PERSON_k7q2",
        "é",
        "9",
    ]
)


@settings(max_examples=400)
@given(st.lists(FRAGMENTS, max_size=14).map("".join), st.data())
def test_a_stream_restores_as_the_whole_however_it_is_cut(text: str, data: st.DataObject) -> None:
    whole = restore(text, VAULT)
    for cut in range(len(text) + 1):
        stream = StreamRestorer(VAULT)
        assert stream.feed(text[:cut]) + stream.feed(text[cut:]) + stream.flush() == whole
    stream = StreamRestorer(VAULT)
    assert "".join(map(stream.feed, text)) + stream.flush() == whole
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    stream = StreamRestorer(VAULT)
    assert "".join(map(stream.feed, pieces)) + stream.flush() == whole


@pytest.mark.parametrize(
    "text", ["Hello there", "a [note] ", "[x", "PERSONAL", "is_it", "PERSON_k8"]
)
def test_a_stream_holds_back_nothing_that_cannot_become_a_placeholder(text: str) -> None:
    assert StreamRestorer(VAULT).feed(text) == text


@pytest.mark.parametrize(
    ("text", "out"), [("Hi [PER", "Hi "), ("Hi PERSON_k7q2", "Hi "), ("a [", "a ")]
)
def test_a_stream_holds_back_only_the_beginning_of_one(text: str, out: str) -> None:
    assert StreamRestorer(VAULT).feed(text) == out


def test_without_a_vault_nothing_is_held_back() -> None:
    assert StreamRestorer({}).feed("[") == "["


def test_arguments_stay_json_and_keep_their_form() -> None:
    arguments = '{ "name":"[PERSON_k7q3ab]", "n": 1.0,\n"u":"\\u00e9" }'
    restored = restore_json(arguments, VAULT)
    assert json.loads(restored) == {"name": 'Bo "B" Ek\\', "n": 1.0, "u": "é"}
    assert restored.endswith(', "n": 1.0,\n"u":"\\u00e9" }')


def test_json_inside_json_strings_is_escaped_once_per_level() -> None:
    inner = json.dumps({"name": "[PERSON_k7q3ab]", "list": ["PERSON_k7q2"]})
    restored = json.loads(restore_json(json.dumps({"body": json.dumps({"a": inner})}), VAULT))
    assert json.loads(json.loads(restored["body"])["a"]) == {
        "name": 'Bo "B" Ek\\',
        "list": ["Ada Byron"],
    }


def test_words_in_quotes_are_no_json() -> None:
    restored = json.loads(restore_json(json.dumps({"said": '"[PERSON_k7q3ab]"'}), VAULT))
    assert restored == {"said": '"Bo "B" Ek\\"'}


def test_a_placeholder_after_an_escaped_newline_is_found() -> None:
    assert json.loads(restore_json('"line\\nPERSON_k7q2"', VAULT)) == "line\nAda Byron"


def test_broken_arguments_are_restored_as_far_as_they_go() -> None:
    assert restore_json('{"a": "[PERSON_k7q3ab]", "b": "x [PERSON_k7q2', VAULT).startswith(
        '{"a": "Bo '
    )
    assert json.loads(restore_json('{"a": [PERSON_k7q3ab]}', VAULT)) == {"a": 'Bo "B" Ek\\'}


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(sorted(VAULT)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def filled(value: Any) -> Any:
    match value:
        case str():
            return restore(value, VAULT)
        case list():
            return [filled(item) for item in value]
        case dict():
            return {filled(key): filled(item) for key, item in value.items()}
    return value


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=4), JSON, max_size=4))
def test_restoring_json_is_restoring_its_strings(value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert json.loads(restore_json(text, VAULT)) == filled(value)


def spellings(name: str) -> list[str]:
    """Return a placeholder as a model may write it."""
    around = [(o * width, c * width) for o, c in ("<>", "{}") for width in (1, 2)]
    around.append(("[", "]"))
    return [name, *(before + name + after for before, after in around)]


@settings(max_examples=400)
@given(st.lists(FRAGMENTS, max_size=14).map("".join))
def test_what_a_stream_holds_back_can_still_become_a_placeholder(text: str) -> None:
    stream = StreamRestorer(VAULT)
    stream.feed(text)
    held = stream._held.replace("\\_", "_").rstrip("\\").lower()
    whole = [full for name in VAULT for full in spellings(name.strip("[]").lower())]
    assert any(full.startswith(held) for full in whole)
