"""The model that is always there: it answers in the knowledge base's own sentences.

Grounded by construction, no network, no key. It serves the demo, and customers when every
provider is down. Sentences are selected as in query-focused extractive summarisation:
words shared with the question, weighted by their inverse document frequency (Spärck Jones
1972) within the passages found, with the passage's headings as context.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from policies.errors import UpstreamError
from policies.knowledge import Audience, Passage
from proxy.models.base import ModelEvent, Opened, UsageReport
from proxy.models.local import choices_of, question_of, written
from proxy.models.select import select

NOT_FOUND = "I could not find this in our help pages."

Search = Callable[[str], Sequence[Passage]]
Run = Callable[[Search, str], Awaitable[Sequence[Passage]]]


class ExtractiveClient:
    """A `ModelClient` over a knowledge base."""

    system = "extractive"
    local = True

    def __init__(
        self,
        provider: str,
        search: Search,
        *,
        not_found: str = NOT_FOUND,
        run: Run = asyncio.to_thread,
    ) -> None:
        """`search` may block; `run` calls it in a thread (`Offload.run` fits)."""
        self.provider = provider
        self._search = search
        self._not_found = not_found
        self._run = run

    async def stream(
        self, model: str, request: Mapping[str, Any], *, timeout_s: float
    ) -> AsyncIterator[ModelEvent]:
        """Answer the last user message; see `ModelClient.stream`."""
        question = question_of(request)
        text = await self._answer(question, timeout_s) if question.strip() else self._not_found
        yield Opened(model=model)
        for choice in range(choices_of(request)):
            for event in written(text, choice):
                yield event
        yield UsageReport({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0})

    async def _answer(self, question: str, timeout_s: float) -> str:
        try:
            async with asyncio.timeout(timeout_s):
                found = await self._run(self._search, question)
        except TimeoutError:
            msg = f"{self.provider}: the search took longer than {timeout_s:g} s"
            raise UpstreamError(msg, kind="timeout") from None
        pages = [p for p in found if p.audience is Audience.CUSTOMER]
        return select(question, pages) or self._not_found

    async def close(self) -> None:
        """Hold nothing, release nothing."""
