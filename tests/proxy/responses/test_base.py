from proxy.responses.base import Kept, ancestry


def kept(name: str, previous: str | None) -> Kept:
    return Kept(name, "t", "a", previous, None, None, (), {})


ROWS = {n: kept(n, p) for n, p in (("a", None), ("b", "a"), ("c", "b"), ("x", "a"))}


def test_a_response_comes_after_those_that_it_continues() -> None:
    assert [row.id for row in ancestry(ROWS, "c")] == ["a", "b", "c"]
    assert [row.id for row in ancestry(ROWS, "x")] == ["a", "x"]


def test_a_gap_leaves_nothing() -> None:
    assert ancestry({n: r for n, r in ROWS.items() if n != "b"}, "c") == ()
    assert ancestry(ROWS, "unheard-of") == ()


def test_a_circle_is_no_thread() -> None:
    assert ancestry({"a": kept("a", "b"), "b": kept("b", "a")}, "a") == ()
