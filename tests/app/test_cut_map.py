"""A cut laid flat: colours, words and sides by a map that is known, and a plane's own map."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from liverplan.app.steps.resection.cut_map_view import (
    DOUBTFUL,
    TOO_NEAR,
    VESSEL,
    CutMapDialog,
    legend_words,
    map_words,
    picture_of,
    sides_of,
    vessel_rim,
)
from liverplan.volumetry.shapes.cut_map import CutMap
from liverplan.volumetry.uncertainty.error_model import CUT_POSITION


@pytest.fixture
def desk(whole_desk):
    whole_desk.start()
    return whole_desk


@pytest.fixture
def flat():
    """A map of four by three points, 2 mm apart: outside, too near, doubtful, clear, a vessel."""
    u, v = np.meshgrid(np.arange(4.0), np.arange(3.0), indexing="ij")
    points = np.stack([-2 * u, 0 * u, 2 * v], axis=-1)
    inside = np.ones((4, 3), bool)
    inside[0, 0] = False
    lesion = np.full((4, 3), 60.0)
    lesion[1, 0], lesion[2, 0] = 4.0, 10.0 + CUT_POSITION.sd / 2
    vessel = np.full((4, 3), np.inf)
    vessel[3, 2] = 3.0
    lesion[0, 0] = vessel[0, 0] = np.nan
    return CutMap(step_mm=2.0, inside=inside, points_mm=points, lesion_mm=lesion, vessel_mm=vessel)


def test_a_map_shows_each_point_in_the_colour_of_its_distance(flat):
    picture = picture_of(flat, 10.0)
    assert (picture.width(), picture.height()) == (4, 3)

    def colour(u, v):
        return picture.pixelColor(u, 2 - v).getRgb()

    assert colour(0, 0)[3] == 0
    assert colour(1, 0)[:3] == tuple(TOO_NEAR)
    assert colour(2, 0)[:3] == tuple(DOUBTFUL)
    assert colour(3, 2)[:3] == tuple(VESSEL)
    assert np.argwhere(vessel_rim(flat)).tolist() == [[3, 2]]


def test_a_map_says_its_area_what_is_nearest_and_which_side_is_which(flat):
    words = map_words(flat)
    assert "the nearest metastasis is 4.0 mm away, the nearest vessel that was found 3.0" in words
    alone = replace(flat, vessel_mm=np.where(flat.inside, np.inf, np.nan))
    assert "vessel" not in map_words(alone)
    nothing = replace(alone, lesion_mm=alone.vessel_mm)
    assert map_words(nothing).endswith("of liver are cut. Seen from the side that stays.")
    assert sides_of(flat) == ("L", "R", "H", "F")
    for limit in ("than 10 mm", f"10 to {10 + CUT_POSITION.sd:g} mm"):
        assert limit in legend_words(10.0)


def test_a_chosen_plane_is_laid_flat_true_to_scale(desk):
    made = []
    desk.verbs.flat_maps.make(lambda *answer: made.append(answer))
    desk.put(desk.plane(-30, (-1, 0, 0)), desk.plane(20))
    desk.verbs.flat_maps.make(lambda *answer: made.append(answer))
    desk.settle()
    ((cut_map, title),) = made
    assert title == "Cut 2 of Plan A"
    above = QWidget()
    dialog = CutMapDialog(cut_map, 10.0, title, above)
    assert dialog.windowTitle() == "Cut 2 of Plan A: the cut laid flat"
    dialog.picture.resize(500, 300)
    place, image = dialog.picture.place, dialog.picture.image
    assert place.width() / image.width() == pytest.approx(place.height() / image.height())
    assert dialog.picture.rect().contains(place.toRect())
    on_plane = desk.plane(20).signed_distance_mm(cut_map.points_mm.reshape(-1, 3))
    np.testing.assert_allclose(on_plane, 0, atol=1e-6)
