"""Axes: LPS mm, napari's world, and the screen's sides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.app.slices.convert import (
    VIEW_NAMES,
    lps_to_napari,
    napari_to_lps,
    plane_on_lattice,
    view_axes,
)
from liverplan.volume import Grid


def grid(columns, spacing=(3.0, 1.5, 0.8)):
    """A grid whose index axes k, j, i point along the given LPS vectors."""
    affine = np.eye(4)
    affine[:3, :3] = np.array(columns, dtype=float).T * spacing
    affine[:3, 3] = (-100, 50, 20)
    return Grid(shape=(20, 30, 40), affine=affine)


STANDARD = grid([(0, 0, 1), (0, 1, 0), (1, 0, 0)])
PRONE = grid([(0, 0, 1), (0, -1, 0), (-1, 0, 0)])
CORONAL = grid([(0, 1, 0), (0, 0, -1), (1, 0, 0)])
TILTED = grid([(0, np.sin(0.3), np.cos(0.3)), (0, np.cos(0.3), -np.sin(0.3)), (1, 0, 0)])
OBLIQUE = grid([(0, np.sin(0.6), np.cos(0.6)), (0, np.cos(0.6), -np.sin(0.6)), (1, 0, 0)])
SHEARED = grid([(0, 0.3, 0.95), (0, 1, 0), (1, 0, 0)])
ALL = {
    "standard": STANDARD,
    "prone": PRONE,
    "coronal": CORONAL,
    "oblique": OBLIQUE,
    "sheared": SHEARED,
}


@pytest.mark.parametrize("name", ALL)
def test_conversion_and_its_inverse_agree(name):
    lattice = ALL[name]
    points = np.random.default_rng(1).uniform(-300, 300, (50, 3))
    back = napari_to_lps(lattice, lps_to_napari(lattice, points))
    np.testing.assert_allclose(back, points, atol=1e-9)


def test_napari_world_is_the_index_in_millimetres():
    world = lps_to_napari(STANDARD, STANDARD.to_mm([2, 3, 4]))
    np.testing.assert_allclose(world, [6.0, 4.5, 3.2])


@pytest.mark.parametrize("name", ["standard", "prone", "coronal"])
def test_every_scan_is_shown_in_radiological_orientation(name):
    expected = {"Axial": ("R", "L", "A", "P"), "Coronal": ("R", "L", "H", "F")}
    expected["Sagittal"] = ("A", "P", "H", "F")
    shown = {view: view_axes(ALL[name], view).letters for view in VIEW_NAMES}
    assert shown == expected


def test_letters_name_both_directions_where_the_scan_is_oblique():
    letters = view_axes(OBLIQUE, "Axial").letters
    assert letters == ("R", "L", "AH", "PF")
    assert view_axes(TILTED, "Axial").letters == ("R", "L", "A", "P")


@pytest.mark.parametrize("name", ALL)
def test_screen_directions_point_where_their_letters_say(name):
    lattice = ALL[name]
    signs = {"L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "H": (2, 1), "F": (2, -1)}
    for view in VIEW_NAMES:
        axes = view_axes(lattice, view)
        step = np.zeros(3)
        step[axes.right] = axes.right_sign
        moved = lattice.to_mm(step) - lattice.to_mm([0, 0, 0])
        axis, sign = signs[axes.letters[1][0]]
        assert moved[axis] * sign > 0


@given(
    normal=st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda n: np.linalg.norm(n) > 0.1),
    offset=st.floats(-200, 200),
)
def test_a_plane_on_the_lattice_keeps_its_signed_distances(normal, offset):
    n = np.array(normal) / np.linalg.norm(normal)
    indices = np.random.default_rng(2).uniform(0, 30, (20, 3))
    for lattice in ALL.values():
        a, e = plane_on_lattice(lattice, n, offset)
        expected = lattice.to_mm(indices) @ n - offset
        np.testing.assert_allclose(indices @ a - e, expected, atol=1e-9)
