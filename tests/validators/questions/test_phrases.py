from validators.questions.phrases import PATTERNS
from validators.questions.rewrite import expanded

LINES = [line for line in PATTERNS.splitlines() if line.strip()]


def test_every_pattern_has_words_and_no_article() -> None:
    for line in LINES:
        left, equals, _ = line.partition("=")
        assert equals, line
        for words in expanded(left):
            assert words, line
            assert not {"a", "an", "the"} & set(words), line


def test_no_expression_is_promised_two_things() -> None:
    seen: dict[tuple[str, ...], set[str]] = {}
    for line in LINES:
        left, _, right = line.partition("=")
        for words in expanded(left):
            seen.setdefault(words, set()).add(right.strip())
    assert {words: rights for words, rights in seen.items() if len(rights) > 1} == {}
