"""Conversations in Chatwoot."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from proxy.handoff.outbox import CREATED, Delivery
from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.http import Answer, Http
from proxy.handoff.sinks.note import note, reference

ATTRIBUTE = "handrail_handoff"
"""The custom attribute by which a conversation is recognised."""
_NAME = 100


@dataclass(frozen=True, slots=True)
class ChatwootSink:
    """Gives each handoff to agents, with the packet as a private note.

    Chatwoot knows no idempotency key, so each try looks first at what an earlier one has
    done. With `own_conversations` the bot's conversation ids are Chatwoot's own numbers:
    then the conversation that the customer is in gets the note and is opened. Otherwise a
    new one is made; that and its note are one request, so there is no half of it.
    """

    name: str
    url: str
    """Such as https://app.chatwoot.com."""
    token: str
    """The access token of an administrator: an agent's would assign conversations to itself."""
    account_id: int
    inbox_id: int
    http: Http
    own_conversations: bool = False
    timeout_s: float = 15.0
    retry_s: float = 5.0
    max_attempts: int = 36

    async def deliver(self, delivery: Delivery) -> str | None:
        """Hand over; return the number of the conversation."""
        if delivery.type != CREATED:
            return None
        if self.own_conversations:
            return await self._open(delivery)
        contact = await self._contact(delivery)
        return await self._find(contact, delivery) or await self._begin(contact, delivery)

    async def _open(self, delivery: Delivery) -> str:
        number = str(delivery.data.get("conversation", {}).get("id"))
        if not (number.isascii() and number.isdecimal()):
            raise DeliveryError(
                f"{self.name}: own_conversations is set, but the bot's conversation ids are not "
                "Chatwoot's numbers",
                kind="conversation_id",
                final=True,
            )
        place = f"conversations/{number}"
        shown = (await self._call("GET", f"{place}/messages")).json()
        first = reference(delivery.handoff_id)
        if not any(str(m.get("content")).startswith(first) for m in _objects(shown, "payload")):
            await self._call("POST", f"{place}/messages", _note(delivery))
        await self._call("POST", f"{place}/toggle_status", {"status": "open"})
        return number

    async def _contact(self, delivery: Delivery) -> int:
        """Return the customer's contact; one per handoff if the bot names no customer."""
        ref = delivery.data.get("customer", {}).get("ref")
        identifier = f"handrail:{ref or delivery.handoff_id}"
        searched = await self._call("GET", f"contacts/search?q={quote(identifier, safe='')}")
        for contact in _objects(searched.json(), "payload"):
            if contact.get("identifier") == identifier:
                return self._number(contact)
        made = await self._call(
            "POST",
            "contacts",
            {
                "inbox_id": self.inbox_id,
                "name": f"Customer {ref or delivery.handoff_id}"[:_NAME],
                "identifier": identifier,
            },
        )
        payload = made.json().get("payload")
        return self._number(payload.get("contact") if isinstance(payload, dict) else None)

    async def _find(self, contact: int, delivery: Delivery) -> str | None:
        listed = await self._call("GET", f"contacts/{contact}/conversations")
        for conversation in _objects(listed.json(), "payload"):
            attributes = conversation.get("custom_attributes")
            if isinstance(attributes, dict) and attributes.get(ATTRIBUTE) == delivery.handoff_id:
                return str(self._number(conversation))
        return None

    async def _begin(self, contact: int, delivery: Delivery) -> str:
        made = await self._call(
            "POST",
            "conversations",
            {
                "inbox_id": self.inbox_id,
                "contact_id": contact,
                "status": "open",
                "custom_attributes": {ATTRIBUTE: delivery.handoff_id},
                "message": _note(delivery),
            },
        )
        return str(self._number(made.json()))

    async def _call(self, method: str, path: str, body: object = None) -> Answer:
        where = f"{self.url.rstrip('/')}/api/v1/accounts/{self.account_id}/{path}"
        headers = {"api_access_token": self.token, "content-type": "application/json"}
        raw = None if body is None else json.dumps(body).encode()
        return await self.http.send(method, where, headers=headers, body=raw)

    def _number(self, found: object) -> int:
        if isinstance(found, dict) and isinstance(number := found.get("id"), int):
            return number
        raise DeliveryError(f"{self.name}: the answer names no id", kind="protocol")


def _note(delivery: Delivery) -> dict[str, Any]:
    return {"content": note(delivery.data), "message_type": "outgoing", "private": True}


def _objects(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    listed = value.get(key)
    return [item for item in (listed if isinstance(listed, list) else []) if isinstance(item, dict)]
