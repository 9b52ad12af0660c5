"""Surfaces as one glTF 2.0 file (.glb), each a named node with its colour.

Vertices stay in LPS mm; the scene's root turns them into glTF's metres with the head up and the
patient's front toward the viewer.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liverplan import __version__
from liverplan.report.looks import look_of, name_of
from liverplan.report.mesh import Mesh

LPS_MM_TO_GLTF = (0.001, 0, 0, 0, 0, 0, -0.001, 0, 0, 0.001, 0, 0, 0, 0, 0, 1)
"""Column by column: left stays x, head becomes y, front becomes z."""

FLOAT, UNSIGNED = 5126, 5125
VERTICES, INDICES = 34962, 34963


def packed(meshes: Sequence[Mesh]) -> bytes:
    """Return a binary glTF 2.0 file of several surfaces."""
    numbers = [array for mesh in meshes for array in _arrays(mesh)]
    starts = np.cumsum([0, *(array.nbytes for array in numbers)])
    document = {
        "asset": {"version": "2.0", "generator": f"liverplan {__version__}"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {
                "name": "LPS mm",
                "matrix": LPS_MM_TO_GLTF,
                **({"children": list(range(1, len(meshes) + 1))} if meshes else {}),
            },
            *({"name": name_of(mesh), "mesh": n} for n, mesh in enumerate(meshes)),
        ],
    }
    if meshes:
        document |= {
            "meshes": [_mesh(n, mesh) for n, mesh in enumerate(meshes)],
            "materials": [_material(mesh) for mesh in meshes],
            "accessors": [_accessor(n, array) for n, array in enumerate(numbers)],
            "bufferViews": [
                {
                    "buffer": 0,
                    "byteOffset": int(start),
                    "byteLength": array.nbytes,
                    "target": INDICES if n % 2 else VERTICES,
                }
                for n, (start, array) in enumerate(zip(starts, numbers, strict=False))
            ],
            "buffers": [{"byteLength": int(starts[-1])}],
        }
    text = json.dumps(document, separators=(",", ":")).encode()
    return _file(text, b"".join(array.tobytes() for array in numbers))


def _arrays(mesh: Mesh) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    return (
        np.ascontiguousarray(mesh.vertices_mm, dtype="<f4"),
        np.ascontiguousarray(mesh.triangles, dtype="<u4"),
    )


def _mesh(number: int, mesh: Mesh) -> dict[str, Any]:
    primitive = {
        "attributes": {"POSITION": 2 * number},
        "indices": 2 * number + 1,
        "material": number,
    }
    return {"name": name_of(mesh), "primitives": [primitive]}


def _material(mesh: Mesh) -> dict[str, Any]:
    red, green, blue, opacity = look_of(mesh)
    linear = [round((part / 255) ** 2.2, 4) for part in (red, green, blue)]
    look = {
        "name": mesh.kind,
        "doubleSided": True,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*linear, opacity],
            "metallicFactor": 0,
            "roughnessFactor": 0.9,
        },
    }
    return look if opacity == 1 else look | {"alphaMode": "BLEND"}


def _accessor(number: int, array: NDArray[np.generic]) -> dict[str, Any]:
    if number % 2:
        return _described(number, UNSIGNED, array.size, "SCALAR")
    ends = {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
    return _described(number, FLOAT, len(array), "VEC3") | ends


def _described(number: int, component: int, count: int, kind: str) -> dict[str, Any]:
    return {"bufferView": number, "componentType": component, "count": count, "type": kind}


def _file(text: bytes, numbers: bytes) -> bytes:
    """Join the two chunks, each filled up to four bytes, behind the header."""
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if numbers:
        chunks += struct.pack("<I4s", len(numbers), b"BIN\0") + numbers
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks
