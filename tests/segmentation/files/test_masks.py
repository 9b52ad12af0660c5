"""Mask files come onto the CT's grid whatever their axis order, or are refused in words."""

import numpy as np
import pytest
import SimpleITK as sitk

from liverplan.errors import GridError, InputError, SegmentationError
from liverplan.segmentation import (
    Segmentation,
    read_mask_file,
    segmentation_from_files,
    write_mask_file,
)
from liverplan.volume import Grid

SPACING = (2.5, 0.7, 0.8)


@pytest.fixture
def segmentation():
    affine = np.zeros((4, 4))
    affine[:3, :3] = np.array([[0, 0, 0.8], [0, 0.7, 0], [2.5, 0, 0]])
    affine[:, 3] = (-120.5, -80.25, 300.0, 1)
    labels = np.zeros((6, 7, 8), np.uint8)
    labels[1:5, 2:6, 1:7] = 1
    labels[2, 3, 2:4] = 2
    labels[4, 5, 6] = 3
    return Segmentation(grid=Grid(shape=labels.shape, affine=affine), labels=labels)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".nrrd"])
def test_a_written_mask_reads_back_on_its_grid(tmp_path, segmentation, suffix):
    path = tmp_path / f"mask{suffix}"
    write_mask_file(path, segmentation)
    read = read_mask_file(path, segmentation.grid)
    assert np.array_equal(read.labels, segmentation.labels)
    assert read.values == (1, 2, 3)
    assert list(tmp_path.iterdir()) == [path]


def test_nifti_is_written_in_its_own_ras_convention(tmp_path, segmentation):
    path = tmp_path / "mask.nii"
    write_mask_file(path, segmentation)
    header = np.frombuffer(path.read_bytes()[280:328], "<f4").reshape(3, 4)
    assert header[:, 3] == pytest.approx([120.5, 80.25, 300.0])
    assert header[0, 0] == pytest.approx(-0.8)
    assert header[2, 2] == pytest.approx(2.5)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("flips", [(), (0,), (1, 2), (0, 1, 2)])
def test_any_axis_order_of_the_same_voxels_is_reordered(tmp_path, segmentation, order, flips):
    image = sitk.PermuteAxes(_image(segmentation), order)
    image = sitk.Flip(image, [axis in flips for axis in range(3)])
    path = tmp_path / "mask.nrrd"
    sitk.WriteImage(image, str(path))
    assert np.array_equal(read_mask_file(path, segmentation.grid).labels, segmentation.labels)


def test_another_grid_is_refused_with_every_fault(tmp_path, segmentation):
    image = _image(segmentation)[1:, :, :]
    image.SetSpacing((0.8, 0.7, 3.0))
    path = tmp_path / "mask.nii.gz"
    sitk.WriteImage(image, str(path))
    with pytest.raises(GridError, match=r"mask\.nii\.gz and the CT differ in shape .* spacing"):
        read_mask_file(path, segmentation.grid)


def test_a_turned_grid_is_refused(tmp_path, segmentation):
    image = _image(segmentation)
    c, s = np.cos(0.1), np.sin(0.1)
    image.SetDirection((c, -s, 0, s, c, 0, 0, 0, 1))
    path = tmp_path / "mask.nrrd"
    sitk.WriteImage(image, str(path))
    with pytest.raises(GridError, match="orientation"):
        read_mask_file(path, segmentation.grid)


def test_a_tilted_grid_goes_to_nrrd_only(tmp_path, segmentation):
    affine = segmentation.grid.affine.copy()
    affine[1, 0] = 0.8
    grid = Grid(shape=segmentation.grid.shape, affine=affine)
    tilted = Segmentation(grid=grid, labels=segmentation.labels)
    with pytest.raises(SegmentationError, match=r"tilted gantry.*\.nrrd"):
        write_mask_file(tmp_path / "mask.nii.gz", tilted)
    write_mask_file(tmp_path / "mask.nrrd", tilted)
    read = read_mask_file(tmp_path / "mask.nrrd", grid)
    assert np.array_equal(read.labels, segmentation.labels)


@pytest.mark.parametrize(
    ("values", "words"),
    [(0.5, "fractions"), (-1.0, "no labels"), (1e6, "no labels"), (np.nan, "not numbers")],
)
def test_values_that_are_no_labels_are_refused(tmp_path, segmentation, values, words):
    image = sitk.Cast(_image(segmentation), sitk.sitkFloat32)
    image[3, 3, 3] = values
    path = tmp_path / "mask.nrrd"
    sitk.WriteImage(image, str(path))
    with pytest.raises(InputError, match=words):
        read_mask_file(path, segmentation.grid)


def test_whole_numbers_stored_as_floats_are_labels(tmp_path, segmentation):
    path = tmp_path / "mask.nii.gz"
    sitk.WriteImage(sitk.Cast(_image(segmentation), sitk.sitkFloat64), str(path))
    assert np.array_equal(read_mask_file(path, segmentation.grid).labels, segmentation.labels)


def test_files_that_are_no_masks_are_refused(tmp_path, segmentation):
    broken = tmp_path / "broken.nii.gz"
    broken.write_bytes(b"no image")
    with pytest.raises(InputError, match=r"broken\.nii\.gz is no NIfTI"):
        read_mask_file(broken, segmentation.grid)
    with pytest.raises(InputError, match="There is no mask file"):
        read_mask_file(tmp_path / "absent.nii", segmentation.grid)
    with pytest.raises(InputError, match="names no mask format"):
        write_mask_file(tmp_path / "mask.png", segmentation)


def test_lesion_labels_are_chosen_or_refused(tmp_path, segmentation):
    path = tmp_path / "mask.nii.gz"
    write_mask_file(path, segmentation)
    chosen = segmentation_from_files(
        segmentation.grid, liver=path, lesions=path, lesion_labels=(3, 2)
    )
    assert chosen.lesion_labels == (2, 3)
    assert np.array_equal(chosen.lesion(2), segmentation.lesion(3))
    assert (chosen.provenance[2].origin, chosen.provenance[2].quality) == ("given", "automatic")
    seen = segmentation_from_files(
        segmentation.grid, liver=path, lesions=path, lesion_labels=(3, 2), accepted_by="Dr Lind"
    )
    assert {made.quality for made in seen.provenance.values()} == {"expert"}
    with pytest.raises(InputError, match="has no label 9; it has 1, 2, 3"):
        segmentation_from_files(segmentation.grid, liver=path, lesions=path, lesion_labels=(9,))


def _image(segmentation):
    image = sitk.GetImageFromArray(segmentation.labels)
    image.SetSpacing(SPACING[::-1])
    image.SetOrigin((-120.5, -80.25, 300.0))
    return image


def test_the_library_takes_no_label_for_liver_that_does_not_say_so(tmp_path, segmentation):
    path = tmp_path / "organs.nii.gz"
    sitk.WriteImage(_image(segmentation), str(path))
    with pytest.raises(InputError, match="does not say which of its labels is the liver"):
        segmentation_from_files(segmentation.grid, liver=path)
