"""Erasing what is kept about a customer or a conversation."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from proxy.records.base import ErasedRows, RecordStore
from proxy.responses.base import ResponseStore
from proxy.vault.base import VaultStore
from proxy.vault.pseudonyms import Pseudonyms, is_pseudonym

log = logging.getLogger("handrail.audit")

MAX_NAME = 512
"""Characters of an id, a reference or a tenant's name."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased."""

    values: int
    """Values behind placeholders."""
    decisions: int
    handoffs: int
    """With their packets and deliveries that were due."""
    responses: int = 0
    """Kept responses, with all of their threads."""


class Erasure:
    """Erases in the vault, then in records and kept responses. Blocking; idempotent.

    Ids may be given as the bot sent them, or in the form in which records show them. Each
    raises `ValueError` for a name that can't be one, and `StoreError` if a store can't be
    used: what was not erased yet is by the next call.
    """

    def __init__(
        self,
        vault: VaultStore,
        records: RecordStore,
        pseudonyms: Pseudonyms,
        responses: ResponseStore,
    ) -> None:
        """Erase in these stores."""
        self._vault = vault
        self._responses = responses
        self._records = records
        self._pseudonyms = pseudonyms

    def conversation(self, tenant: str, conversation_id: str) -> Erased:
        """Erase one conversation of a tenant."""
        forms = _forms(tenant, conversation_id, self._pseudonyms.conversation)
        threads = self._responses.threads(tenant, conversations=forms)
        values = self._forget_conversations(tenant, [*forms, *threads])
        rows = self._records.erase(tenant, conversations=forms)
        kept = self._responses.erase(tenant, threads)
        return _told("conversation", tenant, forms[-1], Erased(values, *_both(rows), kept))

    def customer(self, tenant: str, customer_ref: str) -> Erased:
        """Erase a customer of a tenant: every conversation in which the reference was named."""
        forms = _forms(tenant, customer_ref, self._pseudonyms.customer)
        named = self._records.conversations_of(tenant, forms)
        values = self._vault.forget_customer(tenant, forms[-1])
        threads = self._responses.threads(tenant, conversations=named, customers=forms)
        # In the vault a conversation is that of its last customer, who may be another one.
        values += self._forget_conversations(tenant, [*named, *threads])
        rows = self._records.erase(tenant, conversations=named, customers=forms)
        kept = self._responses.erase(tenant, threads)
        return _told("customer", tenant, forms[-1], Erased(values, *_both(rows), kept))

    def _forget_conversations(self, tenant: str, ids: Iterable[str]) -> int:
        """Forget conversations; the vault knows them by their pseudonyms."""
        places = {
            name if is_pseudonym(name) else self._pseudonyms.conversation(tenant, name)
            for name in ids
        }
        return sum(self._vault.forget_conversation(tenant, place) for place in sorted(places))


def _forms(tenant: str, given: str, pseudonym: Callable[[str, str], str]) -> list[str]:
    """Return the id as given and as a pseudonym: records hold either."""
    for what, text in (("tenant", tenant), ("id", given)):
        if not text.strip() or len(text) > MAX_NAME or not text.isprintable():
            msg = f"the {what} must have 1 to {MAX_NAME} printable characters"
            raise ValueError(msg)
    return [given] if is_pseudonym(given) else [given, pseudonym(tenant, given)]


def _both(rows: ErasedRows) -> tuple[int, int]:
    return rows.decisions, rows.handoffs


def _told(kind: str, tenant: str, name: str, done: Erased) -> Erased:
    log.info(
        "erased %s %s of tenant %s: %d values, %d decisions, %d handoffs, %d responses",
        *(kind, name, tenant, done.values, done.decisions, done.handoffs, done.responses),
    )
    return done
