"""Check the corpus datasets/support-grounding: form, balance, and what the words alone tell.

    python tools/corpus_check.py datasets/support-grounding

Prints counts per kind and split, and the AUROC of a bag of words (1- and 2-grams of the claim
or answer, logistic regression) trained on the companies of the train split and tested on the
others: near .5 means that nobody can guess a label without the page. Exits with 1 if a line
breaks the form or the AUROC of claims is above .58.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = frozenset(
    {
        *("supported", "number", "date_or_deadline", "negation", "product_swap", "merged_facts"),
        *("condition_dropped", "condition_added", "overgeneralised", "modality", "actor_swap"),
        *("order_swap", "invented_benefit", "unbacked_promise", "absent"),
    }
)
MOST_TELLING = 0.58
_RARE = 3
_STEPS = 200
_RATE = 2.0
_PULL = 2e-4
_WORD = re.compile(r"[a-z']+|\d+|[$€£%]")

Row = dict[str, Any]


def read(folder: Path, what: str) -> list[Row]:
    """Return the lines of every `*_{what}.jsonl`, in the order of the files."""
    files = sorted(folder.glob(f"*_{what}.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def problems(pages: Sequence[Row], claims: Sequence[Row], answers: Sequence[Row]) -> Iterator[str]:
    """Yield what breaks the form, one sentence each."""
    known = Counter(page["page_id"] for page in pages)
    yield from (f"page {name} is there {n} times" for name, n in known.items() if n > 1)
    labels: dict[str, set[str]] = {}
    for row in (*claims, *answers):
        said = row.get("claim") or row.get("answer") or ""
        if row["page_id"] not in known:
            yield f"no page {row['page_id']} for: {said}"
        if not said or row["kind"] not in KINDS:
            yield f"no text or an unknown kind {row['kind']!r}: {said}"
        if (row["label"] == "supported") is not (row["kind"] == "supported"):
            yield f"label {row['label']} and kind {row['kind']} disagree: {said}"
        bad = row.get("bad_sentence")
        fits = bool(bad) is not (row["label"] == "supported") and (bad or "") in said
        if "answer" in row and not fits:
            yield f"the bad sentence does not fit the answer: {said}"
        if row.get("pair"):
            labels.setdefault(row["pair"], set()).add(row["label"])
    yield from (f"pair {name} has one label only" for name, seen in labels.items() if len(seen) < 2)  # noqa: PLR2004 - both


def grams(text: str) -> frozenset[str]:
    """Return the words and pairs of words of a text."""
    words = _WORD.findall(text.lower())
    return frozenset(words) | {f"{a} {b}" for a, b in pairwise(words)}


def telling(train: Sequence[Row], test: Sequence[Row], key: str) -> float:
    """Return the AUROC that the words alone reach on `test`, learned from `train`."""
    counts = Counter(gram for row in train for gram in grams(row[key]))
    places = {gram: n for n, gram in enumerate(g for g, c in counts.items() if c >= _RARE)}
    x, y = _matrix(train, key, places), np.array([r["label"] == "supported" for r in train])
    weights = np.zeros(len(places), np.float32)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-(x @ weights)))
        weights -= _RATE * (x.T @ (p - y) / len(y) * 10 + _PULL * weights)
    return auroc([r["label"] == "supported" for r in test], _matrix(test, key, places) @ weights)


def _matrix(rows: Sequence[Row], key: str, places: dict[str, int]) -> NDArray[np.float32]:
    x = np.zeros((len(rows), len(places)), np.float32)
    for n, row in enumerate(rows):
        found = [places[gram] for gram in grams(row[key]) if gram in places]
        x[n, found] = 1 / max(1, len(found)) ** 0.5
    return x


def auroc(good: Sequence[bool], scores: NDArray[np.float32]) -> float:
    """Area under the ROC curve; ties count half."""
    right = scores[np.array(good)]
    wrong = scores[~np.array(good)]
    above = (right[:, None] > wrong).mean() + (right[:, None] == wrong).mean() / 2
    return float(above)


def main() -> None:
    """Check, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    splits = json.loads((folder / "splits.json").read_text("utf-8"))
    place = {company: split for split, names in splits.items() for company in names}
    pages, claims, answers = (read(folder, what) for what in ("pages", "claims", "answers"))
    company = {page["page_id"]: page["company"] for page in pages}
    wrong = list(problems(pages, claims, answers))
    wrong += [f"company {c} is in no split" for c in sorted({*company.values()} - place.keys())]
    for what, rows, key in (("claims", claims, "claim"), ("answers", answers, "answer")):
        parts = {s: [r for r in rows if place[company[r["page_id"]]] == s] for s in splits}
        print(f"{what}: {len(rows)}, kinds {dict(Counter(r['kind'] for r in rows))}")
        for split, part in parts.items():
            good = sum(r["label"] == "supported" for r in part)
            print(f"  {split}: {len(part)} about {len(splits[split])} companies, supported {good}")
        unseen = [r for split, part in parts.items() if split != "train" for r in part]
        area = telling(parts["train"], unseen, key)
        print(f"  words alone, on {len(unseen)} about unseen companies: AUROC {area:.3f}")
        if what == "claims" and area > MOST_TELLING:
            wrong.append(f"the words of the claims tell too much: {area:.3f}")
    print(f"{len(pages)} pages, {len({*company.values()})} companies, {len(wrong)} problems")
    print(*wrong[:40], sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
