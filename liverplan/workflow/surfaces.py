"""Each structure of a case as a surface to export: of its voxels, and of the cut itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from liverplan import dicom, report
from liverplan.anatomy import CUT_SURFACE, REMNANT, RESECTED, Structure
from liverplan.report import ReportInput

SHORT = {REMNANT.name: "remnant", RESECTED.name: "resected"}
SOLID = ("segmentation", "hepatic_vessels", "couinaud")
"""SEGs whose segments are solids; those of the others are among them, or layers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """One surface: what it is called, its codes, and its triangles as binary STL, LPS mm."""

    file: str
    structure: Structure
    stl: bytes = field(repr=False)


def surfaces(
    request: ReportInput, sets: Mapping[str, Sequence[dicom.Segment]]
) -> Iterator[Surface]:
    """Yield the surface of each structure, then that of the cut where it runs in the liver."""
    for name in SOLID:
        for segment in sets.get(name, ()):
            yield Surface(
                file=SHORT.get(segment.name, segment.name.lower().replace(" ", "_")),
                structure=segment.structure,
                stl=dicom.stl_of(segment.mask, request.segmentation.grid),
            )
    for mesh in report.cut_of(request):
        stl = dicom.stl_from(mesh.vertices_mm, mesh.triangles)
        yield Surface(file="cut", structure=CUT_SURFACE, stl=stl)
