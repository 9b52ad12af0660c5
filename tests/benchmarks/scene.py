"""Milliseconds per picture of the 3D view: ``python -m tests.benchmarks.scene [FOLDER]``.

The sample, or a folder as `../shared/data/ircadb01`; the camera turns by 3 degrees a picture.
Needs a screen or EGL: ``xvfb-run -a python -m tests.benchmarks.scene``.
"""

import argparse
import time
from pathlib import Path
from statistics import median

import numpy as np
import SimpleITK as sitk

from liverplan.app.scene.canvas import COARSE
from liverplan.app.scene.renderer import Scene
from liverplan.app.scene.surfaces import surfaces_of, vessel_surface
from liverplan.phantom import make_phantom
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

SIZES = ((600, 860), (400, 640))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    given = parser.parse_args()
    segmentation, vessels = of_folder(given.folder) if given.folder else (sample(), {})
    began = time.perf_counter()
    surfaces = surfaces_of(segmentation)
    print(f"surfaces {1000 * (time.perf_counter() - began):7.0f} ms")
    scene = Scene()
    scene.show_liver(surfaces.liver)
    scene.show_lesions(surfaces.lesions)
    scene.show_vessels(vessels)
    scene.look_from("A")
    print(f"triangles {surfaces.liver.GetNumberOfPolys()}, lesions {len(surfaces.lesions)}")
    normal = np.array([1.0, 0.3, 0.2])
    cut = Plan(cuts=(Plane(point_mm=scene.centre, normal=normal / np.linalg.norm(normal)),))
    for name, plan in (("whole", Plan(cuts=())), ("cut", cut)):
        scene.show_cuts(plan, len(plan.cuts) - 1, locked=False)
        for size in SIZES:
            print(f"{name:6s} {size[0]}x{size[1]}", *rows(scene, size))
    scene.close()
    return 0


def rows(scene, size):
    for name, scale in (("at rest", 1.0), ("turning", COARSE)):
        yield f" {name}: {turned(scene, size, scale):6.1f} ms"


def turned(scene, size, scale):
    """Median of pictures while the camera goes round, ms; coarser bodies at a coarser scale."""
    times = []
    for _ in range(25):
        scene.renderer.GetActiveCamera().Azimuth(3)
        began = time.perf_counter()
        scene.render(*size, scale, fine=scale == 1)
        times.append(1000 * (time.perf_counter() - began))
    return median(times[5:])


def sample():
    return make_phantom(seed=1).segmentation


def of_folder(folder):
    """Masks of a real CT, and its vessel trees."""
    liver, lesions, trees = (
        sitk.ReadImage(str(folder / f"{name}.nii.gz"))
        for name in ("liver", "tumours_labelled", "vessels_1portal_2venous_3artery")
    )
    grid = grid_of(liver)
    labels = (sitk.GetArrayFromImage(liver) > 0).astype(np.uint8)
    found = sitk.GetArrayFromImage(lesions)
    labels[found > 0] = found[found > 0] + 1
    lumen = sitk.GetArrayFromImage(trees)
    names = {"portal vein": 1, "hepatic veins": 2}
    surfaces = {n: vessel_surface(grid, lumen == v) for n, v in names.items()}
    return Segmentation(grid=grid, labels=labels), surfaces


def grid_of(image):
    affine = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, :3], affine[:3, 3] = direction[:, ::-1], image.GetOrigin()
    return Grid(shape=image.GetSize()[::-1], affine=affine)


if __name__ == "__main__":
    raise SystemExit(main())
