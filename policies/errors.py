"""The error tree. A decision is not an error: it is a value (see `decision.py`).

HandrailError
├── ConfigError          the configuration or a policy file is not valid
├── RequestError         the request can't be served; the client is told why (4xx)
├── UpstreamError        a model provider failed
├── RedactionError       redaction failed: nothing may leave
│   └── PersonalDataBlocked  a type of personal data that the operator blocks
└── StoreError           a store could not be read or written
"""

from collections.abc import Iterable
from dataclasses import dataclass


class HandrailError(Exception):
    """Base of everything that Handrail raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, and what to do."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        """`file:line: key: message`, as editors and CI annotate it."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(HandrailError):
    """All problems of one configuration at once."""

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems; the message is one line each."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class RequestError(HandrailError):
    """A request that is not answered. Becomes the OpenAI error envelope.

    Messages are shown to the bot's developer and logged, so they never quote
    what the customer wrote.
    """

    def __init__(  # noqa: PLR0913 - one parameter per field of the OpenAI envelope
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        retry: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        """`retry` becomes `x-should-retry`; `retry_after` is in seconds."""
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code
        self.retry = retry
        self.retry_after = retry_after


class UpstreamError(HandrailError):
    """A provider refused, broke or did not answer in time.

    The message names the provider and the kind of failure, never its body: a provider
    may echo the prompt.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str,
        status: int | None = None,
        retry_after: float | None = None,
        retryable: bool = True,
    ) -> None:
        """`kind` is `timeout`, `connection`, `status`, `protocol` or `client`."""
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
        self.retryable = retryable


class RedactionError(HandrailError):
    """Redaction failed. The request is refused before anything leaves."""


class PersonalDataBlocked(RedactionError):  # noqa: N818 - a choice of the operator, no failure
    """The request holds values of types that must not be sent at all.

    The message names the types, never a value, and may be shown to the bot's developer.
    """

    def __init__(self, types: Iterable[str]) -> None:
        """Keep the types, sorted."""
        self.types = tuple(sorted(set(types)))
        super().__init__(
            f"the request holds personal data that is blocked: {', '.join(self.types)}"
        )


class StoreError(HandrailError):
    """A store could not be read or written; the message says which and what to do."""
