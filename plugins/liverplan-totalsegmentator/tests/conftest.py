"""A CT of bright and brighter, and a stand-in TotalSegmentator that knows no more than that.

The stand-in has the real package's name and functions, and behaves as a test tells it by a file.
"""

import json
import sys
import textwrap

import numpy as np
import pytest

from liverplan.volume import Grid, Volume

STAND_IN = """
    import json, os, socket, sys, time
    from pathlib import Path
    import numpy as np

    CONFIG = json.loads(Path(os.environ["TOTALSEG_HOME_DIR"], "config.json").read_text())
    TOLD = json.loads(Path(__file__).with_name("told.json").read_text())

    class Image:
        def __init__(self, data, affine):
            self.dataobj, self.affine = data, affine

    def totalsegmentator(image, output, *, ml, quiet, device, task, fast=False, roi_subset=None):
        assert CONFIG["send_usage_stats"] is False and ml and output is None
        hu = np.asarray(image.dataobj)
        sys.stderr.write(" 50%|#####     | 1/2")
        sys.stderr.flush()
        time.sleep(TOLD.get("sleep", 0.2))
        if TOLD.get("network") == task:
            socket.create_connection(("127.0.0.1", 9))
        if TOLD.get("stop") == task:
            sys.exit(7)
        if TOLD.get("crash") == task:
            os.kill(os.getpid(), 9)
        if TOLD.get("raise") == task:
            raise RuntimeError("CUDA out of memory")
        labels = (hu > 250).astype(np.uint8) if task == "liver_lesions" else 5 * (hu > 100)
        if task == "liver_segments":  # eight slabs along the patient's height, beyond the liver too
            labels = np.zeros(hu.shape, np.uint8) + np.arange(hu.shape[2]) * 8 // hu.shape[2] + 11
        if task == "liver_vessels":
            labels = 7 * ((hu > 140) & (hu < 160) & (np.arange(hu.shape[2]) == 4))
        affine = image.affine + TOLD.get("shift", 0.0)
        return Image(labels * TOLD.get("scale", 1), affine)
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Puts the stand-in where the child finds it; call it to tell it how to behave."""
    package = tmp_path / "path" / "totalsegmentator"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "python_api.py").write_text(textwrap.dedent(STAND_IN))
    segments = {10 + n: f"liver_segment_{n}" for n in range(1, 9)}
    vessels = {7: "liver_vessels", 8: "liver_tumor"}
    classes = {"total": {4: "x", 5: "liver"}, "liver_segments": segments, "liver_vessels": vessels}
    (package / "map_to_binary.py").write_text(f"class_map = {classes}\n")
    (tmp_path / "path" / "nibabel.py").write_text(
        "class Nifti1Image:\n"
        "    def __init__(self, data, affine):\n"
        "        self.dataobj, self.affine, self.shape = data, affine, data.shape\n"
    )
    for name in ("Dataset297_total", "Dataset591_ct_liver_lesions_842subj"):
        (tmp_path / "weights" / name).mkdir(parents=True)
        (tmp_path / "weights" / name / "checkpoint_final.pth").write_bytes(name.encode())
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    monkeypatch.setenv("LIVERPLAN_TOTALSEGMENTATOR_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("LIVERPLAN_TOTALSEGMENTATOR_PYTHON", sys.executable)

    def tell(*, weights=(), **told):
        for name in weights:
            (tmp_path / "weights" / name).mkdir()
        (package / "told.json").write_text(json.dumps(told))
        return tmp_path

    tell()
    return tell


@pytest.fixture(scope="session")
def ct():
    """A box of liver with two lesions, off centre, on a tilted and flipped grid."""
    angle = np.deg2rad(20)
    affine = np.eye(4)
    affine[:3, :3] = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    ) @ np.array([[0, 0, -1.5], [0, 1.5, 0], [3.0, 0, 0]])
    hu = np.zeros((20, 40, 50), np.int16)
    hu[3:15, 5:30, 8:45] = 150
    hu[5:9, 8:16, 10:20] = 300
    hu[10:13, 20:26, 30:40] = 300
    hu[14, 29, 44] = 300
    return Volume(grid=Grid(shape=hu.shape, affine=affine), hu=hu)
