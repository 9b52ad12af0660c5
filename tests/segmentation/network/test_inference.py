"""Running the network: slabs that cover everything, progress, and a stop."""

from threading import Event

import numpy as np
import pytest

from liverplan.errors import CancelledError
from liverplan.segmentation.network.inference import _share, _slabs, infer
from liverplan.volume import Volume


@pytest.mark.parametrize("shape", [(48, 96, 96), (112, 112, 144), (304, 128, 192), (160, 256, 256)])
def test_slabs_cover_every_slice_and_weights_add_up(shape):
    slabs = _slabs(shape)
    total, before = np.zeros(shape[0]), 0
    for start, stop in slabs:
        share = _share(start, stop, before)
        total[start:stop] = total[start:stop] * (1 - share) + share
        before = stop
    assert np.allclose(total, 1)
    assert slabs[0][0] == 0
    assert slabs[-1][1] == shape[0]
    assert len({stop - start for start, stop in slabs}) == 1
    assert all((stop - start) % 16 == 0 for start, stop in slabs)


def test_the_end_of_a_slab_inside_another_counts_for_nothing():
    share = _share(40, 104, 64)
    assert np.all(share[:4] == 0)
    assert np.all(share[20:] == 1)
    assert np.all(np.diff(share) >= 0)


def test_the_liver_lies_inside_the_maps_and_where_the_truth_says(torso, maps):
    found = maps.field(maps.liver).above(0.5, torso.volume.grid)
    truth = torso.truth.liver
    shared = np.count_nonzero(found & truth)
    assert 2 * shared / (np.count_nonzero(found) + np.count_nonzero(truth)) > 0.95
    assert maps.grid.shape == maps.lesion.shape == maps.organ.shape


def test_the_maps_of_a_ct_are_made_once_and_go_with_it(torso, maps):
    assert infer(torso.volume) is infer(torso.volume)
    same = Volume(grid=torso.volume.grid, hu=torso.volume.hu.copy())
    cancel = Event()
    cancel.set()
    with pytest.raises(CancelledError, match="stopped"):
        infer(same, cancel=cancel)
