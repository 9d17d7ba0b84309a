"""Encryption of the vault: AES-256-GCM (NIST SP 800-38D), one data key per tenant.

The master key only wraps data keys, so it can be kept elsewhere than the data, and a
tenant's values can be made unreadable by throwing one key away. What a box belongs to
(tenant, conversation, placeholder) is authenticated with it: a box that was moved to
another row does not open.
"""

import hashlib
import hmac
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from policies.errors import StoreError

_NONCE = 12
_LEAST = 16


class Sealer:
    """Seals and opens texts under one key."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        """`key` has 32 bytes."""
        self._aead = AESGCM(key)

    def seal(self, data: bytes, *place: str) -> bytes:
        """Encrypt `data` for one place; the nonce comes first."""
        nonce = os.urandom(_NONCE)
        return nonce + self._aead.encrypt(nonce, data, _place(place))

    def open(self, box: bytes, *place: str) -> bytes:
        """Decrypt; raises `StoreError` if key, place or box is not the right one."""
        try:
            return self._aead.decrypt(box[:_NONCE], box[_NONCE:], _place(place))
        except (InvalidTag, ValueError):
            msg = (
                "the vault can't be read with this key: HANDRAIL_VAULT_KEY or the key file is not "
                "the one it was written with, or the file was damaged"
            )
            raise StoreError(msg) from None


class MasterKey:
    """Wraps the tenants' data keys, and turns names into what may stand in an index."""

    __slots__ = ("_index_key", "_sealer")

    def __init__(self, secret: bytes) -> None:
        """Raises `ValueError` if `secret` has less than 16 bytes."""
        if len(secret) < _LEAST:
            msg = "the vault's master key must be at least 16 bytes long"
            raise ValueError(msg)
        self._sealer = Sealer(_derived(secret, b"vault wrap"))
        self._index_key = _derived(secret, b"vault index")

    def index(self, *names: str) -> bytes:
        """Return a keyed hash: customer references and conversation ids may be personal."""
        return hmac.new(self._index_key, _place(names), hashlib.sha256).digest()

    def wrapped_key(self, tenant: str) -> bytes:
        """Return a new data key, wrapped for `tenant`."""
        return self._sealer.seal(AESGCM.generate_key(256), tenant)

    def unwrap(self, wrapped: bytes, tenant: str) -> Sealer:
        """Return what seals the values of `tenant`; raises `StoreError`."""
        return Sealer(self._sealer.open(wrapped, tenant))


def encoded(value: str) -> bytes:
    """Return what is sealed of a value; half a surrogate pair comes back, too."""
    return value.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """Return the value of an opened box."""
    return data.decode("utf-8", "surrogatepass")


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac.new(secret, purpose + b"\x01", hashlib.sha256).digest()


def _place(names: tuple[str, ...]) -> bytes:
    return json.dumps(names).encode()
