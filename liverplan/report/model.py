"""The liver of a report in three dimensions, as a file for other programs."""

from __future__ import annotations

from liverplan.report.gltf import packed
from liverplan.report.mesh import Mesh
from liverplan.report.meshes import anatomy, cut_surface, surfaces
from liverplan.report.request import ReportInput


def glb_of(request: ReportInput) -> bytes:
    """Return what a plan makes of the liver, the cut in it, and its anatomy as binary glTF."""
    shown = surfaces(request.segmentation, request.side)
    parts = [mesh for mesh in shown if mesh.kind != "cut"]
    return packed([*parts, *cut_of(request), *anatomy(request.segmentation, request.maps)])


def cut_of(request: ReportInput) -> tuple[Mesh, ...]:
    """Return the surface of the cuts where they run through the liver, LPS mm."""
    return cut_surface(request.segmentation, request.side)
