"""Tickets in Zendesk Support."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from proxy.handoff.outbox import CREATED, Delivery
from proxy.handoff.sinks.base import DeliveryError
from proxy.handoff.sinks.http import Http
from proxy.handoff.sinks.note import note, subject

_PRIORITIES = frozenset({"low", "normal", "high", "urgent"})


@dataclass(frozen=True, slots=True)
class ZendeskSink:
    """Opens a ticket per handoff, with the packet as an internal note.

    Zendesk honours `Idempotency-Key` for some hours; later tries look for a ticket with
    the handoff's id as `external_id` first, so that a long outage makes no second one.
    """

    name: str
    url: str
    """Such as https://shop.zendesk.com."""
    user: str
    """The e-mail address of the agent that the token belongs to."""
    token: str
    http: Http
    group_id: int | None = None
    timeout_s: float = 15.0
    retry_s: float = 5.0
    max_attempts: int = 36

    async def deliver(self, delivery: Delivery) -> str | None:
        """Open the ticket; return its number."""
        if delivery.type != CREATED:
            return None
        if delivery.attempt > 1 and (known := await self._known(delivery)) is not None:
            return known
        headers = {**self._headers(), "idempotency-key": delivery.key}
        body = json.dumps({"ticket": self._ticket(delivery)}).encode()
        answer = await self.http.send("POST", self._at("tickets.json"), headers=headers, body=body)
        return self._number(answer.json().get("ticket"))

    async def _known(self, delivery: Delivery) -> str | None:
        where = self._at(f"tickets.json?external_id={quote(delivery.handoff_id, safe='')}")
        answer = await self.http.send("GET", where, headers=self._headers())
        tickets = answer.json().get("tickets")
        found = [
            ticket
            for ticket in (tickets if isinstance(tickets, list) else [])
            if isinstance(ticket, dict) and ticket.get("external_id") == delivery.handoff_id
        ]
        return self._number(found[0]) if found else None

    def _ticket(self, delivery: Delivery) -> dict[str, Any]:
        packet = delivery.data
        reason = packet.get("trigger", {}).get("reason_code")
        ticket: dict[str, Any] = {
            "subject": subject(packet),
            "comment": {"body": note(packet), "public": False},
            "external_id": delivery.handoff_id,
            "tags": [tag for tag in ("handrail", reason) if tag],
        }
        priority = packet.get("routing", {}).get("priority")
        if priority in _PRIORITIES:
            ticket["priority"] = priority
        return ticket if self.group_id is None else {**ticket, "group_id": self.group_id}

    def _number(self, ticket: object) -> str:
        if not isinstance(ticket, dict) or not isinstance(ticket.get("id"), int):
            raise DeliveryError(f"{self.name}: the answer names no ticket", kind="protocol")
        return str(ticket["id"])

    def _headers(self) -> dict[str, str]:
        login = base64.b64encode(f"{self.user}/token:{self.token}".encode()).decode()
        return {"authorization": f"Basic {login}", "content-type": "application/json"}

    def _at(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/api/v2/{path}"
