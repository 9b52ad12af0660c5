"""DIMSE: C-FIND finds, C-GET or C-MOVE fetches, C-STORE sends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pydicom
from pydicom.uid import (
    UID,
    ComprehensiveSRStorage,
    CTImageStorage,
    EncapsulatedPDFStorage,
    EncapsulatedSTLStorage,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    SegmentationStorage,
)
from pynetdicom import _config, build_role, evt
from pynetdicom.association import Association
from pynetdicom.events import EventHandlerType

from liverplan.dicom.archive import ArchiveError, FoundSeries, Query, ScheduledStudy
from liverplan.dicom.header import COMPRESSED, NATIVE
from liverplan.dicom.quiet import quiet
from liverplan.dicom.values import Values
from liverplan.errors import LiverplanError
from liverplan.findings import Statement, Value
from liverplan_pacs.answers import Answers
from liverplan_pacs.arrivals import Arrivals
from liverplan_pacs.config import Settings
from liverplan_pacs.transfer import Store, Transfers, tls_context
from liverplan_pacs.watch import Watch, watched_search
from liverplan_pacs.wire import MAX_PDU, Entity, addresses_of
from liverplan_pacs.worklist import WORKLIST, answered, asked

STORED = (
    CTImageStorage,
    EnhancedCTImageStorage,
    SegmentationStorage,
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    EncapsulatedSTLStorage,
)
_log = logging.getLogger(
    "pynetdicom"
)  # it would print to stderr, and what it prints names patients
_log.addHandler(logging.NullHandler())
_log.propagate = False
_config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = (
    False  # with pydicom's warnings
)

FIND = UID("1.2.840.10008.5.1.4.1.2.2.1")
MOVE = UID("1.2.840.10008.5.1.4.1.2.2.2")
GET = UID("1.2.840.10008.5.1.4.1.2.2.3")
"""Of the study root information model."""
ANSWERED = [ImplicitVRLittleEndian, ExplicitVRLittleEndian]
"""Nothing deflated, which a few bytes could blow up."""
SYNTAXES = [
    str(ExplicitVRLittleEndian),
    *sorted((NATIVE | COMPRESSED) - {ExplicitVRLittleEndian}),
]
PENDING = (0xFF00, 0xFF01)
OUT_OF_RESOURCES, NOT_ASKED_FOR = 0xA700, 0xA900
MESSAGE = 1


class DimseArchive(Transfers):
    """An archive that speaks classic DICOM over TCP."""

    def find(self, query: Query, *, cancel: threading.Event | None = None) -> list[FoundSeries]:
        """List the series that a query names."""
        answers = Answers(query, self._settings.name)
        with (
            watched_search(self._settings, cancel) as watch,
            self._entity(watch) as entity,
            self._associated(entity, FIND) as association,
        ):
            for study in list(self._answers(association, _study_query(query), watch)):
                wanted = _series_query(answers.study_uid(study), query)
                for series in self._answers(association, wanted, watch):
                    answers.add(study, series)
        return answers.found

    def worklist(
        self, date: str, modality: str, *, cancel: threading.Event | None = None
    ) -> list[ScheduledStudy]:
        """List what is scheduled on a day or in a range of days."""
        found = []
        with (
            watched_search(self._settings, cancel) as watch,
            self._entity(watch) as entity,
            self._associated(entity, WORKLIST) as association,
        ):
            for status, answer in association.send_c_find(asked(date, modality), WORKLIST):
                watch.go_on()
                self._check(status)
                if answer is not None:
                    found += answered(answer, modality, self._settings.name)
        return found

    def _answers(
        self, association: Association, query: pydicom.Dataset, watch: Watch
    ) -> Iterator[Callable[[str], str]]:
        for status, answer in association.send_c_find(query, FIND):
            watch.go_on()
            self._check(status)
            if answer is not None:
                yield _texts(answer)

    def _retrieve(self, series: FoundSeries, arrivals: Arrivals, watch: Watch) -> None:
        retrieve = self._get if self._settings.retrieve == "get" else self._move
        with self._entity(watch) as entity:
            retrieve(series, arrivals, entity)

    def _get(self, series: FoundSeries, arrivals: Arrivals, entity: Entity) -> None:
        for sop_class in STORED:
            entity.add_requested_context(sop_class, SYNTAXES)
        roles = [build_role(sop_class, scp_role=True) for sop_class in STORED]
        handlers = self._handlers(arrivals, entity.watch)
        with self._associated(entity, GET, ext_neg=roles, evt_handlers=handlers) as association:
            answers = association.send_c_get(_wanted(series), GET, msg_id=MESSAGE)
            self._follow(association, answers, GET, entity.watch)
            arrivals.close()

    def _move(self, series: FoundSeries, arrivals: Arrivals, entity: Entity) -> None:
        """Ask the archive to send to us; we listen only meanwhile, and only to it."""
        settings = self._settings
        for sop_class in STORED:
            entity.add_supported_context(sop_class, SYNTAXES)
        entity.require_calling_aet = _senders(settings)
        entity.senders = addresses_of(settings.sender_hosts or (settings.host,))
        where = (settings.listen_host, settings.listen_port)
        try:
            entity.start_server(
                where,
                block=False,
                evt_handlers=self._handlers(arrivals, entity.watch),
                ssl_context=tls_context(settings, server=True),
            )
        except OSError as error:
            raise self._refusal("archive.listening", port=where[1], host=where[0]) from error
        with self._associated(entity, MOVE) as association:
            answers = association.send_c_move(
                _wanted(series), settings.calling_ae, MOVE, msg_id=MESSAGE
            )
            self._follow(association, answers, MOVE, entity.watch)
            arrivals.close()

    def _handlers(self, arrivals: Arrivals, watch: Watch) -> list[EventHandlerType]:
        names = {self._settings.calling_ae, *_senders(self._settings)}
        return [(evt.EVT_C_STORE, partial(_keep, arrivals, watch, names))]

    def _follow(
        self,
        association: Association,
        answers: Iterator[tuple[pydicom.Dataset, pydicom.Dataset | None]],
        model: str,
        watch: Watch,
    ) -> None:
        """Wait for the end of a transfer; a cancellation is asked for once and then awaited."""
        asked = False
        for status, _ in answers:
            if watch.called_off and not asked:
                association.send_c_cancel(MESSAGE, query_model=model)
                asked = True
            if not asked:
                self._check(status)
        watch.go_on()

    @contextmanager
    def _storing(self, datasets: Sequence[pydicom.Dataset], watch: Watch) -> Iterator[Store]:
        with self._entity(watch) as entity:
            for wanted in {(d.SOPClassUID, d.file_meta.TransferSyntaxUID) for d in datasets}:
                entity.add_requested_context(*wanted)
            with self._associated(entity) as association:
                yield partial(self._store, association)

    def _store(self, association: Association, path: Path, dataset: pydicom.Dataset) -> None:
        try:
            status = association.send_c_store(dataset)
        except (RuntimeError, ValueError) as error:
            if association.is_established:
                raise self._refusal("archive.kind_refused", file=path.name) from error
            raise self._refusal("archive.lost") from error
        self._check(status)

    @contextmanager
    def _entity(self, watch: Watch) -> Iterator[Entity]:
        entity = Entity(self._settings, watch)
        try:
            yield entity
        finally:
            entity.end()

    @contextmanager
    def _associated(
        self,
        entity: Entity,
        model: UID | None = None,
        **more: Any,  # noqa: ANN401 - as pynetdicom takes it
    ) -> Iterator[Association]:
        settings = self._settings
        tls = tls_context(settings)
        if model is not None:
            entity.add_requested_context(model, ANSWERED)
        association = entity.associate(
            settings.host,
            settings.port,
            ae_title=settings.called_ae,
            max_pdu=MAX_PDU,
            tls_args=(tls, settings.host) if tls else None,
            **more,
        )
        self._require_accepted(association, model)
        yield association
        if association.is_established:
            association.release()

    def _require_accepted(self, association: Association, model: UID | None) -> None:
        if association.is_rejected:
            raise self._refusal("archive.rejected")
        if not association.is_established:
            raise self._refusal("archive.unreachable")
        accepted = {
            (context.abstract_syntax, context.transfer_syntax[0])
            for context in association.accepted_contexts
        }
        if model is not None and not accepted & {(model, syntax) for syntax in ANSWERED}:
            raise self._refusal("archive.unsupported", what=model.name)

    def _check(self, status: pydicom.Dataset) -> None:
        if "Status" not in status:
            raise self._refusal("archive.lost")
        if status.Status not in {0x0000, *PENDING}:
            raise self._refusal("archive.failed", status=f"{status.Status:04X}")

    def _refusal(self, key: str, **values: Value) -> ArchiveError:
        return ArchiveError(Statement.of(key, archive=self._settings.name, **values))


def _senders(settings: Settings) -> list[str]:
    """Return the names under which images may be sent to us."""
    return list(settings.sender_aes or (settings.called_ae,))


def _keep(arrivals: Arrivals, watch: Watch, names: set[str], event: evt.Event) -> int:
    """Handle a C-STORE: write the image as it came; what nobody asked for ends the transfer.

    It may name who asked for it, and by which message. Some archives name themselves.
    """
    asked_by = str(event.request.MoveOriginatorApplicationEntityTitle or "").strip()
    message = event.request.MoveOriginatorMessageID
    if (asked_by and asked_by not in names) or message not in {None, MESSAGE}:
        return NOT_ASKED_FOR
    path = arrivals.place_for_one()
    try:
        with path.open("wb") as file:
            file.write(event.encoded_dataset())
        arrivals.keep(path)
    except OSError:
        return OUT_OF_RESOURCES  # the archive then reports the failure
    except LiverplanError as refusal:
        watch.end(refusal)
        return NOT_ASKED_FOR
    return 0x0000


def _wanted(series: FoundSeries) -> pydicom.Dataset:
    query = pydicom.Dataset()
    query.QueryRetrieveLevel = "SERIES"
    query.StudyInstanceUID, query.SeriesInstanceUID = series.study_uid, series.series_uid
    return query


def _study_query(query: Query) -> pydicom.Dataset:
    wanted = pydicom.Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.PatientID, wanted.PatientName = query.patient_id, query.patient_name
    wanted.AccessionNumber, wanted.StudyDate = query.accession, query.study_date
    wanted.StudyInstanceUID = query.study_uid
    return wanted


def _series_query(study_uid: str, query: Query) -> pydicom.Dataset:
    wanted = pydicom.Dataset()
    wanted.QueryRetrieveLevel = "SERIES"
    wanted.StudyInstanceUID, wanted.SeriesInstanceUID = study_uid, ""
    wanted.Modality, wanted.SeriesDescription = query.modality, ""
    wanted.NumberOfSeriesRelatedInstances = None
    return wanted


def _texts(answer: pydicom.Dataset) -> Callable[[str], str]:
    """Return what gives an answer's text by its keyword."""
    values = Values(answer)

    def text(keyword: str) -> str:
        with quiet():
            return values.text(keyword)

    return text
