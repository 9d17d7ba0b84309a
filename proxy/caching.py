"""A part of the wiring: where cached answers are kept."""

import logging
from pathlib import Path

from cache.base import CacheStore
from cache.disk import DiskCacheStore
from cache.redis import RedisCacheStore
from policies.errors import StoreError
from proxy.config.load import Loaded
from proxy.redis_client import RedisCommands

log = logging.getLogger("handrail.cache")

_FILES = "cache.db*"
"""What diskcache writes; nothing else in the folder is touched."""


def open_cache(loaded: Loaded, folder: Path) -> CacheStore | None:
    """Open the configured cache; None if it is off or can't be used.

    Whatever is wrong with it, answers are made anew: that is an alarm, not an error. A file
    that can't be read is replaced by an empty one. Raises `StoreError` only for a URL that is
    none.
    """
    config = loaded.config
    if not config.cache.enabled:
        return None
    if config.stores.shared != "local":
        return RedisCacheStore(RedisCommands(config.stores.shared))
    size = config.cache.size_mb * 2**20
    try:
        return DiskCacheStore(folder, size)
    except StoreError as error:
        log.warning("%s; trying with an empty cache", error)
    try:
        for file in folder.glob(_FILES):
            file.unlink()
        return DiskCacheStore(folder, size)
    except (OSError, StoreError):
        message = "ALARM: the answer cache in %s can't be used: every answer is made anew"
        log.warning(message, folder)
        return None
