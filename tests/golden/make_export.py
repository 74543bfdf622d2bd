"""Writes export/*.py, programs as they are exported, and export.npz, what PyTorch makes of them.

Run where PyTorch is installed, from the project's folder: PYTHONPATH=. python
tests/golden/make_export.py. It is not needed to run the tests, which hold the export to these
programs and the core to their outputs.
"""

from pathlib import Path

import numpy as np

from core.export import to_pytorch
from tests.golden.export_cases import CASES, TRAINED, input_of
from tests.golden.export_torch import losses_of, output_of

FOLDER = Path(__file__).with_name("export")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    arrays = {}
    for name, spec in CASES.items():
        source = to_pytorch(spec, title=name)
        (FOLDER / f"{name}.py").write_text(source, encoding="utf-8")
        arrays[name] = output_of(source, spec, input_of(spec))
    for name, (spec, train) in TRAINED.items():
        source = to_pytorch(spec, train, title=name)
        (FOLDER / f"{name}.py").write_text(source, encoding="utf-8")
        arrays[name] = losses_of(source, spec, train)
    np.savez_compressed(FOLDER.with_suffix(".npz"), **arrays)
