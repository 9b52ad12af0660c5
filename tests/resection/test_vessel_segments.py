"""Segments from the vessels alone: borders in closed form, the phantom's fissures, refusals."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.phantom import make_phantom
from liverplan.phantom.liver import MAIN_FISSURE, PORTAL_VEIN
from liverplan.resection.anatomy.named import SEGMENTS
from liverplan.resection.anatomy.vessel_fields import Lattice, between
from liverplan.resection.anatomy.vessel_segments import VesselSegments, by_vessels
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import Grid
from liverplan.words import in_english

from . import trees


@pytest.fixture(scope="module")
def liver():
    return make_phantom(spacing_mm=(4.0, 3.0, 3.0)).segmentation


@pytest.fixture(scope="module")
def vessels():
    hepatic = trees.hepatic("right", "middle", "left")[0]
    return {"portal": trees.usual_portal()[0], "hepatic": hepatic}


@pytest.fixture(scope="module")
def made(liver, vessels):
    return by_vessels(liver, vessels)


def right_share(part_map, liver):
    shares = part_map.shares_fraction(liver)
    return sum(shares[name] for name in "5678")


def test_a_border_lies_half_way_between_branches_or_where_a_vein_leads_it():
    """Two upright vessels 40 mm apart: the border is the plane between, or a vein's beside it."""
    grid = Grid(shape=(30, 30, 60), affine=np.array(
        [[0, 0, 1, -29.5], [0, 1, 0, -14.5], [1, 0, 0, -14.5], [0, 0, 0, 1.0]]
    ))  # fmt: skip
    box = Segmentation(grid=grid, labels=np.ones(grid.shape, dtype=np.uint8))
    lattice = Lattice.of(box)
    x, _, _ = grid.to_mm(np.argwhere(box.labels)).T
    left, right = ([trees.branch("1", [(at, 0, -14), (at, 0, 14)], 2)] for at in (-20.0, 20.0))
    every = np.arange(len(x))
    for nothing, at in (((), 0.0), ([(5.0, 0, z) for z in range(-14, 15)], 5.0)):
        course = np.array(nothing, dtype=float).reshape(-1, 3)
        beyond = between(lattice, every, left, right, course) > 0
        middle = np.abs(grid.to_mm(np.argwhere(box.labels))[:, 1]) < 2
        assert np.array_equal(beyond[middle], x[middle] > at)


def test_every_voxel_has_one_segment_where_it_belongs(liver, made):
    part_map, told = made
    assert (part_map.scheme, part_map.names) == ("couinaud", SEGMENTS)
    assert np.array_equal(part_map.labels > 0, liver.labels > 0)
    assert told.confidence.keys() == set(SEGMENTS)
    middle = {
        name: liver.grid.to_mm(np.argwhere(part_map.mask((name,))).mean(axis=0))
        for name in SEGMENTS
    }
    for upper, lower in (("7", "6"), ("8", "5"), ("4a", "4b"), ("2", "3")):
        assert middle[upper][2] > middle[lower][2]
    assert middle["7"][1] > middle["8"][1]
    assert middle["8"][0] < middle["4a"][0] < middle["2"][0]
    assert middle["1"][1] > middle["4a"][1]
    for name, source in {"2": "2", "3": "3", "5": "5", "6": "6", "7": "7", "8": "8"}.items():
        at = liver.grid.nearest_index(PORTAL_VEIN[source][-1].start_mm)
        assert part_map.names[part_map.labels[at] - 1] == name


def test_the_right_hemiliver_ends_at_the_fissure_that_holds_the_middle_vein(liver, vessels, made):
    """By portal branches alone it is 4 points too large: the vein leads the border."""
    points = liver.grid.to_mm(np.argwhere(liver.labels == 1))
    true = float(np.mean(points @ MAIN_FISSURE[0] < MAIN_FISSURE[1]))
    assert right_share(made[0], liver) == pytest.approx(true, abs=0.01)
    alone, told = by_vessels(liver, {"portal": vessels["portal"]})
    assert right_share(alone, liver) > true + 0.03
    assert "1" not in alone.names
    assert "follow the portal branches alone" in in_english(told.says[-1])


def test_veins_that_are_not_surely_known_lead_no_border_and_that_is_said(liver, vessels):
    some = vessels | {"hepatic": trees.hepatic("middle", "left")[0]}
    part_map, told = by_vessels(liver, some)
    assert "No hepatic vein is surely known" in in_english(told.says[-1])
    alone, _ = by_vessels(liver, {"portal": vessels["portal"]})
    assert np.array_equal(part_map.labels, alone.labels)


def test_what_turned_arrays_hold_is_divided_alike(liver, vessels, made):
    affine = liver.grid.affine @ np.diag([-1.0, 1, -1, 1])
    affine[:3, 3] = liver.grid.to_mm((liver.grid.shape[0] - 1, 0, liver.grid.shape[2] - 1))
    turned = Segmentation(
        grid=Grid(shape=liver.grid.shape, affine=affine),
        labels=np.ascontiguousarray(liver.labels[::-1, :, ::-1]),
    )
    labels = by_vessels(turned, vessels)[0].labels[::-1, :, ::-1]
    inside = liver.labels > 0
    assert np.mean(labels[inside] == made[0].labels[inside]) > 0.98


def test_without_sure_portal_branches_there_are_no_segments(liver, vessels):
    with pytest.raises(PlanError, match="no portal vein is marked in the liver"):
        by_vessels(liver, {"hepatic": vessels["hepatic"]})
    kept = [one for one in vessels["portal"] if not one.name.startswith("1.2")]
    with pytest.raises(PlanError, match=r"no branch is surely the .*left lateral portal vein"):
        by_vessels(liver, {"portal": kept})
    swapped = {"portal": vessels["hepatic"], "hepatic": vessels["portal"]}
    with pytest.raises(PlanError, match="right anterior portal vein"):
        by_vessels(liver, swapped)


def test_what_is_told_of_a_map_is_written_and_read(made):
    _, told = made
    again = VesselSegments.from_json(told.to_json())
    assert again == told
    assert "least sure is segment 1" in in_english(told.says[0])
    with pytest.raises(PlanError, match="no document of vessel segments"):
        VesselSegments.from_json({"schema": "other"})
