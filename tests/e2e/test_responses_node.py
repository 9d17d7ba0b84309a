"""The official JavaScript SDK on /v1/responses."""

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


@pytest.mark.node
async def test_everything_that_a_bot_does(labs: Any, kit: Any, serving: Any, lacking: Any) -> None:
    node = shutil.which("node")
    if node is None:
        lacking("node is not installed; install Node.js 18 or later")
    if not (FOLDER / "node_modules" / "openai").is_dir():
        lacking("the packages of tests/e2e/node are not installed; run: make node")

    def play(request: Mapping[str, Any]) -> list[Any]:
        if "TOOL" not in request["messages"][-1]["content"]:
            return list(kit.says(GOOD, chunk=5))
        call = ToolDelta(0, 0, id="call_1", name="find", arguments='{"who": "TOOL"}')
        return [Opened(id="up-1"), call, Finished(0, "tool_calls")]

    lab = await labs(play)
    key = await asyncio.to_thread(lab.stores.keys.add, "web")
    url = await serving(lab)
    process = await asyncio.create_subprocess_exec(
        node, "responses.mjs", url, key, cwd=FOLDER, stdout=-1, stderr=-1
    )
    out, err = await asyncio.wait_for(process.communicate(), 100)
    assert process.returncode == 0, err.decode()
    seen = json.loads(out)
    assert seen["whole"] == {"text": GOOD, "status": "completed", "action": "pass"}
    assert seen["stream"] == {"text": GOOD, "last": "response.completed"}
    assert seen["helper"]["status"] == "completed"
    assert seen["helper"]["text"].startswith("Your card is being looked at now.")
    assert seen["tool"] == {"who": "TOOL"}
    assert seen["answered"] == seen["kept"] == GOOD
    assert seen["failures"] == [
        ["NotFoundError", 404, "response_id"],
        ["BadRequestError", 400, "background"],
        ["NotFoundError", 404, "model"],
        ["BadRequestError", 400, "input"],
    ]
