"""What a failure means to the bot: the error that is sent, and what the log may say."""

from policies.errors import RequestError, UpstreamError


def refusal(error: UpstreamError) -> RequestError:
    """Translate a provider's failure for a request that is not answered."""
    if error.kind == "client":
        status = error.status or 400
        return RequestError(
            f"The model's provider refused the request ({error}).",
            status=status if status in (400, 404, 413, 422) else 400,
            code="upstream_refused",
            retry=False,
        )
    status = {"timeout": 504, "status": error.status or 502}.get(error.kind, 502)
    return RequestError(
        f"No model could answer ({error}).",
        status=status if status in (429, 503, 504) else 502,
        kind="server_error",
        code="upstream_failed",
        # Tried again already; and what broke off half-way has been paid for.
        retry=False if error.kind in ("timeout", "protocol") else None,
        retry_after=error.retry_after,
    )


def internal() -> RequestError:
    """Return what a bot is told about a failure of our own; the log names its place."""
    return RequestError(
        "Handrail could not process this request; nothing unchecked was sent. The operator "
        "finds the cause in handrail's log under this request's id.",
        status=500,
        kind="server_error",
        code="internal_error",
        retry=False,
    )


def where(error: BaseException) -> str:
    """Name the type and the place of an error, never its message: it may quote text."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    return f"{type(error).__name__} at {place}"
