"""Embeddings and moderations: what goes to the provider, and what of its answer leaves.

Requests are written as messages on their way to redaction, so that every text is looked at
as in a chat. Answers are built anew from what is known: no check has seen the rest.
"""

import re
from collections.abc import Mapping
from typing import Any

from policies.errors import RequestError, UpstreamError
from proxy.stream.screen import counts

MOST_INPUTS = 2048
"""Texts in one request, as many as OpenAI takes."""
DEFAULT_MODERATION = "omni-moderation-latest"
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_CATEGORY = re.compile(r"[a-z_/-]{1,64}")
_APPLIED = ("text", "image")


def embeddings_request(body: dict[str, Any]) -> dict[str, Any]:
    """Return an embeddings request as messages. Raises `RequestError` 400."""
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise RequestError("model is required: a name from GET /v1/models.", param="model")
    given = body.get("input")
    if isinstance(given, list) and given and not _strings(given):
        if all(isinstance(item, int | list) for item in given):
            raise RequestError(
                "input must be text: token arrays can't be redacted. Send the strings themselves.",
                param="input",
                code="unsupported_parameter",
                retry=False,
            )
        raise RequestError("input must be a string or a list of strings.", param="input")
    return _as_messages(body, _texts(given))


def moderations_request(body: dict[str, Any]) -> dict[str, Any]:
    """Return a moderations request as messages. Raises `RequestError` 400."""
    body = {**body, "model": body.get("model") or DEFAULT_MODERATION}
    if not isinstance(body["model"], str):
        raise RequestError("model must be a string.", param="model")
    given = body.get("input")
    if isinstance(given, list) and given and all(isinstance(part, dict) for part in given):
        for n, part in enumerate(given):
            _check_part(part, f"input[{n}]")
        return _as_messages(body, [given])
    return _as_messages(body, _texts(given))


def _check_part(part: dict[str, Any], place: str) -> None:
    image = part.get("image_url")
    text_ok = part.get("type") == "text" and isinstance(part.get("text"), str)
    image_ok = part.get("type") == "image_url" and isinstance(image, dict)
    if not text_ok and not image_ok:
        raise RequestError(f"{place} must be a part of type text or image_url.", param=place)


def _texts(given: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if isinstance(given, str):
        return [given]
    if isinstance(given, list) and _strings(given) and 0 < len(given) <= MOST_INPUTS:
        return given
    raise RequestError(
        f"input is required: a string or a list of 1 to {MOST_INPUTS} strings.", param="input"
    )


def _strings(given: list[Any]) -> bool:
    return all(isinstance(item, str) for item in given)


def _as_messages(body: dict[str, Any], contents: list[Any]) -> dict[str, Any]:
    rest = {key: value for key, value in body.items() if key not in ("input", "messages")}
    return {**rest, "messages": [{"role": "user", "content": content} for content in contents]}


def forwarded(request: Mapping[str, Any], given: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return a redacted request in the provider's form; `given` was the input's shape."""
    rest = {key: value for key, value in request.items() if key != "messages"}
    contents = [message["content"] for message in request["messages"]]
    one = isinstance(given, str) or (isinstance(given, list) and isinstance(given[0], dict))
    return {**rest, "input": contents[0] if one else contents}


def embeddings_answer(answer: object, model: str) -> dict[str, Any]:
    """Return a provider's embeddings. Raises `UpstreamError` for anything else."""
    table = answer if isinstance(answer, Mapping) else {}
    rows, usage = table.get("data"), table.get("usage")
    if not isinstance(rows, list) or not rows:
        raise _unreadable("embeddings")
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": n, "embedding": _vector(row)}
            for n, row in enumerate(_in_order(rows))
        ],
        "model": model,
        "usage": counts(usage) if isinstance(usage, Mapping) else _NO_USAGE,
    }


_NO_USAGE = {"prompt_tokens": 0, "total_tokens": 0}


def _in_order(rows: list[Any]) -> list[Any]:
    places = [row.get("index") if isinstance(row, Mapping) else None for row in rows]
    if sorted(p for p in places if isinstance(p, int)) != list(range(len(rows))):
        return rows
    return sorted(rows, key=lambda row: row["index"])


def _vector(row: Any) -> Any:  # noqa: ANN401 - of a provider
    vector = row.get("embedding") if isinstance(row, Mapping) else None
    if isinstance(vector, str) and _BASE64.fullmatch(vector):
        return vector
    if isinstance(vector, list) and all(type(number) in (int, float) for number in vector):
        return vector
    raise _unreadable("embeddings")


def moderations_answer(answer: object, model: str) -> dict[str, Any]:
    """Return a provider's moderation results. Raises `UpstreamError` for anything else."""
    table = answer if isinstance(answer, Mapping) else {}
    rows, name = table.get("results"), table.get("id")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise _unreadable("moderations")
    return {
        "id": name if isinstance(name, str) and _ID.fullmatch(name) else "modr",
        "model": model,
        "results": [_result(row) for row in rows],
    }


def _result(row: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(row.get("flagged"), bool):
        raise _unreadable("moderations")
    applied = {
        name: [kind for kind in kinds if kind in _APPLIED]
        for name, kinds in _categories(row, "category_applied_input_types", list)
    }
    found = {
        "flagged": row["flagged"],
        "categories": dict(_categories(row, "categories", bool | None)),
        "category_scores": dict(_categories(row, "category_scores", int | float)),
    }
    return {**found, "category_applied_input_types": applied} if applied else found


def _categories(row: Mapping[str, Any], key: str, kind: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - a type or a union
    table = row.get(key)
    if not isinstance(table, Mapping):
        return []
    return [
        (name, value)
        for name, value in table.items()
        if isinstance(name, str) and _CATEGORY.fullmatch(name) and isinstance(value, kind)
    ]


def _unreadable(route: str) -> UpstreamError:
    return UpstreamError(f"the provider's answer holds no {route}", kind="protocol")
