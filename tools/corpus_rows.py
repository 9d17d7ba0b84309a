"""Turn a folder of pages and claims into rows for `handrail eval grounding`.

    python tools/corpus_rows.py --data FOLDER --out DIR [--what claims] [--match NAME]

FOLDER holds `NAME_pages.jsonl` {page_id, title, text, company?} with `NAME_claims.jsonl`
{page_id, claim, label, kind} or `NAME_answers.jsonl` {page_id, question, answer, label, kind}
beside it. Each file of claims becomes one file of rows in DIR, whose context is the title and
the text of the page that the claim is about.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def main() -> int:
    """Write one file per file of claims; 1 if something is wrong with the data."""
    options = _arguments()
    try:
        files = _converted(options.data, options.what, options.match)
    except (OSError, ValueError, KeyError) as error:
        print(f"{options.data}: {error}; see the format above in --help", file=sys.stderr)
        return 1
    if not files:
        print(f"{options.data}: holds no *_{options.what}.jsonl", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        path = options.out / name
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
        print(f"{path}: {len(rows)} rows")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of pages and claims")
    parser.add_argument("--out", type=Path, required=True, help="folder for the rows")
    parser.add_argument("--what", choices=["claims", "answers"], default="claims")
    parser.add_argument("--match", default="", help="only files whose name holds this")
    return parser.parse_args()


def _converted(folder: Path, what: str, match: str) -> dict[str, list[Row]]:
    pages = {
        page["page_id"]: page
        for path in sorted(folder.glob("*_pages.jsonl"))
        for page in _lines(path)
    }
    return {
        f"{path.stem}_dev.jsonl": list(_rows(path, pages))
        for path in sorted(folder.glob(f"*_{what}.jsonl"))
        if match in path.name
    }


def _rows(path: Path, pages: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    for number, line in enumerate(_lines(path), 1):
        if line["page_id"] not in pages:
            message = f"{path.name}:{number}: no page has the id {line['page_id']!r}"
            raise ValueError(message)
        page = pages[line["page_id"]]
        yield {
            "id": f"{path.stem}-{number}",
            "question": line.get("question", ""),
            "answer": line["claim"] if "claim" in line else line["answer"],
            "label": line["label"],
            "kind": line.get("kind", ""),
            "context": [f"# {page['title']}\n\n{page['text']}"],
        }


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as error:
                    message = f"{path.name}:{number}: is not valid JSON ({error.msg})"
                    raise ValueError(message) from None


if __name__ == "__main__":
    sys.exit(main())
