"""What an export holds: voxels that say what the result says, anatomy by name, nobody's name."""

import io
import shutil
import subprocess

import numpy as np
import pydicom
import pytest
from matplotlib.image import imread

from liverplan.anatomy import COUINAUD
from liverplan.dicom import read_seg
from liverplan.resection.anatomy.named import SEGMENTS
from liverplan.segmentation.labels import LIVER
from liverplan.workflow.segments import read_segments
from liverplan.workflow.vessels import read_vessels
from tests.benchmarks import readers
from tests.benchmarks.reading import reports, segs
from tests.exported import ACCEPTED_BY
from tests.kept import made_png


@pytest.fixture(scope="module")
def masks(made):
    """Each SEG's masks by their segments' names."""
    grid = made.ct.volume.grid
    names = ("segmentation", "parts", "cut", "hepatic_vessels", "couinaud")
    return {
        name: {m.name: m.mask for m in read_seg(made.folder / f"out/{name}.dcm", grid)}
        for name in names
    }


def test_remnant_resected_and_metastases_make_up_the_liver_voxel_by_voxel(made, masks):
    found = masks["segmentation"]
    np.testing.assert_array_equal(found["Liver"], made.truth.masks.liver)
    parts = [mask for name, mask in found.items() if name != "Liver"]
    np.testing.assert_array_equal(np.sum(parts, axis=0), found["Liver"])
    voxel_ml, volumes = made.ct.volume.grid.voxel_ml, made.findings.volumes
    for name, ml in (
        ("Future liver remnant", volumes.remnant_ml),
        ("Resected liver", volumes.resected_ml),
    ):
        assert found[name].sum() * voxel_ml == pytest.approx(ml, abs=voxel_ml / 2 + 1e-9)


def test_all_but_the_liver_stands_in_segs_without_overlap(masks):
    assert list(masks["parts"]) == [n for n in masks["segmentation"] if n != "Liver"]
    for name in ("parts", "cut", "hepatic_vessels", "couinaud"):
        assert np.sum(list(masks[name].values()), axis=0, dtype=int).max() == 1


def test_the_cut_lies_where_what_stays_meets_what_goes(masks):
    cut, found = masks["cut"]["Cut surface"], masks["parts"]
    assert cut.any()
    assert not (cut & ~found["Future liver remnant"]).any()


def test_vessels_are_read_back_by_their_codes(made):
    segmentation = made.truth.masks
    back = read_vessels(made.folder / "out/hepatic_vessels.dcm", segmentation)["vessels"]
    np.testing.assert_array_equal(back.labels, made.truth.vessels)


def test_couinaud_segments_are_read_back_by_their_codes(made, masks):
    segmentation = made.truth.masks
    back, _ = read_segments(made.folder / "out/couinaud.dcm", segmentation)
    assert back.names == SEGMENTS
    functional = segmentation.labels == LIVER
    for number, name in enumerate(back.names, 1):
        mask = masks["couinaud"][COUINAUD[name].name]
        np.testing.assert_array_equal((back.labels == number) & functional, mask)
        (found,) = [one for one in made.findings.segments if one.name == name]
        assert mask.sum() * segmentation.grid.voxel_ml == pytest.approx(found.volume_ml)


def test_the_report_refers_to_segments_of_more_than_one_seg(made):
    report = pydicom.dcmread(made.folder / "out/measurements.dcm")
    names = {
        pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID: path.stem
        for path in (made.folder / "out").glob("*.dcm")
    }
    referred = {names[uid] for uid in _referred(report)}
    assert referred == {"segmentation", "couinaud"}


def _referred(item):
    for child in item.get("ContentSequence", []):
        if child.ValueType == "IMAGE":
            yield child.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        yield from _referred(child)


def test_who_accepted_the_masks_stands_in_the_report_and_not_in_the_one_without_identity(made):
    for folder, named in (("out", True), ("clean", False)):
        data = (made.folder / folder / "measurements.dcm").read_bytes()
        assert (ACCEPTED_BY.encode() in data) is named
        assert (b"Person" in data) is named


@pytest.mark.parametrize("reader", ["highdicom", "pydicom"])
def test_other_readers_find_every_segment_code_and_voxel(made, reader):
    images = readers.images_of(made)
    for name, wanted in readers.truth_of(made).items():
        found = segs.READERS[reader](made.folder / f"out/{name}.dcm", images, None)
        assert found == wanted, name


@pytest.mark.parametrize("reader", ["highdicom", "pydicom", "dcmtk"])
def test_other_readers_find_every_number_of_the_report(made, reader):
    if reader == "dcmtk" and shutil.which("dsrdump") is None:
        pytest.skip("dsrdump is not installed (Debian: dcmtk)")
    path = made.folder / "out/measurements.dcm"
    found = reports.READERS[reader](path, (), None)
    wanted = reports.expected(made.findings)
    assert found.keys() == wanted.keys()
    for name, numbers in wanted.items():
        assert [(code, unit) for code, _, unit in found[name]] == [(c, u) for c, _, u in numbers]
        assert [n for _, n, _ in found[name]] == pytest.approx([n for _, n, _ in numbers])


def test_each_structure_is_a_surface_by_its_name_and_code(made):
    out = made.folder / "out"
    named = {path.name.removesuffix(".stl") for path in out.glob("*.stl")}
    couinaud = {f"segment_{name}" for name in SEGMENTS}
    lesions = {f"metastasis_{label - 1}" for label in made.truth.masks.lesion_labels}
    solids = {"liver", "remnant", "resected", "portal_vein", "hepatic_veins", "cut"}
    assert named == solids | couinaud | lesions
    held = pydicom.dcmread(out / "portal_vein.stl.dcm")
    assert held.ConceptNameCodeSequence[0].CodeValue == "32764006"
    stl = (out / "portal_vein.stl").read_bytes()
    assert held.EncapsulatedDocument[: held.EncapsulatedDocumentLength] == stl
    assert (out / "liver.glb").read_bytes().startswith(b"glTF")


def test_every_file_of_an_export_is_there_without_identity_too_but_what_may_name_somebody(made):
    names = [sorted(p.name for p in (made.folder / f).iterdir()) for f in ("out", "clean")]
    assert [name for name in names[0] if name != "key_image_02.dcm"] == names[1]


def test_kept_pictures_are_secondary_captures_of_the_study_that_say_what_is_burned_in(made):
    first, second = (pydicom.dcmread(made.folder / f"out/key_image_0{n}.dcm") for n in (1, 2))
    shades = imread(io.BytesIO(made_png()))[..., :3]
    np.testing.assert_array_equal(first.pixel_array, np.rint(shades * 255))
    assert (first.ImageComments, first.BurnedInAnnotation) == (f"Åt {ACCEPTED_BY}", "NO")
    assert (second.get("ImageComments"), second.BurnedInAnnotation) == (None, "YES")
    assert first.SeriesInstanceUID == second.SeriesInstanceUID
    report = pydicom.dcmread(made.folder / "out/measurements.dcm")
    for keyword in ("StudyInstanceUID", "PatientID", "PatientName"):
        assert first[keyword].value == report[keyword].value
    clean = pydicom.dcmread(made.folder / "clean/key_image_01.dcm")
    assert (clean.BurnedInAnnotation, clean.PatientID) == ("NO", "ANONYMOUS")
    assert "ImageComments" not in clean
    assert ACCEPTED_BY.encode() not in (made.folder / "clean/key_image_01.dcm").read_bytes()


@pytest.mark.parametrize("name", ["out/key_image_01", "out/key_image_02", "clean/key_image_01"])
def test_dciodvfy_finds_nothing_wrong_with_a_kept_picture(made, name):
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy is not installed (Debian: dicom3tools)")
    done = subprocess.run(
        ["dciodvfy", str(made.folder / f"{name}.dcm")], capture_output=True, text=True, check=False
    )
    assert (done.stdout + done.stderr).strip() == "SCImage"
