"""CT series made to order: every slice samples one linear field, so that place can be proven."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.datadict import dictionary_VR as keyword_dictionary_vr
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def field_hu(points_mm):
    """HU as a linear function of LPS mm: linear interpolation keeps it, mirroring does not."""
    x, y, z = np.moveaxis(np.asarray(points_mm, dtype=float), -1, 0)
    return 2.0 * x - 3.0 * y + 1.5 * z


def expected_hu(grid):
    index = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"), axis=-1)
    return field_hu(grid.to_mm(index))


@dataclass
class Series:
    """What a made series looks like; `write` writes one file a slice."""

    positions: Any = None
    orientation: tuple = AXIAL
    rows: int = 12
    columns: int = 10
    spacing: tuple = (0.8, 0.7)
    step: tuple = (0.0, 0.0, 2.0)
    first: tuple = (-30.0, -20.0, 100.0)
    count: int = 6
    bits: int = 16
    stored: int = 16
    signed: bool = True
    slope: float = 1.0
    intercept: float = -1024.0
    syntax: str = ExplicitVRLittleEndian
    series_uid: str = "1.2.3.10"
    changes: dict = field(default_factory=dict)
    per_slice: Any = None

    def places(self):
        if self.positions is not None:
            return [np.array(p, dtype=float) for p in self.positions]
        return [np.array(self.first) + k * np.array(self.step) for k in range(self.count)]

    def write(self, folder: Path, *, prefix: str = "ct") -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for k, position in enumerate(self.places()):
            path = folder / f"{prefix}_{k:03d}.dcm"
            save(self.dataset(k, position), path)
            paths.append(path)
        return paths

    def dataset(self, k: int, position) -> Dataset:
        row, column = np.array(self.orientation[:3]), np.array(self.orientation[3:])
        jj, ii = np.meshgrid(np.arange(self.rows), np.arange(self.columns), indexing="ij")
        points = (
            position
            + jj[..., None] * column * self.spacing[0]
            + ii[..., None] * row * self.spacing[1]
        )
        dataset = header(self, position)
        dataset.InstanceNumber = k + 1
        dataset.SOPInstanceUID = generate_uid(
            entropy_srcs=[self.series_uid, str(k), str(position), str(self.changes)]
        )
        for keyword, value in self.changes.items():
            set_or_delete(dataset, keyword, value)
        if self.per_slice is not None:
            for keyword, value in self.per_slice(k).items():
                set_or_delete(dataset, keyword, value)
        slope = float(dataset.get("RescaleSlope") or 1) or 1.0
        slope = slope if np.isfinite(slope) else 1.0
        intercept = float(dataset.get("RescaleIntercept") or 0)
        stored = np.rint((field_hu(points) - intercept) / slope)
        kind = "i" if self.signed else "u"
        dataset.PixelData = stored.astype(f"<{kind}{self.bits // 8}").tobytes()
        dataset["PixelData"].VR = "OW"
        return dataset


def header(series: Series, position) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID = CTImageStorage
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.Modality = "CT"
    dataset.PatientName, dataset.PatientID = "Doe^Jane", "PID-4711"
    dataset.PatientBirthDate, dataset.PatientSex = "19601224", "F"
    dataset.StudyDate, dataset.StudyTime = "20240229", "101112"
    dataset.StudyID, dataset.AccessionNumber = "S1", "ACC1"
    dataset.ReferringPhysicianName = ""
    dataset.StudyInstanceUID = "1.2.3.1"
    dataset.SeriesInstanceUID = series.series_uid
    dataset.SeriesNumber = 3
    dataset.SeriesDescription = "portal venous"
    dataset.FrameOfReferenceUID = "1.2.3.99"
    dataset.PatientPosition = "HFS"
    dataset.AcquisitionNumber = 1
    dataset.KVP = 120
    dataset.SliceThickness = 2.0
    dataset.ImagePositionPatient = [f"{v:.6f}" for v in position]
    dataset.ImageOrientationPatient = [f"{v:.9f}" for v in series.orientation]
    dataset.PixelSpacing = list(series.spacing)
    dataset.Rows, dataset.Columns = series.rows, series.columns
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored = series.bits, series.stored
    dataset.HighBit = series.stored - 1
    dataset.PixelRepresentation = int(series.signed)
    dataset.RescaleSlope, dataset.RescaleIntercept = series.slope, series.intercept
    dataset.RescaleType = "HU"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = series.syntax
    return dataset


def set_or_delete(dataset: Dataset, keyword: str, value) -> None:
    if value is None:
        if keyword in dataset:
            delattr(dataset, keyword)
    elif keyword_dictionary_vr(keyword) == "DS" and not isinstance(value, (int, float)):
        # as text, because pydicom itself refuses to write numbers that are none
        dataset.add_new(keyword, "LO", value)
    else:
        setattr(dataset, keyword, value)


def save(dataset: Dataset, path: Path) -> None:
    meta = dataset.file_meta
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(path, enforce_file_format=True)
