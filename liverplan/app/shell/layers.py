"""Layers of napari out of liverplan's values, and back: labels, points, lines, surfaces.

napari's world is here the patient's: axes (z, y, x) in millimetres, to the head, to the back and to
the patient's left, which is LPS read backwards. A layer out of here is a tuple as napari's plugins
return them (``Layer.create(*made)``); back, any layer serves whose world is that one, wherever its
scale, translation and affine lay it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liverplan.errors import InputError
from liverplan.report.looks import look_of, name_of
from liverplan.report.mesh import Kind, Mesh
from liverplan.segmentation import Segmentation
from liverplan.segmentation.files.origins import read_origins, told
from liverplan.volume import POSITION_TOLERANCE_MM, FloatArray, Grid, Volume

if TYPE_CHECKING:
    from napari.layers import Labels, Layer, Points, Shapes, Surface  # type: ignore[import-untyped]

LayerData = tuple[Any, dict[str, Any], str]

AFFINE, FRAME = "liverplan_affine", "liverplan_frame_uid"
ORIGINS, VOXELS = "liverplan_masks", "liverplan_sha256"
SURFACE, SURFACE_NAME = "liverplan_surface", "liverplan_name"
IN_PATIENT: Mapping[str, object] = {"units": "mm", "axis_labels": ("z", "y", "x")}
MARK_MM = 6.0
BACKWARDS = [2, 1, 0]


def ct_layer(volume: Volume, name: str = "CT") -> LayerData:
    """Return a CT as an image layer."""
    return volume.hu, {**_placed(volume.grid, name), "contrast_limits": (-135, 215)}, "image"


def labels_layer(segmentation: Segmentation, name: str = "Liver and metastases") -> LayerData:
    """Return a segmentation as a labels layer that anybody may paint on."""
    labels, attributes = np.array(segmentation.labels), _placed(segmentation.grid, name)
    attributes["metadata"] |= {
        ORIGINS: told(segmentation.provenance),
        VOXELS: _hash(labels),
    }
    return labels, attributes, "labels"


def points_layer(points_mm: Mapping[str, ArrayLike], name: str = "Points") -> LayerData:
    """Return named points, each a (3,) array in LPS mm, as a points layer."""
    data = np.array(list(points_mm.values()), np.float64).reshape(-1, 3)[:, BACKWARDS]
    features = {"name": list(points_mm)}
    return data, {**IN_PATIENT, "name": name, "size": MARK_MM, "features": features}, "points"


def lines_layer(lines_mm: Sequence[ArrayLike], name: str = "Lines") -> LayerData:
    """Return lines, each an (n, 3) array in LPS mm, as a shapes layer of paths."""
    data = [np.asarray(line, np.float64)[:, BACKWARDS] for line in lines_mm]
    return data, {**IN_PATIENT, "name": name, "shape_type": "path", "ndim": 3}, "shapes"


def surface_layer(mesh: Mesh) -> LayerData:
    """Return a surface as a surface layer in its colour."""
    *rgb, opacity = look_of(mesh)
    colour = np.tile([*(part / 255 for part in rgb), 1.0], (len(mesh.vertices_mm), 1))
    attributes = {
        **IN_PATIENT,
        "name": name_of(mesh),
        "opacity": opacity,
        "vertex_colors": colour,
        "metadata": {SURFACE: mesh.kind, SURFACE_NAME: mesh.name},
    }
    return (mesh.vertices_mm[:, BACKWARDS], mesh.triangles), attributes, "surface"


def segmentation_of(layer: Labels) -> Segmentation:
    """Return the labels of a (k, j, i) layer on the grid on which it lies.

    Of labels that are still those which `labels_layer` gave it is known what made them; of labels
    that were painted on, it is not. Whoever accepted them must do so again.

    Raises
    ------
    InputError
        If it has no three axes, no voxel size, or values that are no labels.
    """
    data = np.asarray(layer.data)
    grid = grid_of(layer)
    labels = data.astype(np.uint8)
    if not np.array_equal(labels, data):
        raise InputError(f"The layer {layer.name!r} has values that are no labels from 0 to 255.")
    same = layer.metadata.get(VOXELS) == _hash(labels)
    origins = read_origins(layer.metadata.get(ORIGINS)) if same else {}
    return Segmentation(grid=grid, labels=labels, provenance=origins)


def points_of(layer: Points) -> FloatArray:
    """Return a points layer as an (n, 3) array in LPS mm."""
    return _in_world(layer, layer.data)


def lines_of(layer: Shapes) -> tuple[FloatArray, ...]:
    """Return the corners of each shape of a layer, (n, 3) arrays in LPS mm."""
    return tuple(_in_world(layer, corners) for corners in layer.data)


def mesh_of(layer: Surface) -> Mesh:
    """Return a surface layer's triangles, LPS mm; of another's surface the kind is "uncut"."""
    vertices, triangles = layer.data[:2]
    kind: Kind = layer.metadata.get(SURFACE, "uncut")
    name = layer.metadata.get(SURFACE_NAME, "")
    return Mesh(kind=kind, name=name, vertices_mm=_in_world(layer, vertices), triangles=triangles)


def grid_of(layer: Layer) -> Grid:
    """Return the grid of a (k, j, i) layer: `ct_layer`'s own, unless the layer was moved since.

    Raises
    ------
    InputError
        If it has no three axes, or does not say how large its voxels are.
    """
    if layer.ndim != 3 or len(layer.data.shape) != 3:
        raise InputError(f"The layer {layer.name!r} has no three axes.")
    k, j, i = layer.data.shape
    lies = np.eye(4)
    lies[:3] = to_world(layer)[BACKWARDS]
    seen = Grid(shape=(k, j, i), affine=lies, frame_uid=layer.metadata.get(FRAME))
    if AFFINE not in layer.metadata:
        if np.allclose(lies[:3, :3], np.eye(3)[BACKWARDS]):
            raise InputError(
                f"The layer {layer.name!r} does not say how large its voxels are; set its scale, "
                "in mm."
            )
        return seen
    own = Grid(shape=(k, j, i), affine=np.array(layer.metadata[AFFINE]), frame_uid=seen.frame_uid)
    off_mm = np.abs(own.corners_mm - seen.corners_mm).max()
    return own if off_mm < POSITION_TOLERANCE_MM else seen


def to_world(layer: Layer) -> FloatArray:
    """(4, 4) array: a layer's own coordinates (a, b, c, 1) to napari's world (z, y, x, 1)."""
    points = np.vstack([np.zeros(3), np.eye(3)])
    back = np.array([layer.world_to_data(point) for point in points])
    to_data = np.eye(4)
    to_data[:3, :3], to_data[:3, 3] = (back[1:] - back[0]).T, back[0]
    return np.asarray(np.linalg.inv(to_data), np.float64)


def _placed(grid: Grid, name: str) -> dict[str, Any]:
    """Lay a grid into napari's world: by scale and translation, turned by an affine if it must."""
    metadata = {AFFINE: grid.affine.tolist(), FRAME: grid.frame_uid}
    turned, spacing = grid.affine[BACKWARDS, :3], np.array(grid.spacing_mm)
    corner = grid.affine[BACKWARDS, 3]
    shared = {**IN_PATIENT, "name": name, "scale": grid.spacing_mm, "metadata": metadata}
    if np.allclose(turned, np.diag(spacing), atol=1e-9):
        return {**shared, "translate": tuple(corner)}
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = turned / spacing, corner
    return {**shared, "affine": affine}


def _in_world(layer: Layer, data: ArrayLike) -> FloatArray:
    """(n, 3) array of a layer's own coordinates to (n, 3) LPS mm."""
    place = to_world(layer)
    if np.array_equal(place, np.eye(4)):
        return np.asarray(data, np.float64)[:, BACKWARDS]
    world = np.asarray(data, np.float64) @ place[:3, :3].T + place[:3, 3]
    return np.asarray(world[:, BACKWARDS])


def _hash(labels: NDArray[np.uint8]) -> str:
    return sha256(np.ascontiguousarray(labels).tobytes()).hexdigest()
