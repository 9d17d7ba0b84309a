"""How pages, quotes and names are written in the sentences that explain a verdict."""

import re

from policies.knowledge import Origin, Passage
from validators.grounding.reading import Reading

SHOWN = 80
QUOTED = 160
_SOURCES = {
    Origin.KNOWLEDGE: "The page",
    Origin.CONTEXT: "The text given with the request",
    Origin.ACCOUNT: "The customer's account",
    Origin.TOOL: "The result of the tool",
    Origin.SYSTEM: "The bot's own prompt",
}
_TITLED = (Origin.KNOWLEDGE, Origin.CONTEXT, Origin.TOOL)
_OPEN_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*[a-z2-7]*$")
_MARKUP = re.compile(r"^[\s*_#>|•-]+|[\s*_|:;,.]+$")


def page(passage: Passage, *, inside: bool = False) -> str:
    """Name where a passage stands: `The page 'Returns'`; `inside` a sentence in lower case."""
    name = _SOURCES[passage.origin]
    title = shortened(passage.title, SHOWN)
    if title and passage.origin in _TITLED:
        name = f"The page '{title}'" if passage.origin is not Origin.TOOL else f"{name} '{title}'"
    return name[0].lower() + name[1:] if inside else name


def quoted(text: str) -> str:
    """Put words of a page or an answer between quotation marks, short enough to read."""
    return f"\u201c{shortened(_MARKUP.sub('', text), QUOTED)}\u201d"


def shortened(text: str, limit: int) -> str:
    """Write a text on one line, cut at a word; a placeholder is kept whole or left out."""
    plain = " ".join(text.split())
    if len(plain) <= limit:
        return plain
    cut = plain[: limit - 1]
    cut = cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut
    return _OPEN_PLACEHOLDER.sub("", cut).rstrip(" ,;:") + "\u2026"


def spelled(reading: Reading, concepts: frozenset[str]) -> str:
    """Return the words that stand for some concepts, with the rest of each name, as written."""
    words = reading.words
    held = {n for n, word in enumerate(words) if word.concept in concepts}
    for n in sorted(held):
        for step in (-1, 1):
            at = n + step
            while 0 < at < len(words) and words[at].capital:
                held.add(at)
                at += step
    written = [reading.text[words[n].start : words[n].end] for n in sorted(held)]
    return shortened(" ".join(dict.fromkeys(written)), SHOWN)
