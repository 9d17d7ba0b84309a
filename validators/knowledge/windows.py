"""Cuts a passage into stretches short enough for one vector each.

One vector of a whole passage is an average of its facts, and a short question is near none
of them. Each window repeats what the passage is about: title, place and headings.
"""

from collections.abc import Sequence

from policies.knowledge import Passage
from validators.knowledge.passages import count_words, split_sentences

MOST_WORDS = 40
"""Longer only for a single sentence. Measured: 20 and 30 are no better and cost more."""


def windows(passage: Passage, place: str = "") -> list[str]:
    """Return the windows of a passage in order, at least one.

    Neighbours share a sentence, so that a fact told in two sentences stands in one window.
    `place` is what `places` says of the passage's page.
    """
    about = f"{passage.title} ({place})" if place else passage.title
    context = ". ".join(filter(None, (about, *passage.headings)))
    sentences = [s for line in passage.text.split("\n") for s in split_sentences(line)]
    cut = [" ".join(sentences[start:end]) for start, end in _spans(sentences)]
    return [f"{context}. {text}".lstrip(". ") for text in cut] or [context]


def _spans(sentences: Sequence[str]) -> list[tuple[int, int]]:
    sizes = [count_words(sentence) for sentence in sentences]
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(sizes):
        end, words = start + 1, sizes[start]
        while end < len(sizes) and words + sizes[end] <= MOST_WORDS:
            words += sizes[end]
            end += 1
        spans.append((start, end))
        if end == len(sizes):
            break
        start = max(start + 1, end - 1)
    return spans
