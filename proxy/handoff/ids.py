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

    Without a conversation id nothing tells a retry from another customer who says the same
    words. So each such request is a handoff of its own: a ticket too many is better than a
    customer whom nobody sees.
    """
    named = turn.conversation_id is not None
    conversation = ["named", turn.conversation_id] if named else ["unnamed", turn.id]
    turns = [m.text for m in turn.conversation if m.role is Role.USER]
    parts = [turn.caller.tenant, *conversation, len(turns), turn.question, turn.policy.id]
    return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()
