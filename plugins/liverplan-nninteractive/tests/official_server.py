"""A small server with the HTTP interface of nnInteractive's own; it grows regions of like density.

It knows leases, a key, and how to be full; arrays travel in the client's own format.
"""

import contextlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
from nnInteractive.inference.remote.serialization import pack_array, unpack_array
from region_server import RegionServer

CAPABILITIES = {
    "supported_interactions": {}, "channel_mapping": {}, "num_interaction_channels": 7,
    "supports_initial_label": True, "supports_zero_shot_label_refinement": False,
    "preferred_scribble_thickness": [2, 2, 2], "interaction_decay": 0.9,
    "inference_session_version": "2", "license": "CC BY-NC-SA 4.0",
}  # fmt: skip


class OfficialRegionServer(RegionServer):
    def __init__(self):
        ThreadingHTTPServer.__init__(self, ("127.0.0.1", 0), Handler)
        self.image = self.object = None
        self.heard, self.headers_heard = [], []
        self.delay_s, self.say_instead, self.say_once = 0.0, None, None
        self.key, self.taken, self.released = None, False, 0

    def claim(self, _):
        if self.taken:
            return 503, {"detail": "server is at capacity"}
        self.taken = True
        return 200, {"lease_token": "t", "idle_timeout_seconds": 9, "liveness_timeout_seconds": 0}

    def release(self, _):
        self.taken, self.released = False, self.released + 1
        return 200, {}

    def set_image(self, body):
        (self.image,) = unpack_array(body).astype(np.int32)
        self.object = np.zeros(self.image.shape, bool)
        return 200, {"original_image_shape": [1, *self.image.shape]}

    def set_target_buffer(self, body):
        assert json.loads(body) == {"shape": list(self.image.shape), "dtype": "uint8"}
        return 200, {}

    def reset_interactions(self, _):
        self.object[:] = False
        return 200, {}

    def prompted(self, name, body, meta):
        told = meta if name == "add_scribble_interaction" else json.loads(body)
        inside = told["include_interaction"]
        if name == "add_point_interaction":
            self.add_point_interaction(told["coordinates"], inside)
        elif name == "add_bbox_interaction":
            low, high = zip(*told["bbox_coords"], strict=True)
            self.add_bbox_interaction(low, high, inside)
        else:
            self.grow(unpack_array(body) != 0, inside)
        meta = {"ran_prediction": True, "bbox": [[0, n] for n in self.object.shape]}
        return 200, pack_array(self.object.astype(np.uint8)), {"X-Meta": json.dumps(meta)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.heard.append(self.path.strip("/"))
        self.answer(200, {"ok": True} if self.path == "/healthz" else CAPABILITIES)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name, server = self.path.strip("/"), self.server
        server.heard.append(name)
        server.headers_heard.append(dict(self.headers))
        time.sleep(server.delay_s)
        if server.key and self.headers.get("Authorization") != f"Bearer {server.key}":
            self.answer(401, {"detail": "Invalid bearer token"})
        elif server.say_once and name not in ("claim", "release"):
            once, server.say_once = server.say_once, None
            self.answer(*once)
        elif server.say_instead and name not in ("claim", "release"):
            self.answer(*server.say_instead)
        elif name.startswith("add_"):
            self.answer(*server.prompted(name, body, json.loads(self.headers.get("X-Meta", "{}"))))
        else:
            self.answer(*getattr(server, name)(body))

    def answer(self, status, content, headers=None):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def running_official():
    server = OfficialRegionServer()
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
