"""A zip of pictures with one folder for each class.

Nothing is extracted: names only say which class a picture belongs to. All sizes are read from the
zip's directory first, and the directory's own size before that.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from app.server.readers.opened import Opened, only_file
from app.server.readers.pictures import Bytes, PictureOptions, opened, require_room
from core.seeds import generators
from core.spec import from_json

MOST_PIXELS = 4_000_000  # of one picture, as its header says before anything is unfolded
MOST_BYTES = 16_000_000  # of one picture
MOST_TOTAL = 1 << 30  # bytes of all pictures, unfolded
MOST_DIRECTORY = 1 << 24  # bytes
MOST_CLASSES = 200
USUAL_SIZE = 32
FORMATS = ("PNG", "JPEG")
ENDINGS = (".png", ".jpg", ".jpeg")
END, LOCATOR = b"PK\5\6", b"PK\6\7"
END_SIZE, MOST_COMMENT = 22, 0xFFFF
Classes = dict[str, list[zipfile.ZipInfo]]


def read_folder(paths: list[Path], options: dict[str, Any]) -> Opened:
    """Each picture is cut to a square around its middle and brought to USUAL_SIZE, or a larger one
    that is wanted; a smaller one is made from there, as a page makes it of what it was shown.
    Where no channels are wanted, it is one if all pictures are grey, and three otherwise."""
    chosen = from_json(PictureOptions, options)
    path, planes = only_file(paths, "a zip"), chosen.channels or 3
    size = max(chosen.size or 0, USUAL_SIZE)
    _require_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            classes = _classes(archive)
            taken = _chosen(classes, chosen)
            require_room(len(taken), planes * size * size)
            pixels = np.empty((len(taken), planes, size, size), np.uint8)
            for row, (_, member) in enumerate(taken):
                pixels[row] = _picture(archive, member, size, planes)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise ValueError(f"the zip is damaged: {error}") from None
    if chosen.channels is None and (pixels == pixels[:, :1]).all():
        pixels = pixels[:, :1]
    labels = np.array([label for label, _ in taken], np.int64)
    return opened(pixels, labels, list(classes), chosen)


def _require_directory(path: Path) -> None:
    """The record at the end of a zip says how large the directory is that would be read whole."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END_SIZE - MOST_COMMENT - 20))
        tail = file.read()
    start = tail.rfind(END, 0, len(tail) - END_SIZE + len(END))
    if start < 0:
        raise ValueError("the file is no zip: the record that ends each zip is missing")
    size = int.from_bytes(tail[start + 12 : start + 16], "little")
    is_large = tail[max(0, start - 20) : start].startswith(LOCATOR)  # the zip64 format
    if is_large or size > MOST_DIRECTORY:
        raise ValueError(
            f"the zip has more entries than are taken: its directory must be at most "
            f"{MOST_DIRECTORY:,} bytes, and there must be fewer than 65,536 pictures"
        )


def _classes(archive: zipfile.ZipFile) -> Classes:
    """The pictures of each folder, by its name."""
    found: defaultdict[str, list[zipfile.ZipInfo]] = defaultdict(list)
    for member in archive.infolist():
        parts = PurePosixPath(member.filename).parts
        is_hidden = any(part.startswith((".", "__")) for part in parts)
        if member.is_dir() or is_hidden or not member.filename.lower().endswith(ENDINGS):
            continue
        if len(parts) < 2:
            raise ValueError(f"the picture {_shown(member)} lies in no folder; each class has one")
        found[parts[-2]].append(member)
    if not 2 <= len(found) <= MOST_CLASSES:
        raise ValueError(
            f"the zip has {len(found)} folders with pictures ({', '.join(ENDINGS)}); it needs one "
            f"for each class, from 2 to {MOST_CLASSES}"
        )
    return dict(sorted(found.items()))


def _chosen(classes: Classes, options: PictureOptions) -> list[tuple[int, zipfile.ZipInfo]]:
    """Label and entry of each picture, in an order drawn by chance, so that the first so many are
    of all classes; each entry is one that may be read."""
    pairs = [(label, member) for label, members in enumerate(classes.values())
             for member in members]  # fmt: skip
    order = generators(options.seed, 1)[0].permutation(len(pairs))
    pairs = [pairs[k] for k in order[: options.num_samples]]
    for _, member in pairs:
        _require_readable(member)
    total = sum(member.file_size for _, member in pairs)
    if total > MOST_TOTAL:
        raise ValueError(f"the pictures have {total:,} bytes together; at most {MOST_TOTAL:,} are "
                         "taken, so take fewer samples or smaller pictures")  # fmt: skip
    return pairs


def _require_readable(member: zipfile.ZipInfo) -> None:
    if member.file_size > MOST_BYTES:
        raise ValueError(f"{_shown(member)} has {member.file_size:,} bytes; a picture has at most "
                         f"{MOST_BYTES:,}")  # fmt: skip
    if member.flag_bits & 1:
        raise ValueError(f"{_shown(member)} is encrypted; make the zip without a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{_shown(member)} is packed in a way that is not read here; make the zip "
                         "with the usual deflate")  # fmt: skip


def _picture(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int, planes: int) -> Bytes:
    """One picture (planes, size, size)."""
    data = archive.read(member)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ValueError(f"it has {width:,} × {height:,} pixels, more than "
                                 f"{MOST_PIXELS:,}; make it smaller")  # fmt: skip
            return _square(image, size, planes)
    except UnidentifiedImageError:
        raise ValueError(f"{_shown(member)} is neither PNG nor JPEG, whatever its name") from None
    except Exception as error:  # a decoder meets whatever a stranger wrote, and raises anything
        raise ValueError(f"{_shown(member)} is no picture that can be read: {error}") from None


def _square(image: Image.Image, size: int, planes: int) -> Bytes:
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I"):  # 16 bits a pixel
        turned = Image.fromarray((np.asarray(turned) // 256).astype(np.uint8))
    plain = turned.convert("RGB" if planes == 3 else "L")
    width, height = plain.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    middle = plain.crop((left, top, left + side, top + side))
    method = Image.Resampling.BOX if side > size else Image.Resampling.BILINEAR
    made: NDArray[np.uint8] = np.asarray(middle.resize((size, size), method))
    return made.reshape(size, size, planes).transpose(2, 0, 1)


def _shown(member: zipfile.ZipInfo) -> str:
    """A name from the zip, short enough for a sentence."""
    return f"“{member.filename[-60:]}”"
