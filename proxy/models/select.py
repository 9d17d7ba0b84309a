"""Which sentences of some passages answer a question.

Pure, deterministic, milliseconds. Pieces are scored by the question's words that they
hold, weighted by inverse document frequency (Spärck Jones 1972), those of their headings
for less; a question for a time or a price prefers pieces that hold one (the answer types
of Prager et al. 2000). A piece is taken with the one after it where that one restricts it
("However", "Except"): leaving out a condition would make a true sentence a false answer.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from policies.knowledge import Passage
from proxy.models.pieces import Piece, content_words, pieces_of

MOST_SENTENCES = 4
_MIN_COVERAGE = 0.4
"""Least weight of the question's words that a piece and its headings must hold."""
_MIN_OWN = 0.15
"""Least share of them in the piece itself, unless its headings are the question."""
_FRAMED = 0.8
_CLOSE = 0.75
"""Further pieces are taken down to this share of the best one's score."""
_FRAME_WEIGHT = 0.6
_TYPE_BONUS = 0.4
_RANK_DECAY = 0.9
"""What each place in the search result costs."""

_RESTRICTS = re.compile(
    r"(?:however|but|except|exceptions?|unless|otherwise|this (?:does|is) not|only|instead"
    r"|in that case|the only|not included|excluded|jedoch|aber|außer|ausgenommen|nur)\b",
    re.IGNORECASE,
)
_ANSWER_TYPES = (
    (
        re.compile(
            r"\b(?:how (?:long|soon|fast|quick)|when|by what time|wie lange|wann)\b", re.IGNORECASE
        ),
        re.compile(
            r"\b(?:hour|day|week|month|year|minute|stunde|tag|woche|monat|jahr)\w{0,2}\b"
            r"|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(
            r"\b(?:how much|costs?|price|fees?|charged?|kostet|kosten|preis)\b", re.IGNORECASE
        ),
        re.compile(r"[$€£¥%]|\b(?:EUR|USD|GBP|SEK|CHF)\b|\bfree\b|\bkostenlos\b"),
    ),
)


Closeness = Callable[[str, Sequence[str]], Sequence[float]]
"""How close in meaning each text is to a question: 0 (nothing in common) to 1 (the same)."""

_NEAR = 0.5
"""Closeness that at least one piece must reach: sharing words is not yet an answer."""
_VERY_NEAR = 0.65
"""Closeness from which a piece may answer that shares no word."""
_MOST_COMPARED = 24
_FEW_WORDS = 5
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*_[a-z2-7]+\]")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_MEANING_WEIGHT = 1.5


def select(question: str, passages: Sequence[Passage], closeness: Closeness | None = None) -> str:
    """Return one to four sentences in reading order, or an empty text if nothing fits.

    `passages` come best first. With `closeness`, meaning counts beside the words, and
    nothing is said unless something comes near the question.
    """
    question = _PLACEHOLDER.sub(" ", question)  # their codes mean nothing
    asked = content_words(question)
    pieces = [piece for i, p in enumerate(passages) for piece in pieces_of(i, p)]
    if not asked or not pieces:
        return ""
    weights = _weights(asked, pieces)
    wanted = [answer for ask, answer in _ANSWER_TYPES if ask.search(question)]
    scored = [(_score(piece, weights, wanted), piece) for piece in pieces]
    if closeness is not None:
        scored = _by_meaning(question, passages, scored, closeness)
    ranked = sorted(scored, key=lambda pair: -pair[0])
    if not ranked:
        return ""
    best = ranked[0][0]
    if best <= 0:
        return ""
    chosen = [piece for score, piece in ranked if score >= best * _CLOSE]
    return _joined(_with_conditions(chosen[:MOST_SENTENCES], pieces))


def _by_meaning(
    question: str,
    passages: Sequence[Passage],
    scored: Sequence[tuple[float, Piece]],
    closeness: Closeness,
) -> list[tuple[float, Piece]]:
    """Score again the pieces that share most words with the question, by meaning too."""
    likely = sorted(scored, key=lambda pair: -pair[0])[:_MOST_COMPARED]
    texts = [f"{passages[piece.passage].title}. {piece.lead} {piece.text}" for _, piece in likely]
    near = closeness(_asking(question), texts)
    if max(near, default=0.0) < _NEAR:
        return []
    return [
        (score + _MEANING_WEIGHT * how_near, piece)
        for (score, piece), how_near in zip(likely, near, strict=True)
        if (score > 0 and how_near >= _NEAR * 0.8) or how_near >= _VERY_NEAR
    ]


def _asking(question: str) -> str:
    """Return the sentences that ask, if they say enough by themselves."""
    asking = " ".join(s.strip() for s in _SENTENCE.findall(question) if s.rstrip().endswith("?"))
    return asking if len(asking.split()) >= _FEW_WORDS else question


def _weights(asked: AbstractSet[str], pieces: Sequence[Piece]) -> Mapping[str, float]:
    """Return each asked word's share of the question; rare words weigh more."""
    idf = {}
    for word in asked:
        seen = sum(word in piece.words or word in piece.frame for piece in pieces)
        idf[word] = math.log(1 + len(pieces) / (seen + 0.5))
    whole = sum(idf.values())
    return {word: value / whole for word, value in idf.items()}


def _score(piece: Piece, weights: Mapping[str, float], wanted: Sequence[re.Pattern[str]]) -> float:
    own = sum(w for word, w in weights.items() if word in piece.words)
    framed = sum(w for word, w in weights.items() if word in piece.frame - piece.words)
    if own + framed < (_MIN_COVERAGE if own >= _MIN_OWN else _FRAMED):
        return 0.0
    steps = piece.text.startswith("\n") and own + framed >= _FRAMED
    fits = steps or any(pattern.search(piece.text) for pattern in wanted)
    score = own + _FRAME_WEIGHT * framed + _TYPE_BONUS * fits
    return score * _RANK_DECAY**piece.passage


def _with_conditions(chosen: Sequence[Piece], pieces: Sequence[Piece]) -> list[Piece]:
    """Add what restricts a chosen piece, keep reading order, drop repetitions."""
    follows = dict(pairwise(pieces))
    kept: dict[str, Piece] = {}
    for piece in sorted(chosen, key=_order):
        kept.setdefault(piece.text, piece)
        after = follows.get(piece)
        while after and after.passage == piece.passage and _RESTRICTS.match(after.text):
            kept.setdefault(after.text, after)
            after = follows.get(after)
    return _without_loose_ends(sorted(kept.values(), key=_order))


def _without_loose_ends(pieces: list[Piece]) -> list[Piece]:
    """Keep at most four, and none whose condition would fall off the end."""
    end = MOST_SENTENCES
    while 0 < end < len(pieces) and _RESTRICTS.match(pieces[end].text):
        end -= 1
    return pieces[: end or MOST_SENTENCES + 1]


def _order(piece: Piece) -> tuple[int, int]:
    return piece.passage, piece.place


def _joined(pieces: Sequence[Piece]) -> str:
    """Join the texts; a line that introduces several is said once."""
    said = []
    before = ""
    for piece in pieces:
        if piece.lead and piece.lead != before:
            said.append(piece.lead)
        said.append(piece.text)
        before = piece.lead
    return re.sub(r" *\n *", "\n", " ".join(said)).strip()
