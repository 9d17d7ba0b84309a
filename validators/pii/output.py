"""Personal data in an answer that this customer did not bring and no page states.

A model may repeat what it saw in training, mix up customers whose data it was given, or
invent a person. What the customer said stands in the vault and reaches the model as
placeholders only, so a plain identifier in an answer must come from a page or a fact.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, Self

from policies.findings import Finding, Reason, Severity, Span
from policies.knowledge import Audience
from policies.text import Redacted
from policies.turn import Turn
from validators.base import KnowledgeBase, PiiSpan, Scope, Services
from validators.offload import Offload
from validators.pii.detect import DEFAULT_REGIONS, PresidioDetector
from validators.pii.live import LiveDetector
from validators.pii.national_forms import FORMS
from validators.pii.placeholders import mentions
from validators.pii.restore import unknown_placeholders

_LEAST_SCORE: Mapping[str, float] = {
    **dict.fromkeys(("CREDIT_CARD", "IBAN_CODE", "EMAIL_ADDRESS", "IP_ADDRESS"), 0.5),
    **dict.fromkeys(("US_SSN", "PASSPORT", "BANK_ACCOUNT", "US_DRIVER_LICENSE"), 0.5),
    **dict.fromkeys(("DATE_OF_BIRTH", "PERSON", "ADDRESS"), 0.5),
    "PHONE_NUMBER": 0.65,
    **{form.type: 0.85 for form in FORMS},
}
"""What identifies a person, and from which score on; towns and the like do not."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER_LIKE = re.compile(r"\d")
_PHONE_TAIL = 8
_NAMED = 2


class Detector(Protocol):
    """Finds personal values in one text; blocking."""

    def detect(self, text: str) -> Sequence[PiiSpan]:
        """Return disjoint spans in order."""
        ...


class SensitiveOutput:
    """Reports personal data of unknown origin, and placeholders that stand for nothing."""

    name = "sensitive_output"
    scope = Scope.SENTENCE
    sends_text_out = False

    def __init__(self, detector: Detector, knowledge: KnowledgeBase, offload: Offload) -> None:
        """`knowledge` is asked about values that the turn's own sources do not hold."""
        self._detector = detector
        self._knowledge = knowledge
        self._offload = offload

    @classmethod
    def build(cls, services: Services, options: Mapping[str, object]) -> Self:
        """Build from `[validators.options]`.

        `markets` (ISO 3166 codes whose national forms count), `allow` (names that are no
        customer's: the assistant's, the company's) and `ner` (False: names by lists and
        phrases only). Raises `ValueError` for anything else.
        """
        unknown = set(options) - {"markets", "allow", "ner"}
        if unknown:
            msg = f"unknown option {min(unknown)!r}; known: allow, markets, ner"
            raise ValueError(msg)
        ner = options.get("ner", False)
        if not isinstance(ner, bool):
            msg = "ner must be true or false"
            raise ValueError(msg)  # noqa: TRY004 - one kind of error for every bad option
        knowledge = services.knowledge
        vocabulary: Callable[[], Iterable[str]] = getattr(knowledge, "vocabulary", tuple)
        detector = PresidioDetector(
            regions=_strings(options, "markets") or DEFAULT_REGIONS,
            allowed=_strings(options, "allow"),
            entities=sorted(_LEAST_SCORE),
            ner=ner,
        )
        live = LiveDetector(detector, vocabulary, lambda: knowledge.revision)
        return cls(live, knowledge, services.offload)

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        """Return one finding per value of unknown origin."""
        return await self._offload.run(self._check, text, turn)

    def _check(self, text: Redacted, turn: Turn) -> list[Finding]:
        found = [self._unknown_placeholder(place) for place in _unknown(text, turn.vault)]
        if turn.withheld:
            theirs = _unknown(text, turn.for_customer)
            found += [self._of_somebody_else(place) for place in theirs if not _in(place, found)]
        suspects = [
            span for span in self._detector.detect(_masked(text)) if _identifies(text, span)
        ]
        if not suspects:
            return found
        known = _Known(_texts(turn))
        for span in suspects:
            value = text[span.start : span.end]
            if not known.holds(span.type, value) and not self._on_a_page(span.type, value, turn):
                found.append(self._of_unknown_origin(span))
        return found

    def _on_a_page(self, kind: str, value: str, turn: Turn) -> bool:
        if not turn.use_knowledge:
            return False
        pages = self._knowledge.search(value, scope=turn.scope, limit=8)
        return _Known(p.text for p in pages if p.audience is Audience.CUSTOMER).holds(kind, value)

    def _unknown_placeholder(self, place: Span) -> Finding:
        return Finding(
            check=self.name,
            kind=Reason.SENSITIVE_OUTPUT,
            severity=Severity.FAIL,
            reason="the answer holds a placeholder that stands for nothing in this conversation",
            span=place,
            aspect="placeholder",
        )

    def _of_somebody_else(self, place: Span) -> Finding:
        return Finding(
            check=self.name,
            kind=Reason.SENSITIVE_OUTPUT,
            severity=Severity.FAIL,
            reason="the answer holds a value that is not this customer's own",
            span=place,
            aspect="somebody_else",
        )

    def _of_unknown_origin(self, span: PiiSpan) -> Finding:
        return Finding(
            check=self.name,
            kind=Reason.SENSITIVE_OUTPUT,
            severity=Severity.FAIL,
            reason=(
                f"the answer holds personal data ({span.type}) that neither this conversation "
                "nor a fact or page contains"
            ),
            score=span.score,
            span=(span.start, span.end),
            aspect=span.type.lower(),
        )


class _Known:
    """What may be said: texts in which a value can be looked up however it is written."""

    def __init__(self, texts: Iterable[str]) -> None:
        joined = "\n".join(texts)
        self._bare = _bare(joined)
        self._words = " ".join(w.casefold() for w in _WORD.findall(joined))

    def holds(self, kind: str, value: str) -> bool:
        if kind == "PERSON":
            return " ".join(w.casefold() for w in _WORD.findall(value)) in self._words
        bare = _bare(value)
        if kind == "PHONE_NUMBER":
            bare = bare[-_PHONE_TAIL:]  # with and without the country's code
        # An address may take in words behind it: its street decides.
        parts = [bare, *map(_bare, re.split(r"[,\n]", value)[:1])] if kind == "ADDRESS" else [bare]
        return any(part and part in self._bare for part in parts)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _identifies(text: str, span: PiiSpan) -> bool:
    if span.score < _LEAST_SCORE.get(span.type, 2):
        return False
    value = text[span.start : span.end]
    if span.type == "PERSON":
        return len(_WORD.findall(value)) >= _NAMED
    # A street without a number is a place on a map.
    return span.type != "ADDRESS" or bool(_NUMBER_LIKE.search(value))


def _texts(turn: Turn) -> Iterator[str]:
    """Yield what this conversation and its sources say, as far as a customer may see it."""
    yield from turn.for_customer.values()
    yield from (message.text for message in turn.conversation)
    for passage in (*turn.evidence, *turn.sources):
        if passage.audience is Audience.CUSTOMER:
            yield from (passage.title, passage.text)


def _masked(text: str) -> str:
    """Blank out placeholders: they are no names."""
    for mention in mentions(text):
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def _in(place: Span, found: Sequence[Finding]) -> bool:
    return any(finding.span == place for finding in found)


def _unknown(text: str, known: Mapping[str, str]) -> Iterator[Span]:
    position = 0
    for written in unknown_placeholders(text, known):
        start = text.index(written, position)
        position = start + len(written)
        yield start, position


def _strings(options: Mapping[str, object], name: str) -> list[str]:
    value = options.get(name, [])
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        msg = f"{name} must be a list of strings"
        raise ValueError(msg)
    return list(value)
