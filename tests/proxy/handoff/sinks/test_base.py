from proxy.handoff.sinks.base import DeliveryError


def test_an_error_is_tried_again_unless_it_says_otherwise() -> None:
    error = DeliveryError("desk: HTTP status 503", kind="http_503")
    assert (error.kind, error.final, error.gone, error.retry_after_s) == (
        "http_503",
        False,
        False,
        None,
    )
    assert str(error) == "desk: HTTP status 503"
