"""Everything that touches napari where it promises nothing: one module to mend when it changes.

Written against napari 0.9; `pyproject.toml` pins it below 0.10.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from napari.components import ViewerModel  # type: ignore[import-untyped]
from napari.layers import Image  # type: ignore[import-untyped]
from napari.qt import QtViewer, get_qapp  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from liverplan import __version__
from liverplan.app.slices.convert import ViewAxes
from liverplan.volume import FloatArray

__all__ = ["Image", "QtViewer", "ViewerModel"]

CT_LAYER = "CT"
ICON = Path(__file__).parents[1] / "kit" / "icon.svg"
NAMED = {
    **dict.fromkeys(("app_name", "app_id", "org_name", "org_domain"), "liverplan"),
    "app_version": __version__,
    "icon": str(ICON),
}


class _Canvas(QtViewer):  # type: ignore[misc]
    """One canvas without napari's own keys: what a key does is the application's to say."""

    def _bind_shortcuts(self) -> None:
        """Bind none."""


def qt_application() -> QApplication:
    """Return Qt's application, set up for napari's canvases."""
    named = {} if QApplication.instance() else NAMED
    app: QApplication = get_qapp(**named)
    return app


def new_canvas(title: str) -> tuple[ViewerModel, QtViewer]:
    """Make a model of what is shown and the widget that shows it; close it with `close_canvas`."""
    model = ViewerModel(title=title)
    return model, _Canvas(model, show_welcome_screen=False)


def close_canvas(qt_viewer: QtViewer) -> None:
    """Slice no more, let go of OpenGL."""
    qt_viewer.viewer._layer_slicer.shutdown()  # noqa: SLF001
    qt_viewer.close()


def hide_sliders(qt_viewer: QtViewer) -> None:
    """Hide the dimension sliders: wheel and crosshair step through the slices."""
    qt_viewer.dims.hide()


def canvas_of(qt_viewer: QtViewer) -> QWidget:
    """Return the native widget that receives mouse events."""
    native: QWidget = qt_viewer.canvas.native
    return native


def drawn_ct(qt_viewer: QtViewer) -> QImage:
    """Return what a canvas shows now, in the screen's own pixels, without what lies over it."""
    image: QImage = qt_viewer.canvas.native.grabFramebuffer()
    return image


def show_ct(
    model: ViewerModel,
    hu: NDArray[Any],
    spacing_mm: tuple[float, float, float],
    limits_hu: tuple[float, float],
) -> Image:
    """Show a (k, j, i) CT on its lattice; the array is shared, not copied."""
    model.layers.clear()
    layer: Image = model.add_image(
        hu,
        name=CT_LAYER,
        scale=spacing_mm,
        colormap="gray",
        contrast_limits=limits_hu,
        interpolation2d="linear",
    )
    layer.contrast_limits_range = (-1024, 3071)
    layer.contrast_limits = limits_hu
    return layer


MODES = {"maximum": "max", "minimum": "min", "average": "mean"}
"""What napari calls each projection."""


def show_slab(
    model: ViewerModel, layer: Image, projection: str | None, along: int, margin_mm: float
) -> None:
    """Show with each slice of a (k, j, i) layer what lies within a margin of it; None: it alone."""
    margins = [0.0] * model.dims.ndim
    margins[along] = margin_mm
    mode = MODES[projection] if projection and margin_mm > 0 else "none"
    if tuple(margins) != model.dims.margin_left:
        model.dims.margin_left = model.dims.margin_right = tuple(margins)
    if mode != layer.projection_mode:
        layer.projection_mode = mode


def orient(model: ViewerModel, axes: ViewAxes) -> None:
    """Turn a viewer to one of the three views."""
    model.dims.order = (axes.along, axes.down, axes.right)
    model.scene.camera.orientation2d = (
        "down" if axes.down_sign > 0 else "up",
        "right" if axes.right_sign > 0 else "left",
    )
    model.scene.camera.mouse_pan = False
    model.scene.camera.mouse_zoom = False


def camera_state(model: ViewerModel) -> tuple[float, float, float]:
    """Return (centre along the screen's height, along its width, pixels per mm)."""
    camera = model.scene.camera
    return float(camera.center[-2]), float(camera.center[-1]), float(camera.zoom)


def set_camera(model: ViewerModel, down_mm: float, right_mm: float, zoom: float) -> None:
    """Place a 2D camera: the world point at the centre, and pixels per mm."""
    camera = model.scene.camera
    camera.center = (camera.center[0], down_mm, right_mm)
    camera.zoom = zoom


def drawn_pixel(qt_viewer: QtViewer, world: FloatArray) -> FloatArray:
    """Where napari really draws a world point (k, j, i), (x, y) in canvas pixels.

    The overlay computes its own positions from the camera; tests hold them against this.
    """
    layer = qt_viewer.viewer.layers[CT_LAYER]
    node = qt_viewer.canvas.layer_to_visual[layer].node
    displayed = list(layer._slice_input.displayed)  # noqa: SLF001
    index = np.asarray(layer.world_to_data(world))[displayed]
    mapped = node.get_transform("visual", "canvas").map([*(index[::-1] + 0.5), 0, 1])
    xy: FloatArray = np.asarray(mapped[:2] / mapped[3], dtype=np.float64)
    return xy


def busy_with_own_tool(viewer: ViewerModel) -> bool:
    """Whether the user has chosen a tool of a napari layer, which then owns the mouse."""
    active = viewer.layers.selection.active
    return active is not None and str(active.mode) not in {"pan_zoom", "Mode.PAN_ZOOM"}
