"""A local transformer as second opinion: a cross-encoder or a token classifier.

Cross-encoders read evidence and claim together and give one label (HHEM-1.0, the RoBERTa and
DeBERTa models of MiniCheck: Tang et al. 2024, "MiniCheck: Efficient Fact-Checking of LLMs on
Grounding Documents", and models for natural language inference). Token classifiers give each
token of the claim a label (Kovács and Recski 2025, "LettuceDetect: A Hallucination Detection
Framework for RAG Applications"). Everything runs in this process; no text leaves it.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from validators.grounding.adapters.hugging_face_options import ModelOptions, wanted_labels

Texts = tuple[str, str] | tuple[str]
"""What is read at once: a pair, or one text."""
Token = tuple[int, int, Sequence[float]]
"""Start and end in the last of the texts, and a logit per label."""
_HALF = 0.5


class Transformer(Protocol):
    """A loaded model and its tokenizer. Blocking; safe to call from several threads."""

    @property
    def labels(self) -> Sequence[str]:
        """The names of the labels, in the order of the logits."""
        ...

    def length(self, texts: Texts) -> int:
        """Return the number of tokens, special ones included."""
        ...

    def classify(self, batch: Sequence[Texts]) -> Sequence[Sequence[float]]:
        """Return a logit per label for each."""
        ...

    def tag(self, batch: Sequence[Texts]) -> Sequence[Sequence[Token]]:
        """Return the tokens of the last text of each, special ones left out."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """How one claim is laid out for the model."""

    texts: Texts
    start: int
    """Where the claim begins in the last text."""


class HuggingFace:
    """A `SecondOpinion` by a transformer. Safe to call from several threads."""

    def __init__(
        self,
        model: Transformer,
        options: ModelOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises `ValueError` if the options name no label of the model."""
        self._model = model
        self._options = options
        self._supported = wanted_labels(options, model.labels)
        self._clock = clock

    @classmethod
    def build(
        cls, given: Mapping[str, object], load: Callable[[ModelOptions], Transformer]
    ) -> "HuggingFace":
        """Build from the table `second_opinion`. Raises `ValueError` that says what to do."""
        options = ModelOptions.read(given)
        return cls(load(options), options)

    @property
    def weights(self) -> tuple[float, float, float]:
        """How the rules' and the model's log odds are combined."""
        return self._options.weights

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each pair of `plain_pair` the probability of support. Blocking.

        Raises `TimeoutError` between two batches once the time is used up: a check that was
        not finished has not passed.
        """
        end = self._clock() + self._options.timeout_ms / 1000
        read = [self._laid_out(claim, evidence) for claim, evidence in pairs]
        # Texts of like length go together: padding is work done for nothing.
        order = sorted(range(len(read)), key=lambda n: sum(map(len, read[n].texts)))
        found: dict[int, float] = {}
        for start in range(0, len(order), self._options.batch):
            if self._clock() >= end:
                raise TimeoutError("the second opinion took too long")
            these = order[start : start + self._options.batch]
            found.update(zip(these, self._run([read[n] for n in these]), strict=True))
        return [found[n] for n in range(len(pairs))]

    def _run(self, batch: Sequence[Reading]) -> Iterator[float]:
        texts = [reading.texts for reading in batch]
        if self._options.kind == "cross_encoder":
            for logits in self._model.classify(texts):
                yield self._probability(logits)
        else:
            for reading, tokens in zip(batch, self._model.tag(texts), strict=True):
                yield self._of_tokens(tokens, reading.start)

    def _probability(self, logits: Sequence[float]) -> float:
        """Return how probable the labels are that mean support: sigmoid of one, softmax of more."""
        if len(logits) == 1:
            odds = logits[0] if self._supported else -logits[0]
            return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))
        top = max(logits)
        parts = [math.exp(x - top) for x in logits]
        return sum(parts[n] for n in self._supported) / sum(parts)

    def _of_tokens(self, tokens: Sequence[Token], start: int) -> float:
        own = [self._probability(logits) for a, b, logits in tokens if b > a >= start]
        if not own:
            return 0.0  # nothing of the claim was read
        if self._options.aggregate == "share":
            return sum(p >= _HALF for p in own) / len(own)
        return min(own)

    def _laid_out(self, claim: str, evidence: str) -> Reading:
        """Lay out claim and evidence; words at the end of the evidence go until both fit."""
        words = evidence.split()
        reading = self._framed(claim, " ".join(words))
        if self._model.length(reading.texts) <= self._options.max_tokens:
            return reading
        fits, too_many = 0, len(words)
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            texts = self._framed(claim, " ".join(words[:middle])).texts
            if self._model.length(texts) <= self._options.max_tokens:
                fits = middle
            else:
                too_many = middle
        return self._framed(claim, " ".join(words[:fits]))

    def _framed(self, claim: str, evidence: str) -> Reading:
        template = self._options.template
        own = claim.rfind("\n") + 1
        if "{claim}" in template:
            # In this order, so that a claim that spells a field is not filled in.
            before, after = template.split("{claim}")
            lead = before.replace("{evidence}", evidence)
            text = f"{lead}{claim}{after.replace('{evidence}', evidence)}"
            return Reading((text,), len(lead) + own)
        framed = template.replace("{evidence}", evidence)
        if self._options.order == "claim_evidence":
            return Reading((claim, framed), own)
        return Reading((framed, claim), own)
