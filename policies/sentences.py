"""A streaming sentence splitter without I/O.

The gate checks and releases an answer sentence by sentence, so the sentences must not
depend on how a provider happens to cut the text. Every decision is taken at a gap (a run
of white space) from a bounded piece of text on both sides, and only once that piece is
complete: what follows later can never change it.
"""

import re

from policies.stops import WIDE_CLOSERS, WIDE_STOPS, ends_sentence

LIMIT = 2000
"""Most characters of one sentence; longer ones are cut at white space."""
_AHEAD = 16
"""Characters of the next word that a decision may look at."""
_BEHIND = 48
"""Characters before a gap that a decision may look at."""
_PLACEHOLDER = 64
"""A hard cut steps back this far to leave a placeholder whole."""

_GAP = re.compile(rf"\s|[{WIDE_STOPS}]")
_SPACE = re.compile(r"\s")
_AFTER_SPACE = re.compile(r"\S")
_AFTER_WIDE = re.compile(rf"[^\s{WIDE_STOPS}{WIDE_CLOSERS}”)\]]")
_NUMBER = r"\(?\d{1,3}(?:\.\d{1,3}){0,3}[.)]"
_ITEM = re.compile(
    rf"(?:\*\*|__)?(?:[-*+•◦▪‣·–—]|{_NUMBER}|\(?[A-Za-z]\))(?=\s|$)"  # noqa: RUF001 - bullets
    r"|#{1,6}(?=\s|$)|[|>☐☑✅✔✓❌✗➡→👉🔹🔸]|\*\*(?=\S)|[-*_=]{3,}\s*$|```|~~~"
)
"""The first word of a line that stands for itself: list, heading, table, quote, fence."""
_MARKER = re.compile(rf"[-*+•>_\s]*{_NUMBER}[*_]*")
_INLINE_MARKER = re.compile(r"[:;]\s+\(?\d{1,2}[.)]$")
_REPLY = re.compile(
    r"\W*(?:(?:yes|yeah|no|nope|sure|of course|certainly|absolutely|definitely|exactly|correct"
    r"|sadly|unfortunately(?: not)?|i'm afraid (?:so|not)"
    r"|not (?:yet|quite|necessarily|really|always|at all))\b,?\s?)*"
    r"(?:(?:it|you|we|they|that|there|i) (?:can|could|do|does|is|are|will|may|has|have)"
    r"(?:n['\u2019]t| not|not)?)?[.!]",
    re.IGNORECASE,
)
"""A bare yes or no says nothing without what follows, so it is checked together with it."""
_FENCE = re.compile(r"`{3,}|~{3,}")


class SentenceSplitter:
    """Cuts a stream of text into sentences; joined, they are the text again.

    White space after a sentence belongs to it. List items, headings and table rows are
    sentences, a fenced code block is one. Takes time linear in the text, and holds at
    most `LIMIT` characters and a word.
    """

    __slots__ = (
        *("_fence", "_gap", "_item", "_line", "_opens"),
        *("_scan", "_soft", "_soft_line", "_start", "_text"),
    )

    def __init__(self) -> None:
        """Start at the beginning of a text."""
        self._reset()

    def feed(self, text: str) -> list[str]:
        """Take more text; return the sentences that are complete by now."""
        self._text += text
        return self._drain(final=False)

    def flush(self) -> list[str]:
        """End the text: return what is left. The splitter is as new afterwards."""
        sentences = self._drain(final=True)
        if self._text:
            sentences.append(self._text)
        self._reset()
        return sentences

    def _reset(self) -> None:
        self._text = ""
        self._start = 0  # of the sentence
        self._scan = 0  # everything before is known
        self._gap = 0  # start of the run of white space being read; -1 inside a word
        self._soft = 0  # where the sentence may be cut if it grows too long
        self._soft_line = 0  # the same, at a new line
        self._line = -1  # first word of the line; -1 before the first
        self._item = False  # the line is a list item, a heading or the like
        self._fence = ""  # what opened the code block around us
        self._opens = False  # this line opened it

    def _drain(self, *, final: bool) -> list[str]:
        sentences = []
        while (end := self._next_end(final=final)) is not None:
            sentences.append(self._text[self._start : end])
            self._start = end
        self._trim()
        return sentences

    def _trim(self) -> None:
        gone = self._start
        if not gone:
            return
        self._text = self._text[gone:]
        self._start = 0
        self._scan -= gone
        self._soft -= gone
        self._soft_line -= gone
        if self._line >= 0:
            self._line = max(0, self._line - gone)
        if self._gap >= 0:
            self._gap -= gone

    def _next_end(self, *, final: bool) -> int | None:
        """Return where the sentence ends, or None until more is known."""
        text, limit = self._text, self._start + LIMIT
        while True:
            if self._gap < 0 and not self._find_gap(limit):
                return self._cut(limit) if len(text) >= limit else None
            pattern = _AFTER_WIDE if self._is_wide() else _AFTER_SPACE
            word = pattern.search(text, self._scan, limit)
            if word is None:
                self._scan = min(len(text), limit)
                if len(text) < limit:
                    return None
                self._soft = limit
                end = self._cut(limit)
                self._gap = end if end == limit else -1
                return end
            self._scan = word.start()
            head = self._head(final=final)
            if head is None:
                return None
            ends = self._decide(head)
            self._gap = -1
            if ends:
                return self._scan

    def _find_gap(self, limit: int) -> bool:
        found = _GAP.search(self._text, self._scan, limit)
        if found is None:
            self._scan = max(self._scan, min(len(self._text), limit))
            return False
        wide = found.group() in WIDE_STOPS
        self._gap = self._scan = found.end() if wide else found.start()
        return True

    def _is_wide(self) -> bool:
        return self._gap > self._start and self._text[self._gap - 1] in WIDE_STOPS

    def _head(self, *, final: bool) -> str | None:
        """Return the next word with one white space after it, or None if it goes on."""
        head = self._text[self._scan : self._scan + _AHEAD]
        space = _SPACE.search(head)
        if space is not None:
            return head[: space.end()]
        return head if final or len(head) == _AHEAD else None

    def _cut(self, limit: int) -> int:
        """Cut a sentence that is too long, at a new line inside a code block."""
        end = max(self._soft, self._start)
        if self._fence and self._soft_line > self._start:
            end = self._soft_line
        if end == self._start:
            end = limit
            bracket = self._text.rfind("[", limit - _PLACEHOLDER, limit)
            if bracket > self._start and "]" not in self._text[bracket:limit]:
                end = bracket
        self._scan = end
        return end

    def _decide(self, head: str) -> bool:
        """Tell whether the sentence ends at this gap, and keep track of lines."""
        gap = self._text[self._gap : self._scan]
        lines = gap.count("\n") or gap.count("\r")
        starts = self._gap == self._start
        if self._fence:
            ends = lines > 0 and self._closes_fence()
            if ends:
                self._fence = ""
        else:
            ends = not starts and (self._is_wide() or self._ends(gap, lines, head))
        if lines or self._line < 0:
            self._enter_line(head)
        self._soft = self._scan
        return ends and not starts

    def _enter_line(self, head: str) -> None:
        self._line = self._soft_line = self._scan
        self._item = _ITEM.match(head) is not None
        fence = None if self._fence else _FENCE.match(head)
        self._opens = fence is not None
        if fence is not None:
            self._fence = fence.group()

    def _closes_fence(self) -> bool:
        line = self._text[max(self._line, self._start) : self._gap]
        if self._opens:
            return line.count(self._fence) > 1
        return line.startswith(self._fence) and _FENCE.fullmatch(line) is not None

    def _ends(self, gap: str, lines: int, head: str) -> bool:
        if lines > 1:
            return True
        if lines and _ITEM.match(head):
            return True
        before = self._text[max(self._start, self._line, self._gap - _BEHIND) : self._gap]
        if _MARKER.fullmatch(before) or _INLINE_MARKER.search(before):
            return False
        if not lines and _REPLY.fullmatch(before):
            return False
        if lines and self._breaks(gap, before):
            return True
        return ends_sentence(before, head)

    def _breaks(self, gap: str, before: str) -> bool:
        """Tell whether a single new line ends what stands before it."""
        if before.endswith((":", ";")) or gap.startswith("  "):
            return True
        return self._item and not gap.endswith("  ")


def split(text: str) -> list[str]:
    """Cut a whole text into sentences; joined, they are the text again."""
    splitter = SentenceSplitter()
    return splitter.feed(text) + splitter.flush()
