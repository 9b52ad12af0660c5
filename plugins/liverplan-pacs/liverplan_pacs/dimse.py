"""DIMSE: C-FIND finds, C-GET or C-MOVE fetches, C-STORE sends."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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
    SegmentationStorage,
)
from pynetdicom import AE, build_role, evt
from pynetdicom.association import Association
from pynetdicom.events import EventHandlerType
from pynetdicom.transport import AssociationSocket

from liverplan.dicom.archive import FoundSeries, Query, Told
from liverplan.dicom.header import COMPRESSED, NATIVE
from liverplan.errors import BackendError, CancelledError
from liverplan_pacs.transfer import Store, Transfers, found_series, tell_fetched, tls_context

STORED = (
    CTImageStorage,
    EnhancedCTImageStorage,
    SegmentationStorage,
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    EncapsulatedSTLStorage,
)
logging.getLogger("pynetdicom").addHandler(logging.NullHandler())  # it would print to stderr

FIND = UID("1.2.840.10008.5.1.4.1.2.2.1")
MOVE = UID("1.2.840.10008.5.1.4.1.2.2.2")
GET = UID("1.2.840.10008.5.1.4.1.2.2.3")
"""Of the study root information model."""
PENDING = (0xFF00, 0xFF01)
MAX_PDU = 131072


class _Socket(AssociationSocket):
    """Closed also where the peer has gone: pynetdicom gives up once it cannot shut down."""

    def _shutdown_socket(self) -> None:
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()


class _Entity(AE):
    """An application entity that leaves no open socket behind."""

    def _create_socket(self, assoc: Association, address: Any, tls_args: Any) -> _Socket:  # noqa: ANN401
        made = _Socket(assoc, address=address)
        made.tls_args = tls_args
        return made


class DimseArchive(Transfers):
    """An archive that speaks classic DICOM over TCP."""

    def find(self, query: Query) -> list[FoundSeries]:
        """List the series that a query names."""
        entity = self._entity()
        entity.add_requested_context(FIND)
        with self._associated(entity) as association:
            studies = list(self._answers(association, _study_query(query)))
            return [
                found_series(_texts(study), _texts(answer))
                for study in studies
                for answer in self._answers(association, _series_query(study, query))
            ]

    def _answers(
        self, association: Association, query: pydicom.Dataset
    ) -> Iterator[pydicom.Dataset]:
        model = FIND
        for status, answer in association.send_c_find(query, model):
            self._check(status)
            if answer is not None:
                yield answer

    def _retrieve(
        self,
        series: FoundSeries,
        place: Path,
        progress: Told | None,
        cancel: threading.Event | None,
    ) -> None:
        retrieve = self._get if self._settings.retrieve == "get" else self._move
        retrieve(series, place, progress, cancel)

    def _get(
        self,
        series: FoundSeries,
        place: Path,
        progress: Told | None,
        cancel: threading.Event | None,
    ) -> None:
        entity = self._entity()
        model = GET
        entity.add_requested_context(model)
        for sop_class in STORED:
            entity.add_requested_context(sop_class, [*map(str, NATIVE), *map(str, COMPRESSED)])
        roles = [build_role(sop_class, scp_role=True) for sop_class in STORED]
        handlers: list[EventHandlerType] = [
            (evt.EVT_C_STORE, _keep(place, series.images, progress))
        ]
        with self._associated(entity, ext_neg=roles, evt_handlers=handlers) as association:
            answers = association.send_c_get(_wanted(series), model, msg_id=1)
            self._follow(association, answers, model, cancel)

    def _move(
        self,
        series: FoundSeries,
        place: Path,
        progress: Told | None,
        cancel: threading.Event | None,
    ) -> None:
        """Ask the archive to send to us; we listen only meanwhile."""
        settings = self._settings
        entity = self._entity()
        model = MOVE
        entity.add_requested_context(model)
        for sop_class in STORED:
            entity.add_supported_context(sop_class, [*map(str, NATIVE), *map(str, COMPRESSED)])
        where = (settings.listen_host, settings.listen_port)
        handlers: list[EventHandlerType] = [
            (evt.EVT_C_STORE, _keep(place, series.images, progress))
        ]
        try:
            server = entity.start_server(
                where,
                block=False,
                evt_handlers=handlers,
                ssl_context=tls_context(settings, server=True),
            )
        except OSError as error:
            raise BackendError(f"Port {where[1]} of {where[0]} cannot be listened on.") from error
        try:
            with self._associated(entity) as association:
                answers = association.send_c_move(
                    _wanted(series), settings.calling_ae, model, msg_id=1
                )
                self._follow(association, answers, model, cancel)
        finally:
            if server is not None:
                server.shutdown()

    def _follow(
        self,
        association: Association,
        answers: Iterator[tuple[pydicom.Dataset, pydicom.Dataset | None]],
        model: str,
        cancel: threading.Event | None,
    ) -> None:
        """Wait for the end of a transfer; a cancellation is asked for once and then awaited."""
        asked = False
        for status, _ in answers:
            if not asked and cancel is not None and cancel.is_set():
                association.send_c_cancel(1, query_model=model)
                asked = True
            if not asked:
                self._check(status)
        if asked or (cancel is not None and cancel.is_set()):
            raise CancelledError("The transfer was cancelled.")

    @contextmanager
    def _storing(self, datasets: Sequence[pydicom.Dataset]) -> Iterator[Store]:
        entity = self._entity()
        for wanted in {(d.SOPClassUID, d.file_meta.TransferSyntaxUID) for d in datasets}:
            entity.add_requested_context(*wanted)
        with self._associated(entity) as association:
            yield partial(self._store, association)

    def _store(self, association: Association, path: Path, dataset: pydicom.Dataset) -> None:
        try:
            status = association.send_c_store(dataset)
        except (RuntimeError, ValueError) as error:
            lost = not association.is_established
            what = "was lost" if lost else f"does not take {path.name}: its kind is not accepted"
            raise BackendError(f"The connection to {self._settings.name} {what}.") from error
        self._check(status)

    def _entity(self) -> _Entity:
        entity = _Entity(ae_title=self._settings.calling_ae)
        entity.maximum_pdu_size = MAX_PDU
        entity.acse_timeout = entity.dimse_timeout = self._settings.timeout_s
        entity.network_timeout = entity.connection_timeout = self._settings.timeout_s
        return entity

    @contextmanager
    def _associated(self, entity: _Entity, **more: Any) -> Iterator[Association]:  # noqa: ANN401
        settings = self._settings
        tls = tls_context(settings)
        association = entity.associate(
            settings.host,
            settings.port,
            ae_title=settings.called_ae,
            max_pdu=MAX_PDU,
            tls_args=(tls, settings.host) if tls else None,
            **more,
        )
        if not association.is_established:
            raise BackendError(f"{settings.name} cannot be reached, or does not accept us.")
        try:
            yield association
        finally:
            if association.is_established:
                association.release()

    def _check(self, status: pydicom.Dataset) -> None:
        if "Status" not in status:
            raise BackendError(f"The connection to {self._settings.name} was lost.")
        if status.Status not in {0x0000, *PENDING}:
            raise BackendError(f"{self._settings.name} failed with status {status.Status:04X}.")


def _keep(place: Path, expected: int | None, progress: Told | None) -> Callable[[evt.Event], int]:
    """Handle a C-STORE: write the image as it came, under a name of our own."""
    count = 0

    def handle(event: evt.Event) -> int:
        nonlocal count
        count += 1
        try:
            (place / f"{count:05d}.dcm").write_bytes(event.encoded_dataset())
        except OSError:
            return 0xA700  # out of resources: the archive then reports the failure
        tell_fetched(progress, count, expected)
        return 0x0000

    return handle


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


def _series_query(study: pydicom.Dataset, query: Query) -> pydicom.Dataset:
    wanted = pydicom.Dataset()
    wanted.QueryRetrieveLevel = "SERIES"
    wanted.StudyInstanceUID, wanted.SeriesInstanceUID = study.StudyInstanceUID, ""
    wanted.Modality, wanted.SeriesDescription = query.modality, ""
    wanted.NumberOfSeriesRelatedInstances = None
    return wanted


def _texts(dataset: pydicom.Dataset) -> Callable[[str], str]:
    """Return what gives an element's text by its keyword."""
    return lambda keyword: str(dataset.get(keyword) or "")
