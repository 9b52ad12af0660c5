"""Masks from files: taken where they fit, refused in words beside their step where they do not."""

import numpy as np
import pytest
import SimpleITK as sitk
from PySide6.QtWidgets import QFileDialog

from liverplan.segmentation import Segmentation, write_mask_file
from liverplan.volume import Grid
from tests.app.test_notices import notice


@pytest.fixture
def choose(monkeypatch):
    """Let the file dialog answer with a path."""

    def answer(path):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(path), ""))

    return answer


def test_a_liver_mask_that_fits_is_taken_and_the_lesions_stay(planner, tmp_path, choose):
    planner.begin()
    before = planner.app.session.work.segmentation
    k = np.nonzero(before.labels)[0]
    half = before.labels.copy()
    half[: int(np.median(k))] = 0
    path = tmp_path / "half.nii.gz"
    write_mask_file(path, Segmentation(grid=before.grid, labels=np.minimum(half, 1)))
    choose(path)
    planner.open_step(2)
    planner.press_button(planner.panel(2).file_button)
    planner.settle()
    labels = planner.app.session.work.segmentation.labels
    np.testing.assert_array_equal(labels > 1, before.labels > 1)
    np.testing.assert_array_equal(labels == 1, (half >= 1) & (before.labels <= 1))
    assert planner.app.session.history.undo_name == "liver from half.nii.gz"
    assert not planner.app.session.work.liver_confirmed


def test_a_mask_of_another_scan_is_refused_beside_the_liver(planner, tmp_path, choose):
    planner.begin()
    before = planner.app.session.work
    grid = Grid(shape=(10, 20, 20), affine=np.diag([3.0, 2.0, 2.0, 1.0])[[2, 1, 0, 3]])
    path = tmp_path / "another.nii.gz"
    write_mask_file(path, Segmentation(grid=grid, labels=np.ones(grid.shape, np.uint8)))
    choose(path)
    planner.open_step(2)
    planner.press_button(planner.panel(2).file_button)
    planner.settle()
    assert "another.nii.gz" in notice(planner, 2)
    assert "and the CT differ in shape" in notice(planner, 2)
    assert planner.app.session.work is before


def test_a_file_that_is_no_mask_is_refused(planner, tmp_path, choose):
    planner.begin()
    (tmp_path / "cut.nii.gz").write_bytes(b"not a mask")
    choose(tmp_path / "cut.nii.gz")
    planner.open_step(3)
    planner.press_button(planner.panel(3).file_button)
    planner.settle()
    assert "cut.nii.gz is no NIfTI file" in notice(planner, 3)


def test_lesions_from_a_file_are_added_each_by_its_label(planner, tmp_path, choose):
    planner.begin()
    planner.open_step(3)
    panel = planner.panel(3)
    before = planner.app.session.work.segmentation
    path = tmp_path / "lesions.nrrd"
    image = np.where(before.labels > 1, before.labels, 0).astype(np.uint8)
    write_mask_file(path, Segmentation(grid=before.grid, labels=image))
    assert sitk.ReadImage(str(path)).GetSize() == tuple(reversed(image.shape))
    choose(path)
    planner.press_button(panel.file_button)
    planner.settle()
    assert "holds no lesion that is not in the list" in notice(planner, 3)
    for row in (2, 0):
        planner.click_row(panel.table, row)
        planner.press_button(panel.delete_button)
        planner.settle()
    planner.press_button(panel.file_button)
    planner.settle()
    assert planner.app.session.history.undo_name == "2 metastases from lesions.nrrd"
    assert panel.table.rowCount() == 3
    np.testing.assert_array_equal(
        planner.app.session.work.segmentation.labels > 1, before.labels > 1
    )


def test_a_liver_and_a_metastasis_that_lie_elsewhere_are_said_to_do_so(planner, tmp_path, choose):
    planner.begin()
    before = planner.app.session.work.segmentation
    mirrored = np.minimum(before.labels[:, :, ::-1], 1)
    write_mask_file(tmp_path / "mirror.nii.gz", Segmentation(grid=before.grid, labels=mirrored))
    choose(tmp_path / "mirror.nii.gz")
    planner.open_step(2)
    planner.press_button(planner.panel(2).file_button)
    planner.settle()
    assert "mirrored left to right" in notice(planner, 2)
    planner.app.session.undo()
    far = np.zeros_like(before.labels)
    far[-3:, -6:-2, -6:-2] = 2  # 1 is the liver in a file of our own
    write_mask_file(tmp_path / "far.nii.gz", Segmentation(grid=before.grid, labels=far))
    choose(tmp_path / "far.nii.gz")
    planner.open_step(3)
    planner.press_button(planner.panel(3).file_button)
    planner.settle()
    assert "lies outside the liver mask" in notice(planner, 3)
