"""A Segmentation written as NIfTI or NRRD: liver 1, metastases 2, 3, 4, ...

The file says where each mask came from, so that an automatic one stays automatic when it is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from liverplan.errors import InputError, SegmentationError
from liverplan.segmentation.files.formats import suffix_of
from liverplan.segmentation.files.origins import FIELD, extended, told
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray

if TYPE_CHECKING:
    from SimpleITK import Image


def write_mask_file(path: Path | str, segmentation: Segmentation) -> None:
    """Write labels as ``.nii``, ``.nii.gz`` or ``.nrrd``; the file appears whole or not at all.

    Raises
    ------
    InputError
        If the name ends in something else, or the file cannot be written.
    SegmentationError
        If the grid is sheared and the format is NIfTI, whose readers would straighten it.
    """
    import SimpleITK as sitk  # noqa: PLC0415 - half a second, which a window need not wait for

    path = Path(path)
    suffix = suffix_of(path)
    if suffix != ".nrrd" and not _is_square(segmentation.grid.affine):
        raise SegmentationError(
            f"{path.name} cannot be written: a tilted gantry's grid does not fit into NIfTI; "
            "write .nrrd."
        )
    stem = f".{path.name.removesuffix(suffix)}"
    part, plain = path.with_name(f"{stem}.part{suffix}"), path.with_name(f"{stem}.plain.nii")
    image, text = _to_image(segmentation), told(segmentation.provenance)
    try:
        if suffix.lower() == ".nrrd":
            image.SetMetaData(FIELD, text)
            sitk.WriteImage(image, str(part), useCompression=True)
        else:
            sitk.WriteImage(image, str(plain))
            extended(plain, text, part)
        part.replace(path)
    except (RuntimeError, OSError) as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written: {_first_line(error)}.") from error
    finally:
        plain.unlink(missing_ok=True)


def _to_image(segmentation: Segmentation) -> Image:
    import SimpleITK as sitk  # noqa: PLC0415 - as above

    affine = segmentation.grid.affine
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    image = sitk.GetImageFromArray(segmentation.labels)
    image.SetSpacing([float(n) for n in lengths[::-1]])
    image.SetOrigin([float(x) for x in affine[:3, 3]])
    image.SetDirection([float(x) for x in (affine[:3, :3] / lengths)[:, ::-1].ravel()])
    return image


def _is_square(affine: FloatArray) -> bool:
    unit = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return bool(np.allclose(unit.T @ unit, np.eye(3), atol=1e-4))


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return lines[-1].strip().rstrip(".") if lines else type(error).__name__
