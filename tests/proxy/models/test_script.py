from pathlib import Path

import pytest

from policies.errors import ConfigError
from proxy.models.script import Reply, load_replies

TOML = """
[[replies]]
match = "(?i)refund"
reply = "5 days."
chunk = 3
delay_ms = 1.5
times = 2

[[replies]]
tool_calls = [{ name = "track", arguments = { order = 7 } }, { name = "ping" }]

[[replies]]
fail = "429"
retry_after = 2
"""


def test_toml_and_json(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text(TOML)
    first, second, third = load_replies(path)
    assert first.match is not None
    assert first.match.search("My Refund")
    assert (first.reply, first.chunk, first.delay_ms, first.times) == ("5 days.", 3, 1.5, 2)
    assert second.tool_calls == (("track", '{"order":7}'), ("ping", "{}"))
    assert (third.fail, third.retry_after) == ("429", 2)

    path = tmp_path / "script.json"
    path.write_text('[{"refusal": "No."}]')
    assert load_replies(path) == (Reply(refusal="No."),)
    path.write_text('{"replies": [{"reply": "Yes."}]}')
    assert load_replies(path) == (Reply(reply="Yes."),)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text('[[replies]]\nfail = "sulk"\n[[replies]]\nmatch = "("\ncolour = 1\n')
    with pytest.raises(ConfigError) as caught:
        load_replies(path)
    keys = {problem.key for problem in caught.value.problems}
    assert keys == {"replies.0.fail", "replies.1.match", "replies.1.colour"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.toml", b"= 1"), ("a.json", b"{"), ("a.toml", b"\xff"), ("a.json", b"\xff")],
)
def test_a_file_that_is_no_script(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        load_replies(path)
    with pytest.raises(ConfigError):
        load_replies(tmp_path / "missing.toml")
