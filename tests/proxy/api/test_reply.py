from typing import Any

from proxy.api.reply import respond


async def messages(*args: Any, **options: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await respond(send, *args, **options)
    return sent


async def test_a_whole_response_has_its_length() -> None:
    start, body = await messages(200, b"{}", {"X-Name": "v\u00e4"})
    assert start["status"] == 200
    assert dict(start["headers"]) == {
        b"content-type": b"application/json",
        b"x-name": b"v\xe4",
        b"content-length": b"2",
    }
    assert body == {"type": "http.response.body", "body": b"{}", "more_body": False}


async def test_an_empty_response_is_complete() -> None:
    _, body = await messages(200, b"", {})
    assert body["more_body"] is False


async def test_the_start_of_a_stream_says_only_that() -> None:
    [start] = await messages(200, b"", {"content-type": "text/event-stream"}, more=True)
    assert dict(start["headers"]) == {b"content-type": b"text/event-stream"}
