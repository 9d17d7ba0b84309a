"""The tables of `wordings.py` and `phrases.py`, prepared for look-up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from validators.grounding.words import stem
from validators.questions import actions, phrases, wordings
from validators.questions.kinds import settled
from validators.questions.rewrite import Rewriter
from validators.questions.tokens import BREAK


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words stand for. Immutable."""

    concepts: Mapping[str, str]
    """Stem -> concept."""
    actions: frozenset[str]
    dropped: frozenset[str]
    neutral: Mapping[str, str]
    roles: Mapping[str, str]
    qualifiers: frozenset[str]
    owners: Mapping[str, str]
    numbers: Mapping[str, str]
    participles: frozenset[str]
    adverbs: frozenset[str]
    giving: frozenset[str]
    separable: frozenset[str]
    particles: frozenset[str]
    excused: Sequence[tuple[str, str, frozenset[str]]]
    implied: Sequence[tuple[str, str]]
    light: Mapping[str, frozenset[str]]
    expressions: Rewriter
    openings: Rewriter

    def rewritten(self, words: Sequence[str]) -> list[str]:
        """Replace expressions of several words; articles and courtesies are gone after that."""
        kept = [word for word in _wanting(words) if word not in _SOFT]
        return self.openings(self.expressions(self._joined(kept)))

    def _joined(self, words: list[str]) -> list[str]:
        """Bring particles to their verbs: "turn roaming off" becomes "turn off roaming"."""
        out = list(words)
        for n, word in enumerate(words):
            if word not in self.separable:
                continue
            for far in (2, 3, 4):
                at = n + far
                if at >= len(words) or words[at - 1] == BREAK:
                    break
                ends = at + 1 == len(words) or words[at + 1] in _AFTER_PARTICLE
                if words[at] in self.particles and ends:
                    found = self.expressions([word, words[at]])
                    verb = found[0] if len(found) == 1 else f"{_stem(word)}_{words[at]}"
                    out[n : at + 1] = [verb, *words[n + 1 : at]]
                    return out
        return out

    def concept(self, word: str) -> str:
        """Return what a word stands for: its row, or its own stem."""
        found = self.concepts.get(word)
        if found is not None:
            return found
        base = _stem(word)
        if base.endswith("ll") and base not in self.concepts:
            base = base[:-1]
        return self.concepts.get(base, base)

    def is_action(self, word: str) -> bool:
        """Tell whether a word is a known action."""
        return self.concept(word) in self.actions

    @property
    def known(self) -> frozenset[str]:
        """Every single word of the tables, for correcting typing errors."""
        return frozenset(_single_words())

    def settled(self, kind: str, concepts: frozenset[str]) -> tuple[str, frozenset[str]]:
        """Return kind and concepts where the one says what the other means."""
        for word, meant, beside in self.excused:
            if word in concepts and concepts & beside:
                concepts = (concepts - {word}) | {meant}
        for word, saying in self.implied:
            if saying in concepts:
                concepts = concepts - {word}
        kind, concepts = settled(kind, concepts, self.actions)
        rest = concepts - self.light.get(kind, frozenset())
        return kind, rest or concepts


_PAST = frozenset(("was", "were", "did", "had"))
_AFTER_PARTICLE = frozenset(". when if before after for in on at with please again early".split())  # noqa: SIM905
_SOFT = frozenset("a an the please just actually really basically simply kindly also".split())  # noqa: SIM905


def _wanting(words: Sequence[str]) -> list[str]:
    """Write what a thing is wanted for: "I want a refund" asks how to get one."""
    out = list(words)
    for n in range(len(words) - 2, 0, -1):
        if words[n] in ("a", "an") and words[n - 1] in ("want", "need", "like"):
            out[n] = "get"
    return out


@lru_cache(maxsize=32_768)
def _stem(word: str) -> str:
    return stem(word)


def _rows(table: str) -> Iterator[list[str]]:
    for line in table.splitlines():
        if row := line.split():
            yield row


def _pairs(table: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in table.split())


def _single_words() -> Iterator[str]:
    for table in (actions.ACTIONS, wordings.THINGS, wordings.DROPPED, wordings.QUALIFIERS):
        yield from (word for word in table.split() if "_" not in word)


def _expressions() -> Iterator[str]:
    """Rows hold words of several parts, such as `turn_on`: in a text they are two words."""
    for row in _rows(wordings.THINGS):
        for word in row:
            if "_" in word:
                plain = word.replace("_", " ")
                yield f"{plain} = {row[0]}"
                yield f"{plain}s = {row[0]}"
    for row in _rows(actions.ACTIONS):
        for word in row:
            first, *others = word.split("_")
            if others:
                for form in _forms(first):
                    yield f"{' '.join([form, *others])} = {row[0]}"


def _forms(verb: str) -> tuple[str, ...]:
    """Inflect the verb of an expression: pick, picks, picked, picking."""
    short = verb.removesuffix("e")
    twice = verb + verb[-1]
    return (verb, f"{verb}s", f"{short}ed", f"{short}ing", f"{twice}ed", f"{twice}ing")


@cache
def default_lexicon() -> Lexicon:
    """Return the shipped tables."""
    concepts: dict[str, str] = {}
    for row in (*_rows(actions.ACTIONS), *_rows(wordings.THINGS)):
        for word in row:
            concepts.setdefault(word, row[0])
            if not word.endswith("ly"):
                concepts.setdefault(stem(word), row[0])

    def base(word: str) -> str:
        return concepts.get(word, concepts.get(stem(word), stem(word)))

    return Lexicon(
        concepts=concepts,
        actions=frozenset(row[0] for row in _rows(actions.ACTIONS)),
        dropped=frozenset(wordings.DROPPED.split()),
        neutral=_pairs(wordings.NEUTRAL),
        roles=_pairs(wordings.ROLES),
        qualifiers=frozenset(wordings.QUALIFIERS.split()),
        owners=_pairs(wordings.OWNERS),
        numbers=_pairs(wordings.NUMBERS),
        participles=frozenset(wordings.PARTICIPLES.split()),
        giving=frozenset(wordings.GIVING.split()),
        adverbs=frozenset(wordings.ADVERBS.split()),
        separable=frozenset(wordings.SEPARABLE.split()),
        particles=frozenset(wordings.PARTICLES.split()),
        excused=tuple(
            (base(word), base(meant), frozenset(map(base, beside.split())))
            for word, meant, beside in wordings.EXCUSED
        ),
        implied=tuple((base(word), base(saying)) for word, saying in wordings.IMPLIED),
        light={kind: frozenset(map(base, words)) for kind, words in _light().items()},
        expressions=Rewriter(_expressions()),
        openings=Rewriter((line for line in phrases.PATTERNS.splitlines() if line.strip()), _PAST),
    )


def _light() -> dict[str, frozenset[str]]:
    named = (line.partition(":") for line in wordings.LIGHT.splitlines() if line.strip())
    return {kind.strip(): frozenset(words.split()) for kind, _, words in named}
