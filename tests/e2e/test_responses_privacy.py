"""Personal values in a response request stay inside, in whatever shape of input they come."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.models.base import Finished, Opened, TextDelta, ToolDelta

PEOPLE = {
    "Anna Berg": "PERSON",
    "Bo Ek": "PERSON",
    "anna@shop.example": "EMAIL_ADDRESS",
    "+46 70 123 45 67": "PHONE_NUMBER",
}
ROUTE = "/v1/responses"
quick = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.sampled_from(list(PEOPLE))
TEXTS = st.builds("{} {} {}".format, st.sampled_from(["x", '"', "{", "\\", "é"]), VALUES, VALUES)


def _part(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda text: {"type": kind, "text": text}, TEXTS)


IMAGES = st.builds(
    lambda v: {"type": "input_image", "image_url": f"https://x.example/?who={v}"}, VALUES
)
FILES = st.builds(
    lambda v: {"type": "input_file", "file_data": f"not base64: {v}", "filename": v}, VALUES
)
JSONS = st.builds(lambda v, t: json.dumps({"who": v, "deep": json.dumps([t])}), VALUES, TEXTS)
REFUSALS = st.builds(lambda text: {"type": "refusal", "refusal": text}, TEXTS)
ASKED = st.lists(st.one_of(_part("input_text"), IMAGES, FILES), min_size=1, max_size=3)
ANSWERED = st.lists(_part("output_text") | REFUSALS, min_size=1, max_size=2)
ITEMS = st.one_of(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "system", "developer"]), "content": TEXTS | ASKED}
    ),
    st.fixed_dictionaries({"role": st.just("assistant"), "content": TEXTS | ANSWERED}),
    st.fixed_dictionaries(
        {
            "type": st.just("function_call"),
            "call_id": st.just("call_1"),
            "name": st.just("find"),
            "arguments": JSONS | TEXTS,
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["function_call_output", "custom_tool_call_output"]),
            "call_id": st.just("call_1") | VALUES,
            "output": JSONS | TEXTS | st.lists(_part("input_text"), min_size=1, max_size=2),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("custom_tool_call"),
            "call_id": st.just("call_1"),
            "name": st.just("run"),
            "input": TEXTS,
        }
    ),
)
INPUTS = TEXTS | st.lists(ITEMS, min_size=1, max_size=5)
MORE = st.fixed_dictionaries(
    {},
    optional={
        "instructions": TEXTS,
        "user": VALUES,
        "safety_identifier": VALUES,
        "prompt_cache_key": VALUES,
        "metadata": st.fixed_dictionaries(
            {}, optional={"note": TEXTS, "customer_ref": VALUES, "conversation_id": VALUES}
        ),
        "service_tier": VALUES,
        "temperature": VALUES,
        "reasoning": st.fixed_dictionaries({"effort": VALUES}),
        "text": st.fixed_dictionaries({"verbosity": VALUES}),
    },
)


def told(lab: Any) -> str:
    """Everything that went to the model, however it is escaped."""
    sent = json.dumps([request for _, request in lab.model.calls], ensure_ascii=False, default=dict)
    return sent + lab.model.sent


@quick
@given(said=INPUTS, again=INPUTS, more=MORE, stream=st.booleans())
async def test_no_value_reaches_the_model_by_any_way(  # noqa: PLR0913, PLR0917 - drawn
    labs: Any, kit: Any, said: Any, again: Any, more: dict[str, Any], stream: bool
) -> None:
    lab = await labs(kit.says("It is good."), values=PEOPLE)
    body = {"model": "bot", "stream": stream, **more}
    first = await lab.proxy.call("POST", ROUTE, {**body, "input": said})
    assert first.status == 200, first.body
    last = first.body.decode().strip().rpartition("data: ")[2] if stream else first.body
    done = json.loads(last)["response"] if stream else json.loads(last)
    linked = {**body, "input": again, "previous_response_id": done["id"]}
    second = await lab.proxy.call("POST", ROUTE, linked)
    assert second.status == 200, second.body
    assert len(lab.model.calls) == 2
    for value in PEOPLE:
        assert value not in told(lab)
        assert value.replace(" ", "+") not in told(lab)


def tool_or_text(request: Mapping[str, Any]) -> list[Any]:
    said = request["messages"][-1]["content"][0]["text"]
    if "TOOL" in said:
        call = ToolDelta(0, 0, id="call_1", name="find", arguments=json.dumps({"note": said}))
        return [Opened(id="up-1"), call, Finished(0, "tool_calls")]
    return [Opened(id="up-1"), TextDelta(0, f"It is good: {said}"), Finished(0, "stop")]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("said", ["returns: Anna Berg", "TOOL for Anna Berg", "dispute: Bo Ek"])
async def test_planted_values_stay_inside(
    labs: Any, caplog: pytest.LogCaptureFixture, stream: bool, said: str
) -> None:
    caplog.set_level(logging.DEBUG)
    lab = await labs(tool_or_text, values=PEOPLE, files=True)
    tool = {"type": "function", "name": "find", "parameters": {}}
    picture = {"type": "input_image", "image_url": "data:image/png;base64,QW5uYSBCZXJn"}
    parts = [{"type": "input_text", "text": said}, picture]
    body = {
        "model": "bot",
        "instructions": "Talk to Anna Berg.",
        "input": [{"role": "user", "content": parts}],
        "metadata": {"customer_ref": "anna@shop.example", "note": "+46 70 123 45 67"},
        "user": "anna@shop.example",
        "tools": [tool],
        "stream": stream,
    }
    reply = await lab.proxy.call("POST", ROUTE, body)
    assert reply.status == 200
    value = "Bo Ek" if said.startswith("dispute") else "Anna Berg"
    if not said.startswith("dispute"):
        assert value in reply.body.decode()
    await lab.settle()
    kept = "".join(path.read_bytes().decode("latin-1") for path in files(lab.folder / "data"))
    assert "resp_" in kept
    points = [*lab.telemetry.spans, *lab.telemetry.measures]
    everywhere = "\n".join([told(lab), caplog.text, repr(points), kept])
    for person in PEOPLE:
        assert person not in everywhere
    assert "QW5uYSBCZXJn" not in kept  # pictures are not redacted, so they are not kept


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
