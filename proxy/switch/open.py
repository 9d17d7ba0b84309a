"""A part of the wiring: where a configuration's switch is."""

from proxy.config.load import Loaded
from proxy.redis_client import RedisCommands
from proxy.switch.base import SwitchStore
from proxy.switch.file import FILE, FileSwitchStore
from proxy.switch.shared import RedisSwitchStore

_TIMEOUT_S = 1.0


def open_switches(loaded: Loaded) -> SwitchStore:
    """Return the switch that all replicas of a configuration see. Nothing is made or sent.

    In the data folder, or in Redis if that is shared. Raises `StoreError` for a URL that is none.
    """
    stores = loaded.config.stores
    if stores.shared != "local":
        return RedisSwitchStore(RedisCommands(stores.shared, timeout_s=_TIMEOUT_S))
    return FileSwitchStore(loaded.folder / stores.data_dir / FILE)
