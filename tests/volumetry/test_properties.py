"""What must hold for every mask and every plane."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from liverplan.resection.cuts.plane import Plane
from liverplan.volume import Grid
from tests.volumetry.shapes import LPS, SHEARED, index_of

ANY = settings(max_examples=60, deadline=None)

label_maps = arrays(
    np.uint8,
    st.tuples(*[st.integers(1, 6)] * 3),
    elements=st.sampled_from([0, 1, 1, 1, 2, 3]),
)
affines = st.sampled_from([LPS, SHEARED])
coordinates = st.floats(-1, 1).map(lambda v: round(v, 3))
directions = st.tuples(coordinates, coordinates, coordinates).filter(any)


@st.composite
def planes(draw, affine=LPS):
    """A plane near the small label maps' voxels."""
    point = Grid(shape=(6, 6, 6), affine=affine).to_mm(
        [draw(st.floats(-1, 6).map(lambda v: round(v, 2))) for _ in range(3)]
    )
    return Plane(point_mm=point, normal=draw(directions))


def exact(index, plane):
    return index.remnant_ml([plane.normal], [plane.offset_mm], exact=True)[0]


def fast(index, plane):
    """The compiled path, which only a large request is sure to take."""
    many = np.full(65, plane.offset_mm)
    return index.remnant_ml(np.tile(plane.normal, (65, 1)), many)[0]


@ANY
@given(labels=label_maps, plane=planes())
def test_remnant_and_resected_sum_to_the_functional_liver(labels, plane):
    index = index_of(labels)
    other = Plane(point_mm=plane.point_mm, normal=-plane.normal)
    assert abs(exact(index, plane) + exact(index, other) - index.functional_ml) < 1e-6
    assert abs(index.functional_ml + index.tumour_ml - index.liver_ml) < 1e-9


@ANY
@given(labels=label_maps, plane=planes())
def test_fast_is_close_to_exact(labels, plane):
    index = index_of(labels)
    assert abs(fast(index, plane) - exact(index, plane)) < 0.01


@ANY
@given(labels=label_maps, plane=planes(), turn=directions, angle=st.floats(0, 6))
def test_a_rigid_motion_of_everything_changes_nothing(labels, plane, turn, angle):
    axis = np.array(turn) / np.linalg.norm(turn)
    cross = np.cross(np.eye(3), axis)
    rotation = np.eye(3) - np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    motion = np.eye(4)
    motion[:3, :3] = rotation
    motion[:3, 3] = (7.5, -120.0, 33.25)
    moved = Plane(
        point_mm=rotation @ plane.point_mm + motion[:3, 3], normal=rotation @ plane.normal
    )
    before, after = index_of(labels), index_of(labels, motion @ LPS)
    assert abs(exact(before, plane) - exact(after, moved)) < 1e-9
    np.testing.assert_allclose(
        before.margin_mm([plane.normal], [plane.offset_mm]),
        after.margin_mm([moved.normal], [moved.offset_mm]),
        atol=1e-9,
    )


@ANY
@given(
    labels=label_maps,
    plane=planes(),
    order=st.sampled_from(list(itertools.permutations(range(3)))),
    flips=st.tuples(*[st.booleans()] * 3),
)
def test_the_arrays_axis_order_and_flips_change_nothing(labels, plane, order, flips):
    affine = LPS.copy()
    turned = labels
    for axis in np.flatnonzero(flips):
        affine[:3, 3] += (labels.shape[axis] - 1) * affine[:3, axis]
        affine[:3, axis] *= -1
        turned = np.flip(turned, axis)
    affine[:3, :3] = affine[:3, list(order)]
    turned = np.ascontiguousarray(turned.transpose(order))
    assert abs(exact(index_of(labels), plane) - exact(index_of(turned, affine), plane)) < 1e-9


@ANY
@given(labels=label_maps, plane=planes(), further=st.floats(0, 5))
def test_moving_a_plane_into_the_remnant_never_increases_it(labels, plane, further):
    index = index_of(labels)
    moved = plane.shifted(further)
    assert exact(index, moved) <= exact(index, plane) + 1e-9
    assert fast(index, moved) <= fast(index, plane) + 1e-4


@ANY
@given(labels=label_maps, first=planes(), second=planes(), third=planes())
def test_adding_a_plane_never_increases_the_remnant(labels, first, second, third):
    index = index_of(labels)
    left = [index.remnant_ml_of([first, second, third][:n]) for n in range(4)]
    for more, less in itertools.pairwise(left):
        assert less <= more + 1e-9


@ANY
@given(labels=label_maps, first=planes(), second=planes())
def test_two_planes_split_what_one_leaves(labels, first, second):
    index = index_of(labels)
    other = Plane(point_mm=second.point_mm, normal=-second.normal)
    parts = index.remnant_ml_of([first, second]) + index.remnant_ml_of([first, other])
    assert abs(parts - index.remnant_ml_of([first])) < 1e-9


@ANY
@given(labels=label_maps, plane=planes(affine=SHEARED))
def test_the_margin_is_the_least_distance_of_a_lesions_corners(labels, plane):
    index = index_of(labels, SHEARED)
    found = index.margin_mm([plane.normal], [plane.offset_mm])[0]
    corners = np.array(list(np.ndindex(2, 2, 2))) - 0.5
    for label, margin in zip(index.lesion_labels, found, strict=True):
        points = (np.argwhere(labels == label)[:, None] + corners).reshape(-1, 3)
        nearest = -plane.signed_distance_mm(index.grid.to_mm(points)).max()
        assert abs(margin - nearest) < 1e-9
