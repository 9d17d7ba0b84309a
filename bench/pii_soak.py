"""Redact many different messages one after the other and watch the memory.

Each message is new, so nothing is answered from memory, and each holds names and numbers
never seen before, so what grows with the vocabulary would show. The resident memory should
level off once the memory of recent texts is full (4,096 texts).

    nice python bench/pii_soak.py --messages 50000
"""

import argparse
import asyncio
import random
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from validators.offload import Offload
from validators.pii.detect import PresidioDetector
from validators.pii.national_forms import ALL_MARKETS
from validators.pii.redactor import PresidioRedactor

_SENTENCES = (
    "hi, my name is {name} and order {number} is late",
    "{name} here, please send it to {number} {word} Street, {word}",
    "Can you write to {word}.{word}@{word}.example about {name}?",
    "I live in {word} and call from {phone}",
    "The {word} arrived broken, I want my money back.",
    "{name} and {name} both say that {word} is not for sale",
)
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "zu",
    "sha",
    "tri",
    "kle",
    "mont",
    "berg",
]


def messages(count: int, seed: int) -> Iterator[str]:
    """Yield `count` different messages of one to three sentences."""
    chance = random.Random(seed)  # noqa: S311 - test data

    def word() -> str:
        return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))

    for number in range(count):
        sentences = (
            sentence.format(
                name=f"{word().title()} {word().title()}",
                word=word().title(),
                number=number,
                phone=f"+4670{chance.randint(1_000_000, 9_999_999)}",
            )
            for sentence in chance.choices(_SENTENCES, k=chance.randint(1, 3))
        )
        yield ". ".join(sentences)


def resident_mb() -> float:
    """Return the resident memory of this process in MB (Linux)."""
    fields = Path("/proc/self/statm").read_text("ascii").split()
    return int(fields[1]) * 4096 / 2**20


async def soak(count: int, seed: int, every: int) -> None:
    """Redact `count` messages and print the resident memory every `every` messages."""
    offload = Offload(1)
    redactor = PresidioRedactor(
        PresidioDetector(regions=ALL_MARKETS), secrets.token_bytes(32), offload
    )
    started = time.process_time()
    found = 0
    try:
        for number, text in enumerate(messages(count, seed), 1):
            done = await redactor.redact([text], tenant="soak", conversation_id=str(number))
            found += sum(done.entities.values())
            if number == 1 or number % every == 0:
                spent = (time.process_time() - started) * 1000 / number
                sys.stdout.write(
                    f"{number:>7} messages {resident_mb():8.1f} MB {spent:6.2f} ms CPU each, "
                    f"{found} values\n"
                )
                sys.stdout.flush()
    finally:
        offload.close()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=5_000)
    asked = parser.parse_args()
    asyncio.run(soak(asked.messages, asked.seed, asked.every))


if __name__ == "__main__":
    main()
