"""IDX files, the format of MNIST: read from bytes and written to bytes, every length checked.

The format (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits"): two
zero bytes, one for the type, one for the number of dimensions, each size as four bytes, then the
numbers; all of it with the most significant byte first. Files are often compressed with gzip.
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
MAX_BYTES = 1 << 26  # 64 MiB, uncompressed; the training images of MNIST are 45 MiB
GZIP = b"\x1f\x8b"
LOOKS = (
    "a file of images starts with the bytes 00 00 08 03, one of labels with 00 00 08 01 (or, "
    "compressed, either with 1f 8b)"
)


def read_idx(data: bytes, where: str = "the file", max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """The array in an IDX file, compressed or not, in the machine's own byte order.

    Raises ValueError, naming the file by `where`, for anything that is not one whole IDX file, and
    for one that is larger than `max_bytes` when uncompressed.
    """
    if data[:2] == GZIP:
        data = _uncompressed(data, where, max_bytes)
    if len(data) > max_bytes:
        raise ValueError(f"{where} is larger than {max_bytes} bytes; cut it to fewer samples")
    dtype, shape = _read_header(data, where)
    start = 4 + 4 * len(shape)
    expected, found = math.prod(shape) * dtype.itemsize, len(data) - start
    if expected != found:
        sizes = " × ".join(map(str, shape))
        raise ValueError(
            f"{where} says that it holds {sizes} numbers of {dtype.itemsize} bytes, which are "
            f"{expected} bytes, but {found} follow"
        )
    return np.frombuffer(data, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def _uncompressed(data: bytes, where: str, max_bytes: int) -> bytes:
    """Stops at the limit: a small file can unfold to more than there is memory."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{where} starts like a gzip file, but is damaged: {error}") from None


def _read_header(data: bytes, where: str) -> tuple[np.dtype[Any], tuple[int, ...]]:
    start = data[:4].hex(" ") or "nothing"
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in TYPES or not data[3]:
        raise ValueError(f"{where} is not an IDX file: it starts with {start}; {LOOKS}")
    end = 4 + 4 * data[3]
    if len(data) < end:
        raise ValueError(
            f"{where} starts with {start}, so {data[3]} sizes must follow in {end - 4} bytes; "
            f"there are {len(data) - 4}"
        )
    return TYPES[data[2]], struct.unpack(f">{data[3]}I", data[4:end])


def write_idx(array: NDArray[Any], compress: bool = False) -> bytes:
    """An array as an IDX file; raises ValueError for a type that the format does not know."""
    codes = {dtype: code for code, dtype in TYPES.items()}
    dtype = array.dtype.newbyteorder(">")
    if dtype not in codes:
        known = ", ".join(str(each.newbyteorder("=")) for each in codes)
        raise ValueError(f"an IDX file holds {known}, not {array.dtype}")
    if not 1 <= array.ndim <= 255:
        raise ValueError(f"an IDX file has 1 to 255 dimensions, not {array.ndim}")
    header = struct.pack(f">HBB{array.ndim}I", 0, codes[dtype], array.ndim, *array.shape)
    data = header + np.ascontiguousarray(array, dtype).tobytes()
    return gzip.compress(data, mtime=0) if compress else data


def read_images_and_labels(
    images: bytes, labels: bytes, max_bytes: int = MAX_BYTES, most: int | None = None
) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """A pair of files as MNIST comes in: images (n, 1, H, W) from 0 to 1, and classes (n,); only
    the first `most` samples, if that is given.

    Raises ValueError for files that are no such pair: swapped, of other types, or with different
    numbers of samples.
    """
    pixels, classes = read_pixels_and_labels(images, labels, max_bytes)
    return pixels[:most, None] / 255, classes[:most]


def read_pixels_and_labels(
    images: bytes, labels: bytes, max_bytes: int = MAX_BYTES
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """As `read_images_and_labels`, with the pixels (n, H, W) as they are in the file."""
    pixels = _read_bytes(images, "the file of images", 3, max_bytes)
    classes = _read_bytes(labels, "the file of labels", 1, max_bytes)
    if len(pixels) != len(classes):
        raise ValueError(
            f"there are {len(pixels)} images but {len(classes)} labels; each image needs one"
        )
    if not pixels.size:
        raise ValueError(f"the file of images holds no pixels: its sizes are {pixels.shape}")
    return pixels, classes.astype(np.int64)


def _read_bytes(data: bytes, where: str, ndim: int, max_bytes: int) -> NDArray[Any]:
    array = read_idx(data, where, max_bytes)
    if array.ndim != ndim or array.dtype != np.uint8:
        hint = "; perhaps the two files are swapped" if array.ndim in (1, 3) else ""
        raise ValueError(
            f"{where} holds {array.dtype} of {array.ndim} dimensions; it must hold uint8 of {ndim} "
            f"dimension{'s' if ndim > 1 else ''}{hint if array.ndim != ndim else ''}"
        )
    return array
