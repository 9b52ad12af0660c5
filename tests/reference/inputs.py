"""What goes in: a small computed CT with its true masks, vessels, segments, plans and patients.

Everything is written here with pydicom and SimpleITK alone, so that the table holds what the
command line makes of files, whatever the package's rooms are called.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM, make_phantom
from tests.reference.plans import BRANCHES, LANDMARKS, LIMBS, PATIENTS, PLANS, TRUNK

FINE_MM, COARSE_MM, SEED = (5.0, 2.5, 2.5), (8.0, 5.0, 5.0), 3
CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The folder with all files; the (4, 4) affine and (k, j, i) labels of the masks."""

    folder: Path
    affine: np.ndarray
    labels: np.ndarray
    hu: np.ndarray

    def path(self, name):
        return self.folder / name


def make(folder, spacing_mm=FINE_MM):
    """Write every input into ``folder``, which is made."""
    folder.mkdir()
    made = make_phantom(spacing_mm=spacing_mm, seed=SEED)
    grid, labels = made.segmentation.grid, np.array(made.segmentation.labels)
    found = Inputs(folder=folder, affine=grid.affine, labels=labels, hu=np.array(made.volume.hu))
    _write_ct(folder / "ct", found)
    _write(found, "liver.nii.gz", labels > 0)
    _write(found, "lesions.nrrd", labels.clip(1) - 1)
    _write(found, "segments.nii.gz", _slabs(found, (8, 7, 6, 5, 41, 42, 3, 2)))
    _write(found, "halved.nii.gz", _slabs(found, (8, 7, 6, 5, 4, 3, 2)))
    _write(found, "ninth.nii.gz", _slabs(found, (1, 2, 9)))
    _write(found, "portal.nii.gz", _vessels(found))
    _write(found, "hepatic.nii.gz", 2 * _vessels(found))
    _write(found, "neither.nii.gz", 3 * _vessels(found))
    _write(found, "elsewhere.nii.gz", labels > 0, moved_mm=400.0)
    _write(found, "nothing.nii.gz", np.zeros_like(labels))
    for name, text in {**PLANS, **PATIENTS, **LANDMARKS, **BRANCHES}.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "empty").mkdir()
    return found


def _write(inputs, name, labels, *, moved_mm=0.0):
    """Write labels as an image file; the affine of the phantom has axes along LPS."""
    image = sitk.GetImageFromArray(np.asarray(labels).astype(np.uint8))
    spacing = np.linalg.norm(inputs.affine[:3, :3], axis=0)[::-1]
    image.SetSpacing([float(s) for s in spacing])
    image.SetOrigin([float(x) + moved_mm for x in inputs.affine[:3, 3]])
    sitk.WriteImage(image, str(inputs.folder / name))


def _points(inputs):
    """(k, j, i, 3) LPS mm of every voxel's centre."""
    index = np.moveaxis(np.indices(inputs.labels.shape), 0, -1)
    return index @ inputs.affine[:3, :3].T + inputs.affine[:3, 3]


def _slabs(inputs, values):
    """Label the liver from right to left, each value an equal share of it."""
    inside = inputs.labels > 0
    x = _points(inputs)[inside][:, 0]
    edges = np.quantile(x, np.linspace(0, 1, len(values) + 1)[1:-1])
    found = np.zeros(inputs.labels.shape, np.uint8)
    found[inside] = np.array(values)[np.searchsorted(edges, x)]
    return found


def _vessels(inputs):
    """A trunk that forks in two limbs, as 1."""
    points = _points(inputs)
    found = np.zeros(inputs.labels.shape, np.uint8)
    for start, end in (TRUNK, *LIMBS):
        way = np.subtract(end, start)
        along = np.clip((points - start) @ way / (way @ way), 0, 1)
        away = np.linalg.norm(points - start - along[..., None] * way, axis=-1)
        found[away < (7 if (start, end) == TRUNK else 5)] = 1
    return found


def _write_ct(folder, inputs):
    folder.mkdir()
    for k, hu in enumerate(inputs.hu):
        _slice(inputs, k, hu).save_as(folder / f"ct_{k:04d}.dcm", enforce_file_format=True)


def _slice(inputs, k, hu):
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, f"1.2.826.0.1.3680043.8.498.7.{k + 1}"
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.8.498.5"
    ds.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.6"
    ds.FrameOfReferenceUID = "1.2.826.0.1.3680043.8.498.8"
    ds.Modality, ds.Manufacturer = "CT", "none"
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Computed^Torso", "1", "", ""
    ds.StudyDate, ds.StudyTime, ds.StudyID, ds.AccessionNumber = "20200102", "101500", "", ""
    ds.SeriesNumber, ds.InstanceNumber, ds.ReferringPhysicianName = 1, k + 1, ""
    ds.SeriesDescription = "Computed torso"
    ds.ImagePositionPatient = [float(x) for x in inputs.affine[:3] @ (k, 0, 0, 1)]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    spacing = [float(s) for s in np.linalg.norm(inputs.affine[:3, :3], axis=0)]
    ds.PixelSpacing, ds.SliceThickness = spacing[1:], spacing[0]
    ds.Rows, ds.Columns = hu.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "HU"
    ds.PixelData = hu.astype("<i2").tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def numbers_of(folder):
    """What an export says: each file's name, a SEG's segments with voxels, a report's numbers."""
    found = {"files": sorted(path.name for path in folder.iterdir())}
    for path in sorted(folder.glob("*.dcm")):
        ds = pydicom.dcmread(path)
        if "SegmentSequence" in ds:
            found["segments"] = _segments(ds)
        elif ds.Modality == "SR":
            found["measured"] = _measured(ds)
    return json.loads(json.dumps(found))


def _segments(ds):
    frames = ds.pixel_array.reshape(-1, ds.Rows, ds.Columns)
    counts = {}
    for frame, item in zip(frames, ds.PerFrameFunctionalGroupsSequence, strict=True):
        number = int(item.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        counts[number] = counts.get(number, 0) + int(np.count_nonzero(frame))
    return [[s.SegmentLabel, counts.get(s.SegmentNumber, 0)] for s in ds.SegmentSequence]


def _measured(item):
    """Every (name, number, unit) below an item of a structured report, in its order."""
    rows = []
    for child in item.get("ContentSequence", []):
        if child.ValueType == "NUM" and child.get("MeasuredValueSequence"):
            value = child.MeasuredValueSequence[0]
            unit = value.MeasurementUnitsCodeSequence[0].CodeValue
            name = child.ConceptNameCodeSequence[0].CodeMeaning
            rows.append([name, str(value.NumericValue), unit])
        rows += _measured(child)
    return rows
