"""Couinaud's segments from points in portal branches: every voxel has one; each refusal."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.segment_branches import (
    SegmentBranches,
    by_segment_branches,
    read_segment_branches,
)
from liverplan.resection.anatomy.territories import territory_maps
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import Grid

FRONT, BACK, TRUNK = (-3.0, -15, 1), (-3.0, 15, 1), (12.0, 0, 0)


@pytest.fixture(scope="module")
def box():
    """A liver of 40 x 40 x 40 voxels of 1 mm, its middle at the origin."""
    affine = np.eye(4)
    affine[:3, 3] = -19.5
    grid = Grid(shape=(40, 40, 40), affine=affine)
    return Segmentation(grid=grid, labels=np.ones(grid.shape, dtype=np.uint8))


@pytest.fixture(scope="module")
def maps(box):
    """A portal vein that comes in from the left and forks to the front and the back."""
    grid = box.grid
    x, y, z = grid.to_mm(np.indices(grid.shape).reshape(3, -1).T).T.reshape(3, *grid.shape)
    tubes = ((x > -2) & (np.hypot(y, z) < 2.6)) | ((np.hypot(x + 3, z) < 2.1) & (abs(y) < 18))
    names = ("portal vein", "hepatic veins")
    lumen = PartMap(scheme="vessels", grid=grid, labels=tubes.astype(np.uint8), names=names)
    return {"vessels": lumen, **territory_maps(box, lumen, {"portal vein": [(18.0, 0, 0)]})}


def divided(box, maps, **points):
    given = {name.removeprefix("s"): point for name, point in points.items()}
    return by_segment_branches(box, maps, SegmentBranches(points_mm=given))


def test_segments_follow_their_branches_and_fill_the_liver(box, maps):
    segments = divided(box, maps, s3=FRONT, s6=BACK)
    assert (segments.scheme, segments.names) == ("couinaud", ("3", "6"))
    shares = segments.shares_fraction(box)
    assert sum(segments.volumes_ml(box).values()) == pytest.approx(64.0)
    assert shares["3"] == pytest.approx(0.5, abs=0.05)
    y = box.grid.to_mm(np.argwhere(segments.labels == 1))[:, 1]
    assert np.mean(y < 0) > 0.95


def test_what_hangs_on_a_nearer_branch_is_that_segment_s(box, maps):
    segments = divided(box, maps, s5=TRUNK, s6=BACK)
    index = np.rint(box.grid.to_index(np.array([FRONT, BACK, TRUNK]))).astype(int)
    found = [segments.names[segments.labels[tuple(at)] - 1] for at in index]
    assert found == ["5", "6", "5"]


def test_points_that_name_no_segments_are_refused(box, maps):
    with pytest.raises(PlanError, match="segments 3, 6 lie in one portal branch"):
        divided(box, maps, s3=FRONT, s6=(-3.0, -12, 1))
    with pytest.raises(PlanError, match="Segment 6: No vessel inside the liver lies within 6 mm"):
        divided(box, maps, s3=FRONT, s6=(-19.0, 19, 19))
    with pytest.raises(PlanError, match="Segment 3: No vessel"):
        divided(box, {"vessels": maps["vessels"], "hepatic": maps["portal"]}, s3=FRONT, s6=BACK)
    with pytest.raises(PlanError, match="No segment is called 9; segments are 1, 2, 3, 4a"):
        SegmentBranches(points_mm={"9": FRONT, "1": BACK})
    with pytest.raises(PlanError, match="of two of them at least"):
        SegmentBranches(points_mm={"1": BACK})
    with pytest.raises(PlanError, match="not three numbers: 2"):
        SegmentBranches(points_mm={"1": BACK, "2": ("x", 1, 2)})


def test_a_file_of_branches_is_read_or_refused(tmp_path):
    path = tmp_path / "branches.toml"
    path.write_text("[branches_mm]\n5 = [1, 2, 3]\n4a = [4, 5, 6]\n", "utf-8")
    given = read_segment_branches(path)
    assert list(given.points_mm) == ["4a", "5"]
    again = SegmentBranches.from_json(given.to_json())
    assert again.to_json() == given.to_json()
    for text in ("[points_mm]\n", "branches_mm = 3", "colour = 1\n[branches_mm]\n5=[1,2,3]"):
        path.write_text(text, "utf-8")
        with pytest.raises(PlanError, match="are no table branches_mm"):
            read_segment_branches(path)
    with pytest.raises(PlanError, match="cannot be read"):
        read_segment_branches(tmp_path / "absent.toml")
