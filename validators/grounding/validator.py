"""The check that gives the product its name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Self

from policies.findings import Claim, ClaimVerdict, Finding, Reason, Severity
from policies.knowledge import Origin, Passage
from policies.messages import Role
from policies.text import Redacted
from policies.turn import Turn
from validators.base import KnowledgeBase, Scope, Services
from validators.grounding.adapters.hugging_face import HuggingFace
from validators.grounding.adapters.llm_judge import PREFIX, LlmJudge, Outcome, Reviewed
from validators.grounding.adapters.plain import plain_pair
from validators.grounding.adapters.transformers_model import load as load_transformer
from validators.grounding.explain import not_checkable
from validators.grounding.judge import (
    MAX_CLAIMS,
    Judgement,
    SecondOpinion,
    Settings,
    Shown,
    judge,
)
from validators.grounding.language import english, unreadable
from validators.grounding.passages import PassageReader
from validators.grounding.rules import Rules, load
from validators.grounding.second import CrossEncoder, pair
from validators.offload import Offload

_OPTIONS = ("judge", "second_opinion", "threshold", "trust_system_prompt")
_MAX_TEXT = 4000
_MAX_SAID = 4000
_SAMPLE = 400
"""Characters of a page that tell its language."""


class Grounding:
    """Compares each sentence of an answer with the company's pages."""

    name = "grounding"
    scope = Scope.SENTENCE

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
        shown: Shown = pair,
        judge: LlmJudge | None = None,
    ) -> None:
        """Build the check.

        `threshold` is the probability below which a claim fails; `passages` the number
        retrieved per query; `rules` default to those shipped. Blocking work runs in
        `offload`, also that of `second`, which reads what `shown` makes. `judge` is asked
        last, about what is still in doubt.
        """
        self._knowledge = knowledge
        self._offload = offload
        self._settings = Settings(threshold=threshold, shown=shown)
        self._passages = passages
        self._trust_system_prompt = trust_system_prompt
        self._rules = rules or load()
        self._second = second
        self._judge = judge
        self.sends_text_out = judge is not None and not judge.local
        self._reader = PassageReader()

    @classmethod
    def build(cls, services: Services, options: Mapping[str, object]) -> Self:
        """Build from `[validators.options]`.

        `threshold` (0 to 1), `trust_system_prompt`, and `second_opinion`: True, the default,
        asks the learned model too, about 8 ms per doubtful claim; see model/CARD.md for what
        it gains. A table names a transformer of yours instead (`hugging_face.py`).
        `judge` is a table that names a tier to ask about doubtful claims (`llm_judge.py`).
        Raises `ValueError` for anything else.
        """
        unknown = set(options) - set(_OPTIONS)
        if unknown:
            msg = f"unknown option {min(unknown)!r}; known: {', '.join(_OPTIONS)}"
            raise ValueError(msg)
        threshold = options.get("threshold", 0.6)
        if not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            msg = "threshold must be a number from 0 to 1"
            raise ValueError(msg)
        second, rules = _second(options.get("second_opinion", True), load())
        wanted = options.get("judge")
        return cls(
            services.knowledge,
            services.offload,
            threshold=threshold,
            passages=services.passages,
            trust_system_prompt=options.get("trust_system_prompt") is not False,
            rules=rules,
            second=second,
            shown=plain_pair if isinstance(second, HuggingFace) else pair,
            judge=None if wanted is None else LlmJudge.build(wanted, services, threshold=threshold),
        )

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        """Return one finding per claim of `text`; none if it claims nothing."""
        judged = await self._offload.run(self._judged, text, turn)
        if isinstance(judged, Finding):
            return [judged]
        if self._judge is None:
            found = [self._finding(j) for j in judged]
        else:
            reviewed = await self._judge.review(judged, calls=_calls(self.name, turn))
            found = [f for r in reviewed for f in self._findings(r)]
        if len(judged) >= MAX_CLAIMS:
            found.append(self._failed(text, "it holds too many claims"))
        return found

    def _judged(self, text: Redacted, turn: Turn) -> list[Judgement] | Finding:
        if len(text) > _MAX_TEXT:
            return self._failed(text, "it is too long to be checked")
        if why := unreadable(text):
            return self._failed(text, why)
        evidence = self._evidence(text, turn)
        if evidence and not any(english(f"{p.title}. {p.text[:_SAMPLE]}") for p in evidence):
            return self._failed(text, "the pages that were found are not in English")
        return judge(
            text,
            turn.question,
            evidence,
            rules=self._rules,
            reader=self._reader,
            recent=_recent(text, turn),
            said=_said(turn),
            second=self._second,
            settings=self._settings,
        )

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
            reason=not_checkable(why),
            span=(0, len(text)),
            aspect="unreadable",
            claim=Claim(text, (0, len(text)), ClaimVerdict.NOT_CHECKABLE, 0.0),
        )

    def _findings(self, reviewed: Reviewed) -> Iterator[Finding]:
        """Yield the finding about a claim and, if it was doubtful, what came of the judge."""
        yield self._finding(reviewed.judged)
        if reviewed.outcome is not None:
            statement = reviewed.judged.statement
            yield Finding(
                check=self.name,
                kind=None,
                severity=Severity.INFO if reviewed.outcome.opinion else Severity.WARN,
                reason=reviewed.why,
                span=(statement.start, statement.end),
                aspect=f"{PREFIX}{reviewed.outcome}",
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


def _second(given: object, rules: Rules) -> tuple[SecondOpinion | None, Rules]:
    """Return the second reader that is wanted, and the rules that weigh its opinion."""
    if isinstance(given, bool):
        return (CrossEncoder() if given else None), rules
    if isinstance(given, Mapping):
        model = HuggingFace.build(given, load_transformer)
        return model, replace(rules, second=model.weights)
    raise ValueError('second_opinion must be true, false or a table such as { model = "folder" }')


def _calls(check: str, turn: Turn) -> int:
    """Return how many calls of the judge this answer has had."""
    made = {f"{PREFIX}{outcome}" for outcome in Outcome if outcome.asked}
    return sum(f.check == check and f.aspect in made for f in turn.findings)


def _recent(text: Redacted, turn: Turn) -> str:
    """Return the sentence before `text` in the answer under way."""
    said = [s.text for answer in turn.answers for s in answer.sentences if s.text != text]
    return said[-1].strip()[-_MAX_SAID:] if said else ""


def _said(turn: Turn) -> str:
    """Return what the customer wrote, the latest part if it is long."""
    return "\n".join(m.text for m in turn.conversation if m.role is Role.USER)[-_MAX_SAID:]
