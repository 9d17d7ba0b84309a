from pathlib import Path
from typing import Any

import pytest

from policies.errors import ConfigError
from proxy.config.load import Loaded, load_config
from proxy.config.sinks import Sink, sink_problems

BASE = """version = 1
[aliases."*"]
tiers = ["standard"]
[tiers.standard]
models = ["pages"]
[models.pages]
provider = "pages"
model = "extractive"
[providers.pages]
kind = "extractive"
"""
SECRET = "whsec_" + "A" * 44
HOOK = {"url": "https://desk.example/hook", "secret": SECRET}
ZENDESK = {"kind": "zendesk", "url": "https://s.zendesk.com", "user": "a@b.c", "token": "t"}
CHATWOOT = {
    "kind": "chatwoot",
    "url": "https://app.chatwoot.com",
    "token": "t",
    "account_id": 1,
    "inbox_id": 2,
}


def wrong(**given: Any) -> dict[str, str]:
    return dict(sink_problems(Sink(**given)))


def written(folder: Path, text: str, environ: dict[str, str] | None = None) -> Loaded:
    (folder / "config.toml").write_text(BASE + text)
    return load_config(folder / "config.toml", environ or {})


@pytest.mark.parametrize(
    "given",
    [HOOK, ZENDESK, CHATWOOT, {"kind": "file", "folder": "desk"}, {**HOOK, "private": True}],
)
def test_what_each_kind_needs_is_enough(given: dict[str, Any]) -> None:
    assert wrong(**given) == {}


def test_a_webhook_is_the_default() -> None:
    assert wrong() == {
        "url": "is required by kind webhook",
        "secret": "is required by kind webhook",
    }


@pytest.mark.parametrize("given", [HOOK, ZENDESK, CHATWOOT])
def test_everything_that_a_kind_needs_is_asked_for(given: dict[str, Any]) -> None:
    for missing in given.keys() - {"kind"}:
        rest = {key: value for key, value in given.items() if key != missing}
        assert list(wrong(**rest)) == [missing]
        if isinstance(given[missing], str):
            assert list(wrong(**{**given, missing: ""})) == [missing]


def test_keys_of_another_kind_are_told() -> None:
    found = wrong(**HOOK, token="t", folder="x")
    assert found == {
        "token": "means nothing to kind webhook",
        "folder": "means nothing to kind webhook",
    }


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://desk.example/", "http needs private = true"),
        ("ftp://desk.example/", "must start with https://"),
        ("desk.example", "must start with https://"),
        ("https://", "name a host"),
        ("https://[::1", "is no URL"),
        ("https://desk.example:x/", "is no URL"),
        ("https://me:hunter2@desk.example/", "user name or a password"),
        ("https://127.0.0.1/", "is a private address"),
        ("https://[fd00::1]/", "is a private address"),
        ("https://localhost/", "is this machine"),
        ("https://169.254.169.254/", "link-local"),
    ],
)
def test_urls_that_lead_astray_are_refused_without_quoting_them(url: str, why: str) -> None:
    found = wrong(**{**HOOK, "url": url})
    assert why in found["url"]
    assert "hunter2" not in found["url"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://localhost/", "http://desk/"])
def test_your_own_network_may_be_meant(url: str) -> None:
    assert wrong(**{**HOOK, "url": url, "private": True}) == {}
    metadata = wrong(**{**HOOK, "url": "http://169.254.169.254/", "private": True})
    assert "link-local" in metadata["url"]


@pytest.mark.parametrize("key", ["secret", "previous_secret"])
def test_a_secret_that_is_none_is_told_and_not_quoted(key: str) -> None:
    found = wrong(**{**HOOK, key: "hunter2"})
    assert "openssl rand" in found[key]
    assert "hunter2" not in found[key]


def test_problems_name_file_line_and_key(tmp_path: Path) -> None:
    text = '[handoff.sinks.desk]\nurl = "http://desk.example/"\nsecret = "env:HOOK"\n'
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, text, {"HOOK": "hunter2"})
    told = str(caught.value)
    assert "config.toml:12: handoff.sinks.desk.url" in told
    assert "handoff.sinks.desk.secret" in told
    assert "hunter2" not in told


def test_secrets_come_from_the_environment_and_are_missed_there(tmp_path: Path) -> None:
    text = '[handoff.sinks.desk]\nurl = "https://desk.example/"\nsecret = "env:HOOK"\n'
    loaded = written(tmp_path, text, {"HOOK": SECRET})
    assert loaded.config.handoff.sinks["desk"].secret == SECRET
    assert loaded.warnings == ()
    with pytest.raises(ConfigError, match="HOOK is not set"):
        written(tmp_path, text)


def test_each_tenants_handoffs_go_where_the_operator_says(tmp_path: Path) -> None:
    text = """
[handoff.sinks.all]
kind = "file"
folder = "all"
[handoff.sinks.acme]
kind = "file"
folder = "acme"
tenants = ["acme"]
"""
    handoff = written(tmp_path, text).config.handoff
    assert handoff.sinks_of("acme") == ("all", "acme")
    assert handoff.sinks_of("other") == ("all",)
