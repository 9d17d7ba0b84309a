"""Models in the format of Hugging Face. The only module that imports transformers and torch.

Both are optional (`pip install 'handrail[huggingface]'`), large, and imported when the first
model is loaded. Only safetensors are read and no code from a model's folder is run: other
formats can hold programs.
"""

import importlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from validators.grounding.adapters.hugging_face import Texts, Token
from validators.grounding.adapters.hugging_face_options import ModelOptions

_HEADS = {
    "cross_encoder": "ForSequenceClassification",
    "token_classifier": "ForTokenClassification",
}


def load(options: ModelOptions) -> "TransformersModel":
    """Load a model and its tokenizer. Blocking: seconds.

    Raises `ValueError` that says what to do if the packages are missing, or the folder or
    name holds no trained model of this kind.
    """
    transformers, torch = _imported()
    transformers.utils.logging.disable_progress_bar()
    named = f"second_opinion.model {options.model!r}"
    source = {
        "revision": options.revision,
        "local_files_only": not options.download,
        "trust_remote_code": False,
    }
    source = {key: value for key, value in source.items() if value is not None}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(options.model, **source)
        model, told = getattr(transformers, f"AutoModel{_HEADS[options.kind]}").from_pretrained(
            options.model, use_safetensors=True, output_loading_info=True, **source
        )
        model.to(options.device).eval()
    except Exception as error:  # noqa: BLE001 - transformers raises whatever its formats raise
        raise ValueError(
            f"{named} can't be loaded as {options.kind} ({type(error).__name__}): it needs a folder"
            f" with config.json, a tokenizer and *.safetensors{_hint(options)}"
        ) from None
    trained = getattr(model.config, "architectures", None) or ()
    if trained and not any(_HEADS[options.kind] in name for name in trained):
        raise ValueError(f"{named} is no {options.kind}: it was trained as {trained[0]}")
    if missing := sorted(told["missing_keys"]):
        raise ValueError(
            f"{named} holds no trained {options.kind}: {missing[0]} is missing from its weights"
        )
    if not tokenizer.is_fast:
        raise ValueError(f"{named} has no fast tokenizer (tokenizer.json), which is needed")
    return TransformersModel(torch, model, tokenizer, options)


def _imported() -> tuple[ModuleType, ModuleType]:
    try:
        return importlib.import_module("transformers"), importlib.import_module("torch")
    except ImportError as error:
        raise ValueError(
            f"second_opinion.model needs the optional packages ({error.name} is missing);"
            " install them with: pip install 'handrail[huggingface]'"
        ) from None


def _hint(options: ModelOptions) -> str:
    if options.download or Path(options.model).is_dir():
        return ""
    return "; nothing is downloaded unless second_opinion.download is true"


class TransformersModel:
    """A `Transformer`. Safe to call from several threads."""

    def __init__(
        self,
        torch: Any,  # noqa: ANN401 - an optional package
        model: Any,  # noqa: ANN401 - of that package
        tokenizer: Any,  # noqa: ANN401 - of that package
        options: ModelOptions,
    ) -> None:
        """Wrap what `load` loaded."""
        self._torch = torch
        self._model = model
        self._tokenizer = tokenizer
        self._options = options
        self._lock = threading.Lock()

    @property
    def labels(self) -> Sequence[str]:
        """The names of the labels, in the order of the logits."""
        names = self._model.config.id2label
        return [str(names[n]) for n in range(len(names))]

    def length(self, texts: Texts) -> int:
        """Return the number of tokens, special ones included."""
        with self._lock:  # truncation settings are state of a fast tokenizer
            return len(self._tokenizer(*texts, verbose=False)["input_ids"])

    def classify(self, batch: Sequence[Texts]) -> list[list[float]]:
        """Return a logit per label for each."""
        logits: list[list[float]] = self._logits(self._encoded(batch)).tolist()
        return logits

    def tag(self, batch: Sequence[Texts]) -> list[list[Token]]:
        """Return the tokens of the last text of each, special ones left out."""
        encoded = self._encoded(batch)
        rows = self._logits(encoded).tolist()
        return [list(self._tokens(encoded, n, row)) for n, row in enumerate(rows)]

    def _encoded(self, batch: Sequence[Texts]) -> Any:  # noqa: ANN401 - a BatchEncoding
        columns = [list(column) for column in zip(*batch, strict=True)]
        with self._lock:
            return self._tokenizer(
                *columns,
                truncation=True,
                max_length=self._options.max_tokens,
                padding=True,
                return_tensors="pt",
                return_offsets_mapping=True,
            )

    def _logits(self, encoded: Any) -> Any:  # noqa: ANN401 - tensors
        known = {k: v.to(self._options.device) for k, v in encoded.items() if k != "offset_mapping"}
        with self._torch.inference_mode():
            return self._model(**known).logits.float().cpu()

    @staticmethod
    def _tokens(encoded: Any, n: int, row: Sequence[Sequence[float]]) -> Iterator[Token]:  # noqa: ANN401 - a BatchEncoding
        parts = encoded.sequence_ids(n)
        last = max((part for part in parts if part is not None), default=0)
        offsets = encoded["offset_mapping"][n].tolist()
        for (start, end), part, logits in zip(offsets, parts, row, strict=True):
            if part == last:
                yield start, end, logits
