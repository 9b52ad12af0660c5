"""Write a Volume as a CT series that conformance checkers pass without error or warning.

Made for the phantom's sample series, so it writes derived, synthetic images and says so. UIDs
come from a seed: the same call writes the same files, byte for byte.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from liverplan import __version__
from liverplan.errors import InputError
from liverplan.volume import FloatArray, Volume

_NAMESPACE: Final = uuid.UUID("7b1e4b60-9c62-4a0b-8f5d-0f4a3f5b6b52")
_IMPLEMENTATION_UID: Final = f"2.25.{uuid.uuid5(_NAMESPACE, 'implementation').int}"
_INTERCEPT_HU: Final = -1024
_STORED_MAX: Final = 4095
_IN_PLANE_TOLERANCE: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesText:
    """What the headers say of the patient and the examination."""

    patient_name: str = "Phantom^Liver"
    patient_id: str = "LIVERPLAN-PHANTOM"
    patient_birth_date: str = "19700101"
    patient_sex: str = "F"
    patient_age: str = "050Y"
    study_date: str = "20200102"
    study_time: str = "101500"
    study_description: str = "Liver phantom"
    series_description: str = "Portal venous phantom"


def write_ct_series(
    volume: Volume, folder: Path, *, seed: int = 1, text: SeriesText | None = None
) -> list[Path]:
    """Write one file a slice, from foot to head, into a folder that is made if need be.

    Parameters
    ----------
    volume : Volume
        HU between -1024 and 3071; its axes must be square to one another.
    folder : Path
        Files ``ct_0001.dcm`` ... are written here.
    seed : int
        The same seed, grid and text give the same UIDs.
    text : SeriesText
        Patient and examination; those of the phantom if left out.

    Returns
    -------
    list of Path
        The files, in the order of the slices.

    Raises
    ------
    InputError
        If the grid is sheared, the HU do not fit into 12 bits, or the folder cannot be written.
    """
    _check(volume)
    words = text or SeriesText()
    shared = _shared(volume, words, seed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write_slice(volume, shared, folder, k) for k in range(volume.grid.shape[0])]
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"The CT series cannot be written to {folder}: {reason}.") from error


def _check(volume: Volume) -> None:
    axes = volume.grid.affine[:3, :3] / np.array(volume.grid.spacing_mm)
    if np.abs(axes.T @ axes - np.eye(3)).max() > _IN_PLANE_TOLERANCE:
        raise InputError("A CT series needs a grid whose axes are square to one another.")
    low, high = float(volume.hu.min()), float(volume.hu.max())
    if low < _INTERCEPT_HU or high > _INTERCEPT_HU + _STORED_MAX:
        raise InputError(
            f"The CT's values from {low:g} to {high:g} HU do not fit into 12 bits "
            f"({_INTERCEPT_HU} to {_INTERCEPT_HU + _STORED_MAX} HU)."
        )


def _uid(*parts: object) -> str:
    return f"2.25.{uuid.uuid5(_NAMESPACE, ' '.join(str(p) for p in parts)).int}"


def _shared(volume: Volume, words: SeriesText, seed: int) -> Dataset:
    """Every attribute that is the same in all slices."""
    key = (seed, volume.grid.shape, volume.grid.affine.tolist(), words)
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.SOPClassUID = CTImageStorage
    for name in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
        setattr(ds, name, words.study_date)
    for name in ("StudyTime", "SeriesTime", "AcquisitionTime", "ContentTime"):
        setattr(ds, name, words.study_time)
    ds.AccessionNumber = ""
    ds.Modality = "CT"
    ds.Manufacturer = "liverplan"
    ds.ManufacturerModelName = "liverplan phantom"
    ds.SoftwareVersions = __version__
    ds.InstitutionName = "None"
    ds.ReferringPhysicianName = ""
    ds.StudyDescription = words.study_description
    ds.SeriesDescription = words.series_description
    ds.DerivationDescription = "Computed from a mathematical description, no patient"
    _add_patient(ds, words)
    _add_acquisition(ds, volume)
    ds.StudyInstanceUID = _uid("study", *key)
    ds.SeriesInstanceUID = _uid("series", *key)
    ds.FrameOfReferenceUID = volume.grid.frame_uid or _uid("frame", *key)
    _add_geometry(ds, volume)
    _add_pixels(ds, volume)
    return ds


def _add_patient(ds: Dataset, words: SeriesText) -> None:
    ds.PatientName = words.patient_name
    ds.PatientID = words.patient_id
    ds.PatientBirthDate = words.patient_birth_date
    ds.PatientSex = words.patient_sex
    ds.PatientAge = words.patient_age
    ds.BodyPartExamined = "ABDOMEN"


def _add_acquisition(ds: Dataset, volume: Volume) -> None:
    ds.ScanOptions = "HELICAL MODE"
    ds.SliceThickness = _number(volume.grid.spacing_mm[0])
    ds.SpacingBetweenSlices = _number(volume.grid.spacing_mm[0])
    ds.KVP = "120"
    ds.DataCollectionDiameter = "500"
    ds.ReconstructionDiameter = _number(volume.grid.spacing_mm[2] * volume.grid.shape[2])
    ds.GantryDetectorTilt = "0"
    ds.ExposureTime = "500"
    ds.XRayTubeCurrent = "300"
    ds.Exposure = "150"
    ds.FilterType = "NONE"
    ds.ConvolutionKernel = "STANDARD"
    ds.ContrastBolusAgent = "Simulated"
    ds.PatientPosition = "HFS"
    ds.StudyID = "1"
    ds.SeriesNumber = "2"
    ds.AcquisitionNumber = "1"


def _add_geometry(ds: Dataset, volume: Volume) -> None:
    unit = volume.grid.affine[:3, :3] / np.array(volume.grid.spacing_mm)
    directions = [*unit[:, 2], *unit[:, 1]]
    ds.ImageOrientationPatient = [_number(v) for v in directions]
    ds.PositionReferenceIndicator = ""
    ds.PixelSpacing = [_number(v) for v in volume.grid.spacing_mm[1:]]


def _add_pixels(ds: Dataset, volume: Volume) -> None:
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows, ds.Columns = volume.grid.shape[1:]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.PixelRepresentation = 0
    ds.BurnedInAnnotation = "NO"
    ds.LossyImageCompression = "00"
    ds.WindowCenter, ds.WindowWidth = "60", "400"
    ds.RescaleIntercept, ds.RescaleSlope = str(_INTERCEPT_HU), "1"
    ds.RescaleType = "HU"


def _write_slice(volume: Volume, shared: Dataset, folder: Path, k: int) -> Path:
    ds = Dataset()
    ds.update(shared)
    position: FloatArray = volume.grid.to_mm((k, 0, 0))
    ds.SOPInstanceUID = _uid("instance", shared.SeriesInstanceUID, k)
    ds.InstanceNumber = str(k + 1)
    ds.ImagePositionPatient = [_number(v) for v in position]
    ds.SliceLocation = _number(float(position[2]))
    stored = np.rint(volume.hu[k]).astype(np.int32) - _INTERCEPT_HU
    ds.PixelData = stored.astype("<u2").tobytes()
    ds["PixelData"].VR = "OW"
    ds.file_meta = _file_meta(str(ds.SOPInstanceUID))
    path = folder / f"ct_{k + 1:04d}.dcm"
    encoded = BytesIO()  # pydicom would wrap a full disk's error in a traceback
    ds.save_as(encoded, enforce_file_format=True)
    path.write_bytes(encoded.getvalue())
    return path


def _file_meta(instance_uid: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = instance_uid
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION_UID
    meta.ImplementationVersionName = "LIVERPLAN"
    return meta


def _number(value: float) -> str:
    """Write a decimal string of at most 16 characters."""
    return f"{float(value):.10g}"[:16]
