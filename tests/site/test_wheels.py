"""What goes into the page's Python."""

import hashlib
import json
import re
import subprocess
import sys
import zipfile

import pytest

from app.site import wheels
from app.site.build import ROOT

REQUIREMENTS = (ROOT / "requirements.lock").read_text()


def test_every_locked_requirement_has_hashes():
    entries = re.findall(r"^[\w.-]+==.*\n(?:    .*\n)*", REQUIREMENTS, re.MULTILINE)
    assert len(entries) > 20
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_entries_of_some_requirements_are_cut_out_whole():
    chosen = wheels.locked(REQUIREMENTS, ("panel", "bokeh"))
    assert chosen.startswith("panel==")
    assert "\nbokeh==" in chosen
    assert chosen.count("==") == 2
    with pytest.raises(ValueError, match="no entry for nothing"):
        wheels.locked(REQUIREMENTS, ("panel", "nothing"))


def test_a_group_brings_what_it_depends_on():
    lock = {name: {"depends": depends} for name, depends in (
        ("learn", ["science", "jobs"]), ("science", ["numbers"]), ("jobs", []), ("numbers", []),
        ("other", []),
    )}  # fmt: skip
    assert wheels.required(lock, ("learn",)) == ["jobs", "learn", "numbers", "science"]


def test_slimming_drops_what_no_page_can_use(tmp_path):
    wheel = tmp_path / "numpy-1-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("numpy/core.py", "numpy/tests/test_x.py", "numpy/f2py/a.py", "numpy/x.pyi"):
            archive.writestr(name, "1")
    wheels.slim(wheel)
    assert zipfile.ZipFile(wheel).namelist() == ["numpy/core.py"]


def test_the_built_site_locks_every_archive_with_its_hash():
    (python,) = (ROOT / "dist").glob("python-*")
    (lock_file,) = (ROOT / "dist").glob("app-*/lock.json")
    packages = json.loads(lock_file.read_text())["packages"]
    assert {"glassnet", "numpy", "panel", "bokeh"} <= set(packages)
    for package in packages.values():
        data = (python / package["file_name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == package["sha256"]


def test_the_built_site_brings_byte_code_and_no_pandas():
    for wheel in (ROOT / "dist").glob("*/*.whl"):
        names = zipfile.ZipFile(wheel).namelist()
        assert not [name for name in names if name.endswith(".py")]
        assert not any(name.startswith("pandas/") for name in names)


def test_the_data_files_reach_the_page(tmp_path):
    """Built, and slimmed, as for the page; then read by a Python that has nothing else of ours."""
    wheels.build_wheel(str(ROOT), tmp_path)
    (wheel,) = tmp_path.glob("glassnet-*.whl")
    wheels.slim(wheel)
    code = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); import core; "
        "from core.data.digits import load_digits; from core.data.text import sample_text; "
        "print(core.__file__, load_digits()[0].shape, sample_text()[:24])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert said.startswith(str(wheel))
    assert said.endswith("(1797, 1, 8, 8) Shall I compare thee to \n")
