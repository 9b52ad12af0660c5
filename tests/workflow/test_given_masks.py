"""Given masks: what their labels mean is read or asked, and an implausible one is said to be so."""

import numpy as np
import pytest

from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.segmentation.files.meaning import meaning_of
from liverplan.segmentation.plausible import distance_mm, implausible
from liverplan.volume import Grid, Volume
from liverplan.words import in_english
from liverplan.workflow.given import given_lesions, given_liver
from liverplan.workflow.inputs import lesion_notes
from liverplan.workflow.labels import split_labels
from tests.segmentation.files.made import nifti, nrrd

SHAPE = (30, 40, 40)
MM = 6.0
GRID = Grid(
    shape=SHAPE,
    affine=np.array([[0, 0, MM, -120], [0, MM, 0, -120], [MM, 0, 0, -90], [0, 0, 0, 1.0]]),
)
K, J, I = np.mgrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]  # noqa: E741 - the axes' own names


def ball(k, j, i, radius):
    return (K - k) ** 2 + (J - j) ** 2 + (I - i) ** 2 <= radius**2


LIVER, SPLEEN = ball(15, 20, 13, 9), ball(16, 26, 31, 4)
NEAR, FAR = ball(15, 20, 12, 2), ball(16, 20, 33, 2)
ORGANS = (SPLEEN * 1 + LIVER * 5).astype(np.uint8)


def volume():
    hu = np.full(SHAPE, 40, np.int16)
    hu[LIVER], hu[SPLEEN] = 110, 130
    return Volume(grid=GRID, hu=hu)


@pytest.mark.parametrize(
    "names", [{}, {1: "a", 5: "b"}, {1: "spleen", 5: "kidney"}, {1: "cyst", 5: "x"}, {1: "", 5: ""}]
)
def test_labels_without_a_meaning_are_listed_with_the_way_to_choose(tmp_path, names):
    path = nrrd(tmp_path / "organs.seg.nrrd", GRID, ORGANS, names)
    with pytest.raises(InputError, match=r"it has 1.*, 5.*--liver organs\.seg\.nrrd:1"):
        given_liver(path, GRID)


@pytest.mark.parametrize("name", ["liver", "Liver", "Lever", "whole liver", "liver parenchyma"])
def test_the_segment_that_is_called_liver_is_the_liver(tmp_path, name):
    path = nrrd(tmp_path / "organs.seg.nrrd", GRID, ORGANS, {1: "spleen", 5: name})
    assert np.array_equal(given_liver(path, GRID)[0], LIVER)


@pytest.mark.parametrize("asked", ["5", "5-5", "5,5"])
def test_a_label_is_chosen_by_number(tmp_path, asked):
    path = nifti(tmp_path / "organs.nii.gz", GRID, ORGANS)
    file, labels = split_labels(f"{path}:{asked}")
    assert np.array_equal(given_liver(file, GRID, labels)[0], LIVER)
    with pytest.raises(InputError, match="no label 9; it has 1, 5"):
        given_liver(path, GRID, (9,))


@pytest.mark.parametrize("asked", ["liver", "LIVER", "Liver"])
def test_a_label_is_chosen_by_name_from_a_table_in_nifti(tmp_path, asked):
    path = nifti(tmp_path / "organs.nii.gz", GRID, ORGANS, names={1: "spleen", 5: "Liver"})
    file, labels = split_labels(f"{path}:{asked}")
    assert np.array_equal(given_liver(file, GRID, labels)[0], LIVER)
    assert np.array_equal(given_liver(path, GRID)[0], LIVER)


def test_layers_of_segments_overlap(tmp_path):
    layers = np.stack([LIVER, NEAR]).astype(np.uint8)
    path = nrrd(tmp_path / "two.seg.nrrd", GRID, layers, {1: "liver", 2: "tumour"})
    assert np.array_equal(given_liver(path, GRID)[0], LIVER)
    ((mask, _),) = given_lesions(path, None, GRID)
    assert np.array_equal(mask, NEAR)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        *[("metastasis 2", "lesion"), ("liver tumour", "lesion"), ("Lesion_1", "lesion")],
        *[("hepatic cyst", "other"), ("kidney tumour", "other"), ("spleen", "other")],
        *[("portal vein", "other"), ("haemangioma", "other"), ("renal metastasis", "other")],
        *[("Segment_1", "other"), ("", "unsaid"), ("m1", "unsaid"), ("not liver", "unsaid")],
    ],
)
def test_a_name_means_what_a_reader_takes_it_for(name, meaning):
    assert meaning_of(name) == meaning


@pytest.mark.parametrize(
    ("flips", "words"),
    [
        ((2,), "mirrored left to right"),
        ((1, 2), "mirrored front to back and left to right"),
        ((0, 2), "mirrored head to foot and left to right"),
    ],
)
def test_a_mirrored_liver_is_said_to_be_one(flips, words):
    (note, *_) = implausible(volume(), np.flip(LIVER, flips).copy(), [])
    assert note.key == "note.liver_elsewhere"
    assert words in in_english(note)


@pytest.mark.parametrize(
    ("axis", "steps", "words"),
    [
        (2, 5, "shifted 30 mm to the patient's right"),
        (2, -3, "shifted 20 mm to the patient's left"),
        (1, 5, "shifted 30 mm to the front"),
        (0, 5, "shifted 30 mm toward the feet"),
        (0, -5, "shifted 30 mm toward the head"),
    ],
)
def test_a_shifted_liver_is_said_to_be_one(axis, steps, words):
    notes = implausible(volume(), np.roll(LIVER, steps, axis), [])
    assert words in " ".join(map(in_english, notes))


def test_nothing_is_said_of_a_sound_liver():
    assert implausible(volume(), LIVER, [NEAR]) == []


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [
        (0, 15, "note.liver_cut_off_above"),
        (0, 18, "note.liver_cut_off_above"),
        (12, 30, "note.liver_cut_off_below"),
        (15, 30, "note.liver_cut_off_below"),
        (10, 30, "note.liver_cut_off_below"),
    ],
)
def test_a_liver_at_the_edge_of_the_ct_is_cut_off(first, last, key):
    whole = volume()
    grid = GRID.crop((first, 0, 0), (last, *SHAPE[1:]))
    cropped = Volume(grid=grid, hu=whole.hu[first:last].copy())
    assert Statement.of(key) in implausible(cropped, LIVER[first:last].copy(), [])


def test_a_liver_that_ends_flat_and_one_in_pieces_are_said():
    half = LIVER.copy()
    half[16:] = False
    keys = {note.key for note in implausible(volume(), half, [])}
    assert keys == {"note.liver_ends_flat_above"}
    apart = implausible(volume(), LIVER | FAR, [])
    assert "note.liver_pieces" in {note.key for note in apart}


def test_the_way_from_a_metastasis_to_the_liver_is_measured():
    assert distance_mm(GRID, LIVER, FAR) == pytest.approx(MM * 9, abs=MM)


@pytest.mark.parametrize(
    ("where", "radius", "key", "mm"),
    [
        ((16, 20, 33), 2, "note.lesion_wholly_outside", 54.33),
        ((15, 20, 27), 2, "note.lesion_wholly_outside", 18),
        ((15, 6, 13), 2, "note.lesion_wholly_outside", 18),
        ((27, 20, 13), 1, "note.lesion_wholly_outside", 12),
        ((2, 20, 13), 1, "note.lesion_wholly_outside", 18),
        ((15, 20, 22), 2, "note.lesion_outside", None),
    ],
)
def test_a_metastasis_outside_is_said_to_be_so_with_how_much_and_how_far(where, radius, key, mm):
    lesion = ball(*where, radius)
    (note,) = lesion_notes(GRID, LIVER, {2: lesion})
    values = note.to_json()["values"]
    outside = np.count_nonzero(lesion & ~LIVER) * GRID.voxel_ml
    assert (note.key, values["ml"]) == (key, pytest.approx(outside))
    if mm is not None:
        assert values["mm"] == pytest.approx(mm, abs=0.1)
        assert "All of metastasis 1" in in_english(note)


def test_text_that_exists_is_a_file_whatever_its_colons(tmp_path):
    odd = tmp_path / "a:5"
    odd.touch()
    assert split_labels(str(odd)) == (odd, None)
    assert split_labels("C:\\masks\\liver.nii")[1] is None
    assert split_labels(f"{tmp_path}/x.nii:2,4-6")[1] == (2, 4, 5, 6)
    assert split_labels(None) == (None, None)
