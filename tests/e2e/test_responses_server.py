"""`handrail serve` as it is, on /v1/responses: real redaction, real files."""

import asyncio
from typing import Any

from openai import AsyncOpenAI


async def test_a_thread_on_the_real_server(real_server: Any) -> None:
    def files() -> str:
        found = [path for path in (real_server.folder / "data").rglob("*") if path.is_file()]
        return "".join(path.read_bytes().decode("latin-1") for path in found)

    url = f"{real_server.url}/v1"
    async with AsyncOpenAI(base_url=url, api_key="any", max_retries=0, timeout=60) as client:
        said = (
            "My name is Greta Lindqvist, mail greta@shop.example. How long may I return a parcel?"
        )
        first = await client.responses.create(model="bot", input=said, metadata={"locale": "en"})
        assert first.handrail["pii"]["redacted"] is True
        assert "30 days" in first.output_text, (first.handrail, real_server.log()[-2000:])
        async with client.responses.stream(
            model="bot", input="And what is refunded then?", previous_response_id=first.id
        ) as stream:
            second = await stream.get_final_response()
        assert second.status == "completed"
        assert second.previous_response_id == first.id
        shown = await client.responses.retrieve(second.id)
        assert shown.output_text == second.output_text
        kept = await asyncio.to_thread(files)
        assert first.id in kept
        for value in ("Greta Lindqvist", "greta@shop.example"):
            assert value not in kept
            assert value not in real_server.log()
        await client.responses.delete(second.id)
        await client.responses.delete(first.id)
        assert first.id not in await asyncio.to_thread(files)
