"""Text hidden in base64 (RFC 4648, both alphabets) or hexadecimal."""

import base64
import binascii
import re
from collections.abc import Iterator

_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{10,4000}={0,2}(?![\w+/=-])")
_HEX = re.compile(r"(?:0x)?(?:[0-9a-fA-F]{2}){7,2000}")
_WORDY = re.compile(r"[a-z]+|[A-Z][a-z]+|[A-Z]+|\d{1,19}")
_DIVERSE = re.compile(r"(?=.*[A-Z])(?=.*[a-z])")


def find_encoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and the decoded text of each token that holds readable text."""
    for token in _BASE64.finditer(text):
        written = token.group()
        decoded = _from_hex(written) or _from_base64(written)
        if decoded:
            yield token.start(), token.end(), decoded


def _from_hex(written: str) -> str:
    if not _HEX.fullmatch(written):
        return ""
    return _readable(bytes.fromhex(written.removeprefix("0x")))


def _from_base64(written: str) -> str:
    bare = written.rstrip("=")
    # One word or one number is itself, not the code of something.
    if _WORDY.fullmatch(bare) or not _DIVERSE.match(bare) or len(bare) % 4 == 1:
        return ""
    plain = bare.replace("-", "+").replace("_", "/")
    try:
        return _readable(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except binascii.Error:
        return ""


def _readable(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.replace("\n", " ").replace("\t", " ").isprintable() else ""
