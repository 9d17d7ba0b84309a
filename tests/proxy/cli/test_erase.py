import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from proxy.config.load import load_config
from proxy.privacy import build_pseudonyms
from proxy.secrets import master_key, private_folder
from proxy.stores import open_records, open_vault

Run = Callable[..., Any]


@pytest.fixture
def kept(config: Path) -> Path:
    """A configuration whose data folder holds one conversation of one customer."""
    loaded = load_config(config)
    folder = private_folder(config.parent / "data")
    master = master_key(folder)
    names = build_pseudonyms(master)
    with closing(open_vault(loaded, folder, master)) as vault:
        vault.remember(
            "shop",
            names.conversation("shop", "chat"),
            {"[PERSON_a2aa]": "Ada"},
            customer_ref=names.customer("shop", "ann"),
        )
    with closing(open_records(folder)) as records:
        record = {"id": "hr_1", "action": "pass", "tenant": "shop", "conversation": "chat"}
        records.save_decision({**record, "customer_ref": "ann"})
    return config


@pytest.mark.parametrize("what", [("customer", "ann"), ("conversation", "chat")])
def test_it_erases_once_and_counts(run: Run, kept: Path, what: tuple[str, str]) -> None:
    args = ("erase", *what, "--config", kept, "--tenant", "shop")
    assert (
        run(*args, "--json").out == '{"values": 1, "decisions": 1, "handoffs": 0, "responses": 0}\n'
    )
    again = run(*args)
    assert (again.code, again.out) == (
        0,
        "Erased: 0 values, 0 decision records, 0 handoffs, 0 responses.\n",
    )


def test_another_tenant_s_customer_stays(run: Run, kept: Path) -> None:
    done = json.loads(run("erase", "customer", "ann", "--config", kept, "--json").out)
    assert done == {"values": 0, "decisions": 0, "handoffs": 0, "responses": 0}


def test_a_name_may_come_from_standard_input(
    run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ann\n"))
    done = run("erase", "customer", "-", "--config", kept, "--tenant", "shop", "--json")
    assert json.loads(done.out)["values"] == 1


def test_a_name_that_can_be_none_is_a_usage_error(run: Run, kept: Path) -> None:
    refused = run("erase", "conversation", " ", "--config", kept)
    assert refused.code == 2
    assert "printable" in refused.err
