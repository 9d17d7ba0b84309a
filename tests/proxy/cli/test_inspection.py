from pathlib import Path

import pytest

from proxy.cli.inspection import inspect
from proxy.config.load import load_config


def warnings(config: Path) -> list[str]:
    seen = inspect(load_config(config))
    assert seen.problems == ()
    return [f"{w.key}: {w.message}" for w in seen.warnings]


def add(config: Path, text: str) -> None:
    config.write_text(config.read_text() + f"\n{text}\n")


def test_a_tier_that_only_a_judge_asks_is_used(config: Path) -> None:
    replies = config.parent / "verdicts.toml"
    replies.write_text('[[replies]]\nreply = "SUPPORTED"\n')
    end = "timeout_ms = 2000\n"
    judge = '[validators.options]\njudge = { tier = "second" }\n'
    text = config.read_text()
    assert text.count(end) == 1
    config.write_text(text.replace(end, end + judge))
    add(config, f'[providers.words]\nkind = "scripted"\nfile = "{replies.name}"')
    add(config, '[models.word]\nprovider = "words"\nmodel = "w"')
    add(config, '[tiers.second]\nmodels = ["word"]')
    assert not [w for w in warnings(config) if "tiers.second" in w]


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ('[models.b]\nprovider = "embedded"\nmodel = "m"', "models.b", "no tier uses it"),
        ('[tiers.b]\nmodels = ["pages"]', "tiers.b", "no alias uses it"),
        ('[providers.b]\nkind = "extractive"', "providers.b", "no model uses it"),
        ('[auth]\nadmin_key = "secret"', "", "auth.admin_key is written in clear text"),
    ],
)
def test_what_nobody_uses_and_what_all_can_read(
    config: Path, text: str, key: str, message: str
) -> None:
    add(config, text)
    (warning,) = warnings(config)
    assert warning.startswith(f"{key}: {message}")


def test_a_warning_names_its_line(config: Path) -> None:
    lines = config.read_text().count("\n")
    add(config, '[tiers.b]\nmodels = ["pages"]')
    (warning,) = inspect(load_config(config)).warnings
    assert warning.line == lines + 2


def test_a_data_folder_that_cannot_be_made(config: Path) -> None:
    (config.parent / "data").write_text("a file in its place")
    (warning,) = warnings(config)
    assert warning.startswith("stores.data_dir: ")


def test_a_configuration_that_checks_nothing(config: Path) -> None:
    config.write_text(config.read_text().replace('mode = "enforce"', 'mode = "shadow"'))
    (warning,) = warnings(config)
    assert warning.startswith("validators: no check is enforced")


def floor(config: Path, tier: str) -> None:
    policy = config.parent / "policies" / "support.toml"
    policy.write_text(
        policy.read_text().replace("[intents.refund]", f'[intents.refund]\ntier = "{tier}"')
    )


def test_a_tier_that_no_alias_leads_to(config: Path) -> None:
    add(config, '[tiers.large]\nmodels = ["pages"]')
    floor(config, "large")
    assert any(w.startswith("intents.refund.tier: no alias leads to") for w in warnings(config))


def test_a_tier_that_only_the_policy_knows_is_a_problem(config: Path) -> None:
    floor(config, "x")
    (problem,) = inspect(load_config(config)).problems
    assert problem.key == "intents.refund.tier"
    assert "there is no tier 'x'" in problem.message


def test_a_page_without_text(config: Path) -> None:
    (config.parent / "knowledge" / "bare.md").write_text("# Only a heading\n")
    found = inspect(load_config(config))
    told = [*found.problems, *found.warnings]
    assert any("bare" in p.file for p in told)


def test_a_provider_that_cannot_be_built_is_a_problem(config: Path) -> None:
    add(config, '[providers.s]\nkind = "scripted"\nfile = "missing.toml"')
    found = inspect(load_config(config))
    assert any("missing.toml" in str(p) for p in found.problems)
