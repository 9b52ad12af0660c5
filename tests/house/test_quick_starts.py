"""A command loads what it needs: told by the modules that are there when it ends, not by the clock.

"Heavy" is what takes long to load; most of it is numba, scipy and what draws.
"""

import os
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import liverplan
from tests.house.commands import commands

COMPUTES = {"numpy", "scipy", "numba", "pydicom", "SimpleITK", "skimage", "highdicom", "cc3d"}
DRAWS = {"matplotlib", "trimesh", "jinja2", "typst", "napari", "vtk", "qtpy"}
MANY = {"dask", "pandas", "pyarrow", "lifelines"}
HEAVY = COMPUTES | DRAWS | MANY

RUN = """
import shlex, sys
from liverplan.cli import main
for line in sys.argv[1:]:
    try:
        main(shlex.split(line))
    except SystemExit as end:
        assert not end.code, line
print("LOADED", *{name.partition(".")[0] for name in sys.modules})
"""


def loaded_by(*lines):
    """The top-level packages that are loaded when these commands have ended."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *lines], capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("line", ["--version", "--help"])
def test_what_computes_nothing_loads_nothing_heavy(line):
    assert not loaded_by(line) & HEAVY


def test_the_help_of_every_command_loads_nothing_heavy():
    lines = [f"{command} --help" for command in commands()]
    assert {"assess --help", "cohort run --help", "pacs find --help"} < set(lines)
    assert not loaded_by(*lines) & HEAVY


def test_listing_series_loads_neither_what_measures_nor_what_draws(small):
    loaded = loaded_by(f"series '{small.ct}'")
    assert "pydicom" in loaded
    assert not loaded & (DRAWS | MANY | {"numba", "scipy", "skimage", "SimpleITK", "highdicom"})


def test_assessing_a_ct_loads_nothing_that_draws_or_writes_dicom(small, tmp_path):
    given = f"--liver '{small.liver}' --lesions '{small.lesions}'"
    loaded = loaded_by(f"assess '{small.ct}' --out '{tmp_path / 'case'}' {given}")
    assert "numba" in loaded
    assert not loaded & (DRAWS | MANY | {"highdicom"})


def test_a_window_waits_for_nothing_that_computes():
    """It opens a second sooner: what measures, reads or asks a network is loaded when used."""
    asked = "import sys, liverplan.app.shell.application; print('LOADED', *sys.modules)"
    environment = {**os.environ, "QT_API": "pyside6"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    loaded = set(done.stdout.rpartition("LOADED ")[2].split())
    assert {"napari", "vtkmodules.vtkRenderingOpenGL2", "scipy"} < loaded
    waited_for = {"scipy.ndimage", "scipy.sparse", "scipy.spatial", "pydicom", "onnxruntime"}
    assert not loaded & (waited_for | {"highdicom", "SimpleITK", "matplotlib"})


def test_a_rooms_front_door_leads_to_what_it_names():
    """What `__init__.pyi` names is there, by the same name, when it is asked for."""
    lazy = 0
    for room in pkgutil.iter_modules(liverplan.__path__, "liverplan."):
        module = import_module(room.name) if room.ispkg and room.name != "liverplan.app" else None
        if module is not None and "lazy_loader" in vars(module):
            lazy += 1
            assert all(hasattr(module, name) for name in module.__all__)
            assert module.__all__
    assert lazy >= 5
