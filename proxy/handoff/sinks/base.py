"""The protocol of a sink, and how a delivery fails."""

from typing import Protocol

from policies.errors import HandrailError
from proxy.handoff.outbox import Delivery


class DeliveryError(HandrailError):
    """A sink did not take a delivery.

    The message names the sink, the kind of failure and what to do. It never holds what the
    sink answered, which may echo the packet, nor a secret.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        final: bool = False,
        gone: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        """`kind` is one word for records and metrics.

        `final`: this delivery is refused for what it is, so trying again is no use. `gone`:
        the sink wants no further delivery at all. `retry_after_s` is what the sink asked for.
        """
        super().__init__(message)
        self.kind = kind
        self.final = final
        self.gone = gone
        self.retry_after_s = retry_after_s


class HandoffSink(Protocol):
    """Takes events. A sink is told the same event again until it has confirmed it once."""

    @property
    def name(self) -> str:
        """As in the configuration."""
        ...

    @property
    def timeout_s(self) -> float:
        """For one delivery as a whole, in seconds; the worker keeps it."""
        ...

    @property
    def retry_s(self) -> float:
        """Pause before the second try, in seconds; it doubles from try to try."""
        ...

    @property
    def max_attempts(self) -> int:
        """After so many tries a delivery is given up."""
        ...

    async def deliver(self, delivery: Delivery) -> str | None:
        """Deliver once; return what the sink calls it (a ticket's number), if anything.

        Return at once for an event that means nothing to this kind of sink. Raises
        `DeliveryError`.
        """
        ...
