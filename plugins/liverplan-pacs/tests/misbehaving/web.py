"""The ways of an archive behind a DICOMweb address to misbehave."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from pydicom.uid import SecondaryCaptureImageStorage

from misbehaving.images import (
    OTHER,
    all_images,
    dataset,
    deflate_bomb,
    encoded,
    instance,
    study_answer,
)
from misbehaving.way import Ways
from misbehaving.web_server import HTML, JSON, MARK, MULTIPART, Reply, serving

__all__ = ["WAYS", "serving"]
WAYS = Ways()
UNNAMED = "archive.answers_unnamed"


def _images(name: str, says: str, make: Callable[[], list[object]]) -> None:
    """Add a way that sends images, none of which the connection shows to be wrong."""
    WAYS.add(name, says)(lambda reply: reply.images(make()))


_images("honest", "", all_images)
_images("another study", "archive.foreign", lambda: all_images(study=OTHER))
_images("another series", "archive.foreign", lambda: all_images(series=OTHER))
_images("another patient", "archive.patient", lambda: all_images(patient="0815"))
_images(
    "a foreign image among its own",
    "archive.foreign",
    lambda: [*all_images()[:2], dataset(3, study=OTHER)],
)
_images("more images than the series has", "archive.beyond", lambda: [*all_images(), dataset(4)])
_images("one image twice", "archive.twice", lambda: [*all_images()[:2], dataset(2)])
_images("fewer images than the series has", "archive.short", lambda: all_images()[:2])
_images("no image at all", "archive.none", list)
_images(
    "a secondary capture where CT was asked for",
    "archive.other_kind",
    lambda: [dataset(sop_class=SecondaryCaptureImageStorage)],
)
_images(
    "another modality where CT was asked for",
    "archive.other_kind",
    lambda: all_images(modality="MR"),
)


@WAYS.add("an image whose identifiers contradict each other", "archive.contradicts")
def _(reply: Reply) -> None:
    right, wrong = b"1.2.840.10008.5.1.4.1.1.2\0", b"1.2.840.10008.5.1.4.1.1.4\0"
    reply.parts([encoded(dataset()).replace(right, wrong, 1)])


@WAYS.add("an image without identifier", "archive.contradicts")
def _(reply: Reply) -> None:
    made = dataset()
    body = encoded(made).replace(instance(1).encode(), b"\0" * len(instance(1)))
    reply.parts([body])


@WAYS.add("a page in place of DICOM in a part", "archive.no_dicom")
def _(reply: Reply) -> None:
    reply.parts([HTML])


@WAYS.add("a header that is nothing but nesting", "archive.no_dicom")
def _(reply: Reply) -> None:
    body = encoded(dataset())
    nested = b"\x09\x00\x02\x10SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * 20_000
    at = body.index(b"\x10\x00\x10\x00PN")
    reply.parts([body[:at] + nested])


@WAYS.add("an image that inflates to a gigabyte", "archive.no_dicom")
def _(reply: Reply) -> None:
    reply.parts([deflate_bomb()])


@WAYS.add("a page in place of parts", "archive.not_understood")
def _(reply: Reply) -> None:
    reply.head("text/html")
    reply.write(HTML)


@WAYS.add("parts without a boundary", "archive.not_understood")
def _(reply: Reply) -> None:
    reply.head('multipart/related; type="application/dicom"')
    reply.write(HTML)


@WAYS.add("a part of another kind", "archive.not_understood")
def _(reply: Reply) -> None:
    reply.head(MULTIPART)
    reply.write(b"--" + MARK + b"\r\nContent-Type: text/html\r\n\r\n" + HTML)


@WAYS.add("a part whose headers never end", "archive.not_understood")
def _(reply: Reply) -> None:
    reply.head(MULTIPART)
    reply.write(b"--" + MARK + b"\r\n")
    reply.for_ever(b"X-Header: none\r\n" * 1000)


@WAYS.add("a part that ends in the middle", "archive.torn")
def _(reply: Reply) -> None:
    reply.head(MULTIPART)
    reply.write(b"--" + MARK + b"\r\nContent-Type: application/dicom\r\n\r\n")
    reply.write(encoded(dataset())[:-20])


@WAYS.add("an image cut off before its identifiers", "archive.contradicts")
def _(reply: Reply) -> None:
    reply.parts([encoded(dataset())[:300]])


@WAYS.add("a long answer announced and a short one sent", "archive.lost")
def _(reply: Reply) -> None:
    reply.head(MULTIPART, Content_Length="1000000")
    reply.write(b"--" + MARK + b"\r\nContent-Type: application/dicom\r\n\r\n")


@WAYS.add("a terabyte announced", "archive.too_much")
def _(reply: Reply) -> None:
    reply.head(MULTIPART, Content_Length=str(10**12))
    reply.for_ever(b"\0" * 65536)


@WAYS.add("the connection cut in the middle", "archive.lost")
def _(reply: Reply) -> None:
    reply.head(MULTIPART, Transfer_Encoding="chunked")
    reply.write(b"fff\r\n--" + MARK)


@WAYS.add("images packed with gzip", "archive.encoded")
def _(reply: Reply) -> None:
    reply.head(MULTIPART, Content_Encoding="gzip")
    reply.write(gzip.compress(bytes(10**8)))


@WAYS.add("a search's answer packed with gzip", "archive.encoded", find=True)
def _(reply: Reply) -> None:
    reply.head(JSON, Content_Encoding="gzip")
    reply.write(gzip.compress(b"[" * 10**8))


def _redirect(name: str, target: str) -> None:
    def act(reply: Reply) -> None:
        port = reply.server.server_address[1]
        reply.head("text/html", "302 Found", Location=target.format(port=port, path=reply.path))
        reply.for_ever(b"\0" * 65536)  # nobody should read this either

    WAYS.add(f"a redirect to {name}", "archive.redirected")(act)


_redirect("another host", "http://127.0.0.2:{port}/dicom-web/studies")
_redirect("another scheme", "https://127.0.0.1:{port}{path}")
_redirect("itself", "http://127.0.0.1:{port}{path}")
_redirect("a file", "file:///etc/passwd")


def _refusal(status: str, says: str) -> None:
    def act(reply: Reply) -> None:
        reply.head("text/html", status)
        reply.for_ever(HTML)

    WAYS.add(f"status {status} with an endless page", says)(act)


_refusal("401 Unauthorized", "archive.no_leave")
_refusal("403 Forbidden", "archive.no_leave")
_refusal("404 Not Found", "archive.status")
_refusal("429 Too Many Requests", "archive.status")
_refusal("500 Internal Server Error", "archive.status")


@WAYS.add("a search for another patient answered", "archive.answers_other", find=True)
def _(reply: Reply) -> None:
    reply.json([study_answer(t00100020="0815")])


@WAYS.add("a series without UID answered", UNNAMED, find=True)
def _(reply: Reply) -> None:
    reply.json([study_answer(t0020000D="")])


@WAYS.add("a path as a UID answered", UNNAMED, find=True)
def _(reply: Reply) -> None:
    reply.json([study_answer(t0020000D="../../../etc/cron.d/x")])


@WAYS.add("JSON that is nothing but brackets", "archive.not_understood", find=True)
def _(reply: Reply) -> None:
    reply.head(JSON)
    reply.write(b"[" * 1_000_000)


@WAYS.add("a page in place of JSON", "archive.not_understood", find=True)
def _(reply: Reply) -> None:
    reply.head("text/html")
    reply.write(HTML)


@WAYS.add("a number of five million digits", "archive.not_understood", find=True)
def _(reply: Reply) -> None:
    reply.head(JSON)
    reply.write(b"[" + b"9" * 5_000_000 + b"]")


@WAYS.add("JSON that never ends", "archive.too_wide", find=True)
def _(reply: Reply) -> None:
    reply.head(JSON)
    reply.write(b"[")
    reply.for_ever((json.dumps(study_answer()) + ",").encode() * 1000)


@WAYS.add("JSON that grows most in memory", "archive.too_wide", find=True)
def _(reply: Reply) -> None:
    reply.head(JSON)
    reply.write(b"[")
    reply.for_ever(b'{"":0},' * 10_000)


@WAYS.add("as much as a search may answer, which grows most in memory", UNNAMED, find=True)
def _(reply: Reply) -> None:
    reply.head(JSON)
    reply.write(b"[" + b'{"":0},' * 1_140_000 + b"{}]")


@WAYS.add("a header line that never ends", "archive.lost")
def _(reply: Reply) -> None:
    reply.write(b"HTTP/1.1 200 OK\r\nX-Header: ")
    reply.for_ever(b"x" * 65536)


@WAYS.add("headers that never end", "archive.lost")
def _(reply: Reply) -> None:
    reply.write(b"HTTP/1.1 200 OK\r\n")
    reply.for_ever(b"X-Header: none\r\n" * 1000)


@WAYS.add("a chunk's length that never ends", "archive.lost")
def _(reply: Reply) -> None:
    reply.head(MULTIPART, Transfer_Encoding="chunked")
    reply.for_ever(b"0" * 65536)


@WAYS.add("one image that never ends", "archive.too_much", slow=True)
def _(reply: Reply) -> None:
    reply.head(MULTIPART)
    reply.write(b"--" + MARK + b"\r\nContent-Type: application/dicom\r\n\r\n")
    reply.write(encoded(dataset()))
    reply.for_ever(bytes(10**6))


@WAYS.add("no answer after the connection was taken", "archive.lost", slow=True)
def _(reply: Reply) -> None:
    reply.server.over.wait()


@WAYS.add("one byte a second of an image", "archive.too_long", slow=True)
def _(reply: Reply) -> None:
    reply.head(MULTIPART)
    reply.for_ever(b"-", pause_s=0.25)


@WAYS.add("one byte a second of the headers", "archive.too_long", slow=True)
def _(reply: Reply) -> None:
    reply.write(b"HTTP/1.1 200 OK\r\nX-Header: ")
    reply.for_ever(b"x", pause_s=0.25)


@WAYS.add("interim answers without end", "archive.too_long", slow=True)
def _(reply: Reply) -> None:
    reply.for_ever(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, pause_s=0.01)
