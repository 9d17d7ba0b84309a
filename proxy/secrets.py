"""The master secret, and what is derived from it. Nothing here is ever logged."""

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from policies.errors import ConfigError, Problem

VARIABLE = "HANDRAIL_VAULT_KEY"
_MIN_LENGTH = 16

log = logging.getLogger("handrail.start")


def private_folder(path: Path) -> Path:
    """Create a folder for this user only. Raises `ConfigError` that says what to do."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".probe-{secrets.token_hex(4)}"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        text = (
            f"the data folder can't be written ({error.strerror}); give this user write access "
            "or set data_dir under [stores] to another folder"
        )
        raise ConfigError(Problem(str(path), None, "", text)) from None
    return path


def master_key(data_dir: Path, environ: Mapping[str, str] | None = None) -> bytes:
    """Return the secret from the environment, else from a generated 0600 file.

    Raises `ConfigError` if it is too short or the file can't be used.
    """
    given = (os.environ if environ is None else environ).get(VARIABLE)
    if given is not None:
        # Mounted secrets often end in a newline; kept in a file it would be stripped too.
        if len(given := given.strip()) < _MIN_LENGTH:
            text = (
                f"must have at least {_MIN_LENGTH} characters; make one with: openssl rand -hex 32"
            )
            raise ConfigError(Problem("environment", None, VARIABLE, text))
        return given.encode()
    path = data_dir / "vault.key"
    try:
        _make(path)
        key = path.read_text(errors="replace").strip()
    except OSError as error:
        text = f"the key file can't be used ({error.strerror}); set {VARIABLE} instead"
        raise ConfigError(Problem(str(path), None, "", text)) from None
    if len(key) < _MIN_LENGTH:
        text = f"the key file is damaged; restore it from its copy, or set {VARIABLE}"
        raise ConfigError(Problem(str(path), None, "", text))
    return key.encode()


def _make(path: Path) -> None:
    """Write a new key, unless there is one already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    log.warning("%s is not set: made a key in %s; keep a copy of it", VARIABLE, path)


def derive(master: bytes, purpose: str) -> bytes:
    """Return a key for one purpose: HMAC-SHA256 as in HKDF's expand step (RFC 5869)."""
    return hmac.new(master, purpose.encode() + b"\x01", hashlib.sha256).digest()
