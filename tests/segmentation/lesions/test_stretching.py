"""A drawn long axis has the last word on how long a metastasis is."""

import numpy as np
import pytest

from liverplan.segmentation.lesions.prompted.answer import Answer
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.segmentation.lesions.prompted.prompt import Prompt, as_ends
from liverplan.segmentation.lesions.prompted.stretching import stretched

SIDE, CUBE_MM = 32, 2.0


@pytest.fixture
def found():
    """A ball of 12 cubes across, about the middle."""
    steps = np.arange(SIDE) - (SIDE - 1) / 2
    away = np.sqrt(steps[:, None, None] ** 2 + steps[:, None] ** 2 + steps**2)
    hu, liver = np.full((SIDE,) * 3, 60, np.float32), np.ones((SIDE,) * 3, bool)
    patch = Patch(hu=hu, liver=liver, middle_mm=np.zeros(3), cube_mm=CUBE_MM)
    p = (1 / (1 + np.exp((away - 6) / 0.7))).astype(np.float32)
    return Answer(patch=patch, probability=p, meant=np.full(3, (SIDE - 1) / 2))


def drawn(along, left_mm, right_mm):
    way = np.array(along, dtype=float) / np.linalg.norm(along)
    return Prompt(long_axis_mm=as_ends((-left_mm * way, right_mm * way)))


def reach_mm(answer, along):
    """How far it reaches along a direction (x, y, z), one way and the other, mm."""
    way = np.array(along, dtype=float) / np.linalg.norm(along)
    at = answer.patch.to_mm(np.argwhere(answer.found)) @ way
    return -at.min() + CUBE_MM / 2, at.max() + CUBE_MM / 2


@pytest.mark.parametrize("along", [(1, 0, 0), (0, 1, 0), (1, 1, 0)])
@pytest.mark.parametrize(("left", "right"), [(16.0, 16.0), (9.0, 9.0), (10.0, 15.0)])
def test_it_ends_where_the_axis_was_drawn_to_end(found, along, left, right):
    ends = reach_mm(stretched(found, drawn(along, left, right)), along)
    assert ends == pytest.approx((left, right), abs=1.2 * CUBE_MM)


def test_across_the_axis_it_stays_as_wide_as_it_was(found):
    after = stretched(found, drawn((1, 0, 0), 16.0, 16.0))
    assert reach_mm(after, (0, 1, 0)) == pytest.approx(reach_mm(found, (0, 1, 0)), abs=0.5)
    assert reach_mm(after, (0, 0, 1)) == pytest.approx(reach_mm(found, (0, 0, 1)), abs=0.5)


def test_no_more_than_half_of_its_length_is_added(found):
    ends = reach_mm(stretched(found, drawn((1, 0, 0), 28.0, 28.0)), (1, 0, 0))
    assert max(ends) < 1.5 * 12 + 1.2 * CUBE_MM


def test_a_click_and_an_axis_on_nothing_change_nothing(found):
    assert stretched(found, Prompt.of_click((0, 0, 0))) is found
    elsewhere = Prompt(long_axis_mm=as_ends(((20, 0, 20), (30, 0, 20))))
    assert stretched(found, elsewhere) is found
