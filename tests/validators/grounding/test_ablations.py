from collections.abc import AsyncIterator

import pytest

from policies.knowledge import Passage
from policies.policy import Policy
from policies.text import Raw, Redacted
from policies.turn import Turn
from validators.base import KnowledgeBase, Services
from validators.grounding.ablations import Cosine, CrossEncoderAlone, EncoderAlone
from validators.grounding.second import CrossEncoder
from validators.grounding.validator import Grounding
from validators.offload import Offload

RETURNS = Passage("r", "r", "Returns", "Unused items can be returned within 30 days of delivery.")


class Shelf:
    revision = "1"

    def search(self, query: str, **_: object) -> list[Passage]:
        del query
        return [RETURNS]

    def pages(self, source_ids: object) -> list[Passage]:
        del source_ids
        return []


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    offload = Offload(workers=1)
    knowledge: KnowledgeBase = Shelf()
    yield Services(knowledge, offload)
    offload.close()


def asked(policy: Policy) -> Turn:
    return Turn(id="h", request_id="r", created=0.0, received=Raw(None), policy=policy)


def test_the_cosine_rises_with_likeness() -> None:
    cosine = Cosine()
    near, far = cosine.support(
        [
            ("where is my parcel", "when does my package arrive"),
            ("where is my parcel", "a recipe for pancakes"),
        ]
    )
    assert 0 <= far < near <= 1
    assert cosine.support([]) == []


@pytest.mark.parametrize("alone", [EncoderAlone, CrossEncoderAlone])
async def test_only_the_one_reader_scores(
    services: Services, policy: Policy, alone: type[Grounding]
) -> None:
    same = Redacted(RETURNS.text)
    (rules,) = await Grounding.build(services, {}).check(same, asked(policy))
    check = alone.build(services, {"threshold": 0.5})
    (found,) = await check.check(same, asked(policy))
    assert found.score is not None
    assert found.score != rules.score
    (other,) = await check.check(Redacted("Pancakes need three eggs."), asked(policy))
    assert other.score is not None
    assert other.score < found.score


def test_each_names_its_reader() -> None:
    assert EncoderAlone.reader is Cosine
    assert CrossEncoderAlone.reader is CrossEncoder


def test_options_are_checked_as_always(services: Services) -> None:
    with pytest.raises(ValueError, match="unknown option"):
        EncoderAlone.build(services, {"treshold": 0.5})
