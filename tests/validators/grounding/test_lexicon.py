from validators.grounding import lexicon
from validators.grounding.words import concept_of, stem


def test_no_word_is_its_own_opposite() -> None:
    for word, other in lexicon.OPPOSITES.items():
        assert stem(word) != stem(other)
        assert concept_of(word) == (concept_of(other)[0], True)


def test_every_row_of_synonyms_has_one_concept_unless_an_earlier_row_took_the_word() -> None:
    seen: set[str] = set()
    for row in lexicon.SYNONYMS:
        fresh = [w for w in row.split() if stem(w) not in seen and stem(w) not in seen]
        concepts = {concept_of(w)[0] for w in fresh if w not in lexicon.OPPOSITES}
        assert len(concepts) <= 1, row
        seen |= {stem(w) for w in row.split()}


def test_negation_is_no_stop_word_of_content() -> None:
    assert {"refund", "free", "order"}.isdisjoint(lexicon.STOP_WORDS)
