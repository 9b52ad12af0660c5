"""A DIMSE archive to misbehave with: honest but where its way says otherwise."""

from __future__ import annotations

import contextlib
import io
import logging
import socket
import threading
from collections.abc import Callable, Iterator

import pydicom
from liverplan_pacs.dimse import FIND, GET, MOVE
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, SecondaryCaptureImageStorage
from pynetdicom import AE, evt
from pynetdicom.dimse_messages import C_GET_RSP, C_STORE_RQ
from pynetdicom.dimse_primitives import C_GET, C_STORE
from pynetdicom.pdu import P_DATA_TF

from misbehaving.images import COUNT, OTHER, PATIENT, SERIES, STUDY, all_images, dataset
from misbehaving.way import Way

US = "LIVERPLAN"
PENDING, SUCCESS = 0xFF00, 0x0000
MOVED = 'retrieve = "move"\nlisten_port = {listen}\n'
PDU = 65536
logging.getLogger("pynetdicom").addHandler(logging.NullHandler())


class Server:
    """An archive: honest but where its way says otherwise.

    Attributes
    ----------
    find, get, move, requested : callables
        Handle what is asked of it.
    """

    def __init__(self, way: Way) -> None:
        self.over = threading.Event()
        self.listen = _free_port()
        self.find, self.get, self.move = _find, getting(all_images), moving(all_images)
        self.ae = AE(ae_title="PACS")
        self.requested: Callable[[evt.Event], None] = lambda _event: None
        self.sent_last: Callable[[evt.Event], None] = lambda _event: None
        self.raw: Callable[[socket.socket], None] | None = None
        self.sent = 0
        way.act(self)

    @property
    def settings(self) -> str:
        """Its entry in the configuration."""
        where = f'protocol = "dimse"\nhost = "127.0.0.1"\nport = {self.port}\ncalled_ae = "PACS"\n'
        return where + (MOVED.format(listen=self.listen) if self.moves else "")

    moves = False
    port = 0

    def call(self, title: str, called: str = US, originator: str = US) -> bool:
        """Call the client where it listens and send it a foreign image; say whether it took it."""
        caller = AE(ae_title=title)
        caller.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
        caller.acse_timeout = caller.dimse_timeout = caller.network_timeout = 2
        link = caller.associate("127.0.0.1", self.listen, ae_title=called)
        if not link.is_established:
            return False
        status = link.send_c_store(dataset(study=OTHER), originator_aet=originator, originator_id=1)
        link.release()
        return "Status" in status and status.Status == SUCCESS

    def heard_from(self, address: str) -> bool:
        """Whether the client hears somebody at an address."""
        where = ("127.0.0.1", self.listen)
        with socket.create_connection(where, 2, (address, 0)) as opened:
            try:
                return bool(opened.recv(1))
            except TimeoutError:
                return True  # it waits for us to speak
            except OSError:
                return False

    def for_ever(self, opened: socket.socket, block: bytes, pause_s: float = 0.0) -> None:
        """Send the same until the client hangs up."""
        with contextlib.suppress(OSError):
            while not self.over.wait(pause_s):
                opened.sendall(block)
                self.sent += len(block)


def _find(_server: Server, event: evt.Event) -> Iterator[tuple[int, pydicom.Dataset]]:
    yield PENDING, answer(event)


def answer(event: evt.Event, **forged: str) -> pydicom.Dataset:
    """Return what a search says of the study, or of its series."""
    found = pydicom.Dataset()
    found.QueryRetrieveLevel = event.identifier.QueryRetrieveLevel
    found.StudyInstanceUID, found.SeriesInstanceUID, found.PatientID = STUDY, SERIES, PATIENT
    found.Modality, found.NumberOfSeriesRelatedInstances = "CT", COUNT
    for keyword, value in forged.items():
        vr = found[keyword].VR
        found[keyword] = DataElement(keyword, vr, value, validation_mode=config.IGNORE)
    return found


def getting(make: Callable[[], list[pydicom.Dataset]]) -> Callable[..., Iterator[object]]:
    def handle(_server: Server, _event: evt.Event) -> Iterator[object]:
        images = make()
        yield len(images)
        for made in images:
            yield PENDING, made

    return handle


def moving(make: Callable[[], list[pydicom.Dataset]]) -> Callable[..., Iterator[object]]:
    def handle(server: Server, _event: evt.Event) -> Iterator[object]:
        yield "127.0.0.1", server.listen
        images = make()
        yield len(images)
        for made in images:
            yield PENDING, made

    return handle


@contextlib.contextmanager
def serving(way: Way) -> Iterator[Server]:
    """Run a server."""
    server = Server(way)
    with _raw(server) if server.raw else _dicom(server) as port:
        server.port = port
        try:
            yield server
        finally:
            server.over.set()


@contextlib.contextmanager
def _dicom(server: Server) -> Iterator[int]:
    ae = server.ae
    for model in (FIND, GET, MOVE):
        ae.add_supported_context(model)
    for kind in (CTImageStorage, SecondaryCaptureImageStorage):
        ae.add_supported_context(kind, ExplicitVRLittleEndian, scu_role=True, scp_role=True)
        ae.add_requested_context(kind, ExplicitVRLittleEndian)
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 10
    handlers = [
        (evt.EVT_C_FIND, lambda event: server.find(server, event)),
        (evt.EVT_C_GET, lambda event: server.get(server, event)),
        (evt.EVT_C_MOVE, lambda event: server.move(server, event)),
        (evt.EVT_REQUESTED, server.requested),
        (evt.EVT_DIMSE_SENT, server.sent_last),
    ]
    running = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    try:
        yield running.server_address[1]
    finally:
        server.over.set()
        ae.shutdown()


@contextlib.contextmanager
def _raw(server: Server) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                opened, _ = listener.accept()
                with opened, contextlib.suppress(OSError):
                    server.raw(opened)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def raw_of(event: evt.Event) -> socket.socket:
    return event.assoc.dul.socket.socket


def send_all(opened: socket.socket | None, pdus: list[bytes]) -> None:
    with contextlib.suppress(OSError, AttributeError):
        opened.sendall(b"".join(pdus))


def store(context_id: int) -> list[bytes]:
    """Return the PDUs of a C-STORE of a foreign image."""
    request = C_STORE()
    request.MessageID, request.Priority = 77, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = CTImageStorage, f"{OTHER}.1"
    request.DataSet = io.BytesIO(bytes(100))
    return pdus(C_STORE_RQ(), request, context_id)


def pdus(message: object, primitive: object, context_id: int) -> list[bytes]:
    message.primitive_to_message(primitive)
    message.context_id = context_id
    found = []
    for data in message.encode_msg(context_id, PDU):
        pdu = P_DATA_TF()
        pdu.from_primitive(data)
        found.append(pdu.encode())
    return found


def final_answer(context_id: int) -> list[bytes]:
    response = C_GET()
    response.MessageIDBeingRespondedTo, response.Status = 1, 0xB000
    response.AffectedSOPClassUID = GET
    response.Identifier = io.BytesIO(bytes(100))
    return pdus(C_GET_RSP(), response, context_id)


def pending_answer(context_id: int) -> list[bytes]:
    response = C_GET()
    response.MessageIDBeingRespondedTo, response.Status = 1, PENDING
    response.AffectedSOPClassUID = GET
    return pdus(C_GET_RSP(), response, context_id)
