"""A metastasis from a click, its axes, a box, and what is none of it."""

from dataclasses import replace

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import Prompt, axes_of, lesion_from_prompt
from liverplan.segmentation.lesions.prompted.prompt import as_point
from liverplan.segmentation.network.weights import LIVER, PROMPTED
from liverplan.volume import Volume
from tests.segmentation.shapes import ball, dice, grid_of

MOST_BYTES = 15_000_000


def middle_of(torso, label):
    return torso.volume.grid.to_mm(np.argwhere(torso.truth.lesion(label)).mean(axis=0))


def found(torso, prompt):
    return lesion_from_prompt(torso.volume, torso.result.mask, prompt)


def box_of(mask, grid):
    at = np.argwhere(mask)
    corners = grid.to_mm(np.stack([at.min(axis=0) - 0.5, at.max(axis=0) + 0.5]))
    return as_point(corners[0]), as_point(corners[1])


@pytest.fixture(scope="module")
def two_near():
    """Two dark balls of 12 mm that nearly touch, in a block of liver."""
    grid = grid_of((60, 60, 60), (1.0, 1.0, 1.0))
    noise = np.random.default_rng(3).normal(0, 8, grid.shape)
    first, second = ball(grid.shape, (30, 30, 24), 7.0), ball(grid.shape, (30, 30, 38), 6.0)
    hu = (110 + noise - 50 * (first | second)).astype(np.int16)
    return Volume(grid=grid, hu=hu), np.ones(grid.shape, bool), first, second


@pytest.mark.parametrize("label", [2, 3, 4])
def test_a_click_finds_the_lesion(torso, label):
    result = found(torso, Prompt.of_click(middle_of(torso, label)))
    assert dice(result.mask, torso.truth.lesion(label)) > 0.75


@pytest.mark.parametrize("label", [2, 3, 4])
def test_both_axes_find_the_lesion_and_its_long_axis(torso, label):
    truth = torso.truth.lesion(label)
    axes = axes_of(truth, torso.volume.grid)
    prompt = Prompt.of_axes(axes.long_ends_mm, axes.short_ends_mm)
    result = found(torso, prompt)
    assert dice(result.mask, truth) > 0.75
    assert axes_of(result.mask, torso.volume.grid).long_mm == pytest.approx(axes.long_mm, abs=5)


def test_a_box_finds_the_lesion_in_it(torso):
    truth = torso.truth.lesion(3)
    result = found(torso, Prompt(box_mm=box_of(truth, torso.volume.grid)))
    assert dice(result.mask, truth) > 0.75


def test_the_same_prompt_gives_the_same_lesion_twice(torso):
    prompt = Prompt.of_click(middle_of(torso, 2))
    assert np.array_equal(found(torso, prompt).mask, found(torso, prompt).mask)


def test_a_liver_with_a_hole_where_the_lesion_is_serves_as_well(torso):
    truth = torso.truth.lesion(3)
    result = lesion_from_prompt(
        torso.volume, torso.result.mask & ~truth, Prompt.of_click(middle_of(torso, 3))
    )
    assert dice(result.mask, truth) > 0.7


def test_a_point_that_is_no_lesion_is_none_of_it_afterwards(torso):
    click = Prompt.of_click(middle_of(torso, 2))
    before = found(torso, click).mask
    at = np.argwhere(before)
    edge = at[int(np.linalg.norm(at - at.mean(axis=0), axis=1).argmax())]
    denied = as_point(torso.volume.grid.to_mm(edge))
    after = found(torso, replace(click, not_lesion_mm=(denied,))).mask
    assert before[tuple(edge)]
    assert not after[tuple(edge)]
    assert after.any()


def test_a_neighbour_that_is_denied_stays_out(two_near):
    volume, liver, first, second = two_near
    middles = [as_point(volume.grid.to_mm(np.argwhere(m).mean(axis=0))) for m in (first, second)]
    prompt = Prompt(click_mm=middles[0], not_lesion_mm=(middles[1],))
    mask = lesion_from_prompt(volume, liver, prompt).mask
    assert (mask & first).sum() > 0.6 * first.sum()
    assert (mask & second).sum() < 0.3 * second.sum()


def test_denying_the_click_itself_leaves_nothing_and_is_refused(torso):
    whole = found(torso, Prompt.of_click(middle_of(torso, 4))).mask
    points = torso.volume.grid.to_mm(np.argwhere(whole)[::3])
    prompt = Prompt(
        click_mm=as_point(middle_of(torso, 4)), not_lesion_mm=tuple(map(as_point, points))
    )
    with pytest.raises(SegmentationError, match="Nothing"):
        found(torso, prompt)


def test_the_provenance_names_both_networks_and_what_was_said(torso):
    made = found(torso, Prompt.of_click(middle_of(torso, 2))).provenance
    assert (made.method, made.version, made.origin) == (PROMPTED.name, PROMPTED.version, "clicks")
    assert made.parameters["sha256"] == PROMPTED.sha256
    assert LIVER.sha256 in made.parameters["second opinion"]
    assert "click" in made.parameters


def test_a_click_outside_the_ct_is_refused(torso):
    with pytest.raises(SegmentationError, match="outside the CT"):
        found(torso, Prompt.of_click((9999, 0, 0)))


def test_a_click_in_the_air_is_refused(torso):
    with pytest.raises(SegmentationError, match="outside the body"):
        found(torso, Prompt.of_click(torso.volume.grid.to_mm((50, 2, 2))))


def test_a_denied_point_outside_the_ct_is_refused(torso):
    click = Prompt.of_click(middle_of(torso, 2))
    with pytest.raises(SegmentationError, match="outside the CT"):
        found(torso, replace(click, not_lesion_mm=((9999.0, 0.0, 0.0),)))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "needs a click"),
        ({"short_axis_mm": ((0, 0, 0), (1, 0, 0))}, "needs its long axis"),
        ({"long_axis_mm": ((0, 0, 0), (0, 0, 0))}, "long axis of 0 mm"),
        ({"box_mm": ((0, 0, 0), (400, 9, 9))}, "box of 400 mm"),
        ({"click_mm": (0, float("nan"), 0)}, "three coordinates"),
    ],
)
def test_a_prompt_that_points_at_nothing_is_refused(said, words):
    with pytest.raises(SegmentationError, match=words):
        Prompt(**said)


def test_both_networks_together_stay_small():
    assert len(LIVER.read()) + len(PROMPTED.read()) < MOST_BYTES
