"""The official JavaScript SDK against the proxy."""

import asyncio
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from proxy.models.base import Finished, Opened, ToolDelta

FOLDER = Path(__file__).parent / "node"
GOOD = "Parcels go back within 30 days."


@pytest.fixture
def node(lacking: Any) -> str:
    """Return the command; without it or its packages there is nothing to test."""
    found = shutil.which("node")
    if found is None:
        lacking("node is not installed; install Node.js 18 or later")
    if not (FOLDER / "node_modules" / "openai").is_dir():
        lacking("the packages of tests/e2e/node are not installed; run: make node")
    return found


def test_the_lock_names_no_address() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert packages
    assert all("integrity" in entry and "resolved" not in entry for entry in packages)


@pytest.mark.node
async def test_everything_that_a_bot_does(labs: Any, kit: Any, serving: Any, node: str) -> None:
    def play(request: Mapping[str, Any]) -> list[Any]:
        if "TOOL" not in request["messages"][-1]["content"]:
            return list(kit.says(GOOD, chunk=5))
        call = ToolDelta(0, 0, id="call_1", name="find", arguments='{"who": ')
        rest = ToolDelta(0, 0, arguments=f'"{request["messages"][-1]["content"]}"}}')
        return [Opened(id="up-1"), call, rest, Finished(0, "tool_calls")]

    lab = await labs(play)
    key = await asyncio.to_thread(lab.stores.keys.add, "web")
    url = await serving(lab)
    process = await asyncio.create_subprocess_exec(
        node, "chat.mjs", url, key, cwd=FOLDER, stdout=-1, stderr=-1
    )
    out, err = await asyncio.wait_for(process.communicate(), 100)
    assert process.returncode == 0, err.decode()
    seen = json.loads(out)
    assert seen["whole"] | {"requestId": ""} == {
        "text": GOOD,
        "finish": "stop",
        "action": "pass",
        "header": "grounded",
        "requestId": "",
    }
    assert seen["whole"]["requestId"].startswith("req_")
    assert seen["stream"] == {"text": GOOD, "verdict": "grounded"}
    assert seen["helper"]["text"].startswith("Your card is being looked at now.")
    assert seen["helper"]["finish"] == "stop"
    assert seen["tool"] == {"who": "returns: TOOL"}
    assert seen["models"] == ["bot", "titles"]
    assert seen["failures"] == [
        ["AuthenticationError", 401, "invalid_api_key"],
        ["NotFoundError", 404, "model_not_found"],
        ["BadRequestError", 400, None],
    ]
