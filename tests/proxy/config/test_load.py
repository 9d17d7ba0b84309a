from collections.abc import Callable
from pathlib import Path

import pytest

from policies.errors import ConfigError
from proxy.config.load import Loaded, load_config

ROOT = Path(__file__).parents[3]
SMALL = """\
version = 1
[providers.local]
kind = "openai"
base_url = "http://127.0.0.1:9100/v1"
api_key = "env:LOCAL_KEY?none"
[models.small]
provider = "local"
model = "mock"
[tiers.standard]
models = ["small"]
[aliases."*"]
tiers = ["standard"]
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return path

    return write


def told(path: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_config(path, environ or {})
    return [str(p).removeprefix(f"{path}:") for p in raised.value.problems]


def load(path: Path, environ: dict[str, str] | None = None) -> Loaded:
    return load_config(path, environ or {})


def test_a_small_file_works(write: Write) -> None:
    loaded = load(write(SMALL), {"LOCAL_KEY": "sk-1"})
    assert loaded.config.providers["local"].api_key == "sk-1"
    assert loaded.warnings == ()


def test_the_shipped_file_is_valid_without_any_environment() -> None:
    loaded = load(ROOT / "config.toml")
    assert "*" in loaded.config.aliases
    assert loaded.warnings == ()
    assert loaded.find(loaded.config.policy.file).exists()


def test_unknown_keys_are_told_all_at_once_with_line_key_and_suggestion(write: Write) -> None:
    text = """\
version = 1
[server]
prot = 1
[[validators]]
name = "a"
use = "grounding"
timout_ms = 5
[[validators]]
name = "b"
use = "grounding"
option = { threshold = 1 }
[validators.options]
anything = "goes"
[handoff]
drafts = true
[handoff.sink.desk]
url = "x"
[aliases.bot]
tier = "standard"
"""
    found = told(write(text))
    for start, hint in [
        ("3: server.prot:", "did you mean 'port'?"),
        ("7: validators[0].timout_ms:", "did you mean 'timeout_ms'?"),
        ("11: validators[1].option:", "did you mean 'options'?"),
        ("15: handoff.drafts:", "did you mean 'draft'?"),
        ("16: handoff.sink:", "unknown key"),
        ("18: aliases.bot.tiers:", "is required"),
        ("19: aliases.bot.tier:", "did you mean 'tiers'?"),
    ]:
        assert [line for line in found if line.startswith(start) and hint in line], (start, found)
    assert [int(line.split(":")[0]) for line in found] == [3, 7, 11, 15, 16, 18, 19]


def test_missing_references_and_unknown_keys_are_told_together(write: Write) -> None:
    text = """\
version = 1
[server]
port = "env:PORT"
prot = 1
[providers.a]
kind = "openai"
base_url = "env:URL"
api_key = "file:/none/here"
"""
    found = told(write(text))
    assert [line.split(": ")[:2] for line in found] == [
        ["3", "server.port"],
        ["4", "server.prot"],
        ["7", "providers.a.base_url"],
        ["8", "providers.a.api_key"],
    ]


def test_a_missing_reference_is_not_judged_as_a_name(write: Write) -> None:
    text = SMALL.replace('provider = "local"', 'provider = "env:PROVIDER"')
    (found,) = told(write(text))
    assert found == (
        "7: models.small.provider: environment variable PROVIDER is not set; "
        "set it, or write env:PROVIDER?default"
    )


@pytest.mark.parametrize(
    "text",
    ['providers = "env:SECRET"', '[providers]\na = "env:SECRET"', '[server]\nport = "env:SECRET"'],
)
def test_the_value_of_a_reference_is_never_told(write: Write, text: str) -> None:
    found = "\n".join(told(write(f"version = 1\n{text}\n"), {"SECRET": "sk-planted"}))
    assert "sk-planted" not in found
    assert "'env:SECRET'" in found


def test_names_that_refer_to_nothing_are_told(write: Write) -> None:
    text = """\
version = 1
[providers.local]
kind = "extractive"
[models.small]
provider = "loacl"
model = "m"
[tiers.standard]
models = ["small", "big"]
[aliases.bot]
tiers = ["standard", "strong"]
"""
    assert told(write(text)) == [
        "5: models.small.provider: there is no provider 'loacl'; known: local",
        "8: tiers.standard.models: there is no model 'big'; known: small",
        "10: aliases.bot.tiers: there is no tier 'strong'; known: standard",
    ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ('[providers.a]\nkind = "openai"', "13: providers.a: kind openai needs base_url"),
        (
            '[providers.a]\nkind = "openai"\nbase_url = "127.0.0.1:9"',
            "15: providers.a.base_url: must start with http://",
        ),
        ('[providers.a]\nkind = "scripted"', "13: providers.a: kind scripted needs file"),
        (
            '[[validators]]\nname = "a"\nuse = "x"\n[[validators]]\nname = "a"\nuse = "y"',
            "17: validators[1].name: 'a' is used twice",
        ),
        ("[server]\nport = 9000\nadmin_port = 9000", "15: server.admin_port: must differ"),
        ('[stores]\nshared = "memcached://x"', '14: stores.shared: must be "local"'),
        ('[stores]\nrecords = "postgresql://x"', '14: stores.records: only "sqlite"'),
    ],
)
def test_settings_that_can_not_work_are_told(write: Write, text: str, start: str) -> None:
    (found,) = told(write(f"{SMALL}{text}\n"))
    assert found.startswith(start)


@pytest.mark.parametrize(
    ("host", "key", "ok"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("localhost", "", True),
        ("0.0.0.0", "", False),  # noqa: S104 - refused
        ("0.0.0.0", 'admin_key = "env:EMPTY?"', False),  # noqa: S104 - refused
        ("0.0.0.0", 'admin_key = "env:ADMIN"', True),  # noqa: S104 - a key is set
    ],
)
def test_the_admin_port_is_reachable_from_outside_only_with_a_key(
    write: Write, host: str, key: str, ok: bool
) -> None:
    path = write(f'{SMALL}[auth]\n{key}\n[server]\nadmin_host = "{host}"\n')
    if ok:
        assert load(path, {"ADMIN": "sk-1"}).config.server.admin_host == host
    else:
        (found,) = told(path, {"ADMIN": "sk-1"})
        assert "server.admin_host: the admin port may listen beyond loopback only" in found


def test_without_an_alias_nothing_could_be_asked(write: Write) -> None:
    (found,) = told(write("version = 1\n"))
    assert 'no alias is defined: add [aliases."*"]' in found


def test_secrets_in_clear_are_warned_of_and_not_repeated(write: Write) -> None:
    path = write(SMALL.replace("env:LOCAL_KEY?none", "sk-planted"))
    (warning,) = load(path).warnings
    assert warning.startswith(f"{path}: providers.local.api_key is written in clear text")
    assert "sk-planted" not in warning


def test_the_hash_is_that_of_the_text_and_not_of_secrets(write: Write) -> None:
    path = write(SMALL)
    first = load(path, {"LOCAL_KEY": "a"}).hash
    assert load(path, {"LOCAL_KEY": "b"}).hash == first
    path.write_text(SMALL + "# a remark\n")
    assert load(path).hash != first


def test_paths_are_found_beside_the_file_first(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load(write(SMALL))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert loaded.find("both.toml") == tmp_path / "both.toml"
    (elsewhere / "both.toml").touch()
    assert loaded.find("both.toml") == elsewhere / "both.toml"
    (tmp_path / "both.toml").touch()
    assert loaded.find("both.toml") == tmp_path / "both.toml"


def test_a_broken_file_is_told_with_its_line(write: Write) -> None:
    (found,) = told(write("version = 1\n[server\n"))
    assert found.startswith("2: is not valid TOML")
