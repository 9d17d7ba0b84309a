from validators.pii.lexicon import Lexicon
from validators.pii.recognizers_model import LANGUAGE, NameEngine


def test_without_the_model_lists_and_phrases_remain() -> None:
    engine = NameEngine(Lexicon.shipped(), ner=False)
    engine.load()
    names = engine.process_text("my name is rubija", LANGUAGE).names
    assert [(s.start, s.end) for s in names] == [(11, 17)]


def test_presidio_gets_nothing_else() -> None:
    engine = NameEngine(Lexicon.shipped(), ner=False)
    assert not engine.is_loaded()
    engine.load()
    assert engine.is_loaded()
    [(_, artifacts)] = engine.process_batch(["Hello"], LANGUAGE)
    assert (artifacts.entities, artifacts.keywords) == ([], [])
    assert not engine.is_stopword("the", LANGUAGE)
    assert not engine.is_punct(".", LANGUAGE)
    assert engine.get_supported_languages() == [LANGUAGE]
