"""Any three-dimensional image layer of napari as a CT, and what is assumed of it.

napari knows a layer's place in its own world, not in a patient. It is taken to run as an axial
DICOM series does: the world's axes to the head, to the back and to the patient's left, in mm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from liverplan.app.shell.layers import BACKWARDS, to_world
from liverplan.errors import InputError
from liverplan.segmentation.files.hounsfield import require_hounsfield
from liverplan.volume import Grid, Volume

if TYPE_CHECKING:
    from liverplan.app.slices.adapter import Image

ASSUMED = (
    "This layer does not say which way it lies in the patient. It was taken to run from foot to "
    "head, front to back and right to left; if it does not, the outline is wrong."
)


def volume_of_any(layer: Image) -> Volume:
    """Return the (k, j, i) HU of an image layer on the grid that its scale and affine describe.

    Raises
    ------
    InputError
        If it has no three axes, no voxel size, or no Hounsfield units.
    """
    name = f"The layer {layer.name!r}"
    if layer.ndim != 3 or layer.multiscale or layer.rgb:
        raise InputError(f"{name} is no three-dimensional image.")
    place = to_world(layer)
    if np.allclose(place[:3, :3], np.eye(3)):
        raise InputError(f"{name} does not say how large its voxels are; set its scale, in mm.")
    affine = np.eye(4)
    affine[:3] = place[BACKWARDS]
    hu = np.asarray(layer.data)
    require_hounsfield(hu, name)
    k, j, i = hu.shape
    return Volume(grid=Grid(shape=(k, j, i), affine=affine), hu=_kept(hu))


def place_of(layer: Image) -> dict[str, Any]:
    """Return the attributes that lay another (k, j, i) layer onto this one."""
    names = ("scale", "translate", "rotate", "shear", "affine")
    return {name: getattr(layer, name) for name in names}


def _kept(hu: Any) -> Any:  # noqa: ANN401 - of any kind that numpy knows
    """Return int16 where nothing is lost by it, else float32."""
    small = hu.astype(np.int16)
    return small if np.array_equal(small, hu) else hu.astype(np.float32)
