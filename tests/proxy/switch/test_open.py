from pathlib import Path
from typing import Any

from proxy.config.load import load_config
from proxy.switch.base import Change, Move
from proxy.switch.file import FILE, FileSwitchStore
from proxy.switch.open import open_switches
from proxy.switch.shared import RedisSwitchStore


def test_it_is_in_the_data_folder_or_shared(kit: Any, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    (tmp_path / "policy.toml").write_text(kit.POLICY)
    path.write_text(kit.CONFIG.format(extra=""))
    local = open_switches(load_config(path))
    assert isinstance(local, FileSwitchStore)
    assert not (tmp_path / "data").exists()
    (tmp_path / "data").mkdir()
    local.append(Change("t", "me", Move.TIGHTEN, "*"))
    assert (tmp_path / "data" / FILE).is_file()
    local.close()
    path.write_text(kit.CONFIG.format(extra='[stores]\nshared = "redis://127.0.0.1:1/0"\n'))
    shared = open_switches(load_config(path))
    assert isinstance(shared, RedisSwitchStore)
    shared.close()
