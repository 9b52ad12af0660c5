"""Colours told apart by those who lack one kind of cone.

The simulation is of Machado, Oliveira and Fernandes, "A physiologically-based model for simulation
of color vision deficiency", IEEE Trans Vis Comput Graph 2009;15(6):1291-8, table 1, severity 1.0,
in linear light; the difference is CIEDE2000.
"""

from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from liverplan.app.kit import theme
from liverplan.app.kit.palette import THEMES
from liverplan.resection import Plane
from tests.app.surgery import off

LEAST, REMNANT_RESECTED = 12.0, 52.0

EYES = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}

COLOURS = {
    "remnant": theme.REMNANT,
    "resected": theme.RESECTED,
    "margin": theme.MARGIN,
    "metastasis": theme.LESION,
    "liver": theme.LIVER,
    "portal vein": theme.PORTAL_VEIN,
    "hepatic veins": theme.HEPATIC_VEIN,
    "kept vessel": theme.KEPT,
}


def seen_by(rgb, eyes):
    """A colour, 0 to 255, in CIELAB as eyes see it that lack a cone."""
    share = np.asarray(rgb, dtype=float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    found = np.clip(EYES[eyes] @ linear, 0, 1)
    back = np.where(found <= 0.0031308, 12.92 * found, 1.055 * found ** (1 / 2.4) - 0.055)
    return rgb2lab(back[None, None])[0, 0]


def difference(one, other, eyes):
    return float(deltaE_ciede2000(seen_by(one, eyes), seen_by(other, eyes)))


def test_the_simulation_takes_from_each_eye_what_its_cone_tells():
    red, green = (200, 70, 40), (110, 125, 40)
    blue, teal = (0, 110, 160), (0, 120, 120)
    assert difference(red, green, "all cones") > 2 * difference(red, green, "protanopia")
    assert difference(blue, teal, "all cones") > 2 * difference(blue, teal, "tritanopia")
    for eyes in EYES:
        np.testing.assert_allclose(seen_by((128, 128, 128), eyes)[1:], 0, atol=0.5)


@pytest.mark.parametrize("eyes", EYES)
def test_no_two_colours_of_the_plan_look_alike(eyes):
    for (one, rgb), (other, its) in combinations(COLOURS.items(), 2):
        found = difference(rgb, its, eyes)
        assert found >= LEAST, f"{one} and {other}: {found:.1f}"
    assert difference(theme.REMNANT, theme.RESECTED, eyes) >= REMNANT_RESECTED


def patch_at(person, widget, at, half=8):
    """The mean colour on screen about a place of a widget."""
    picture, (x, y) = person.screen_of(widget), (round(v) for v in at)
    around = range(-half, half + 1, 2)
    found = [picture.pixelColor(x + dx, y + dy).getRgb()[:3] for dx in around for dy in around]
    return np.mean(found, axis=0)


@pytest.fixture
def cut(planner):
    """A plane through the middle of the liver, seen from the front; the two sides beside it."""
    centre = planner.app.live.derived.centre_mm if planner.app.live.derived else None
    if centre is None:
        planner.begin()
        centre = planner.app.live.derived.centre_mm
    planner.begin(Plane(point_mm=centre, normal=(1, 0, 0)))
    planner.app.views.move_crosshair(centre)
    planner.app.scene_pane.look_from("A")
    yield planner, off(centre, 30, 0, 0), off(centre, -30, 0, 0)
    if theme.chosen() != "dark":
        planner.app.toggle_theme()


@pytest.mark.parametrize("name", THEMES)
def test_what_stays_and_what_goes_are_told_apart_on_a_screenshot(cut, name):
    person, stays, goes = cut
    if theme.chosen() != name:
        person.app.toggle_theme()
    view, canvas, scene = person.view(), person.app.scene_pane.canvas, person.app.scene
    ground = patch_at(person, canvas, (9, 9), half=4)
    on_slice = [patch_at(person, view.canvas, person.pixel(view, at)) for at in (stays, goes)]
    in_3d = [patch_at(person, canvas, scene.to_pixel(at), half=3) for at in (stays, goes)]
    for eyes in EYES:
        assert difference(*on_slice, eyes) >= LEAST
        assert difference(*in_3d, eyes) >= LEAST
        assert min(difference(ground, side, eyes) for side in in_3d) >= LEAST
