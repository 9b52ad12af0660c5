"""What the package is to liverplan: nothing that liverplan would load."""

import subprocess
import sys
from importlib.metadata import entry_points

from liverplan.segmentation import find_segmenters


def test_it_is_never_found_as_a_back_end():
    announced = [
        e for g in ("liverplan.segmenters", "liverplan.archives") for e in entry_points(group=g)
    ]
    assert [e.value for e in announced if "training" in e.value] == []
    assert "training" not in find_segmenters()


def test_absence_of_torch_is_nothing_to_liverplan():
    asked = "import sys; sys.modules['torch'] = None; import liverplan.cli, liverplan.workflow"
    subprocess.run([sys.executable, "-c", asked], check=True)
