"""Random conversations: what is redacted must come back byte by byte, and nothing may leave.

    python bench/roundtrip.py [--conversations 10000] [--seed 1] [--vault memory|sqlite]

Each conversation has several turns; what the bot sends along is trimmed at random, so values
of earlier turns come from the vault. The model repeats what it was sent, in this turn or an
earlier one, as text, as a stream cut at every offset, and as arguments of a tool call. Which
values are personal is known here: detection is measured by `handrail eval pii`.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from policies.load import load_policy
from policies.policy import Policy
from policies.text import Raw
from policies.turn import Turn
from proxy.stages.redact import Redact
from proxy.telemetry.memory import MemoryTelemetry
from proxy.vault.base import VaultStore
from proxy.vault.keeper import VaultKeeper
from proxy.vault.memory import MemoryVault
from proxy.vault.pseudonyms import Pseudonyms
from proxy.vault.sqlite import SqliteVault
from proxy.wire.request import Received
from validators.offload import Offload
from validators.pii.placeholders import canonical
from validators.pii.restore import StreamRestorer, restore, restore_json
from validators.testing import FakeRedactor

POLICY = Path(__file__).resolve().parent.parent / "policies" / "support.toml"
GIVEN = ("Anna", "José", "Zoë", "Müller", "Ægir", "李", "O'Neil", "Jean-Luc", "Ola", "d’Arc")  # noqa: RUF001 - a name
FAMILY = ("Berg", "Bergström", "Núñez", "Quine", "van Dam", "Åkesson", "王", "McCoy", "Ek")
WORDS = (
    "and",
    "my",
    "order",
    "(",
    ")",
    ":",
    "'s",
    '"',
    "\\",
    "\n",
    "\t",
    "é",
    "😀",
    "_",
    "[",
    "]",
    "{",
    "}",
    "x_2345",
)
ALIKE = (
    "[PERSON_k7q2]",
    "person_a2aa",
    "<EMAIL_ADDRESS_b2bb>",
    "[[IBAN_CODE_c2cc]]",
    "[TEXT_d2dd]",
)


@dataclass(slots=True)
class Tally:
    """What was checked, and what was wrong."""

    conversations: int = 0
    texts: int = 0
    splits: int = 0
    calls: int = 0
    problems: list[str] = field(default_factory=list)


def values_of(chance: random.Random) -> dict[str, str]:
    """Return personal values and their types; no two are spellings of one value."""
    made: dict[str, str] = {}
    for _ in range(chance.randint(1, 6)):
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
        number = "".join(chance.choices("0123456789", k=10))
        drawn = (
            (name, "PERSON"),
            (f"{chance.choice('abcxyz')}.{number[:3]}@shop.example", "EMAIL_ADDRESS"),
            (f"+46 70 {number[:3]} {number[3:7]}", "PHONE_NUMBER"),
            (f"DE{number[:2]} {number[2:6]} {number[6:]}", "IBAN_CODE"),
            (f'{name} "the {number[0]}" \\ {number[1]}', "ADDRESS"),
            (f"Lane {number[:2]}\n{number[3:]} Town", "ADDRESS"),
        )
        value, kind = chance.choice(drawn)
        made[value] = kind
    kept: dict[tuple[str, str], str] = {}
    for value, kind in made.items():
        kept.setdefault((kind, canonical(kind, value)), value)
    return {value: kind for (kind, _), value in kept.items()}


def sentence(chance: random.Random, values: Mapping[str, str]) -> str:
    """Return a text of words, values and what only looks like a placeholder."""
    pool = [*WORDS, *ALIKE, *list(values) * 4]
    parts = chance.choices(pool, k=chance.randint(1, 9))
    return "".join(part + chance.choice(("", " ")) for part in parts)


def messages(chance: random.Random, said: str) -> Iterator[dict[str, Any]]:
    """Yield one message of the customer; now and then its text is cut into parts."""
    if chance.random() < 0.2 and len(said) > 1:  # noqa: PLR2004 - one in five
        cut = chance.randrange(1, len(said))
        parts = [{"type": "text", "text": part} for part in (said[:cut], said[cut:])]
        yield {"role": "user", "content": parts}
    else:
        yield {"role": "user", "content": said}


async def converse(
    chance: random.Random, keeper: VaultKeeper, tally: Tally, policy: Policy
) -> None:
    """Hold one conversation and check everything that the model could repeat."""
    values = values_of(chance)
    stage = Redact(FakeRedactor(values), vault=keeper, pseudonyms=keeper.pseudonyms)
    name = f"chat-{chance.getrandbits(60)}"
    history: list[dict[str, Any]] = []
    known: list[tuple[str, str]] = []
    for _ in range(chance.randint(1, 4)):
        said = sentence(chance, values)
        spoken = list(messages(chance, said))
        kept = history[chance.randint(0, len(history)) :]
        body = {"model": "m", "messages": [*kept, *spoken]}
        turn = Turn(
            id="hr_1",
            request_id="r",
            created=0.0,
            received=Raw(Received(body, [], None, name, None)),
            policy=policy,
        )
        turn = await stage(turn)
        sent = _text(turn.request["messages"][-1])
        _nothing_left(json.dumps(turn.request, ensure_ascii=False), values, tally)
        known.append((sent, said))
        history += [*spoken, {"role": "assistant", "content": said}]
        for redacted, original in {known[-1], chance.choice(known)}:
            check(redacted, original, turn.vault, tally)
    tally.conversations += 1


def _text(message: Mapping[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def _nothing_left(sent: str, values: Mapping[str, str], tally: Tally) -> None:
    for value, kind in values.items():
        if json.dumps(value, ensure_ascii=False)[1:-1] in sent:
            tally.problems.append(f"a value of type {kind} left")


def check(redacted: str, original: str, vault: Mapping[str, str], tally: Tally) -> None:
    """Restore a text in every way and compare."""
    tally.texts += 1
    if restore(redacted, vault) != original:
        tally.problems.append("a text did not come back")
    for cut in range(len(redacted) + 1):
        stream = StreamRestorer(vault)
        if stream.feed(redacted[:cut]) + stream.feed(redacted[cut:]) + stream.flush() != original:
            tally.problems.append("a stream did not come back")
    tally.splits += len(redacted) + 1
    nested = json.dumps({"deep": [redacted]})
    back = json.loads(restore_json(json.dumps({"note": redacted, "nested": nested}), vault))
    if back["note"] != original or json.loads(back["nested"]) != {"deep": [original]}:
        tally.problems.append("arguments of a tool call did not come back")
    tally.calls += 1


async def run(conversations: int, seed: int, store: VaultStore) -> Tally:
    """Hold `conversations` random conversations."""
    tally = Tally()
    offload = Offload(1)
    keeper = VaultKeeper(store, Pseudonyms(b"roundtrip"), offload, MemoryTelemetry())
    policy = load_policy(POLICY)
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    try:
        for _ in range(conversations):
            await converse(chance, keeper, tally, policy)
    finally:
        offload.close()
    return tally


def main() -> int:
    """Print the figures; exit code 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vault", choices=("memory", "sqlite"), default="memory")
    options = parser.parse_args()
    start = time.perf_counter()
    with TemporaryDirectory() as folder:
        store: VaultStore = MemoryVault()
        if options.vault == "sqlite":
            store = SqliteVault(Path(folder) / "vault.db", b"a key of this run alone")
        tally = asyncio.run(run(options.conversations, options.seed, store))
        store.close()
    print(f"{tally.conversations} conversations, seed {options.seed}, vault {options.vault}")
    print(f"{tally.texts} texts, {tally.splits} cuts of streams, {tally.calls} tool calls")
    print(f"{len(tally.problems)} problems, {time.perf_counter() - start:.0f} s")
    for problem in sorted(set(tally.problems)):
        print(f"  {tally.problems.count(problem)} x {problem}")
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main())
