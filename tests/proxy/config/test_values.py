from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import Problem
from proxy.config.values import literal_secrets, resolve

ENVIRON = {"NAME": "value", "EMPTY": "", "SECRET": "sk-planted"}


def one(value: Any, folder: Path) -> tuple[Any, list[Problem]]:
    table, problems = resolve({"key": value}, {("key",): 7}, str(folder / "c.toml"), ENVIRON)
    return table["key"], problems


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("env:NAME", "value"),
        ("env:NAME?other", "value"),
        ("env:NONE?other", "other"),
        ("env:NONE?", ""),
        ("env:NONE?a?b", "a?b"),
        ("env:EMPTY", ""),
        ("env:EMPTY?other", ""),
        ("plain", "plain"),
        ("say env:NAME", "say env:NAME"),
        ("environment", "environment"),
        (3, 3),
        (True, True),
        (["env:NAME", {"deep": "env:NAME"}], ["value", {"deep": "value"}]),
    ],
)
def test_references_are_whole_values(tmp_path: Path, value: Any, expected: Any) -> None:
    assert one(value, tmp_path) == (expected, [])


def test_a_file_is_read_from_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (tmp_path / "secret").write_text("sk-planted\n")
    for written in ("file:secret", f"file:{tmp_path / 'secret'}"):
        assert one(written, tmp_path) == ("sk-planted", [])


def test_what_refers_to_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for value, message in [
        ("env:NONE", "environment variable NONE is not set; set it, or write env:NONE?default"),
        ("env:", "is not set"),
        ("file:none", "can't be read (No such file or directory)"),
        ("file:", "can't be read (Is a directory)"),
        ("file:a\0b", "is not valid UTF-8"),
        ("file:binary", "is not valid UTF-8"),
    ]:
        _, problems = one(value, tmp_path)
        (problem,) = problems
        assert (problem.line, problem.key) == (7, "key")
        assert message in problem.message


def test_all_are_told_at_once_and_no_value_with_them() -> None:
    table = {"a": "env:SECRET", "b": ["env:X", "env:SECRET"], "c": {"d": "file:/none/here"}}
    resolved, problems = resolve(table, {}, "c.toml", ENVIRON)
    assert [problem.key for problem in problems] == ["b[0]", "c.d"]
    assert "sk-planted" not in " ".join(map(str, problems))
    assert resolved["a"] == "sk-planted"
    assert table["a"] == "env:SECRET"


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), json_like))
def test_what_refers_to_nothing_else_stays_as_it_is(table: dict[str, Any]) -> None:
    if "env:" not in repr(table) and "file:" not in repr(table):
        assert resolve(table, {}, "c.toml", {}) == (table, [])


def test_secrets_in_clear_are_found_by_the_names_of_their_keys() -> None:
    table = {
        "auth": {"admin_key": "planted", "keys_file": "keys.json"},
        "providers": {
            "a": {"api_key": "planted", "headers": {"Authorization": "Bearer planted"}},
            "b": {"api_key": "env:KEY", "headers": {"X-Api-Key": "file:/run/key"}},
            "c": {"api_key": "none"},
            "d": {"api_key": ""},
        },
        "validators": [{"options": {"token": "planted", "threshold": 0.5, "keyword": "refund"}}],
    }
    assert set(literal_secrets(table)) == {
        "auth.admin_key",
        "providers.a.api_key",
        "providers.a.headers.Authorization",
        "validators[0].options.token",
    }
