from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import ConfigError
from validators.encoder.onnx import FOLDER
from validators.questions.spelling import Speller, english_words

SPELL = Speller(["delivery", "account", "amount", "password"], ["deliver", "savings"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("delivrey", "delivery"),
        ("pasword", "password"),
        ("savings", "savings"),
        ("passwords", "passwords"),
        ("acount", "acount"),
        ("pin", "pin"),
        ("xassword", "xassword"),
        ("passwrd1", "passwrd1"),
    ],
)
def test_only_sure_errors_are_corrected(written: str, read: str) -> None:
    assert SPELL(written) == read


@given(st.text(max_size=20))
def test_a_correction_is_a_known_word(word: str) -> None:
    found = SPELL(word)
    assert found == word or found in {"delivery", "account", "amount", "password", "deliver"}


def test_the_shipped_vocabulary_holds_words() -> None:
    words = english_words(FOLDER / "tokenizer.json")
    assert {"deliver", "password"} < words
    assert "##ing" not in words


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"model": null}'])
def test_a_broken_vocabulary_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match="reinstall"):
        english_words(path)
