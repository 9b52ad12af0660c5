"""The automatic liver: right on the phantom, the same on disturbed CTs, refused elsewhere."""

from threading import Event

import numpy as np
import pytest

from liverplan.errors import CancelledError, LiverplanError
from liverplan.segmentation import segment_liver
from liverplan.volume import Volume
from tests.benchmarks.segmentation_robust import disturbed, nonsense


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


def test_the_phantoms_liver_is_found(torso):
    assert dice(torso.result.mask, torso.truth.liver) > 0.97
    found, true = np.count_nonzero(torso.result.mask), np.count_nonzero(torso.truth.liver)
    assert abs(found / true - 1) < 0.05
    assert torso.result.warnings == ()
    assert torso.result.provenance.quality == "automatic"
    assert not torso.result.mask.flags.writeable


def test_progress_runs_from_start_to_end(torso):
    parts = [part for part, _ in torso.steps]
    assert parts == sorted(parts)
    assert parts[0] == 0
    assert parts[-1] == 1


def test_unsure_tissue_is_shown_at_places_in_the_ct(torso):
    confidence = torso.result.confidence
    assert 0 <= confidence.inside_fraction.min() <= confidence.inside_fraction.max() <= 1
    assert all(torso.volume.grid.nearest_index(p.point_mm) for p in confidence.places)
    volumes = [place.volume_ml for place in confidence.places]
    assert volumes == sorted(volumes, reverse=True)
    assert confidence.unsure_ml == pytest.approx(sum(volumes))


def test_a_disturbed_ct_gives_the_same_liver(torso):
    volume, truth = torso.volume, torso.truth.liver
    for name in ("20 HU more noise", "shifted 21 mm", "rotated -10 degrees", "flipped, told"):
        volume, truth = disturbed(volume, truth)[name]()
    found = segment_liver(volume)
    assert not found.warnings
    change = dice(found.mask, truth) - dice(torso.result.mask, torso.truth.liver)
    assert abs(change) < 0.02


def test_a_cropped_liver_is_reported(torso):
    volume, truth = torso.volume, torso.truth.liver
    for name in ("cropped 25 mm under the dome", "cropped 25 mm over the tip"):
        volume, truth = disturbed(volume, truth)[name]()
    keys = {note.key for note in segment_liver(volume).notes}
    assert keys >= {"note.liver_cut_off_above", "note.liver_cut_off_below"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("noise", "noise"),
        ("air", "No body"),
        ("water", "no fat"),
        ("constant 100", "no fat"),
        ("not numbers", "not numbers"),
        ("one slice", "1 slice"),
        ("3000 slices", "3000 slices"),
        ("a head", "mm wide"),
        ("two legs", "mm wide"),
    ],
)
def test_what_holds_no_liver_is_refused_in_words(name, words):
    make = dict(nonsense())[name]
    with pytest.raises(LiverplanError, match=words):
        segment_liver(make())


def test_a_short_ct_is_refused(torso):
    grid = torso.volume.grid.crop((40, 0, 0), (55, *torso.volume.grid.shape[1:]))
    with pytest.raises(LiverplanError, match="45 mm high"):
        segment_liver(Volume(grid=grid, hu=torso.volume.hu[40:55].copy()))


def test_the_search_can_be_stopped(torso):
    cancel = Event()
    cancel.set()
    with pytest.raises(CancelledError, match="stopped"):
        segment_liver(torso.volume, cancel=cancel)


def test_a_ct_without_contrast_is_warned_of(torso):
    hu = torso.volume.hu.astype(np.float32)
    hu = np.where(torso.truth.liver, hu - 55, hu).astype(np.int16)
    result = segment_liver(Volume(grid=torso.volume.grid, hu=hu))
    assert "note.liver_faint" in [note.key for note in result.notes]
