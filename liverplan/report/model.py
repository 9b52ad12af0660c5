"""The liver of a report in three dimensions, as a file for other programs."""

from __future__ import annotations

from collections.abc import Mapping

from liverplan.report.gltf import packed
from liverplan.report.mesh import Mesh
from liverplan.report.meshes import anatomy, cut_surface, surfaces
from liverplan.report.request import ReportInput
from liverplan.report.side import Side
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation


def glb_of(request: ReportInput) -> bytes:
    """Return what a plan makes of the liver, the cut in it, and its anatomy as binary glTF."""
    return packed(meshes_of(request.segmentation, request.side, request.maps))


def meshes_of(
    segmentation: Segmentation, side: Side, maps: Mapping[str, PartMap]
) -> tuple[Mesh, ...]:
    """Return the surfaces of such a file, LPS mm."""
    shown = surfaces(segmentation, side)
    parts = [mesh for mesh in shown if mesh.kind != "cut"]
    return (*parts, *cut_surface(segmentation, side), *anatomy(segmentation, maps))


def cut_of(request: ReportInput) -> tuple[Mesh, ...]:
    """Return the surface of the cuts where they run through the liver, LPS mm."""
    return cut_surface(request.segmentation, request.side)
