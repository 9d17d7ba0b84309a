"""Builds what a grounding evaluation needs of a configuration, and runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from policies.errors import ConfigError, Problem
from policies.policy import Policy
from proxy.cli.parts import NoKnowledge, complete_pages
from proxy.config.load import Loaded
from proxy.config.model import ValidatorBlock
from proxy.evals import grounding, retrieval
from proxy.evals.base import Figures, Progress, Result, silent
from proxy.evals.grounding_figures import Scored
from proxy.evals.judged import with_judge
from proxy.evals.retrieval import recall
from proxy.evals.worst import worst
from proxy.wiring import build_checks
from validators.base import KnowledgeBase
from validators.offload import Offload

BUILT_IN = "grounding"
_MODULE = "validators.grounding.ablations"

ABLATIONS: Mapping[str, tuple[str, Mapping[str, object]]] = MappingProxyType(
    {
        "rules": (BUILT_IN, MappingProxyType({"second_opinion": False})),
        "encoder": (f"{_MODULE}:EncoderAlone", MappingProxyType({"second_opinion": False})),
        "cross_encoder": (
            f"{_MODULE}:CrossEncoderAlone",
            MappingProxyType({"second_opinion": False}),
        ),
        "combined": (BUILT_IN, MappingProxyType({"second_opinion": True})),
    }
)
"""What stands in the place of the configured grounding check, and with which options."""
_COMPARED = (
    *("auroc", "auroc_ci95", "balanced_accuracy", "best_on_these_lines", "at_10_false_alarms"),
    *("cpu_ms_per_item", "answers_of_4_claims"),
)


@dataclass(frozen=True, slots=True)
class Judging:
    """A judge to simulate."""

    accuracy: float
    """Probability that it is right, above 0.5 and below 1."""
    share: float
    """Share of the answers that it is asked about, 0..1."""


@dataclass(frozen=True, slots=True)
class GroundingWish:
    """What a grounding evaluation shall tell beyond the figures."""

    retrieve: bool = False
    """Retrieve evidence even where the data brings it."""
    worst: int = 0
    """Show so many of the most wrong verdicts."""
    ablation: bool = False
    """Measure each reader alone, too."""
    judging: Judging | None = None


@dataclass(frozen=True, slots=True)
class GroundingEval:
    """Measures one configuration on the same answers, with varying checks."""

    loaded: Loaded
    policy: Policy
    offload: Offload
    wish: GroundingWish = field(default_factory=GroundingWish)
    progress: Progress = silent

    async def run(self, cases: Sequence[grounding.Case]) -> tuple[Result, Figures]:
        """Return the result, and what of the configuration shaped it.

        Raises `ConfigError`, for an ablation also if no check `grounding` is configured.
        """
        pages = complete_pages(self.loaded)
        judge = self._judge(self.loaded, pages)
        result, seen = await grounding.run_seen(cases, judge, self.progress)
        figures = dict(result.figures)
        if any(case.doc_ids for case in cases):
            figures["retrieval"] = recall(cases, pages)
        if self.wish.judging is not None:
            lines = grounding.scored(cases, [one.score for one in seen])
            figures["with_judge"] = self._judged(lines, figures["threshold"], self.wish.judging)
        if pages.page_count and any(case.doc_ids for case in cases):
            figures["retrieval"] = retrieval.recall(cases, pages)
        if self.wish.ablation:
            figures["ablation"] = await self._ablation(cases, pages)
        if self.wish.worst:
            figures["worst"] = worst(cases, seen, self.wish.worst)
        shaping = {
            "evidence": "retrieved" if self.wish.retrieve else "given",
            "knowledge": pages.revision[:12],
            "pages": pages.page_count,
            "retrieval": pages.retrieval,
            "checks": [check.validator.name for check in judge.given],
            "redacted_first": False,
        }
        return replace(result, figures=figures), shaping

    def _judge(self, loaded: Loaded, pages: KnowledgeBase) -> grounding.Judge:
        return grounding.Judge(
            policy=self.policy,
            knowledge=pages,
            given=build_checks(loaded, NoKnowledge(), self.offload),
            retrieving=build_checks(loaded, pages, self.offload),
            passages=loaded.config.knowledge.passages,
            retrieve=self.wish.retrieve,
        )

    def _judged(self, lines: Sequence[Scored], threshold: float, judging: Judging) -> Figures:
        return with_judge(lines, threshold, accuracy=judging.accuracy, share=judging.share)

    async def _ablation(
        self, cases: Sequence[grounding.Case], pages: KnowledgeBase
    ) -> dict[str, Figures]:
        found = {}
        for name, (use, options) in ABLATIONS.items():
            judge = self._judge(with_grounding(self.loaded, use, options), pages)
            result = await grounding.run(cases, judge, self.progress)
            found[name] = {key: result.figures[key] for key in _COMPARED}
        return found


def with_grounding(loaded: Loaded, use: str, options: Mapping[str, object]) -> Loaded:
    """Return the configuration with another check in the place of `grounding`.

    Its other options stay, but for a model as judge. Raises `ConfigError` if no such check
    is in force.
    """
    blocks = loaded.config.validators
    if not any(_is_grounding(block) for block in blocks):
        text = 'an ablation needs a check with use = "grounding" that is not off'
        raise ConfigError(Problem(str(loaded.path), None, "validators", text))
    changed = [
        block.model_copy(update={"use": use, "options": {**_kept(block), **options}})
        if _is_grounding(block)
        else block
        for block in blocks
    ]
    config = loaded.config.model_copy(update={"validators": changed})
    return replace(loaded, config=config)


def _kept(block: ValidatorBlock) -> dict[str, object]:
    """Return the options without a model that would be asked, and paid for, once more."""
    return {name: value for name, value in block.options.items() if name != "judge"}


def _is_grounding(block: ValidatorBlock) -> bool:
    return block.use == BUILT_IN and block.mode != "off"
