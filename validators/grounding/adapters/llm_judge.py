"""A language model asked as a judge, about doubtful claims only.

Zheng et al. 2023, "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", describe such
judges and their biases. This one reads a claim and the sentences aligned with it, answers in
one word, and moves the claim's probability by how often it is right. If it fails, is late or
has spent its budget, the claim stays as doubtful as the rules left it, and a note says so.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from policies.errors import UpstreamError
from policies.knowledge import Origin
from policies.text import Redacted
from validators.base import ModelAnswer, ModelTier, Services
from validators.budget import Ledger, Spent
from validators.grounding.adapters.judge_options import JudgeOptions, judge_options
from validators.grounding.adapters.opinion import Opinion, doubt, moved, objects
from validators.grounding.adapters.question import INSTRUCTIONS, addressed, answered, question
from validators.grounding.judge import Judgement

PREFIX = "judge_"
"""Beginning of the aspect of every finding about the judge."""
_RESERVE_MS = 200
_PRIVATE = (Origin.ACCOUNT, Origin.TOOL)


class Outcome(StrEnum):
    """What came of a doubtful claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"
    UNCLEAR = "unclear"
    """The answer was none of the words asked for."""
    TIMEOUT = "timeout"
    FAILED = "failed"
    BUDGET = "budget"
    """Nothing is left of the budget."""
    LIMIT = "limit"
    """The answer has had all its calls."""
    ADDRESSED = "addressed"
    """Claim or page speak to the judge, so it is not asked."""
    PRIVATE = "private"
    """The customer's own facts decide, and those do not leave for a judge."""

    @property
    def opinion(self) -> Opinion | None:
        """What the judge said; None if it gave no opinion."""
        return Opinion.__members__.get(self.name)

    @property
    def asked(self) -> bool:
        """Tell whether a call was made."""
        return self not in (self.BUDGET, self.LIMIT, self.ADDRESSED, self.PRIVATE)


_WHY = {
    Outcome.SUPPORTED: "finds the claim on the page",
    Outcome.CONTRADICTED: "reads the page as saying otherwise",
    Outcome.NOT_FOUND: "does not find the claim on the page",
    Outcome.UNCLEAR: "gave no usable answer, so the claim stays in doubt",
    Outcome.TIMEOUT: "did not answer in time, so the claim stays in doubt",
    Outcome.FAILED: "could not be reached, so the claim stays in doubt",
    Outcome.BUDGET: "was not asked: its budget is spent, so the claim stays in doubt",
    Outcome.LIMIT: "was not asked: the answer has had all its calls, so the claim stays in doubt",
    Outcome.ADDRESSED: "was not asked: the text addresses it, so the claim stays in doubt",
    Outcome.PRIVATE: "was not asked: the customer's facts stay here, so the claim stays in doubt",
}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A judgement after the judge had its say, and what came of asking."""

    judged: Judgement
    outcome: Outcome | None = None
    """None for a claim that was not doubtful."""
    why: str = ""
    """One sentence for a person."""


class LlmJudge:
    """Asks a tier about doubtful claims. For one event loop."""

    def __init__(
        self, model: ModelTier, options: JudgeOptions, ledger: Ledger, *, threshold: float
    ) -> None:
        """`threshold` is the probability below which a claim fails."""
        self._model = model
        self._options = options
        self._ledger = ledger
        self._threshold = threshold
        self._name = f"The judge (tier {options.tier})"

    @classmethod
    def build(cls, given: object, services: Services, *, threshold: float) -> "LlmJudge":
        """Build from the option `judge`. Raises `ValueError` that says what to write instead."""
        options = judge_options(given)
        model = services.models.get(options.tier)
        if model is None:
            known = ", ".join(services.models) or "none"
            raise ValueError(
                f"judge.tier: no tier {options.tier!r} holds a language model;"
                f" those that do: {known}"
            )
        if options.timeout_ms + _RESERVE_MS > services.timeout_ms:
            raise ValueError(
                f"judge.timeout_ms ({options.timeout_ms:g}) must be {_RESERVE_MS} below the"
                f" timeout_ms of the check ({services.timeout_ms:g}):"
                " otherwise a slow judge fails the check"
            )
        if options.limits.usd and model.most(1, 1) is None:
            raise ValueError(
                "judge.usd_per_...: a model of the tier has no price; give it one, or limit"
                " tokens_per_hour or tokens_per_day"
            )
        if not model.local and not options.limits.any:
            raise ValueError(
                "judge needs a budget, since its tier is not local: usd_per_day (or _hour)"
                " or tokens_per_day (or _hour)"
            )
        return cls(model, options, services.ledger, threshold=threshold)

    @property
    def local(self) -> bool:
        """Whether all text stays within the trust zone."""
        return self._model.local

    async def review(self, judged: Sequence[Judgement], *, calls: int = 0) -> list[Reviewed]:
        """Ask about the doubtful ones, the most doubtful first. Never raises for a failure.

        `judged` are the claims of one sentence, `calls` is how many calls its answer has had.
        """
        if any(map(self._lost, judged)):
            return [Reviewed(j) for j in judged]  # the sentence fails whatever a judge says
        doubtful = sorted(
            (n for n, j in enumerate(judged) if self._doubtful(j)),
            key=lambda n: -doubt(judged[n].score, self._threshold),
        )
        barred = {n: found for n in doubtful if (found := self._bar(judged[n]))}
        free = [n for n in doubtful if n not in barred]
        room = max(0, self._options.max_calls - calls)
        said = await asyncio.gather(*(self._ask(judged[n]) for n in free[:room]))
        outcomes = {
            **barred,
            **dict(zip(free[:room], said, strict=True)),
            **dict.fromkeys(free[room:], Outcome.LIMIT),
        }
        return [self._reviewed(j, outcomes.get(n)) for n, j in enumerate(judged)]

    def _doubtful(self, judged: Judgement) -> bool:
        if judged.comparison is None or not judged.comparison.matches:
            return False
        return self._options.low <= judged.score <= self._options.high

    def _lost(self, judged: Judgement) -> bool:
        """Tell whether a claim fails and no opinion could change that."""
        if judged.kind is None:
            return False
        return judged.score < self._options.low or objects(judged)

    def _bar(self, judged: Judgement) -> Outcome | None:
        """Return why a doubtful claim must not be shown to the judge."""
        if judged.comparison is None:
            return None
        origins = {m.unit.passage.origin for m in judged.comparison.matches}
        if not self._model.local and origins.intersection(_PRIVATE):
            return Outcome.PRIVATE
        return Outcome.ADDRESSED if addressed(judged.comparison) else None

    def _reviewed(self, judged: Judgement, outcome: Outcome | None) -> Reviewed:
        if outcome is None:
            return Reviewed(judged)
        if (opinion := outcome.opinion) is not None:
            judged = moved(
                judged,
                opinion,
                accuracy=self._options.accuracy,
                threshold=self._threshold,
                judge=self._name,
            )
        return Reviewed(judged, outcome, f"{self._name} {_WHY[outcome]}.")

    async def _ask(self, judged: Judgement) -> Outcome:
        if judged.comparison is None:
            return Outcome.FAILED
        text = question(judged.comparison)
        characters = len(INSTRUCTIONS) + len(text)
        length = self._options.answer_tokens
        most = Spent(self._model.most(characters, length) or 0.0, characters + length)
        kept = self._ledger.reserve(self._name, most, self._options.limits)
        if kept is None:
            return Outcome.BUDGET
        # A call that fails may be paid for all the same: then the reservation stays.
        outcome, answer = await self._call(text)
        if answer is not None:
            usd = most.usd if answer.cost_usd is None else answer.cost_usd
            tokens = most.tokens if answer.tokens is None else answer.tokens
            self._ledger.settle(kept, Spent(usd, tokens))
        return outcome

    async def _call(self, text: Redacted) -> tuple[Outcome, ModelAnswer | None]:
        seconds = self._options.timeout_ms / 1000
        try:
            async with asyncio.timeout(seconds):
                answer = await self._model.ask(
                    INSTRUCTIONS,
                    text,
                    parameters=self._options.parameters,
                    timeout_s=seconds,
                )
        except TimeoutError:
            return Outcome.TIMEOUT, None
        except UpstreamError as error:
            return (Outcome.TIMEOUT if error.kind == "timeout" else Outcome.FAILED), None
        except Exception:  # noqa: BLE001 - whatever a client raises, the claim stays in doubt
            return Outcome.FAILED, None
        opinion = answered(answer.text)
        return (Outcome[opinion] if opinion else Outcome.UNCLEAR), answer
