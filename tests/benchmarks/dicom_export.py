"""Export of a case of 512x512x400: SEG, SR, PDF and STL, plain and de-identified.

``python -m tests.benchmarks.dicom_export [--slices N]``. Prints wall and CPU seconds of each part
and of the whole, and whether the SEG reads back as the same voxels on the CT's grid.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from liverplan import dicom, workflow
from liverplan.dicom import choose_series, find_series, read_seg, read_series
from liverplan.segmentation import Segmentation, write_mask_file
from liverplan.workflow import exporting
from liverplan.workflow.request import Request
from tests.benchmarks.dicom_speed import CODECS, write_series


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_series(folder / "ct", options.slices, CODECS["uncompressed"])
        ct = read_series(choose_series(find_series(folder / "ct")))
        masks = liver_and_lesions(ct.volume.grid)
        write_mask_file(folder / "liver.nrrd", only_liver(masks))
        write_mask_file(folder / "lesions.nrrd", masks)
        request = Request(
            liver=folder / "liver.nrrd",
            lesions=folder / "lesions.nrrd",
            lesion_labels=(2, 3, 4, 5),
            planes=(((*middle(masks), 0.8, 0.6, 0.0)),),
        )
        workflow.assess(folder / "ct", folder / "case", request)
        print(f"512 x 512 x {options.slices}, {os.cpu_count()} cores, five structures and a cut")
        workflow.export_case(folder / "case", folder / "warm")  # compiles what is compiled once
        with timed("export"):
            workflow.export_case(folder / "case", folder / "out")
        with timed("export --deidentify"):
            rules = exporting.rules_for(shift_days=-30)
            workflow.export_case(folder / "case", folder / "clean", rules=rules)
        parts(folder, ct, masks)
        for name in ("out", "clean"):
            grid = ct.volume.grid
            if name == "clean":
                grid = type(grid)(shape=grid.shape, affine=grid.affine)  # its frame has a new UID
            found = read_seg(folder / name / "segmentation.dcm", grid)
            truth = [masks.liver, *(masks.lesion(label) for label in masks.lesion_labels)]
            same = all(
                np.array_equal(one.mask, mask) for one, mask in zip(found, truth, strict=False)
            )
            print(f"SEG of {name!r}, {len(found)} segments, voxel by voxel the same: {same}")


def parts(folder: Path, ct: dicom.CT, masks: Segmentation) -> None:
    """Time each part of the same export."""
    with timed("  SEG alone"):
        seg = dicom.write_seg(folder / "seg.dcm", masks, ct.headers)
    print(f"  SEG: {seg.stat().st_size / 1e6:.1f} MB")
    with timed("  liver surface alone"):
        dicom.stl_of(masks.liver, masks.grid)


@contextmanager
def timed(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    yield
    wall, cpu = time.perf_counter() - wall, sum(os.times()[:4]) - cpu
    print(f"{name:22} {wall:7.2f} s, CPU {cpu:7.2f} s", flush=True)


def liver_and_lesions(grid) -> Segmentation:
    """An ellipsoid of about a liver's size, with four balls in it."""
    labels = np.zeros(grid.shape, np.uint8)
    centre = (np.array(grid.shape) - 1) / 2
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), -1, dtype=np.float32)
    spacing = np.array(grid.spacing_mm, np.float32)
    offset = (index - centre.astype(np.float32)) * spacing
    labels[((offset / np.array([75, 65, 90], np.float32)) ** 2).sum(axis=-1) < 1] = 1
    for label, (k, j, i) in enumerate([(20, 0, 40), (-30, 10, 50), (0, -20, 55), (30, 20, 30)], 2):
        near = ((offset - np.array([k, j, i], np.float32)) ** 2).sum(axis=-1) < (4.0 + label) ** 2
        labels[near & (labels == 1)] = label
    return Segmentation(grid=grid, labels=labels)


def only_liver(masks: Segmentation) -> Segmentation:
    return Segmentation(grid=masks.grid, labels=masks.liver.astype(np.uint8))


def middle(masks: Segmentation) -> tuple[float, ...]:
    return tuple(masks.grid.to_mm((np.array(masks.grid.shape) - 1) / 2).tolist())


if __name__ == "__main__":
    main()
