"""Fakes for tests of everything that uses the protocols in `base.py`."""

import re
from collections.abc import Mapping, Sequence

from policies.errors import RedactionError
from policies.turn import NOTHING
from validators.base import PiiSpan, Redaction
from validators.pii.joined import find_joined
from validators.pii.placeholders import PlaceholderBook
from validators.pii.replace import replace_spans

FAKE_KEY = b"a key for tests, known to everybody"


class FakeRedactor:
    """Replaces exactly the given values, with real placeholders and without any model."""

    def __init__(self, values: Mapping[str, str], *, fails: bool = False) -> None:
        """`values` is value -> type; `fails` makes every call raise `RedactionError`."""
        self._types = dict(values)
        self._fails = fails
        longest_first = sorted(self._types, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    async def redact(
        self,
        texts: Sequence[str],
        *,
        tenant: str,
        conversation_id: str | None,
        known: Mapping[str, str] = NOTHING,
        together: Sequence[Sequence[int]] = (),
    ) -> Redaction:
        """Redact all texts; equal values get equal placeholders."""
        if self._fails:
            msg = "redaction failed: on purpose"
            raise RedactionError(msg)
        found = [self._find(text) for text in texts]
        joined = [j for group in together for j in find_joined(texts, group, self._find)]
        book = PlaceholderBook(FAKE_KEY, tenant, conversation_id, known)
        return replace_spans(texts, found, book, joined=joined)

    def _find(self, text: str) -> Sequence[PiiSpan]:
        return [
            PiiSpan(m.start(), m.end(), self._types[m.group()], 1.0)
            for m in self._pattern.finditer(text)
        ]
