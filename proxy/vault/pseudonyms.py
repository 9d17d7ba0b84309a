"""Names for conversations and customers that tell nothing: keyed hashes.

Ids that bots choose may be personal (an e-mail address, say). A placeholder would differ
from conversation to conversation, so nothing could be found by it again.
"""

import hashlib
import hmac
import json
import re

_LENGTH = 24
_FORM = re.compile(rf"(?:conv|cust)-[0-9a-f]{{{_LENGTH}}}")


class Pseudonyms:
    """The same id, the same pseudonym, within a tenant; HMAC-SHA256, 96 bits of it."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """`key` is secret."""
        self._key = key

    def conversation(self, tenant: str, conversation_id: str) -> str:
        """Return `conv-` and 24 hexadecimal digits."""
        return self._name("conv", tenant, conversation_id)

    def customer(self, tenant: str, customer_ref: str) -> str:
        """Return `cust-` and 24 hexadecimal digits."""
        return self._name("cust", tenant, customer_ref)

    def _name(self, kind: str, tenant: str, given: str) -> str:
        message = json.dumps([kind, tenant, given]).encode()
        return f"{kind}-{hmac.new(self._key, message, hashlib.sha256).hexdigest()[:_LENGTH]}"


def is_pseudonym(text: str) -> bool:
    """Whether a text has the form of a pseudonym: an operator may have it from a record."""
    return _FORM.fullmatch(text) is not None
