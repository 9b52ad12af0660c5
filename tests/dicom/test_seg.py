"""SEG out and in again: the same voxels, whichever way the images run, and others' SEGs."""

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from liverplan.dicom import choose_series, find_series, read_seg, read_series, write_seg
from liverplan.errors import DicomError, GridError
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Grid

from .made import save
from .test_find import enhanced

C, S = np.cos(np.radians(20)), np.sin(np.radians(20))


def read(folder):
    return read_series(choose_series(find_series(folder)))


def some_labels(grid):
    """Liver and two lesions without any symmetry, one of them a single voxel at the edge."""
    labels = np.zeros(grid.shape, np.uint8)
    labels[1:5, 2:9, 1:7] = 1
    labels[1, 2:4, 5] = 0
    labels[3, 4:6, 2:4] = 2
    labels[5, -1, -1] = 3
    return Segmentation(
        grid=grid,
        labels=labels,
        provenance={
            1: Provenance(method="a method", version="1", origin="automatic"),
            2: Provenance(method="by hand", version="1", origin="given"),
        },
    )


@pytest.mark.parametrize(
    ("orientation", "step"),
    [
        pytest.param((1, 0, 0, 0, 1, 0), (0, 0, 2), id="foot to head"),
        pytest.param((1, 0, 0, 0, 1, 0), (0, 0, -2), id="head to foot"),
        pytest.param((-1, 0, 0, 0, -1, 0), (0, 0, 2), id="both turned"),
        pytest.param((1, 0, 0, 0, -1, 0), (0, 0, 2), id="rows turned"),
        pytest.param((-1, 0, 0, 0, 1, 0), (0, 0, -2), id="columns turned"),
        pytest.param((0, 1, 0, -1, 0, 0), (0, 0, 2), id="decubitus"),
        pytest.param((1, 0, 0, 0, C, -S), (0, 2 * S, 2 * C), id="oblique"),
    ],
)
def test_the_round_trip_is_identical(make, tmp_path, orientation, step):
    make(orientation=orientation, step=step).write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    segmentation = some_labels(ct.volume.grid)
    remnant = segmentation.liver.copy()
    remnant[:, :5] = False
    resected = segmentation.liver & ~remnant
    path = write_seg(
        tmp_path / "seg.dcm", segmentation, ct.headers, remnant=remnant, resected=resected
    )
    back = read_seg(path, ct.volume.grid)
    assert [(m.name, m.structure) for m in back] == [
        ("Liver", "liver"),
        ("Metastasis 1", "lesion"),
        ("Metastasis 2", "lesion"),
        ("Future liver remnant", "other"),
        ("Resected liver", "other"),
    ]
    lesions = [segmentation.lesion(2), segmentation.lesion(3)]
    truth = [segmentation.liver, *lesions, remnant, resected]
    for mask, expected in zip(back, truth, strict=True):
        np.testing.assert_array_equal(mask.mask, expected, err_msg=mask.name)


def test_frames_run_as_in_the_images_and_refer_to_them(make, tmp_path):
    """A viewer that lays frames over images without looking at positions sees the same."""
    paths = make(orientation=(-1, 0, 0, 0, -1, 0)).write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    path = write_seg(tmp_path / "seg.dcm", some_labels(ct.volume.grid), ct.headers)
    seg = pydicom.dcmread(path)
    orientation = seg.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]
    assert [float(v) for v in orientation.ImageOrientationPatient] == [-1, 0, 0, 0, -1, 0]
    by_uid = {}
    for file in paths:
        image = pydicom.dcmread(file, stop_before_pixels=True)
        by_uid[image.SOPInstanceUID] = [float(v) for v in image.ImagePositionPatient]
    for group in seg.PerFrameFunctionalGroupsSequence:
        source = group.DerivationImageSequence[0].SourceImageSequence[0]
        position = [float(v) for v in group.PlanePositionSequence[0].ImagePositionPatient]
        assert by_uid[source.ReferencedSOPInstanceUID] == pytest.approx(position)


def test_patient_study_and_frame_of_reference_are_the_images(make, tmp_path):
    make().write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    seg = pydicom.dcmread(write_seg(tmp_path / "s.dcm", some_labels(ct.volume.grid), ct.headers))
    assert seg.PatientID == "PID-4711"
    assert seg.StudyInstanceUID == "1.2.3.1"
    assert seg.FrameOfReferenceUID == "1.2.3.99"
    kinds = [item.SegmentAlgorithmType for item in seg.SegmentSequence]
    assert kinds == ["AUTOMATIC", "MANUAL", "SEMIAUTOMATIC"]


def test_a_resampled_ct_gets_its_seg_back(make, tmp_path):
    make(orientation=(1, 0, 0, 0, C, -S), step=(0, 0, 2.5), count=8, rows=20).write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    segmentation = some_labels(ct.volume.grid)
    path = write_seg(tmp_path / "seg.dcm", segmentation, ct.headers)
    np.testing.assert_array_equal(read_seg(path, ct.volume.grid)[0].mask, segmentation.liver)


def test_an_enhanced_ct_gets_its_seg_back(make, tmp_path):
    save(enhanced(make()), tmp_path / "ct.dcm")
    ct = read(tmp_path / "ct.dcm")
    segmentation = some_labels(ct.volume.grid)
    path = write_seg(tmp_path / "seg.dcm", segmentation, ct.headers)
    np.testing.assert_array_equal(read_seg(path, ct.volume.grid)[0].mask, segmentation.liver)


def moved(grid, change, frame_uid=None):
    affine = grid.affine.copy()
    change(affine)
    return Grid(shape=grid.shape, affine=affine, frame_uid=frame_uid or grid.frame_uid)


def test_a_seg_of_another_grid_is_refused_with_the_reason(make, tmp_path):
    make().write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    grid = ct.volume.grid
    path = write_seg(tmp_path / "seg.dcm", some_labels(grid), ct.headers)

    def shift(affine):
        affine[2, 3] += 0.7

    def scale(affine):
        affine[:3, 1] *= 1.1

    with pytest.raises(GridError, match=r"seg\.dcm and the CT differ in position"):
        read_seg(path, moved(grid, shift))
    with pytest.raises(GridError, match="differ in orientation or voxel spacing"):
        read_seg(path, moved(grid, scale))
    with pytest.raises(GridError, match="differ in frame of reference"):
        read_seg(path, moved(grid, lambda _: None, frame_uid="9.9"))
    with pytest.raises(GridError, match="reaches beyond the CT's grid"):
        read_seg(path, grid.crop((0, 0, 0), (4, 12, 10)))


def test_what_is_no_seg_is_refused(make, tmp_path):
    ct_path = make().write(tmp_path / "ct")[0]
    grid = read(tmp_path / "ct").volume.grid
    (tmp_path / "text.dcm").write_text("no DICOM at all " * 20)
    with pytest.raises(DicomError, match="is no DICOM SEG"):
        read_seg(ct_path, grid)
    with pytest.raises(DicomError, match=r"text\.dcm cannot be read as a DICOM SEG"):
        read_seg(tmp_path / "text.dcm", grid)
    with pytest.raises(DicomError, match="is no DICOM SEG: it is not one file"):
        read_seg(tmp_path / "ct", grid)


def test_a_seg_that_was_cut_short_is_refused(make, tmp_path):
    make().write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    path = write_seg(tmp_path / "seg.dcm", some_labels(ct.volume.grid), ct.headers)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DicomError, match="truncated"):
        read_seg(path, ct.volume.grid)


def test_nothing_to_write_and_masks_of_another_shape_are_refused(make, tmp_path):
    make().write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    grid = ct.volume.grid
    empty = Segmentation(grid=grid, labels=np.zeros(grid.shape, np.uint8))
    with pytest.raises(DicomError, match="no liver to write"):
        write_seg(tmp_path / "seg.dcm", empty, ct.headers)
    wrong = np.ones((2, 2, 2), bool)
    with pytest.raises(DicomError, match="'Future liver remnant' does not lie on the CT's grid"):
        write_seg(tmp_path / "seg.dcm", some_labels(grid), ct.headers, remnant=wrong)
    assert not (tmp_path / "seg.dcm").exists()


def test_a_failed_write_leaves_what_was_there(make, tmp_path, monkeypatch):
    make().write(tmp_path / "ct")
    ct = read(tmp_path / "ct")
    path = tmp_path / "seg.dcm"
    path.write_text("before")

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pydicom.Dataset, "save_as", full)
    with pytest.raises(DicomError, match=r"seg\.dcm cannot be written: No space left on device"):
        write_seg(path, some_labels(ct.volume.grid), ct.headers)
    assert path.read_text() == "before"
    assert {entry.name for entry in tmp_path.iterdir()} == {"ct", "seg.dcm"}


@pytest.fixture(scope="module")
def dcmqi(real_data, tmp_path_factory):
    import zipfile

    folder = tmp_path_factory.mktemp("dcmqi")
    with zipfile.ZipFile(real_data / "dicom_edge/dcmqi_liver_seg.zip") as archive:
        archive.extractall(folder)
    return folder / "dcmqi/data/segmentations"


def nrrd(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(path))


def test_others_segs_give_their_nrrd_truth(dcmqi):
    grid = read(dcmqi / "ct-3slice").volume.grid
    (liver,) = read_seg(dcmqi / "liver.dcm", grid)
    assert liver.structure == "liver"
    np.testing.assert_array_equal(liver.mask, nrrd(dcmqi / "liver_seg.nrrd") > 0)
    overlapping = {m.number: m.mask for m in read_seg(dcmqi / "partial_overlaps.dcm", grid)}
    for part in (1, 2, 3):
        truth = nrrd(dcmqi / f"partial_overlaps-{part}.nrrd")
        for number in np.unique(truth[truth > 0]):
            np.testing.assert_array_equal(overlapping[int(number)], truth == number)


@pytest.mark.parametrize("size", ["23x38x3", "24x38x3"])
def test_others_segs_on_small_and_multi_frame_ct(dcmqi, size):
    for info in find_series(dcmqi / size):
        if info.usable:
            grid = read_series(info).volume.grid
            (liver,) = read_seg(dcmqi / size / "seg/label.seg", grid)
            np.testing.assert_array_equal(liver.mask, nrrd(dcmqi / size / "nrrd/label.nrrd") > 0)


@pytest.mark.parametrize("name", ["noppv", "ppv5"])
def test_others_label_maps_with_and_without_padding(dcmqi, name):
    grid = read(dcmqi / "24x38x3/image").volume.grid
    (liver,) = read_seg(dcmqi / f"sparse-labelmap-{name}.dcm", grid)
    np.testing.assert_array_equal(liver.mask, nrrd(dcmqi / f"sparse_labelmap_{name}_seg.nrrd") == 1)


def test_compressed_and_odd_segs_hold_the_same_liver(real_data, dcmqi, tmp_path):
    import zipfile

    with zipfile.ZipFile(real_data / "dicom_edge/pydicom.zip") as archive:
        for name in ("liver_rle", "liver_j2k", "liver_deflate"):
            archive.extract(f"pydicom/{name}.dcm", tmp_path)
    grid = read(dcmqi / "ct-3slice").volume.grid
    truth = nrrd(dcmqi / "liver_seg.nrrd") > 0
    for path in (tmp_path / "pydicom").iterdir():
        np.testing.assert_array_equal(read_seg(path, grid)[0].mask, truth, err_msg=path.name)
