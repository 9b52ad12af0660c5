"""A small server with SlicerNNInteractive's HTTP interface; it grows regions of like density.

It keeps what the real one keeps (one image, one object), answers as the real one does (masks as
gzipped bits, refusals as JSON with status 200), and behaves badly where a test tells it to.
"""

import contextlib
import gzip
import io
import json
import time
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
from scipy import ndimage

TOLERANCE_HU = 40


class RegionServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.image = self.object = None
        self.heard, self.headers_heard = [], []
        self.delay_s = 0.0
        self.say_instead = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def upload_image(self, file):
        self.image = np.load(io.BytesIO(file)).astype(np.int32)
        self.object = np.zeros(self.image.shape, bool)

    def upload_segment(self, file):
        self.object = unzipped(file) != 0

    def add_point_interaction(self, voxel_coord, positive_click):
        seed = np.zeros(self.image.shape, bool)
        seed[tuple(voxel_coord)] = True
        self.grow(seed, positive_click)

    def add_bbox_interaction(self, outer_point_one, outer_point_two, positive_click):
        sides = [slice(a, b) for a, b in zip(outer_point_one, outer_point_two, strict=True)]
        assert sorted(s.stop - s.start for s in sides)[0] == 1  # the networks know flat boxes only
        seed = np.zeros(self.image.shape, bool)
        seed[tuple((s.start + s.stop) // 2 for s in sides)] = True
        self.grow(seed, positive_click)

    def add_scribble_interaction(self, file, positive_click):
        self.grow(unzipped(file) != 0, positive_click == "true")

    def grow(self, seed, positive):
        like = np.abs(self.image - np.median(self.image[seed])) < TOLERANCE_HU
        region = ndimage.binary_propagation(seed & like, mask=like)
        self.object = self.object | region if positive else self.object & ~region


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name, server = self.path.strip("/"), self.server
        server.heard.append(name)
        server.headers_heard.append(dict(self.headers))
        time.sleep(server.delay_s)
        if server.say_instead:
            self.answer(*server.say_instead)
        elif name == "upload_image":
            server.upload_image(**self.parts(body))
            self.answer(200, b'{"status":"ok"}')
        elif server.image is None:
            self.answer(200, b'{"status":"error","message":"No image uploaded"}')
        elif name == "upload_segment":
            server.upload_segment(**self.parts(body))
            self.answer(200, b'{"status":"ok"}')
        else:
            getattr(server, name)(**self.parts(body))
            self.answer(
                200,
                gzip.compress(np.packbits(server.object).tobytes()),
                {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"},
            )

    def parts(self, body):
        kind = self.headers["Content-Type"]
        if kind == "application/json":
            return json.loads(body)
        whole = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        found = {}
        for part in whole.get_payload():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            found[name] = content if part.get_filename() else content.decode()
        return found

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def unzipped(file):
    return np.load(io.BytesIO(gzip.decompress(file)))


@contextlib.contextmanager
def running():
    server = RegionServer()
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
