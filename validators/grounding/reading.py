"""What one clause or sentence says, in a form that can be compared."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from validators.grounding.kinds import Kind, Value
from validators.grounding.marks import Mark, marks
from validators.grounding.reserved import reserved
from validators.grounding.segments import head, labels
from validators.grounding.values import values
from validators.grounding.words import Word, words

_NEGATOR_WORDS = "not no never none nor neither nothing nobody without hardly"
_NEGATORS = frozenset(_NEGATOR_WORDS.split())
_AUXILIARY_WORDS = "is are was were be can could will would may might must do does did has have had"
_AUXILIARIES = frozenset(_AUXILIARY_WORDS.split())
_SCOPE_END_WORDS = "but however although though whereas while because if unless so"
_SCOPE_ENDS = frozenset(_SCOPE_END_WORDS.split())
_SCOPE_BREAK = re.compile(r"[,;:.!?()\n\u2014\u2013]")
_LIST_GOES_ON = re.compile(
    r"(?!\s(?:you|we|it|they|this|that|your|our|but|which|and|so|please|then|there|i)\b)"
    r"[^,;.:]{1,60}(?:,\s(?:or|nor)|\s(?:or|nor))\s|\s(?:or|nor)\s",
    re.IGNORECASE,
)
_DISCOURSE = re.compile(
    r"^\W*(?:(?:(?:yes|no|nope)(?=\W*[,.!:;\u2014-])|yep|yeah|sure|of course|absolutely|certainly"
    r"|no (?:worries|problem)|not (?:yet|necessarily|really|exactly|always|quite|at the moment)"
    r"(?=\W*[,.!:;\u2014-])|(?:unfortunately|sadly|i'm afraid|i'm sorry),?\snot(?=\W*[,.!:;])|sadly"
    r"|i'm sorry|sorry"
    r"|good (?:news|question)|great (?:news|question)|unfortunately|that's right"
    r"|i'm afraid(?: not)?|it (?:does|doesn't|is|isn't)(?=\W*[,.!:;]))\b[,.!:; ]+)+",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:if|when|unless|only|provided|providing|as long as|so long as|except|excluding|once"
    r"|other than|subject to|after|before|until|with an?|without|where|who|for (?:members|customers"
    r"|accounts|purchases|orders|the)|on (?:orders|purchases|the)|while|must|requires?|in case)\b"
    r"[^.;:\n]{1,120}",
    re.IGNORECASE,
)
_PART = re.compile(r"[,;|()](?=\s|$)|\s(?:and|but|while|whereas|plus)\s")
_NEAR = 32
_BESIDE = 60
_POSITIVE, _NEGATIVE = 1, 2
_SUBJECTS = {"you": "you", "your": "you", "we": "we", "our": "we", "us": "we", "i": "we"}


@dataclass(frozen=True)
class Reading:
    """The comparable content of a piece of text. Computed lazily, kept for reuse."""

    text: str
    columns: tuple[str, ...] = ()
    """Headings above the cells, where the text is a row of a table."""

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words."""
        return tuple(words(self.text))

    @cached_property
    def plain(self) -> str:
        """The words in lower case between single blanks."""
        return f" {' '.join(w.text for w in self.words)} "

    @cached_property
    def runs(self) -> tuple[tuple[str, str, str], ...]:
        """All three words in a row."""
        texts = [w.text for w in self.words]
        return tuple(zip(texts, texts[1:], texts[2:], strict=False))

    @cached_property
    def run_set(self) -> frozenset[tuple[str, str, str]]:
        """The same, to look them up."""
        return frozenset(self.runs)

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that say something about the subject, without those inside values."""
        inside = [(v.start, v.end) for v in self.values]
        return tuple(
            w
            for w in self.words
            if w.content
            and not w.text[0].isdigit()
            and not any(start <= w.start < end for start, end in inside)
        )

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Concepts of the content words."""
        return frozenset(w.concept for w in self.content)

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """Typed values."""
        return tuple(values(self.text))

    @cached_property
    def near(self) -> tuple[frozenset[str], ...]:
        """For each value, the concepts in its part of the sentence, or a few words around it."""
        return tuple(
            self._between(*self._part(value))
            or self._between(value.start - _NEAR, value.end + _NEAR)
            for value in self.values
        )

    @cached_property
    def labels(self) -> tuple[frozenset[str], ...]:
        """For each value, what belongs to it and to no comparable one; see `segments`."""
        return labels(self.text, self.values, self.content, self.columns)

    @cached_property
    def reserved(self) -> tuple[frozenset[str], ...]:
        """The concepts of each thing that the text reserves its rule to."""
        return reserved(self.text, self.content)

    @cached_property
    def head(self) -> frozenset[str]:
        """What names a row or list item: its first cell, or the words before its colon."""
        return head(self.text, self.values, self.content)

    def _between(self, start: int, end: int) -> frozenset[str]:
        return frozenset(w.concept for w in self.content if w.end > start and w.start < end)

    def _part(self, value: Value) -> tuple[int, int]:
        cuts = [m.end() for m in _PART.finditer(self.text)]
        start = max((c for c in cuts if c <= value.start), default=0)
        end = min((c for c in cuts if c >= value.end), default=len(self.text))
        return start, end

    @cached_property
    def names(self) -> frozenset[str]:
        """Concepts of capitalised words that do not open the text."""
        first = self.words[0].start if self.words else 0
        return frozenset(w.concept for w in self.content if w.capital and w.start > first)

    @cached_property
    def limits(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Each clause that limits the statement, with its concepts."""
        return tuple(
            (match[0], concepts)
            for match in _LIMIT.finditer(self.text)
            if (concepts := self._between(match.start(), match.end()))
        )

    @cached_property
    def conditions(self) -> tuple[frozenset[str], ...]:
        """The concepts of each clause that limits the statement."""
        return tuple(concepts for _, concepts in self.limits)

    @cached_property
    def marks(self) -> frozenset[Mark]:
        """Quantifiers, modals and the like, without the opening yes or no."""
        return marks(self.body)

    @cached_property
    def body(self) -> str:
        """The text without an opening yes, no or sorry; offsets differ from `text`."""
        return _DISCOURSE.sub("", self.text)

    @cached_property
    def polarity(self) -> Mapping[str, int]:
        """Concept -> 1 if it is stated, 2 if it is negated, 3 if both occur."""
        skip = len(self.text) - len(self.body)
        signs: dict[str, int] = {}
        named = [w for w in self.content if w.opposite]
        content = set(self.content)
        negated = False
        last = skip
        # What stands before the verb is what the negation is about, not what it negates.
        # "We charge nothing" denies what stands before it.
        if denied := [
            w for w in self.words if w.text in _NEGATORS and w.text != "nothing" and w.start >= skip
        ]:
            verbs = [w.start for w in self.words if w.text in _AUXILIARIES and w.start >= skip]
            first = min([denied[0].start, *verbs])
        else:
            first = skip
        for word in self.words:
            if word.start < first:
                continue
            gap = _SCOPE_BREAK.search(self.text, last, word.start)
            if (gap and not self._listed(gap)) or word.text in _SCOPE_ENDS:
                negated = False
            last = word.end
            if word.text == "nothing":
                before = next((w for w in reversed(self.content) if w.end <= word.start), None)
                if before is not None and before.concept in signs:
                    signs[before.concept] = _NEGATIVE
            if word.text in _NEGATORS:
                negated = not negated
            elif word in content and not _denied(word, named):
                sign = _NEGATIVE if negated is not word.opposite else _POSITIVE
                signs[word.concept] = signs.get(word.concept, 0) | sign
        if any(v.kind is Kind.MONEY and v.high == 0 for v in self.values):
            signs["fee"] = _NEGATIVE
        return signs

    def _listed(self, gap: re.Match[str]) -> bool:
        """Tell whether a comma stands in a list that goes on: "can't call, write, or visit"."""
        return gap[0] == "," and bool(_LIST_GOES_ON.match(self.text, gap.end()))

    @cached_property
    def opposites(self) -> frozenset[str]:
        """Concepts that a word of the text means the negation of."""
        return frozenset(w.concept for w in self.content if w.opposite)

    @cached_property
    def subject(self) -> str:
        """Who acts: `you`, `we` or nothing of the kind; the first pronoun decides."""
        body = self.body.lower()
        match = re.search(r"\b(you|your|we|our|us|i)\b", body[:80])
        return _SUBJECTS[match[1]] if match else ""


def _denied(word: Word, named: list[Word]) -> bool:
    """Tell whether a nearby word denies this one: free of charge, the fee is waived."""
    return not word.opposite and any(
        other.concept == word.concept
        and abs(other.start - word.end) + abs(other.end - word.start) < _BESIDE
        for other in named
    )
