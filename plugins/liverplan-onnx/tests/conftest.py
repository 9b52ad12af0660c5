"""A tiny real network, written byte by byte (protobuf), and a CT that it can segment.

The network is one 1x1x1 convolution: its classes are background, liver and lesion by density.
"""

import struct
from pathlib import Path

import numpy as np
import pytest

from liverplan.volume import Grid, Volume

FLOAT, STEEP = 1, 400.0
LIVER_FROM, LESION_FROM = 0.5, 0.8  # of the window


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def whole(field, number):
    return varint(field << 3) + varint(number)


def piece(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, values):
    dims = b"".join(whole(1, n) for n in values.shape)
    raw = struct.pack(f"<{values.size}f", *values.ravel())
    return dims + whole(2, FLOAT) + piece(8, name) + piece(9, raw)


def value(name, rank, classes):
    first = [piece(1, whole(1, 1)), piece(1, whole(1, classes))]
    free = [piece(1, piece(2, f"{name}{n}")) for n in range(rank - 2)]
    shape = piece(2, b"".join([*first, *free]))
    return piece(1, name) + piece(2, piece(1, whole(1, FLOAT) + shape))


def network_bytes(rank=5, weights=(0.0, STEEP, 2 * STEEP), steps=(LIVER_FROM, LESION_FROM)):
    """An ONNX model: (1, 1, ...) to (1, classes, ...), one convolution."""
    a, b = steps
    bias = np.array([0.0, -STEEP * a, -STEEP * (a + b)])[: len(weights)]
    kernel = np.array(weights).reshape(len(weights), 1, *([1] * (rank - 2)))
    node = piece(1, "x") + piece(1, "w") + piece(1, "b") + piece(2, "y") + piece(4, "Conv")
    graph = (
        piece(1, node) + piece(2, "g") + piece(5, tensor("w", kernel)) + piece(5, tensor("b", bias))
        + piece(11, value("x", rank, 1)) + piece(12, value("y", rank, len(weights)))
    )  # fmt: skip
    return whole(1, 8) + piece(7, graph) + piece(8, piece(1, "") + whole(2, 13))


DESCRIPTION = """
schema = "liverplan.onnx/1"
name = "Tiny net"
version = "0.9"
licence = "Apache-2.0"
model = "tiny.onnx"

[input]
spacing_mm = [2.0, 1.5, 1.5]
window_hu = [-100.0, 300.0]
range = [0.0, 1.0]
patch = [16, 24, 24]
overlap_fraction = 0.5

[output]
activation = "softmax"
liver = [1, 2]
lesions = [2]
"""


@pytest.fixture
def write_network(tmp_path, monkeypatch):
    """A function that writes model and description, and points the variable at them.

    ``model`` is its bytes, or the arguments of `network_bytes`.
    """

    def write(model=None, /, **changes):
        text = DESCRIPTION
        for key, new in changes.items():
            lines = [f"{key} = {new}" if x.startswith(f"{key} =") else x for x in text.splitlines()]
            text = "\n".join(lines)
        content = model if isinstance(model, bytes) else network_bytes(**(model or {}))
        (tmp_path / "tiny.onnx").write_bytes(content)
        path = Path(tmp_path / "tiny.toml")
        path.write_text(text, "utf-8")
        monkeypatch.setenv("LIVERPLAN_ONNX", str(path))
        return path

    return write


@pytest.fixture(scope="session")
def ct():
    """A ball of liver (radius 38 mm) with two lesions, on a tilted, flipped, uneven grid."""
    angle = np.deg2rad(14)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0],
                     [0, 0, 1]])  # fmt: skip
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.array([[0, 0, -1.2], [0, 1.1, 0], [2.5, 0, 0]])
    affine[:3, 3] = (70, -40, -55)
    grid = Grid(shape=(44, 92, 90), affine=affine)
    points = grid.to_mm(np.stack(np.indices(grid.shape), axis=-1))
    centre = grid.to_mm((21.5, 45.5, 44.5))
    liver = np.linalg.norm(points - centre, axis=-1) < 38
    lesions = [
        np.linalg.norm(points - (centre + np.array(offset)), axis=-1) < radius
        for offset, radius in (((15, 5, 0), 11), ((-14, -6, 5), 7))
    ]
    hu = np.full(grid.shape, 0, np.int16)
    hu[liver], hu[lesions[0] | lesions[1]] = 160, 290
    return Volume(grid=grid, hu=hu), liver, lesions
