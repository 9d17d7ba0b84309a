"""Raw and redacted text are different types, so that a type checker stops leaks.

`Redacted` is a `str` as far as Python is concerned: it may be logged, cached, sent.
`Raw` is not a `str` at all: nothing formats, joins, logs or serialises it by accident.
"""

from typing import Any, NewType

Redacted = NewType("Redacted", str)
"""Text in which every detected personal value has been replaced by a placeholder."""


class Raw:
    """A value that came from outside and may hold personal data.

    Its repr and str show only the type, so a log line, an exception or an assertion
    message that meets one by accident gives nothing away.
    """

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:  # noqa: ANN401 - any JSON value may arrive
        """Wrap `value`."""
        self._value = value

    def reveal(self) -> Any:  # noqa: ANN401 - gives back what was put in
        """Return the wrapped value; each caller must keep it inside the process."""
        return self._value

    def __repr__(self) -> str:
        """Never the value."""
        return f"Raw(<{type(self._value).__name__}>)"

    def __reduce__(self) -> str:
        """Refuse pickling: a pickled raw value could reach a file or a queue."""
        msg = "raw text may not be pickled"
        raise TypeError(msg)
