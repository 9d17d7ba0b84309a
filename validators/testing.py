"""Fakes for tests of everything that uses the protocols in `base.py`."""

import re
from collections.abc import Mapping, Sequence

from policies.errors import RedactionError
from validators.base import PiiSpan, Redaction
from validators.pii.placeholders import PlaceholderBook
from validators.pii.redactor import replace_spans

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
        self, texts: Sequence[str], *, tenant: str, conversation_id: str | None
    ) -> Redaction:
        """Redact all texts; equal values get equal placeholders."""
        if self._fails:
            msg = "redaction failed: on purpose"
            raise RedactionError(msg)
        found = [
            [
                PiiSpan(m.start(), m.end(), self._types[m.group()], 1.0)
                for m in self._pattern.finditer(text)
            ]
            for text in texts
        ]
        return replace_spans(texts, found, PlaceholderBook(FAKE_KEY, tenant, conversation_id))
