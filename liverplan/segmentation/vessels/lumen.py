"""A vessel's voxels, and the front that runs through them from the root.

Where the front parts, the vessel forks. Each connected component of the front is a station, its
middle a point of the middle line. (Thinning, the usual way to a middle line, at times eats a whole
limb of even thickness.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from liverplan.segmentation.blocks import blocks_of
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.morphology import distance_transform_mm
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.middle_line import Places, Tree
from liverplan.volume import FloatArray, Grid, Volume

FINE_MM = 1.0
THIN_SHARE = 0.3
"""A block belongs to the vessel if this share of it does: thin vessels stay connected."""
FRONT_MM, FRONT_VOXELS = 2.0, 1.25
"""How thick the front is, at least: so thick that it stays connected across a vessel."""
SPUR_MM = 6.0
"""What goes on no farther than this is a bump, not a branch."""
FEWEST_VOXELS = 4
"""Components of fewer voxels are specks."""
TOUCH_VOXELS = 1.8
"""Voxels that share a corner are nearer than this."""

if TYPE_CHECKING:
    Joined = scipy.sparse.csr_array[np.float64, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lumen:
    """A vessel's voxels.

    Parameters
    ----------
    points_mm : (n, 3) array
        Where they lie, LPS mm.
    depth_mm : (n,) array
        How far each lies from the vessel's wall.
    joined : (n, n) sparse array
        Distance between those that touch, mm.
    front_mm : float
        How thick a front must be there.
    """

    points_mm: FloatArray
    depth_mm: FloatArray
    joined: Joined
    front_mm: float

    @classmethod
    def of(cls, vessel: Mask, grid: Grid) -> Lumen | None:
        """Read a (k, j, i) mask on its grid; None where it is empty or only a speck."""
        if not vessel.any():
            return None
        box = bounding_box(vessel, margin=(1, 1, 1))
        part = Volume(grid=grid.crop(*ends_of(box)), hu=vessel[box].astype(np.int16))
        blocks = blocks_of(part, FINE_MM)
        inside = blocks.hu >= THIN_SHARE
        at = np.argwhere(inside)
        if len(at) < FEWEST_VOXELS:
            return None
        points = blocks.grid.to_mm(at)
        a, b = scipy.spatial.cKDTree(at).query_pairs(TOUCH_VOXELS, output_type="ndarray").T
        steps = np.linalg.norm(points[a] - points[b], axis=1)
        depth = distance_transform_mm(inside, blocks.spacing_mm)[tuple(at.T)]
        joined = scipy.sparse.coo_array((steps, (a, b)), shape=(len(at), len(at))).tocsr()
        return cls(
            points_mm=points,
            depth_mm=depth.astype(np.float64),
            joined=joined,
            front_mm=max(FRONT_MM, FRONT_VOXELS * max(blocks.spacing_mm)),
        )

    def trees(self, roots_mm: FloatArray) -> list[Tree]:
        """Return one tree for each connected component, the largest first.

        Parameters
        ----------
        roots_mm : (m, 3) array
            LPS points in the trunks; the first in a component is its root.
        """
        count, component = scipy.sparse.csgraph.connected_components(self.joined, directed=False)
        nearest = scipy.spatial.cKDTree(self.points_mm).query(roots_mm)[1] if len(roots_mm) else ()
        found = []
        sizes = np.bincount(component, minlength=count)
        for number in np.argsort(-sizes)[: np.count_nonzero(sizes >= FEWEST_VOXELS)]:
            inside = np.flatnonzero(component == number)
            own = [root for root in np.atleast_1d(nearest) if component[root] == number]
            root = own[0] if own else self._thick_end(inside)
            found.append(self._tree(int(root), inside))
        return found

    def _thick_end(self, inside: Places) -> int:
        """Return a component's voxel at its thickest end: peripheral ends are thin."""
        tree = self._tree(int(inside[self.depth_mm[inside].argmax()]), inside)
        end_mm = tree.points_mm[tree.thick_end(SPUR_MM)]
        away = np.linalg.norm(self.points_mm[inside] - end_mm, axis=1)
        return int(inside[away.argmin()])

    def _tree(self, root: int, inside: Places) -> Tree:
        """Let the front run from a root through its component, and join its stations."""
        part = self.joined[inside][:, inside]
        first = int(np.searchsorted(inside, root))
        away, before = scipy.sparse.csgraph.dijkstra(
            part, directed=False, indices=first, return_predecessors=True
        )  # type: ignore[call-overload]  # the stubs know no csr_array
        station = _stations(part, (away / self.front_mm).astype(np.int64))
        before[first] = first
        sizes = np.bincount(station)
        points = np.stack(
            [np.bincount(station, self.points_mm[inside, n]) / sizes for n in range(3)], axis=1
        )
        radius = np.zeros(len(sizes))
        np.maximum.at(radius, station, self.depth_mm[inside])
        return Tree.of(points, radius, sizes, _parents(station, before))


def _stations(joined: Joined, fronts: Places) -> Places:
    """(n,) number of each voxel's station: the connected components of a front, outward."""
    edges = joined.tocoo()
    same = fronts[edges.row] == fronts[edges.col]
    within = scipy.sparse.coo_array(
        (np.ones(same.sum()), (edges.row[same], edges.col[same])), joined.shape
    )
    count, component = scipy.sparse.csgraph.connected_components(within, directed=False)
    front = np.zeros(count, dtype=np.int64)
    front[component] = fronts
    outward = np.argsort(np.argsort(front, kind="stable"))
    return np.asarray(outward[component])


def _parents(station: Places, before: Places) -> Places:
    """(stations,) the station that most of a station's voxels were entered from."""
    count = int(station.max()) + 1
    enters = np.flatnonzero(station[before] != station)
    places = (station[enters], station[before[enters]])
    votes = scipy.sparse.coo_array((np.ones(len(enters)), places), (count, count)).tocsr()
    return np.asarray(votes.argmax(axis=1)).ravel()
