"""Replace personal data in every text of the request, before anything leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from policies.errors import PersonalDataBlocked, RedactionError, RequestError
from policies.turn import Turn, Vault
from proxy.vault.pseudonyms import Pseudonyms
from proxy.wire.evidence import evidence_of
from proxy.wire.request import Received, conversation_of
from proxy.wire.texts import Texts, own_placeholders, walk
from validators.base import Redaction, Redactor

_OWN_METADATA = ("conversation_id", "session_id", "customer_ref", "locale")
"""Read by Handrail; providers have no use for them, and some refuse `metadata`."""

_TRIES = 3
"""How often values are redacted anew because another request took their placeholder."""


class ConversationVault(Protocol):
    """Keeps the values of conversations; never fails, see `VaultKeeper`."""

    async def recall(self, tenant: str, conversation_id: str) -> Vault:
        """Return the values of earlier turns."""
        ...

    async def remember(
        self,
        tenant: str,
        conversation_id: str,
        values: Vault,
        *,
        customer_ref: str | None,
        before: int,
    ) -> Vault:
        """Keep values; return what their placeholders stand for from now on."""
        ...


@dataclass(frozen=True, slots=True)
class _Done:
    """A redacted request."""

    clean: Received
    scope: Mapping[str, str]
    redaction: Redaction
    vault: Vault
    """The values of this request."""


@dataclass(slots=True)
class Redact:
    """Redact body, context, account facts, scope and ids in one call, so placeholders agree."""

    redactor: Redactor
    trust_system_prompt: bool = False
    max_characters: int = 1_000_000
    """Of all texts of a request together: one request must not hold up the others."""
    vault: ConversationVault | None = None
    """None: values last as long as the request."""
    pseudonyms: Pseudonyms | None = None
    """For ids that are personal; None: they hold placeholders."""
    restore: Literal["all", "own"] = "all"
    """Which values a customer may be shown: all, or what the customer said or is."""
    name: str = "redact"

    async def __call__(self, turn: Turn) -> Turn:
        """Fill everything that later stages read; fail closed.

        What placeholders stand for is kept before one of them leaves.
        """
        received: Received = turn.received.reveal()
        texts = Texts.of(received, turn.scope)
        if texts.characters > self.max_characters:
            raise _too_long(self.max_characters)
        known = await self._recalled(turn, received)
        done = await self._redacted(turn, received, texts, known)
        if self.vault is not None and received.conversation_id is not None:
            done = await self._kept(turn, texts, known, done)
        vault = known.merged(done.vault)
        conversation = conversation_of(done.clean.body)
        evidence = evidence_of(
            done.clean, conversation, trust_system_prompt=self.trust_system_prompt
        )
        return turn.but(
            request=_forwarded(done.clean.body),
            conversation=conversation,
            conversation_id=self._conversation_id(turn, done.clean),
            customer_ref=self._customer_ref(turn, done.clean),
            scope=done.scope,
            evidence=tuple(evidence),
            vault=vault,
            withheld=frozenset(vault) - vault.own if self.restore == "own" else frozenset(),
            entities=done.redaction.entities,
        )

    async def _recalled(self, turn: Turn, received: Received) -> Vault:
        if self.vault is None or received.conversation_id is None:
            return Vault()
        return await self.vault.recall(turn.caller.tenant, received.conversation_id)

    async def _kept(self, turn: Turn, texts: Texts, known: Vault, done: _Done) -> _Done:
        """Keep what is new; redact anew where a placeholder has become somebody else's."""
        received: Received = turn.received.reveal()
        if self.vault is None or received.conversation_id is None:
            return done
        for _ in range(_TRIES):
            new = done.vault.without(
                {
                    n
                    for n in done.vault
                    if n in known and (n in known.own or n not in done.vault.own)
                }
            )
            if not new and not known:
                break
            kept = await self.vault.remember(
                turn.caller.tenant,
                received.conversation_id,
                new,
                customer_ref=received.customer_ref,
                before=len(known),
            )
            if all(kept.get(name) == value for name, value in new.items()):
                break
            known = known.merged(kept)
            done = await self._redacted(turn, received, texts, known)
        return done

    async def _redacted(
        self, turn: Turn, received: Received, texts: Texts, known: Mapping[str, str]
    ) -> _Done:
        try:
            redaction = await self.redactor.redact(
                texts.texts,
                tenant=turn.caller.tenant,
                conversation_id=received.conversation_id,
                known=known,
                together=texts.together,
            )
        except PersonalDataBlocked as error:
            raise RequestError(
                f"Nothing was sent: {error}. The operator's [pii] entities say so.",
                code="personal_data_blocked",
                retry=False,
            ) from None
        except RedactionError:
            raise RequestError(
                "Personal data could not be removed from this request, so nothing was sent to a "
                "model. Try again; if it goes on, shorten the message or ask the operator to "
                "look at handrail's log.",
                status=503,
                kind="server_error",
                code="redaction_failed",
            ) from None
        rest = iter(redaction.texts)
        clean, scope = walk(received, turn.scope, lambda _: next(rest))
        vault = Vault(redaction.vault, own_placeholders(clean) & frozenset(redaction.vault))
        return _Done(clean, scope, redaction, vault)

    def _conversation_id(self, turn: Turn, clean: Received) -> str | None:
        given: str | None = turn.received.reveal().conversation_id
        if given is None or given == clean.conversation_id or self.pseudonyms is None:
            return clean.conversation_id
        return self.pseudonyms.conversation(turn.caller.tenant, given)

    def _customer_ref(self, turn: Turn, clean: Received) -> str | None:
        given: str | None = turn.received.reveal().customer_ref
        if given is None or given == clean.customer_ref or self.pseudonyms is None:
            return clean.customer_ref
        return self.pseudonyms.customer(turn.caller.tenant, given)


def _too_long(most: int) -> RequestError:
    return RequestError(
        f"The texts of this request have more than {most} characters. Send less, or ask the "
        "operator to raise max_characters under [pii] in config.toml.",
        status=413,
        code="request_too_large",
        retry=False,
    )


def _forwarded(body: dict[str, Any]) -> dict[str, Any]:
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return body
    kept = {k: v for k, v in metadata.items() if k not in _OWN_METADATA}
    rest = {k: v for k, v in body.items() if k != "metadata"}
    return {**rest, "metadata": kept} if kept else rest
