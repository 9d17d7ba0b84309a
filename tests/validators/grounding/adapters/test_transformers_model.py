"""The logic around a model is tested in test_hugging_face.py; here a real, tiny one is read.

The optional packages are not part of the locked environment, so these tests run where
somebody has installed them.
"""

import importlib
import importlib.util
import json
from pathlib import Path

import pytest

from validators.grounding.adapters.hugging_face import HuggingFace
from validators.grounding.adapters.hugging_face_options import ModelOptions
from validators.grounding.adapters.transformers_model import load

INSTALLED = all(importlib.util.find_spec(name) for name in ("transformers", "torch"))
needs_packages = pytest.mark.skipif(not INSTALLED, reason="transformers and torch are optional")
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] unused items can be returned within 30 days . never 60"


def saved(folder: Path, kind: str, labels: tuple[str, ...], *, heads: bool = True) -> str:
    """Write a tiny BERT with random weights, as a trained one would lie there."""
    transformers = importlib.import_module("transformers")
    importlib.import_module("torch").manual_seed(0)
    vocabulary = {word: n for n, word in enumerate(WORDS.split())}
    tokenizer = transformers.BertTokenizerFast(vocab=vocabulary)
    tokenizer.save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=64,
        id2label=dict(enumerate(labels)), label2id={name: n for n, name in enumerate(labels)},
    )  # fmt: skip
    made = getattr(transformers, f"BertFor{kind}Classification" if heads else "BertModel")(config)
    made.save_pretrained(folder)
    return str(folder)


@pytest.mark.skipif(INSTALLED, reason="the optional packages are installed")
def test_missing_packages_are_named_with_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"transformers is missing.*handrail\[huggingface\]"):
        load(ModelOptions("anything"))


@needs_packages
@pytest.mark.parametrize("labels", [("one",), ("no", "yes"), ("contradiction", "entailment", "n")])
def test_a_cross_encoder_judges_pairs(tmp_path: Path, labels: tuple[str, ...]) -> None:
    folder = saved(tmp_path, "Sequence", labels)
    given = {"model": folder, "max_tokens": 32, "batch": 2}
    given |= {"supported": "yes"} if "yes" in labels else {}
    opinion = HuggingFace.build(given, load)
    pairs = [
        ("items can be returned", "unused items can be returned within 30 days . " * 20),
        ("items can never be returned", "unused items"),
        ("60 days", ""),
    ]
    found = opinion.support(pairs)
    assert all(0 < score < 1 for score in found)
    assert len(set(found)) == 3
    alone = [opinion.support([pair])[0] for pair in pairs]
    assert found == pytest.approx(alone, abs=1e-4)


@needs_packages
@pytest.mark.parametrize("template", ["{evidence}", "{evidence} [SEP] {claim}"])
def test_a_token_classifier_reads_the_tokens_of_the_claim(tmp_path: Path, template: str) -> None:
    folder = saved(tmp_path, "Token", ("LABEL_0", "LABEL_1"))
    options = ModelOptions.read(
        {"model": folder, "kind": "token_classifier", "supported": "LABEL_0", "template": template}
    )
    model = load(options)
    tokens = model.tag([("unused items", "items can be returned")])[0]
    assert [(start, end) for start, end, _ in tokens] == [(0, 5), (6, 9), (10, 12), (13, 21)]
    assert all(len(logits) == 2 for _, _, logits in tokens)
    (found,) = HuggingFace(model, options).support([("items can be returned", "unused items")])
    assert 0 < found < 1


@needs_packages
def test_a_model_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path, "Sequence", ("no", "yes"), heads=False)
    with pytest.raises(ValueError, match="is no cross_encoder: it was trained as BertModel"):
        load(ModelOptions(folder))
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "architectures": None}))
    with pytest.raises(ValueError, match="holds no trained cross_encoder: classifier"):
        load(ModelOptions(folder))


@needs_packages
def test_the_wrong_kind_of_model_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path, "Sequence", ("no", "yes", "other"))
    assert load(ModelOptions(folder)).labels == ["no", "yes", "other"]
    with pytest.raises(ValueError, match="is no token_classifier"):
        load(ModelOptions(folder, kind="token_classifier"))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "unheard-of"}))
    with pytest.raises(ValueError, match=r"can't be loaded as cross_encoder"):
        load(ModelOptions(folder))


@needs_packages
def test_nothing_is_downloaded_unless_that_is_wanted() -> None:
    with pytest.raises(ValueError, match=r"nothing is downloaded unless"):
        load(ModelOptions("somebody/some-model"))
