"""A vessel tree together with its names: where what is called so runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liverplan.resection.anatomy.tree_names import TreeNames
from liverplan.resection.anatomy.vessel_graph import VesselGraph, line_mm
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import FloatArray

TRUNKS = ("portal_trunk", "cava")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedTree:
    """Branches on their roots, and what they are called."""

    graph: VesselGraph
    names: TreeNames

    def numbers(self, *keys: str) -> tuple[int, ...]:
        """Return the numbers of all branches that are surely called one of these."""
        called = {branch for key in keys for branch in self.names.of(key)}
        return tuple(n for n, one in enumerate(self.graph.branches) if one.name in called)

    def branches(self, *keys: str) -> list[Branch]:
        """Return all branches that are surely called one of these."""
        return [self.graph.branches[number] for number in self.numbers(*keys)]

    def tops(self, *keys: str) -> tuple[int, ...]:
        """Return those of them that hang on no other of them."""
        numbers = set(self.numbers(*keys))
        hanging = {child for number in numbers for child in self.graph.children[number]}
        return tuple(sorted(numbers - hanging))

    def confidence(self, key: str) -> float:
        """Return how sure the least sure of what is called so is; 0 where nothing is."""
        sure = [self.names.names[branch].confidence for branch in self.names.of(key)]
        return min(sure, default=0.0)

    def lines_mm(self, *keys: str) -> FloatArray:
        """(n, 3) points along all branches that are surely called one of these, LPS mm."""
        lines = [line_mm(branch) for branch in self.branches(*keys)]
        return np.concatenate(lines) if lines else np.empty((0, 3))

    def course_mm(self, key: str) -> FloatArray:
        """(n, 3) points of the longest way along the largest vessel called so, from its root."""
        tops, own = self.tops(key), set(self.numbers(key))
        if not tops:
            return np.empty((0, 3))
        way = [max(tops, key=lambda number: self.graph.share_fraction([number]))]
        while onward := [n for n in self.graph.children[way[-1]] if n in own]:
            way.append(max(onward, key=self._reach_mm))
        lines = []
        for number in way:
            line = line_mm(self.graph.branches[number])
            ends_ahead = np.array_equal(line[-1], self.graph.ahead_mm[number])
            lines.append(line if ends_ahead else line[::-1])
        return np.concatenate(lines)

    def fork_mm(self) -> FloatArray:
        """(3,) where the tree first parts, LPS mm: the end of portal trunk or cava, or the root."""
        trunk = set(self.numbers(*TRUNKS))
        beyond = {
            number: self.graph.share_fraction(hanging)
            for number in trunk
            if (hanging := [n for n in self.graph.children[number] if n not in trunk])
        }
        if not beyond:
            return self.graph.root_mm
        return np.asarray(self.graph.ahead_mm[max(beyond, key=lambda number: beyond[number])])

    def _reach_mm(self, number: int) -> float:
        onward = (self._reach_mm(child) for child in self.graph.children[number])
        return self.graph.branches[number].length_mm + max(onward, default=0.0)
