"""Segments from the vessels, nothing clicked: ``python -m tests.benchmarks.segments --data DIR``.

On 3D-IRCADb-01.1 from the experts' trees, beside the territories of the right and the left portal
vein when the root of their tree is given; on the shapes of ``hpb_masks`` from trees that others
outlined; on the phantom beside its fissure, which is known. Prints names, shares, volumes and what
is published. The caudate lobe's box, the share from which a portal branch is a trunk and the rule
for stubs of the cava were set after looking at these livers: they are no blind figures.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from liverplan.errors import PlanError
from liverplan.phantom import make_phantom
from liverplan.phantom.liver import MAIN_FISSURE
from liverplan.resection.anatomy.maps import PartMap, hangs_on
from liverplan.resection.anatomy.named import share_warnings, split_fourth, usual_shares
from liverplan.resection.anatomy.territories import LUMEN, TREES, territories
from liverplan.resection.anatomy.vessel_names import branches_in, names_of_trees
from liverplan.resection.anatomy.vessel_segments import by_vessels
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.branches import Branch, branches_of
from liverplan.volume import Grid
from liverplan.words import in_english
from tests.resection.trees import lumen as phantom_lumen

DATA = Path(os.environ.get("LIVERPLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
RIGHT = ("5", "6", "7", "8")
ROOT_MM = (149.0, 118.0, 116.0)
"""In the portal trunk of 3D-IRCADb-01.1, set by eye on the experts' mask."""

Trees = Mapping[str, Sequence[Branch]]


def main() -> None:
    """Print what is found on every liver at hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    data = parser.parse_args().data
    print("phantom")
    liver = make_phantom(spacing_mm=(2.0, 1.5, 1.5)).segmentation
    trees = branches_in({LUMEN: phantom_lumen(liver.grid)})
    true = liver.grid.to_mm(np.argwhere(liver.labels == 1)) @ MAIN_FISSURE[0] < MAIN_FISSURE[1]
    told(liver, trees, f"right of its fissure lie {100 * true.mean():.1f} %")
    for name, liver, lumen in cases(data):
        print(name)
        trees = branches_in({LUMEN: lumen})
        given = ""
        if name == "ircadb01":
            share = 100 * right_by_root(liver, lumen)
            given = f"right portal territory, root given by hand: {share:.1f} % of both"
        told(liver, trees, given)


def told(liver: Segmentation, trees: Trees, beside: str) -> None:
    """Print names and segments by both trees, and by the portal tree alone."""
    for tree, named in names_of_trees(trees, liver.labels > 0, liver.grid).items():
        sure = {
            name.key: max(one.confidence for one in named.names.values() if one.key == name.key)
            for name in named.names.values()
        }
        print(f"  {tree}: " + ", ".join(f"{key} {sure[key]:.2f}" for key in sure if key))
    print(f"  {beside}" if beside else "")
    for words, given in (("both trees", trees), ("portal alone", {"portal": trees["portal"]})):
        start = time.thread_time()
        try:
            part_map, source = by_vessels(liver, given)
        except PlanError as refusal:
            print(f"  {words}: {refusal}")
            continue
        took = time.thread_time() - start
        shares = part_map.shares_fraction(liver)
        right, first = sum(shares[name] for name in RIGHT), shares.get("1", 0.0)
        print(
            f"  {words} ({took:.1f} s of CPU): right hemiliver {100 * right:.1f} % of the liver, "
            f"{100 * right / (1 - first):.1f} % of both hemilivers"
        )
        print("   " + ", ".join(volumes(part_map, liver, source.confidence)))
        print("   " + "; ".join(published(shares)))
        for note in (*source.notes, *share_warnings(shares)):
            print(f"    {in_english(note)}")


def volumes(
    part_map: PartMap, liver: Segmentation, confidence: Mapping[str, float]
) -> Iterator[str]:
    """Each segment's millilitres and how sure it is."""
    for name, ml in part_map.volumes_ml(liver).items():
        yield f"{name} {ml:.0f} mL ({confidence[name]:.2f})"


def published(shares: Mapping[str, float]) -> Iterator[str]:
    """Each published part's share here, beside its range."""
    for usual in usual_shares():
        share = sum(shares.get(name, 0.0) for name in split_fourth(usual.segments))
        low, high = 100 * usual.low_fraction, 100 * usual.high_fraction
        yield f"{usual.name} {100 * share:.1f} ({low:.0f}-{high:.0f})"


def right_by_root(liver: Segmentation, lumen: PartMap) -> float:
    """The right portal territory's share of both, by the fork of a tree whose root is given."""
    found = branches_of(lumen.mask([TREES["portal"]]), lumen.grid, [ROOT_MM])
    alone = territories(liver, found, "portal").shares_fraction(liver)
    lost = {n: sum(s for m, s in alone.items() if hangs_on(m, n)) for n in alone}
    trunk = min((n for n in lost if lost[n] > 0.9), key=lambda n: lost[n])
    ends = {one.name: one.points_mm[-1][0] for one in found if one.name.rpartition(".")[0] == trunk}
    left = max(ends, key=lambda name: ends[name])
    right = sum(lost[name] for name in ends if name != left)
    return right / (right + lost[left])


def cases(data: Path) -> Iterator[tuple[str, Segmentation, PartMap]]:
    """Every real liver at hand with its two trees."""
    folder = data / "ircadb01"
    if folder.exists():
        vessels = read(folder / "vessels_1portal_2venous_3artery.nii.gz")[1]
        yield "ircadb01", *case(folder / "liver.nii.gz", vessels == 1, vessels == 2)
    for path in sorted((data / "hpb_masks").glob("*_vsnet.nii.gz")):
        vessels = read(path)[1]  # their 1 holds the cava: it is the hepatic veins
        liver = path.with_name(path.name.replace("vsnet", "liver"))
        yield path.name.removesuffix("_vsnet.nii.gz"), *case(liver, vessels == 2, vessels == 1)


def case(liver: Path, portal: np.ndarray, hepatic: np.ndarray) -> tuple[Segmentation, PartMap]:
    """A liver and the map of its vessels."""
    grid, inside = read(liver)
    labels = np.where(portal, 1, np.where(hepatic, 2, 0)).astype(np.uint8)
    names = tuple(TREES.values())
    lumen = PartMap(scheme=LUMEN, grid=grid, labels=labels, names=names)
    return Segmentation.from_masks(grid, inside > 0, []), lumen


def read(path: Path) -> tuple[Grid, np.ndarray]:
    """A NIfTI file's grid and values."""
    image = sitk.ReadImage(str(path))
    affine = np.eye(4)
    turn = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, :3], affine[:3, 3] = turn[:, ::-1], image.GetOrigin()
    array = sitk.GetArrayFromImage(image)
    return Grid(shape=array.shape, affine=affine), array


if __name__ == "__main__":
    main()
