"""Every series of the edge-case corpus: read with this geometry, or refused with these words.

``python -m tests.benchmarks.dicom_corpus [FOLDER]``. Beside each series stands what dcm2niix makes
of it, with the difference in geometry and voxels, and truth files where they lie in the corpus.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from liverplan.dicom import CT, SeriesInfo, choose_series, find_series, read_seg, read_series
from liverplan.dicom.codecs import Decoders
from liverplan.dicom.decode import pixel_bytes, stored_values
from liverplan.dicom.header import COMPRESSED
from liverplan.dicom.quiet import quiet
from liverplan.dicom.read import _decode
from liverplan.dicom.source import open_source
from liverplan.dicom.upright import fill_gaps, resample
from liverplan.errors import LiverplanError
from liverplan.volume import Grid
from liverplan.words import in_english

DATA = Path(os.environ.get("LIVERPLAN_DATA", Path(__file__).parents[2].parent / "shared/data"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA / "dicom_edge")
    options = parser.parse_args()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)  # dcm2niix' sheared files make it warn
    counts = {"read": 0, "refused": 0}
    for archive in sorted(options.folder.glob("*.zip")):
        print(f"\n## {archive.name}")
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(archive) as file:
                file.extractall(folder)
            for info in find_series(archive):
                counts["read" if info.usable else "refused"] += 1
                describe(info, Path(folder))
            segmentations(Path(folder))
            tilted_truth(Path(folder))
    print(f"\n{counts['read']} series read, {counts['refused']} series or groups refused in words")


def describe(info: SeriesInfo, folder: Path) -> None:
    name = f"{info.kind}, {info.title}, {info.n_files} files"
    if not info.usable:
        print(f"- {name}\n  REFUSED: {info.reason}")
        single_slices(info)
        return
    ct = read_series(info)
    grid = ct.volume.grid
    spacing = " x ".join(f"{v:.4g}" for v in grid.spacing_mm)
    origin = ", ".join(f"{v:.3f}" for v in grid.affine[:3, 3])
    print(f"- {name}\n  READ: {grid.shape}, {spacing} mm, first voxel at ({origin}) mm")
    for note in map(in_english, ct.notes):
        print(f"  note: {note}")
    print(f"  dcm2niix: {beside_dcm2niix(ct, folder)}")


def single_slices(info: SeriesInfo) -> None:
    """Single slices are no volume, but their codecs can be checked against each other."""
    if "slice" not in info.reason and "position" not in info.reason:
        return
    with open_source(info.path) as source, Decoders(1) as decoders, quiet():
        for plane in info.planes:
            try:
                data = pixel_bytes(source, plane)
                if plane.syntax in COMPRESSED:
                    data = decoders.decode(plane, data)
                values = stored_values(data, plane)
                words = f"sum {values.sum(dtype=np.int64)}, {values.min()} to {values.max()}"
            except LiverplanError as error:
                words = f"REFUSED: {error}"
            print(f"    {Path(plane.name).name}: {plane.syntax.name}: {words}")


def beside_dcm2niix(ct: CT, folder: Path) -> str:
    if shutil.which("dcm2niix") is None:
        return "not installed"
    with tempfile.TemporaryDirectory() as place:
        only, out = Path(place) / "in", Path(place) / "out"
        only.mkdir()
        out.mkdir()
        for n, name in enumerate(ct.info.files):
            shutil.copy(folder / name, only / f"{n:05d}.dcm")
        subprocess.run(
            ["dcm2niix", "-f", "x%s_%r", "-o", str(out), str(only)],
            capture_output=True,
            check=False,
        )
        made = sorted(out.glob("*.nii"))
        if not made:
            return "made nothing"
        return "; ".join(difference(ct, sitk.ReadImage(str(path)), path.stem) for path in made)


def difference(ct: CT, image: sitk.Image, name: str) -> str:
    """Compare two grids and, where they are one up to flips, every voxel."""
    theirs = sitk.GetArrayFromImage(image)
    directions = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = directions[:, ::-1], image.GetOrigin()
    ours = ct.volume.grid
    if theirs.shape != ours.shape:
        spacing = " x ".join(f"{v:.4g}" for v in np.linalg.norm(affine[:3, :3], axis=0))
        return f"{name}: another grid, {theirs.shape}, {spacing} mm; {verdict(ct, name)}"
    for axis in range(3):
        if affine[:3, axis] @ ours.affine[:3, axis] < 0:
            theirs = np.flip(theirs, axis)
            affine[:3, 3] += affine[:3, axis] * (ours.shape[axis] - 1)
            affine[:3, axis] *= -1
    off = np.abs(affine - ours.affine).max()
    unequal = int(np.count_nonzero(theirs != ct.volume.hu))
    return f"{name}: affine within {off:.1e} mm, {unequal} voxels differ"


def verdict(ct: CT, name: str) -> str:
    """Who is right where the grids differ, and why."""
    tilted = any("tilt" in note for note in map(in_english, ct.notes))
    filled = any(
        "missing slices" in note or "resampled evenly" in note for note in map(in_english, ct.notes)
    )
    if "_Tilt" in name:
        return (
            "both right: it shifts the rows of each slice, so its slices stay tilted and its rows "
            "grow; ours is upright"
        )
    if "_Eq" in name:
        return "both right: it spreads uneven slices evenly as well, to another spacing"
    if tilted:
        return (
            "ours is right: it stacks tilted slices as if they stood upright over each other, "
            "and their spacing is that along their normal; its sheared affine says so, but "
            "whoever measures without it is wrong"
        )
    if filled:
        return "ours is right: it gives all slices one spacing where some are missing"
    return "see the notes above"


def segmentations(folder: Path) -> None:
    """SEG beside NRRD truth, on the CT of the same corpus."""
    base = folder / "dcmqi/data/segmentations"
    if not base.is_dir():
        return
    grid = read_series(choose_series(find_series(base / "ct-3slice"))).volume.grid
    small = read_series(choose_series(find_series(base / "24x38x3/image"))).volume.grid
    odd = read_series(choose_series(find_series(base / "23x38x3/image"))).volume.grid
    cases = [
        ("liver.dcm", grid, ["liver_seg.nrrd"]),
        ("partial_overlaps.dcm", grid, [f"partial_overlaps-{n}.nrrd" for n in (1, 2, 3)]),
        ("24x38x3/seg/label.seg", small, ["24x38x3/nrrd/label.nrrd"]),
        ("23x38x3/seg/label.seg", odd, ["23x38x3/nrrd/label.nrrd"]),
        ("sparse-labelmap-noppv.dcm", small, ["sparse_labelmap_noppv_seg.nrrd"]),
        ("sparse-labelmap-ppv5.dcm", small, ["sparse_labelmap_ppv5_seg.nrrd"]),
    ]
    for name, lattice, truths in cases:
        masks = {mask.number: mask.mask for mask in read_seg(base / name, lattice)}
        wrong = 0
        for truth in truths:
            values = sitk.GetArrayFromImage(sitk.ReadImage(str(base / truth)))
            present = [n for n in np.unique(values) if n in masks]
            wrong += sum(int(np.count_nonzero(masks[n] != (values == n))) for n in present)
        print(f"- SEG {name}: {len(masks)} segments, {wrong} voxels differ from the NRRD truth")


def tilted_truth(folder: Path) -> None:
    """A tilted series beside what another converter made of it, voxel by voxel.

    Its grid is neither that of the slices nor upright, so ours is brought onto it: the stack's own
    sheared lattice, at the places that the truth's affine names. An error in either affine, in the
    tilt or in the missing slice would show in the voxels, which are noise.
    """
    base = folder / "dicom2nifti/failing/sliceincrement"
    if not base.is_dir():
        return
    info = choose_series(find_series(base / "002"))
    image = sitk.ReadImage(str(base / "002_ground_truth.nii.gz"))
    affine = np.eye(4)
    directions = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine[:3, :3], affine[:3, 3] = directions[:, ::-1], image.GetOrigin()
    truth = sitk.GetArrayFromImage(image)
    grid = Grid(shape=truth.shape, affine=affine)
    stack = info.geometry
    with open_source(info.path) as source, quiet():
        slices = _decode(source, info.planes, stack, None, None)
    whole = fill_gaps(slices.astype(np.float32), stack.places, stack.count)
    ours = resample(whole, stack.affine, grid)
    index = np.stack(np.meshgrid(*map(np.arange, truth.shape), indexing="ij"), axis=-1)
    where = grid.to_mm(index) - stack.affine[:3, 3]
    where = where @ np.linalg.inv(stack.affine[:3, :3]).T
    inside = np.all((where >= 0) & (where <= np.array(whole.shape) - 1), axis=-1)
    off = np.abs(ours - truth)[inside]
    for axis, name in ((1, "columns"), (2, "rows")):
        step = min(
            np.abs(affine[:3, axis] - sign * stack.affine[:3, axis]).max() for sign in (1, -1)
        )
        print(f"- tilted truth: step along its {name} within {step:.1e} mm of ours")
    print(
        f"- tilted truth: of {off.size} voxels inside our slices "
        f"{np.count_nonzero(off > 0.51)} differ by more than rounding (largest {off.max():.2f} HU)"
    )


if __name__ == "__main__":
    main()
