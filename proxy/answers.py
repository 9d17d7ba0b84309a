"""A part of the wiring: the stages that look into the answer cache and fill it."""

from cache.match import Questions
from proxy.config.model import Config
from proxy.flights import Flights
from proxy.secrets import derive
from proxy.stages.look_up import LookUp
from proxy.stages.remember import Remember
from proxy.stores import Stores
from validators.base import KnowledgeBase
from validators.encoder.onnx import FOLDER
from validators.questions.lexicon import default_lexicon
from validators.questions.matcher import QuestionMatcher
from validators.questions.spelling import Speller, english_words


def build_questions(config: Config) -> Questions | None:
    """Return what finds paraphrases, unless that is off. Raises `ConfigError`."""
    if not config.cache.paraphrases:
        return None
    known, english = default_lexicon().known, english_words(FOLDER / "tokenizer.json")
    return QuestionMatcher(Speller(known, english))


def build_cache_stages(
    config: Config, stores: Stores, knowledge: KnowledgeBase
) -> tuple[LookUp, Remember]:
    """Build the two stages that share the cache. Raises `ConfigError`."""
    wanted = config.cache
    questions = build_questions(config)
    flights = Flights(wanted.wait_s)
    key = derive(stores.master, "cache")
    look_up = LookUp(
        knowledge,
        stores.cache,
        stores.offload,
        config.knowledge.passages,
        questions=questions,
        flights=flights,
        key=key,
    )
    remember = Remember(
        stores.cache,
        stores.io,
        wanted.ttl_s,
        knowledge=knowledge,
        questions=questions,
        flights=flights,
        least=wanted.min_confidence,
        review=wanted.review,
        key=key,
    )
    return look_up, remember
