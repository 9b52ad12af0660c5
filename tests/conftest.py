"""A small sample CT with its true masks, made once."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import SimpleITK as sitk

from liverplan import workflow
from liverplan.dicom.write_ct import write_ct_series
from liverplan.phantom import make_phantom
from liverplan.segmentation import Segmentation, write_mask_file
from tests.published import watch


@pytest.fixture(scope="session", autouse=True)
def _written_as_published():
    with pytest.MonkeyPatch.context() as patch:
        watch(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _as_nobody_has_set_it(tmp_path_factory):
    """Let no settings of who runs the tests count."""
    empty = tmp_path_factory.mktemp("settings") / "settings.toml"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIVERPLAN_SETTINGS", str(empty))
        yield


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A coarse phantom: ct/ (DICOM), liver.nii.gz, lesions.nrrd (labels 1-3), and its truth."""
    folder = tmp_path_factory.mktemp("small")
    made = make_phantom(spacing_mm=(5.0, 2.5, 2.5), seed=3)
    write_ct_series(made.volume, folder / "ct")
    grid, labels = made.segmentation.grid, made.segmentation.labels
    liver = Segmentation(grid=grid, labels=(labels > 0).astype("uint8"))
    lesions = Segmentation(grid=grid, labels=(labels.clip(1) - 1).astype("uint8"))
    write_mask_file(folder / "liver.nii.gz", liver)
    write_mask_file(folder / "lesions.nrrd", lesions)
    _forget_names(folder / "lesions.nrrd")
    return SimpleNamespace(
        folder=folder,
        ct=folder / "ct",
        liver=folder / "liver.nii.gz",
        lesions=folder / "lesions.nrrd",
        phantom=made,
        truth=made.truth,
    )


def _forget_names(file):
    """Leave only labels: what is written here as a segmentation calls label 1 a liver."""
    image = sitk.ReadImage(str(file))
    for key in image.GetMetaDataKeys():
        image.EraseMetaData(key)
    sitk.WriteImage(image, str(file), True)


@pytest.fixture
def searched_once(monkeypatch):
    """Let a case be searched for plans once at a margin, in however many ways that is then said."""
    search, found = workflow.suggest, {}

    def known(folder, margin_mm, **options):
        asked = folder, margin_mm
        if asked not in found:
            found[asked] = search(folder, margin_mm, **options)
        return found[asked]

    monkeypatch.setattr(workflow, "suggest", known)


@pytest.fixture(scope="session")
def real_data():
    """The folder with real CT, or skip."""
    root = Path(__file__).parents[1]
    place = Path(os.environ.get("LIVERPLAN_DATA", root.parent / "shared" / "data"))
    if not place.is_dir():
        pytest.skip(f"real CT is absent: {place} does not exist (set LIVERPLAN_DATA)")
    return place
