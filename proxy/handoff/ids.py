"""Names of a handoff: one for the desk, one that recognises a retry. Pure but for chance."""

import hashlib
import hmac
import json
import secrets

from policies.messages import Role
from policies.turn import Turn

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26
_CHANCE_BITS = 80

RETRY_WINDOW_S = 600
"""How long equal conversations without an id count as one: the SDKs' own time limit."""


def new_handoff_id(now: float) -> str:
    """Return a ULID: 26 characters that sort by time. `now` is Unix time in seconds.

    Format: github.com/ulid/spec, 48 bits of milliseconds and 80 bits of chance.
    """
    value = (int(now * 1000) << _CHANCE_BITS) | secrets.randbits(_CHANCE_BITS)
    digits = [_CROCKFORD[(value >> (5 * place)) & 31] for place in range(_LENGTH)]
    return "".join(reversed(digits))


def idempotency_key(turn: Turn, key: bytes) -> str:
    """Return the HMAC-SHA256 (hexadecimal) that a retried request shares with the first.

    Over tenant, conversation, the customer's last turn (its number too: a second "yes,
    please" is another turn) and the policy.
    """
    turns = [m.text for m in turn.conversation if m.role is Role.USER]
    parts = [turn.caller.tenant, *_conversation(turn), len(turns), turn.question, turn.policy.id]
    return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def _conversation(turn: Turn) -> list[str | int | None]:
    """Identify the conversation; without an id by all that was said.

    Two customers may open with the same words. So an unnamed conversation is only the
    same for one bot key, one customer reference and a few minutes: a ticket too many is
    better than a customer whom nobody sees.
    """
    if turn.conversation_id is not None:
        return ["named", turn.conversation_id]
    said = json.dumps([[m.role, m.text] for m in turn.conversation])
    window = int(turn.created // RETRY_WINDOW_S)
    digest = hashlib.sha256(said.encode()).hexdigest()
    return ["unnamed", digest, turn.caller.key_id, turn.customer_ref, window]
