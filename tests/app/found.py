"""A series as an archive tells of it."""

from liverplan.dicom.archive import FoundSeries

FOUND = FoundSeries(
    study_uid="1.2.3",
    series_uid="1.2.3.4",
    modality="CT",
    description="Portal venous",
    study_date="20240131",
    patient_id="4711",
    patient_name="Phantom",
    images=73,
)
