"""Scheduled examinations become a cohort's manifest; what lacks is said and left out."""

import pytest

from liverplan import workflow
from liverplan.cohort.manifest import read_manifest
from liverplan.dicom import FoundSeries, Query, ScheduledStudy
from liverplan.errors import BackendError
from liverplan.words import in_english

LIVER = ScheduledStudy(study_uid="1.2.1", description="CT liver, portal phase", date="20260102")
CHEST = ScheduledStudy(study_uid="1.2.2", description="CT chest", date="20260102")
LATER = ScheduledStudy(study_uid="1.2.3", description="CT LIVER", date="20260102")


class Archive:
    """It schedules three studies, and holds the images of two; each fetch leaves a file."""

    def __init__(self):
        self.fetched = []

    def worklist(self, date, modality, *, cancel=None):
        assert (date, modality) == ("20260102", "CT")
        return [LIVER, CHEST, LATER, LIVER]

    def find(self, query, *, cancel=None):
        assert query == Query(study_uid=query.study_uid, modality="CT")
        uid = query.study_uid
        dose = FoundSeries(study_uid=uid, series_uid=f"{uid}.9", modality="SR")
        ct = [FoundSeries(study_uid=uid, series_uid=f"{uid}.{n}", modality="CT") for n in (1, 2)]
        return [dose] if uid == LATER.study_uid else [dose, *ct]

    def fetch(self, series, folder, *, progress=None, cancel=None):
        self.fetched.append(series.series_uid)
        folder.mkdir(parents=True)
        return folder

    def send(self, paths, *, progress=None, cancel=None):
        raise AssertionError("nothing is sent")


def asked(archive, folder, **more):
    return workflow.fetch_scheduled(archive, archive, folder, date="20260102", **more)


def test_each_scheduled_study_is_fetched_once_and_listed_for_a_cohort(tmp_path):
    archive = Archive()
    found = asked(archive, tmp_path)
    assert archive.fetched == ["1.2.1.1", "1.2.1.2", "1.2.2.1", "1.2.2.2"]
    jobs = read_manifest(found.manifest)
    assert found.studies == len(jobs) == 2
    assert all(len(list((tmp_path / "ct" / job.id).iterdir())) == 2 for job in jobs)


def test_a_study_without_images_yet_is_said_and_left_out(tmp_path):
    (note,) = asked(Archive(), tmp_path, procedure="liver").notes
    assert in_english(note).endswith("is left out: It holds no CT yet.")


def test_only_what_was_requested_so_is_fetched(tmp_path):
    archive = Archive()
    assert asked(archive, tmp_path, procedure="Liver").studies == 1
    assert archive.fetched == ["1.2.1.1", "1.2.1.2"]


def test_what_lies_there_is_not_fetched_again_and_names_are_the_same(tmp_path):
    archive = Archive()
    first = asked(archive, tmp_path).manifest.read_text()
    archive.fetched.clear()
    assert asked(archive, tmp_path).manifest.read_text() == first
    assert archive.fetched == []


def test_names_in_the_manifest_hold_no_number_of_the_archives(tmp_path):
    assert "1.2.1" not in asked(Archive(), tmp_path).manifest.read_text()


def test_nothing_scheduled_is_said(tmp_path):
    found = asked(Archive(), tmp_path, procedure="knee")
    assert found.studies == 0
    assert [note.key for note in found.notes] == ["scheduled.none"]


@pytest.mark.parametrize("date", ["", "today", "2026-01-02"])
def test_a_day_must_be_named_as_archives_write_it(tmp_path, date):
    with pytest.raises(BackendError, match=r"date"):
        workflow.fetch_scheduled(Archive(), Archive(), tmp_path, date=date)


def test_an_archive_without_a_worklist_is_refused_in_words(tmp_path):
    with pytest.raises(BackendError, match="no modality worklist"):
        workflow.fetch_scheduled(object(), Archive(), tmp_path, date="20260102")
