"""A pair of IDX files, images and labels, as MNIST, EMNIST and Fashion-MNIST come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.server.readers.opened import Opened
from app.server.readers.pictures import PictureOptions, opened
from core.data.idx import read_pixels_and_labels
from core.spec import from_json

MAX_BYTES = 1 << 28  # uncompressed


def read_idx_pair(paths: list[Path], options: dict[str, Any]) -> Opened:
    """The first file holds the images, the second the labels."""
    chosen = from_json(PictureOptions, options)
    if len(paths) != 2:
        raise ValueError(
            f"there {'is 1 file' if len(paths) == 1 else f'are {len(paths)} files'}; IDX data are "
            "two, the images and their labels"
        )
    images, labels = (path.read_bytes() for path in paths)
    pixels, classes = read_pixels_and_labels(images, labels, MAX_BYTES)
    names = [str(k) for k in range(max(int(classes.max()) + 1, 2))]
    return opened(pixels[:, None], classes, names, chosen)
