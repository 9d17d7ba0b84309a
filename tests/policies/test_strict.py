import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from policies.errors import ConfigError, Problem
from policies.strict import Strict, dotted, line_of, locate, parse, read_toml


class Inner(Strict):
    colour: Literal["red", "blue"] = "red"
    share: Annotated[float, Field(ge=0, le=1)] = 0.5
    size: float = 1.0


class Outer(Strict):
    version: Literal[1]
    inner: Inner = Field(default_factory=Inner)
    named: dict[str, Inner] = Field(default_factory=dict)
    listed: list[Inner] = Field(default_factory=list)
    maybe: Inner | None = None
    words: list[str] = Field(default_factory=list)


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as raised:
        parse(Outer, tomllib.loads(text), text, "shop.toml")
    return list(raised.value.problems)


def told(text: str) -> list[str]:
    return [str(problem) for problem in problems(text)]


def test_a_valid_table_is_parsed() -> None:
    text = 'version = 1\n[named.a]\ncolour = "blue"\n'
    assert parse(Outer, tomllib.loads(text), text, "shop.toml").named["a"].colour == "blue"


def test_all_problems_are_told_at_once_with_file_line_and_key() -> None:
    text = """\
[inner]
colr = "red"
share = 2
[named.one]
colour = "green"
[[listed]]
[[listed]]
shar = 0.5
"""
    assert told(text) == [
        "shop.toml: version: is required",
        "shop.toml:3: inner.share: Input should be less than or equal to 1, got 2",
        "shop.toml:2: inner.colr: unknown key; did you mean 'colour'?",
        "shop.toml:5: named.one.colour: Input should be 'red' or 'blue', got 'green'",
        "shop.toml:8: listed[1].shar: unknown key; did you mean 'share'?",
    ]


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("versin = 1", "versin", "did you mean 'version'?"),
        ("qqq = 1", "qqq", "known keys: inner, listed, maybe, named, version, words"),
        ("[maybe]\ncolor = 1", "maybe.color", "did you mean 'colour'?"),
        ("named = { a = { size_ = 1 } }", "named.a.size_", "did you mean 'size'?"),
        ('[named."a b"]\nsiz = 1', "named.a b.siz", "did you mean 'size'?"),
    ],
)
def test_an_unknown_key_brings_a_suggestion(text: str, key: str, hint: str) -> None:
    found = {problem.key: problem.message for problem in problems(text)}
    assert found[key] == f"unknown key; {hint}"


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
@pytest.mark.parametrize("key", ["share", "size"])
def test_numbers_are_finite(key: str, value: str) -> None:
    (problem,) = problems(f"version = 1\n[inner]\n{key} = {value}")
    assert (problem.line, problem.key) == (3, f"inner.{key}")


def test_messages_show_what_is_written_and_not_what_it_stands_for() -> None:
    text = 'version = 1\ninner = "env:SECRET"\nwords = "env:WORDS"\n[named.a]\nshare = "env:S"'
    table = tomllib.loads(text)
    resolved = {**table, "inner": "sk-1", "words": "sk-2", "named": {"a": {"share": "sk-3"}}}
    with pytest.raises(ConfigError) as raised:
        parse(Outer, resolved, text, "shop.toml", table)
    message = str(raised.value)
    assert "sk-" not in message
    for shown in ("'env:SECRET'", "'env:WORDS'", "'env:S'"):
        assert shown in message


def test_a_file_is_read_with_its_text(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('a = "ä"\n')
    assert read_toml(path) == ({"a": "ä"}, 'a = "ä"\n')


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a = 1\nb = = 2\n", 2, "is not valid TOML"),
        (b"a = 1\nb = [1, 2", 2, "is not valid TOML"),
        (b"a = 1\na = 2\n", 2, "is not valid TOML"),
        (b"a = 1\nb = '\xff'\n", 2, "is not valid UTF-8"),
        (b"a = " + b"[" * 100_000, None, "is nested too deeply"),
        (b"a = " + b"9" * 10_000, 1, "is not valid TOML"),
    ],
)
def test_a_broken_file_is_told_with_its_line(
    tmp_path: Path, data: bytes, line: int | None, message: str
) -> None:
    path = tmp_path / "shop.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError) as raised:
        read_toml(path)
    (problem,) = raised.value.problems
    assert (problem.file, problem.line) == (str(path), line)
    assert problem.message.startswith(message)


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="can't be read"):
        read_toml(tmp_path)


def test_places_are_found() -> None:
    text = """\
top = 1
[a.b]
c.d = 2
"quoted key" = 3
e.'single' = 4
[[list]]
x = 1
[list.sub]
y = 2
[[list]]          # the second
  x = 3
[list.sub.deep]
z = { inline = 1 }
"""
    assert dict(locate(text)) == {
        ("top",): 1,
        ("a",): 2,
        ("a", "b"): 2,
        ("a", "b", "c"): 3,
        ("a", "b", "c", "d"): 3,
        ("a", "b", "quoted key"): 4,
        ("a", "b", "e"): 5,
        ("a", "b", "e", "single"): 5,
        ("list",): 10,
        ("list", 0): 6,
        ("list", 0, "x"): 7,
        ("list", 0, "sub"): 8,
        ("list", 0, "sub", "y"): 9,
        ("list", 1): 10,
        ("list", 1, "x"): 11,
        ("list", 1, "sub"): 12,
        ("list", 1, "sub", "deep"): 12,
        ("list", 1, "sub", "deep", "z"): 13,
    }


def test_the_nearest_table_around_a_place_gives_its_line() -> None:
    lines: dict[tuple[str | int, ...], int] = {("a",): 1, ("a", 0, "b"): 2}
    assert line_of(lines, ("a", 0, "b", "c", "d")) == 2
    assert line_of(lines, ("a", 1, "b")) == 1
    assert line_of(lines, ("b",)) is None
    assert line_of(lines, ()) is None


@pytest.mark.parametrize(
    ("place", "expected"),
    [((), ""), (("a",), "a"), (("a", 1, "b"), "a[1].b"), (("a", 1, 2), "a[1][2]")],
)
def test_paths_are_written_as_people_do(place: tuple[str | int, ...], expected: str) -> None:
    assert dotted(place) == expected


keys = st.text(alphabet="abcdef-_ 1", min_size=1, max_size=6)


@given(st.lists(keys, min_size=1, max_size=6, unique=True))
def test_every_key_of_a_plain_table_is_found(names: list[str]) -> None:
    text = "[table]\n" + "".join(f'"{name}" = {n}\n' for n, name in enumerate(names))
    lines = dict(locate(text))
    assert [lines["table", name] for name in tomllib.loads(text)["table"]] == [
        n + 2 for n in range(len(names))
    ]


@given(st.text(max_size=200))
def test_no_text_breaks_the_search_for_lines(text: str) -> None:
    last = len(text.splitlines())
    assert all(1 <= line <= last for _, line in locate(text))


def test_a_table_is_not_changed_afterwards() -> None:
    table: Any = Inner()
    with pytest.raises(ValueError, match="frozen"):
        table.size = 2.0
