"""Dark metastases under the capsule."""

import numpy as np
import pytest

from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.subcapsular import subcapsular_lesions
from liverplan.segmentation.classical.torso import Torso
from tests.segmentation.shapes import ball, grid_of


@pytest.mark.parametrize(("bridge", "where"), [(False, "right"), (True, "right"), (False, "left")])
def test_a_dark_mass_in_the_livers_surface_is_found_though_it_touches_the_stomach(bridge, where):
    shape, spacing = (50, 60, 70), (3.0, 3.0, 3.0)
    liver = np.zeros(shape, bool)
    liver[10:40, 20:50, 5:35] = True
    mass = ball(shape, (75, 60, 60), 20, spacing)
    stomach = ball(shape, (75, 60, 160), 30, spacing)
    hu = np.full(shape, 100, np.float32)  # no fat, and not dark
    hu[liver] = 110
    hu[mass | stomach] = 60
    if bridge:
        hu[22:29, 17:24, 24:48] = 60
    torso = Torso(
        body=np.ones(shape, bool),
        lungs=np.zeros(shape, bool),
        middle=40.0 if where == "right" else 10.0,
    )
    blocks = Blocks(hu=hu, factors=(1, 1, 1), start=(0, 0, 0), grid=grid_of(shape, spacing))
    found = subcapsular_lesions(
        blocks, hu, torso, Density(mode_hu=110, spread_hu=6), liver & ~mass, np.zeros(shape, bool)
    )
    if where == "left":
        assert not found.any()
    else:
        assert (found & mass & liver).sum() > 0.8 * (mass & liver).sum()
        assert not (found & stomach).any()
