"""Damaged and hostile mask files: refused in words, or what they held, voxel by voxel."""

import gzip
import os
import random

import numpy as np
import pytest

from liverplan.errors import InputError, LiverplanError
from liverplan.segmentation import read_mask_file
from liverplan.segmentation.files.formats import is_seg
from liverplan.volume import Grid
from tests.segmentation.files.made import nifti, nrrd

AFFINE = np.array([[0, 0, 2.0, -20], [0, 2.0, 0, -30], [3.0, 0, 0, 40], [0, 0, 0, 1.0]])
GRID = Grid(shape=(10, 12, 14), affine=AFFINE)
LABELS = np.zeros(GRID.shape, np.uint8)
LABELS[2:7, 3:9, 2:11] = 1
LABELS[4, 5, 3:6] = 2


@pytest.mark.parametrize("begin", [0, float("nan"), -352, 351, 1e30, 353, 368, 352.5])
def test_voxels_that_begin_nowhere_are_refused(tmp_path, begin):
    path = nifti(tmp_path / "mask.nii", GRID, LABELS, begin=begin)
    with pytest.raises(InputError, match=r"mask\.nii is damaged"):
        read_mask_file(path, GRID)


@pytest.mark.parametrize("kind", ["nii", "nii.gz", "nrrd"])
@pytest.mark.parametrize("missing", [1, 2, 9, 100, 300])
def test_missing_last_bytes_are_refused(tmp_path, kind, missing):
    path = _written(tmp_path, kind)
    path.write_bytes(path.read_bytes()[:-missing])
    with pytest.raises(InputError, match="damaged"):
        read_mask_file(path, GRID)


@pytest.mark.parametrize("at", [-8, -7, -5, -4, -1])
@pytest.mark.parametrize("kind", ["nii.gz", "nrrd"])
def test_a_wrong_length_or_checksum_is_refused(tmp_path, kind, at):
    path = _written(tmp_path, kind)
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        read_mask_file(path, GRID)


@pytest.mark.parametrize(
    "field", ["data file: /etc/passwd", "data file: ../x", "datafile: x.raw", "data file: LIST"]
)
def test_nothing_is_read_from_outside_the_file(tmp_path, field):
    path = nrrd(tmp_path / "mask.nrrd", GRID, LABELS, extra=field)
    with pytest.raises(InputError, match="keeps its voxels in another file"):
        read_mask_file(path, GRID)


@pytest.mark.parametrize("kinds", ["x" * 100_000, "domain", "domain " * 4, "???", "a b"])
def test_axes_of_which_the_header_says_nonsense_are_refused(tmp_path, kinds):
    path = nrrd(tmp_path / "mask.nrrd", GRID, LABELS, extra=f"kinds: {kinds}")
    with pytest.raises(InputError, match="damaged"):
        read_mask_file(path, GRID)


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "mask.nrrd")
    with pytest.raises(InputError, match="There is no mask file"):
        read_mask_file(tmp_path / "mask.nrrd", GRID)


@pytest.mark.parametrize("sizes", ["20000 20000 25", "0 12 10", "-14 -12 10", "1 1", "9" * 40])
def test_a_size_that_is_not_the_grids_is_refused_before_memory_is_taken(tmp_path, sizes):
    path = nrrd(tmp_path / "mask.nrrd", GRID, LABELS, sizes=sizes)
    with pytest.raises(InputError):
        read_mask_file(path, GRID)


def test_what_unpacks_to_more_than_it_describes_is_refused(tmp_path):
    path = nifti(tmp_path / "mask.nii.gz", GRID, LABELS)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()) + bytes(50_000_000), 1))
    with pytest.raises(InputError, match="more bytes"):
        read_mask_file(path, GRID)


@pytest.mark.parametrize("end", ["mha", "mhd", "nhdr", "img", "hdr", "mgz"])
def test_a_format_that_is_not_read_is_said_to_be_so(tmp_path, end):
    with pytest.raises(InputError, match=r"not read; NIfTI .* are"):
        is_seg(tmp_path / f"mask.{end}")


@pytest.mark.parametrize("name", ["m.nii.gz", "m.nii"])
def test_two_places_of_which_one_is_mirrored_are_refused(tmp_path, name):
    middle = Grid(
        shape=GRID.shape,
        affine=np.array([[0, 0, 2, -13], [0, 2, 0, -11], [3, 0, 0, 40], [0, 0, 0, 1.0]]),
    )
    # turned half round the z axis, from the same voxels' other corner
    path = nifti(tmp_path / name, middle, LABELS, second=(0, 0, 0, -13, -11, 40))
    with pytest.raises(InputError, match=r"sform and qform"):
        read_mask_file(path, middle)


HALF_TURN = {"z": (0, 0, 1), "y": (0, 1, 0), "x": (1, 0, 0), "none": (0, 0, 0)}


@pytest.mark.parametrize("turn", ["z", "y", "x", "none"])
@pytest.mark.parametrize("name", ["m.nii.gz", "m.nii"])
def test_a_second_place_that_fits_no_ct_does_not_move_the_mask(tmp_path, name, turn):
    """The sform is the CT's, as in most programs; a qform far from it could mislead nobody."""
    path = nifti(tmp_path / name, GRID, LABELS, second=(*HALF_TURN[turn], 500, 400, 300))
    assert np.array_equal(read_mask_file(path, GRID).labels, LABELS)


@pytest.mark.parametrize(
    ("affine", "second"),
    [
        ([[0, 0, 2, -13], [0, 2, 0, -11], [3, 0, 0, 40]], (0, 0, 0, -13, -11, 40)),
        ([[0, 0, 2, -20], [0, 2, 0, -30], [3, 0, 0, 40]], (0, 1, 0, 20, 8, 67)),
        ([[0, 0, 2, -20], [0, 2, 0, -30], [3, 0, 0, 40]], (1, 0, 0, -6, 30, 67)),
        ([[0, 0, 2, -20], [0, 2, 0, -30], [3, 0, 0, 40]], (0, 0, 0, -6, 8, 40)),
        ([[0, 0, 2, 7], [0, 2, 0, 9], [3, 0, 0, 40]], (0, 0, 0, -33, -31, 40)),
    ],
)
def test_every_qform_that_lays_the_mask_otherwise_on_the_ct_is_refused(tmp_path, affine, second):
    grid = Grid(shape=GRID.shape, affine=np.array([*affine, [0, 0, 0, 1.0]]))
    path = nifti(tmp_path / "m.nii.gz", grid, LABELS, second=second)
    with pytest.raises(InputError, match=r"sform and qform"):
        read_mask_file(path, grid)


@pytest.mark.parametrize("slope", [2.0, 0.9, -1.0, 3.5, 0.3])
def test_a_scale_that_leaves_no_labels_is_named(tmp_path, slope):
    path = nifti(tmp_path / "mask.nii", GRID, LABELS, slope=slope)
    with pytest.raises(InputError, match="scl_slope"):
        read_mask_file(path, GRID)


@pytest.mark.parametrize("largest", [2, 3, 5, 12, 40])
def test_labels_that_a_scale_rounded_are_whole_again(tmp_path, largest):
    labels = LABELS.astype(float)
    labels[9, 9, 9] = largest
    slope = largest / 255
    path = nifti(tmp_path / "m.nii", GRID, np.rint(labels / slope).astype(np.uint8), slope=slope)
    assert np.array_equal(read_mask_file(path, GRID).labels, labels)


@pytest.mark.parametrize("kind", ["nii.gz", "nrrd"])
def test_whatever_is_changed_in_a_packed_file_nothing_else_is_accepted(tmp_path, kind):
    path, rng = _written(tmp_path, kind), random.Random(1)  # noqa: S311 - repeatable, not secret
    sound = path.read_bytes()
    for _ in range(150):
        data = bytearray(sound)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        try:
            read = read_mask_file(path, GRID)
        except LiverplanError:
            continue
        assert np.array_equal(read.labels, LABELS)


def _written(folder, kind):
    path = folder / f"mask.{kind}"
    return (nrrd if kind == "nrrd" else nifti)(path, GRID, LABELS)
