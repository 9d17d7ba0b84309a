"""Text to vectors with a small transformer. The only module that imports onnxruntime.

The model is MiniLM-L6 (Wang et al. 2020, "MiniLM: Deep Self-Attention Distillation"), tuned
for sentence similarity (Reimers and Gurevych 2019, "Sentence-BERT"), int8; see
`model/CARD.md` for how it was made.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from policies.errors import ConfigError, Problem

Vectors = NDArray[np.float32]

FOLDER = Path(__file__).parent / "model"
MAX_TOKENS = 128
"""What of one text is encoded; a customer's question is far shorter."""
MAX_CHARS = 2000
_BATCH = 32
DIMENSIONS = 384


class OnnxEncoder:
    """Turns texts into unit vectors. Safe to call from several threads."""

    def __init__(self, folder: Path = FOLDER, *, threads: int = 1) -> None:
        """Load `encoder.onnx` and `tokenizer.json`.

        `threads` is per call: one keeps the cost of a request on one core. Raises
        `ConfigError` for a missing or damaged file.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                folder / "encoder.onnx", options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # noqa: BLE001 - both libraries raise types of their own
            text = (
                f"the sentence encoder can't be loaded ({type(error).__name__}); "
                "reinstall Handrail, the files come with it"
            )
            raise ConfigError(Problem(str(folder), None, "", text)) from None
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text: float32, length 1 (0 for a text without words). Blocking."""
        out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        ids = self._tokens(texts)
        # Texts of like length go together: padding is work done for nothing.
        order = sorted((n for n, row in enumerate(ids) if len(row) > 2), key=lambda n: len(ids[n]))  # noqa: PLR2004 - the two marks around every text
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            out[rows] = self._run([ids[n] for n in rows])
        return out

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        clipped = [text[:MAX_CHARS] for text in texts]
        with self._lock:  # truncation settings are state of the tokenizer
            return [encoding.ids for encoding in self._tokenizer.encode_batch(clipped)]

    def _run(self, ids: list[list[int]]) -> Any:  # noqa: ANN401 - onnxruntime has no types
        width = max(map(len, ids))
        tokens = np.zeros((len(ids), width), dtype=np.int64)
        mask = np.zeros((len(ids), width), dtype=np.int64)
        for n, row in enumerate(ids):
            tokens[n, : len(row)] = row
            mask[n, : len(row)] = 1
        return self._session.run(None, {"input_ids": tokens, "attention_mask": mask})[0]
