import asyncio
from typing import Any

import pytest

from policies.errors import UpstreamError
from policies.text import Redacted
from proxy.models.asker import SilentAsker, TierAsker
from proxy.models.base import Finished, Opened, TextDelta, UsageReport
from proxy.models.fallback import Target
from proxy.models.price import Price
from proxy.models.script import Reply
from proxy.models.scripted import ScriptedClient
from proxy.telemetry import names
from proxy.telemetry.memory import MemoryTelemetry
from validators.base import ModelAnswer, ModelTier

PRICE = Price(1.0, 2.0)


def target(client: Any, name: str = "small", price: Price | None = PRICE) -> Target:
    return Target(name, client, f"{name}-1", 5.0, price)


def scripted(*replies: Reply) -> ScriptedClient:
    return ScriptedClient("play", replies)


async def ask(asker: TierAsker, timeout_s: float = 5.0) -> ModelAnswer:
    text = Redacted('{"claim": "x"}')
    return await asker.ask("Judge.", text, parameters={"max_tokens": 9}, timeout_s=timeout_s)


async def test_the_answer_comes_with_what_it_cost() -> None:
    telemetry = MemoryTelemetry()
    asker = TierAsker([target(scripted(Reply("SUPPORTED", chunk=3)))], telemetry)
    found = await ask(asker)
    assert found.text == "SUPPORTED"
    assert found.tokens is not None
    assert found.cost_usd is not None
    assert 0 < found.cost_usd <= (asker.most(14, 9) or 0)
    assert telemetry.total(names.COST, model="small") == pytest.approx(found.cost_usd)


async def test_instructions_and_text_are_messages_of_their_own(kit: Any) -> None:
    model = kit.FakeModel(kit.says("NOT_FOUND"))
    found = await ask(TierAsker([target(model)]))
    ((name, request),) = model.calls
    assert name == "small-1"
    assert [m["role"] for m in request["messages"]] == ["system", "user"]
    assert request["messages"][1]["content"] == '{"claim": "x"}'
    assert (request["max_tokens"], request["stream"]) == (9, False)
    assert (found.text, found.tokens) == ("NOT_FOUND", 18)


async def test_the_next_model_answers_once_the_first_fails() -> None:
    first, second = scripted(Reply(fail="503")), scripted(Reply("SUPPORTED"))
    found = await ask(TierAsker([target(first), target(second, "big", Price(10.0, 10.0))]))
    assert found.text == "SUPPORTED"
    assert found.cost_usd == pytest.approx((found.tokens or 0) * 10 / 1_000_000)


async def test_each_model_is_tried_once() -> None:
    client = scripted(Reply(fail="503", times=1), Reply("SUPPORTED"))
    with pytest.raises(UpstreamError):
        await ask(TierAsker([target(client)]))


async def test_a_model_that_says_nothing_is_an_error_in_time() -> None:
    with pytest.raises(UpstreamError) as caught:
        await ask(TierAsker([target(scripted(Reply(fail="hang")))]), timeout_s=0.05)
    assert caught.value.kind == "timeout"


async def test_a_flood_is_cut_and_closed(kit: Any) -> None:
    flood = [TextDelta(0, "x" * 100) for _ in range(100)]
    model = kit.FakeModel([Opened(), *flood, Finished(0, "stop")])
    found = await ask(TierAsker([target(model)]))
    assert len(found.text) == 1000
    assert model.broken_off == 1
    assert (found.cost_usd, found.tokens) == (None, None)


@pytest.mark.parametrize(
    "usage", [{}, {"prompt_tokens": "7", "completion_tokens": 1}, {"prompt_tokens": -1}]
)
async def test_usage_that_is_none_is_unknown(kit: Any, usage: dict[str, Any]) -> None:
    said = [Opened(), TextDelta(0, "SUPPORTED"), Finished(0, "stop"), UsageReport(usage)]
    found = await ask(TierAsker([target(kit.FakeModel(said))]))
    assert (found.text, found.tokens) == ("SUPPORTED", None)


def test_the_dearest_model_bounds_the_cost() -> None:
    cheap, dear = target(scripted()), target(scripted(), "big", Price(100.0, 200.0))
    assert TierAsker([cheap, dear]).most(1_000_000, 1_000_000) == 300.0
    assert TierAsker([cheap, target(scripted(), "free", None)]).most(1, 1) is None


def test_it_is_what_checks_may_ask() -> None:
    asker: ModelTier = TierAsker([target(scripted())])
    assert asker.local


def test_a_tier_is_local_if_all_its_models_are() -> None:
    class Far(ScriptedClient):
        local = False

    far = Far("far", ())
    assert TierAsker([target(scripted())]).local
    assert not TierAsker([target(scripted()), target(far)]).local


async def test_a_silent_one_calls_nobody(kit: Any) -> None:
    model = kit.FakeModel()
    asker = SilentAsker([target(model)])
    with pytest.raises(UpstreamError, match="no model is called here"):
        await ask(asker)
    assert model.calls == []
    assert asker.most(1_000_000, 0) == 1.0


async def test_calls_of_one_asker_do_not_mix() -> None:
    asker = TierAsker([target(scripted(Reply("SUPPORTED", chunk=1)))])
    found = await asyncio.gather(*(ask(asker) for _ in range(5)))
    assert {answer.text for answer in found} == {"SUPPORTED"}
