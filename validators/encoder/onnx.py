"""Small transformers on the CPU. The only module that imports onnxruntime.

The sentence encoder is MiniLM-L6 (Wang et al. 2020, "MiniLM: Deep Self-Attention
Distillation"), tuned for sentence similarity (Reimers and Gurevych 2019, "Sentence-BERT"),
int8; see `model/CARD.md` for how it was made.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from policies.errors import ConfigError, Problem

Vectors = NDArray[np.float32]
Text = str | tuple[str, str]

FOLDER = Path(__file__).parent / "model"
MAX_TOKENS = 128
"""What of one text is encoded; a customer's question is far shorter."""
MAX_CHARS = 2000
_BATCH = 32
DIMENSIONS = 384


class OnnxModel:
    """A transformer and its tokenizer: texts or pairs of texts in, one row of numbers each.

    Safe to call from several threads.
    """

    def __init__(  # noqa: PLR0913 - what a model is, all named
        self, model: Path, tokenizer: Path, *, what: str, max_tokens: int, width: int, threads: int
    ) -> None:
        """Load both files and read one word, so that a wrong model fails here and not later.

        `what` names the model in errors; longer texts are cut to `max_tokens`; `width` is how
        many numbers it gives for a text; `threads` is per call: one keeps the cost of a
        request on one core. Raises `ConfigError` for a missing, damaged or wrong file.
        """
        self._width = width
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._tokenizer.enable_truncation(max_tokens)
            self._tokenizer.no_padding()
            self._inputs = frozenset(i.name for i in self._session.get_inputs())
            self._lock = threading.Lock()
            self.rows(["word"])
        except Exception as error:  # noqa: BLE001 - both libraries raise types of their own
            text = (
                f"the {what} can't be loaded ({type(error).__name__}); "
                "reinstall Handrail, the files come with it"
            )
            raise ConfigError(Problem(str(model.parent), None, "", text)) from None

    def rows(self, texts: Sequence[Text]) -> Vectors:
        """Return one row of numbers per text, 0 for a text without words. Blocking."""
        out = np.zeros((len(texts), self._width), dtype=np.float32)
        read = self._read(texts)
        # Texts of like length go together: padding is work done for nothing.
        order = sorted(
            (n for n, row in enumerate(read) if not all(row.special_tokens_mask)),
            key=lambda n: len(read[n]),
        )
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            out[rows] = self._run([read[n] for n in rows])
        return out

    def _read(self, texts: Sequence[Text]) -> list[Encoding]:
        with self._lock:  # truncation settings are state of the tokenizer
            return self._tokenizer.encode_batch([_clipped(text) for text in texts])

    def _run(self, read: Sequence[Encoding]) -> Any:  # noqa: ANN401 - onnxruntime has no types
        width = max(map(len, read))
        feed = {
            name: np.zeros((len(read), width), dtype=np.int64)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        }
        for n, row in enumerate(read):
            feed["input_ids"][n, : len(row)] = row.ids
            feed["attention_mask"][n, : len(row)] = 1
            feed["token_type_ids"][n, : len(row)] = row.type_ids
        wanted = {name: array for name, array in feed.items() if name in self._inputs}
        return self._session.run(None, wanted)[0]


def _clipped(text: Text) -> Text:
    if isinstance(text, str):
        return text[:MAX_CHARS]
    return text[0][:MAX_CHARS], text[1][:MAX_CHARS]


class OnnxEncoder:
    """Turns texts into unit vectors. Safe to call from several threads."""

    def __init__(self, folder: Path = FOLDER, *, threads: int = 1) -> None:
        """Load `encoder.onnx` and `tokenizer.json`.

        `threads` is per call: one keeps the cost of a request on one core. Raises
        `ConfigError` for a missing or damaged file.
        """
        self._model = OnnxModel(
            folder / "encoder.onnx",
            folder / "tokenizer.json",
            what="sentence encoder",
            max_tokens=MAX_TOKENS,
            width=DIMENSIONS,
            threads=threads,
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text: float32, length 1 (0 for a text without words). Blocking."""
        return self._model.rows(texts)
