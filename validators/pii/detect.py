"""Detection with Presidio.

Presidio runs our recognizers beside spaCy's names; it is told exactly which types to look
for. E-mail addresses are found without tldextract, which would fetch a suffix list, so
nothing here ever touches the network.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts

from validators.base import PiiSpan
from validators.pii.encoded import find_encoded
from validators.pii.lexicon import Lexicon
from validators.pii.national_forms import FORMS
from validators.pii.normalise import normalise
from validators.pii.recognizers_address import find_addresses
from validators.pii.recognizers_email import find_emails
from validators.pii.recognizers_model import LANGUAGE, NameArtifacts, NameEngine
from validators.pii.recognizers_national import find_national_ids
from validators.pii.recognizers_numbers import (
    find_cards,
    find_ibans,
    find_ip_addresses,
    find_ssns,
)
from validators.pii.recognizers_phone import find_phones
from validators.pii.recognizers_said import SAID_TYPES, find_said
from validators.pii.spans import resolve

Find = Callable[[str], Iterable[PiiSpan]]
_PIECE = 4_000
_MODEL_READS = 100_000
"""Characters of one text after which names are looked for without the model, and more strictly."""
_NEAR = 1_000
_BREAKS = tuple(map(re.compile, (r"\n", r"[.!?]\s", r"\s")))

DEFAULT_REGIONS = (
    *("US", "GB", "IE", "DE", "AT", "CH", "FR", "BE", "NL"),
    *("ES", "PT", "IT", "SE", "NO", "DK", "FI", "PL"),
)
"""ISO 3166 codes of the markets whose national forms are looked for."""


class PresidioDetector:
    """Finds personal values; safe to call from several threads."""

    def __init__(
        self,
        *,
        regions: Sequence[str] = DEFAULT_REGIONS,
        allowed: Iterable[str] = (),
        entities: Sequence[str] | None = None,
        thresholds: Mapping[str, float] | None = None,
        ner: bool = True,
    ) -> None:
        """Load the model, 1-2 s.

        `regions` are ISO 3166 codes, `allowed` terms that are never personal, `entities`
        the types to look for (None: all), `thresholds` the least score per type.
        """
        lexicon = Lexicon.shipped(allowed)
        recognizers = list(_recognizers([r.upper() for r in regions], lexicon))
        known = {t for r in recognizers for t in r.supported_entities}
        self._entities = sorted(known if entities is None else known & set(entities))
        self._thresholds = {"PERSON": 0.5, **(thresholds or {})}
        self._lexicon = lexicon
        self._allowed = lexicon.allowed
        self._names = NameEngine(lexicon, ner=ner and "PERSON" in self._entities)
        self._engine = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=recognizers, supported_languages=[LANGUAGE]),
            nlp_engine=self._names,
            supported_languages=[LANGUAGE],
            context_aware_enhancer=_NoContext(),
        )

    @property
    def entities(self) -> Sequence[str]:
        """The types that are looked for."""
        return self._entities

    def allow(self, terms: Iterable[str]) -> None:
        """Let `terms` be never personal beside those given at first, in place of earlier ones."""
        lexicon = self._lexicon.allowing(terms)
        self._allowed = lexicon.allowed
        self._names.use(lexicon)

    def detect(self, text: str, stop: Callable[[], bool] = lambda: False) -> tuple[PiiSpan, ...]:
        """Return disjoint spans in order; raises `InterruptedError` once `stop()` is true."""
        plain = normalise(text)
        found: list[PiiSpan] = []
        for start, end in _pieces(plain.text):
            if stop():
                msg = "detection was stopped"
                raise InterruptedError(msg)
            piece, model = plain.text[start:end], start < _MODEL_READS
            found += (
                PiiSpan(*plain.span(start + s.start, start + s.end), s.type, s.score)
                for s in (*self._analyse(piece, model=model), *self._hidden(piece))
            )
        return resolve(found)

    def _hidden(self, text: str) -> Iterator[PiiSpan]:
        """Yield encoded tokens whose plain text holds a personal value."""
        for start, end, inner in find_encoded(text):
            best = max(self._analyse(inner), key=lambda s: (s.score, s.end - s.start), default=None)
            if best:
                yield PiiSpan(start, end, best.type, best.score)

    def _analyse(self, text: str, *, model: bool = True) -> Iterator[PiiSpan]:
        if not text.strip():
            return
        names = self._names.read(text, model=model)
        for result in self._engine.analyze(
            text, LANGUAGE, entities=self._entities, nlp_artifacts=names
        ):
            enough = result.score >= self._thresholds.get(result.entity_type, 0.5)
            # A place was compared already: a country may be somebody's origin.
            place = result.entity_type == "LOCATION"
            if enough and (
                place or text[result.start : result.end].casefold() not in self._allowed
            ):
                yield PiiSpan(result.start, result.end, result.entity_type, result.score)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut long text between lines, sentences or words, into pieces of bounded cost.

    Presidio compares every two findings of one text.
    """
    start = 0
    while len(text) - start > _PIECE:
        end = _cut(text, start + _PIECE)
        yield start, end
        start = end
    yield start, len(text)


def _cut(text: str, latest: int) -> int:
    for pattern in _BREAKS:
        if near := list(pattern.finditer(text, latest - _NEAR, latest)):
            return near[-1].end()
    return latest


def _recognizers(regions: Sequence[str], lexicon: Lexicon) -> Iterator[EntityRecognizer]:
    markets = {region.lower() for region in regions}
    national = [form.type for form in FORMS if form.market in markets]
    yield _Recognizer("cards", ["CREDIT_CARD"], find_cards)
    yield _Recognizer("ibans", ["IBAN_CODE"], find_ibans)
    yield _Recognizer("emails", ["EMAIL_ADDRESS"], find_emails)
    yield _Recognizer("ip addresses", ["IP_ADDRESS"], find_ip_addresses)
    yield _Recognizer("social security numbers", ["US_SSN"], find_ssns)
    yield _Recognizer("said", list(SAID_TYPES), find_said)
    yield _Recognizer("phones", ["PHONE_NUMBER"], partial(find_phones, regions=regions))
    yield _Recognizer("addresses", ["ADDRESS"], partial(find_addresses, lexicon=lexicon))
    yield _Names()
    if national:
        yield _Recognizer("national", national, partial(find_national_ids, markets=markets))


class _Recognizer(EntityRecognizer):
    """One of our functions as Presidio wants it."""

    def __init__(self, name: str, types: list[str], find: Find) -> None:
        self._find = find
        super().__init__(supported_entities=types, name=name)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Run the function; the artifacts are not needed."""
        del nlp_artifacts
        return _results(span for span in self._find(text) if span.type in entities)


class _Names(EntityRecognizer):
    """Passes on the names that the engine found."""

    def __init__(self) -> None:
        super().__init__(supported_entities=["PERSON", "LOCATION"], name="names")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return the names in the artifacts."""
        del text
        names = nlp_artifacts.names if isinstance(nlp_artifacts, NameArtifacts) else ()
        return _results(resolve(name for name in names if name.type in entities))


class _NoContext(ContextAwareEnhancer):
    """Our recognizers look at the words around a value themselves."""

    def __init__(self) -> None:
        super().__init__(0, 0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        del text, nlp_artifacts, recognizers, context
        return raw_results


def _results(spans: Iterable[PiiSpan]) -> list[RecognizerResult]:
    return [RecognizerResult(s.type, s.start, s.end, s.score) for s in spans]
