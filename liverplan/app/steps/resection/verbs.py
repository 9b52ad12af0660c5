"""Every verb of this step, for its panels."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.app.steps.resection.edits import CutEdits
from liverplan.app.steps.resection.flat_map import FlatMaps
from liverplan.app.steps.resection.keeping import Keeping
from liverplan.app.steps.resection.parts import TakenParts
from liverplan.app.steps.resection.placing import Placing
from liverplan.app.steps.resection.plans import Plans
from liverplan.app.steps.resection.segments import Segments
from liverplan.app.steps.resection.suggesting import Suggesting


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verbs:
    """The step's controllers by what they are about."""

    edits: CutEdits
    keeping: Keeping
    placing: Placing
    parts: TakenParts
    segments: Segments
    plans: Plans
    suggesting: Suggesting
    flat_maps: FlatMaps
