"""The phantom: its labels against its truth, its looks, its refusals."""

import numpy as np
import pytest

from liverplan.errors import InputError
from liverplan.phantom import make_phantom
from liverplan.phantom.liver import LESIONS, liver_shape
from liverplan.phantom.render import noise
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry.planes.exact import half_space_ml, index_planes
from liverplan.volumetry.planes.runs import end_points


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(spacing_mm=(1.0, 0.8, 0.8), lesions=4)


def _directions():
    """Axis-aligned, one degree off each axis, and all round."""
    rng = np.random.default_rng(3)
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    tilt = np.tan(np.radians(1.0))
    off = [a + tilt * b for a in axes for b in np.eye(3) if abs(a @ b) < 0.5]
    normals = np.concatenate([axes, np.array(off), rng.normal(size=(12, 3))])
    return normals / np.linalg.norm(normals, axis=1)[:, None]


def test_the_true_masks_hold_the_closed_form_volumes_to_a_thousandth(phantom):
    labels, truth = phantom.segmentation, phantom.truth
    assert labels.volume_ml(1) == pytest.approx(truth.functional_ml, rel=1e-3)
    whole = np.count_nonzero(labels.liver) * labels.grid.voxel_ml
    assert whole == pytest.approx(truth.liver_ml, rel=1e-3)
    for label, expected in enumerate(truth.lesions_ml, 2):
        assert labels.volume_ml(label) == pytest.approx(expected, rel=4e-3)


def test_the_remnant_fraction_is_right_in_every_direction(phantom):
    """Exact run end points of the mask against the closed form."""
    labels, truth = phantom.segmentation, phantom.truth
    ends = end_points(np.equal(labels.labels, 1), (0, 0, 0))
    normals = _directions()
    centre = np.array([-30.0, -5.0, 5.0])
    for shift in (-17.0, 0.3, 21.9):
        offsets = normals @ centre + shift
        slopes, local = index_planes(labels.grid, normals, offsets)
        for n, d, slope, e in zip(normals, offsets, slopes, local, strict=True):
            measured = half_space_ml(ends, slope, float(e), labels.grid.voxel_ml)
            fraction = measured / labels.volume_ml(1)
            expected = truth.half_space_ml(n, d) / truth.functional_ml
            assert fraction == pytest.approx(expected, abs=5e-4)


def test_the_truth_s_two_sides_add_up_to_the_functional_liver(phantom):
    truth = phantom.truth
    for normal in _directions():
        d = float(normal @ (-40.0, 0.0, 10.0))
        both = truth.half_space_ml(normal, d) + truth.half_space_ml(-normal, -d)
        assert both == pytest.approx(truth.functional_ml, abs=1e-5)


def test_the_lesions_lie_inside_the_liver_and_apart():
    rng = np.random.default_rng(0)
    surface = rng.normal(size=(2000, 3))
    surface /= np.linalg.norm(surface, axis=1)[:, None]
    liver = liver_shape()
    for lesion in LESIONS:
        points = lesion.centre_mm + surface @ (lesion.turn * lesion.axes_mm).T
        x, y, z = points.astype(np.float32).T
        assert liver.distance_mm(x, y, z).max() < -3
        for other in LESIONS:
            if other is not lesion:
                assert other.shape.distance_mm(x, y, z).min() > 3


def test_the_lesions_measure_what_the_truth_says(phantom):
    grid = phantom.segmentation.grid
    document = phantom.truth.to_json()
    for lesion in document["lesions"]:
        where = np.argwhere(phantom.segmentation.lesion(lesion["label"]))
        assert grid.to_mm(where.mean(axis=0)) == pytest.approx(lesion["centroid_mm"], abs=0.1)
        middle = where[where[:, 0] == int(np.rint(where[:, 0].mean()))]
        points = grid.to_mm(middle)
        longest = np.linalg.norm(points[:, None] - points[None], axis=-1).max()
        assert longest == pytest.approx(lesion["long_axis_mm"], abs=1.0)


def test_the_recommended_plane_leaves_what_the_truth_says(phantom):
    plane = phantom.truth.to_json()["plane"]
    normal, point = np.array(plane["normal"]), np.array(plane["point_mm"])
    assert plane["remnant_ml"] == phantom.truth.half_space_ml(normal, float(normal @ point))
    assert 0.35 < plane["remnant_fraction"] < 0.40
    labels = phantom.segmentation
    for label, margin in enumerate(plane["margins_mm"], 2):
        voxels = labels.grid.to_mm(np.argwhere(labels.lesion(label)))
        nearest = (normal @ point - voxels @ normal).min()
        assert margin == pytest.approx(nearest, abs=0.8)
        assert margin > 5


def test_it_looks_like_a_portal_venous_ct(phantom):
    hu, labels = phantom.volume.hu, phantom.segmentation
    assert np.median(hu[labels.labels == 1]) == pytest.approx(112, abs=2)
    low, high = np.quantile(hu[labels.labels == 1], (0.25, 0.75))
    assert (high - low) / 1.349 == pytest.approx(12, abs=1)
    assert 55 < np.median(hu[labels.labels == 2]) < 80
    assert np.mean(hu < -900) > 0.3  # air around, lungs darker than fat
    assert np.mean((hu > -900) & (hu < -700)) > 0.02
    assert np.mean(hu > 300) > 0.001


def test_neighbouring_voxels_share_noise():
    grid = Grid(shape=(20, 100, 100), affine=np.diag([2.0, 0.8, 0.8, 1.0])[[2, 1, 0, 3]])
    grain = noise(grid, sd_hu=30.0, seed=4)
    assert grain.std() == pytest.approx(30, rel=0.03)
    assert np.corrcoef(grain[:, :, 1:].ravel(), grain[:, :, :-1].ravel())[0, 1] > 0.3


def test_the_seed_changes_the_noise_and_nothing_else():
    one, again, other = (make_phantom(spacing_mm=(8, 5, 5), seed=s) for s in (1, 1, 2))
    assert np.array_equal(one.volume.hu, again.volume.hu)
    assert not np.array_equal(one.volume.hu, other.volume.hu)
    assert np.array_equal(one.segmentation.labels, other.segmentation.labels)
    assert one.volume.grid.frame_uid == again.volume.grid.frame_uid
    assert one.volume.grid.frame_uid != other.volume.grid.frame_uid
    assert isinstance(one.segmentation, Segmentation)


def test_every_fault_of_a_request_is_named_at_once():
    with pytest.raises(InputError) as refusal:
        make_phantom(spacing_mm=(0.0, 1.0, 1.0), noise_hu=-1.0, lesions=5)
    words = str(refusal.value)
    assert "voxel spacing (0.0, 1.0, 1.0)" in words
    assert "noise of -1.0 HU" in words
    assert "5 lesions were asked for and it can have 0 to 4" in words
