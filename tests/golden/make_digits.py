"""Writes core/data/files/digits-*.gz: the digits of scikit-learn as two IDX files.

Run where scikit-learn is installed: python tests/golden/make_digits.py. It is not needed to run
the tests, nor the program.
"""

import gzip
import struct
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

FOLDER = Path(__file__).parents[2] / "core" / "data" / "files"
UNSIGNED_BYTE = 0x08


def write(name, array):
    """An IDX file of bytes; without a date in its gzip header it is the same at every run."""
    header = struct.pack(f">HBB{array.ndim}I", 0, UNSIGNED_BYTE, array.ndim, *array.shape)
    data = gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)
    (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    digits = load_digits()
    write("digits-images-idx3-ubyte.gz", digits.images)
    write("digits-labels-idx1-ubyte.gz", digits.target)
