"""Coverage of personal values and look-alikes touched, over chat messages written by hand.

pii_chats.jsonl holds messages as customers write them, in several languages, with the
personal values (`spans`) and what only looks like one (`look_alikes`: order numbers, brands,
products, tracking numbers). `part` says whether a message was used while developing.

    python bench/pii_chats.py --part held_out
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policies.errors import HandrailError
from proxy.config.load import load_config
from proxy.evals.pii import canonical
from proxy.wiring import build_knowledge
from validators.base import PiiSpan
from validators.pii.detect import PresidioDetector
from validators.pii.national_forms import ALL_MARKETS

ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Count:
    """What was seen."""

    messages: int = 0
    spans: int = 0
    covered: int = 0
    right_type: int = 0
    look_alikes: int = 0
    touched: int = 0
    elsewhere: int = 0

    def add(self, row: dict[str, Any], found: Sequence[PiiSpan]) -> None:
        """Compare one message with what was found in it."""
        self.messages += 1
        for span in row["spans"]:
            near = _near(span, found)
            seen = {n for p in near for n in range(p.start, p.end)}
            self.spans += 1
            self.covered += seen >= set(range(span["start"], span["end"]))
            self.right_type += any(canonical(p.type) == span["type"] for p in near)
        for place in row["look_alikes"]:
            self.look_alikes += 1
            self.touched += bool(_near(place, found))
        labelled = (*row["spans"], *row["look_alikes"])
        self.elsewhere += sum(not any(_near(place, [p]) for place in labelled) for p in found)

    def __str__(self) -> str:
        """Return the figures as one line."""
        return (
            f"{self.messages} messages: {self.covered}/{self.spans} values fully covered, "
            f"{self.right_type} by their type; {self.touched}/{self.look_alikes} look-alikes "
            f"touched; {self.elsewhere} found elsewhere"
        )


def _near(place: dict[str, Any], found: Sequence[PiiSpan]) -> list[PiiSpan]:
    return [p for p in found if p.start < place["end"] and place["start"] < p.end]


def main() -> int:
    """Measure the shipped configuration, all markets on."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--part", choices=["development", "held_out"], default="development")
    parser.add_argument("--config", type=Path, default=ROOT / "config.toml")
    asked = parser.parse_args()
    try:
        loaded = load_config(asked.config)
        vocabulary = build_knowledge(loaded).vocabulary()
    except HandrailError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    detector = PresidioDetector(
        regions=ALL_MARKETS, allowed={*loaded.config.pii.allow, *vocabulary}
    )
    count = Count()
    with Path(__file__).with_name("pii_chats.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["part"] == asked.part:
                count.add(row, detector.detect(row["text"]))
    sys.stdout.write(f"{count}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
