"""What agents write is kept with placeholders; what is behind those is shown to few.

Agents see and write placeholders. A value that they write all the same becomes one before
anything is stored, so neither the records nor the sinks ever hold it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from policies.errors import StoreError
from policies.text import Redacted
from policies.turn import Vault
from proxy.handoff.case import CaseError
from proxy.records.views import UNKNOWN
from proxy.vault.base import VaultStore
from proxy.vault.pseudonyms import Pseudonyms, is_pseudonym
from validators.base import Redactor
from validators.offload import Offload

R = TypeVar("R")

_TRIES = 3
"""How often a text is redacted anew because another request took a placeholder."""


@dataclass(frozen=True, slots=True)
class Discretion:
    """Hides and shows the personal data of one conversation."""

    redactor: Redactor
    vault: VaultStore
    pseudonyms: Pseudonyms
    offload: Offload
    restore: Callable[[str, Mapping[str, str]], str]
    unknown: Callable[[str, Mapping[str, str]], Sequence[str]]
    """Finds what looks like a placeholder and stands for nothing."""
    own_only: bool = False
    """Customers are shown only what they said or is theirs."""

    async def hide(self, tenant: str, conversation_id: str, text: str) -> Redacted:
        """Return a text with placeholders only; known ones stay as the agent wrote them.

        What is new is kept in the vault, so that the customer can be shown it. Raises
        `CaseError` for a placeholder that stands for nothing, `RedactionError` and
        `StoreError` if the text can't be made safe: then it must not be stored.
        """
        known = await self._recalled(tenant, conversation_id)
        if self.unknown(text, known):
            msg = (
                "The text holds a placeholder that stands for nothing in this conversation; "
                "copy placeholders from the packet, or leave them out."
            )
            raise CaseError(msg, code="unknown_placeholder")
        for _ in range(_TRIES):
            clean, values = await self._redacted(tenant, conversation_id, text, known)
            if not values or conversation_id == UNKNOWN:
                return clean
            kept = await self._remember(tenant, conversation_id, values)
            if all(kept.get(name) == value for name, value in values.items()):
                return clean
            known = known.merged(kept)
        msg = "the vault gave its placeholders to others each time: try again"
        raise StoreError(msg)

    async def show(self, tenant: str, conversation_id: str, texts: Sequence[str]) -> list[str]:
        """Return texts as the customer may read them."""
        known = await self._recalled(tenant, conversation_id)
        hidden = frozenset(known) - known.own if self.own_only else frozenset[str]()
        return [self.restore(text, known.without(hidden)) for text in texts]

    async def values(
        self, tenant: str, conversation_id: str, wanted: Sequence[str]
    ) -> dict[str, str]:
        """Return what placeholders stand for, as far as it is still kept."""
        known = await self._recalled(tenant, conversation_id)
        return {name: known[name] for name in wanted if name in known}

    async def _redacted(
        self, tenant: str, conversation_id: str, text: str, known: Vault
    ) -> tuple[Redacted, Vault]:
        """Redact what stands between the known placeholders."""
        pieces = _split(text, known)
        done = await self.redactor.redact(
            [piece for piece in pieces if piece not in known],
            tenant=tenant,
            conversation_id=conversation_id,
            known=known,
        )
        clean = iter(done.texts)
        whole = "".join(piece if piece in known else next(clean) for piece in pieces)
        return Redacted(whole), Vault(done.vault, done.vault)

    async def _recalled(self, tenant: str, conversation_id: str) -> Vault:
        if conversation_id == UNKNOWN:
            return Vault()
        place = self._place(tenant, conversation_id)
        return await self.offload.run(self.vault.recall, tenant, place)

    async def _remember(self, tenant: str, conversation_id: str, values: Vault) -> Vault:
        place = self._place(tenant, conversation_id)

        def keep() -> Vault:
            return self.vault.remember(tenant, place, values, own=values.own)

        return await self.offload.run(keep)

    def _place(self, tenant: str, conversation_id: str) -> str:
        """Return the vault's name of a conversation; records may hold it already."""
        if is_pseudonym(conversation_id):
            return conversation_id
        return self.pseudonyms.conversation(tenant, conversation_id)


def _split(text: str, known: Mapping[str, str]) -> list[str]:
    """Cut a text at the placeholders that it holds, so that they are left alone."""
    if not known:
        return [text]
    longest_first = sorted(known, key=len, reverse=True)
    return re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
