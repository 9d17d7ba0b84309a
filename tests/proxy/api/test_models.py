from typing import Any


async def test_the_aliases_are_the_models(lab: Any) -> None:
    reply = await lab.proxy.call("GET", "/v1/models")
    body = reply.json()
    assert body["object"] == "list"
    assert [model["id"] for model in body["data"]] == ["bot", "titles"]
    assert set(body["data"][0]) == {"id", "object", "created", "owned_by"}


async def test_one_model_is_described(lab: Any) -> None:
    reply = await lab.proxy.call("GET", "/v1/models/bot")
    assert (reply.status, reply.json()["id"]) == (200, "bot")


async def test_an_unknown_model_is_a_404(lab: Any) -> None:
    reply = await lab.proxy.call("GET", "/v1/models/unheard/of")
    assert reply.status == 404
    assert reply.json()["error"]["code"] == "model_not_found"


async def test_any_name_may_be_asked_for_where_the_star_stands(labs: Any) -> None:
    lab = await labs(config='[aliases."*"]\ntiers = ["standard"]')
    assert (await lab.proxy.call("GET", "/v1/models/any/name")).json()["id"] == "any/name"
    assert (await lab.ask("returns: x", model="any/name")).json()["model"] == "any/name"
