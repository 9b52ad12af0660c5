"""What is sure on a CT that nobody outlined, and label maps made into cases."""

import numpy as np
import pytest
import SimpleITK as sitk
from liverplan_training import VOXEL_MM
from liverplan_training.cases import read_case
from liverplan_training.context import with_context, with_fat
from liverplan_training.labels import Label
from liverplan_training.maps import upright_labels, write_maps
from liverplan_training.phantoms import phantom, trunk
from liverplan_training.pseudo import ANEW, FIRST, relabelled, sure_labels, without_strays


def a_ct(labels):
    hu = np.full(labels.shape, 30.0, np.float32)
    hu[labels == Label.LIVER] = 100
    hu[labels == Label.BONE] = 500
    hu[labels == Label.OTHER] = -1000
    return hu


@pytest.fixture(scope="module")
def seen():
    """A CT, what a network finds on it, and the true liver."""
    labels = trunk()
    liver = labels == Label.LIVER
    return a_ct(labels), np.where(liver, 0.97, 0.02).astype(np.float32), liver


@pytest.mark.parametrize("sureness", [FIRST, ANEW])
def test_sure_labels_are_right_and_the_surface_is_left_open(seen, sureness):
    hu, share, liver = seen
    labels, median, mad = sure_labels(hu, share, sureness=sureness, level=0.5)
    assert median == pytest.approx(100, abs=1)
    assert mad < 5
    assert liver[labels == Label.LIVER].all()
    assert not liver[labels == Label.OTHER].any()
    assert (labels[liver] == Label.LIKELY_LIVER).any()


def test_a_better_network_s_band_is_thinner(seen):
    hu, share, _ = seen
    open_voxels = [
        np.count_nonzero(sure_labels(hu, share, sureness=s, level=0.5)[0] >= Label.LIKELY_LIVER)
        for s in (FIRST, ANEW)
    ]
    assert open_voxels[1] < 0.6 * open_voxels[0]


def test_what_is_much_darker_than_the_liver_is_not_sure(seen):
    hu, share, _ = seen
    dark = hu.copy()
    dark[20:29, 22:31, 20:27] = 10
    labels, _, _ = sure_labels(dark, share, sureness=ANEW, level=0.5)
    assert labels[24, 26, 23] == Label.LIKELY_LIVER
    assert labels[24, 26, 33] == Label.LIVER


def test_fat_and_bone_are_never_liver_whatever_a_network_says(seen):
    hu, share, _ = seen
    wrong = hu.copy()
    wrong[20:27, 22:29, 30:37] = -100
    wrong[20:27, 22:29, 14:21] = 600
    labels, _, _ = sure_labels(wrong, share, sureness=ANEW, level=0.5)
    assert labels[23, 25, 33] == labels[23, 25, 17] == Label.OTHER


def test_small_pieces_of_a_slice_are_strays():
    mask = np.zeros((1, 20, 20), bool)
    mask[0, :10, :10] = True
    mask[0, 15:18, 15:18] = True
    kept = without_strays(mask)
    assert kept.sum() == 100
    mask[0, 12:18, 12:18] = True
    assert without_strays(mask).sum() == 136


def test_a_real_case_made_anew_names_the_liver_alone_and_a_map_has_nothing_to_label():
    case = phantom(2)
    assert relabelled(case, lambda hu: (hu, hu)) is None
    hu = a_ct(case.labels).astype(np.int16)
    real = type(case)(name=case.name, source=case.source, labels=case.labels, hu=hu)
    anew = relabelled(real, lambda slab: (((slab > 80) & (slab < 120)) + 0.0, slab * 0))
    assert anew.known == (Label.LIVER,)
    assert not anew.rendered_too
    assert case.labels[anew.labels == Label.LIVER].tolist() == [1] * int((anew.labels == 1).sum())
    assert anew.more["median"] == pytest.approx(100, abs=1)


def few_organs(shape=(70, 90, 100)):
    """Liver, spleen, kidney, aorta, as maps of a few organs have them."""
    k, j, i = np.indices(shape)
    labels = np.zeros(shape, np.uint8)
    for label, (a, b, c), size in (
        (Label.LIVER, (38, 40, 35), 18), (Label.SPLEEN, (40, 52, 72), 8),
        (Label.KIDNEY, (26, 58, 36), 7),
    ):  # fmt: skip
        labels[(k - a) ** 2 + (j - b) ** 2 + (i - c) ** 2 < size**2] = label
    labels[np.hypot(j - 58, i - 52) < 4] = Label.AORTA
    return labels


def test_a_map_of_few_organs_gets_its_surroundings_and_keeps_its_organs():
    labels = few_organs()
    filled = with_context(labels)
    named = labels > 0
    np.testing.assert_array_equal(filled[named], labels[named])
    for label in (Label.FAT, Label.MUSCLE, Label.BONE, Label.LUNG, Label.CAVA, Label.BOWEL):
        assert (filled == label).any(), label.name
    heights = [np.nonzero(filled == n)[0].mean() for n in (Label.BOWEL, Label.LIVER, Label.LUNG)]
    assert heights == sorted(heights)
    spine = np.nonzero(filled[10] == Label.BONE)[0].mean()
    assert spine > np.nonzero(labels[10] == Label.AORTA)[0].mean()  # behind the aorta


def test_a_map_that_names_its_surroundings_gets_fat_only():
    labels = np.where(trunk() == Label.FAT, Label.OTHER, trunk()).astype(np.uint8)
    filled = with_fat(labels)
    changed = filled != labels
    assert changed.any()
    assert set(np.unique(filled[changed])) == {Label.FAT}


@pytest.mark.parametrize("turned", [False, True])
def test_maps_become_upright_cases_at_the_network_s_voxels(tmp_path, turned):
    labels = few_organs()
    stored = labels[:, ::-1] if turned else labels  # some maps have front and back exchanged
    image = sitk.GetImageFromArray(np.ascontiguousarray(stored[:, :, ::-1]))
    image.SetSpacing((VOXEL_MM,) * 3)
    image.SetDirection((-1, 0, 0, 0, 1, 0, 0, 0, 1))  # columns run from left to right
    np.testing.assert_array_equal(upright_labels(image), labels)
    (tmp_path / "maps").mkdir()
    sitk.WriteImage(image, str(tmp_path / "maps" / "btcv_0001.nii.gz"))
    write_maps(tmp_path / "maps", tmp_path / "cases", told=str)
    case = read_case(tmp_path / "cases" / "btcv_0001.npz")
    assert case.hu is None
    assert case.weight == 1.0
    assert (case.labels == Label.LIVER).sum() == (labels == Label.LIVER).sum()
