"""The contract on real CT with expert masks, against a clip of every voxel written here."""

import json
import zipfile
from itertools import product

import numpy as np
import pytest
import SimpleITK as sitk

from liverplan import workflow
from liverplan.resection import Plane
from liverplan.segmentation import Segmentation
from liverplan.volumetry import VolumeIndex, measure

SEED = 20240311
LESIONS = tuple(range(1, 8))


@pytest.fixture(scope="module")
def ircadb(real_data, tmp_path_factory):
    folder = real_data / "ircadb01"
    case = tmp_path_factory.mktemp("ircadb") / "case"
    findings = workflow.assess(
        folder / "PATIENT_DICOM.zip",
        case,
        workflow.Request(
            liver=folder / "liver.nii.gz",
            lesions=folder / "tumours_labelled.nii.gz",
            lesion_labels=LESIONS,
            planes=((140.0, 0.0, 100.0, 1.0, 0.2, 0.1),),
            allow_faults=True,  # it goes through some of the seven: they are measured all the same
        ),
    )
    return folder, findings


def test_volumes_are_the_experts(ircadb):
    folder, findings = ircadb
    reference = json.loads((folder / "reference.json").read_text())
    assert findings.volumes.liver_ml == pytest.approx(reference["volumes_mL"]["liver"], abs=0.1)
    assert findings.volumes.tumour_ml == pytest.approx(reference["tumour_union_mL"], abs=0.1)
    for number, lesion in enumerate(findings.lesions, 1):
        exact = reference["volumes_mL"][f"livertumor0{number}"]
        assert lesion.volume_ml == pytest.approx(exact, abs=0.01)


def test_seven_metastases_do_not_meet_the_protocol_and_none_is_dropped(ircadb):
    _, findings = ircadb
    count = next(c for c in findings.criteria if c.id == "metastasis_count")
    assert (count.state, count.value) == ("not met", 7)
    assert len(findings.lesions) == 7
    assert findings.eligibility == "not eligible"


def test_remnants_of_random_planes_equal_a_clip_of_every_voxel(ircadb):
    folder, _ = ircadb
    liver = sitk.ReadImage(str(folder / "liver.nii.gz"))
    tumours = sitk.ReadImage(str(folder / "tumours_labelled.nii.gz"))
    labels = sitk.GetArrayFromImage(liver) > 0
    tumour = np.isin(sitk.GetArrayFromImage(tumours), LESIONS)
    functional = labels & ~tumour
    points = np.argwhere(functional)[:, ::-1]  # SimpleITK's index order: i, j, k
    spacing, origin = np.array(liver.GetSpacing()), np.array(liver.GetOrigin())
    matrix = np.array(liver.GetDirection()).reshape(3, 3) * spacing
    centres = points @ matrix.T + origin
    index = _index_of(ircadb, labels | tumour, tumour)
    rng = np.random.default_rng(SEED)
    for _ in range(50):
        normal = rng.normal(size=3)
        normal /= np.linalg.norm(normal)
        offset = np.quantile(centres @ normal, rng.uniform(0.05, 0.95))
        expected = _clip_ml(centres, matrix, normal, offset)
        plane = Plane(point_mm=offset * normal, normal=normal)
        assert measure(index, [plane]).remnant_ml == pytest.approx(expected, abs=0.1)


def test_without_masks_the_whole_pipeline_runs(real_data, tmp_path, capsys):
    zipped = real_data / "crlm1004" / "DICOM.zip"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "ct")  # a folder this time, names out of order
    findings = workflow.assess(tmp_path / "ct", tmp_path / "case", workflow.Request())
    reference = json.loads((zipped.parent / "reference.json").read_text())["CRLM-CT-1004"]
    error = findings.volumes.liver_ml / reference["liver_mL"] - 1
    with capsys.disabled():
        print(f"\ncrlm1004: automatic liver {100 * error:+.1f} % of the experts' volume")
    assert abs(error) < 0.15
    assert workflow.write_report(tmp_path / "case", tmp_path / "report.html").stat().st_size > 1e5


def _index_of(ircadb, liver, tumour):
    """The index on the CT's own grid, as `assess` would build it."""
    folder, _ = ircadb
    ct = workflow.open_ct(folder / "PATIENT_DICOM.zip")
    labels = liver.astype(np.uint8)
    labels[tumour] = 2
    return VolumeIndex.build(Segmentation(grid=ct.volume.grid, labels=labels))


def _clip_ml(centres, matrix, normal, offset):
    """Volume with n.x >= offset, mL: each voxel's box cut by the plane, by inclusion-exclusion.

    A box with half-edges h_i along the (index) axes and the plane at distance t from its centre:
    the part beyond is the sum over corners of sign * relu(s - t)^3 / (6 * product of edges).
    """
    edges = np.abs(matrix.T @ normal)
    t = offset - centres @ normal
    total = float(np.count_nonzero(t <= -edges.sum() / 2))
    cut = t[np.abs(t) < edges.sum() / 2]
    part = np.zeros_like(cut)
    for signs in product((-1, 1), repeat=3):
        corner = np.dot(signs, edges) / 2
        part += np.prod(signs) * np.maximum(corner - cut, 0) ** 3
    total += (part / (6 * np.prod(edges))).sum()
    return total * abs(np.linalg.det(matrix)) / 1000
