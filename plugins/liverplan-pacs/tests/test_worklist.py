"""A modality worklist is asked for a day's examinations; only asking connects, nothing listens."""

import pydicom
import pytest
from liverplan_pacs.config import Settings
from liverplan_pacs.dimse import DimseArchive
from liverplan_pacs.worklist import WORKLIST
from pynetdicom import AE, evt

from liverplan.errors import BackendError


def entry(uid, modality="CT", description="CT liver"):
    step = pydicom.Dataset()
    step.Modality, step.ScheduledProcedureStepStartDate = modality, "20260102"
    step.ScheduledProcedureStepDescription = "portal phase"
    found = pydicom.Dataset()
    found.StudyInstanceUID, found.AccessionNumber = uid, "A1"
    found.RequestedProcedureDescription = description
    found.PatientName = "Doe^Jane"
    found.ScheduledProcedureStepSequence = [step]
    return found


@pytest.fixture
def provider():
    """A worklist provider on the loopback; what it was asked, and what it answers."""
    asked, answers = [], []

    def find(event):
        asked.append(event.identifier)
        for answer in answers:
            yield 0xFF00, answer
        yield 0x0000, None

    entity = AE(ae_title="RIS")
    entity.add_supported_context(WORKLIST)
    server = entity.start_server(
        ("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, find)]
    )
    settings = Settings(
        name="ris",
        protocol="dimse",
        host="127.0.0.1",
        port=server.socket.getsockname()[1],
        called_ae="RIS",
        timeout_s=10,
    )
    yield DimseArchive(settings), asked, answers
    server.shutdown()


def test_a_days_examinations_are_listed_with_what_was_requested(provider):
    archive, asked, answers = provider
    answers += [entry("1.2.3"), entry("1.2.4", modality="MR"), entry("1.2.5", description="")]
    found = archive.worklist("20260102", "CT")
    assert [(one.study_uid, one.description) for one in found] == [
        ("1.2.3", "CT liver portal phase"),
        ("1.2.5", "portal phase"),
    ]
    assert {one.date for one in found} == {"20260102"}
    (query,) = asked
    (step,) = query.ScheduledProcedureStepSequence
    assert (step.Modality, step.ScheduledProcedureStepStartDate) == ("CT", "20260102")
    assert "PatientName" not in query


def test_a_study_without_a_valid_uid_ends_the_search(provider):
    archive, _, answers = provider
    answers.append(entry(""))
    with pytest.raises(BackendError, match="no valid UID"):
        archive.worklist("20260102", "CT")


def test_an_archive_that_offers_no_worklist_is_said(provider):
    archive, _, _ = provider
    settings = archive._settings
    plain = AE(ae_title="RIS")
    plain.add_supported_context("1.2.840.10008.1.1")
    server = plain.start_server(("127.0.0.1", 0), block=False)
    port = server.socket.getsockname()[1]
    other = Settings(name="ris", protocol="dimse", host=settings.host, port=port, timeout_s=10)
    try:
        with pytest.raises(BackendError, match=r"does not offer|cannot be reached"):
            DimseArchive(other).worklist("20260102", "CT")
    finally:
        server.shutdown()
