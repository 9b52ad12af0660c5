"""The ways of a DIMSE archive to misbehave."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator

import pydicom
from liverplan_pacs.dimse import FIND, GET
from pydicom.uid import CTImageStorage, SecondaryCaptureImageStorage
from pynetdicom import evt
from pynetdicom.dimse_messages import C_FIND_RSP, C_GET_RSP
from pynetdicom.dimse_primitives import C_FIND

from misbehaving.dimse_server import (
    PDU,
    PENDING,
    SUCCESS,
    US,
    Server,
    answer,
    final_answer,
    getting,
    moving,
    pdus,
    pending_answer,
    raw_of,
    send_all,
    serving,
    store,
)
from misbehaving.images import COUNT, OTHER, STUDY, all_images, dataset
from misbehaving.way import Ways

__all__ = ["WAYS", "serving"]
WAYS = Ways()


def _images(
    name: str, says: str, make: Callable[[], list[pydicom.Dataset]], get: str | None = None
) -> None:
    """Add a way that sends images, by C-GET and by C-MOVE."""

    def by_get(server: Server) -> None:
        server.get = getting(make)

    def by_move(server: Server) -> None:
        server.moves, server.move = True, moving(make)

    WAYS.add(f"{name} (C-GET)", says if get is None else get)(by_get)
    WAYS.add(f"{name} (C-MOVE)", says)(by_move)


_images("honest", "", all_images)
_images("another study", "archive.foreign", lambda: all_images(study=OTHER))
_images("another series", "archive.foreign", lambda: all_images(series=OTHER))
_images("another patient", "archive.patient", lambda: all_images(patient="0815"))
_images("more images than the series has", "archive.beyond", lambda: [*all_images(), dataset(4)])
_images("one image twice", "archive.twice", lambda: [*all_images()[:2], dataset(2)])
_images("fewer images than the series has", "archive.short", lambda: all_images()[:2])
_images("no image at all", "archive.none", list)
_images(
    "another modality where CT was asked for",
    "archive.other_kind",
    lambda: all_images(modality="MR"),
)
_images(
    "a secondary capture, which nobody takes",
    "archive.failed",
    lambda: [*all_images()[:2], dataset(3, sop_class=SecondaryCaptureImageStorage)],
)


@WAYS.add("a client that is refused", "archive.rejected")
def _(server: Server) -> None:
    server.ae.require_calling_aet = ["SOMEBODY"]


@WAYS.add("nothing that can fetch on offer", "archive.unsupported")
def _(server: Server) -> None:
    server.requested = _without_get


def _without_get(event: evt.Event) -> None:
    keep = [c for c in event.assoc.acceptor.supported_contexts if c.abstract_syntax != GET]
    event.assoc.acceptor.supported_contexts = keep


@WAYS.add("an abort in the middle", "archive.lost")
def _(server: Server) -> None:
    def get(_server: Server, event: evt.Event) -> Iterator[object]:
        yield COUNT
        yield PENDING, dataset(1)
        event.assoc.abort()

    server.get = get


@WAYS.add("the connection cut in the middle", "archive.lost")
def _(server: Server) -> None:
    def get(_server: Server, event: evt.Event) -> Iterator[object]:
        yield COUNT
        yield PENDING, dataset(1)
        raw_of(event).shutdown(socket.SHUT_RDWR)
        yield PENDING, dataset(2)

    server.get = get


@WAYS.add("a failure as the final answer", "archive.failed")
def _(server: Server) -> None:
    def get(_server: Server, _event: evt.Event) -> Iterator[object]:
        yield COUNT
        yield PENDING, dataset(1)
        yield 0xC001, None

    server.get = get


@WAYS.add("an image after the final answer", "", or_says="archive.contradicts")
def _(server: Server) -> None:
    def late(event: evt.Event) -> None:
        message = event.message
        if isinstance(message, C_GET_RSP) and message.command_set.Status == SUCCESS:
            link = event.assoc
            context = next(c for c in link.accepted_contexts if c.abstract_syntax == CTImageStorage)
            pdus = store(context.context_id)
            threading.Timer(0.01, send_all, [link.dul.socket.socket, pdus]).start()

    server.sent_last = late


def _flood(name: str, says: str, message: Callable[[], object], slow: bool) -> None:
    """Add a way that sends one message of which the end never comes."""

    def act(server: Server) -> None:
        def get(_server: Server, event: evt.Event) -> Iterator[object]:
            link = event.assoc
            kind = CTImageStorage if message is store else GET
            context = next(c for c in link.accepted_contexts if c.abstract_syntax == kind)
            first = message(context.context_id)[0]
            body = bytes([context.context_id, 0]) + bytes(PDU)
            item = len(body).to_bytes(4, "big") + body
            pdu = b"\x04\0" + len(item).to_bytes(4, "big") + item
            send_all(raw_of(event), [first])
            server.for_ever(raw_of(event), pdu)
            yield 0

        server.get = get

    WAYS.add(name, says, slow=slow)(act)


_flood("one image that never ends", "archive.too_much", store, slow=True)
_flood("a final answer that never ends", "archive.too_much", final_answer, slow=True)


@WAYS.add("pending answers without end (C-GET)", "archive.too_long", slow=True)
def _(server: Server) -> None:
    def get(_server: Server, event: evt.Event) -> Iterator[object]:
        found = [c for c in event.assoc.accepted_contexts if c.abstract_syntax == GET]
        server.for_ever(raw_of(event), b"".join(pending_answer(found[0].context_id)), 0.05)
        yield 0

    server.get = get


@WAYS.add(
    "pending answers in a flood (C-GET)", "archive.too_much", or_says="archive.too_long", slow=True
)
def _(server: Server) -> None:
    def get(_server: Server, event: evt.Event) -> Iterator[object]:
        found = [c for c in event.assoc.accepted_contexts if c.abstract_syntax == GET]
        server.for_ever(raw_of(event), b"".join(pending_answer(found[0].context_id)) * 500)
        yield 0

    server.get = get


@WAYS.add("a message of four gigabytes announced", "archive.not_understood")
def _(server: Server) -> None:
    def get(_server: Server, event: evt.Event) -> Iterator[object]:
        send_all(raw_of(event), [b"\x04\0\xff\xff\xff\xf0"])
        server.for_ever(raw_of(event), bytes(PDU))
        yield 0

    server.get = get


@WAYS.add("a first answer of four gigabytes announced", "archive.not_understood")
def _(server: Server) -> None:
    def raw(opened: socket.socket) -> None:
        opened.recv(PDU)
        opened.sendall(b"\x02\0\xff\xff\xff\xf0")
        server.for_ever(opened, bytes(PDU))

    server.raw = raw


@WAYS.add("a web page in place of DICOM", "archive.unreachable")
def _(server: Server) -> None:
    server.raw = lambda opened: opened.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@WAYS.add("no answer after the connection was taken", "archive.unreachable", slow=True)
def _(server: Server) -> None:
    server.raw = lambda _opened: server.over.wait()


@WAYS.add("one byte a second of the first answer", "archive.unreachable", slow=True)
def _(server: Server) -> None:
    def raw(opened: socket.socket) -> None:
        opened.recv(PDU)
        opened.sendall(b"\x02\0\0\0\x10\0")
        server.for_ever(opened, b"\0", 0.25)

    server.raw = raw


@WAYS.add("one byte a second of an image", "archive.lost", slow=True)
def _(server: Server) -> None:
    def get(_server: Server, event: evt.Event) -> Iterator[object]:
        send_all(raw_of(event), [b"\x04\0\0\x01\0\0"])
        server.for_ever(raw_of(event), b"\0", 0.25)
        yield 0

    server.get = get


@WAYS.add("silence while images should move", "archive.lost", slow=True)
def _(server: Server) -> None:
    def move(_server: Server, _event: evt.Event) -> Iterator[object]:
        yield "127.0.0.1", server.listen
        yield COUNT
        server.over.wait()
        yield PENDING, dataset(1)

    server.moves, server.move = True, move


def _finding(name: str, says: str, **forged: str) -> None:
    def act(server: Server) -> None:
        def find(_server: Server, event: evt.Event) -> Iterator[object]:
            yield PENDING, answer(event, **forged)

        server.find = find

    WAYS.add(name, says, find=True)(act)


_finding("honest (C-FIND)", "")
_finding("a search for another patient answered", "archive.answers_other", PatientID="0815")
_finding("a study without UID answered", "archive.answers_unnamed", StudyInstanceUID="")
_finding("a path as a UID answered", "archive.answers_unnamed", SeriesInstanceUID="../../etc/x")


@WAYS.add("a series of another study answered", "archive.answers_other", find=True)
def _(server: Server) -> None:
    def find(_server: Server, event: evt.Event) -> Iterator[object]:
        series = event.identifier.QueryRetrieveLevel == "SERIES"
        yield PENDING, answer(event, StudyInstanceUID=OTHER if series else STUDY)

    server.find = find


def _flooded(server: Server, event: evt.Event, uid: bytes) -> None:
    """Answer a search with one UID of a study without end."""
    context = next(c for c in event.assoc.accepted_contexts if c.abstract_syntax == FIND)
    response = C_FIND()
    response.MessageIDBeingRespondedTo, response.Status = event.request.MessageID, PENDING
    response.AffectedSOPClassUID = FIND
    response.Identifier = io.BytesIO(b"\x20\0\x0d\0\x04\0\0\0" + uid)
    block = b"".join(pdus(C_FIND_RSP(), response, context.context_id))
    server.for_ever(raw_of(event), block * 100)


@WAYS.add(
    "answers to a search without end",
    "archive.too_wide",
    find=True,
    or_says="archive.too_long",
    slow=True,
)
def _(server: Server) -> None:
    def find(_server: Server, event: evt.Event) -> Iterator[object]:
        _flooded(server, event, b"1.2\0")
        yield SUCCESS, None

    server.find = find


@WAYS.add("a flood of series of another study", "archive.answers_other", find=True)
def _(server: Server) -> None:
    def find(_server: Server, event: evt.Event) -> Iterator[object]:
        if event.identifier.QueryRetrieveLevel == "STUDY":
            yield PENDING, answer(event)
        else:
            _flooded(server, event, b"1.2\0")

    server.find = find


def _stranger(name: str, heard: Callable[[Server], bool]) -> None:
    """Add a way where somebody else calls us while the archive moves images to us."""

    def act(server: Server) -> None:
        def move(_server: Server, event: evt.Event) -> Iterator[object]:
            assert not heard(server)
            yield from moving(all_images)(server, event)

        server.moves, server.move = True, move

    WAYS.add(name, "")(act)


_stranger("a call under another name than the archive's", lambda server: server.call("STRANGER"))
_stranger("a call for somebody else", lambda server: server.call("PACS", "SOMEBODY"))
_stranger(
    "a call for a transfer that somebody else began", lambda server: server.call("PACS", US, "ELSE")
)
_stranger("a call from another address", lambda server: server.heard_from("127.0.0.9"))
