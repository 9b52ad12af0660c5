"""Segments by landmarks and by nearest branch, on the phantom whose fissures are known."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.phantom import make_phantom
from liverplan.phantom.liver import LOBES, PORTAL_VEIN
from liverplan.phantom.shapes import Beyond, Common
from liverplan.resection import Landmarks, Parts, Plan
from liverplan.resection.anatomy.couinaud import by_branches, by_landmarks
from liverplan.resection.anatomy.named import SEGMENTS, share_warnings
from liverplan.resection.by_name import named_resection
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan

from .conftest import branch_mask

CLICKS = {
    "cava": (-26.0, 30.0, 50.0),
    "right_vein": (-90.0, 8.0, 2.0),
    "middle_vein": (-41.0, -44.0, -4.0),
    "left_vein": (42.0, -30.0, 16.0),
    "gallbladder_fossa": (-45.0, -50.0, -50.0),
    "portal_bifurcation": (-26.0, 8.0, -14.0),
    "right_portal": (-52.0, 8.0, -8.0),
    "left_portal": (13.0, -22.0, 2.0),
    "umbilical_portion": (13.0, -22.0, 2.0),
    "falciform": (16.0, -74.0, 0.0),
}


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(spacing_mm=(3.0, 2.0, 2.0))


@pytest.fixture(scope="module")
def landmarked(phantom):
    return by_landmarks(phantom.segmentation, Landmarks(**CLICKS))


@pytest.fixture(scope="module")
def branched(phantom):
    names = {"2": "2", "3": "3", "4a": "4", "5": "5", "6": "6", "7": "7", "8": "8"}
    masks = {
        name: branch_mask(
            phantom.segmentation,
            np.array([PORTAL_VEIN[b][0].start_mm, *(t.end_mm for t in PORTAL_VEIN[b])])[1:],
        )
        for name, b in names.items()
    }
    return by_branches(phantom.segmentation, masks, scheme="portal")


def _true_right(phantom):
    grid = phantom.segmentation.grid
    right = Common(parts=tuple(Beyond(normal=n, offset_mm=d) for n, d in LOBES["right"][:1]))
    x, y, z = np.moveaxis(grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1)), -1, 0)
    inside = right.distance_mm(x.astype(np.float32), y.astype(np.float32), z.astype(np.float32))
    return (inside <= 0) & phantom.segmentation.liver


def test_every_liver_voxel_has_one_segment_and_nothing_else_has(phantom, landmarked):
    assert np.array_equal(landmarked.labels > 0, phantom.segmentation.liver)
    shares = landmarked.shares_fraction(phantom.segmentation)
    assert tuple(shares) == SEGMENTS
    assert all(share > 0.005 for share in shares.values())
    total = sum(landmarked.volumes_ml(phantom.segmentation).values())
    assert total == pytest.approx(phantom.segmentation.volume_ml(1), abs=1e-6)


@pytest.mark.parametrize("which", ["landmarked", "branched"])
def test_the_right_hemiliver_is_the_right_lobe(phantom, which, request):
    part_map = request.getfixturevalue(which)
    right = part_map.mask(("5", "6", "7", "8"))
    true = _true_right(phantom)
    dice = 2 * np.count_nonzero(right & true) / (right.sum() + true.sum())
    assert dice > 0.93


def test_segments_lie_where_they_belong(phantom, landmarked):
    grid = phantom.segmentation.grid
    middle = {
        name: grid.to_mm(np.argwhere(landmarked.mask((name,))).mean(axis=0)) for name in SEGMENTS
    }
    assert middle["7"][1] > middle["8"][1]  # behind
    assert middle["6"][1] > middle["5"][1]
    for upper, lower in (("7", "6"), ("8", "5"), ("4a", "4b"), ("2", "3")):
        assert middle[upper][2] > middle[lower][2]
    assert middle["8"][0] < middle["4a"][0] < middle["2"][0]


def test_each_branch_s_territory_holds_the_branch(phantom, branched):
    for name in ("5", "6", "7", "8"):
        at = phantom.segmentation.grid.nearest_index(PORTAL_VEIN[name][-1].end_mm)
        assert branched.names[branched.labels[at] - 1] == name


def test_a_named_resection_on_the_map_leaves_what_its_segments_leave(phantom, landmarked):
    index = PlanIndex.build(phantom.segmentation, {"couinaud": landmarked})
    result = measure_plan(index, Plan(cuts=(named_resection("right hemihepatectomy"),)))
    volumes = landmarked.volumes_ml(phantom.segmentation)
    gone = sum(volumes[name] for name in ("5", "6", "7", "8"))
    assert result.resected_ml == pytest.approx(gone, abs=1e-6)
    assert share_warnings(landmarked.shares_fraction(phantom.segmentation)) is not None


def test_a_cut_branch_takes_its_territory_out_of_the_functional_remnant(phantom, branched):
    index = PlanIndex.build(phantom.segmentation, {"portal": branched})
    result = measure_plan(index, Plan(cuts=(Parts(scheme="portal", names=("6", "7")),)))
    volumes = branched.volumes_ml(phantom.segmentation)
    assert result.resected_ml == pytest.approx(volumes["6"] + volumes["7"], abs=1e-6)


def test_territories_without_branches_are_refused(phantom):
    with pytest.raises(PlanError, match="at least one labelled vessel branch"):
        by_branches(phantom.segmentation, {})
    empty = np.zeros(phantom.segmentation.grid.shape, dtype=bool)
    with pytest.raises(PlanError, match="branch 'right' is empty"):
        by_branches(phantom.segmentation, {"right": empty})
