"""The liver by the network: right on the phantom, the same on disturbed CTs, refused elsewhere."""

from threading import Event

import numpy as np
import pytest

from liverplan.errors import CancelledError, LiverplanError, SegmentationError
from liverplan.segmentation import find_liver
from liverplan.segmentation.network import liver, surface
from liverplan.segmentation.network.weights import LIVER
from liverplan.volume import Volume
from tests.benchmarks.segmentation_robust import disturbed, nonsense


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b))


@pytest.fixture(scope="session")
def found(torso, maps):
    """The phantom's liver, drawn from maps that are made already, and the steps that were told."""
    steps = []
    result = find_liver(torso.volume, progress=lambda part, words: steps.append((part, words)))
    return result, steps


def test_the_phantoms_liver_is_found(torso, found):
    result, _ = found
    assert dice(result.mask, torso.truth.liver) > 0.97
    true = np.count_nonzero(torso.truth.liver)
    assert abs(np.count_nonzero(result.mask) / true - 1) < 0.03
    assert result.warnings == ()
    assert not result.mask.flags.writeable


def test_progress_runs_from_start_to_end(found):
    parts = [part for part, _ in found[1]]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0, 1)


def test_a_mask_says_which_network_drew_it(found):
    made = found[0].provenance
    assert (made.method, made.version) == (LIVER.name, LIVER.version)
    assert (made.origin, made.quality) == ("automatic", "automatic")
    assert made.parameters["sha256"] == LIVER.sha256
    assert made.parameters["network"] == LIVER.file
    assert made.parameters["licence"] == LIVER.licence
    assert made.density_hu == pytest.approx(112, abs=4)


def test_unsure_tissue_is_shown_at_places_in_the_ct(torso, found):
    confidence = found[0].confidence
    assert 0 <= confidence.inside_fraction.min() <= confidence.inside_fraction.max() <= 1
    assert confidence.grid.shape == confidence.inside_fraction.shape
    assert all(torso.volume.grid.nearest_index(p.point_mm) for p in confidence.places)


def test_what_is_none_of_the_liver_is_left_out_and_told_with_all_that_hung_on_it(
    torso, maps, found, monkeypatch
):
    """A slab is called none of it: the tip beyond it goes too, and counts in what is told."""
    before = found[0].mask
    used = np.flatnonzero((maps.liver > 0.9).any(axis=(1, 2)))
    slab = slice(used[0] + 6, used[0] + 12)

    def none_of_it(_maps, depth_mm):
        found = np.zeros(depth_mm.shape, bool)
        found[slab] = depth_mm[slab] > 0
        return found

    monkeypatch.setattr(liver, "none_of_it", none_of_it)
    after = find_liver(torso.volume)
    (told,) = (dict(n.values)["ml"] for n in after.notes if n.key == "note.mass_left_out")
    gone = np.count_nonzero(before & ~after.mask) * torso.volume.grid.voxel_ml
    assert told == pytest.approx(gone, rel=0.25)
    assert np.count_nonzero(after.mask & ~before) < 0.01 * np.count_nonzero(before)
    assert any(not place.inside for place in after.confidence.places)


def test_dark_tissue_draws_the_surface_in(torso, maps, found, monkeypatch):
    monkeypatch.setattr(surface, "darkness", lambda hu, *_: np.full_like(hu, 9))
    after = find_liver(torso.volume).mask
    assert np.count_nonzero(after) < 0.97 * np.count_nonzero(found[0].mask)


def test_a_liver_that_the_ct_cuts_off_is_reported_and_found_to_its_edge(torso):
    volume, truth = disturbed(torso.volume, torso.truth.liver)["cropped 25 mm under the dome"]()
    result = find_liver(volume)
    assert "note.liver_cut_off_above" in [note.key for note in result.notes]
    assert dice(result.mask, truth) > 0.96


def test_a_turned_noisy_unenhanced_ct_gives_the_same_liver(torso):
    hu = np.where(torso.truth.liver, torso.volume.hu - 50.0, torso.volume.hu)
    noise = np.random.default_rng(1).normal(0, 20, hu.shape)
    unenhanced = Volume(grid=torso.volume.grid, hu=(hu + noise).astype(np.int16))
    volume, truth = disturbed(unenhanced, torso.truth.liver)["flipped, told"]()
    result = find_liver(volume)
    assert "note.liver_faint" in [note.key for note in result.notes]
    assert dice(result.mask, truth) > 0.93


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("noise", "noise"),
        ("air", "No body"),
        ("water", "no fat"),
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
        find_liver(make())


def test_a_trunk_without_a_liver_is_refused(torso):
    """The pelvis: the phantom's lowest slices hold body, fat and bone, and no liver."""
    last = int(np.flatnonzero(torso.truth.liver.any(axis=(1, 2)))[0]) - 1
    if last * torso.volume.grid.spacing_mm[0] < 60:
        hu = np.where(torso.truth.liver, -90, torso.volume.hu).astype(np.int16)
        volume = Volume(grid=torso.volume.grid, hu=hu)
    else:
        grid = torso.volume.grid.crop((0, 0, 0), (last, *torso.volume.grid.shape[1:]))
        volume = Volume(grid=grid, hu=torso.volume.hu[:last].copy())
    with pytest.raises(SegmentationError, match="No liver is found"):
        find_liver(volume)


def test_the_search_can_be_stopped(torso):
    cancel = Event()
    cancel.set()
    with pytest.raises(CancelledError, match="stopped"):
        find_liver(torso.volume, cancel=cancel)
