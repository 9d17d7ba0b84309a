"""The model that is always there: it answers in the knowledge base's own sentences.

Grounded by construction, no network, no key. It serves the demo, and customers when every
provider is down. Sentences are selected as in query-focused extractive summarisation:
words shared with the question, weighted by their inverse document frequency (Spärck Jones
1972) within the passages found, with the passage's headings as context.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from policies.errors import UpstreamError
from policies.knowledge import Audience, Passage
from proxy.models.base import NOT_FOUND, SCOPE, Finished, ModelEvent, Opened, UsageReport
from proxy.models.local import choices_of, question_of, written
from proxy.models.select import Closeness, select

_COURTESIES = (
    (
        r"(?:hi|hey|hello|hallo|hej|good (?:morning|afternoon|evening|day))\b",
        "Hello! How can I help you?",
    ),
    (r"(?:thanks|thank you|thx|cheers|great|perfect|super)\b", "You're welcome!"),
    (r"(?:bye|goodbye|see you|have a nice day)\b", "Goodbye!"),
)
"""Answers to what asks nothing."""
_COURTESY_WORDS = 6


class Search(Protocol):
    """How pages are found: `KnowledgeBase.search` fits."""

    def __call__(self, query: str, *, scope: Mapping[str, str]) -> Sequence[Passage]:
        """Return passages, best first."""
        ...


Run = Callable[[Callable[[str, Mapping[str, str]], str], str, Mapping[str, str]], Awaitable[str]]


class ExtractiveClient:
    """A `ModelClient` over a knowledge base."""

    system = "extractive"
    local = True

    def __init__(
        self,
        provider: str,
        search: Search,
        *,
        closeness: Closeness | None = None,
        run: Run = asyncio.to_thread,
    ) -> None:
        """`search` and `closeness` may block; `run` calls them in a thread."""
        self.provider = provider
        self._search = search
        self._closeness = closeness
        self._run = run

    async def stream(
        self, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        """Answer the last user message; see `ModelClient.stream`.

        A choice without text ends with the reason `not_found`: no page says anything.
        """
        wanted = request.get("response_format")
        if isinstance(wanted, Mapping) and wanted.get("type") in ("json_object", "json_schema"):
            msg = f"{self.provider}: pages can't be quoted as JSON"
            raise UpstreamError(msg, kind="protocol", retryable=False)
        question = question_of(request)
        scope = request.get(SCOPE) or {}
        text = _courtesy(question) or await self._answer(question, scope, timeout_s)
        yield Opened(model=model)
        for choice in range(choices_of(request)):
            for event in written(text, choice) if text else (Finished(choice, NOT_FOUND),):
                yield event
        yield UsageReport({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0})

    async def _answer(self, question: str, scope: Mapping[str, str], timeout_s: float) -> str:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._run(self._select, question, scope)
        except TimeoutError:
            msg = f"{self.provider}: the search took longer than {timeout_s:g} s"
            raise UpstreamError(msg, kind="timeout") from None

    def _select(self, question: str, scope: Mapping[str, str]) -> str:
        found = self._search(question, scope=scope)
        pages = [p for p in found if p.audience is Audience.CUSTOMER]
        # What was written for this customer's market or plan goes before what is general.
        pages.sort(key=lambda page: not page.scope)
        return select(question, pages, self._closeness)

    async def close(self) -> None:
        """Hold nothing, release nothing."""


def _courtesy(question: str) -> str:
    """Return the reply to a short greeting, thanks or goodbye; empty for all else."""
    plain = question.strip().casefold()
    if not plain or "?" in plain or len(plain.split()) > _COURTESY_WORDS:
        return ""
    return next((reply for pattern, reply in _COURTESIES if re.match(pattern, plain)), "")
