"""What a model from elsewhere is shown: a claim and evidence in plain words, without marks."""

import re
from collections.abc import Iterator, Sequence

from validators.grounding.align import Match, Subject
from validators.grounding.passages import Unit

_EVIDENCE_WORDS = 240
_CLAIM_WORDS = 80
_BEFORE_WORDS = 40
_HEADING_WORDS = 30
_REFERS = re.compile(
    r"\W*(?:(?:yes|no|also|then|and|but|so)\b\W*)*"
    r"(?:it|its|it's|they|their|them|that|this|these|those|both|each|either|neither|one|same|there)\b",
    re.IGNORECASE,
)


def plain_pair(
    subject: Subject, matches: Sequence[Match], units: Sequence[Unit]
) -> tuple[str, str]:
    """Return the claim and its evidence.

    A claim that begins with "it" or the like comes after what was said before and a line
    break, so that the claim is always the last line. The evidence is the best of the matched
    sentences and the one after the very best, under their titles and headings, in the order
    of the pages; at most 240 words, the best sentences first to be kept.
    """
    claim = _words(subject.claim.text, _CLAIM_WORDS)
    if _REFERS.match(claim) and (before := _before(subject)):
        claim = f"{before}\n{claim}"
    return claim, " ".join(_lines(_shown(matches, units)))


def _before(subject: Subject) -> str:
    start = subject.sentence.text.find(subject.claim.text)
    before = subject.sentence.text[:start] if start > 0 else subject.recent.text
    return " ".join(before.split()[-_BEFORE_WORDS:])


def _shown(matches: Sequence[Match], units: Sequence[Unit]) -> list[Unit]:
    order = [m.index for m in matches]
    if order and order[0] + 1 < len(units) and order[0] + 1 not in order:
        after = units[order[0] + 1]
        if after.passage is units[order[0]].passage:
            order.insert(2, order[0] + 1)
    kept: list[int] = []
    left = _EVIDENCE_WORDS
    for index in order:
        length = len(units[index].text.split())
        if not kept or length <= left:
            kept.append(index)
            left -= length
    return [units[index] for index in sorted(kept)]


def _lines(shown: Sequence[Unit]) -> Iterator[str]:
    title = frame = ""
    for unit in shown:
        if unit.title.text != title:
            title, frame = unit.title.text, ""
            yield f"{_words(title, _HEADING_WORDS)}."
        if unit.frame.text != frame:
            frame = unit.frame.text
            yield f"{_words(frame, _HEADING_WORDS)}:"
        yield _words(unit.text, _EVIDENCE_WORDS)


def _words(text: str, limit: int) -> str:
    return " ".join(text.split()[:limit])
