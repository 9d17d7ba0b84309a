from pathlib import Path

import pytest

from policies.errors import ConfigError
from policies.load import load_policy
from policies.strict import parse
from proxy.config.pii import Pii, longest_handoff_s

POLICY = """version = 1
[defaults]
sla_minutes = 5
[intents.slow]
examples = ["slow"]
sla_minutes = 90
[risks.self_harm]
escalation_text = "You are not alone."
sla_minutes = {minutes}
"""


@pytest.mark.parametrize(("minutes", "longest_s"), [(10, 5400), (120, 7200)])
def test_the_longest_handoff_is_that_of_any_rule(
    tmp_path: Path, minutes: int, longest_s: float
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(POLICY.format(minutes=minutes))
    assert longest_handoff_s(load_policy(file)) == longest_s


def test_a_provider_is_allowed_or_not() -> None:
    table = {"providers": {"near": {"entities": {"PERSON": "block"}}}}
    with pytest.raises(ConfigError, match=r"providers\.near\.entities\.PERSON"):
        parse(Pii, table, "", "config.toml")


def test_values_are_kept_for_a_month_by_default() -> None:
    assert Pii().vault_ttl_s == 30 * 24 * 3600
    assert Pii().restore == "all"
