"""The liver in three dimensions in a notebook: to be turned, and still where nothing turns."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from liverplan import extras
from liverplan.report.geometry import liver_box_mm
from liverplan.report.looks import look_of, name_of
from liverplan.report.mesh import Mesh
from liverplan.report.model import meshes_of
from liverplan.report.pictures import image_png
from liverplan.report.scene import render, viewed_from
from liverplan.report.side import Side
from liverplan.resection import Plan
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray

AXES = (r"\text{left, mm}", r"\text{back, mm}", r"\text{head, mm}")
"""Where each coordinate grows, as k3d's grid says it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NotebookView:
    """What a notebook shows at the end of a cell.

    Parameters
    ----------
    plot : k3d.Plot
        The view that is turned, in LPS mm; each surface is one of its ``objects``.
    still : bytes
        The same liver from the front as PNG, for a page without a running notebook.
    """

    plot: Any
    still: bytes = field(repr=False)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Return the view as each reader can show it: a notebook takes the first that it knows."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.plot.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "image/png": b64encode(self.still).decode("ascii"),
            "text/plain": ", ".join(surface.name for surface in self.plot.objects),
        }


def notebook_view(
    segmentation: Segmentation, plan: Plan, maps: Mapping[str, PartMap] | None = None
) -> NotebookView:
    """Show what a plan makes of the liver in a notebook, to be turned by mouse.

    The surfaces, names, colours and opacities are those of ``liver.glb``, which `glb_of` makes:
    remnant, resected tissue, each metastasis, the cut, vessels and segments as far as they are
    known. Needs the extra ``notebooks``, and no network.

    Parameters
    ----------
    segmentation : Segmentation
        Liver and metastases; (k, j, i) on the CT's grid.
    plan : Plan
        The cuts, LPS mm; with none, the whole liver is shown.
    maps : mapping of str to PartMap, optional
        Of the liver, by scheme: Couinaud segments, vessels.

    Returns
    -------
    NotebookView
        The last value of a cell shows itself; ``plot`` is the k3d.Plot, in LPS mm.

    Raises
    ------
    BackendError
        Where k3d is missing, with the line that installs it.

    Examples
    --------
    >>> state = open_case("case").state
    >>> notebook_view(state.segmentation, state.plan, state.maps)
    """
    k3d = extras.library("k3d", extra="notebooks")
    side = Side.of(segmentation, plan, maps)
    plot = k3d.plot(camera_auto_fit=False, axes=list(AXES), grid_color=0xDDDDDD)
    for mesh in meshes_of(segmentation, side, maps or {}):
        plot += _surface(k3d, mesh)
    plot.camera = _camera(liver_box_mm(segmentation))
    return NotebookView(plot=plot, still=image_png(render(segmentation, side), "coronal"))


def _surface(k3d: Any, mesh: Mesh) -> Any:  # noqa: ANN401 - a module, and a widget of it
    *rgb, opacity = look_of(mesh)
    red, green, blue = (int(part) for part in rgb)
    return k3d.mesh(
        mesh.vertices_mm.astype(np.float32),
        mesh.triangles.astype(np.uint32),
        color=red << 16 | green << 8 | blue,
        opacity=opacity,
        name=name_of(mesh),
        side="double",
        flat_shading=False,
    )


def _camera(box_mm: FloatArray) -> list[float]:
    """Return where the camera stands, what it looks at, and what is up: from the front, LPS mm."""
    middle, width = box_mm.mean(axis=0), np.linalg.norm(box_mm[1] - box_mm[0])
    into, _, _ = viewed_from()
    return [*(middle - 0.9 * width * into).tolist(), *middle.tolist(), 0.0, 0.0, 1.0]
