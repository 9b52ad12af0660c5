"""An archive behind a DICOMweb address to misbehave with: honest but where its way acts."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator, Sequence

from misbehaving.images import all_images, encoded, study_answer
from misbehaving.way import Way

MARK = b"mark-of-this-test"
MULTIPART = f'multipart/related; type="application/dicom"; boundary="{MARK.decode()}"'
JSON = "application/dicom+json"
HTML = b"<html>" + b"<p>No. </p>" * 200_000


class Reply(socketserver.StreamRequestHandler):
    """What the archive says to one request."""

    server: Server

    def handle(self) -> None:
        """Misbehave where this way does, and be honest elsewhere."""
        line = self.rfile.readline().decode("latin-1")
        while self.rfile.readline().strip():
            pass
        self.path = line.split(" ")[1] if " " in line else ""
        images = "/series/" in self.path
        with contextlib.suppress(OSError):  # the client may hang up
            if images == (self.server.way.asked == "fetch"):
                self.server.way.act(self)
            elif images:
                self.images(all_images())
            else:
                self.json([study_answer()])

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.request.sendall(data)
        self.server.sent += len(data)

    def head(self, kind: str, status: str = "200 OK", **headers: str) -> None:
        """Send the head of an answer whose body lasts until the connection ends."""
        named = {"Content-Type": kind, "Connection": "close", **headers}
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
        self.write("\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode())

    def json(self, document: object) -> None:
        """Answer a search."""
        self.head(JSON)
        self.write(json.dumps(document).encode())

    def images(self, datasets: Sequence[object], end: bytes = b"--\r\n") -> None:
        """Answer with images."""
        self.parts([encoded(made) for made in datasets], end)

    def parts(self, bodies: Sequence[bytes], end: bytes = b"--\r\n") -> None:
        """Answer with parts, whatever they are."""
        self.head(MULTIPART)
        for body in bodies:
            self.write(b"--" + MARK + b"\r\nContent-Type: application/dicom\r\n\r\n" + body)
            self.write(b"\r\n")
        self.write(b"--" + MARK + end)

    def for_ever(self, block: bytes, pause_s: float = 0.0) -> None:
        """Send the same until the client hangs up."""
        while not self.server.over.wait(pause_s):
            self.write(block)


class Server(socketserver.ThreadingTCPServer):
    """A web server with one way to misbehave."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self, way: Way) -> None:
        super().__init__(("127.0.0.1", 0), Reply)
        self.way, self.sent, self.over = way, 0, threading.Event()

    @property
    def settings(self) -> str:
        """Its entry in the configuration."""
        url = f"http://127.0.0.1:{self.server_address[1]}/dicom-web"
        return f'protocol = "dicomweb"\nurl = "{url}"\n'

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever misbehaves is hung up on."""


@contextlib.contextmanager
def serving(way: Way) -> Iterator[Server]:
    """Run a server."""
    with Server(way) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
