"""Reports and surfaces that go back to the archive, and what the standard's checkers say."""

import shutil
import subprocess

import numpy as np
import pydicom
import pytest

from liverplan.dicom import (
    choose_series,
    find_series,
    read_series,
    stl_of,
    write_pdf,
    write_seg,
    write_sr,
    write_stl,
    write_stl_object,
)
from liverplan.dicom.documents import surface_of
from liverplan.errors import DicomError
from liverplan.findings import (
    Findings,
    LesionFinding,
    RemnantFraction,
    SeriesSummary,
    Uncertainty,
    Volumes,
)
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

PDF = b"%PDF-1.4\n%odd length\n%%EOF"


def findings():
    lesions = tuple(
        LesionFinding(
            label=label,
            volume_ml=8.25 * label,
            long_axis_mm=20.125,
            short_axis_mm=11.5,
            centroid_mm=(0.0, 0.0, 0.0),
            margin_mm=None,
            in_remnant=False,
            fate="removed",
            stays_ml=0.0,
        )
        for label in (2, 3)
    )
    return Findings(
        series=SeriesSummary(uid="1.2", shape=(1, 1, 1), spacing_mm=(1.0, 1.0, 1.0)),
        volumes=Volumes(
            liver_ml=1489.41,
            tumour_ml=111.4,
            functional_ml=1378.0,
            remnant_ml=612.3456789,
            resected_ml=765.6543211,
        ),
        remnant_fraction=RemnantFraction(of_functional=0.44437, of_liver=0.411),
        uncertainty=Uncertainty(interval_95=(0.4, 0.5), probability_above_threshold=1.0),
        threshold_fraction=0.3,
        margin_mm=None,
        lesions=lesions,
        criteria=(),
        eligibility="undecided",
    )


@pytest.fixture(scope="module")
def exported(small, tmp_path_factory):
    """Everything that is sent back, for the sample CT."""
    folder = tmp_path_factory.mktemp("exported")
    ct = read_series(choose_series(find_series(small.ct)))
    labels = small.phantom.segmentation.labels
    segmentation = Segmentation(grid=ct.volume.grid, labels=labels)
    remnant = segmentation.liver.copy()
    remnant[:, :, : labels.shape[2] // 2] = False
    parts = {"remnant": remnant, "resected": segmentation.liver & ~remnant}
    seg = write_seg(folder / "seg.dcm", segmentation, ct.headers, **parts)
    write_sr(folder / "sr.dcm", findings(), ct.headers, seg)
    write_pdf(folder / "pdf.dcm", PDF, ct.headers)
    surface = stl_of(segmentation.liver, ct.volume.grid)
    write_stl_object(folder / "stl.dcm", surface, ct.headers, name="Liver")
    return folder


def words_of(*command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed (Debian: dicom3tools, dcmtk)")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ["seg", "sr", "pdf", "stl"])
def test_dciodvfy_finds_no_error_and_no_warning(exported, name):
    words = words_of("dciodvfy", str(exported / f"{name}.dcm"))
    assert "Error" not in words
    assert "Warning" not in words


def test_dcentvfy_finds_one_study(exported, small):
    """It warns of every SR beside anything else, and of nothing else here.

    Its tables file AccessionNumber under the series wherever a request may be described there,
    but an SR's series has no such place, so there it stays with the study. Both must hold it.
    """
    files = [str(p) for p in [*sorted(small.ct.iterdir())[:3], *sorted(exported.glob("*.dcm"))]]
    (warning,) = words_of("dcentvfy", *files).splitlines()
    assert "<AccessionNumber> IE <Study> versus <Series>" in warning
    assert f"file <{exported / 'sr.dcm'}> versus" in warning
    without_sr = [file for file in files if not file.endswith("sr.dcm")]
    assert words_of("dcentvfy", *without_sr).strip() == ""


def test_the_report_can_be_read_by_others(exported):
    words = words_of("dsrdump", str(exported / "sr.dcm"))
    assert 'NUM:(,,"Volume")="1489.41" (cm3,UCUM' in words
    assert 'NUM:(,,"Volume Ratio")="44.437' in words
    assert 'NUM:(,,"Long Axis")="20.125" (mm,UCUM' in words
    assert words.count('"Referenced Segment"') == 5


def test_the_report_refers_to_the_segments_it_measured(exported):
    seg = pydicom.dcmread(exported / "seg.dcm", stop_before_pixels=True)
    report = pydicom.dcmread(exported / "sr.dcm")
    tracking = {str(item.TrackingUID): int(item.SegmentNumber) for item in seg.SegmentSequence}
    (measured,) = [i for i in report.ContentSequence if _name(i) == "Imaging Measurements"]
    *structures, plan = measured.ContentSequence
    assert "Referenced Segment" not in {_name(item) for item in plan.ContentSequence}
    for group in structures:
        items = {_name(item): item for item in group.ContentSequence}
        reference = items["Referenced Segment"].ReferencedSOPSequence[0]
        assert reference.ReferencedSOPInstanceUID == seg.SOPInstanceUID
        number = tracking[items["Tracking Unique Identifier"].UID]
        assert reference.ReferencedSegmentNumber == number


def _name(item):
    return item.ConceptNameCodeSequence[0].CodeMeaning


def test_the_pdf_comes_out_as_it_went_in(exported):
    document = pydicom.dcmread(exported / "pdf.dcm")
    assert document.EncapsulatedDocument[: document.EncapsulatedDocumentLength] == PDF


def test_a_report_that_is_no_pdf_is_refused(make, tmp_path):
    make().write(tmp_path / "ct")
    headers = read_series(choose_series(find_series(tmp_path / "ct"))).headers
    with pytest.raises(DicomError, match="is no PDF"):
        write_pdf(tmp_path / "x.dcm", b"hello", headers)
    with pytest.raises(DicomError, match=r"absent\.pdf cannot be read"):
        write_pdf(tmp_path / "x.dcm", tmp_path / "absent.pdf", headers)
    with pytest.raises(DicomError, match=r"absent\.dcm cannot be read as the report's SEG"):
        write_sr(tmp_path / "x.dcm", findings(), headers, tmp_path / "absent.dcm")


AFFINES = {
    "axial": np.array([[0, 0, 0.7, -20], [0, 0.8, 0, -30], [2.0, 0, 0, 100], [0, 0, 0, 1.0]]),
    "mirrored": np.array([[0, 0, -0.7, 20], [0, 0.8, 0, -30], [2.0, 0, 0, 100], [0, 0, 0, 1.0]]),
    "sheared": np.array([[0, 0, 0.7, -20], [0.5, 0.8, 0, -30], [2.0, 0, 0, 100], [0, 0, 0, 1.0]]),
}


@pytest.mark.parametrize("name", AFFINES)
def test_a_surface_lies_on_its_mask_and_looks_outward(name):
    grid = Grid(shape=(24, 40, 40), affine=AFFINES[name])
    index = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1)
    mask = (((index - [8, 12, 30]) / [6, 9, 8]) ** 2).sum(axis=-1) < 1
    points, faces = surface_of(mask, grid)
    a, b, c = (points[faces[:, n]] for n in range(3))
    volume = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6000
    assert volume == pytest.approx(mask.sum() * grid.voxel_ml, rel=0.05)
    centre = grid.to_mm(np.argwhere(mask)).mean(axis=0)
    np.testing.assert_allclose(points.mean(axis=0), centre, atol=0.5)


def test_a_surface_is_closed_even_at_the_grids_edge():
    grid = Grid(shape=(3, 4, 5), affine=AFFINES["axial"])
    _, faces = surface_of(np.ones(grid.shape, bool), grid)
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert set(counts) == {2}


def test_plain_stl_and_its_refusals(tmp_path):
    grid = Grid(shape=(3, 4, 5), affine=AFFINES["axial"])
    mask = np.zeros(grid.shape, bool)
    with pytest.raises(DicomError, match="structure has no voxels"):
        stl_of(mask, grid)
    mask[1, 1, 1] = True
    data = write_stl(tmp_path / "a" / "one.stl", mask, grid).read_bytes()
    assert len(data) == 84 + 50 * int(np.frombuffer(data[80:84], "<u4")[0])
    (tmp_path / "file").touch()
    with pytest.raises(DicomError, match=r"one\.stl cannot be written"):
        write_stl(tmp_path / "file" / "one.stl", mask, grid)
