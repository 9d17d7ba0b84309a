import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.models.sse import EventParser, EventTooLongError, ServerEvent


def parse(*chunks: bytes) -> list[ServerEvent]:
    parser = EventParser()
    return [e for chunk in chunks for e in parser.feed(chunk)] + parser.close()


LINES = st.sampled_from(
    ["data: x", "data:x", "data", "data: ümlaut 😊", ": ping", "", "", "event: error", "id: 1", "x"]
)


@given(
    st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r", "\r\n"])), max_size=12),
    st.lists(st.integers(0, 200), max_size=6),
)
def test_cut_anywhere_the_events_are_the_same(
    lines: list[tuple[str, str]], cuts: list[int]
) -> None:
    stream = "".join(text + end for text, end in lines).encode()
    places = sorted({min(c, len(stream)) for c in cuts})
    pieces = [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]
    whole = parse(stream)
    assert parse(*pieces) == whole
    assert parse(*(stream[i : i + 1] for i in range(len(stream)))) == whole


def test_fields_as_the_standard_says() -> None:
    stream = (
        b"\xef\xbb\xbfdata: a\ndata:b\ndata\n\n: comment\n\nevent: error\ndata: {}\n\n"
        b"event: lonely\n\ndata:  two spaces\r\n\r\nid: 7\nretry: 5\nunknown: x\ndata: z\n\n"
    )
    assert parse(stream) == [
        ServerEvent("a\nb\n"),
        ServerEvent("{}", "error"),
        ServerEvent(" two spaces"),
        ServerEvent("z"),
    ]


def test_an_event_without_a_blank_line_at_the_end_is_kept() -> None:
    assert parse(b"data: 1\n\ndata: [DONE]") == [ServerEvent("1"), ServerEvent("[DONE]")]


def test_bytes_that_are_not_utf8_do_not_stop_the_stream() -> None:
    assert parse(b"data: \xff\n\n") == [ServerEvent("\N{REPLACEMENT CHARACTER}")]


def test_an_endless_event_is_refused() -> None:
    parser = EventParser(limit=1000)
    for _ in range(10):
        assert parser.feed(b"x" * 100) == []
    with pytest.raises(EventTooLongError):
        parser.feed(b"x")


def test_many_events_are_not_one_long_event() -> None:
    parser = EventParser(limit=1000)
    assert sum(len(parser.feed(b"data: " + b"x" * 90 + b"\n\n")) for _ in range(100)) == 100
