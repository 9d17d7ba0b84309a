"""The check that gives the product its name."""

from collections.abc import Mapping, Sequence
from typing import Self

from policies.findings import Claim, Finding, Reason, Severity
from policies.knowledge import Origin, Passage
from policies.messages import Role
from policies.text import Redacted
from policies.turn import Turn
from validators.base import KnowledgeBase, Scope, Services
from validators.grounding.judge import MAX_CLAIMS, Judgement, SecondOpinion, Settings, judge
from validators.grounding.language import unreadable
from validators.grounding.passages import PassageReader
from validators.grounding.rules import Rules, load
from validators.grounding.second import CrossEncoder
from validators.offload import Offload

_OPTIONS = ("second_opinion", "threshold", "trust_system_prompt")
_MAX_TEXT = 4000
_MAX_SAID = 4000


class Grounding:
    """Compares each sentence of an answer with the company's pages."""

    name = "grounding"
    scope = Scope.SENTENCE
    sends_text_out = False

    def __init__(  # noqa: PLR0913 - options of one check, all named
        self,
        knowledge: KnowledgeBase,
        offload: Offload,
        *,
        threshold: float = 0.65,
        passages: int = 8,
        trust_system_prompt: bool = False,
        rules: Rules | None = None,
        second: SecondOpinion | None = None,
    ) -> None:
        """Build the check.

        `threshold` is the probability below which a claim fails; `passages` the number
        retrieved per query; `rules` default to those shipped. Blocking work runs in
        `offload`, also that of `second`.
        """
        self._knowledge = knowledge
        self._offload = offload
        self._settings = Settings(threshold=threshold)
        self._passages = passages
        self._trust_system_prompt = trust_system_prompt
        self._rules = rules or load()
        self._second = second
        self._reader = PassageReader()

    @classmethod
    def build(cls, services: Services, options: Mapping[str, object]) -> Self:
        """Build from `[validators.options]`.

        `threshold` (0 to 1), `trust_system_prompt`, and `second_opinion`: True asks the
        learned model too, about 8 ms per doubtful claim; see model/CARD.md for what it
        gains and loses. Raises `ValueError` for anything else.
        """
        unknown = set(options) - set(_OPTIONS)
        if unknown:
            msg = f"unknown option {min(unknown)!r}; known: {', '.join(_OPTIONS)}"
            raise ValueError(msg)
        threshold = options.get("threshold", 0.6)
        if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            msg = "threshold must be a number from 0 to 1"
            raise ValueError(msg)
        wanted = options.get("second_opinion", False)
        if not isinstance(wanted, bool):
            msg = "second_opinion must be true or false"
            raise ValueError(msg)  # noqa: TRY004 - one kind of error for every bad option
        return cls(
            services.knowledge,
            services.offload,
            threshold=threshold,
            passages=services.passages,
            trust_system_prompt=options.get("trust_system_prompt") is not False,
            second=CrossEncoder() if wanted else None,
        )

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        """Return one finding per claim of `text`; none if it claims nothing."""
        return await self._offload.run(self._check, text, turn)

    def _check(self, text: Redacted, turn: Turn) -> list[Finding]:
        if len(text) > _MAX_TEXT:
            return [self._failed(text, "it is too long to be checked")]
        if why := unreadable(text):
            return [self._failed(text, why)]
        judged = judge(
            text,
            turn.question,
            self._evidence(text, turn),
            rules=self._rules,
            reader=self._reader,
            recent=_recent(text, turn),
            said=_said(turn),
            second=self._second,
            settings=self._settings,
        )
        found = [self._finding(j) for j in judged]
        if len(judged) >= MAX_CLAIMS:
            found.append(self._failed(text, "it holds too many claims"))
        return found

    def _evidence(self, text: Redacted, turn: Turn) -> list[Passage]:
        """What came with the request, what the question found, and what the sentence adds.

        A sentence alone often names no product ("It costs 5 euros"): question and sentence
        together find its page far more often than either.
        """
        found = {(p.origin, p.id): p for p in (*turn.evidence, *turn.sources)}
        if turn.use_knowledge:
            query = f"{turn.question} {text}"
            for passage in self._knowledge.search(query, scope=turn.scope, limit=self._passages):
                found.setdefault((passage.origin, passage.id), passage)
        return [
            p for p in found.values() if p.origin is not Origin.SYSTEM or self._trust_system_prompt
        ]

    def _failed(self, text: Redacted, why: str) -> Finding:
        return Finding(
            check=self.name,
            kind=Reason.CHECK_FAILED,
            severity=Severity.FAIL,
            reason=f"the text cannot be compared with the pages: {why}",
            span=(0, len(text)),
            aspect="unreadable",
        )

    def _finding(self, judged: Judgement) -> Finding:
        span = (judged.statement.start, judged.statement.end)
        claim = Claim(
            text=Redacted(judged.statement.text),
            span=span,
            verdict=judged.verdict,
            score=judged.score,
            evidence=judged.evidence,
            shared=judged.shared,
        )
        return Finding(
            check=self.name,
            kind=judged.kind,
            severity=Severity.FAIL if judged.kind else Severity.INFO,
            reason=judged.reason,
            score=judged.score,
            span=span,
            evidence=judged.evidence,
            aspect=judged.aspect,
            claim=claim,
        )


def _recent(text: Redacted, turn: Turn) -> str:
    """Return the sentence before `text` in the answer under way."""
    said = [s.text for answer in turn.answers for s in answer.sentences if s.text != text]
    return said[-1].strip()[-_MAX_SAID:] if said else ""


def _said(turn: Turn) -> str:
    """Return what the customer wrote, the latest part if it is long."""
    return "\n".join(m.text for m in turn.conversation if m.role is Role.USER)[-_MAX_SAID:]
