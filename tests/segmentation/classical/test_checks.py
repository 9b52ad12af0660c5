"""What is no liver is refused, and what is doubtful is said, each at its limit."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import LiverResult, Provenance
from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.checks import require_liver, require_series, warnings_for
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.torso import Torso
from liverplan.volume import Volume
from liverplan.words import in_english
from tests.segmentation.shapes import grid_of

SHAPE, SPACING = (20, 20, 20), (10.0, 10.0, 10.0)  # a block is 1 mL, but for rounding


def series(slices, apart_mm):
    shape = (slices, 2, 2)
    return Volume(grid=grid_of(shape, (apart_mm, 1.0, 1.0)), hu=np.zeros(shape, np.int16))


@pytest.mark.parametrize(
    ("slices", "apart_mm", "words"),
    [
        (1, 60.0, "This CT has 1 slice; a liver is looked for on 8 to 2000."),
        (7, 10.0, "This CT has 7 slices; a liver is looked for on 8 to 2000."),
        (2001, 0.5, "This CT has 2001 slices; a liver is looked for on 8 to 2000."),
        (59, 1.0, "This CT is only 59 mm high; no liver fits on it."),
    ],
)
def test_a_series_that_holds_no_liver_is_refused(slices, apart_mm, words):
    with pytest.raises(SegmentationError) as refusal:
        require_series(series(slices, apart_mm))
    assert str(refusal.value) == words


@pytest.mark.parametrize(("slices", "apart_mm"), [(8, 7.5), (60, 1.0), (2000, 0.03)])
def test_a_series_at_the_limits_is_taken(slices, apart_mm):
    require_series(series(slices, apart_mm))


@pytest.mark.parametrize("ml", [299, 6001])
def test_a_mask_that_is_no_liver_by_its_volume_is_refused(ml):
    with pytest.raises(SegmentationError, match=f"what looks like one has {ml} mL"):
        require_liver(*mask_of(ml))


@pytest.mark.parametrize("ml", [300, 5999])
def test_a_mask_at_the_limits_of_volume_is_taken(ml):
    require_liver(*mask_of(ml))


def mask_of(ml, slices=slice(1, -1)):
    mask = np.zeros(SHAPE, bool)
    inside = np.zeros(mask[slices].size, bool)
    inside[:ml] = True
    mask[slices] = inside.reshape(mask[slices].shape)
    return mask, Volume(grid=grid_of(SHAPE, SPACING), hu=np.zeros(SHAPE, np.int16))


def warned(mask, *, dark_ml=0, hu=110.0, lung=True, start=0, reaches_top=True):
    lungs, dark = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    lungs[-1, 0, 0 if lung else -1] = True
    dark.ravel()[:dark_ml] = True
    blocks = Blocks(
        hu=np.zeros(SHAPE, np.float32),
        factors=(1, 1, 1),
        start=(start, 0, 0),
        grid=grid_of(SHAPE, SPACING),
        reaches_top=reaches_top,
    )
    torso = Torso(body=np.ones(SHAPE, bool), lungs=lungs, middle=10.0)
    density = Density(mode_hu=hu, spread_hu=6.0)
    return [in_english(note) for note in warnings_for(blocks, torso, mask, dark, density)]


LIVER = mask_of(1500)[0]


def test_a_usual_liver_is_not_warned_of():
    assert warned(LIVER) == []


@pytest.mark.parametrize(("ml", "said"), [(699, True), (700, False), (3999, False), (4001, True)])
def test_an_unusual_volume_is_said(ml, said):
    sentence = f"A liver of {ml} mL is unusual; check it."
    assert warned(mask_of(ml)[0]) == [sentence] * said


@pytest.mark.parametrize(("hu", "said"), [(74.6, True), (75.0, False)])
def test_a_faint_liver_is_said(hu, said):
    sentence = (
        "The liver has only 75 HU: no contrast, or a fatty liver; its outline and lesions are "
        "less sure."
    )
    assert warned(LIVER, hu=hu) == [sentence] * said


def test_a_dark_metastasis_that_was_taken_in_is_said():
    assert warned(LIVER, dark_ml=21) == [
        "A darker mass of 21 mL at the liver's surface was counted into it; check it."
    ]


def test_a_dome_that_may_be_missing_is_said():
    assert warned(LIVER, lung=False) == [
        "The right lung is not on the CT; the dome of the liver may be missing."
    ]


@pytest.mark.parametrize(("plane", "side"), [(0, "lower"), (-1, "upper")])
@pytest.mark.parametrize(("edge_ml", "said"), [(4, False), (6, True)])
def test_a_liver_that_the_ct_cuts_off_is_said(plane, side, edge_ml, said):
    mask = LIVER.copy()
    mask[plane].ravel()[:edge_ml] = True
    sentence = f"The liver is cut off at the {side} edge of the CT."
    assert warned(mask) == [sentence] * said
    assert warned(mask, start=1, reaches_top=False) == []  # the lattice's edge, not the CT's


def test_what_a_back_end_says_in_a_sentence_is_a_statement_too():
    made = Provenance(method="other", version="1", origin="automatic")
    result = LiverResult(mask=LIVER.copy(), provenance=made, warnings=("It found 2 lesions.",))
    assert [in_english(note) for note in result.notes] == ["It found 2 lesions."]
