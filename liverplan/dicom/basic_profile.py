"""What stays of an object that is de-identified, after DICOM PS3.15's Basic Profile, as tables."""

from __future__ import annotations

from pydicom.uid import (
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    EncapsulatedSTLStorage,
    SecondaryCaptureImageStorage,
    SegmentationStorage,
)

PROFILE = "DICOM PS3.15 Annex E Basic Profile"
DUMMY_DATE, DUMMY_TIME = "19000101", "000000"
STANDARD_ROOT = "1.2.840.10008."

NUMBERS_AND_CODES = frozenset(
    {"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "DS", "IS", "CS", "AT", "OF", "OD"}
)
"""Kinds of value that cannot hold a name or a sentence."""
KEPT_BINARY = frozenset(
    {"PixelData", "EncapsulatedDocument", "LUTData", "FileMetaInformationVersion"}
)
KEPT_TEXT = frozenset(
    {
        "Manufacturer",
        "ManufacturerModelName",
        "SoftwareVersions",
        "CodeValue",
        "LongCodeValue",
        "CodingSchemeDesignator",
        "CodingSchemeVersion",
        "CodeMeaning",
        "ConvolutionKernel",
        "RescaleType",
        "StackID",
        "DimensionDescriptionLabel",
        "MIMETypeOfEncapsulatedDocument",
    }
)
OWN_TEXT = frozenset(
    {
        "SeriesDescription",
        "SegmentLabel",
        "SegmentDescription",
        "TrackingID",
        "SegmentAlgorithmName",
        "AlgorithmName",
        "AlgorithmVersion",
        "ContentDescription",
        "DocumentTitle",
        "TextValue",
        "DeviceSerialNumber",
    }
)
"""Free text that stays in objects that liverplan wrote: it wrote these texts as well."""
CHARACTERISTICS = frozenset(
    {"PatientSex", "PatientAge", "PatientSize", "PatientWeight", "PregnancyStatus", "SmokingStatus"}
)
DROPPED = frozenset(
    {
        "RequestAttributesSequence",
        "OriginalAttributesSequence",
        "OtherPatientIDsSequence",
        "ReferencedStudySequence",
        "ReferencedPatientSequence",
        "ReferencedRequestSequence",
        "ReferencedPerformedProcedureStepSequence",
        "ReferencedPatientPhotoSequence",
        "PatientPrimaryLanguageCodeSequence",
        "PatientSexNeutered",
        "IconImageSequence",
        "DigitalSignaturesSequence",
        "EncryptedAttributesSequence",
        "PersonIdentificationCodeSequence",
    }
)
NEEDED_DATES = {
    "ContentDate": DUMMY_DATE,
    "ContentTime": DUMMY_TIME,
    "StudyDate": DUMMY_DATE,
    "StudyTime": DUMMY_TIME,
}
"""Dates that an object or a DICOMDIR cannot be without get a dummy value, as the profile allows."""
DUMMY_STUDY_ID = "1"
OWN_CLASSES = frozenset(
    {
        SegmentationStorage,
        ComprehensiveSRStorage,
        EncapsulatedPDFStorage,
        EncapsulatedSTLStorage,
        SecondaryCaptureImageStorage,
    }
)
SILENT_GROUPS = frozenset({0x0002, 0x0010, 0x0012, 0x0032, 0x0038, 0x4008})
"""Groups in which only what is named stays: patient, trial, study, visit, interpretation."""
