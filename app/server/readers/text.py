"""A text in UTF-8, to be learnt character by character."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.server.readers.opened import Opened, only_file
from core.data.samples import text_samples
from core.data.text import MAX_VOCABULARY, make_vocabulary
from core.spec import from_json
from core.spec.checks import require_number, require_whole

MAX_BYTES = 10_000_000  # a token and its successor take 16 bytes for each
SHOWN = 2000  # characters from the start


@dataclass(frozen=True)
class TextOptions:
    """As in core.data.samples.text_samples; max_vocabulary as in core.data.text.make_vocabulary."""

    num_steps: int = 40
    streams: int = 16
    test_fraction: float = 0.1
    max_vocabulary: int = 96

    def __post_init__(self) -> None:
        require_whole("num_steps", self.num_steps, 1, 1000)
        require_whole("streams", self.streams, 1, 10_000)
        require_number("test_fraction", self.test_fraction, 0, 0.9)
        require_whole("max_vocabulary", self.max_vocabulary, 2, MAX_VOCABULARY)


def read_text(paths: list[Path], options: dict[str, Any]) -> Opened:
    chosen = from_json(TextOptions, options)
    text = decoded(only_file(paths, "a text"))
    vocabulary = make_vocabulary(text, chosen.max_vocabulary)
    samples = text_samples(vocabulary.encode(text), len(vocabulary), chosen.num_steps,
                           chosen.streams, chosen.test_fraction)  # fmt: skip
    return Opened(samples, {
        "characters": len(text), "vocabulary": list(vocabulary.characters), "text": text[:SHOWN],
    })  # fmt: skip


def decoded(path: Path) -> str:
    """The characters of a file; a mark of the byte order at its start is none."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"the text has {size:,} bytes; at most {MAX_BYTES:,} are read, so cut it")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"the text is not UTF-8: byte {error.start + 1:,} is {error.object[error.start]:#04x}. "
            "Save it as plain text in UTF-8"
        ) from None
