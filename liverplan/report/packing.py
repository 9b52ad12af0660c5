"""What the page draws in three dimensions, packed small: a browser unpacks it without a library."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import LiverplanError
from liverplan.report.looks import look_of
from liverplan.report.mesh import Mesh

STEPS = 65535
"""Places are told apart to this part of the longest side, some 0.005 mm."""
THREE = re.compile(r"/\*\*\s+\* @license\s+\* Copyright [-\d]+ Three\.js Authors[^/]*\*/\n[^\n]+\n")
"""three.js with its licence's lines, as a page holds it: one comment, one long line."""


def zipped(content: bytes) -> str:
    """Return bytes as gzip in base64, the same for the same bytes."""
    return base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii")


def three_js() -> str:
    """Return three.js as the trimesh package ships it in its own viewer, which is not imported.

    Raises
    ------
    LiverplanError
        If trimesh's viewer holds no three.js.
    """
    spec = find_spec("trimesh")
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        viewer = Path(place) / "resources" / "templates" / "viewer.zip"
        with ZipFile(viewer) as folder:
            found = THREE.search(folder.read("viewer.html.template").decode("utf-8"))
        if found:
            return found[0]
    raise LiverplanError(
        "The installed trimesh holds no three.js, which draws the report's 3D view."
    )


def packed(meshes: Sequence[Mesh]) -> dict[str, Any]:
    """Return surfaces as JSON: what they are, and all their numbers packed together.

    The numbers are first each surface's (m, 3) indices of vertices as uint32, then each one's
    (3, n) places as uint16, all but the first of a surface as differences from the one before.
    ``low_mm + step_mm * place`` is LPS, mm.
    """
    places = np.concatenate([mesh.vertices_mm for mesh in meshes] or [np.zeros((1, 3))])
    low = places.min(axis=0)
    step = max(float((places.max(axis=0) - low).max()) / STEPS, 1e-6)
    indices = [_differences(mesh.triangles.ravel().astype("<u4")) for mesh in meshes]
    whole = [np.rint((mesh.vertices_mm.T - low[:, None]) / step).astype("<u2") for mesh in meshes]
    numbers = [*indices, *(_differences(one.ravel()) for one in whole)]
    return {
        "parts": [_part(mesh) for mesh in meshes],
        "low_mm": low.tolist(),
        "step_mm": step,
        "numbers": zipped(b"".join(array.tobytes() for array in numbers)),
    }


def _part(mesh: Mesh) -> dict[str, Any]:
    return {
        "kind": mesh.kind,
        "name": mesh.name,
        "look": list(look_of(mesh)),
        "vertices": len(mesh.vertices_mm),
        "triangles": len(mesh.triangles),
    }


def _differences(values: NDArray[Any]) -> NDArray[Any]:
    """(n,) unsigned, each less the one before, past zero as the type wraps round."""
    return np.diff(values, prepend=values.dtype.type(0))
