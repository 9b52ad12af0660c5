"""Couinaud's segments from the two vessel trees, with nothing clicked.

Portal branches say what belongs together, hepatic veins where the borders run: hemilivers and
sections are parted half-way between their portal branches, and the border is led through the middle
and the right hepatic vein, that of segments 2 and 3 through the left. Upper and lower segments are
told by their own portal branches; 4a and 4b by the level of the umbilical portion, the caudate lobe
by cava and portal fork, as by landmarks. Where a name that this rests on is not sure there is no
map, and a sentence says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import PlanError
from liverplan.findings import Statement
from liverplan.resection.anatomy.couinaud import in_caudate
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME, SEGMENTS
from liverplan.resection.anatomy.named_tree import NamedTree
from liverplan.resection.anatomy.tree_names import SURE, TreeNames
from liverplan.resection.anatomy.vessel_fields import Lattice, between
from liverplan.resection.anatomy.vessel_graph import Numbers, VesselGraph
from liverplan.resection.anatomy.vessel_names import names_of_graphs
from liverplan.resection.anatomy.vessel_sides import Sides, Usual, divided
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray

SCHEMA: Final = "liverplan.vessel-segments/1"
METHOD: Final = "portal branches and hepatic veins"

RIGHT = ("right_portal", "right_anterior_portal", "right_posterior_portal")
LEFT = ("left_portal", "umbilical_portion", "left_medial_portal", "left_lateral_portal")
NEEDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "right_anterior_portal": "right anterior portal vein",
        "right_posterior_portal": "right posterior portal vein",
        "left_medial_portal": "left medial portal vein",
        "left_lateral_portal": "left lateral portal vein",
    }
)
"""Portal branches without which there are no segments, as a refusal calls them."""
VEINS = ("right_hepatic", "middle_hepatic", "left_hepatic")

UPWARD, FORWARD_DOWN = (0.0, 0.0, 1.0), (0.0, -0.7, -0.7)
PARTED: Final[Mapping[str, tuple[tuple[str, str], tuple[float, float, float], Usual]]] = (
    MappingProxyType(
        {
            "right_anterior_portal": (("5", "8"), UPWARD, Usual(share=0.67, sd=0.2)),
            "right_posterior_portal": (("6", "7"), UPWARD, Usual(share=0.68, sd=0.2)),
            "left_lateral_portal": (("2", "3"), FORWARD_DOWN, Usual(share=0.56, sd=0.2)),
        }
    )
)
"""Sections that part in two segments: along which axis, and the usual share of the second (fact
sheet, section 2, rough medians; the axis from 2 to 3 is general knowledge)."""
CAUDATE_CONFIDENCE = 0.6
"""A box between cava and portal fork is never more than a fair caudate lobe."""
CAUDATE_RIGHT_MM, CAUDATE_LEFT_MM, CAUDATE_BELOW_MM = 5.0, 30.0, 10.0
"""How far the caudate lobe reaches: right of the cava's middle, left of it at least, and below the
portal fork. General knowledge."""
TURNED = 0.6
"""Its front faces at most 31 degrees right or left, wherever the portal vein forks."""
LEVEL_CONFIDENCE = 0.7
"""A level border, where branches of upper and lower segments cannot be told apart."""
FROM_CAVA_MM, EVERY = 10.0, 2
"""A vein's course counts from so far off the cava, at every second of its points."""
NOWHERE: Final = np.empty((0, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class VesselSegments:
    """What a map of the segments came from, where the vessels told them: kept beside the map.

    Parameters
    ----------
    confidence : mapping of str to float
        By segment, 0 to 1; segments that could not be told apart are left out.
    notes : tuple of Statement
        What the reader must be told about it.
    """

    confidence: Mapping[str, float]
    notes: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        ordered = {name: self.confidence[name] for name in SEGMENTS if name in self.confidence}
        object.__setattr__(self, "confidence", MappingProxyType(ordered))

    def to_json(self) -> dict[str, Any]:
        """Return the ``liverplan.vessel-segments/1`` document."""
        return {
            "schema": SCHEMA,
            "method": METHOD,
            "confidence": dict(self.confidence),
            "notes": [note.to_json() for note in self.notes],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        PlanError
            If the document is of another schema.
        """
        if document.get("schema") != SCHEMA:
            raise PlanError("What the segments came from is no document of vessel segments.")
        notes = tuple(map(Statement.from_json, document["notes"]))
        return cls(confidence=document["confidence"], notes=notes)

    @property
    def says(self) -> tuple[Statement, ...]:
        """What to tell beside the map: how it was made, how sure it is, and what was missing."""
        least = min(self.confidence, key=lambda name: self.confidence[name])
        made = Statement.of("note.segments_by_vessels", segment=least, share=self.confidence[least])
        return (made, *self.notes)


def by_vessels(
    segmentation: Segmentation, branches: Mapping[str, Sequence[Branch]]
) -> tuple[PartMap, VesselSegments]:
    """Divide the liver into segments by its vessels, unasked.

    Parameters
    ----------
    segmentation : Segmentation
    branches : mapping of str to sequence of Branch
        By tree: "portal", which must be there, and "hepatic".

    Returns
    -------
    PartMap, VesselSegments
        Scheme "couinaud", every liver voxel in one segment; and what is to be told of it.

    Raises
    ------
    PlanError
        If the portal vein is not there, or its branches cannot be told apart surely.
    """
    liver = segmentation.labels > 0
    if not branches.get("portal") or not liver.any():
        raise PlanError(
            "Segments cannot be told from the vessels: no portal vein is marked in the liver."
        )
    graphs = {
        tree: VesselGraph.of(found, liver, segmentation.grid)
        for tree, found in branches.items()
        if found
    }
    named = names_of_graphs(graphs)
    trees = {tree: NamedTree(graph=graphs[tree], names=named[tree]) for tree in graphs}
    missing = [key for key in NEEDED if not named["portal"].of(key)]
    if missing:
        raise PlanError(_why_not(named["portal"], missing))
    portal, halves = trees["portal"], _halves(trees["portal"])
    dividing = _Dividing(
        lattice=Lattice.of(segmentation),
        points_mm=segmentation.grid.to_mm(np.argwhere(liver)),
        portal=portal,
        veins=_veins_mm(trees.get("hepatic")),
    )
    numbers = dividing.numbers(halves)
    there = np.unique(numbers)
    labels = np.zeros(segmentation.grid.shape, dtype=np.uint8)
    labels[liver] = np.searchsorted(there, numbers) + 1
    names = tuple(SEGMENTS[number] for number in there)
    sure = _confidence(portal, halves)
    level = [name for one in halves.values() if one.sides is None for name in one.names]
    return (
        PartMap(scheme=SCHEME, grid=segmentation.grid, labels=labels, names=names),
        VesselSegments(
            confidence={name: sure[name] for name in names},
            notes=tuple(_notes(dividing.veins, level)),
        ),
    )


def _why_not(names: TreeNames, missing: Sequence[str]) -> str:
    """Say which branches cannot be told, and how sure the likeliest is."""
    likely = {
        key: max((one.confidence for one in names.names.values() if one.key == key), default=0.0)
        for key in missing
    }
    what = ", ".join(f"{NEEDED[key]} ({100 * likely[key]:.0f} % sure)" for key in missing)
    return (
        f"Segments cannot be told from the vessels: no branch is surely the {what}. Click "
        "landmarks or branches instead."
    )


def _veins_mm(hepatic: NamedTree | None) -> dict[str, FloatArray]:
    """Return the main course of each vein that is surely named, from the cava outward."""
    found = {} if hepatic is None else {key: hepatic.course_mm(key) for key in VEINS}
    return {key: course for key, course in found.items() if len(course)}


def _notes(veins: Mapping[str, FloatArray], level: Sequence[str]) -> Iterator[Statement]:
    """Say what the borders had to do without."""
    missing = [Statement.of(f"vessel.{key}") for key in VEINS if key not in veins]
    if len(missing) == len(VEINS):
        yield Statement.of("note.segments_without_veins")
    elif missing:
        yield Statement.of("note.segments_without_some", veins=tuple(missing))
    if level:
        yield Statement.of("note.segments_level", segments=tuple(level))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Dividing:
    """What one liver is divided by.

    Parameters
    ----------
    lattice : Lattice
    points_mm : (n, 3) array
        The liver's voxels, LPS.
    portal : NamedTree
    veins : mapping of str to (c, 3) array
        The course of each hepatic vein that is surely known, LPS mm.
    """

    lattice: Lattice
    points_mm: FloatArray
    portal: NamedTree
    veins: Mapping[str, FloatArray]

    def numbers(self, halves: Mapping[str, _Halves]) -> Numbers:
        """(n,) place in `SEGMENTS` of each voxel."""
        found = np.zeros(len(self.points_mm), dtype=np.int64)
        veins = {key: self._vein_mm(key) for key in VEINS}
        umbilical = self.portal.lines_mm("umbilical_portion")
        right, left = self._apart(np.arange(len(found)), RIGHT, LEFT, veins["middle_hepatic"])
        behind, front = self._apart(right, RIGHT[2:], RIGHT[1:2], veins["right_hepatic"])
        medial, lateral = self._apart(left, LEFT[2:3], LEFT[3:], umbilical)
        self._halve(found, front, halves["right_anterior_portal"])
        self._halve(found, behind, halves["right_posterior_portal"])
        self._halve(found, lateral, halves["left_lateral_portal"], veins["left_hepatic"])
        above = self.points_mm[medial, 2] > self.umbilical_mm[2]
        found[medial] = np.where(above, SEGMENTS.index("4a"), SEGMENTS.index("4b"))
        if self.veins:
            found[self._in_caudate()] = 0
        return found

    @property
    def umbilical_mm(self) -> FloatArray:
        """(3,) the umbilical portion; where it is not told apart, where the left vein ends."""
        own = self.portal.lines_mm("umbilical_portion")
        course = self.portal.course_mm("left_portal")
        if len(own):
            return np.asarray(own.mean(axis=0))
        return np.asarray(course[-1]) if len(course) else self.portal.fork_mm()

    def _in_caudate(self) -> NDArray[np.bool_]:
        """(n,) the caudate lobe, between cava and portal fork."""
        cava = np.mean([course[0] for course in self.veins.values()], axis=0)
        fork = self.portal.fork_mm()
        aside = TURNED * abs(fork[1] - cava[1])
        ahead = np.array([np.clip(fork[0], cava[0] - aside, cava[0] + aside), *fork[1:]])
        left_mm = max(float(self.umbilical_mm[0]), cava[0] + CAUDATE_LEFT_MM)
        found = in_caudate(self.points_mm, cava, ahead, (cava[0] - CAUDATE_RIGHT_MM, left_mm))
        return np.asarray(found & (self.points_mm[:, 2] > fork[2] - CAUDATE_BELOW_MM))

    def _halve(
        self, found: Numbers, voxels: Numbers, halves: _Halves, course_mm: FloatArray = NOWHERE
    ) -> None:
        """Give voxels to the lower or the upper segment: by branches, or level with the fork."""
        branches = self.portal.graph.branches
        if halves.sides is None:
            beyond = self.points_mm[voxels] @ halves.axis > halves.level_mm
        else:
            sides = (halves.sides.first, halves.sides.second)
            here, there = ([branches[number] for number in side] for side in sides)
            beyond = between(self.lattice, voxels, here, there, course_mm) > 0
        lower, upper = map(SEGMENTS.index, halves.names)
        found[voxels] = np.where(beyond, upper, lower)

    def _apart(
        self, voxels: Numbers, here: Sequence[str], beyond: Sequence[str], course_mm: FloatArray
    ) -> tuple[Numbers, Numbers]:
        """Part voxels by the branches that they are nearer to, along a vein's course."""
        branches = self.portal.branches(*here), self.portal.branches(*beyond)
        far = between(self.lattice, voxels, *branches, course_mm) > 0
        return voxels[~far], voxels[far]

    def _vein_mm(self, key: str) -> FloatArray:
        """(c, 3) course of a vein that a border is led through: not next to the cava."""
        course = self.veins.get(key, NOWHERE)
        away = np.linalg.norm(course - course[:1], axis=1)
        return np.asarray(course[away > FROM_CAVA_MM][::EVERY])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Halves:
    """How a section is parted in two.

    Parameters
    ----------
    names : (str, str)
        Of the segments; the second lies farther along the axis.
    axis : (3,) array
    level_mm : float
        Where they part along the axis if branches do not tell.
    sides : Sides or None
        The branches of the two, where they can be told.
    confidence : float
    """

    names: tuple[str, str]
    axis: FloatArray
    level_mm: float
    sides: Sides | None
    confidence: float


def _halves(portal: NamedTree) -> dict[str, _Halves]:
    """Part each section by its branches, or where these do not tell level with its fork."""
    found = {}
    for key, (names, direction, usual) in PARTED.items():
        axis, tops = np.array(direction), portal.tops(key)
        sides = divided(portal.graph, tops, portal.graph.points_mm @ axis, usual)
        if sides is not None and sides.confidence < SURE:
            sides = None
        sure = LEVEL_CONFIDENCE if sides is None else sides.confidence
        begins = [portal.graph.begin_mm(number) for number in tops]
        found[key] = _Halves(
            names=names,
            axis=axis,
            level_mm=float(np.mean(begins, axis=0) @ axis),
            sides=sides,
            confidence=portal.confidence(key) * sure,
        )
    return found


def _confidence(portal: NamedTree, halves: Mapping[str, _Halves]) -> dict[str, float]:
    """How sure each segment is: as sure as its branches' names, and as where they part."""
    medial = portal.confidence("left_medial_portal")
    caudate = CAUDATE_CONFIDENCE * min(one.confidence for one in halves.values())
    by_half = {name: one.confidence for one in halves.values() for name in one.names}
    return {"1": caudate, "4a": medial, "4b": medial, **by_half}
