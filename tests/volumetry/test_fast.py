"""The compiled paths against the exact one, and what happens without a compiler."""

import numba
import numpy as np
import pytest
import SimpleITK as sitk

from liverplan.errors import PlanError
from liverplan.volumetry.planes import kernels
from liverplan.volumetry.planes import warm_up as compiled
from liverplan.volumetry.planes.tree import MomentTree
from liverplan.volumetry.planes.warm_up import SMALL, kernels_for, warm_up
from tests.volumetry.shapes import (
    FLIPPED,
    LPS,
    SHEARED,
    blob,
    ellipsoid,
    index_of,
    planes_through,
    spaced,
    unit,
)


@pytest.fixture(scope="module", params=[1.0, 2.5])
def liver(request):
    """An ellipsoid of 1.4 L with holes, at 1 or 2.5 mm slices."""
    affine = spaced(request.param, 0.9, 0.9)
    shape = (round(150 / request.param), 140, 200)
    centre = np.array([90.3, 60.1, 70.7])
    labels = ellipsoid(affine, shape, centre, (80, 55, 68)).astype(np.uint8)
    labels[ellipsoid(affine, shape, centre + np.array([30, 5, 10]), (9, 7, 40))] = 0
    labels[ellipsoid(affine, shape, centre - np.array([35, 5, 10]), (15, 15, 15))] = 2
    return index_of(labels, affine)


def slanted(degrees):
    """The six axes' directions, and each turned a little toward the others."""
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    small = np.tan(np.radians(degrees))
    turned = np.concatenate([axes, axes + small * np.roll(axes, 1, 1), axes - small])
    return turned / np.linalg.norm(turned, axis=1, keepdims=True)


def test_fast_mode_is_within_a_hundredth_of_a_millilitre_of_exact(liver):
    normals = np.concatenate([unit(150), slanted(1.0), slanted(0.1)])
    middle = np.array([90.3, 60.1, 70.7])
    offsets = normals @ middle + np.linspace(-40, 40, len(normals))
    fast = liver.remnant_ml(normals, offsets)
    exact = liver.remnant_ml(normals, offsets, exact=True)
    assert np.abs(fast - exact).max() < 0.01


def test_many_plans_of_two_planes_are_close_to_the_exact_volume(liver):
    normals = unit(2 * (SMALL + 6)).reshape(-1, 2, 3)
    offsets = normals @ np.array([90.3, 60.1, 70.7]) + 3.0
    fast = liver.remnants_ml_of(normals, offsets)
    exact = liver.remnants_ml_of(normals[:8], offsets[:8], exact=True)
    np.testing.assert_allclose(fast[:8], exact, atol=0.1)


@pytest.mark.parametrize("affine", [LPS, SHEARED, FLIPPED])
def test_fast_mode_takes_any_affine(affine):
    index = index_of(blob(), affine)
    normals, offsets = planes_through(index, SMALL + 1)
    fast = index.remnant_ml(normals, offsets)
    exact = index.remnant_ml(normals, offsets, exact=True)
    # noise is the hardest mask: every voxel is surface
    np.testing.assert_allclose(fast, exact, atol=0.01)


def test_one_plane_at_a_time_is_the_batch(liver):
    warm_up().result()
    normals, offsets = planes_through(liver, 70)
    together = liver.remnant_ml(normals, offsets)
    single = [liver.remnant_ml(normals[m : m + 1], offsets[m : m + 1])[0] for m in range(70)]
    np.testing.assert_array_equal(together, single)


def test_the_compiled_kernels_do_what_their_python_does():
    index = index_of(blob())
    tree = MomentTree.build(index.ends[0])
    slopes, offsets = planes_through(index, 3)
    slopes[:, 0] += np.sign(slopes[:, 0])
    arguments = (tree.nodes, tree.first, tree.blocks, slopes, offsets * 0.1, np.full(3, 0.4))
    plain, machine = np.empty(3), np.empty(3)
    kernels.moment_sums(*arguments, plain)
    kernels_for(SMALL + 1).moment_sums(*arguments, machine)
    np.testing.assert_allclose(machine, plain, rtol=1e-5, atol=1e-2)


def test_an_empty_liver_has_an_empty_remnant():
    index = index_of(np.zeros((4, 5, 6), np.uint8))
    assert index.liver_ml == index.functional_ml == index.tumour_ml == 0
    normals = unit(SMALL + 1)
    assert not index.remnant_ml(normals, np.zeros(SMALL + 1)).any()
    assert not index.remnant_ml(normals[:1], [0.0], exact=True).any()
    assert index.support_mm(normals).shape == (SMALL + 1, 0)


def test_a_single_voxel_is_cut_in_half_through_its_centre():
    labels = np.zeros((3, 3, 3), np.uint8)
    labels[1, 1, 1] = 1
    index = index_of(labels, SHEARED)
    normals = unit(SMALL + 1)
    offsets = normals @ index.grid.to_mm([1, 1, 1])
    half = index.grid.voxel_ml / 2
    np.testing.assert_allclose(index.remnant_ml(normals, offsets), half, rtol=1e-2)
    np.testing.assert_allclose(index.remnant_ml(normals, offsets, exact=True), half, rtol=1e-12)


def test_planes_past_the_liver_leave_nothing_or_all(liver):
    normals = unit(SMALL + 1)
    nothing = liver.remnant_ml(normals, np.full(SMALL + 1, 1e4))
    everything = liver.remnant_ml(normals, np.full(SMALL + 1, -1e4))
    assert not nothing.any()
    np.testing.assert_allclose(everything, liver.functional_ml, rtol=1e-6)


def test_a_small_request_does_not_wait_for_the_compiler(monkeypatch, liver):
    class Never:
        def done(self):
            return False

        def result(self):
            raise AssertionError("waited")

    monkeypatch.setattr(compiled, "warm_up", Never)
    normals, offsets = planes_through(liver, SMALL)
    found = liver.remnant_ml(normals, offsets)
    np.testing.assert_array_equal(found, liver.remnant_ml(normals, offsets, exact=True))


def test_without_a_compiler_numpy_answers(monkeypatch):
    class Failed:
        def done(self):
            return True

        def result(self):
            return None

    index = index_of(blob())
    normals, offsets = planes_through(index, SMALL + 1)
    fast = index.remnant_ml(normals, offsets)
    monkeypatch.setattr(compiled, "warm_up", Failed)
    np.testing.assert_allclose(index.remnant_ml(normals, offsets), fast, atol=0.01)


def test_a_failing_compiler_is_reported_and_not_raised(monkeypatch, caplog):
    def broken(*_args, **_options):
        raise OSError("no compiler here")

    monkeypatch.setattr(numba, "njit", broken)
    assert compiled._compile_all() is None
    assert "computed by numpy" in caplog.text


def test_kernels_compile_where_no_cache_can_be_written(monkeypatch, caplog):
    real = numba.njit

    def read_only(**options):
        if options["cache"]:
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(numba, "njit", read_only)
    length = np.empty(1)
    one_run, plane = np.array([[0.0, 0, 0]]), np.array([[[1.0, 0, 0]]])
    compiled._compile_all().run_lengths(
        one_run, np.array([4.0]), 0, plane, np.array([[1.0]]), length
    )
    assert length == [3.0]
    assert not caplog.records


@pytest.mark.parametrize(
    ("normals", "offsets", "words"),
    [
        ([[1, 0, 0]], [np.nan], "offset must be a number"),
        ([[1, 0, 0]], [np.inf], "offset must be a number"),
        ([[np.nan, 0, 0]], [0.0], "unit vector"),
        ([[2, 0, 0]], [0.0], "unit vector"),
        ([[0, 0, 0]], [0.0], "unit vector"),
        ([1, 0, 0], [0.0], r"\(M, 3\) normals"),
        ([[1, 0, 0]], [0.0, 1.0], r"\(M, 3\) normals"),
    ],
)
def test_planes_that_make_no_sense_are_refused(normals, offsets, words):
    index = index_of(blob())
    with pytest.raises(PlanError, match=words):
        index.remnant_ml(normals, offsets)
    with pytest.raises(PlanError, match=words):
        index.margin_mm(normals, offsets)


def test_a_real_liver_is_measured_alike_by_both_paths(real_data):
    image = sitk.ReadImage(real_data / "ircadb01" / "liver.nii.gz")
    affine = np.eye(4)
    turn = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine[:3, :3], affine[:3, 3] = turn[:, ::-1], image.GetOrigin()
    labels = (sitk.GetArrayFromImage(image) > 0).astype(np.uint8)
    tumours = sitk.GetArrayFromImage(
        sitk.ReadImage(real_data / "ircadb01" / "tumours_labelled.nii.gz")
    )
    labels[tumours > 0] = 2
    index = index_of(labels, affine)
    assert index.functional_ml == pytest.approx(1378.0, abs=0.1)
    assert index.tumour_ml == pytest.approx(111.4, abs=0.1)
    normals = np.concatenate([unit(60), slanted(1.0)])
    middle = index.grid.to_mm(np.argwhere(labels == 1).mean(axis=0))
    fast = index.remnant_ml(normals, normals @ middle)
    exact = index.remnant_ml(normals, normals @ middle, exact=True)
    assert np.abs(fast - exact).max() < 0.01
