from hypothesis import given
from hypothesis import strategies as st

from validators.knowledge.lint.locate import Locator

TEXT = "---\ntitle: T\n---\n# T\n\n- **Standard parcel:** EUR 4.90, in *2 days*.\n\nA long\nline."


def test_finds_a_quote_through_markup() -> None:
    locator = Locator({"a.md": TEXT}.get)
    assert locator.line("a.md", "Standard parcel: EUR 4.90, in 2 days.") == 6
    assert locator.line("a.md", "line.") == 9
    assert locator.line("a.md", "Express parcel: EUR 9") is None


def test_nothing_to_look_in() -> None:
    locator = Locator({}.get)
    assert locator.line("gone.md", "words") is None
    assert locator.line("", "words") is None
    assert locator.line("gone.md", "…") is None


def test_a_file_is_read_once() -> None:
    reads: list[str] = []

    def read(name: str) -> str:
        reads.append(name)
        return TEXT

    locator = Locator(read)
    locator.line("a.md", "Standard parcel")
    locator.line("a.md", "A long")
    assert reads == ["a.md"]


@given(st.lists(st.text(), min_size=1, max_size=6), st.integers(0, 5))
def test_a_line_is_found_at_or_before_itself(lines: list[str], index: int) -> None:
    lines = [line.replace("\n", " ") for line in lines]
    index %= len(lines)
    found = Locator(lambda _: "\n".join(lines)).line("f", lines[index])
    assert found is None or found <= index + 1
